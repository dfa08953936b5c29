"""A directory to a `Configuration`, or every problem of every file at once. References come last.

It reads and checks; it asks no device and starts nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from collector.config.assemble import Assembly, assemble
from collector.config.city import be_there, city_of
from collector.config.configuration import Configuration
from collector.config.coverage import read_coverage
from collector.config.dead_ends import dead_ends
from collector.config.document import Document, Steps
from collector.config.files import PROFILES, TELEMETRY, Files, Part, read_files, shown_root
from collector.config.graph import check_graph, check_vantage
from collector.config.links import check_settings, connect
from collector.config.maintenance import FILE as MAINTENANCE
from collector.config.maintenance import read_maintenance
from collector.config.meetings import read_meetings
from collector.config.names import Register
from collector.config.odd import oddities
from collector.config.oncall import FILE as ON_CALL
from collector.config.oncall import read_on_call, rota_of, strangers
from collector.config.problems import ConfigurationError, Problem, Severity, in_order
from collector.config.profiles import load_profiles
from collector.config.quality import FILE as QUALITY
from collector.config.quality import read_quality
from collector.config.schema_city import CityFile
from collector.config.schema_credentials import CredentialsFile, CredentialShape
from collector.config.secrets import Reference, UnresolvedError, resolve
from collector.config.telemetry import read_telemetry
from collector.model import (
    Credential,
    CredentialName,
    Device,
    DeviceName,
    Inventory,
    ProfileName,
    Secret,
    SnmpV3User,
    SnmpVersion,
    only_here,
)


def load(directory: Path, environ: Mapping[str, str], *, need_secrets: bool = True) -> Configuration:
    """The configuration in `directory`. Raises ConfigurationError with every problem.

    A secret that is not there is an error where it is needed, and a warning with `need_secrets` off (a check
    on another machine than the one that runs): its credential then has None in its place.
    """
    root = shown_root(directory)
    be_there(directory)
    files = read_files(directory, root)
    profiles, profile_problems = load_profiles(directory / PROFILES, root)
    telemetry, telemetry_problems = read_telemetry(directory, root)
    assembly = assemble(files)
    credentials, secret_problems = _credentials(files, environ, need_secrets=need_secrets)
    devices = _check(
        assembly, _names_in(files, PROFILES, profiles), _names_in(files, TELEMETRY, telemetry), credentials
    )
    timezone = files.city.model.timezone if files.city.model is not None else "UTC"
    districts = assembly.districts if files.whole else None
    on_call, on_call_problems = read_on_call(directory / ON_CALL, root, districts, timezone)
    coverage, coverage_problems = read_coverage(directory, root)
    if on_call is not None and coverage is not None:
        on_call_problems += strangers(on_call, {target.owner for target in coverage.targets.values()})
    quality, quality_problems = read_quality(directory / QUALITY, root)
    problems = [
        *files.problems,
        *profile_problems,
        *telemetry_problems,
        *on_call_problems,
        *coverage_problems,
        *quality_problems,
        *secret_problems,
        *_web_files(files),
        *assembly.complaints.all(),
    ]
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    city = files.city.model
    if errors or city is None:
        raise ConfigurationError(problems)
    problems.extend(oddities(assembly, devices.values(), credentials))
    if on_call is not None:
        problems.extend(dead_ends(on_call, files.city.document, city.public_url))
    inventory = Inventory(
        city_of(city),
        MappingProxyType(assembly.districts),
        MappingProxyType(assembly.sites),
        MappingProxyType(devices),
        MappingProxyType(assembly.services),
        MappingProxyType(credentials),
    )
    windows, window_problems = read_maintenance(directory / MAINTENANCE, root, inventory)
    meetings, calendars, meeting_problems = read_meetings(directory, root, inventory)
    problems.extend([*window_problems, *meeting_problems])
    if any(problem.severity is Severity.ERROR for problem in problems):
        raise ConfigurationError(problems)
    return Configuration(
        inventory,
        MappingProxyType(dict(profiles)),
        telemetry,
        in_order(problems),
        windows,
        on_call,
        None if on_call is None else rota_of(on_call),
        coverage,
        meetings,
        quality.standard,
        quality.limits,
        calendars,
    )


def _check(
    assembly: Assembly,
    profiles: Collection[ProfileName],
    telemetry: Collection[ProfileName],
    credentials: Mapping[CredentialName, Credential],
) -> dict[DeviceName, Device]:
    files = assembly.files
    devices = connect(assembly)
    known = Register("credential", open_ended=files.credentials.model is None)
    known.spoilt.update(files.credentials.spoilt_names("credentials"))
    check_settings(assembly, profiles, telemetry, credentials, known)
    if files.city.model is not None:
        check_vantage(assembly, files.city.document, files.city.model)
        _check_broker(assembly, files.city, credentials, known)
        _check_traps(assembly, files.city, credentials, known)
        if files.city.model.web is None and not only_here(files.city.model.listen.host):
            assembly.complaints.add(
                files.city.document.problem(
                    ("listen",),
                    "others can reach this address, and there is no TLS and no login",
                    "add web: {tls_certificate: …, tls_key: …, users: …}, or listen on 127.0.0.1",
                )
            )
    if files.whole and not assembly.complaints.all():
        check_graph(assembly, devices)
    return devices


def _names_in(files: Files, folder: str, sound: Iterable[ProfileName]) -> set[ProfileName]:
    """A profile with a mistake in it exists all the same: its own problem is enough."""
    stems = {ProfileName(path.stem) for path in (files.directory / folder).glob("*.yml")}
    return stems | set(sound)


def _check_broker(
    assembly: Assembly,
    city: Part[CityFile],
    credentials: Mapping[CredentialName, Credential],
    known: Register,
) -> None:
    if city.model is None or city.model.broker is None or city.model.broker.credential is None:
        return
    steps, name = ("broker", "credential"), city.model.broker.credential
    credential = _named(assembly, city.document, steps, name, credentials=credentials, known=known)
    if credential is not None and credential.username is None:
        message = f"credential '{name}' is for SNMP, not a login of the broker"
        assembly.complaints.add(city.document.problem(steps, message))


def _check_traps(
    assembly: Assembly,
    city: Part[CityFile],
    credentials: Mapping[CredentialName, Credential],
    known: Register,
) -> None:
    if city.model is None or city.model.traps is None:
        return
    for number, name in enumerate(city.model.traps.credentials):
        steps = ("traps", "credentials", number)
        credential = _named(assembly, city.document, steps, name, credentials=credentials, known=known)
        if credential is not None and credential.version is None:
            message = f"credential '{name}' is a login of the broker, not for SNMP"
            assembly.complaints.add(city.document.problem(steps, message))


def _named(
    assembly: Assembly,
    document: Document,
    steps: Steps,
    name: str,
    *,
    credentials: Mapping[CredentialName, Credential],
    known: Register,
) -> Credential | None:
    """The credential of that name; None, and a problem where it cannot be in a part that is broken."""
    found = credentials.get(CredentialName(name))
    if found is None and not known.knows(name):
        hint = assembly.guesser.hint(name, credentials)
        assembly.complaints.add(document.problem(steps, f"no credential is called '{name}'", hint))
    return found


def _credentials(
    files: Files, environ: Mapping[str, str], *, need_secrets: bool
) -> tuple[dict[CredentialName, Credential], list[Problem]]:
    part: Part[CredentialsFile] = files.credentials
    problems: list[Problem] = []
    result: dict[CredentialName, Credential] = {}
    shapes: Mapping[str, CredentialShape] = part.model.credentials if part.model is not None else {}
    for name, shape in shapes.items():

        def secret(key: str, name: str = name, shape: CredentialShape = shape) -> Secret | None:
            reference: Reference | None = getattr(shape, key)
            if reference is None:
                return None
            try:
                return resolve(reference, files.directory, environ)
            except UnresolvedError as error:
                problems.append(_unresolved(part.document, (name, key), error, need_secrets=need_secrets))
                return None

        v3 = None
        if shape.version is SnmpVersion.V3 and shape.user is not None:
            v3 = SnmpV3User(
                shape.user,
                shape.auth,
                secret("auth_key"),
                shape.priv,
                secret("priv_key"),
                shape.context or "",
            )
        result[CredentialName(name)] = Credential(
            CredentialName(name), shape.version, secret("community"), v3, shape.username, secret("password")
        )
    return result, problems


def _web_files(files: Files) -> list[Problem]:
    """Warnings of what the server of our own will miss. What only the service may look at is left to the service."""
    part = files.city
    if part.model is None or part.model.web is None:
        return []
    found = []
    for key in ("tls_certificate", "tls_key", "users"):
        path: str = getattr(part.model.web, key)
        try:
            (files.directory / path).stat()
        except (FileNotFoundError, NotADirectoryError):
            message = f"there is no file {path}, and without it citynoc will not start"
            found.append(part.document.problem(("web", key), message, severity=Severity.WARNING))
        except (OSError, ValueError):
            continue
    return found


def _unresolved(
    document: Document, steps: tuple[str, str], error: UnresolvedError, *, need_secrets: bool
) -> Problem:
    severity = Severity.WARNING if error.waits and not need_secrets else Severity.ERROR
    return document.problem(("credentials", *steps), str(error), error.hint, severity)
