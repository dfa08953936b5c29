"""What is done for every datagram, cut down to the common case and written so that it may be compiled.

The codec of `ber` reads everything; this reads what a well-behaved agent sends (lengths in up to two octets, objects
as they were asked, numbers only), as strictly, and leaves the rest to it. `pure()` is this file, `best()` prefers the
compiled twin, and both give the same on every input.
"""

import socket
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from collector.snmp import ber

NOT_PLAIN = -1
ID_OCTETS = 4
_NO_ERROR_THEN_LIST = b"\x02\x01\x00\x02\x01\x00\x30"  # error-status 0, error-index 0, SEQUENCE
_LIST_AT = ID_OCTETS + len(_NO_ERROR_THEN_LIST)
_WIDTH = {ber.COUNTER32: 4, ber.GAUGE32: 4, ber.TIME_TICKS: 4, ber.COUNTER64: 8}
_ONE, _TWO = 0x81, 0x82  # length in one or two further octets

Address = tuple[str, int] | tuple[str, int, int, int]
"""As the socket module spells it, by family."""

Datagram = tuple[bytes, Address]

Column = tuple[Callable[[Sequence[Any]], tuple[object, ...]], tuple[int, ...]]
"""How to take a column out of a list of values, and its places there."""


class Request(Protocol):
    """What was asked: see `templates.Template`."""

    @property
    def opening(self) -> bytes:
        """How any answer goes on after its outermost length."""

    @property
    def asked(self) -> tuple[bytes, ...]:
        """The OIDs, as TLVs in their order."""


class Open(Protocol):
    """An open question: see `transport.Exchange`."""

    @property
    def address(self) -> Address:
        """Who was asked."""

    @property
    def template(self) -> Request:
        """What was asked."""

    @property
    def plain(self) -> bool:
        """Whether numbers without types will do."""


_Open = TypeVar("_Open", bound=Open)
_Pair = TypeVar("_Pair", bound=tuple[object, object])


class Codec(Protocol):
    """One implementation of everything here."""

    @property
    def name(self) -> str:
        """`python` or `compiled`."""

    def sift(
        self, datagrams: list[Datagram], pending: dict[bytes, _Open], past: dict[bytes, bool]
    ) -> tuple[list[tuple[_Open, list[int]]], list[Datagram]]:
        """See `sift`."""

    def read_row(self, data: bytes, at: int, asked: tuple[bytes, ...], /) -> list[int] | None:
        """See `read_row`."""

    def pairs(
        self,
        kind: type[_Pair],
        heads: tuple[object, ...],
        columns: tuple[Column, ...],
        values: Sequence[object],
    ) -> tuple[_Pair, ...]:
        """See `pairs`."""

    def receive(self, sock: socket.socket, limit: int) -> list[Datagram]:
        """See `receive`."""

    def send(self, sock: socket.socket, datagrams: list[Datagram]) -> int:
        """See `send`."""


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
            or data[at + 2] > ber.Version.V2C
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


def sift(
    datagrams: list[Datagram], pending: dict[bytes, _Open], past: dict[bytes, bool]
) -> tuple[list[tuple[_Open, list[int]]], list[Datagram]]:
    """Plain answers with the questions they answer, and all other datagrams, each in their order.

    A question is answered by its request-id, from the address that was asked, opening as the request did. It leaves
    `pending`, and its request-id is noted in `past` as answered (True).
    """
    plain: list[tuple[_Open, list[int]]] = []
    odd: list[Datagram] = []
    for datagram in datagrams:
        data, source = datagram
        at = locate(data)
        exchange = pending.get(data[at : at + ID_OCTETS]) if at > 0 else None
        if exchange is None or exchange.address != source or not exchange.plain:
            odd.append(datagram)
            continue
        template = exchange.template
        first = data[1]
        values = (
            read_row(data, at, template.asked)
            if data.startswith(template.opening, 2 if first < ber.SHORT else first - 126)
            else None
        )
        if values is None:
            odd.append(datagram)
            continue
        request_id = data[at : at + ID_OCTETS]
        del pending[request_id]
        past[request_id] = True
        plain.append((exchange, values))
    return plain, odd


def pairs(
    kind: type[_Pair], heads: tuple[object, ...], columns: tuple[Column, ...], values: Sequence[object]
) -> tuple[_Pair, ...]:
    """One `kind`, a tuple of two, per head: the head, and its column of `values`. As many columns as heads."""
    new: Callable[[type[_Pair], tuple[object, object]], _Pair] = tuple.__new__
    return tuple([new(kind, (head, pick(values))) for head, (pick, _) in zip(heads, columns, strict=True)])


def receive(sock: socket.socket, limit: int) -> list[Datagram]:
    """Up to `limit` datagrams that wait on a non-blocking socket; fewer if it is empty now. Raises OSError."""
    found: list[Datagram] = []
    append, take = found.append, sock.recvfrom
    try:
        for _ in range(limit):
            append(take(ber.MAX_MESSAGE))
    except BlockingIOError:
        pass
    except OSError:
        if not found:
            raise
    return found


def send(sock: socket.socket, datagrams: list[Datagram]) -> int:
    """How many the kernel took; fewer if it is full or refused one. Raises OSError if it refused the first."""
    done, hand = 0, sock.sendto
    try:
        for data, address in datagrams:
            hand(data, address)
            done += 1
    except BlockingIOError:
        pass
    except OSError:
        if not done:
            raise
    return done
