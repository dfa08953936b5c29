"""What is legal and odd: warnings that an operator would want to hear once. Pure."""

from collections.abc import Iterable

from collector.config.assemble import Assembly
from collector.config.problems import Problem, Severity
from collector.model import Device, Role

SHOWN = 3


def oddities(assembly: Assembly, devices: Iterable[Device]) -> list[Problem]:
    """Warnings over the whole configuration; the inventory is sound."""
    listed = list(devices)
    return [
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
