"""Rows of LLDP-MIB to neighbours. Pure. Source: IEEE 802.1AB-2005 §12 (LLDP-MIB, lldpRemTable, lldpLocPortTable)."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address

from citynoc.discovery.found import Neighbour, line
from collector.model import Address
from collector.snmp.ber import Value, VarBind
from collector.snmp.oid import Oid

OBJECTS: Oid = (1, 0, 8802, 1, 1, 2, 1)
CHASSIS_SUBTYPE: Oid = (*OBJECTS, 3, 1, 0)
CHASSIS: Oid = (*OBJECTS, 3, 2, 0)
LOCAL_PORTS: Oid = (*OBJECTS, 3, 7, 1)
REMOTE: Oid = (*OBJECTS, 4, 1, 1)
REMOTE_ADDRESSES: Oid = (*OBJECTS, 4, 2, 1, 3)  # lldpRemManAddrIfSubtype: the address is in the index

_PORT_SUBTYPE, _PORT_ID, _PORT_DESCR = 2, 3, 4
_INTERFACE_NAMES = {5, 7}  # interfaceName, local: what people call the port
_REM_CHASSIS_SUBTYPE, _REM_CHASSIS, _REM_PORT_SUBTYPE, _REM_PORT, _REM_PORT_DESCR, _REM_NAME = (
    4,
    5,
    6,
    7,
    8,
    9,
)
_INDEX = 3  # time mark, local port, remote index
_IPV4, _IPV6 = 1, 2  # IANA address family numbers

Row = dict[int, Value]


def chassis_of(subtype: Value, raw: Value) -> str:
    """An identity that compares: the kind of id and its octets; empty without one."""
    return (
        f"{subtype if isinstance(subtype, int) else 0}:{raw.hex()}" if isinstance(raw, bytes) and raw else ""
    )


def neighbours_of(
    local: Iterable[VarBind], remote: Iterable[VarBind], addresses: Iterable[VarBind]
) -> tuple[Neighbour, ...]:
    """What the three tables say together, in the order of ports; rows without a chassis and a name are left out."""
    ports = {index[0]: _port(row) for index, row in _rows(local, LOCAL_PORTS).items() if index}
    managed = _managed(addresses)
    found = []
    for index, row in sorted(_rows(remote, REMOTE).items()):
        if len(index) != _INDEX:
            continue
        chassis = chassis_of(row.get(_REM_CHASSIS_SUBTYPE), row.get(_REM_CHASSIS))
        name = line(row.get(_REM_NAME))
        if chassis or name:
            far = _named(row, _REM_PORT_SUBTYPE, _REM_PORT, _REM_PORT_DESCR)
            found.append(Neighbour(ports.get(index[1], ""), chassis, far, name, managed.get(index[1:])))
    return tuple(found)


def _rows(items: Iterable[VarBind], root: Oid) -> Mapping[Oid, Row]:
    found: dict[Oid, Row] = {}
    depth = len(root)
    for item in items:
        if item.oid[:depth] == root and len(item.oid) > depth + 1:
            found.setdefault(item.oid[depth + 1 :], {})[item.oid[depth]] = item.value
    return found


def _port(row: Row) -> str:
    return _named(row, _PORT_SUBTYPE, _PORT_ID, _PORT_DESCR)


def _named(row: Row, subtype: int, identity: int, descr: int) -> str:
    """The port's name where its id is one, else its description."""
    if row.get(subtype) in _INTERFACE_NAMES and line(row.get(identity)):
        return line(row.get(identity))
    return line(row.get(descr))


def _managed(items: Iterable[VarBind]) -> Mapping[Oid, Address]:
    """A management address by (local port, remote index); the first IPv4 one, else the first."""
    found: dict[Oid, Address] = {}
    depth = len(REMOTE_ADDRESSES)
    for item in items:
        index = item.oid[depth:]
        family, octets = index[_INDEX : _INDEX + 1], index[_INDEX + 2 :]
        if item.oid[:depth] != REMOTE_ADDRESSES or any(number > 255 for number in octets):  # noqa: PLR2004
            continue
        at = index[1:_INDEX]
        if family == (_IPV4,) and len(octets) == 4:  # noqa: PLR2004
            if not isinstance(found.get(at), IPv4Address):
                found[at] = IPv4Address(bytes(octets))
        elif family == (_IPV6,) and len(octets) == 16:  # noqa: PLR2004
            found.setdefault(at, IPv6Address(bytes(octets)))
    return found
