"""Who is in which conference and on which bridge. Pure; changed only through the world, clocks are arguments.

A conference begins on the first bridge that works and goes on to the next when its ports are taken. Who loses the
network or its bridge leaves, and dials in again as soon as it can; who is registered nowhere cannot be called. A city
without bridges carries its calls all the same. Bridges count what is on them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence

from citynoc.simulator.machine import Call, Load, Machine
from collector.model import DeviceName

Seat = Callable[[Machine, Call | None, float], None]
"""Puts a machine into a call, or out of the one it is in."""


class Conferences:
    """The running conferences. `calls` is who belongs to each, in the call or not."""

    def __init__(self, endpoints: Sequence[Machine], bridges: Sequence[Machine], seat: Seat) -> None:
        self.calls: dict[str, frozenset[DeviceName]] = {}
        self._endpoints = {machine.device.name: machine for machine in endpoints}
        self._bridges = {machine.device.name: machine for machine in bridges}
        self._numbers: dict[str, int] = {}
        self._seat = seat

    def start(self, name: str, devices: Iterable[DeviceName]) -> None:
        """These belong to the conference from now on; `regroup` lets them in."""
        self._numbers.setdefault(name, len(self._numbers) + 1)
        self.calls[name] = self.calls.get(name, frozenset()) | frozenset(devices)

    def end(self, name: str, devices: Iterable[DeviceName] | None, now: float) -> None:
        """These leave the conference, or everybody does and it is over."""
        members = self.calls.get(name, frozenset())
        leaving = members if devices is None else members & frozenset(devices)
        for device in sorted(leaving):
            machine = self._endpoints[device]
            if machine.call is not None and machine.call.name == name:
                self._seat(machine, None, now)
        if leaving == members:
            self.calls.pop(name, None)
        else:
            self.calls[name] = members - leaving

    def regroup(self, served: frozenset[DeviceName], now: float) -> None:
        """Who lost the network or the bridge is out; who may and can is in; bridges count again."""
        for device, machine in self._endpoints.items():
            call = machine.call
            if call is not None and (
                device not in served or (call.bridge is not None and call.bridge not in served)
            ):
                self._seat(machine, None, now)
        places = self._places(served)
        for name, devices in self.calls.items():
            for device in sorted(devices):
                machine = self._endpoints[device]
                if machine.call is None and device in served and registered(machine):
                    bridge = next(places, None)
                    if bridge is None and self._bridges:
                        break  # no port is free: nobody else gets in
                    self._seat(machine, Call(name, self._numbers[name], now, bridge), now)
        self.recount(served)

    def recount(self, served: frozenset[DeviceName]) -> None:
        """What each bridge has on it. Endpoints are registered at the first bridge that works."""
        on = [machine.call for machine in self._endpoints.values() if machine.call is not None]
        used = Counter(call.bridge for call in on)
        held = Counter(bridge for _, bridge in {(call.name, call.bridge) for call in on})
        home = next((name for name in self._bridges if name in served), None)
        at_home = sum(
            1 for device, machine in self._endpoints.items() if device in served and registered(machine)
        )
        for name, bridge in self._bridges.items():
            load = Load(used[name], held[name], at_home if name == home else 0)
            if load != bridge.load:
                bridge.load = load
                bridge.epoch += 1

    def _places(self, served: frozenset[DeviceName]) -> Iterator[DeviceName]:
        """The bridge of each free port."""
        used = Counter(
            machine.call.bridge for machine in self._endpoints.values() if machine.call is not None
        )
        for name, bridge in self._bridges.items():
            if name in served:
                for _ in range(bridge.seats - used[name]):
                    yield name


def registered(machine: Machine) -> bool:
    """Whether it can be called: one registration that holds is enough."""
    return not {"sip", "h323"} <= machine.faulty
