"""SNMPv2-MIB system group and the host's own clock: what every agent has. Source: RFC 3418."""

from collections.abc import Iterator

from citynoc.simulator import ber
from citynoc.simulator.machine import Machine
from citynoc.simulator.mib import Row

SYSTEM = (1, 3, 6, 1, 2, 1, 1)
_LAYERS_2_3 = 0x02 | 0x04  # sysServices: datalink and internet
_LAYERS_7 = 0x40


def _descr(machine: Machine, _: int, __: float) -> bytes:
    return ber.text(machine.kind.description(machine.device))


def _object_id(machine: Machine, _: int, __: float) -> bytes:
    return ber.oid(machine.kind.sys_object_id)


def _uptime(machine: Machine, _: int, now: float) -> bytes:
    return ber.unsigned(ber.TIME_TICKS, machine.uptime(now))


def _contact(_: Machine, __: int, ___: float) -> bytes:
    return ber.text("network operations centre")


def _name(machine: Machine, _: int, __: float) -> bytes:
    return ber.text(machine.device.name)


def _location(machine: Machine, _: int, __: float) -> bytes:
    return ber.text(f"site {machine.device.site}, district {machine.device.district}")


def _services(machine: Machine, _: int, __: float) -> bytes:
    return ber.integer(_LAYERS_2_3 if len(machine.ports) > 2 else _LAYERS_7)  # noqa: PLR2004  two ports: an end system


def rows() -> Iterator[Row]:
    """SysDescr to sysServices."""
    readers = (_descr, _object_id, _uptime, _contact, _name, _location, _services)
    for number, read in enumerate(readers, 1):
        yield Row((*SYSTEM, number), (0,), read, live=read is _uptime)
