"""Bytes to SNMP v1/v2c messages and back. Pure; trusts no byte that it reads.

Reading is strict where leniency would be a guess and lenient where the field is known to be: any definite
length of at most four octets is taken, minimal or not, and an unsigned number that fills its width may lack the
leading zero octet. Everything else that X.690 or RFC 3416 forbids is a `BerError`: indefinite or longer
lengths, contents beyond their container, bytes left over, numbers too wide, negative counters.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from collector.snmp import oid as oids
from collector.snmp.errors import BerError
from collector.snmp.oid import Oid

MAX_MESSAGE = 65_535
MAX_VARBINDS = 4_096
SHORT = 128  # lengths below it are one octet

INTEGER, OCTET_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x44, 0x46
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82

TYPE_NAMES = {
    INTEGER: "INTEGER",
    OCTET_STRING: "OCTET STRING",
    NULL: "NULL",
    OBJECT_IDENTIFIER: "OBJECT IDENTIFIER",
    IP_ADDRESS: "IpAddress",
    COUNTER32: "Counter32",
    GAUGE32: "Gauge32",
    TIME_TICKS: "TimeTicks",
    OPAQUE: "Opaque",
    COUNTER64: "Counter64",
    NO_SUCH_OBJECT: "noSuchObject",
    NO_SUCH_INSTANCE: "noSuchInstance",
    END_OF_MIB_VIEW: "endOfMibView",
}
EXCEPTIONS = frozenset({NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW})
_UNSIGNED_WIDTH = {COUNTER32: 4, GAUGE32: 4, TIME_TICKS: 4, COUNTER64: 8}
_RAW = frozenset({OCTET_STRING, OPAQUE})
_IPV4_OCTETS = 4
_INTEGER_OCTETS = 4
_LENGTH_OCTETS = 4


class Version(IntEnum):
    """The version field of a message."""

    V1 = 0
    V2C = 1
    V3 = 3


class Pdu(IntEnum):
    """PDU tags (RFC 1157 §4, RFC 3416 §3)."""

    GET = 0xA0
    GET_NEXT = 0xA1
    RESPONSE = 0xA2
    SET = 0xA3
    TRAP_V1 = 0xA4
    GET_BULK = 0xA5
    INFORM = 0xA6
    TRAP = 0xA7
    REPORT = 0xA8


Value = int | bytes | Oid | None


class VarBind(NamedTuple):
    """One object and its value: int for numbers, bytes for strings and addresses, an OID, or None."""

    oid: Oid
    tag: int
    value: Value

    @property
    def absent(self) -> bool:
        """Whether the agent said that it has no such object."""
        return self.tag in EXCEPTIONS


class Message(NamedTuple):
    """A v1/v2c message with a PDU of the common shape.

    `first` and `second` are error-status and error-index, or non-repeaters and max-repetitions of a GETBULK.
    """

    version: int
    community: bytes
    pdu: int
    request_id: int
    first: int
    second: int
    varbinds: tuple[VarBind, ...]


# Writing


def length(size: int) -> bytes:
    """A definite length, in its shortest form."""
    if size < SHORT:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes((SHORT | len(octets),)) + octets


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length, content."""
    return bytes((tag,)) + length(len(content)) + content


def integer(value: int, tag: int = INTEGER) -> bytes:
    """A number as TLV, in its shortest two's complement form."""
    magnitude = ~value if value < 0 else value  # -2**31 fits four octets
    return tlv(tag, value.to_bytes(magnitude.bit_length() // 8 + 1, signed=True))


def object_identifier(oid: Oid) -> bytes:
    """An OID as TLV."""
    return tlv(OBJECT_IDENTIFIER, oids.encode(oid))


def value_bytes(tag: int, value: Value) -> bytes:
    """A value as TLV."""
    if isinstance(value, tuple):
        return object_identifier(value)
    if isinstance(value, int):
        return integer(value, tag)
    return tlv(tag, value or b"")


def varbind_list(varbinds: Sequence[VarBind]) -> bytes:
    """The list of a PDU as TLV."""
    return tlv(
        SEQUENCE,
        b"".join(
            tlv(SEQUENCE, object_identifier(item.oid) + value_bytes(item.tag, item.value))
            for item in varbinds
        ),
    )


def encode(message: Message) -> bytes:
    """A message's bytes."""
    body = (
        integer(message.request_id)
        + integer(message.first)
        + integer(message.second)
        + varbind_list(message.varbinds)
    )
    return tlv(
        SEQUENCE,
        integer(message.version) + tlv(OCTET_STRING, message.community) + tlv(message.pdu, body),
    )


# Reading


def read_tlv(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """`(tag, content start, content end)` of the TLV at `at`, which must lie within `end`. Raises BerError."""
    if at + 2 > end:
        raise BerError(f"truncated at octet {at}")
    tag, size, start = data[at], data[at + 1], at + 2
    if tag & 31 == 31:  # noqa: PLR2004 the mark of a multi-octet tag
        raise BerError(f"multi-octet tag at octet {at}")
    if size >= SHORT:
        count = size - SHORT
        if not 1 <= count <= _LENGTH_OCTETS:
            raise BerError(
                f"length of {count} octets at octet {at}" if count else f"indefinite length at octet {at}"
            )
        if start + count > end:
            raise BerError(f"truncated length at octet {at}")
        size = int.from_bytes(data[start : start + count])
        start += count
    if start + size > end:
        raise BerError(f"length {size} at octet {at} overflows its container")
    return tag, start, start + size


def expect(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Content bounds of the TLV at `at`, which must have this tag. Raises BerError."""
    found, start, stop = read_tlv(data, at, end)
    if found != tag:
        raise BerError(f"tag {found:#04x} at octet {at} where {tag:#04x} belongs")
    return start, stop


def integer_at(data: bytes, start: int, stop: int) -> int:
    """A signed 32-bit INTEGER's content. Raises BerError."""
    if not 1 <= stop - start <= _INTEGER_OCTETS:
        raise BerError(f"INTEGER of {stop - start} octets at octet {start}")
    return int.from_bytes(data[start:stop], signed=True)


def unsigned_at(data: bytes, start: int, stop: int, width: int) -> int:
    """An unsigned number's content of at most `width` octets and a leading zero. Raises BerError."""
    size = stop - start
    if not 1 <= size <= width + 1:
        raise BerError(f"unsigned number of {size} octets at octet {start}")
    if size > width and data[start] != 0:
        raise BerError(f"unsigned number beyond {width * 8} bits at octet {start}")
    if data[start] >= SHORT and size < width:
        raise BerError(f"negative counter or gauge at octet {start}")
    return int.from_bytes(data[start:stop])


def value_at(data: bytes, tag: int, start: int, stop: int) -> Value:
    """A varbind's value. Raises BerError."""
    if tag == INTEGER:
        return integer_at(data, start, stop)
    if tag in _UNSIGNED_WIDTH:
        return unsigned_at(data, start, stop, _UNSIGNED_WIDTH[tag])
    if tag in _RAW:
        return data[start:stop]
    if tag == OBJECT_IDENTIFIER:
        return oid_at(data, start, stop)
    if tag == NULL or tag in EXCEPTIONS:
        if stop > start:
            raise BerError(f"{TYPE_NAMES[tag]} with content at octet {start}")
        return None
    if tag == IP_ADDRESS:
        if stop - start != _IPV4_OCTETS:
            raise BerError(f"IpAddress of {stop - start} octets at octet {start}")
        return data[start:stop]
    raise BerError(f"unknown value type {tag:#04x} at octet {start}")


def oid_at(data: bytes, start: int, stop: int) -> Oid:
    """An OBJECT IDENTIFIER's content; an empty one is 0.0, as several agents write it. Raises BerError."""
    if start == stop:
        return (0, 0)
    try:
        return oids.decode(data[start:stop])
    except oids.OidError as error:
        raise BerError(f"{error}, at octet {start}") from None


def varbinds_at(data: bytes, at: int, end: int) -> tuple[VarBind, ...]:
    """The varbind list at `at`, which must end exactly at `end`. Raises BerError."""
    at, stop = expect(data, at, end, SEQUENCE)
    if stop != end:
        raise BerError(f"{end - stop} octets after the varbind list")
    found: list[VarBind] = []
    while at < end:
        if len(found) == MAX_VARBINDS:
            raise BerError(f"more than {MAX_VARBINDS} varbinds")
        start, bound = expect(data, at, end, SEQUENCE)
        oid_start, oid_stop = expect(data, start, bound, OBJECT_IDENTIFIER)
        tag, value_start, value_stop = read_tlv(data, oid_stop, bound)
        if value_stop != bound:
            raise BerError(f"{bound - value_stop} octets after a value at octet {value_stop}")
        found.append(
            VarBind(oid_at(data, oid_start, oid_stop), tag, value_at(data, tag, value_start, value_stop))
        )
        at = bound
    return tuple(found)


class Envelope(NamedTuple):
    """What stands before the PDU: `at` and `end` bound the PDU's content."""

    version: int
    community: bytes
    pdu: int
    at: int
    end: int


def envelope(data: bytes) -> Envelope:
    """Version, community and the PDU's bounds of a v1/v2c message. Raises BerError."""
    if len(data) > MAX_MESSAGE:
        raise BerError(f"message of {len(data)} octets")
    at, end = expect(data, 0, len(data), SEQUENCE)
    if end != len(data):
        raise BerError(f"{len(data) - end} octets after the message")
    start, stop = expect(data, at, end, INTEGER)
    version = integer_at(data, start, stop)
    if version not in (Version.V1, Version.V2C):
        raise BerError(f"version field {version} is neither v1 nor v2c")
    start, stop = expect(data, stop, end, OCTET_STRING)
    community = data[start:stop]
    pdu, start, stop = read_tlv(data, stop, end)
    if stop != end:
        raise BerError(f"{end - stop} octets after the PDU")
    return Envelope(version, community, pdu, start, stop)


class Header(NamedTuple):
    """A message up to its varbind list, which begins at `at`."""

    version: int
    community: bytes
    pdu: int
    request_id: int
    first: int
    second: int
    at: int


def header(data: bytes) -> Header:
    """Everything before the varbind list of a message with a PDU of the common shape. Raises BerError."""
    outer = envelope(data)
    numbers = []
    at = outer.at
    for _ in range(3):
        start, at = expect(data, at, outer.end, INTEGER)
        numbers.append(integer_at(data, start, at))
    return Header(outer.version, outer.community, outer.pdu, numbers[0], numbers[1], numbers[2], at)


def decode(data: bytes) -> Message:
    """A whole message with a PDU of the common shape. Raises BerError."""
    top = header(data)
    return Message(
        top.version,
        top.community,
        top.pdu,
        top.request_id,
        top.first,
        top.second,
        varbinds_at(data, top.at, len(data)),
    )
