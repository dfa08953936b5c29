"""Carries out actions on the world, now or when their time comes, and knows what is truly broken. Pure.

Time passes only by `advance(now)`. What it remembers is the ground truth that a score is held against.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import blake2b
from itertools import count
from typing import Any

from citynoc.simulator import actions
from citynoc.simulator.actions import Action
from citynoc.simulator.arguments import Who
from citynoc.simulator.machine import SEATS
from citynoc.simulator.network import Fault, FaultKind
from citynoc.simulator.world import Congestion, Loss, World
from collector.model import DeviceName, Role

Later = Callable[[float], None]

_OF_A_DEVICE = (FaultKind.DEVICE, FaultKind.ISOLATED, FaultKind.AGENT, FaultKind.REBOOT, FaultKind.OFF)


@dataclass(slots=True)
class Flapping:
    """A line that goes and comes: how long each, and how many times are left (None: for ever)."""

    down: float
    up: float
    left: int | None


class Director:
    """The one that moves the world. `slow` and `down` say what is done to the city's services."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.slow: dict[str, float] = {}
        self.down: set[str] = set()
        self._flapping: dict[Fault, Flapping] = {}
        self._later: list[tuple[float, int, Later]] = []
        self._order = count()

    def schedule(self, when: float, action: Action, verb: str) -> None:
        """Carry the action out at Unix time `when`."""
        self._at(when, lambda now: self.apply(verb, action, now))

    def next_at(self) -> float | None:
        """When there is something to do next."""
        return self._later[0][0] if self._later else None

    def advance(self, now: float) -> None:
        """Carry out all whose time has come, in order."""
        while self._later and self._later[0][0] <= now:
            _, _, what = heapq.heappop(self._later)
            what(now)

    def apply(self, verb: str, action: Action, now: float) -> None:  # noqa: C901, PLR0912  one branch per verb
        """Carry the action out now. Names in it exist: `names.py` was asked before."""
        world = self.world
        match action:
            case actions.Cut():
                world.change(now, broken=[_line(action)])
            case actions.Kill():
                self._stop_flapping(action.device)
                world.change(now, broken=[Fault(FaultKind.DEVICE, action.device)])
            case actions.PowerOff():
                world.change(now, broken=[Fault(FaultKind.POWER, action.site)])
            case actions.MainsOff():
                self._mains(action.site, now, on=False)
            case actions.Reboot():
                fault = Fault(FaultKind.REBOOT, action.device)
                world.change(now, broken=[fault])
                self._at(now + action.silent, lambda then: world.change(then, mended=[fault]))
            case actions.AgentDown():
                world.change(now, broken=[Fault(FaultKind.AGENT, action.device)])
            case actions.Lose():
                self._lose(action)
            case actions.Flap():
                fault = _line(action)
                self._flapping[fault] = Flapping(action.down, action.up, action.times)
                self._go(fault, self._flapping[fault], now)
            case actions.Call() | actions.Limit() | actions.SetClock() | actions.Switch() | actions.Break():
                self._conference(verb, action, now)
            case actions.Congest():
                crowd = Congestion(action.loss, action.jitter, action.latency)
                world.congested[action.link or action.device or ""] = crowd
            case actions.ServiceDown():
                self.down.add(action.service)
            case actions.ServiceSlow():
                self.slow[action.service] = action.delay
            case actions.Isolate():
                world.change(now, broken=[Fault(FaultKind.VANTAGE)])
            case actions.Repair():
                self._repair(action, now)
            case _:
                raise TypeError(f"no way to carry out {type(action).__name__}")

    def _conference(
        self,
        verb: str,
        action: actions.Call | actions.Limit | actions.SetClock | actions.Switch | actions.Break,
        now: float,
    ) -> None:
        """What happens to endpoints and bridges themselves."""
        world = self.world
        match action:
            case actions.Call():
                self._call(action, now)
            case actions.Limit():
                world.seat(world.machines[DeviceName(action.bridge)], action.ports, now)
            case actions.SetClock():
                for name in self.endpoints(Who(names=(action.device,))):
                    world.machines[name].clock_ahead = action.offset
            case actions.Switch():
                off = [Fault(FaultKind.OFF, name) for name in self.endpoints(action.endpoints)]
                if verb == "switch_off":
                    world.change(now, broken=off)
                else:
                    world.change(now, mended=off)
            case actions.Break():
                for name in self.endpoints(Who(names=(action.device,))):
                    world.mark(world.machines[name], action.part, faulty=True)

    def endpoints(self, who: Who) -> list[DeviceName]:
        """The endpoints meant, in the inventory's order."""
        names = None if who.names is None else frozenset(who.names)
        return [
            machine.device.name
            for machine in self.world.endpoints()
            if (who.district is None or machine.device.district == who.district)
            and (names is None or machine.device.name in names or machine.device.site in names)
        ]

    def state(self, now: float) -> dict[str, Any]:
        """The ground truth as JSON: what is broken and since when, what cannot be reached, what is going on."""
        world, network = self.world, self.world.network
        faults = sorted(network.faults.items(), key=lambda item: (item[1], str(item[0])))
        silent = [name for name in world.machines if not network.agent_answers(name)]
        return {
            "time": now,
            "broken": [
                {"kind": fault.kind.value, "name": fault.name, "since": since} for fault, since in faults
            ],
            "flapping": sorted(str(fault) for fault in self._flapping),
            "silent": silent,
            "unreached": [name for name in silent if name not in network.reached],
            "devices": len(world.machines),
            "loss": None if world.loss is None else world.loss.there,
            "losses": {name: loss.there for name, loss in world.losses.items()},
            "congested": sorted(world.congested),
            "calls": {
                name: sum(1 for device in devices if _in_call(world, device, name))
                for name, devices in world.calls.items()
            },
            "faulty": {
                machine.device.name: sorted(machine.faulty)
                for machine in world.machines.values()
                if machine.faulty
            },
            "clocks": {
                machine.device.name: machine.clock_ahead
                for machine in world.machines.values()
                if machine.clock_ahead
            },
            "bridges": {
                machine.device.name: {"ports": machine.seats, **asdict(machine.load)}
                for machine in world.bridges()
            },
            "on_battery": [
                machine.device.name
                for machine in world.machines.values()
                if machine.on_battery_since is not None
            ],
            "services_down": sorted(self.down),
            "services_slow": dict(sorted(self.slow.items())),
        }

    def _at(self, when: float, what: Later) -> None:
        heapq.heappush(self._later, (when, next(self._order), what))

    def _lose(self, action: actions.Lose) -> None:
        loss = Loss(action.share, action.share) if action.share else None
        if action.device is None:
            self.world.loss = loss
        elif loss is None:
            self.world.losses.pop(DeviceName(action.device), None)
        else:
            self.world.losses[DeviceName(action.device)] = loss

    def _call(self, action: actions.Call, now: float) -> None:
        everybody = action.participants == Who()
        who = self.endpoints(action.participants)
        for after, some in _spread(who, action.over):
            if action.start is not None:
                self._at(now + after, partial(self._join, action.start, some))
            elif action.end is not None:
                self._at(
                    now + after,
                    partial(self._leave, action.end, None if everybody and not action.over else some),
                )
        self.advance(now)

    def _join(self, name: str, who: list[DeviceName], now: float) -> None:
        self.world.start_call(name, who, now)

    def _leave(self, name: str, who: list[DeviceName] | None, now: float) -> None:
        self.world.end_call(name, now, who)

    def _go(self, fault: Fault, flapping: Flapping, now: float) -> None:
        """Down now, up after a while, and so on as long as nobody repairs it."""
        if self._flapping.get(fault) is not flapping:
            return
        self.world.change(now, broken=[fault])
        self._at(now + flapping.down, lambda then: self._come(fault, flapping, then))

    def _come(self, fault: Fault, flapping: Flapping, now: float) -> None:
        if self._flapping.get(fault) is not flapping:
            return
        self.world.change(now, mended=[fault])
        if flapping.left is not None:
            flapping.left -= 1
            if flapping.left <= 0:
                del self._flapping[fault]
                return
        self._at(now + flapping.up, lambda then: self._go(fault, flapping, then))

    def _stop_flapping(self, name: str) -> list[Fault]:
        stopped = [fault for fault in self._flapping if fault.name == name]
        for fault in stopped:
            del self._flapping[fault]
        return stopped

    def _mains(self, site: str, now: float, *, on: bool) -> None:
        for machine in self.world.machines.values():
            if machine.device.site == site and machine.device.role is Role.UPS:
                self.world.mains(machine, now, on=on)

    def _repair(self, action: actions.Repair, now: float) -> None:
        world = self.world
        if action.all is not None:
            self._flapping.clear()
            self.down.clear()
            self.slow.clear()
            world.loss = None
            world.losses.clear()
            world.congested.clear()
            for machine in world.machines.values():
                self._mend_parts(machine.device.name, now)
            for site in {machine.device.site for machine in world.machines.values()}:
                self._mains(site, now, on=True)
            world.change(now, mended=list(world.network.faults))
            return
        world.change(now, mended=self._mended_by(action, now))

    def _mended_by(self, action: actions.Repair, now: float) -> Iterable[Fault]:
        """Faults that end with the repair of one thing; what else was done to it is undone at once."""
        if action.link is not None:
            self._stop_flapping(action.link)
            self.world.congested.pop(action.link, None)
            return [Fault(FaultKind.LINK, action.link)]
        if action.cable is not None:
            return [Fault(FaultKind.CABLE, action.cable)]
        if action.site is not None:
            self._mains(action.site, now, on=True)
            return [Fault(FaultKind.POWER, action.site)]
        if action.service is not None:
            self.down.discard(action.service)
            self.slow.pop(action.service, None)
            return []
        if action.device is not None:
            self._stop_flapping(action.device)
            self.world.congested.pop(action.device, None)
            self.world.losses.pop(DeviceName(action.device), None)
            self._mend_parts(DeviceName(action.device), now)
            return [Fault(kind, action.device) for kind in _OF_A_DEVICE]
        return [Fault(FaultKind.VANTAGE)]

    def _mend_parts(self, name: DeviceName, now: float) -> None:
        machine = self.world.machines[name]
        machine.clock_ahead = 0.0
        for part in tuple(machine.faulty):
            self.world.mark(machine, part, faulty=False)
        if machine.seats != SEATS:
            self.world.seat(machine, SEATS, now)


def _line(action: actions.Cut | actions.Flap) -> Fault:
    """The fault of the line that the action names."""
    if action.link is not None:
        return Fault(FaultKind.LINK, action.link)
    if isinstance(action, actions.Cut) and action.cable is not None:
        return Fault(FaultKind.CABLE, action.cable)
    return Fault(FaultKind.ISOLATED, action.device or "")


def _spread(who: list[DeviceName], over: float | None) -> Iterator[tuple[float, list[DeviceName]]]:
    """Who acts how many seconds from now: all at once, or a share of them each second, in an order of no meaning."""
    if not over:
        yield 0.0, who
        return
    steps = max(1, min(int(over), len(who)))
    mixed = sorted(who, key=lambda name: blake2b(name.encode(), digest_size=8).digest())
    for step in range(steps):
        yield step * over / steps, mixed[step::steps]


def _in_call(world: World, device: DeviceName, name: str) -> bool:
    call = world.machines[device].call
    return call is not None and call.name == name
