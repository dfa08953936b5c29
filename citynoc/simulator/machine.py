"""A simulated device's running state: its ports, its boot, what it is doing. Changed only by `world.py`.

Counters are the integral of a rate: between two events a port needs no work at all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collector.model import Device, DeviceName

if TYPE_CHECKING:
    from citynoc.simulator.mib import Shape
    from citynoc.simulator.objects import Kind

HUNDREDTHS = 100
WRAP_32 = 0xFFFFFFFF
HEIGHT = 720
"""Lines of a good picture."""
SEATS = 640
"""Video ports of a bridge, if nobody says another number."""


@dataclass(frozen=True, slots=True)
class Peer:
    """The other end of a port's link, as LLDP tells of it."""

    name: str
    chassis: bytes
    port: str
    descr: str


@dataclass(slots=True)
class Port:
    """One interface. Rates are octets a second at full load; octets are floats so that slow rates add up."""

    index: int
    name: str
    descr: str
    alias: str
    mac: bytes
    mbps: int
    kind: int = 6  # ethernetCsmacd, IANAifType
    link: str | None = None
    peer: Peer | None = None
    admin_up: bool = True
    up: bool = True
    changed: float = 0.0  # Unix time of the last change of state
    wave_in: int = 0
    wave_out: int = 0
    scale_in: float = 0.0
    scale_out: float = 0.0
    packet_octets: float = 700.0
    base_in: float = 0.0
    base_out: float = 0.0
    extra_in: float = 0.0  # steady octets a second on top: calls, congestion
    extra_out: float = 0.0
    extra_since: float = 0.0

    def octets_in(self, levels: Sequence[float], now: float) -> float:
        """Octets received since the counters began."""
        if not self.up:
            return self.base_in
        return self.base_in + self.scale_in * levels[self.wave_in] + self.extra_in * (now - self.extra_since)

    def octets_out(self, levels: Sequence[float], now: float) -> float:
        """Octets sent since the counters began."""
        if not self.up:
            return self.base_out
        return (
            self.base_out + self.scale_out * levels[self.wave_out] + self.extra_out * (now - self.extra_since)
        )

    def turn(self, levels: Sequence[float], now: float, *, up: bool) -> None:
        """The state changes: a port that is down keeps its counters where they were."""
        if up == self.up:
            return
        self._settle(levels, now, up=up, extra=(self.extra_in, self.extra_out))
        self.changed = now

    def load(self, levels: Sequence[float], now: float, extra_in: float, extra_out: float) -> None:
        """The steady part of the traffic changes."""
        self._settle(levels, now, up=self.up, extra=(extra_in, extra_out))

    def zero(self, levels: Sequence[float], now: float) -> None:
        """A restart: every counter begins again."""
        self.base_in = self.base_out = 0.0
        self.extra_since = self.changed = now
        if self.up:
            self.base_in = -self.scale_in * levels[self.wave_in]
            self.base_out = -self.scale_out * levels[self.wave_out]

    def _settle(self, levels: Sequence[float], now: float, *, up: bool, extra: tuple[float, float]) -> None:
        # One octet more each time, so that rounding never shows a step back.
        reached_in, reached_out = self.octets_in(levels, now) + 1, self.octets_out(levels, now) + 1
        self.up, self.extra_since = up, now
        self.extra_in, self.extra_out = extra
        self.base_in = reached_in - (self.scale_in * levels[self.wave_in] if up else 0.0)
        self.base_out = reached_out - (self.scale_out * levels[self.wave_out] if up else 0.0)


@dataclass(frozen=True, slots=True)
class Quality:
    """A call's media as the endpoint measures them: shares 0 to 1, milliseconds, kbit/s, frames a second, lines."""

    rx_loss: float
    tx_loss: float
    rx_jitter_ms: float
    tx_jitter_ms: float
    latency_ms: float
    rx_kbps: int
    tx_kbps: int
    frame_rate: int
    height: int


@dataclass(frozen=True, slots=True)
class Call:
    """A conference that an endpoint is in, and the bridge that carries it if there are bridges."""

    name: str
    number: int
    started: float
    bridge: DeviceName | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What a bridge has on it: ports used, conferences, endpoints registered."""

    used: int = 0
    conferences: int = 0
    registered: int = 0


@dataclass(slots=True)
class Machine:
    """One device. `epoch` changes with everything that a prepared answer may hold."""

    device: Device
    kind: "Kind"
    community: bytes | None
    phase: float  # 0 to 1, its own place in every rhythm
    boot: float
    ports: list[Port]
    levels: Callable[[float], Sequence[float]]
    quality: Callable[["Machine", float], Quality]
    shape: "Shape"
    epoch: int = 0
    starts: int = 0  # how often the device itself started anew since the simulator did
    table_changed: float = 0.0
    call: Call | None = None
    faulty: set[str] = field(default_factory=set)  # camera, microphone, display, sip, h323, telemetry
    clock_ahead: float = 0.0  # seconds that its own clock is ahead of ours
    seats: int = SEATS  # of a bridge
    load: Load = Load()  # of a bridge
    on_battery_since: float | None = None

    def uptime(self, now: float) -> int:
        """sysUpTime: hundredths of a second since the agent started, modulo 2^32."""
        return int((now - self.boot) * HUNDREDTHS) & WRAP_32

    def ticks_at(self, moment: float) -> int:
        """The value sysUpTime had at `moment`, 0 if that was before the start (RFC 2863, ifLastChange)."""
        return max(0, int((moment - self.boot) * HUNDREDTHS)) & WRAP_32
