"""From what was found to what an operator could write: names, roles, profiles, parents. Pure; it adds nothing.

A parent is a neighbour that is nearer to the vantage, counted in links: along the inventory's own uplinks as far as they
reach, and from there along what LLDP says.
"""

import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from citynoc.discovery.found import Found, Neighbour
from collector.model import Device, DeviceName, Inventory, ProfileName, Role
from collector.profile import Profile, best_match

LONGEST_NAME = 63
GENERIC = ProfileName("if-mib")
_PROFILE_ROLES: Mapping[str, Role] = {
    "poly-endpoint": Role.ENDPOINT,
    "cisco-cts": Role.ENDPOINT,
    "poly-dma": Role.BRIDGE,
    "apc-ups": Role.UPS,
    "ups-mib": Role.UPS,
}
_DATALINK, _INTERNET = 0x02, 0x04  # sysServices, RFC 3418

Node = DeviceName | int
"""A device of the inventory by name, or one that was found by its place in the list."""


@dataclass(frozen=True, slots=True)
class Uplink:
    """A proposed parent, and the device's own interface if somebody named it."""

    parent: str
    interface: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One new device. `why` are remarks for the person who decides; `aliases` its other addresses."""

    found: Found
    name: str
    role: Role
    profile: ProfileName
    uplinks: tuple[Uplink, ...]
    why: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A device of the inventory that answered; `remark` says what does not fit."""

    found: Found
    device: Device
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """A link as one of its ends, or both, told of it: the interface at either end, empty if nobody named it."""

    interfaces: Mapping[Node, str]

    def at(self, node: Node) -> str:
        """The interface at that end."""
        return self.interfaces.get(node, "")


def propose(
    found: Sequence[Found],
    inventory: Inventory,
    profiles: Mapping[ProfileName, Profile],
    name_roles: Mapping[str, Role],
) -> tuple[list[Proposal], list[Known]]:
    """What is new, in the order of addresses, and what is known already."""
    by_address = {device.address: device for device in inventory.devices.values()}
    known = [
        _recognised(device, by_address[device.address], profiles)
        for device in found
        if device.address in by_address
    ]
    fresh, aliases = _without_doubles([device for device in found if device.address not in by_address])
    names = _names(fresh, inventory)
    graph = _Graph(fresh, known, inventory)
    distances = graph.distances()
    proposals = []
    for place, device in enumerate(fresh):
        profile, remark = _profile(device, profiles)
        role, guess = _role(device, names[place], profile, name_roles)
        uplinks = tuple(
            Uplink(parent if isinstance(parent, str) else names[parent], edge.at(place))
            for parent, edge in graph.parents(place, distances)
        )
        why = [remark, guess, "" if uplinks else _no_parent(device)]
        proposals.append(
            Proposal(
                device, names[place], role, profile, uplinks, tuple(filter(None, why)), tuple(aliases[place])
            )
        )
    return proposals, known


def _recognised(device: Found, known: Device, profiles: Mapping[ProfileName, Profile]) -> Known:
    match = best_match(profiles, device.object_id)
    if match is None or known.snmp is None or match[0].name == known.snmp.profile:
        return Known(device, known)
    return Known(device, known, f"its profile is {known.snmp.profile}, its sysObjectID says {match[0].name}")


def _without_doubles(found: Sequence[Found]) -> tuple[list[Found], list[list[str]]]:
    """One entry a chassis: a router answers at each of its addresses."""
    kept: list[Found] = []
    aliases: list[list[str]] = []
    places: dict[str, int] = {}
    for device in found:
        place = places.setdefault(device.chassis, len(kept)) if device.chassis else len(kept)
        if place < len(kept):
            aliases[place].append(str(device.address))
        else:
            kept.append(device)
            aliases.append([])
    return kept, aliases


def _names(found: Sequence[Found], inventory: Inventory) -> list[str]:
    """A name for each that nobody has: sysName as far as a name may look so, else the address."""
    taken = set(map(str, inventory.devices))
    names = []
    for device in found:
        bare = device.name if device.name.replace(".", "").isdigit() else device.name.partition(".")[0]
        name = re.sub(r"[^a-z0-9._-]+", "-", bare.lower()).strip("._-")[:LONGEST_NAME].strip("._-")
        if not name:
            name = "device-" + re.sub(r"[^0-9a-f]+", "-", str(device.address)).strip("-")
        number, unique = 1, name
        while unique in taken:
            number += 1
            unique = f"{name[: LONGEST_NAME - 6]}-{number}"
        taken.add(unique)
        names.append(unique)
    return names


def _profile(device: Found, profiles: Mapping[ProfileName, Profile]) -> tuple[ProfileName, str]:
    match = best_match(profiles, device.object_id)
    if match is not None:
        return match[0].name, ""
    return GENERIC, f"no profile matches sysObjectID {device.object_id or '(none)'}"


def _role(device: Found, name: str, profile: ProfileName, name_roles: Mapping[str, Role]) -> tuple[Role, str]:
    """What its name says by `name_roles`, else what its profile or its layers suggest."""
    said = name_roles.get(name.partition("-")[0])
    if said is not None:
        return said, ""
    fixed = _PROFILE_ROLES.get(profile)
    if fixed is not None:
        return fixed, ""
    layers = device.services or 0
    if layers & _DATALINK and not layers & _INTERNET:
        return Role.SWITCH, "role guessed: sysServices names layer 2 only"
    return Role.ROUTER, "role guessed"


def _no_parent(device: Found) -> str:
    if device.trouble:
        return f"neighbours could not be read: {device.trouble}"
    names = list(dict.fromkeys(one.name or one.chassis for one in device.neighbours))
    if names:
        return f"no neighbour leads to a known device; it has {', '.join(names[:4])}"
    return "it tells no neighbours (LLDP): its role's default uplinks hold, if there are any"


class _Graph:
    """Who is next to whom: found and known devices, by what LLDP says of either end."""

    def __init__(self, fresh: Sequence[Found], known: Sequence[Known], inventory: Inventory) -> None:
        self._inventory = inventory
        self._edges: dict[Node, dict[Node, Edge]] = {}
        said: list[tuple[Node, Found]] = [*enumerate(fresh), *((one.device.name, one.found) for one in known)]
        self._by_chassis: dict[str, Node] = {found.chassis: node for node, found in said if found.chassis}
        self._by_address: dict[object, Node] = {d.address: d.name for d in inventory.devices.values()}
        self._by_address |= {found.address: node for node, found in said}
        self._by_name = _unambiguous(
            [
                *((_plain(name), name) for name in inventory.devices),
                *((_plain(found.name), node) for node, found in said),
            ]
        )
        for node, found in said:
            for neighbour in found.neighbours:
                other = self._meant(neighbour)
                if other is not None and other != node:
                    self._join(node, other, neighbour)

    def _meant(self, neighbour: Neighbour) -> Node | None:
        """The chassis is the surest word, an address the next, a name the last."""
        for table, key in (
            (self._by_chassis, neighbour.chassis),
            (self._by_address, neighbour.address),
            (self._by_name, _plain(neighbour.name)),
        ):
            if key and key in table:
                return table[key]  # type: ignore[index]  # each key is of its table
        return None

    def _join(self, node: Node, other: Node, neighbour: Neighbour) -> None:
        before = self._edges.get(node, {}).get(other, Edge({}))
        told = {node: neighbour.port, other: neighbour.remote_port}
        edge = Edge({each: before.at(each) or told[each] for each in (node, other)})
        self._edges.setdefault(node, {})[other] = edge
        self._edges.setdefault(other, {})[node] = edge

    def distances(self) -> Mapping[Node, int]:
        """Links from the vantage's first hops; whom nothing leads to is left out."""
        found: dict[Node, int] = dict.fromkeys(self._inventory.city.vantage.first_hop, 0)
        children: dict[Node, list[Node]] = {}
        for device in self._inventory.devices.values():
            for link in device.uplinks:
                children.setdefault(link.parent, []).append(device.name)
        waiting: deque[Node] = deque(found)
        while waiting:  # first the inventory alone: what it says of its own devices counts
            node = waiting.popleft()
            for below in children.get(node, ()):
                if below not in found:
                    found[below] = found[node] + 1
                    waiting.append(below)
        waiting = deque(sorted(found, key=lambda node: found[node]))
        while waiting:
            node = waiting.popleft()
            for beside in self._edges.get(node, {}):
                if found.get(beside, found[node] + 2) > found[node] + 1 and not isinstance(beside, str):
                    found[beside] = found[node] + 1
                    waiting.append(beside)
        return found

    def parents(self, node: int, distances: Mapping[Node, int]) -> list[tuple[Node, Edge]]:
        """Neighbours nearer than the device itself, nearest first."""
        own = distances.get(node)
        if own is None:
            return []
        nearer = [
            (other, edge)
            for other, edge in self._edges.get(node, {}).items()
            if distances.get(other, own) < own
        ]
        return sorted(nearer, key=lambda pair: (distances[pair[0]], str(pair[0])))


def _plain(name: str) -> str:
    """A name as it compares: without its domain, in small letters."""
    return name.partition(".")[0].lower()


def _unambiguous(pairs: Iterable[tuple[str, Node]]) -> dict[str, Node]:
    """Names that one device alone has: factory names are had by many."""
    seen: dict[str, set[Node]] = {}
    for name, node in pairs:
        seen.setdefault(name, set()).add(node)
    return {name: nodes.pop() for name, nodes in seen.items() if name and len(nodes) == 1}
