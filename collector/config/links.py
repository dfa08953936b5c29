"""Uplinks of drafted devices, and whether the names that a device uses exist.

Faults of one default are one problem, however many devices have it.
"""

from collections.abc import Collection, Mapping

from collector.config.assemble import Assembly
from collector.config.draft import Draft
from collector.config.names import Register
from collector.config.problems import did_you_mean
from collector.config.schema_settings import UplinkShape
from collector.model import Credential, CredentialName, Device, DeviceName, Link, ProfileName

_KINDS = {"profiles": "profile", "telemetry": "telemetry profile"}


def connect(assembly: Assembly) -> dict[DeviceName, Device]:
    """Every drafted device with its uplinks; problems go to the assembly's complaints."""
    names = Register("link")
    return {name: draft.device(_uplinks(assembly, draft, names)) for name, draft in assembly.drafts.items()}


def _uplinks(assembly: Assembly, draft: Draft, names: Register) -> tuple[Link, ...]:
    shapes: Mapping[str, UplinkShape] = draft.get("uplinks") or {}
    interfaces: tuple[str, ...] = draft.get("uplink_interfaces") or ()
    links = []
    for number, (written, shape) in enumerate(shapes.items()):
        parent = written.replace("{site}", draft.site).replace("{district}", draft.district)
        name = shape.name or f"{draft.name}--{parent}"
        origin = draft.settings["uplinks"].origin
        if origin.document is not None:
            taken = names.add((name), origin.document, (*origin.steps, written, draft.name))
            assembly.complaints.add(taken and draft.problem_at("uplinks", taken.message, None, written))
        _check_parent(assembly, draft, written, parent)
        carrier = _check_cable(assembly, draft, written, shape)
        interface = shape.interface or (interfaces[number] if number < len(interfaces) else None)
        links.append(Link(name, DeviceName(draft.name), DeviceName(parent), carrier, shape.cable, interface))
    _check_interfaces(assembly, draft, links)
    return tuple(links)


def _check_parent(assembly: Assembly, draft: Draft, written: str, parent: str) -> None:
    if parent == draft.name:
        assembly.complaints.add(
            draft.problem_at("uplinks", f"device '{draft.name}' hangs on itself", None, written, key=True)
        )
        return
    if assembly.device_names.knows(parent):
        return
    cause = ("parent", parent, *draft.cause("uplinks"))
    message = f"no device is called '{parent}'"
    if assembly.complaints.has(cause):
        assembly.complaints.of_device(draft.name, cause, draft.problem(message))
        return
    near = [name for name, other in assembly.drafts.items() if other.document is draft.document]
    hint = assembly.guesser.hint(parent, near, assembly.drafts)
    if draft.is_own("uplinks"):
        problem = draft.problem_at("uplinks", message, hint, written, key=True)
    else:
        place = draft.settings["uplinks"].origin.place()
        message = f"device '{draft.name}' hangs on '{parent}', which does not exist"
        hint = hint or f"the default in {place} says so"
        site = assembly.site_places.get(draft.site)
        if "{site}" in written and site is not None:  # the mistake may be in the site's code
            hint += f"; the site's code stands in line {site[0].place(site[1], key=True).line}"
        problem = draft.problem(message, hint)
    assembly.complaints.of_device(draft.name, cause, problem)


def _check_cable(assembly: Assembly, draft: Draft, written: str, shape: UplinkShape) -> str | None:
    """The carrier of the uplink: the cable's, or the one that is written."""
    cause = ("cable", written, *draft.cause("uplinks"))
    problem = None
    carrier = shape.carrier
    city = assembly.files.city.model
    if shape.cable is not None:
        known = assembly.cables.get(shape.cable)
        if known is None and shape.carrier is None and not assembly.cable_names.knows(shape.cable):
            hint = assembly.guesser.hint(shape.cable, assembly.cables)
            hint = hint or "declare it under `cables:`, with its carrier"
            problem = draft.problem_at(
                "uplinks", f"no cable is called '{shape.cable}'", hint, written, "cable"
            )
        elif known is not None and shape.carrier not in {None, known}:
            message = f"cable '{shape.cable}' belongs to {known}, not to {shape.carrier}"
            problem = draft.problem_at("uplinks", message, None, written, "carrier")
        carrier = known or shape.carrier
    if (
        problem is None
        and shape.carrier is not None
        and city is not None
        and shape.carrier not in city.carriers
    ):
        hint = did_you_mean(shape.carrier, city.carriers) or "carriers are listed in city.yml"
        message = f"no carrier is called '{shape.carrier}'"
        problem = draft.problem_at("uplinks", message, hint, written, "carrier")
    if problem is not None:
        assembly.complaints.of_device(draft.name, cause, problem)
    return carrier


def _check_interfaces(assembly: Assembly, draft: Draft, links: list[Link]) -> None:
    seen: dict[str, Link] = {}
    for link in links:
        if link.interface is None:
            continue
        other = seen.setdefault(link.interface, link)
        if other is not link:
            message = (
                f"interface {link.interface} carries the uplinks to both '{other.parent}' and '{link.parent}'"
            )
            setting = "uplink_interfaces" if "uplink_interfaces" in draft.settings else "uplinks"
            assembly.complaints.of_device(
                draft.name, ("interface", *draft.cause(setting)), draft.problem_at(setting, message)
            )


def check_settings(
    assembly: Assembly,
    profiles: Collection[ProfileName],
    telemetry: Collection[ProfileName],
    credentials: Mapping[CredentialName, Credential],
    known_credentials: Register,
) -> None:
    """Profiles and credentials exist and fit, and a question ends before it is asked again."""
    for draft in assembly.drafts.values():
        if draft.get("snmp.enabled"):
            _check_profile(assembly, draft, "profile", profiles, "profiles")
            _check_credential(assembly, draft, credentials, known_credentials)
            _check_times(assembly, draft)
        if draft.get("mqtt.enabled"):
            _check_profile(assembly, draft, "mqtt.profile", telemetry, "telemetry")


def _check_profile(
    assembly: Assembly, draft: Draft, setting: str, profiles: Collection[ProfileName], folder: str
) -> None:
    name = draft.get(setting)
    if name in profiles:
        return
    if name is None:
        _missing(assembly, draft, setting)
        return
    cause = (folder, *draft.cause(setting))
    hint = None if assembly.complaints.has(cause) else assembly.guesser.hint(name, profiles)
    hint = hint or f"they are the files of {assembly.files.directory / folder}"
    problem = draft.problem_at(setting, f"no {_KINDS[folder]} is called '{name}'", hint)
    assembly.complaints.of_device(draft.name, cause, problem)


def _missing(assembly: Assembly, draft: Draft, setting: str) -> None:
    """A setting that no level gives; silent while a file with defaults is broken."""
    if not all(part.whole for part in (assembly.files.city, *assembly.files.networks)):
        return
    block, _, word = setting.rpartition(".")
    role = draft.role.value
    if not any(other.get(setting) for other in assembly.drafts.values()):
        role = "any"
    cause = ("missing", setting, role)
    message = f"device '{draft.name}' has no '{word}', and no default gives one"
    hint = f"write `{word}:` under {'.'.join(part for part in ('defaults', role, block) if part)} in city.yml"
    assembly.complaints.of_device(draft.name, cause, draft.problem(message, hint))


def _check_credential(
    assembly: Assembly,
    draft: Draft,
    credentials: Mapping[CredentialName, Credential],
    known: Register,
) -> None:
    setting = "snmp.credential"
    name = draft.get(setting)
    if name is None:
        _missing(assembly, draft, setting)
        return
    credential = credentials.get(name)
    cause = ("credential", *draft.cause(setting))
    if credential is None:
        if not known.knows(name):
            hint = None if assembly.complaints.has(cause) else assembly.guesser.hint(name, credentials)
            hint = hint or "credentials are named in credentials.yml"
            problem = draft.problem_at(setting, f"no credential is called '{name}'", hint)
            assembly.complaints.of_device(draft.name, cause, problem)
    elif credential.version is None:
        problem = draft.problem_at(setting, f"credential '{name}' is a login of the broker, not for SNMP")
        assembly.complaints.of_device(draft.name, cause, problem)


def _check_times(assembly: Assembly, draft: Draft) -> None:
    timeout, liveness, poll = (draft.get(f"snmp.{name}") for name in ("timeout", "liveness", "poll"))
    for shorter, longer, name in ((timeout, liveness, "liveness"), (timeout, poll, "poll")):
        if shorter >= longer:
            message = f"'timeout' {shorter:g}s is not shorter than '{name}' {longer:g}s"
            hint = "a question must be over before it is asked again"
            problem = draft.problem_at("snmp.timeout", message, hint)
            assembly.complaints.of_device(draft.name, ("times", *draft.cause("snmp.timeout")), problem)
            return
