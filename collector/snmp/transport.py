"""Questions out, answers in: a few UDP sockets for all devices, one timeout queue per class, no task per question.

An answer counts only if its request-id is open and it comes from the address and port that were asked; all else
is ignored and counted by reason. Silence is judged only after the sockets were read empty and while our own loop
runs on time: after a pause of the process (SIGSTOP, a suspended machine, a blocked loop) open questions end as
`stalled`, which proves nothing about the agent. Knows messages, not what they mean.
"""

import asyncio
import os
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address, IPv6Address
from types import TracebackType
from typing import NamedTuple, Self

from collector.grid import until_next
from collector.snmp import ber, fast, usm, usm_message
from collector.snmp.ber import Message
from collector.snmp.codec import best
from collector.snmp.errors import BerError, Fault, FaultKind
from collector.snmp.exchange import Endpoint, Exchange, open_socket
from collector.snmp.ledger import Ledger

__all__ = ["Endpoint", "Exchange", "Transport"]

TICK = 0.1  # seconds between looks at the timeout queues
STALL = 0.5  # lateness of our own loop from which silence proves nothing
LATE = 0.1  # seconds: a tick overdue by more says that answers waited for us
BURST = 64  # questions sent before answers get their turn
DRAIN = 256  # datagrams read before questions get their turn
MAX_POSTPONED = 20  # looks at the timeout queues that a flood of datagrams may postpone
IN_FLIGHT = 4_096  # open questions; more wait unsent, so that answers fit into the receive buffer
RESEALED = 4  # times that one v3 question is sent again because the agent told its engine or clock
_NOISE = 4_096  # random octets taken at once, four for each request-id


class _Batch(NamedTuple):
    """Questions that leave together, in step."""

    exchanges: list[Exchange]
    request_ids: list[bytes]
    datagrams: list[fast.Datagram]


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
        self.codec = codec or best()
        self._watch = watch
        self._sockets: dict[socket.AddressFamily, list[socket.socket]] = {}
        self._ledger = Ledger()
        self._outbox: deque[Exchange] = deque()
        self._ids: Iterator[bytes] = iter(())
        self._flush_planned = False
        self._blocked: set[socket.socket] = set()
        self.now = 0.0  # when the answers now being handled were read
        self.late = False  # whether our own loop read them late, so that their delay is ours
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
        self._ledger.clear()
        self._outbox.clear()

    @property
    def open_questions(self) -> int:
        """Questions sent or waiting to be sent that have not ended."""
        return len(self._ledger) + len(self._outbox)

    def ask(self, exchange: Exchange) -> None:
        """Send soon; the exchange is told its end later, never from within this call."""
        exchange.resealed = 0
        self._outbox.append(exchange)
        if not self._flush_planned:
            self._flush_planned = True
            self._running().call_soon(self._flush)

    def abandon(self, exchange: Exchange) -> None:
        """Forget an open question: its end is told to nobody, its answer will count as late."""
        if self._ledger.closed(exchange.request_id, answered=False) is None and exchange in self._outbox:
            self._outbox.remove(exchange)

    # Sending

    def _running(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise RuntimeError("the transport is used outside its `async with`")
        return self._loop

    def _flush(self) -> None:
        self._flush_planned = False
        outbox, pending = self._outbox, self._ledger.pending
        now = self._clock()
        groups: dict[tuple[socket.socket, float], _Batch] = {}
        for _ in range(min(BURST, len(outbox), IN_FLIGHT - len(pending))):
            exchange = outbox.popleft()
            family, address = exchange.endpoint
            try:
                group = self._sockets.get(family) or self._open_group(family)
            except OSError as error:
                self._unsent(exchange, error)
                continue
            key = group[0] if len(group) == 1 else group[hash(address) % len(group)], exchange.timeout
            batch = groups.get(key)
            if batch is None:
                batch = groups[key] = _Batch([], [], [])
            template = exchange.template
            request_id = next(self._ids, None) or self._more_ids()
            exchange.request_id = request_id
            exchange.sent_at = now
            batch.exchanges.append(exchange)
            batch.request_ids.append(request_id)
            security = exchange.security
            data = (
                template.head + request_id + template.tail
                if security is None
                else security.seal(template, request_id, now)
            )
            batch.datagrams.append((data, address))
        for (sock, timeout), batch in groups.items():
            self._send(sock, timeout, batch)
        if pending and not self._ticking():
            self._plan_tick(now)
        if outbox and len(pending) < IN_FLIGHT and not self._flush_planned and not self._blocked:
            self._flush_planned = True
            self._running().call_soon(self._flush)

    def _send(self, sock: socket.socket, timeout: float, batch: _Batch) -> None:
        """Hand a batch to the kernel; what it cannot take goes back to the front of the outbox."""
        exchanges, request_ids, datagrams = batch
        try:
            count = self.codec.send(sock, datagrams)
        except OSError as error:
            self._unsent(exchanges[0], error)
            self._outbox.extendleft(reversed(exchanges[1:]))
            return
        if count < len(exchanges):
            self._outbox.extendleft(reversed(exchanges[count:]))
            del exchanges[count:], request_ids[count:]
            if sock not in self._blocked:
                self._blocked.add(sock)
                self._running().add_writer(sock, self._writable, sock)
        if not count:
            return
        self.sent += count
        self._ledger.opened(request_ids, exchanges, timeout, exchanges[0].sent_at)
        if self._watch is not None:
            for exchange, (data, _) in zip(exchanges, datagrams, strict=False):
                self._show("sent", exchange, data)

    def _unsent(self, exchange: Exchange, error: OSError) -> None:
        detail = f"sending to {exchange.endpoint} failed: {error.strerror or error}"
        self._running().call_soon(self._fail, exchange, Fault(FaultKind.UNREACHABLE, detail))

    def _writable(self, sock: socket.socket) -> None:
        self._running().remove_writer(sock)
        self._blocked.discard(sock)
        self._flush()

    def _more_ids(self) -> bytes:
        self._ids = self._ledger.fresh_ids(os.urandom(_NOISE))
        return next(self._ids)

    def _open_group(self, family: socket.AddressFamily) -> list[socket.socket]:
        group = self._sockets[family] = [self._open(family) for _ in range(self._socket_count)]
        return group

    def _open(self, family: socket.AddressFamily) -> socket.socket:
        sock = open_socket(family, self._source)
        self._running().add_reader(sock, self._drain_all)
        return sock

    # Receiving

    def _drain_all(self) -> bool:
        """Drain every socket: what has come on one has mostly come on the others too. True if all are empty now."""
        empty = True
        for sock in [sock for group in self._sockets.values() for sock in group]:
            empty &= self._drain(sock)
        return empty

    def _drain(self, sock: socket.socket) -> bool:
        """Read up to DRAIN datagrams, handle them, and send what they led to; True if the socket is empty now."""
        try:
            datagrams = self.codec.receive(sock, DRAIN)
        except OSError as error:
            self.ignored[f"receive_{(error.strerror or 'error').lower().replace(' ', '_')}"] += 1
            return True
        self.received += len(datagrams)
        self.now = self._clock()
        self.late = self._tick is not None and self.now - self._tick_due > LATE
        ledger = self._ledger
        # Questions asked meanwhile go out in one batch.
        planned, self._flush_planned = self._flush_planned, True
        plain, odd = (
            ([], datagrams) if self._watch else self.codec.sift(datagrams, ledger.pending, ledger.past)
        )
        for exchange, values in plain:
            try:
                exchange.answered(values)  # type: ignore[arg-type] # a list of numbers is read, not written
            except Exception as bug:  # noqa: BLE001 one agent's answer must not end everybody's polls
                self._bug(exchange, bug)
        for data, source in odd:
            self._arrived_odd(data, source)
        self._flush_planned = planned
        if self._outbox and not planned:
            self._flush()
        ledger.tidy()
        return len(datagrams) < DRAIN

    def _arrived_odd(self, data: bytes, source: fast.Address) -> None:
        """An answer that is not plain: strings, errors, other encodings, secured, or rubbish."""
        if usm_message.is_v3(data):
            self._arrived_sealed(data, source)
            return
        try:
            top = ber.header(data)
        except BerError:
            self.ignored["undecodable"] += 1
            return
        if top.pdu != ber.Pdu.RESPONSE:
            self.ignored["not_a_response"] += 1
            return
        request_id = top.request_id.to_bytes(4, signed=True)
        exchange = self._ledger.pending.get(request_id)
        if exchange is None or exchange.address != source:
            self._ignore(exchange, request_id)
            return
        if top.community != exchange.template.community or top.version != exchange.template.version:
            self.ignored["community"] += 1
            return
        self._show("received", exchange, data)
        self._ledger.closed(request_id, answered=True)
        try:
            message = Message(*top[:6], ber.varbinds_at(data, top.at, len(data)))
        except BerError as error:
            self._fail(exchange, Fault(FaultKind.DECODE, f"answer cannot be read: {error}"))
            return
        try:
            exchange.read(message)
        except Exception as bug:  # noqa: BLE001 one agent's answer must not end everybody's polls
            self._bug(exchange, bug)

    def _arrived_sealed(self, data: bytes, source: fast.Address) -> None:
        """A v3 message: the answer, what the agent lacked to give one, or nobody's."""
        try:
            sealed = usm_message.read(data)
        except BerError:
            self.ignored["undecodable"] += 1
            return
        request_id = sealed.msg_id.to_bytes(4)
        exchange = self._ledger.pending.get(request_id)
        if exchange is None or exchange.address != source:
            self._ignore(exchange, request_id)
            return
        if exchange.security is None:
            self.ignored["community"] += 1
            return
        self._show("received", exchange, data)
        opened = exchange.security.open(sealed, self.now)
        if isinstance(opened, usm.Ignored):
            self.ignored[opened.reason] += 1
            return
        self._ledger.closed(request_id, answered=True)
        if isinstance(opened, usm.Response):
            self._opened(exchange, request_id, opened.pdu)
        elif isinstance(opened, Fault):
            self._fail(exchange, opened)
        elif exchange.resealed < RESEALED:
            exchange.resealed += 1
            self._outbox.append(exchange)
        else:
            self._fail(
                exchange, Fault(FaultKind.PROTOCOL, "the agent's engine or clock never stays the same")
            )

    def _opened(self, exchange: Exchange, request_id: bytes, pdu: bytes) -> None:
        """The authentic answer's PDU, as if it had come plain."""
        try:
            exchange.opened(pdu, request_id, self.codec)
        except BerError as error:
            self._fail(exchange, Fault(FaultKind.DECODE, f"answer cannot be read: {error}"))
        except Exception as bug:  # noqa: BLE001 as in `_drain`
            self._bug(exchange, bug)

    def _show(self, what: str, exchange: Exchange, data: bytes) -> None:
        """To people who debug, without privacy."""
        if self._watch is not None:
            legible = data if exchange.security is None else exchange.security.legible(data)
            self._watch(what, exchange.endpoint, legible)

    def _ignore(self, exchange: Exchange | None, request_id: bytes) -> None:
        if exchange is not None:
            self.ignored["source"] += 1
            return
        self.ignored[self._ledger.word_for(request_id)] += 1

    def _bug(self, exchange: Exchange, bug: Exception) -> None:
        self._report(exchange, bug)
        self._fail(exchange, Fault(FaultKind.BUG, f"handling the answer failed: {type(bug).__name__}"))

    def _fail(self, exchange: Exchange, fault: Fault) -> None:
        try:
            exchange.failed(fault)
        except Exception as bug:  # noqa: BLE001 as above: the next question's end must still be told
            self._report(exchange, bug)

    def _report(self, exchange: Exchange, bug: Exception) -> None:
        self._running().call_exception_handler(
            {"message": f"handling the end of a question to {exchange.endpoint} failed", "exception": bug}
        )

    # Time

    def _ticking(self) -> bool:
        return self._tick is not None

    def _plan_tick(self, now: float) -> None:
        wait = until_next(TICK, now)
        self._tick_due = now + wait
        self._tick = self._running().call_later(wait, self._on_tick)

    def _on_tick(self) -> None:
        self._tick = None
        lag = self._clock() - self._tick_due
        empty = self._drain_all()
        now = self._clock()
        if lag > STALL:
            self._end_stalled(lag)
        elif empty or self._postponed >= MAX_POSTPONED:
            self._postponed = 0
            self._expire(now)
        else:
            self._postponed += 1
        self._ledger.tidy()
        if self._outbox and not self._flush_planned:
            self._flush()
        if self._ledger.pending and not self._ticking():
            self._plan_tick(self._clock())

    def _expire(self, now: float) -> None:
        for exchange in self._ledger.overdue(now):
            fault = Fault(FaultKind.TIMEOUT, f"no answer within {exchange.timeout:g} s")
            if exchange.security is not None:
                fault = exchange.security.silent(fault, told=exchange.resealed > 0)
            self._fail(exchange, fault)

    def _end_stalled(self, lag: float) -> None:
        self.stalls += 1
        fault = Fault(FaultKind.STALLED, f"our own process paused for {lag:.1f} s")
        # What was sent after the tick was due was sent after the pause: its time has only begun.
        for exchange in self._ledger.sent_until(self._tick_due):
            self._fail(exchange, fault)
