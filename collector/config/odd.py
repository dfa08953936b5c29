"""What is legal and odd: warnings that an operator would want to hear once. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from collector.config.assemble import Assembly
from collector.config.draft import Draft
from collector.config.problems import Problem, Severity
from collector.model import Credential, CredentialName, Device, Role
from collector.plan import TRIES

SHOWN = 3
FACTORY = {"public", "private"}
"""Communities that every scanner tries first."""

_CARRIES_OTHERS = {Role.CORE, Role.AGGREGATION}


def oddities(
    assembly: Assembly, devices: Iterable[Device], credentials: Mapping[CredentialName, Credential]
) -> list[Problem]:
    """Warnings over the whole configuration; the inventory is sound."""
    listed = list(devices)
    return [
        *_factory_communities(assembly, credentials),
        *_haste(assembly),
        *_useless(assembly, listed),
        *_single_uplinks(assembly, listed),
        *_idle_cables(assembly, listed),
        *_empty_sites(assembly, listed),
    ]


def _single_uplinks(assembly: Assembly, devices: list[Device]) -> list[Problem]:
    """Routers without a second way, one warning a district."""
    lonely: dict[str, list[Device]] = {}
    for device in devices:
        if device.role is Role.ROUTER and len(device.uplinks) == 1:
            lonely.setdefault(device.district, []).append(device)
    result = []
    for group in lonely.values():
        draft = assembly.drafts[group[0].name]
        names = ", ".join(device.name for device in group[:SHOWN])
        more = f" and {len(group) - SHOWN} more" if len(group) > SHOWN else ""
        message = f"one uplink only, so one cut is an outage: {names}{more}"
        result.append(draft.document.problem(draft.steps, message, severity=Severity.WARNING, key=True))
    return result


def _idle_cables(assembly: Assembly, devices: list[Device]) -> list[Problem]:
    used = {link.cable for device in devices for link in device.uplinks}
    return [
        document.problem(steps, f"no uplink runs in cable '{name}'", severity=Severity.WARNING, key=True)
        for name, (document, steps) in assembly.cable_names.seen.items()
        if name not in used
    ]


def _empty_sites(assembly: Assembly, devices: list[Device]) -> list[Problem]:
    busy = {device.site for device in devices}
    return [
        document.problem(steps, f"site '{code}' has no device", severity=Severity.WARNING, key=True)
        for code, (document, steps) in assembly.site_places.items()
        if code not in busy
    ]


def _factory_communities(
    assembly: Assembly, credentials: Mapping[CredentialName, Credential]
) -> list[Problem]:
    """Secrets that are none. The word itself is not repeated."""
    document = assembly.files.credentials.document
    return [
        document.problem(
            ("credentials", name, "community"),
            f"the community of '{name}' is one that devices leave the factory with",
            "everybody tries it first: give the devices another",
            Severity.WARNING,
        )
        for name, credential in credentials.items()
        if credential.community is not None and credential.community.reveal().lower() in FACTORY
    ]


def _haste(assembly: Assembly) -> list[Problem]:
    """Intervals shorter than what they begin can take; one warning a line that says so."""
    city = assembly.files.city.model
    found: dict[tuple[Any, ...], Problem] = {}
    for draft in assembly.drafts.values():
        if city is None or not draft.get("snmp.enabled"):
            continue
        timeout = draft.get("snmp.timeout")
        verdict = city.verdict.reasks * city.verdict.reask_interval + timeout
        for setting, takes, what in (
            ("snmp.liveness", verdict, "a verdict on a missed answer"),
            ("snmp.poll", TRIES * timeout, "one question that is answered at the last try"),
        ):
            cause = draft.cause(setting)
            if draft.get(setting) < takes and cause not in found:
                found[cause] = _hasty(draft, setting, takes, what)
    return list(found.values())


def _hasty(draft: Draft, setting: str, takes: float, what: str) -> Problem:
    name = setting.partition(".")[2]
    origin = draft.settings[setting].origin
    message = f"'{name}' {draft.get(setting):g}s is shorter than the {takes:g}s that {what} takes"
    document, steps = origin.document or draft.document, origin.steps if origin.document else draft.steps
    return document.problem(steps, message, severity=Severity.WARNING)


def _useless(assembly: Assembly, devices: list[Device]) -> list[Problem]:
    """Devices that are there for others, and no uplink leads to them."""
    parents = {link.parent for device in devices for link in device.uplinks}
    first_hop = set() if assembly.files.city.model is None else {*assembly.files.city.model.vantage.first_hop}
    return [
        draft.document.problem(
            draft.steps,
            f"nothing depends on {device.role} '{device.name}': no uplink leads to it",
            "name it under the `uplinks:` of what hangs on it",
            Severity.WARNING,
            key=True,
        )
        for device in devices
        if device.role in _CARRIES_OTHERS and device.name not in parents | first_hop
        for draft in (assembly.drafts[device.name],)
    ]
