"""The simulated city: a machine for every device, moved by the network's faults and by calls. Pure.

The same inventory, seed, start and events give the same values at the same time. Clocks are arguments; it opens no
socket and asks no clock.
"""

import hashlib
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from citynoc.simulator.conferences import Conferences
from citynoc.simulator.machine import HEIGHT, Call, Machine, Peer, Port, Quality
from citynoc.simulator.mib import Shape
from citynoc.simulator.network import Fault, FaultKind, Network
from citynoc.simulator.objects import GENERIC, KINDS, Kind, neighbours_of, shape_of
from citynoc.simulator.ports import ports_of
from citynoc.simulator.traffic import Traffic
from collector.model import Device, DeviceName, Inventory, Role

LONGEST_UPTIME = 200 * 86400.0
SHORTEST_UPTIME = 3600.0
QUALITY_SLOT = 10.0  # seconds over which an endpoint averages its media
CALL_KBPS = 1920
_TOO_MUCH = 0.08  # loss at which a smaller picture is asked for
_OCTETS_PER_KBIT = 125


@dataclass(frozen=True, slots=True)
class Congestion:
    """What a crowded line adds to every call over it: a share of packets, milliseconds."""

    loss: float
    jitter_ms: float
    latency_ms: float


@dataclass(frozen=True, slots=True)
class Loss:
    """Shares of datagrams lost on the way to an agent and on the way back."""

    there: float
    back: float


class World:
    """All machines, and the few ways to move them. `now` is Unix seconds everywhere and must not step back."""

    def __init__(self, inventory: Inventory, seed: int, start: float, traffic: Traffic | None = None) -> None:
        """`traffic` may be shared by worlds of one seed and start: it is the costly part of a small one."""
        self.inventory, self.seed, self.start = inventory, seed, start
        self.network = Network(inventory)
        self.loss: Loss | None = None
        self.losses: dict[DeviceName, Loss] = {}
        self.congested: dict[str, Congestion] = {}  # by link or device
        self._traffic = traffic or Traffic(seed, start, inventory.city.timezone)
        self._shapes: dict[tuple[str, int, bool, int], Shape] = {}
        self.machines = {device.name: self._machine(device) for device in inventory.devices.values()}
        self._port_of = {
            (machine.device.name, port.link): port
            for machine in self.machines.values()
            for port in machine.ports
            if port.link is not None
        }
        self._introduce()
        self.conferences = Conferences(list(self.endpoints()), list(self.bridges()), self._set_call)
        self.conferences.recount(self.network.served)

    # What happens to the network

    def change(self, now: float, *, broken: Iterable[Fault] = (), mended: Iterable[Fault] = ()) -> None:
        """Faults begin and end; ports follow their links, and what starts again counts from zero."""
        network = self.network
        was_working = {name for name in self.machines if network.works(name)}
        agents = {fault.name for fault in network.faults if fault.kind is FaultKind.AGENT}
        network.change(now, broken=broken, mended=mended)
        for fault in set(agents).difference(f.name for f in network.faults if f.kind is FaultKind.AGENT):
            self._restart_agent(self.machines[DeviceName(fault)], now)
        for name, machine in self.machines.items():
            if network.works(name) and name not in was_working:
                self._boot(machine, now)
        self._turn_ports(now)
        self._regroup(now)

    # What happens to conferences

    @property
    def calls(self) -> dict[str, frozenset[DeviceName]]:
        """Who belongs to each running conference."""
        return self.conferences.calls

    def start_call(self, name: str, devices: Iterable[DeviceName], now: float) -> None:
        """A conference of `devices`: who is served and free joins now, the others as soon as they are."""
        self.conferences.start(name, devices)
        self._regroup(now)

    def end_call(self, name: str, now: float, devices: Iterable[DeviceName] | None = None) -> None:
        """These leave the conference; without them everybody does."""
        self.conferences.end(name, devices, now)
        self._regroup(now)

    def seat(self, bridge: Machine, seats: int, now: float) -> None:
        """A bridge has so many ports from now on. Who is on it stays."""
        bridge.seats = seats
        bridge.epoch += 1
        self._regroup(now)

    def quality(self, machine: Machine, now: float) -> Quality:
        """The media of the machine's call: a steady line, what congestion adds, and the datagrams it loses."""
        slot = int(now / QUALITY_SLOT)
        noise = _noise(machine.phase, slot)
        loss, jitter, latency = (
            0.0005 * noise(0) ** 3,
            2 + 6 * noise(1),
            6 + 12 * machine.phase + 3 * noise(2),
        )
        tx_loss, tx_jitter = 0.0005 * noise(3) ** 3, 2 + 6 * noise(4)
        if self.congested:
            for step in self.network.path(machine.device.name):
                crowd = self.congested.get(step)
                if crowd is not None:
                    share = 0.7 + 0.6 * noise(5)
                    loss += crowd.loss * share
                    tx_loss += crowd.loss * (0.7 + 0.6 * noise(6))
                    jitter += crowd.jitter_ms * share
                    tx_jitter += crowd.jitter_ms * share
                    latency += crowd.latency_ms * share
        lost = self.loss_of(machine.device.name)
        if lost is not None:
            loss, tx_loss = loss + lost.there, tx_loss + lost.back
        loss, tx_loss = min(loss, 1.0), min(tx_loss, 1.0)
        kbps = CALL_KBPS * (0.9 + 0.1 * noise(7))
        return Quality(
            rx_loss=loss,
            tx_loss=tx_loss,
            rx_jitter_ms=jitter,
            tx_jitter_ms=tx_jitter,
            latency_ms=latency,
            rx_kbps=int(kbps * (1 - loss)),
            tx_kbps=int(kbps * (1 - tx_loss)),
            frame_rate=max(1, int(30 * (1 - min(0.9, 4 * loss)))),
            height=HEIGHT if loss < _TOO_MUCH else HEIGHT // 2,
        )

    def temperature(self, machine: Machine, now: float) -> float:
        """Degrees Celsius inside the machine: warmer in a call."""
        daily = math.sin(2 * math.pi * (now / 86400.0 - 0.08))  # warmest in the early afternoon at UTC+7
        return 38 + 6 * machine.phase + 2.5 * daily + (3 if machine.call else 0)

    # What happens to single machines

    def loss_of(self, device: DeviceName) -> Loss | None:
        """Its own loss, else the city's."""
        return self.losses.get(device, self.loss)

    def mark(self, machine: Machine, part: str, *, faulty: bool) -> None:
        """A part fails or is mended: camera, microphone, display, sip, h323, telemetry."""
        machine.faulty = machine.faulty | {part} if faulty else machine.faulty - {part}
        machine.epoch += 1
        self.conferences.recount(self.network.served)

    def mains(self, machine: Machine, now: float, *, on: bool) -> None:
        """The mains of a UPS comes or goes."""
        machine.on_battery_since = None if on else machine.on_battery_since or now
        machine.epoch += 1

    def endpoints(self) -> Iterator[Machine]:
        """Machines of the role endpoint, in the inventory's order."""
        return (machine for machine in self.machines.values() if machine.device.role is Role.ENDPOINT)

    def bridges(self) -> Iterator[Machine]:
        """Machines of the role bridge, in the inventory's order: that in which they are filled."""
        return (machine for machine in self.machines.values() if machine.device.role is Role.BRIDGE)

    def _machine(self, device: Device) -> Machine:
        rng = random.Random(f"{self.seed}/{device.name}")
        profile = device.snmp.profile if device.snmp is not None else ""
        kind = KINDS.get(profile, GENERIC)
        phase = _phase(f"{self.seed}/{device.name}")
        # The same boot however often the simulator starts anew, so that its restart is not a city's reboot.
        offset = phase * LONGEST_UPTIME
        uptime = (self.start - offset) % LONGEST_UPTIME
        boot = self.start - (uptime if uptime > SHORTEST_UPTIME else uptime + LONGEST_UPTIME)
        ports = ports_of(
            device,
            self.network.downlinks(device.name),
            inventory=self.inventory,
            kind=kind,
            rng=rng,
            boot=boot,
        )
        for port in ports:
            port.zero(self._traffic.at(boot), boot)
        community = None
        if device.snmp is not None:
            secret = self.inventory.credentials[device.snmp.credential].community
            community = secret.reveal().encode() if secret is not None else None
        shape = self._shape(kind, ports, in_call=False)
        return Machine(
            device=device,
            kind=kind,
            community=community,
            phase=phase,
            boot=boot,
            ports=ports,
            levels=self._traffic.at,
            quality=self.quality,
            shape=shape,
            table_changed=boot,
        )

    def _shape(self, kind: Kind, ports: Sequence[Port], *, in_call: bool) -> Shape:
        """Shared by all machines of a kind with so many ports, and so many of them linked."""
        links = sum(port.link is not None for port in ports)
        key = (kind.name, len(ports), in_call, 0)
        shape = self._shapes.get(key)
        if shape is None:
            shape = self._shapes[key] = shape_of(kind, len(ports), in_call=in_call)
        if not links:
            return shape
        key = (kind.name, len(ports), in_call, links)
        whole = self._shapes.get(key)
        if whole is None:
            whole = self._shapes[key] = shape.behind(neighbours_of(kind, links))
        return whole

    def _introduce(self) -> None:
        """Each end of a link hears of the other."""
        for machine in self.machines.values():
            for link in machine.device.uplinks:
                for here, there in ((link.child, link.parent), (link.parent, link.child)):
                    other = self.machines[there]
                    far = self._port_of[there, link.name]
                    self._port_of[here, link.name].peer = Peer(
                        there, other.ports[0].mac, far.name, other.kind.description(other.device)
                    )

    def _boot(self, machine: Machine, now: float) -> None:
        levels = self._traffic.at(now)
        for port in machine.ports:
            port.zero(levels, now)
        machine.table_changed = now
        machine.starts += 1
        self._restart_agent(machine, now)

    def _restart_agent(self, machine: Machine, now: float) -> None:
        machine.boot = now
        machine.epoch += 1

    def _turn_ports(self, now: float) -> None:
        levels = self._traffic.at(now)
        for link in self.network.links.values():
            up = self.network.link_up(link)
            for end in (link.child, link.parent):
                port = self._port_of[end, link.name]
                if port.up != up:
                    port.turn(levels, now, up=up)
                    self.machines[end].epoch += 1

    def _regroup(self, now: float) -> None:
        """Who lost the network left its call; who has it back dials in again."""
        self.conferences.regroup(self.network.served, now)

    def _set_call(self, machine: Machine, call: Call | None, now: float) -> None:
        machine.call = call
        machine.shape = self._shape(machine.kind, machine.ports, in_call=call is not None)
        machine.epoch += 1
        self._carry_calls(machine, now)

    def _carry_calls(self, machine: Machine, now: float) -> None:
        """The endpoint's own port and its routers' ports carry the call's media."""
        levels = self._traffic.at(now)
        rate = float(CALL_KBPS * _OCTETS_PER_KBIT) if machine.call else 0.0
        for link in machine.device.uplinks[:1]:
            for end in (link.child, link.parent):
                self._port_of[end, link.name].load(levels, now, rate, rate)


def _phase(text: str) -> float:
    """A place in [0, 1) that depends on nothing but the text."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest()) / 2**64


class _noise:  # noqa: N801  used as a function with its arguments bound
    """Even numbers in [0, 1) by machine, slot and salt, without a generator's state."""

    __slots__ = ("_base",)

    def __init__(self, phase: float, slot: int) -> None:
        self._base = int(phase * 2**32) ^ (slot * 0x9E3779B1)

    def __call__(self, salt: int) -> float:
        mixed = (self._base + salt * 0x85EBCA77) & 0xFFFFFFFF
        mixed = ((mixed ^ (mixed >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
        mixed = ((mixed ^ (mixed >> 15)) * 0x846CA68B) & 0xFFFFFFFF
        return (mixed ^ (mixed >> 16)) / 2**32
