"""Which ports a device has and what runs over them: uplinks first, then downlinks, then its own rooms. Pure.

A port's name is the inventory's `Link.interface` where it is given; the others go on counting from there.
Both ends of a link carry the same traffic, seen from opposite sides.
"""

import random
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from citynoc.simulator.machine import Port
from citynoc.simulator.objects import Kind
from citynoc.simulator.traffic import WAVES
from collector.model import Device, Inventory, Link, Role

_FEWEST = {Role.ROUTER: 8, Role.ENDPOINT: 2, Role.BRIDGE: 4, Role.UPS: 1}
_CHASSIS_STEP = 24  # ports of a line card
_MBPS = {
    Role.AGGREGATION: 10_000,
    Role.CORE: 10_000,
    Role.SWITCH: 10_000,
    Role.GATEWAY: 10_000,
    Role.UPS: 100,
}
_GIGABIT, _FAST = 1000, 100
_OCTETS_PER_MBIT = 125_000
_NUMBERED = re.compile(r"(.*?)(\d+)$", re.DOTALL)
_SPARE_IN_USE = 0.4
_NO_ADMIN = 0.5


class _Line(NamedTuple):
    """A link's speed and traffic as its child sees it."""

    mbps: int
    wave_in: int
    wave_out: int
    peak_in: float
    peak_out: float
    packet: float


def ports_of(
    device: Device,
    downlinks: Sequence[Link],
    *,
    inventory: Inventory,
    kind: Kind,
    rng: random.Random,
    boot: float,
) -> list[Port]:
    """The device's ports, all up and counting; `boot` is when they last changed."""
    links = [*device.uplinks, *downlinks]
    taken = {link.interface for link in device.uplinks if link.interface is not None}
    names = _names(kind, [link.interface for link in device.uplinks], taken)
    ports: list[Port] = []
    for place in range(_count(device.role, len(links))):
        index = kind.first_index + place
        name, descr = next(names)
        port = Port(index, name, descr, "", _mac(rng), _GIGABIT, changed=boot)
        if place < len(links):
            _carry(port, links[place], inventory, downward=place >= len(device.uplinks))
        else:
            _spare(port, rng)
        ports.append(port)
    return ports


def _count(role: Role, links: int) -> int:
    fewest = _FEWEST.get(role)
    if fewest is not None:
        return max(fewest, links)
    return max(_CHASSIS_STEP, -(-links // _CHASSIS_STEP) * _CHASSIS_STEP)


def _names(kind: Kind, uplinks: Sequence[str | None], taken: set[str]) -> Iterator[tuple[str, str]]:
    """(ifName, ifDescr) of each port in turn; `taken` names are for the uplinks that the inventory gives them to."""
    number = kind.first_port
    pattern, descr = kind.port, kind.port_descr
    known = [name for name in uplinks if name is not None]
    if known and (match := _NUMBERED.fullmatch(known[0])) and known[0] not in _series(kind):
        pattern = descr = match[1].replace("{", "{{").replace("}", "}}") + "{}"
        number = min(number, int(match[2]))

    def following() -> tuple[str, str]:
        nonlocal number
        while pattern.format(number) in taken:
            number += 1
        number += 1
        return pattern.format(number - 1), descr.format(number - 1)

    def described(name: str) -> str:
        match = _NUMBERED.fullmatch(name)
        return descr.format(match[2]) if match and pattern.format(match[2]) == name else name

    for name in uplinks:
        yield (name, described(name)) if name is not None else following()
    while True:
        yield following()


def _series(kind: Kind) -> frozenset[str]:
    """The names that the kind itself would give."""
    return frozenset(kind.port.format(number) for number in range(kind.first_port, kind.first_port + 128))


def _mac(rng: random.Random) -> bytes:
    return b"\x02" + rng.randbytes(5)  # a locally administered address


def _line(link: Link, inventory: Inventory) -> _Line:
    """The same for both ends: it depends on the link's name alone."""
    rng = random.Random(f"line/{link.name}")
    role = inventory.devices[link.child].role
    mbps = _MBPS.get(role, _GIGABIT)
    busy = {Role.ROUTER: (0.02, 0.25), Role.AGGREGATION: (0.05, 0.35), Role.ENDPOINT: (0.0001, 0.0005)}
    low, high = busy.get(role, (0.02, 0.2))
    return _Line(
        mbps,
        rng.randrange(WAVES),
        rng.randrange(WAVES),
        rng.uniform(low, high),
        rng.uniform(low, high) * 0.5,
        rng.uniform(520, 980),
    )


def _carry(port: Port, link: Link, inventory: Inventory, *, downward: bool) -> None:
    line = _line(link, inventory)
    port.mbps, port.packet_octets, port.link = line.mbps, line.packet, link.name
    inward = (line.wave_in, line.peak_in * line.mbps * _OCTETS_PER_MBIT)
    outward = (line.wave_out, line.peak_out * line.mbps * _OCTETS_PER_MBIT)
    if downward:
        inward, outward = outward, inward
    (port.wave_in, port.scale_in), (port.wave_out, port.scale_out) = inward, outward
    peer = link.child if downward else link.parent
    port.alias = " ".join(part for part in (link.name, f"to {peer}", link.carrier) if part)


def _spare(port: Port, rng: random.Random) -> None:
    """A room's socket: some in use, some free, some shut."""
    port.mbps = rng.choice((_GIGABIT, _GIGABIT, _FAST))
    port.wave_in, port.wave_out = rng.randrange(WAVES), rng.randrange(WAVES)
    port.packet_octets = rng.uniform(420, 900)
    if rng.random() < _SPARE_IN_USE:
        port.alias = "office"
        port.scale_in = rng.uniform(0.001, 0.05) * port.mbps * _OCTETS_PER_MBIT
        port.scale_out = rng.uniform(0.001, 0.03) * port.mbps * _OCTETS_PER_MBIT
    else:
        port.up = False
        port.admin_up = rng.random() >= _NO_ADMIN
