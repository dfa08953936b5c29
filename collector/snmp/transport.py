"""Questions out, answers in: a few UDP sockets for all devices, one timeout queue per class, no task per question.

An answer counts only if its request-id is open and it comes from the address and port that were asked; all else
is ignored and counted by reason. Silence is judged only after the sockets were read empty and while our own loop
runs on time: after a pause of the process (SIGSTOP, a suspended machine, a blocked loop) open questions end as
`stalled`, which proves nothing about the agent. Knows messages, not what they mean.
"""

import asyncio
import os
import socket
from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address
from types import TracebackType
from typing import ClassVar, NamedTuple, Self

from collector.snmp import ber, fast
from collector.snmp.ber import Message, Value
from collector.snmp.errors import BerError, Fault, FaultKind, refusal
from collector.snmp.templates import Template

TICK = 0.05  # seconds between looks at the timeout queues
STALL = 0.5  # lateness of our own loop from which silence proves nothing
BURST = 64  # questions sent before answers get their turn
DRAIN = 256  # datagrams read before questions get their turn
MAX_POSTPONED = 20  # looks at the timeout queues that a flood of datagrams may postpone
IN_FLIGHT = 4_096  # open questions; more wait unsent, so that answers fit into the receive buffer
REMEMBERED = 8_192  # request-ids remembered to tell late and repeated answers from invented ones
BUFFER = 16 << 20  # octets of socket buffer asked of the kernel
_IDS_AT_ONCE = 1_024
_SNDBUFFORCE, _RCVBUFFORCE = 32, 33  # Linux asm-generic/socket.h; Python does not name them


class Endpoint(NamedTuple):
    """Where an agent listens, as the kernel spells it when a datagram comes from there."""

    family: socket.AddressFamily
    address: tuple[str, int] | tuple[str, int, int, int]

    @classmethod
    def of(cls, address: IPv4Address | IPv6Address, port: int) -> Self:
        """The endpoint of an address and a UDP port."""
        if isinstance(address, IPv4Address):
            return cls(socket.AF_INET, (str(address), port))
        text = socket.inet_ntop(socket.AF_INET6, address.packed)
        scope = socket.if_nametoindex(address.scope_id) if address.scope_id else 0
        return cls(socket.AF_INET6, (text, port, 0, scope))

    def __str__(self) -> str:
        host, port = self.address[:2]
        return f"[{host}]:{port}" if self.family == socket.AF_INET6 else f"{host}:{port}"


class Exchange(ABC):
    """One question and what to do with its end. May be asked again, with another template, once it has ended.

    `plain` exchanges take numbers without their types: the short cut of `fast`.
    """

    __slots__ = ("endpoint", "request_id", "sent_at", "template", "timeout")
    plain: ClassVar[bool] = True

    def __init__(self, endpoint: Endpoint, template: Template, timeout: float) -> None:
        self.endpoint = endpoint
        self.template = template
        self.timeout = timeout
        self.request_id = b""
        self.sent_at = 0.0

    @abstractmethod
    def answered(self, values: list[Value]) -> None:
        """One value per object asked by a GET; None where the agent has none."""

    @abstractmethod
    def failed(self, fault: Fault) -> None:
        """No answer, or none that can be used."""

    def refused(self, status: int, index: int) -> None:
        """The agent set an error-status."""
        self.failed(refusal(status, index))

    def read(self, message: Message) -> None:
        """A response that is not plain numbers: for a GET, check that it answers what was asked."""
        if message.first:
            self.refused(message.first, message.second)
            return
        if tuple(item.oid for item in message.varbinds) != self.template.names:
            self.failed(Fault(FaultKind.PROTOCOL, "the answer names other objects than were asked"))
            return
        self.answered([item.value for item in message.varbinds])


class Transport:
    """An async context manager; not reentrant.

    `clock` is monotonic seconds. `source` binds the sockets to a local address of its family. `watch` sees every
    datagram sent and received that belongs to a question, for people who debug.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        source: IPv4Address | IPv6Address | None = None,
        sockets: int = 1,
        codec: fast.Codec | None = None,
        watch: Callable[[str, Endpoint, bytes], None] | None = None,
    ) -> None:
        self._clock = clock
        self._source = source
        self._socket_count = sockets
        codec = codec or fast.best()
        self.codec_name = codec.name
        self._locate, self._read_row = codec.locate, codec.read_row
        self._watch = watch
        self._sockets: dict[socket.AddressFamily, list[socket.socket]] = {}
        self._pending: dict[bytes, Exchange] = {}
        self._outbox: deque[Exchange] = deque()
        self._queues: dict[float, deque[tuple[float, Exchange, bytes]]] = {}
        self._past: tuple[dict[bytes, str], dict[bytes, str]] = ({}, {})
        self._ids: Iterator[bytes] = iter(())
        self._flush_planned = False
        self._tick: asyncio.TimerHandle | None = None
        self._tick_due = 0.0
        self._postponed = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self.ignored: Counter[str] = Counter()
        self.sent = 0
        self.received = 0
        self.stalls = 0

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the sockets; open questions end without a word."""
        if self._tick is not None:
            self._tick.cancel()
            self._tick = None
        for group in self._sockets.values():
            for sock in group:
                self._running().remove_reader(sock)
                self._running().remove_writer(sock)
                sock.close()
        self._sockets.clear()
        self._pending.clear()
        self._outbox.clear()
        self._queues.clear()

    @property
    def open_questions(self) -> int:
        """Questions sent or waiting to be sent that have not ended."""
        return len(self._pending) + len(self._outbox)

    def ask(self, exchange: Exchange) -> None:
        """Send soon; the exchange is told its end later, never from within this call."""
        self._outbox.append(exchange)
        if not self._flush_planned:
            self._flush_planned = True
            self._running().call_soon(self._flush)

    def abandon(self, exchange: Exchange) -> None:
        """Forget an open question: its end is told to nobody, its answer will count as late."""
        if self._pending.pop(exchange.request_id, None) is not None:
            self._remember(exchange.request_id, "late")
        elif exchange in self._outbox:
            self._outbox.remove(exchange)

    # Sending

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise RuntimeError("the transport is used outside its `async with`")
        return self._loop

    def _flush(self) -> None:
        self._flush_planned = False
        outbox, pending = self._outbox, self._pending
        now = self._clock()
        for _ in range(BURST):
            if not outbox or len(pending) >= IN_FLIGHT:
                break
            exchange = outbox.popleft()
            if not self._send(exchange, now):
                outbox.appendleft(exchange)
                return  # the writer callback takes over
        if self._tick is None and pending:
            self._plan_tick(now)
        if outbox and len(pending) < IN_FLIGHT and not self._flush_planned:
            self._flush_planned = True
            self._running().call_soon(self._flush)

    def _send(self, exchange: Exchange, now: float) -> bool:
        """Send one question; False if the socket would block."""
        template, timeout = exchange.template, exchange.timeout
        request_id = self._next_id()
        data = template.head + request_id + template.tail
        family, address = exchange.endpoint
        try:
            if not self._sendto(self._socket(family, address), data, address):
                return False
        except OSError as error:
            detail = f"sending to {exchange.endpoint} failed: {error.strerror or error}"
            self._running().call_soon(self._end, exchange, Fault(FaultKind.UNREACHABLE, detail))
            return True
        if self._watch is not None:
            self._watch("sent", exchange.endpoint, data)
        exchange.request_id = request_id
        exchange.sent_at = now
        self._pending[request_id] = exchange
        queue = self._queues.get(timeout)
        if queue is None:
            queue = self._queues[timeout] = deque()
        queue.append((now + timeout, exchange, request_id))
        self.sent += 1
        return True

    def _sendto(self, sock: socket.socket, data: bytes, address: tuple[object, ...]) -> bool:
        """Hand one datagram to the kernel; False if it is full, and then `_writable` follows. Raises OSError."""
        try:
            sock.sendto(data, address)
        except BlockingIOError:
            self._running().add_writer(sock, self._writable, sock)
            return False
        return True

    def _writable(self, sock: socket.socket) -> None:
        self._running().remove_writer(sock)
        self._flush()

    def _next_id(self) -> bytes:
        """A request-id that nobody can guess, of exactly four octets as a positive INTEGER, and not open."""
        while True:
            for request_id in self._ids:
                if request_id not in self._pending:
                    return request_id
            noise = bytearray(os.urandom(_IDS_AT_ONCE * 4))
            for at in range(0, len(noise), 4):
                noise[at] = noise[at] & 0x3F | 0x40  # positive, and four octets long in its shortest form
            frozen = bytes(noise)
            self._ids = iter([frozen[at : at + 4] for at in range(0, len(frozen), 4)])

    def _socket(self, family: socket.AddressFamily, address: tuple[object, ...]) -> socket.socket:
        group = self._sockets.get(family)
        if group is None:
            group = self._sockets[family] = [self._open(family) for _ in range(self._socket_count)]
        return group[0] if len(group) == 1 else group[hash(address) % len(group)]

    def _open(self, family: socket.AddressFamily) -> socket.socket:
        sock = socket.socket(family, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            for forced, plain in ((_RCVBUFFORCE, socket.SO_RCVBUF), (_SNDBUFFORCE, socket.SO_SNDBUF)):
                try:
                    sock.setsockopt(socket.SOL_SOCKET, forced, BUFFER)
                except PermissionError:
                    sock.setsockopt(socket.SOL_SOCKET, plain, BUFFER)
            if self._source is not None and (self._source.version == 6) == (family == socket.AF_INET6):  # noqa: PLR2004
                sock.bind((str(self._source), 0))
            self._running().add_reader(sock, self._readable, sock)
        except OSError:
            sock.close()
            raise
        return sock

    # Receiving

    def _readable(self, sock: socket.socket) -> None:
        self._drain(sock)
        if self._outbox and not self._flush_planned:
            self._flush()

    def _drain(self, sock: socket.socket) -> bool:
        """Read up to DRAIN datagrams; True if the socket is empty now."""
        receive, arrived = sock.recvfrom, self._arrived
        for _ in range(DRAIN):
            try:
                data, source = receive(ber.MAX_MESSAGE)
            except BlockingIOError:
                return True
            except OSError as error:
                self.ignored[f"receive_{(error.strerror or 'error').lower().replace(' ', '_')}"] += 1
                return True
            arrived(data, source)
        return False

    def _arrived(self, data: bytes, source: tuple[str, int]) -> None:
        self.received += 1
        at = self._locate(data)
        if at < 0:
            self._arrived_odd(data, source)
            return
        request_id = data[at : at + 4]
        exchange = self._pending.get(request_id)
        if exchange is None or exchange.endpoint.address != source:
            self._ignore(exchange, request_id)
            return
        template = exchange.template
        first = data[1]
        if not data.startswith(template.opening, 2 if first < ber.SHORT else first - 126):
            self.ignored["community"] += 1
            return
        values = self._read_row(data, at, template.asked) if exchange.plain else None
        if values is None or self._watch is not None:
            self._arrived_odd(data, source)
            return
        del self._pending[request_id]
        self._remember(request_id, "duplicate")
        try:
            exchange.answered(values)  # type: ignore[arg-type] # a list of numbers is read, not written
        except Exception as bug:  # noqa: BLE001 one agent's answer must not end everybody's polls
            self._bug(exchange, bug)

    def _arrived_odd(self, data: bytes, source: tuple[str, int]) -> None:
        """An answer that is not plain: strings, errors, other encodings, or rubbish."""
        try:
            top = ber.header(data)
        except BerError:
            self.ignored["undecodable"] += 1
            return
        if top.pdu != ber.Pdu.RESPONSE:
            self.ignored["not_a_response"] += 1
            return
        request_id = top.request_id.to_bytes(4, signed=True)
        exchange = self._pending.get(request_id)
        if exchange is None or exchange.endpoint.address != source:
            self._ignore(exchange, request_id)
            return
        if top.community != exchange.template.community or top.version != exchange.template.version:
            self.ignored["community"] += 1
            return
        if self._watch is not None:
            self._watch("received", exchange.endpoint, data)
        del self._pending[request_id]
        self._remember(request_id, "duplicate")
        try:
            message = Message(*top[:6], ber.varbinds_at(data, top.at, len(data)))
        except BerError as error:
            self._end(exchange, Fault(FaultKind.DECODE, f"answer cannot be read: {error}"))
            return
        try:
            exchange.read(message)
        except Exception as bug:  # noqa: BLE001 one agent's answer must not end everybody's polls
            self._bug(exchange, bug)

    def _ignore(self, exchange: Exchange | None, request_id: bytes) -> None:
        if exchange is not None:
            self.ignored["source"] += 1
            return
        newer, older = self._past
        self.ignored[newer.get(request_id) or older.get(request_id) or "unknown"] += 1

    def _remember(self, request_id: bytes, reason: str) -> None:
        newer = self._past[0]
        newer[request_id] = reason
        if len(newer) >= REMEMBERED:
            self._past = ({}, newer)

    def _bug(self, exchange: Exchange, bug: Exception) -> None:
        self._running().call_exception_handler(
            {"message": f"handling the answer of {exchange.endpoint} failed", "exception": bug}
        )
        exchange.failed(Fault(FaultKind.BUG, f"handling the answer failed: {type(bug).__name__}"))

    # Time

    def _ticking(self) -> bool:
        return self._tick is not None

    def _plan_tick(self, now: float) -> None:
        self._tick_due = now + TICK
        self._tick = self._running().call_later(TICK, self._on_tick)

    def _on_tick(self) -> None:
        self._tick = None
        lag = self._clock() - self._tick_due
        empty = True
        for sock in [sock for group in self._sockets.values() for sock in group]:
            empty &= self._drain(sock)
        now = self._clock()
        if lag > STALL:
            self._end_stalled(lag)
        elif empty or self._postponed >= MAX_POSTPONED:
            self._postponed = 0
            self._expire(now)
        else:
            self._postponed += 1
        if self._outbox and not self._flush_planned:
            self._flush()
        if self._pending and not self._ticking():
            self._plan_tick(self._clock())

    def _expire(self, now: float) -> None:
        for timeout, queue in list(self._queues.items()):
            while queue and queue[0][0] <= now:
                _, exchange, request_id = queue.popleft()
                if self._pending.get(request_id) is exchange:
                    del self._pending[request_id]
                    self._remember(request_id, "late")
                    self._end(exchange, Fault(FaultKind.TIMEOUT, f"no answer within {timeout:g} s"))
            if not queue:
                del self._queues[timeout]

    def _end_stalled(self, lag: float) -> None:
        self.stalls += 1
        stalled = list(self._pending.items())
        self._pending.clear()
        self._queues.clear()
        fault = Fault(FaultKind.STALLED, f"our own process paused for {lag:.1f} s")
        for request_id, exchange in stalled:
            self._remember(request_id, "late")
            self._end(exchange, fault)

    def _end(self, exchange: Exchange, fault: Fault) -> None:
        exchange.failed(fault)
