"""Planned work: which devices a window covers at a moment. Pure; reads no files and no clock.

A window silences exactly what it names: devices, sites with everything in them, districts with all their sites. While a
site is in a meeting, its devices and those that the window takes away from before it are left out, unless the window
says `force`.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from collector.model import DeviceName, DistrictCode, Inventory, Place, SiteCode
from collector.outages.topology import Topology


@dataclass(frozen=True, slots=True)
class Window:
    """Work that is planned from `start` until `end` (Unix seconds, the end not included)."""

    name: str
    start: float
    end: float
    devices: frozenset[DeviceName] = frozenset()
    sites: frozenset[SiteCode] = frozenset()
    districts: frozenset[DistrictCode] = frozenset()
    reason: str = ""
    force: bool = False
    place: Place | None = field(default=None, compare=False)

    def active(self, now: float) -> bool:
        """Is it now?"""
        return self.start <= now < self.end


class Calendar:
    """All windows of one configuration, with what they cover worked out once."""

    def __init__(self, windows: Iterable[Window], inventory: Inventory) -> None:
        self.windows = tuple(sorted(windows, key=lambda window: (window.start, window.name)))
        self._named = {
            window.name: frozenset(
                device.name
                for device in inventory.devices.values()
                if device.name in window.devices
                or device.site in window.sites
                or device.district in window.districts
            )
            for window in self.windows
        }
        self._inventory = inventory
        self._topology: Topology | None = None
        self._serving: dict[str, Mapping[DeviceName, frozenset[SiteCode]]] = {}
        self._last: tuple[tuple[str, ...], AbstractSet[SiteCode]] | None = None
        self._covered: frozenset[DeviceName] = frozenset()

    def named(self, window: Window) -> frozenset[DeviceName]:
        """Every device that the window names."""
        return self._named[window.name]

    def served(self, window: Window) -> Mapping[DeviceName, frozenset[SiteCode]]:
        """Of each device that the window names the sites that need it: its own, and those that the window cuts off."""
        found = self._serving.get(window.name)
        if found is None:
            net = self._topology = self._topology or Topology(self._inventory)
            numbers = {net.index[name] for name in self._named[window.name]}
            cut = net.cut(numbers)
            found = self._serving[window.name] = {
                net.names[i]: frozenset(
                    net.devices[j].site for j in {i, *cut.intersection(net.dependants(i))}
                )
                for i in numbers
            }
        return found

    def covered(
        self, now: float, meetings: AbstractSet[SiteCode] = frozenset[SiteCode]()
    ) -> frozenset[DeviceName]:
        """Devices in maintenance now. The same object as long as nothing changes."""
        active = [window for window in self.windows if window.active(now)]
        key = tuple(window.name for window in active), meetings
        if key != self._last:
            self._last = key
            found: set[DeviceName] = set()
            for window in active:
                named = self._named[window.name]
                if window.force or not meetings:
                    found |= named
                else:
                    found |= {name for name, sites in self.served(window).items() if not sites & meetings}
            self._covered = frozenset(found)
        return self._covered
