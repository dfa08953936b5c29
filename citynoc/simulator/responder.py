"""One datagram to an agent, one datagram back or silence: RFC 3416 and RFC 1157 over a machine's shape. Pure.

A GET or GETBULK that comes again is answered by a template: constant varbinds joined once per epoch, only the
live values encoded anew. Never opens a socket and never knows whether the network lets the answer through.
"""

from citynoc.simulator import ber
from citynoc.simulator.ber import MalformedError
from citynoc.simulator.machine import Machine
from citynoc.simulator.mib import Leaf

MAX_MESSAGE = 1472  # what fits an Ethernet frame over UDP; RFC 3417 §3.2.1 recommends it
TEMPLATES = 12  # per agent: a poller has a handful, a stranger must not fill memory
_OVERHEAD = 40  # octets of a message around its varbinds, community not counted

TOO_BIG, NO_SUCH_NAME, READ_ONLY, NOT_WRITABLE = 1, 2, 4, 17

Template = tuple[bytes | Leaf, ...]


class _Refused(Exception):  # noqa: N818  an error-status, not an error of ours
    def __init__(self, status: int, index: int) -> None:
        super().__init__(status, index)
        self.status, self.index = status, index


class Responder:
    """Answers for one machine. `maximum` is the largest message it sends, in octets."""

    __slots__ = ("_epoch", "_templates", "machine", "maximum")

    def __init__(self, machine: Machine, maximum: int = MAX_MESSAGE) -> None:
        self.machine = machine
        self.maximum = maximum
        self._templates: dict[bytes, Template] = {}
        self._epoch = machine.epoch

    def answer(self, data: bytes, now: float) -> bytes | None:
        """The response to a request, or None where a real agent is silent.

        Silent are a wrong community, another version and anything malformed (RFC 3412 §7.2).
        """
        try:
            header = ber.parse_header(data)
            if header.community != self.machine.community:
                return None
            return self._respond(data, header, now)
        except MalformedError:
            return None

    def _respond(self, data: bytes, header: ber.Header, now: float) -> bytes | None:
        machine = self.machine
        if self._epoch != machine.epoch:
            self._templates.clear()
            self._epoch = machine.epoch
        key = bytes((header.version, header.kind)) + data[header.rest : header.end]
        template = self._templates.get(key)
        if template is None:
            first, second, names = ber.parse_body(data, header)
            if header.kind == ber.SET:
                status = READ_ONLY if header.version == ber.V1 else NOT_WRITABLE
                return self._error(data, header, status, 1 if names else 0)
            try:
                template = self._prepare(header, first, second, names, now)
            except _Refused as refused:
                return self._error(data, header, refused.status, refused.index)
            if template is None:
                return None
            if len(self._templates) >= TEMPLATES:
                self._templates.clear()
            self._templates[key] = template
        parts: list[bytes] = []
        for piece in template:
            if isinstance(piece, bytes):
                parts.append(piece)
            else:
                _, _, heads, read, arg, _, _ = piece
                value = read(machine, arg, now)
                parts.append(heads[len(value)])
                parts.append(value)
        response = ber.message(header, 0, 0, b"".join(parts))
        if len(response) > self.maximum:
            return self._error(data, header, TOO_BIG, 0)
        return response

    def _prepare(
        self, header: ber.Header, first: int, second: int, names: list[bytes], now: float
    ) -> Template | None:
        """What answers these names, or None for a PDU that an agent does not serve."""
        match header.kind:
            case ber.GET:
                pieces = [self._get(name, header.version, at) for at, name in enumerate(names, 1)]
            case ber.GET_NEXT:
                pieces = [self._next(name, header.version, at) for at, name in enumerate(names, 1)]
            case ber.GET_BULK if header.version == ber.V2C:
                pieces = self._bulk(header, max(first, 0), max(second, 0), names, now)
            case _:
                return None
        return self._joined(pieces, now)

    def _get(self, name: bytes, version: int, at: int) -> bytes | Leaf:
        leaf = self.machine.shape.find(name)
        if leaf is None or (leaf.wide and version == ber.V1):
            if version == ber.V1:
                raise _Refused(NO_SUCH_NAME, at)
            return ber.tlv(ber.SEQUENCE, name + self.machine.shape.missing(name))
        return leaf

    def _next(self, name: bytes, version: int, at: int) -> bytes | Leaf:
        leaves = self.machine.shape.leaves
        place = self.machine.shape.after(name)
        if version == ber.V1:
            while place < len(leaves) and leaves[place].wide:
                place += 1
            if place == len(leaves):
                raise _Refused(NO_SUCH_NAME, at)
        if place == len(leaves):
            return ber.tlv(ber.SEQUENCE, name + ber.END_OF_MIB_VIEW)
        return leaves[place]

    def _bulk(
        self, header: ber.Header, non_repeaters: int, repetitions: int, names: list[bytes], now: float
    ) -> list[bytes | Leaf]:
        """Non-repeaters once, the rest `repetitions` times, as many as fit (RFC 3416 §4.2.3)."""
        shape = self.machine.shape
        room = self.maximum - _OVERHEAD - len(header.community)
        pieces = [self._next(name, header.version, at) for at, name in enumerate(names[:non_repeaters], 1)]
        room -= sum(self._size(piece, now) for piece in pieces)
        repeaters = names[non_repeaters:]
        places = [shape.after(name) for name in repeaters]
        last = list(repeaters)
        for turn in range(repetitions if repeaters else 0):
            ended = True
            for column, start in enumerate(places):
                place = start + turn
                piece: bytes | Leaf
                if place < len(shape.leaves):
                    piece, ended = shape.leaves[place], False
                    last[column] = shape.leaves[place].name
                else:
                    piece = ber.tlv(ber.SEQUENCE, last[column] + ber.END_OF_MIB_VIEW)
                room -= self._size(piece, now)
                if room < 0:
                    return pieces
                pieces.append(piece)
            if ended:
                break
        return pieces

    def _size(self, piece: bytes | Leaf, now: float) -> int:
        """Octets of a varbind; a live one may grow by the next time the template is used."""
        if isinstance(piece, bytes):
            return len(piece)
        return (
            len(piece.heads[-1]) + len(piece.heads) - 1
            if piece.live
            else len(piece.varbind(self.machine, now))
        )

    def _joined(self, pieces: list[bytes | Leaf], now: float) -> Template:
        """Constant varbinds encoded and joined; live leaves stay."""
        template: list[bytes | Leaf] = []
        run: list[bytes] = []
        for piece in pieces:
            if isinstance(piece, Leaf) and piece.live:
                if run:
                    template.append(b"".join(run))
                    run = []
                template.append(piece)
            else:
                run.append(piece if isinstance(piece, bytes) else piece.varbind(self.machine, now))
        if run:
            template.append(b"".join(run))
        return tuple(template)

    def _error(self, data: bytes, header: ber.Header, status: int, index: int) -> bytes | None:
        """The request's varbinds with an error; tooBig in version 2 has none, so that it fits (RFC 3416 §4.2.1)."""
        varbinds = b"" if status == TOO_BIG and header.version == ber.V2C else ber.varbinds(data, header)
        response = ber.message(header, status, index, varbinds)
        return response if len(response) <= max(self.maximum, len(data) + _OVERHEAD) else None
