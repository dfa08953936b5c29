"""What the answers of devices say of each commune's way out: how fast, whether there is a second one, how long it takes.

It takes readings as they come and is asked for all sites at once. It judges nothing: whether a link works is the judge's
word. Times are steady seconds.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from collector.model import Device, DeviceName, Inventory, Link, SiteCode, SiteKind
from collector.outages.state import CityState, Uplink

ANSWERS = 5
"""Answers whose median is the delay: one that waited for us says nothing about the way."""
SILENCES = 3
"""Liveness intervals without an answer after which a delay is old."""


class _Way(NamedTuple):
    """A site's links to elsewhere, and the devices that have them."""

    links: tuple[Link, ...]
    devices: tuple[Device, ...]


class _Speed(NamedTuple):
    """What an interface says, and until when that holds."""

    mbps: int
    until: float


class Uplinks:
    """The ways out of the communes' sites; bounded by the inventory."""

    def __init__(self, inventory: Inventory) -> None:
        self._speeds: dict[str, _Speed] = {}
        self._delays: dict[DeviceName, tuple[float, ...]] = {}
        self._heard: dict[DeviceName, float] = {}
        self._ways: Mapping[SiteCode, _Way] = {}
        self.reconfigure(inventory)

    def reconfigure(self, inventory: Inventory) -> None:
        """Take a new inventory; what is known of links and devices that stay is kept."""
        self._ways = _ways(inventory)
        links = {link.name for way in self._ways.values() for link in way.links}
        devices = {device.name for way in self._ways.values() for device in way.devices}
        self._speeds = {name: speed for name, speed in self._speeds.items() if name in links}
        self._heard = {name: at for name, at in self._heard.items() if name in devices}
        self._delays = {name: self._delays.get(name, ()) for name in devices}

    def answered(self, device: DeviceName, asked: float, now: float) -> None:
        """Take the answer to a liveness question; one of a device on nobody's way out is dropped."""
        delays = self._delays.get(device)
        if delays is not None:
            self._delays[device] = (*delays[1 - ANSWERS :], max(now - asked, 0.0))
            self._heard[device] = now

    def speed(self, link: str, mbps: float, until: float) -> None:
        """Take ifHighSpeed of the interface that carries a link. 0 is what agents say that do not know."""
        if mbps >= 1:
            self._speeds[link] = _Speed(int(mbps), until)
        else:
            self._speeds.pop(link, None)

    def seen(self, state: CityState, now: float) -> Mapping[SiteCode, Uplink]:
        """Every commune's way out now."""
        return MappingProxyType({site: self._uplink(way, state, now) for site, way in self._ways.items()})

    def _uplink(self, way: _Way, state: CityState, now: float) -> Uplink:
        working = [link for link in way.links if state.links.get(link.name)]
        unknown = [link for link in way.links if link.name not in state.links]
        return Uplink(
            max(
                (
                    speed.mbps
                    for link in working
                    if (speed := self._speeds.get(link.name)) is not None and speed.until >= now
                ),
                default=None,
            ),
            _second(working, unknown),
            min(
                (found for device in way.devices if (found := self._delay(device, now)) is not None),
                default=None,
            ),
        )

    def _delay(self, device: Device, now: float) -> float | None:
        heard, access = self._heard.get(device.name), device.snmp
        if heard is None or access is None or now - heard > SILENCES * access.liveness_interval:
            return None
        ordered = sorted(self._delays[device.name])  # `statistics.median` takes ten times as long
        middle = len(ordered) // 2
        return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _second(working: Iterable[Link], unknown: Iterable[Link]) -> bool | None:
    """Whether two links in different cables work: those in one cable fail together."""
    sure = {link.cable or link.name for link in working}
    if len(sure) > 1:
        return True
    return None if len(sure | {link.cable or link.name for link in unknown}) > 1 else False


def _ways(inventory: Inventory) -> Mapping[SiteCode, _Way]:
    """The links that lead out of each commune's site."""
    found: dict[SiteCode, list[Link]] = {}
    for device in inventory.devices.values():
        if inventory.sites[device.site].kind is SiteKind.COMMUNE:
            out = [link for link in device.uplinks if inventory.devices[link.parent].site != device.site]
            found.setdefault(device.site, []).extend(out)
    return {
        site: _Way(
            tuple(links), tuple(inventory.devices[name] for name in sorted({link.child for link in links}))
        )
        for site, links in found.items()
        if links
    }
