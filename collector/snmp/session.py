"""One agent, asked by hand: get, getnext, bulk and walk as coroutines, with retries.

For discovery, the command line and tests; the periodic poll does not pay for a future per request. A walk is
safe on an agent that nobody trusts: it ends when the agent leaves the subtree, repeats itself, goes backwards
or passes the bound.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from collector.snmp import ber
from collector.snmp import oid as oids
from collector.snmp.ber import END_OF_MIB_VIEW, Message, Pdu, Value, VarBind, Version
from collector.snmp.errors import ErrorStatus, Fault, FaultError, FaultKind, WalkError, refusal
from collector.snmp.oid import Oid
from collector.snmp.templates import Template
from collector.snmp.transport import Endpoint, Exchange, Transport
from collector.snmp.usm import Security

MAX_WALK = 200_000  # objects of one walk
REPETITIONS = 24
FIRST_REPETITIONS = 6  # most tables are short, and what lies behind them is no business of ours
_RETRIED = frozenset({FaultKind.TIMEOUT, FaultKind.STALLED})
_ASKED_FOR_LESS = frozenset({FaultKind.TIMEOUT, FaultKind.REFUSED})


class _Asked(Exchange):
    """An exchange whose end a coroutine awaits."""

    __slots__ = ("end",)
    plain = False

    def __init__(
        self,
        session: "Session",
        template: Template,
        end: asyncio.Future[Message],
    ) -> None:
        super().__init__(session.endpoint, template, session.timeout, session.security)
        self.end = end

    def read(self, message: Message) -> None:
        if not self.end.done():
            self.end.set_result(message)

    def answered(self, values: list[Value]) -> None:
        """Never called: `plain` is off, because numbers lose their types on the short cut."""
        self.failed(Fault(FaultKind.BUG, f"{len(values)} values without types"))

    def failed(self, fault: Fault) -> None:
        if not self.end.done():
            self.end.set_exception(FaultError(fault))


@dataclass(frozen=True, slots=True)
class Session:
    """An agent and how to speak with it. `retries` are further tries after a question went unanswered."""

    transport: Transport
    endpoint: Endpoint
    version: Version
    community: bytes
    timeout: float = 1.0
    retries: int = 2
    bulk: bool = True
    max_varbinds: int = 48
    security: Security | None = None  # for version 3, whose community is empty

    async def request(self, pdu: Pdu, asked: Sequence[Oid], first: int = 0, second: int = 0) -> Message:
        """One request's response, whatever its error-status. Raises FaultError."""
        template = Template(
            self.version,
            self.community,
            pdu,
            [ber.object_identifier(oid) for oid in asked],
            first=first,
            second=second,
        )
        for left in range(self.retries, -1, -1):
            end: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
            exchange = _Asked(self, template, end)
            self.transport.ask(exchange)
            try:
                return await end
            except FaultError as error:
                if left == 0 or error.fault.kind not in _RETRIED:
                    raise
            finally:
                if not end.done() or end.cancelled():
                    self.transport.abandon(exchange)
        raise AssertionError("the last try returns or raises")

    async def get(self, asked: Sequence[Oid]) -> tuple[VarBind, ...]:
        """One varbind per OID, in their order; `absent` where the agent has none (also from a v1 agent).

        Questions are split by `max_varbinds` and further while the agent says tooBig. Raises FaultError.
        """
        found: list[VarBind] = []
        for at in range(0, len(asked), self.max_varbinds):
            found += await self._get_some(tuple(asked[at : at + self.max_varbinds]))
        return tuple(found)

    async def _get_some(self, asked: tuple[Oid, ...]) -> list[VarBind]:
        gone: set[Oid] = set()
        while wanted := tuple(oid for oid in asked if oid not in gone):
            answer = await self.request(Pdu.GET, wanted)
            if answer.first == ErrorStatus.NO_SUCH_NAME and 1 <= answer.second <= len(wanted):
                gone.add(wanted[answer.second - 1])  # RFC 1157 §4.1.2: one missing object spoils a v1 answer
                continue
            if answer.first == ErrorStatus.TOO_BIG and len(wanted) > 1:
                half = len(wanted) // 2
                parts = await self._get_some(wanted[:half]) + await self._get_some(wanted[half:])
            else:
                self._check(answer)
                if tuple(item.oid for item in answer.varbinds) != wanted:
                    raise FaultError(
                        Fault(FaultKind.PROTOCOL, "the answer names other objects than were asked")
                    )
                parts = list(answer.varbinds)
            have = {item.oid: item for item in parts}
            return [have.get(oid, VarBind(oid, ber.NO_SUCH_OBJECT, None)) for oid in asked]
        return [VarBind(oid, ber.NO_SUCH_OBJECT, None) for oid in asked]

    async def getnext(self, asked: Sequence[Oid]) -> tuple[VarBind, ...]:
        """The successor of each OID; a v1 agent's end of view comes as endOfMibView. Raises FaultError."""
        answer = await self.request(Pdu.GET_NEXT, asked)
        if answer.first == ErrorStatus.NO_SUCH_NAME and self.version == Version.V1:
            return tuple(VarBind(oid, END_OF_MIB_VIEW, None) for oid in asked)
        self._check(answer)
        if len(answer.varbinds) != len(asked):
            raise FaultError(
                Fault(FaultKind.PROTOCOL, "the answer has another number of objects than the question")
            )
        return answer.varbinds

    async def getbulk(self, asked: Sequence[Oid], repetitions: int = REPETITIONS) -> tuple[VarBind, ...]:
        """Up to `repetitions` successors of each OID, as RFC 3416 §4.2.3 interleaves them. Raises FaultError."""
        answer = await self.request(Pdu.GET_BULK, asked, 0, repetitions)
        self._check(answer)
        if len(answer.varbinds) > repetitions * len(asked):
            raise FaultError(Fault(FaultKind.PROTOCOL, "the answer has more objects than were asked for"))
        return answer.varbinds

    async def walk(self, root: Oid, limit: int = MAX_WALK) -> AsyncIterator[VarBind]:
        """Every object under `root`, in order.

        Raises FaultError, and WalkError if the agent's OIDs do not increase or there are more than `limit`.
        """
        last, count = root, 0
        repetitions = FIRST_REPETITIONS if self.bulk and self.version != Version.V1 else 0
        most = REPETITIONS
        while True:
            try:
                batch = (
                    await self.getbulk((last,), repetitions) if repetitions else await self.getnext((last,))
                )
            except FaultError as error:
                # An answer too large to arrive looks like silence, and some agents have no GETBULK: ask for less.
                if not repetitions or error.fault.kind not in _ASKED_FOR_LESS:
                    raise
                most = repetitions = repetitions // 4
                continue
            if not batch:
                return
            for item in batch:
                if item.absent or not oids.within(item.oid, root):
                    return
                if item.oid <= last:
                    raise WalkError(f"agent answered {oids.dotted(item.oid)} after {oids.dotted(last)}")
                count += 1
                if count > limit:
                    raise WalkError(f"more than {limit} objects under {oids.dotted(root)}")
                last = item.oid
                yield item
            repetitions = most if repetitions else 0

    @staticmethod
    def _check(answer: Message) -> None:
        if answer.first:
            raise FaultError(refusal(answer.first, answer.second))
