"""Processor, memory and temperature as each maker's MIB has them.

Sources: HOST-RESOURCES-MIB (RFC 2790), ENTITY-MIB (RFC 6933), CISCO-PROCESS-MIB, CISCO-MEMORY-POOL-MIB,
CISCO-ENVMON-MIB, HUAWEI-ENTITY-EXTENT-MIB, HH3C-ENTITY-EXT-MIB, JUNIPER-MIB, MIKROTIK-MIB, FORTINET-FORTIGATE-MIB,
UCD-SNMP-MIB, ZXR10-MIB.
"""

from collections.abc import Iterator

from citynoc.simulator import ber
from citynoc.simulator.mib import Read, Row
from citynoc.simulator.objects.gauges import between, fixed

ENTITY_NAME = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 7)
ENTITY_DESCR = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 2)
ENTITY_CLASS = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 5)
ENTITY_MODEL = (1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 13)
HOST = (1, 3, 6, 1, 2, 1, 25)
UCD = (1, 3, 6, 1, 4, 1, 2021)

_KIB_256 = 262_144
_GIB_1 = 1_048_576  # in KiB

CPU, MEMORY, HEAT = 11, 12, 13  # salts: one device's CPU and memory wander apart


def _percent(low: int = 4, high: int = 38, salt: int = CPU, tag: int = ber.INTEGER) -> Read:
    return between(low, high, salt=salt, tag=tag)


def host_resources() -> Iterator[Row]:
    """HrProcessorLoad and hrStorage of main memory and a disk."""
    yield Row(
        (*HOST, 1, 1),
        (0,),
        lambda machine, _, now: ber.unsigned(ber.TIME_TICKS, machine.uptime(now)),
        live=True,
    )
    yield Row((*HOST, 2, 2), (0,), fixed(ber.integer(_GIB_1)))
    yield Row((*HOST, 3, 3, 1, 1), (1,), fixed(ber.oid((0, 0))))
    yield Row((*HOST, 3, 3, 1, 2), (1,), _percent(), live=True)
    ram, disk = (*HOST, 2, 1, 2), (*HOST, 2, 1, 4)
    for index, kind, descr, size, read in (
        (65536, ram, "main memory", _GIB_1, between(_GIB_1 * 0.35, _GIB_1 * 0.7, salt=MEMORY)),
        (131072, disk, "system disk", _KIB_256, between(_KIB_256 * 0.2, _KIB_256 * 0.22, salt=MEMORY + 1)),
    ):
        entry = (*HOST, 2, 3, 1)
        yield Row((*entry, 1), (index,), fixed(ber.integer(index)))
        yield Row((*entry, 2), (index,), fixed(ber.oid(kind)))
        yield Row((*entry, 3), (index,), fixed(ber.text(descr)))
        yield Row((*entry, 4), (index,), fixed(ber.integer(1024)))
        yield Row((*entry, 5), (index,), fixed(ber.integer(size)))
        yield Row((*entry, 6), (index,), read, live=True)


def mikrotik() -> Iterator[Row]:
    """HOST-RESOURCES and mtxrHealth (tenths of a degree and of a volt)."""
    yield from host_resources()
    health = (1, 3, 6, 1, 4, 1, 14988, 1, 1, 3)
    yield Row((*health, 8), (0,), between(236, 244, salt=HEAT + 1), live=True)
    yield Row((*health, 10), (0,), between(330, 460, salt=HEAT), live=True)
    yield Row((*health, 11), (0,), between(390, 560, salt=HEAT), live=True)
    gauge = (*health, 100, 1)
    for index, name, unit, read in (
        (13, "voltage", 2, between(236, 244, salt=HEAT + 1)),
        (14, "temperature", 1, between(33, 46, salt=HEAT)),
        (17, "cpu-temperature", 1, between(39, 56, salt=HEAT)),
    ):
        yield Row((*gauge, 2), (index,), fixed(ber.text(name)))
        yield Row((*gauge, 3), (index,), read, live=True)
        yield Row((*gauge, 4), (index,), fixed(ber.integer(unit)))
    yield Row((1, 3, 6, 1, 4, 1, 14988, 1, 1, 4, 4), (0,), fixed(ber.text("7.14.3")))
    yield Row((1, 3, 6, 1, 4, 1, 14988, 1, 1, 7, 3), (0,), fixed(ber.text("SIM000000001")))
    yield Row((1, 3, 6, 1, 4, 1, 14988, 1, 1, 7, 4), (0,), fixed(ber.text("7.14.3")))


def cisco() -> Iterator[Row]:
    """CISCO-PROCESS, MEMORY-POOL (old and enhanced) and ENVMON."""
    cisco_mgmt = (1, 3, 6, 1, 4, 1, 9, 9)
    cpu = (*cisco_mgmt, 109, 1, 1, 1, 1)
    yield Row((*cpu, 2), (1,), fixed(ber.integer(0)))
    for column in (3, 4, 5, 6, 7, 8):
        yield Row((*cpu, column), (1,), _percent(tag=ber.GAUGE32), live=True)
    yield Row((*cpu, 12), (1,), between(_GIB_1 * 0.5, _GIB_1 * 0.7, salt=MEMORY, tag=ber.GAUGE32), live=True)
    yield Row(
        (*cpu, 13), (1,), between(_GIB_1 * 0.3, _GIB_1 * 0.31, salt=MEMORY + 4, tag=ber.GAUGE32), live=True
    )
    pool = (*cisco_mgmt, 48, 1, 1, 1)
    for index, name, size in ((1, "Processor", 800_000_000), (2, "I/O", 120_000_000)):
        yield Row((*pool, 2), (index,), fixed(ber.text(name)))
        yield Row((*pool, 4), (index,), fixed(ber.integer(1)))
        used = int(size * 0.41)
        yield Row((*pool, 5), (index,), fixed(ber.unsigned(ber.GAUGE32, used)))
        yield Row((*pool, 6), (index,), fixed(ber.unsigned(ber.GAUGE32, size - used)))
        yield Row((*pool, 7), (index,), fixed(ber.unsigned(ber.GAUGE32, (size - used) // 2)))
    enhanced = (*cisco_mgmt, 221, 1, 1, 1, 1)
    yield Row((*enhanced, 3), (1, 1), fixed(ber.text("Processor")))
    yield Row((*enhanced, 7), (1, 1), fixed(ber.unsigned(ber.GAUGE32, 328_000_000)))
    yield Row((*enhanced, 8), (1, 1), fixed(ber.unsigned(ber.GAUGE32, 472_000_000)))
    heat = (*cisco_mgmt, 13, 1, 3, 1)
    for index, name, low in ((1006, "inlet", 24), (1007, "CPU", 40)):
        yield Row((*heat, 2), (index,), fixed(ber.text(name)))
        yield Row((*heat, 3), (index,), between(low, low + 10, salt=HEAT, tag=ber.GAUGE32), live=True)
        yield Row((*heat, 4), (index,), fixed(ber.integer(low + 40)))
        yield Row((*heat, 6), (index,), fixed(ber.integer(1)))
    for index, name in ((1, "power supply 1"), (2, "power supply 2")):
        yield Row((*cisco_mgmt, 13, 1, 5, 1, 2), (index,), fixed(ber.text(name)))
        yield Row((*cisco_mgmt, 13, 1, 5, 1, 3), (index,), fixed(ber.integer(1)))
        yield Row(
            (*cisco_mgmt, 13, 1, 4, 1, 2), (index,), fixed(ber.text(name.replace("power supply", "fan")))
        )
        yield Row((*cisco_mgmt, 13, 1, 4, 1, 3), (index,), fixed(ber.integer(1)))


def _entities(names: dict[int, tuple[str, int]]) -> Iterator[Row]:
    for index, (name, kind) in names.items():
        yield Row(ENTITY_DESCR, (index,), fixed(ber.text(name)))
        yield Row(ENTITY_CLASS, (index,), fixed(ber.integer(kind)))
        yield Row(ENTITY_NAME, (index,), fixed(ber.text(name)))


_CHASSIS, _MODULE = 3, 9
_BOARD = 67108873


def huawei() -> Iterator[Row]:
    """HUAWEI-ENTITY-EXTENT-MIB's state of the main board, and its name in ENTITY-MIB."""
    yield from _entities({67108867: ("chassis", _CHASSIS), _BOARD: ("MPU Board 0", _MODULE)})
    state = (1, 3, 6, 1, 4, 1, 2011, 5, 25, 31, 1, 1, 1, 1)
    yield Row((*state, 5), (_BOARD,), _percent(), live=True)
    yield Row((*state, 6), (_BOARD,), fixed(ber.integer(80)))
    yield Row((*state, 7), (_BOARD,), _percent(35, 62, MEMORY), live=True)
    yield Row((*state, 8), (_BOARD,), fixed(ber.integer(95)))
    yield Row((*state, 9), (_BOARD,), fixed(ber.integer(2_000_000_000)))
    yield Row((*state, 11), (_BOARD,), between(36, 52, salt=HEAT), live=True)
    yield Row((*state, 12), (_BOARD,), fixed(ber.integer(75)))


def h3c() -> Iterator[Row]:
    """HH3C-ENTITY-EXT-MIB's state of the board, and its name in ENTITY-MIB."""
    yield from _entities({1: ("chassis", _CHASSIS), 212: ("Board", _MODULE)})
    state = (1, 3, 6, 1, 4, 1, 25506, 2, 6, 1, 1, 1, 1)
    yield Row((*state, 6), (212,), _percent(), live=True)
    yield Row((*state, 8), (212,), _percent(35, 62, MEMORY), live=True)
    yield Row((*state, 12), (212,), between(34, 50, salt=HEAT), live=True)
    yield Row((*state, 13), (212,), fixed(ber.integer(80)))


def juniper() -> Iterator[Row]:
    """JnxOperatingTable of the routing engine (contents index 9) and a temperature of the FPC (7)."""
    table = (1, 3, 6, 1, 4, 1, 2636, 3, 1, 13, 1)
    for index, name in (((9, 1, 0, 0), "Routing Engine 0"), ((7, 1, 0, 0), "FPC: MPC @ 0/*/*")):
        yield Row((*table, 5), index, fixed(ber.text(name)))
        yield Row((*table, 6), index, fixed(ber.integer(2)))
        yield Row((*table, 7), index, between(34, 49, salt=HEAT, tag=ber.GAUGE32), live=True)
        for column in (8, 20, 21, 22, 23):  # jnxOperatingCPU; the load averages share its walk
            yield Row((*table, column), index, _percent(tag=ber.GAUGE32), live=True)
        yield Row((*table, 11), index, _percent(28, 47, MEMORY, ber.GAUGE32), live=True)
        yield Row((*table, 15), index, fixed(ber.integer(2048)))
    yield Row(
        (1, 3, 6, 1, 4, 1, 2636, 3, 1, 2),
        (0,),
        lambda machine, _, __: ber.text(machine.kind.model_of(machine.device)),
    )
    yield Row((1, 3, 6, 1, 4, 1, 2636, 3, 1, 3), (0,), fixed(ber.text("SIM000000001")))
    for column in (2, 3):
        yield Row((1, 3, 6, 1, 4, 1, 2636, 3, 4, 2, column, 1), (0,), fixed(ber.integer(2)))  # alarms off


def zte() -> Iterator[Row]:
    """Processor and memory per board, as routers of the M6000 family have them."""
    board = (1, 3, 6, 1, 4, 1, 3902, 3, 600, 2, 1, 1)
    for index in ((0, 0, 1, 0), (0, 0, 2, 0)):
        yield Row((*board, 4), index, _percent(35, 62, MEMORY), live=True)
        yield Row((*board, 7), index, _percent(), live=True)


def fortinet() -> Iterator[Row]:
    """FORTINET-FORTIGATE-MIB fgSystemInfo."""
    info = (1, 3, 6, 1, 4, 1, 12356, 101, 4, 1)
    yield Row((*info, 1), (0,), fixed(ber.text("v7.2.8")))
    yield Row((*info, 3), (0,), _percent(tag=ber.GAUGE32), live=True)
    yield Row((*info, 4), (0,), _percent(35, 62, MEMORY, ber.GAUGE32), live=True)
    yield Row((*info, 5), (0,), fixed(ber.unsigned(ber.GAUGE32, 2 * _GIB_1)))
    yield Row((*info, 8), (0,), between(200, 9000, salt=MEMORY + 2, tag=ber.GAUGE32), live=True)
    yield Row((1, 3, 6, 1, 4, 1, 12356, 100, 1, 1, 1), (0,), fixed(ber.text("SIM000000001")))
    yield Row(ENTITY_MODEL, (1,), lambda machine, _, __: ber.text(machine.kind.model_of(machine.device)))


def net_snmp() -> Iterator[Row]:
    """HOST-RESOURCES beside UCD-SNMP's memory, load, idle time and LM-SENSORS."""
    yield from host_resources()
    yield Row((*UCD, 4, 5), (0,), fixed(ber.integer(_GIB_1)))
    yield Row((*UCD, 4, 6), (0,), between(_GIB_1 * 0.3, _GIB_1 * 0.5, salt=MEMORY), live=True)
    yield Row((*UCD, 4, 14), (0,), fixed(ber.integer(_GIB_1 // 16)))
    yield Row((*UCD, 4, 15), (0,), fixed(ber.integer(_GIB_1 // 8)))
    yield Row((*UCD, 11, 9), (0,), _percent(2, 20), live=True)
    yield Row((*UCD, 11, 10), (0,), _percent(1, 9), live=True)
    yield Row((*UCD, 11, 11), (0,), _percent(60, 96), live=True)
    for index, name, low in ((1, "CPU", 41_000), (2, "board", 29_000)):
        sensor = (*UCD, 13, 16, 2, 1)
        yield Row((*sensor, 2), (index,), fixed(ber.text(name)))
        yield Row((*sensor, 3), (index,), between(low, low + 9_000, salt=HEAT, tag=ber.GAUGE32), live=True)
    for index, load in ((1, "0.31"), (2, "0.27"), (3, "0.22")):
        yield Row((*UCD, 10, 1, 3), (index,), fixed(ber.text(load)))
        yield Row((*UCD, 10, 1, 5), (index,), between(5, 90, salt=CPU), live=True)
