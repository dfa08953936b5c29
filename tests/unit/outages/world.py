"""A city that fails on command and a poller that asks it, in simulated time: drives a Judge as the service does."""

import heapq
import random
from collections.abc import Callable, Iterable

from collector.model import DeviceName, SiteCode, VerdictTimes
from collector.outages.state import CityState, DeviceVerdict, Outage, Severity, State
from collector.outages.topology import Topology
from collector.outages.verdict import Context, Judge, Round, Via

TIMEOUT = 0.7
INTERVAL = 5.0
STEP = 0.1


class World:
    """Truth (what is dead), a clock, and the judge under test."""

    def __init__(
        self,
        topology: Topology,
        seed: int = 0,
        *,
        loss: float = 0.0,
        start: float = 1_000_000.0,
        restored: Iterable[Outage] = (),
        telemetry: bool = False,
    ) -> None:
        self.net = topology
        self.random = random.Random(seed)  # noqa: S311 - a repeatable world
        self.loss = loss
        self.now = start
        self.dead: set[int] = set()
        self.deaf: set[int] = set()
        self.cut_links: set[int] = set()
        self.context: Context | None = None
        self.judge = Judge(topology, VerdictTimes(), start, restored)
        self.opened: list[tuple[float, Outage]] = []
        self.closed: list[tuple[float, Outage]] = []
        self.last = Round((), CityState(start))
        self.asked = 0
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._gone: set[int] | None = None
        for device in range(len(topology)):
            if topology.askable[device]:
                self.at(start + self.random.uniform(0, INTERVAL), self._poll(device))
            if telemetry and topology.devices[device].mqtt:
                self.at(start + self.random.uniform(0, 10), self._speak(device))
        if telemetry:
            self.judge.broker(start, connected=True)

    def at(self, when: float, action: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._events, (when, self._count, action))

    def gone(self) -> set[int]:
        if self._gone is None:
            self._gone = self.dead | self.net.cut(self.dead, self.cut_links)
        return self._gone

    def kill(self, *names: str) -> None:
        self.dead |= {self.net.index[DeviceName(name)] for name in names}
        self._gone = None

    def revive(self, *names: str) -> None:
        self.dead -= {self.net.index[DeviceName(name)] for name in names}
        self._gone = None

    def deafen(self, *names: str) -> None:
        self.deaf |= {self.net.index[DeviceName(name)] for name in names}

    def fail(self, kind: str, name: str) -> None:
        """A device, a cable, or all devices of a site."""
        if kind == "cable":
            self.cut_cable(name)
        else:
            self.kill(
                *(
                    [name]
                    if kind == "device"
                    else (self.net.names[i] for i in self.net.at_site[SiteCode(name)])
                )
            )

    def cut_cable(self, name: str) -> None:
        self.cut_links |= set(self.net.cables[name])
        self._gone = None

    def splice(self, name: str) -> None:
        self.cut_links -= set(self.net.cables[name])
        self._gone = None

    def ask(self, device: int) -> None:
        self.asked += 1
        asked = self.now
        name = self.net.names[device]
        lost = self.random.random() < self.loss or self.random.random() < self.loss
        if lost or device in self.deaf or device in self.gone():
            self.at(asked + TIMEOUT, lambda: self.judge.missed(name, asked, self.now))
        else:
            delay = self.random.uniform(0.001, 0.02)
            self.at(asked + delay, lambda: self.judge.heard(name, asked, self.now))

    def _poll(self, device: int) -> Callable[[], None]:
        def poll() -> None:
            self.ask(device)
            self.at(self.now + INTERVAL, poll)

        return poll

    def _speak(self, device: int) -> Callable[[], None]:
        def speak() -> None:
            if device not in self.gone():
                self.judge.heard(self.net.names[device], self.now, self.now, Via.TELEMETRY)
            self.at(self.now + 10.0, speak)

        return speak

    def run(self, seconds: float) -> Round:
        """Let time pass; the last round."""
        end = self.now + seconds
        while True:
            tick = self.now + STEP
            while self._events and self._events[0][0] <= tick:
                self.now, _, action = heapq.heappop(self._events)
                action()
            self.now = tick
            last = self.last = self.judge.round(tick, self.context)
            self.opened += [(tick, outage) for outage in last.opened]
            self.closed += [(tick, outage) for outage in last.closed]
            for name in last.asks:
                self.ask(self.net.index[name])
            if tick >= end:
                return last

    def sleep(self, seconds: float) -> None:
        """The process is stopped: time passes, nothing runs; questions that were out time out at once after."""
        self.now += seconds

    def pages(self) -> list[str]:
        return sorted(outage.id for _, outage in self.opened if outage.severity > outage.severity.WARNING)

    def warnings(self) -> list[str]:
        return sorted(outage.id for _, outage in self.opened if outage.severity == outage.severity.WARNING)

    def verdict(self, name: str) -> DeviceVerdict:
        return self.last.state.devices[DeviceName(name)]

    def state(self, name: str) -> State:
        return self.verdict(name).state

    def site(self, code: str) -> State:
        return self.last.state.sites[SiteCode(code)]

    def redundancy_lost(self, code: str) -> bool | None:
        return self.last.state.redundancy_lost.get(SiteCode(code))

    def severity(self) -> Severity:
        return self.last.state.outages[0].severity

    def states(self) -> set[State]:
        return {verdict.state for verdict in self.last.state.devices.values()}
