"""Planned work: which devices a window covers at a moment. Pure; reads no files and no clock.

A window silences exactly what it names: devices, sites with everything in them, districts with all their sites. A
device whose site has a meeting at that moment is left out unless the window says `force`.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from collector.model import DeviceName, DistrictCode, Inventory, SiteCode


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

    def active(self, now: float) -> bool:
        """Is it now?"""
        return self.start <= now < self.end


class Calendar:
    """All windows of one configuration, with what they cover worked out once."""

    def __init__(self, windows: Iterable[Window], inventory: Inventory) -> None:
        self.windows = tuple(sorted(windows, key=lambda window: (window.start, window.name)))
        self._site = {device.name: device.site for device in inventory.devices.values()}
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
        self._last: tuple[tuple[str, ...], AbstractSet[SiteCode]] | None = None
        self._covered: frozenset[DeviceName] = frozenset()

    def named(self, window: Window) -> frozenset[DeviceName]:
        """Every device that the window names."""
        return self._named[window.name]

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
                found |= named if window.force else {i for i in named if self._site[i] not in meetings}
            self._covered = frozenset(found)
        return self._covered
