"""IF-MIB: ifTable and ifXTable of every port. Source: RFC 2863.

Packets and the rarer counters follow from the octets by a port's mean packet size, so that all move together.
"""

from collections.abc import Callable, Iterator

from citynoc.simulator import ber
from citynoc.simulator.machine import WRAP_32, Machine, Port
from citynoc.simulator.mib import Read, Row

INTERFACES = (1, 3, 6, 1, 2, 1, 2)
IF_ENTRY = (*INTERFACES, 2, 1)
IF_MIB_OBJECTS = (1, 3, 6, 1, 2, 1, 31, 1)
IF_X_ENTRY = (*IF_MIB_OBJECTS, 1, 1)

UP, DOWN = 1, 2
_WRAP_64 = 0xFFFFFFFFFFFFFFFF
_GAUGE_MAX = 0xFFFFFFFF
_MULTICAST_SHARE, _BROADCAST_SHARE = 0.004, 0.0015
_ERROR_SHARE, _DISCARD_SHARE = 2e-8, 6e-8  # of octets: a few a day on a busy line

Constant = Callable[[Machine, Port], bytes]


def _constant(of_port: Constant) -> Read:
    def read(machine: Machine, place: int, _: float) -> bytes:
        return of_port(machine, machine.ports[place])

    return read


def _octets(direction: str, tag: int, share: float = 1.0) -> Read:
    """A counter of `share` of the octets."""
    wrap = _WRAP_64 if tag == ber.COUNTER64 else WRAP_32
    inward = direction == "in"

    def read(machine: Machine, place: int, now: float) -> bytes:
        port = machine.ports[place]
        levels = machine.levels(now)
        octets = port.octets_in(levels, now) if inward else port.octets_out(levels, now)
        return ber.unsigned(tag, int(octets * share) & wrap)

    return read


def _packets(direction: str, tag: int, share: float = 1.0) -> Read:
    """A counter of `share` of the packets."""
    wrap = _WRAP_64 if tag == ber.COUNTER64 else WRAP_32
    inward = direction == "in"

    def read(machine: Machine, place: int, now: float) -> bytes:
        port = machine.ports[place]
        levels = machine.levels(now)
        octets = port.octets_in(levels, now) if inward else port.octets_out(levels, now)
        return ber.unsigned(tag, int(octets * share / port.packet_octets) & wrap)

    return read


_NOTHING = ber.unsigned(ber.COUNTER32, 0)
_NO_QUEUE = ber.unsigned(ber.GAUGE32, 0)
_ZERO_ZERO = ber.oid((0, 0))

_TABLE: tuple[tuple[int, Constant], ...] = (
    (1, lambda _, port: ber.integer(port.index)),
    (2, lambda _, port: ber.text(port.descr)),
    (3, lambda _, port: ber.integer(port.kind)),
    (4, lambda _, __: ber.integer(1500)),
    (5, lambda _, port: ber.unsigned(ber.GAUGE32, min(port.mbps * 1_000_000, _GAUGE_MAX))),
    (6, lambda _, port: ber.octets(port.mac)),
    (7, lambda _, port: ber.integer(UP if port.admin_up else DOWN)),
    (8, lambda _, port: ber.integer(UP if port.up else DOWN)),
    (9, lambda machine, port: ber.unsigned(ber.TIME_TICKS, machine.ticks_at(port.changed))),
    (15, lambda _, __: _NOTHING),
    (21, lambda _, __: _NO_QUEUE),
    (22, lambda _, __: _ZERO_ZERO),
)
_TABLE_COUNTERS: tuple[tuple[int, Read], ...] = (
    (10, _octets("in", ber.COUNTER32)),
    (11, _packets("in", ber.COUNTER32)),
    (12, _packets("in", ber.COUNTER32, _MULTICAST_SHARE + _BROADCAST_SHARE)),
    (13, _octets("in", ber.COUNTER32, _DISCARD_SHARE)),
    (14, _octets("in", ber.COUNTER32, _ERROR_SHARE)),
    (16, _octets("out", ber.COUNTER32)),
    (17, _packets("out", ber.COUNTER32)),
    (18, _packets("out", ber.COUNTER32, _MULTICAST_SHARE + _BROADCAST_SHARE)),
    (19, _octets("out", ber.COUNTER32, _DISCARD_SHARE)),
    (20, _octets("out", ber.COUNTER32, _ERROR_SHARE)),
)
_EXTENSION: tuple[tuple[int, Constant], ...] = (
    (1, lambda _, port: ber.text(port.name)),
    (14, lambda _, __: ber.integer(1)),
    (15, lambda _, port: ber.unsigned(ber.GAUGE32, port.mbps)),
    (16, lambda _, __: ber.integer(2)),
    (17, lambda _, __: ber.integer(1)),
    (18, lambda _, port: ber.text(port.alias)),
    (19, lambda machine, _: ber.unsigned(ber.TIME_TICKS, machine.ticks_at(machine.boot))),
)
_EXTENSION_COUNTERS: tuple[tuple[int, Read], ...] = (
    (2, _packets("in", ber.COUNTER32, _MULTICAST_SHARE)),
    (3, _packets("in", ber.COUNTER32, _BROADCAST_SHARE)),
    (4, _packets("out", ber.COUNTER32, _MULTICAST_SHARE)),
    (5, _packets("out", ber.COUNTER32, _BROADCAST_SHARE)),
    (6, _octets("in", ber.COUNTER64)),
    (7, _packets("in", ber.COUNTER64)),
    (8, _packets("in", ber.COUNTER64, _MULTICAST_SHARE)),
    (9, _packets("in", ber.COUNTER64, _BROADCAST_SHARE)),
    (10, _octets("out", ber.COUNTER64)),
    (11, _packets("out", ber.COUNTER64)),
    (12, _packets("out", ber.COUNTER64, _MULTICAST_SHARE)),
    (13, _packets("out", ber.COUNTER64, _BROADCAST_SHARE)),
)
_WIDE = range(6, 14)


def rows(indexes: tuple[int, ...]) -> Iterator[Row]:
    """ifNumber, both tables and the times of the tables' last change; the place in `indexes` is the port's."""
    yield Row((*INTERFACES, 1), (0,), lambda machine, _, __: ber.integer(len(machine.ports)))
    yield Row(
        (*IF_MIB_OBJECTS, 5),
        (0,),
        lambda machine, _, __: ber.unsigned(ber.TIME_TICKS, machine.ticks_at(machine.table_changed)),
    )
    yield Row((*IF_MIB_OBJECTS, 6), (0,), lambda _, __, ___: ber.unsigned(ber.TIME_TICKS, 0))
    for entry, constants, counters in (
        (IF_ENTRY, _TABLE, _TABLE_COUNTERS),
        (IF_X_ENTRY, _EXTENSION, _EXTENSION_COUNTERS),
    ):
        for column, of_port in constants:
            read = _constant(of_port)
            for place, index in enumerate(indexes):
                yield Row((*entry, column), (index,), read, place)
        for column, read in counters:
            wide = entry is IF_X_ENTRY and column in _WIDE
            for place, index in enumerate(indexes):
                yield Row((*entry, column), (index,), read, place, live=True, wide=wide)
