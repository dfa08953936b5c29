"""Bytes to SNMP requests and values to bytes: the simulator's own codec. Pure.

Never shared with the poller, so that a mistake in one is seen by the other. Sources: X.690 (BER), RFC 3416
(PDUs), RFC 2578 (types), RFC 1157 (version 1).
"""

from typing import NamedTuple

Oid = tuple[int, ...]

INTEGER, OCTET_STRING, NULL, OBJECT_IDENTIFIER, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x46
GET, GET_NEXT, RESPONSE, SET, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA3, 0xA5

NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = b"\x80\x00", b"\x81\x00", b"\x82\x00"

V1, V2C = 0, 1
MAX_SUB_ID = 0xFFFFFFFF
MAX_SUB_IDS = 128  # RFC 2578 §3.5
SHORT_FORM = 0x80  # X.690 §8.1.3: lengths from here on need the long form
_MAX_LENGTH_OCTETS = 4
_MAX_INTEGER_OCTETS = 4


class MalformedError(ValueError):
    """Bytes that are no SNMP v1/v2c message; an agent discards them without an answer (RFC 3412 §7.2)."""


class Header(NamedTuple):
    """What precedes the varbinds. `rest` is where error-status (or non-repeaters) begins, `end` ends the PDU."""

    version: int
    community: bytes
    kind: int
    request_id: bytes  # the whole TLV, echoed as it came
    rest: int
    end: int


def length(size: int) -> bytes:
    """A definite length in its shortest form."""
    if size < SHORT_FORM:
        return bytes((size,))
    octets = size.to_bytes((size.bit_length() + 7) >> 3)
    return bytes((SHORT_FORM | len(octets),)) + octets


def tlv(tag: int, content: bytes) -> bytes:
    """Tag, length and content."""
    return bytes((tag,)) + length(len(content)) + content


def integer(value: int) -> bytes:
    """INTEGER, two's complement in the fewest octets (X.690 §8.3)."""
    magnitude = value if value >= 0 else value + 1
    return tlv(INTEGER, value.to_bytes((magnitude.bit_length() >> 3) + 1, signed=True))


_UNSIGNED_HEADS = {
    tag: tuple(bytes((tag, size)) for size in range(10))
    for tag in (INTEGER, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64)
}


def unsigned(tag: int, value: int) -> bytes:
    """A non-negative value under any integer-like tag; the caller keeps it in the type's range."""
    size = (value.bit_length() >> 3) + 1  # one octet more when the top bit would read as a sign
    return _UNSIGNED_HEADS[tag][size] + value.to_bytes(size)


def text(value: str) -> bytes:
    """OCTET STRING of UTF-8."""
    return tlv(OCTET_STRING, value.encode())


def octets(value: bytes) -> bytes:
    """OCTET STRING as it is."""
    return tlv(OCTET_STRING, value)


def oid(value: Oid) -> bytes:
    """OBJECT IDENTIFIER; the first two arcs share one sub-identifier (X.690 §8.19)."""
    body = bytearray()
    for number in (value[0] * 40 + value[1], *value[2:]):
        groups = [number & 0x7F]
        while number := number >> 7:
            groups.append(0x80 | (number & 0x7F))
        body += bytes(reversed(groups))
    return tlv(OBJECT_IDENTIFIER, bytes(body))


def parse_oid(raw: bytes) -> Oid:
    """The arcs of a whole OBJECT IDENTIFIER TLV.

    Raises:
        MalformedError: not an OID, or longer or larger than SMI allows.
    """
    start, end = _content(raw, 0, len(raw), OBJECT_IDENTIFIER)
    if start == end or raw[end - 1] & 0x80:
        raise MalformedError("an OID without end")
    numbers: list[int] = []
    number = 0
    for octet in raw[start:end]:
        number = number << 7 | octet & 0x7F
        if number > MAX_SUB_ID + 80:  # the first octets hold two arcs
            raise MalformedError("a sub-identifier over 32 bits")
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    arcs = (first, numbers[0] - 40 * first, *numbers[1:])
    if len(arcs) > MAX_SUB_IDS or max(arcs) > MAX_SUB_ID:
        raise MalformedError("an OID larger than SMI allows")
    return arcs


def parse_header(data: bytes) -> Header:
    """Version, community, PDU type and request-id of a v1 or v2c message.

    Raises:
        MalformedError: another version or not SNMP at all.
    """
    at, end = _content(data, 0, len(data), SEQUENCE)
    at, stop = _content(data, at, end, INTEGER)
    if stop - at != 1 or data[at] not in (V1, V2C):
        raise MalformedError("not version 1 or 2c")
    version = data[at]
    at, stop = _content(data, stop, end, OCTET_STRING)
    community = data[at:stop]
    if stop >= end:
        raise MalformedError("no PDU")
    kind = data[stop]
    start, pdu_end = _content(data, stop, end, kind)
    at, stop = _content(data, start, pdu_end, INTEGER)
    if not 1 <= stop - at <= _MAX_INTEGER_OCTETS:
        raise MalformedError("a request-id over 32 bits")
    return Header(version, community, kind, data[start:stop], stop, pdu_end)


def parse_body(data: bytes, header: Header) -> tuple[int, int, list[bytes]]:
    """The two integers before the varbinds and each varbind's name as a whole OID TLV.

    Values are skipped but must be well formed.

    Raises:
        MalformedError: lengths that do not nest, or something that is no varbind.
    """
    first, at = _integer(data, header.rest, header.end)
    second, at = _integer(data, at, header.end)
    at, end = _content(data, at, header.end, SEQUENCE)
    names: list[bytes] = []
    while at < end:
        name, stop = _content(data, at, end, SEQUENCE)
        _, after_name = _content(data, name, stop, OBJECT_IDENTIFIER)
        if after_name >= stop:
            raise MalformedError("a varbind without a value")
        _, after_value = _content(data, after_name, stop, data[after_name])
        if after_value != stop:
            raise MalformedError("a varbind with more than a value")
        names.append(data[name:after_name])
        at = stop
    return first, second, names


def varbinds(data: bytes, header: Header) -> bytes:
    """The content of a well-formed request's variable-bindings as it came, for an answer that says what is wrong."""
    _, at = _integer(data, header.rest, header.end)
    _, at = _integer(data, at, header.end)
    at, end = _content(data, at, header.end, SEQUENCE)
    return data[at:end]


def message(header: Header, status: int, index: int, varbinds: bytes) -> bytes:
    """A Response to `header` around already encoded varbinds."""
    pdu = b"".join(
        (header.request_id, integer(status), integer(index), b"\x30", length(len(varbinds)), varbinds)
    )
    whole = b"".join(
        (
            bytes((INTEGER, 1, header.version)),
            tlv(OCTET_STRING, header.community),
            b"\xa2",
            length(len(pdu)),
            pdu,
        )
    )
    return b"\x30" + length(len(whole)) + whole


def _content(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Where the content of the element at `at` begins and ends; it must carry `tag` and fit before `end`."""
    if at + 2 > end or data[at] != tag:
        raise MalformedError("an element of the wrong kind")
    size = data[at + 1]
    at += 2
    if size >= SHORT_FORM:
        count = size & 0x7F
        if not 1 <= count <= _MAX_LENGTH_OCTETS or at + count > end:
            raise MalformedError("a length that cannot be read")
        size = int.from_bytes(data[at : at + count])
        at += count
    if at + size > end:
        raise MalformedError("an element longer than what holds it")
    return at, at + size


def _integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    start, stop = _content(data, at, end, INTEGER)
    if not 1 <= stop - start <= _MAX_INTEGER_OCTETS:
        raise MalformedError("an integer over 32 bits")
    return int.from_bytes(data[start:stop], signed=True), stop
