"""The network as a graph that can be asked "what is cut off if these are dead?". Immutable, pure.

Devices are numbered in topological order (parents before children), so that sorting numbers is walking downwards.
A device is reachable while it is alive and at least `needs` of its uplinks have a living link and a reachable
parent; one without uplinks hangs directly on the vantage.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from collector.model import Device, DeviceName, DistrictCode, Inventory, Link, Role, Site, SiteCode

PATH_ROLES = (Role.ROUTER, Role.SWITCH, Role.AGGREGATION, Role.CORE, Role.GATEWAY)
"""Which devices are a site's way out, first match wins; a site that has none of them is all its devices."""


class TopologyError(ValueError):
    """The inventory is no graph that can be judged: a cycle of parents, or a parent nobody knows."""


class Topology:
    """Who depends on whom. Built once per configuration; every method is a pure reading of it."""

    def __init__(self, inventory: Inventory) -> None:
        order = _order(inventory.devices)
        self.names: tuple[DeviceName, ...] = tuple(order)
        self.index: Mapping[DeviceName, int] = MappingProxyType({name: i for i, name in enumerate(order)})
        self.devices: tuple[Device, ...] = tuple(inventory.devices[name] for name in order)
        self.site_info: Mapping[SiteCode, Site] = inventory.sites
        self.links: tuple[Link, ...] = tuple(link for device in self.devices for link in device.uplinks)
        self.link_index: Mapping[str, int] = MappingProxyType(
            {link.name: i for i, link in enumerate(self.links)}
        )
        self.link_child = tuple(self.index[link.child] for link in self.links)
        self.link_parent = tuple(self.index[link.parent] for link in self.links)
        self.needs = tuple(device.needs if device.uplinks else 0 for device in self.devices)
        self.spare = tuple(len(device.uplinks) - device.needs for device in self.devices)
        self.first_hop = frozenset(
            self.index[name] for name in inventory.city.vantage.first_hop if name in self.index
        )
        self.askable = tuple(device.snmp is not None for device in self.devices)
        self._wire()
        self._group_sites()
        self._ancestors: dict[int, frozenset[int]] = {}  # filled as they are asked for
        self._independents: dict[SiteCode, tuple[int, ...]] = {}

    def _wire(self) -> None:
        uplinks: list[list[tuple[int, int]]] = [[] for _ in self.devices]
        downlinks: list[list[tuple[int, int]]] = [[] for _ in self.devices]
        cables: dict[str, list[int]] = {}
        for number, link in enumerate(self.links):
            child, parent = self.link_child[number], self.link_parent[number]
            uplinks[child].append((number, parent))
            downlinks[parent].append((number, child))
            if link.cable:
                cables.setdefault(link.cable, []).append(number)
        self.uplinks = tuple(map(tuple, uplinks))
        self.downlinks = tuple(map(tuple, downlinks))
        self.children = tuple(tuple(dict.fromkeys(child for _, child in row)) for row in downlinks)
        self.cables: Mapping[str, tuple[int, ...]] = MappingProxyType(
            {name: tuple(cables[name]) for name in sorted(cables)}
        )
        self.riders: Mapping[str, tuple[int, ...]] = MappingProxyType(
            {name: tuple(sorted({self.link_child[i] for i in row})) for name, row in self.cables.items()}
        )

    def _group_sites(self) -> None:
        sites: dict[SiteCode, list[int]] = {}
        for number, device in enumerate(self.devices):
            sites.setdefault(device.site, []).append(number)
        self.at_site: Mapping[SiteCode, tuple[int, ...]] = MappingProxyType(
            {code: tuple(row) for code, row in sites.items()}
        )
        self.path: Mapping[SiteCode, tuple[int, ...]] = MappingProxyType(
            {code: self._path_of(row) for code, row in sites.items()}
        )
        self.gateways = frozenset(
            i for i, device in enumerate(self.devices) if device.role is Role.GATEWAY and not self.children[i]
        )

    def _path_of(self, row: list[int]) -> tuple[int, ...]:
        for role in PATH_ROLES:
            found = tuple(i for i in row if self.devices[i].role is role)
            if found:
                return found
        return tuple(row)

    def __len__(self) -> int:
        return len(self.names)

    def cut(self, dead: Iterable[int], dead_links: Collection[int] = ()) -> set[int]:
        """Devices that are alive by themselves and out of reach if these devices and links are dead.

        Costs what the shadow costs, not what the city costs.
        """
        gone = set(dead)
        queue = list(gone)
        lost: dict[int, int] = {}
        shadow: set[int] = set()
        for link in dead_links:
            child = self.link_child[link]
            lost[child] = lost.get(child, 0) + 1
            if lost[child] > self.spare[child] and child not in gone:
                gone.add(child)
                shadow.add(child)
                queue.append(child)
        while queue:
            for link, child in self.downlinks[queue.pop()]:
                if child in gone or link in dead_links:
                    continue
                lost[child] = lost.get(child, 0) + 1
                if lost[child] > self.spare[child]:
                    gone.add(child)
                    shadow.add(child)
                    queue.append(child)
        return shadow

    def working(
        self,
        device: int,
        gone: AbstractSet[int],
        dead_links: Collection[int] = (),
        without: Collection[int] = (),
    ) -> list[int]:
        """Parents, one per uplink that works: neither link dead (or in `without`) nor parent gone."""
        return [
            parent
            for link, parent in self.uplinks[device]
            if parent not in gone and link not in dead_links and link not in without
        ]

    def ancestors(self, device: int) -> frozenset[int]:
        """Everything the device may depend on, itself not included."""
        known = self._ancestors.get(device)
        if known is None:
            found: set[int] = set()
            queue = [device]
            while queue:
                for _, parent in self.uplinks[queue.pop()]:
                    if parent not in found:
                        found.add(parent)
                        queue.append(parent)
            known = self._ancestors[device] = frozenset(found)
        return known

    def dependants(self, device: int) -> set[int]:
        """Everything that may depend on the device, itself not included."""
        found: set[int] = set()
        queue = [device]
        while queue:
            for child in self.children[queue.pop()]:
                if child not in found:
                    found.add(child)
                    queue.append(child)
        return found

    def co_parents(self, device: int) -> set[int]:
        """Devices that stand in for this one: the other parents of its children; for a gateway, the others."""
        found = {parent for child in self.children[device] for _, parent in self.uplinks[child]}
        if device in self.gateways:
            found |= self.gateways
        found.discard(device)
        return found

    def independents(self, site: SiteCode) -> tuple[int, ...]:
        """Devices of the site with a way out of their own: silent together, they share only the site.

        Empty unless they are two or more of different roles; two of one role are a redundant pair, which is
        a group and says more.
        """
        known = self._independents.get(site)
        if known is None:
            here = self.at_site.get(site, ())
            known = tuple(i for i in here if not self._stands_behind(i, here))
            if len({self.devices[i].role for i in known}) < 2:  # noqa: PLR2004 - "different" means two
                known = ()
            self._independents[site] = known
        return known

    def _stands_behind(self, device: int, others: Iterable[int]) -> bool:
        """Does any of the others, alone, cut the device off?"""
        above = self.ancestors(device).intersection(others)
        return any(device in self.cut({other}) for other in above)

    def district_of(self, devices: Iterable[int]) -> DistrictCode:
        """The district all of them are in, or empty."""
        found = {self.devices[i].district for i in devices}
        return found.pop() if len(found) == 1 else DistrictCode("")

    def carrier_of(self, links: Iterable[int]) -> str:
        """The carrier all of these links belong to, or empty."""
        found = {self.links[i].carrier or "" for i in links}
        return found.pop() if len(found) == 1 else ""


def _order(devices: Mapping[DeviceName, Device]) -> list[DeviceName]:
    """Parents before children, names break ties, so that two collectors number alike.

    Raises TopologyError for a cycle or an unknown parent (the configuration check names file and line first).
    """
    missing: dict[DeviceName, int] = {}
    below: dict[DeviceName, list[DeviceName]] = {}
    for name, device in devices.items():
        parents = {link.parent for link in device.uplinks}
        for parent in parents:
            if parent not in devices:
                raise TopologyError(f"device {name} has the unknown parent {parent}")
            below.setdefault(parent, []).append(name)
        missing[name] = len(parents)
    ready = [name for name, count in missing.items() if count == 0]
    heapq.heapify(ready)
    order: list[DeviceName] = []
    while ready:
        name = heapq.heappop(ready)
        order.append(name)
        for child in below.get(name, ()):
            missing[child] -= 1
            if missing[child] == 0:
                heapq.heappush(ready, child)
    if len(order) < len(devices):
        stuck = sorted(name for name, count in missing.items() if count)
        raise TopologyError(f"the parents of {', '.join(stuck[:5])} go in a circle")
    return order
