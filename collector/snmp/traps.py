"""Traps and informs: v1 and v2c bytes, and any v2 PDU, to one `Notification`; and the acknowledgement of an inform. Pure.

Sources: RFC 1157 §4.1.6 (v1 trap), RFC 3416 §4.2.6 and §4.2.7, RFC 3584 §3.1 (a v1 trap's name in v2 terms).
"""

from typing import NamedTuple

from collector.snmp import ber
from collector.snmp.ber import (
    INTEGER,
    IP_ADDRESS,
    OBJECT_IDENTIFIER,
    TIME_TICKS,
    Envelope,
    Message,
    Pdu,
    VarBind,
)
from collector.snmp.errors import BerError
from collector.snmp.oid import Oid

SNMP_TRAPS: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 5)
COLD_START, WARM_START, LINK_DOWN, LINK_UP, AUTHENTICATION_FAILURE = (
    (*SNMP_TRAPS, number) for number in range(1, 6)
)
SYS_UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
SNMP_TRAP_OID: Oid = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
NOTIFICATIONS = frozenset({Pdu.TRAP_V1, Pdu.TRAP, Pdu.INFORM})
_ENTERPRISE_SPECIFIC = 6


class Notification(NamedTuple):
    """What happened, by its name in v2 terms. `request_id` is that of a v2 PDU; a v1 trap has none."""

    name: Oid
    inform: bool
    request_id: int | None
    uptime: int
    varbinds: tuple[VarBind, ...]


def of_message(data: bytes, outer: Envelope) -> Notification:
    """The notification in a v1 or v2c message whose envelope was read. BerError for anything else."""
    if outer.pdu == Pdu.TRAP_V1:
        if outer.version != ber.Version.V1:
            raise BerError("a v1 trap in a message of another version")
        return _v1(data, outer.at, outer.end)
    if outer.version == ber.Version.V1:
        raise BerError("a v2 notification in a v1 message")
    return of_pdu(ber.decode(data))


def of_pdu(message: Message) -> Notification:
    """The notification in a v2 trap or inform. BerError for any other PDU or without the two objects it begins with."""
    if message.pdu not in (Pdu.TRAP, Pdu.INFORM):
        raise BerError(f"PDU {message.pdu:#04x} is no notification")
    top = message.varbinds[:2]
    if [item.oid for item in top] != [SYS_UPTIME, SNMP_TRAP_OID]:
        raise BerError("a notification without sysUpTime and snmpTrapOID")
    uptime, name = top[0].value, top[1].value
    if not isinstance(uptime, int) or not isinstance(name, tuple):
        raise BerError("a notification whose sysUpTime or snmpTrapOID has another type")
    return Notification(name, message.pdu == Pdu.INFORM, message.request_id, uptime, message.varbinds[2:])


def _v1(data: bytes, at: int, end: int) -> Notification:
    start, at = ber.expect(data, at, end, OBJECT_IDENTIFIER)
    enterprise = ber.oid_at(data, start, at)
    _, at = ber.expect(data, at, end, IP_ADDRESS)  # who sent it is told by the datagram, if by anything
    numbers = []
    for _ in range(2):
        start, at = ber.expect(data, at, end, INTEGER)
        numbers.append(ber.integer_at(data, start, at))
    start, at = ber.expect(data, at, end, TIME_TICKS)
    uptime = ber.unsigned_at(data, start, at, 4)
    generic, specific = numbers
    if not 0 <= generic <= _ENTERPRISE_SPECIFIC or specific < 0:
        raise BerError(f"generic trap {generic}, specific {specific}")
    name = (*enterprise, 0, specific) if generic == _ENTERPRISE_SPECIFIC else (*SNMP_TRAPS, generic + 1)
    return Notification(name, False, None, uptime, ber.varbinds_at(data, at, end))


def acknowledgement(outer: Envelope, inform: Message) -> bytes:
    """The response to a v2c inform: its own objects, without error (RFC 3416 §4.2.7)."""
    return ber.encode(
        Message(outer.version, outer.community, Pdu.RESPONSE, inform.request_id, 0, 0, inform.varbinds)
    )
