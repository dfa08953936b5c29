"""The two questions asked of every datagram, answered for the common case only. Pure.

`locate` finds the request-id of a response, `read_row` the numbers of a GET's response. Both are the strict
codec of `ber` cut down to what a well-behaved agent sends (lengths in up to two octets, objects as they were
asked, numbers only) and say "not plain" for everything else, which then goes through `ber`. So they may be
written twice: `pure()` is this file, `best()` prefers the compiled twin, and both give the same on every input.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from collector.snmp import ber

NOT_PLAIN = -1
ID_OCTETS = 4
_NO_ERROR_THEN_LIST = b"\x02\x01\x00\x02\x01\x00\x30"  # error-status 0, error-index 0, SEQUENCE
_LIST_AT = ID_OCTETS + len(_NO_ERROR_THEN_LIST)
_WIDTH = {ber.COUNTER32: 4, ber.GAUGE32: 4, ber.TIME_TICKS: 4, ber.COUNTER64: 8}
_ONE, _TWO = 0x81, 0x82  # length in one or two further octets


class ReadRow(Protocol):
    """See `read_row`."""

    def __call__(self, data: bytes, at: int, asked: tuple[bytes, ...], /) -> list[int] | None:
        """Values in the order asked, or None if the answer is not plain."""


class Codec(NamedTuple):
    """One implementation of the two questions."""

    name: str
    locate: Callable[[bytes], int]
    read_row: ReadRow


def locate(data: bytes) -> int:
    """Where the four content octets of a response's request-id begin, or NOT_PLAIN.

    Checked on the way: the lengths of message and PDU end exactly where the datagram ends.
    """
    size = len(data)
    try:
        if data[0] != ber.SEQUENCE:
            return NOT_PLAIN
        at, span = _plain_length(data, 1)
        if (
            at + span != size
            or data[at] != ber.INTEGER
            or data[at + 1] != 1
            or data[at + 3] != ber.OCTET_STRING
        ):
            return NOT_PLAIN
        community = data[at + 4]
        at += 5 + community
        if community >= ber.SHORT or data[at] != ber.Pdu.RESPONSE:
            return NOT_PLAIN
        at, span = _plain_length(data, at + 1)
        if at + span != size or data[at] != ber.INTEGER or data[at + 1] != ID_OCTETS:
            return NOT_PLAIN
    except IndexError:
        return NOT_PLAIN
    return at + 2 if at + 2 + ID_OCTETS <= size else NOT_PLAIN


def _plain_length(data: bytes, at: int) -> tuple[int, int]:
    """Content start and size of the length at `at`; a size beyond any datagram if it is not plain."""
    first = data[at]
    if first < ber.SHORT:
        return at + 1, first
    if first == _TWO:
        return at + 3, data[at + 1] << 8 | data[at + 2]
    if first == _ONE:
        return at + 2, data[at + 1]
    return at, ber.MAX_MESSAGE + 1


def read_row(  # noqa: PLR0911 one flat loop: this is where a poll spends its time
    data: bytes, at: int, asked: tuple[bytes, ...]
) -> list[int] | None:
    """Numbers of an error-free response, one per OID asked, or None if it is not exactly that.

    `at` is what `locate` said; `asked` holds the OIDs as TLVs in the order of the request.
    """
    if data[at + ID_OCTETS : at + _LIST_AT] != _NO_ERROR_THEN_LIST:
        return None
    size = len(data)
    values: list[int] = []
    append = values.append
    unsigned = int.from_bytes
    widths = _WIDTH
    try:
        at, span = _plain_length(data, at + _LIST_AT)
        if at + span != size:
            return None
        for oid in asked:
            span = data[at + 1]
            if data[at] != 0x30 or span > 127:  # noqa: PLR2004 a short SEQUENCE
                return None
            start = at + 2
            at = start + span
            tag_at = start + len(oid)
            content = data[tag_at + 2 : at]
            octets = data[tag_at + 1]
            if at > size or data[start:tag_at] != oid or octets != len(content) or not content:
                return None
            tag = data[tag_at]
            width = widths.get(tag)
            if width is None:
                if tag != 2 or octets > 4:  # noqa: PLR2004 INTEGER of at most 32 bits
                    return None
                append(unsigned(content, signed=True))
            elif octets == width or (content[0] < ber.SHORT if octets < width else _padded(content, width)):
                append(unsigned(content))
            else:
                return None
    except IndexError:
        return None
    return values if at == size else None


def _padded(content: bytes, width: int) -> bool:
    return len(content) == width + 1 and content[0] == 0


def pure() -> Codec:
    """The implementation that is always there."""
    return Codec("python", locate, read_row)


def best() -> Codec:
    """The compiled implementation if this installation has it, else the pure one."""
    try:
        from collector.snmp import _speedups  # noqa: PLC0415 absent where no compiler was at hand
    except ImportError:
        return pure()
    return Codec("compiled", _speedups.locate, _speedups.read_row)
