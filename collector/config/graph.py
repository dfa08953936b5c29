"""Whether the network makes sense as a whole: everything hangs, by some way, on the vantage's first hop.

Pure. It runs only when every file is sound: a missing entry would make its neighbours look wrong.
"""

from collections.abc import Iterator, Mapping

from collector.config.assemble import Assembly
from collector.config.document import Document
from collector.config.draft import Draft
from collector.config.schema_city import CityFile
from collector.model import Device, DeviceName

SHOWN_OF_A_CYCLE = 8


def check_graph(assembly: Assembly, devices: Mapping[DeviceName, Device]) -> None:
    """Needs more uplinks than there are, circles, and what hangs on nothing."""
    for device in devices.values():
        _check_needs(assembly, device)
    city = assembly.files.city
    if city.model is None:
        return
    circle = _circle(devices)
    if circle:
        _say_circle(assembly, circle)
    first_hop = [DeviceName(name) for name in city.model.vantage.first_hop]
    reached = _reached(devices, first_hop)
    if circle or not any(name in devices for name in first_hop):
        return
    for name, device in devices.items():
        if name in reached:
            continue
        draft = assembly.drafts[name]
        if not device.uplinks:
            message = f"device '{name}' has no 'uplinks' and is not the vantage's first hop"
            hint = "nothing could tell why it is silent"
            assembly.complaints.of_device(
                name, ("root", draft.role, draft.district), draft.problem(message, hint)
            )
        elif all(link.parent in devices for link in device.uplinks):
            roots = ", ".join(f"'{root}'" for root in _roots(devices, name)[:3])
            assembly.complaints.of_device(
                name,
                ("adrift", roots),
                draft.problem(
                    f"device '{name}' hangs on {roots} and not on the vantage's first hop",
                    f"the first hop is {', '.join(first_hop)}",
                ),
            )


def check_vantage(assembly: Assembly, document: Document, model: CityFile) -> None:
    """The site and the first hop exist."""
    vantage = model.vantage
    if not assembly.site_codes.knows(vantage.site):
        hint = assembly.guesser.hint(vantage.site, assembly.sites)
        message = f"no site has the code '{vantage.site}'"
        assembly.complaints.add(document.problem(("vantage", "site"), message, hint))
    if not vantage.first_hop:
        message = "'first_hop' is empty: citynoc could not tell that it is itself cut off"
        assembly.complaints.add(document.problem(("vantage", "first_hop"), message))
    for number, name in enumerate(vantage.first_hop):
        if not assembly.device_names.knows(name):
            hint = assembly.guesser.hint(name, assembly.drafts)
            message = f"no device is called '{name}'"
            assembly.complaints.add(document.problem(("vantage", "first_hop", number), message, hint))


def _check_needs(assembly: Assembly, device: Device) -> None:
    if device.needs <= max(len(device.uplinks), 1):
        return
    draft = assembly.drafts[device.name]
    message = (
        f"'needs' asks for {device.needs} uplinks of device '{device.name}', which has {len(device.uplinks)}"
    )
    assembly.complaints.of_device(
        device.name, ("needs", *draft.cause("needs")), draft.problem_at("needs", message)
    )


def _parents(devices: Mapping[DeviceName, Device], name: DeviceName) -> Iterator[DeviceName]:
    return (link.parent for link in devices[name].uplinks if link.parent in devices)


def _circle(devices: Mapping[DeviceName, Device]) -> list[DeviceName]:
    """The devices of one circle of uplinks in order, or nothing. Iterative: depth is the operator's choice."""
    done: set[DeviceName] = set()
    for start in devices:
        if start in done:
            continue
        way: dict[DeviceName, Iterator[DeviceName]] = {start: _parents(devices, start)}
        while way:
            here = next(reversed(way))
            above = next(way[here], None)
            if above is None:
                way.popitem()
                done.add(here)
            elif above in way:
                names = list(way)
                return names[names.index(above) :]
            elif above not in done:
                way[above] = _parents(devices, above)
    return []


def _say_circle(assembly: Assembly, circle: list[DeviceName]) -> None:
    shown = [*circle[:SHOWN_OF_A_CYCLE], "…"] if len(circle) > SHOWN_OF_A_CYCLE else [*circle, circle[0]]
    draft: Draft = assembly.drafts[circle[0]]
    message = f"uplinks go in a circle: {' → '.join(shown)}"
    assembly.complaints.add(draft.problem_at("uplinks", message, "an uplink points towards the core"))


def _reached(devices: Mapping[DeviceName, Device], first_hop: list[DeviceName]) -> set[DeviceName]:
    """What hangs, by some way, on the first hop."""
    children: dict[DeviceName, list[DeviceName]] = {}
    for name, device in devices.items():
        for link in device.uplinks:
            children.setdefault(link.parent, []).append(name)
    reached = set(first_hop)
    waiting = list(first_hop)
    while waiting:
        for child in children.get(waiting.pop(), ()):
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    return reached


def _roots(devices: Mapping[DeviceName, Device], name: DeviceName) -> list[DeviceName]:
    """Where the device's uplinks end."""
    seen, waiting, roots = {name}, [name], []
    while waiting:
        here = waiting.pop()
        above = list(_parents(devices, here))
        if not above:
            roots.append(here)
        waiting.extend(parent for parent in above if parent not in seen)
        seen.update(above)
    return sorted(roots)
