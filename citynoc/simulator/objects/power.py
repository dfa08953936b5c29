"""UPS-MIB and PowerNet-MIB: a battery that is on the mains, or empties while it is not.

Sources: RFC 1628 (UPS-MIB), APC PowerNet-MIB (upsBasic*, upsAdv*).
"""

from collections.abc import Callable, Iterator

from citynoc.simulator import ber
from citynoc.simulator.ber import Oid
from citynoc.simulator.machine import HUNDREDTHS, Machine
from citynoc.simulator.mib import Read, Row
from citynoc.simulator.objects.gauges import between, fixed, of, wander

UPS = (1, 3, 6, 1, 2, 1, 33, 1)
APC = (1, 3, 6, 1, 4, 1, 318, 1, 1, 1)
RUNTIME = 45 * 60.0  # seconds a full battery lasts at the simulated load
_LOW = 0.2


def charge(machine: Machine, now: float) -> float:
    """Share of the battery's charge, 1 on the mains."""
    since = machine.on_battery_since
    return 1.0 if since is None else max(0.0, 1.0 - (now - since) / RUNTIME)


def _number(tag: int, value: Callable[[Machine, float], float]) -> Read:
    return lambda machine, _, now: ber.unsigned(tag, int(value(machine, now)))


def _seconds_on_battery(machine: Machine, now: float) -> float:
    return 0.0 if machine.on_battery_since is None else now - machine.on_battery_since


def _battery_status(machine: Machine, now: float) -> float:
    return 3 if charge(machine, now) < _LOW else 2  # batteryLow, batteryNormal: the same codes in both MIBs


def _input_volts(machine: Machine, now: float) -> float:
    return 0 if machine.on_battery_since is not None else 224 + 8 * wander(machine, 1, now)


def _temperature(machine: Machine, now: float) -> float:
    return 24 + 6 * wander(machine, 2, now)


_LIVE_SCALARS: tuple[tuple[Oid, Read], ...] = (
    ((*UPS, 2, 1), _number(ber.INTEGER, _battery_status)),
    ((*UPS, 2, 2), _number(ber.INTEGER, _seconds_on_battery)),
    ((*UPS, 2, 3), _number(ber.INTEGER, lambda machine, now: charge(machine, now) * RUNTIME / 60)),
    ((*UPS, 2, 4), _number(ber.INTEGER, lambda machine, now: charge(machine, now) * 100)),
    ((*UPS, 2, 5), between(534, 548, salt=3)),
    ((*UPS, 2, 6), between(0, 4, salt=4)),
    ((*UPS, 2, 7), _number(ber.INTEGER, _temperature)),
    ((*UPS, 4, 2), between(499, 502, salt=5)),
    ((*APC, 2, 1, 1), _number(ber.INTEGER, _battery_status)),
    (
        (*APC, 2, 1, 2),
        _number(ber.TIME_TICKS, lambda machine, now: _seconds_on_battery(machine, now) * HUNDREDTHS),
    ),
    ((*APC, 2, 2, 1), _number(ber.GAUGE32, lambda machine, now: charge(machine, now) * 100)),
    ((*APC, 2, 2, 2), _number(ber.GAUGE32, _temperature)),
    (
        (*APC, 2, 2, 3),
        _number(ber.TIME_TICKS, lambda machine, now: charge(machine, now) * RUNTIME * HUNDREDTHS),
    ),
    ((*APC, 2, 2, 8), between(53, 55, salt=3)),
    ((*APC, 2, 3, 1), _number(ber.GAUGE32, lambda machine, now: charge(machine, now) * 1000)),
    ((*APC, 2, 3, 2), _number(ber.GAUGE32, lambda machine, now: _temperature(machine, now) * 10)),
    ((*APC, 3, 2, 1), _number(ber.GAUGE32, _input_volts)),
    ((*APC, 3, 2, 4), between(49, 51, salt=5, tag=ber.GAUGE32)),
    ((*APC, 3, 3, 1), _number(ber.GAUGE32, lambda machine, now: _input_volts(machine, now) * 10)),
    ((*APC, 4, 2, 1), between(229, 231, salt=6, tag=ber.GAUGE32)),
    ((*APC, 4, 2, 2), between(49, 51, salt=5, tag=ber.GAUGE32)),
    ((*APC, 4, 2, 3), between(28, 46, salt=7, tag=ber.GAUGE32)),
    ((*APC, 4, 2, 4), between(4, 8, salt=7, tag=ber.GAUGE32)),
    ((*APC, 4, 3, 1), between(2290, 2310, salt=6, tag=ber.GAUGE32)),
    ((*APC, 4, 3, 3), between(280, 460, salt=7, tag=ber.GAUGE32)),
)
_CONSTANT_SCALARS: tuple[tuple[Oid, Read], ...] = (
    ((*UPS, 1, 1), of(lambda machine: ber.text(machine.device.vendor or "simulated"))),
    ((*UPS, 1, 2), of(lambda machine: ber.text(machine.kind.model_of(machine.device)))),
    ((*UPS, 1, 3), of(lambda machine: ber.text(machine.kind.software))),
    ((*UPS, 1, 4), of(lambda machine: ber.text(machine.kind.software))),
    ((*UPS, 1, 5), of(lambda machine: ber.text(machine.device.name))),
    ((*UPS, 3, 1), fixed(ber.unsigned(ber.COUNTER32, 0))),
    ((*UPS, 3, 2), fixed(ber.integer(1))),
    ((*UPS, 4, 1), of(lambda machine: ber.integer(3 if machine.on_battery_since is None else 5))),
    ((*UPS, 4, 3), fixed(ber.integer(1))),
    ((*UPS, 6, 1), of(lambda machine: ber.unsigned(ber.GAUGE32, int(machine.on_battery_since is not None)))),
    ((*APC, 1, 1, 1), of(lambda machine: ber.text(machine.kind.model_of(machine.device)))),
    ((*APC, 1, 1, 2), of(lambda machine: ber.text(machine.device.name))),
    ((*APC, 1, 2, 1), of(lambda machine: ber.text(machine.kind.software))),
    ((*APC, 1, 2, 3), of(lambda machine: ber.text(f"SIM{int(machine.phase * 1e9):010d}"))),
    ((*APC, 2, 2, 4), fixed(ber.integer(1))),
    ((*APC, 3, 2, 5), fixed(ber.integer(1))),
    ((*APC, 4, 1, 1), of(lambda machine: ber.integer(2 if machine.on_battery_since is None else 3))),
)
_COLUMNS: tuple[tuple[Oid, Read, bool], ...] = (
    ((*UPS, 3, 3, 1, 2), between(499, 502, salt=5), True),
    ((*UPS, 3, 3, 1, 3), _number(ber.INTEGER, _input_volts), True),
    ((*UPS, 4, 4, 1, 2), between(229, 231, salt=6), True),
    ((*UPS, 4, 4, 1, 3), between(40, 80, salt=7), True),
    ((*UPS, 4, 4, 1, 4), between(900, 1700, salt=7), True),
    ((*UPS, 4, 4, 1, 5), between(28, 46, salt=7), True),
)


def rows() -> Iterator[Row]:
    """Both MIBs: the profile of the day decides which one is asked."""
    for object_, read in _LIVE_SCALARS:
        yield Row(object_, (0,), read, live=True)
    for object_, read in _CONSTANT_SCALARS:
        yield Row(object_, (0,), read)
    for object_, read, live in _COLUMNS:
        yield Row(object_, (1,), read, live=live)
