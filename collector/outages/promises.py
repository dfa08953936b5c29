"""Devices that speak by themselves over MQTT: what their speaking, and their silence, is worth. Pure.

A device whose agent is silent but whose telemetry goes on is alive, so one that spoke until lately is given the
time of one promised message before it is blamed. A device that can only speak is silent after three promises
unkept, and nobody is silent while the broker is away.
"""

from collections.abc import Iterable

from collector.outages.evidence import NEVER, Hearing
from collector.outages.topology import Topology

LATE = 1.2
"""Promised intervals until a message that did not come counts as not coming."""


class Promises:
    """Who promised to speak, and who kept it."""

    def __init__(self, topology: Topology, hearing: Hearing, expire: float) -> None:
        self._hearing = hearing
        self._expire = expire
        self._since: float | None = None
        self._offline: dict[int, float] = {}
        self._heartbeat = {i: d.mqtt.heartbeat for i, d in enumerate(topology.devices) if d.mqtt is not None}
        self._mute = tuple(i for i in self._heartbeat if not topology.askable[i])

    @property
    def connected(self) -> bool:
        """Whether anything could be heard over MQTT at all."""
        return self._since is not None

    def broker(self, at: float, *, connected: bool) -> None:
        """The broker came or went."""
        if not connected:
            self._since = None
        elif self._since is None:
            self._since = at

    def offline(self, device: int, at: float) -> None:
        """The device's last will was published, or it said good-bye."""
        if device in self._heartbeat:
            self._offline[device] = at

    def rewind(self, at: float) -> None:
        """The clock was set back: nothing is dated in the future."""
        self._since = None if self._since is None else min(self._since, at)
        self._offline = {device: min(when, at) for device, when in self._offline.items()}

    def until(self, device: int) -> float:
        """Until when a silent device may yet prove by a message that only its agent is dead; NEVER if not at all."""
        heartbeat = self._heartbeat.get(device)
        spoke = self._hearing.telemetry[device]
        if heartbeat is None or self._since is None or self._offline.get(device, NEVER) > spoke:
            return NEVER
        silent = self._hearing.silent.get(device, NEVER)
        return silent + LATE * heartbeat if spoke > silent - self._expire * heartbeat else NEVER

    def waiting(self, devices: Iterable[int], now: float) -> dict[int, float]:
        """Those of the devices that may yet prove it, and until when."""
        return {i: until for i in devices if i in self._heartbeat and (until := self.until(i)) > now}

    def sweep(self, now: float, resumed: float) -> tuple[set[int], set[int]]:
        """(devices found silent now, devices that nothing can be known of)."""
        hearing = self._hearing
        if self._since is None:
            for device in self._mute:
                if device in hearing.misses:
                    hearing.forget(device, now)
            return set(), set(self._mute)
        found = set()
        for device in self._mute:
            since = max(hearing.telemetry[device], self._since, resumed)
            if now - since > self._expire * self._heartbeat[device] and device not in hearing.silent:
                hearing.expire(device, since, now)
                found.add(device)
        return found, set()
