"""The two questions about a device as exchanges on the wire: liveness (one GET, one shot) and the full poll.

A full poll is a chain of GETs, one open at a time, that goes on where the last answer ended; after trouble it asks
for less. Each delivers exactly once.
"""

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from collector.outcome import Answer, Failure, FailureKind, Measured
from collector.plan import TRIES, Poll
from collector.snmp.ber import Message, Value
from collector.snmp.errors import ErrorStatus, Fault, FaultKind
from collector.snmp.templates import Templates
from collector.snmp.transport import Exchange, Transport
from collector.sources import Deliver
from collector.sources.snmp_agent import Agent
from collector.sources.snmp_glance import Glance
from collector.sources.snmp_layout import Block, Layout, Layouts

SMALL = 8  # objects; a question so small was not lost for its size
SLOW = 0.5  # share of the timeout after which an answer counts as slow
_ASK_AGAIN = frozenset({FaultKind.TIMEOUT, FaultKind.STALLED})


class Bench(Protocol):
    """What polls share: the source that asks them."""

    transport: Transport
    templates: Templates
    layouts: Layouts

    def discover(self, poll: "FullPoll") -> None:
        """Find the agent's rows, then `begin` or `failed`."""

    def finish(self, poll: "FullPoll", measured: tuple[Measured, ...]) -> None:
        """Read volatile tables, then `deliver`."""


def failure(fault: Fault) -> Failure:
    """The outcome that an engine's fault is; the kinds have the same words."""
    return Failure(FailureKind(fault.kind.value), fault.detail)


def _measured(blocks: Sequence[Block], values: list[Value]) -> tuple[Measured, ...]:
    """What the blocks make of a poll's values, one by one."""
    found = [block.measure(values) for block in blocks]
    return tuple([block for block in found if block is not None])


class Liveness(Exchange):
    """One GET of sysUpTime. Asking again is the judge's business."""

    __slots__ = ("agent", "deliver", "key", "transport")

    def __init__(self, poll: Poll, agent: Agent, deliver: Deliver, transport: Transport) -> None:
        super().__init__(agent.endpoint, agent.liveness, poll.access.timeout, agent.security)
        self.agent = agent
        self.transport = transport
        self.deliver = deliver
        self.key = agent.liveness_key

    def answered(self, values: list[Value]) -> None:
        """The agent lives; how long it has been up."""
        ticks = values[0]
        if not isinstance(ticks, int):  # alive, though without the object that every agent has
            self.deliver(self.key, Answer())
            return
        agent = self.agent
        rebooted = agent.uptime.heard(ticks, self.sent_at, self.transport.now)
        if rebooted:
            agent.stale = True
        self.deliver(self.key, Answer(uptime=ticks / 100, rebooted=rebooted))

    def refused(self, status: int, index: int) -> None:
        """A v1 agent without sysUpTime lives too."""
        if status == ErrorStatus.NO_SUCH_NAME:
            self.deliver(self.key, Answer())
        else:
            super().refused(status, index)

    def failed(self, fault: Fault) -> None:
        """One shot: silence is delivered as it is."""
        self.deliver(self.key, failure(fault))


class FullPoll(Exchange):
    """Everything that the profile asks, on rows already known, or after discovering them."""

    __slots__ = (
        "agent",
        "bench",
        "blocks",
        "columns",
        "computed",
        "deliver",
        "discovered",
        "heads",
        "key",
        "layout",
        "left",
        "odd",
        "rebooted",
        "skipped",
        "until",
        "values",
    )

    def __init__(self, poll: Poll, agent: Agent, deliver: Deliver, bench: Bench) -> None:
        super().__init__(agent.endpoint, agent.liveness, poll.access.timeout, agent.security)
        self.agent = agent
        self.bench = bench
        self.deliver = deliver
        self.key = agent.key
        self.layout: Layout | None = None
        self.blocks, self.computed = agent.blocks, agent.computed
        self.heads, self.columns = agent.heads, agent.columns
        self.values: list[Value] = []
        self.skipped: list[int] = []
        self.left = TRIES
        self.until = 0.0
        self.discovered = self.odd = self.rebooted = False

    def start(self, now: float) -> None:
        """Ask what is known to be there; discover first if nothing is known or it may be outdated."""
        agent = self.agent
        self.until = now + agent.poll.access.poll_interval  # a slow agent must not keep a poll open for ever
        if agent.layout is None or agent.stale or now >= agent.rediscover_at:
            self.rediscover()
        else:
            self.begin(agent.layout)

    def rediscover(self) -> None:
        """Find the rows anew, once in a poll."""
        self.discovered = True
        self.bench.discover(self)

    def begin(self, layout: Layout) -> None:
        """Ask everything in this layout."""
        self.layout = layout
        agent = self.agent
        self.blocks, self.computed = agent.blocks, agent.computed
        self.heads, self.columns = agent.heads, agent.columns
        self.values = []
        self.skipped = []
        self.odd = False
        self._go_on(layout)

    def _go_on(self, layout: Layout) -> None:
        self.left = TRIES
        if self.bench.transport.now > self.until:
            read = f"{len(self.values)} of {layout.size} objects"
            self.end(Fault(FaultKind.TIMEOUT, f"too slow: {read} were read in a whole interval"))
        else:
            self._ask(layout)

    def _ask(self, layout: Layout) -> None:
        bench, offset = self.bench, len(self.values)
        if self.skipped:
            chunk = layout.asked[offset : offset + self.agent.size.limit]
            part = tuple(asked for place, asked in enumerate(chunk) if offset + place not in self.skipped)
            self.template = bench.templates.get(layout.version, layout.community, part)
        else:
            self.template = layout.template(bench.templates, offset, self.agent.size.limit)
        bench.transport.ask(self)

    def read(self, message: Message) -> None:
        """As any exchange, but from here on values may be absent or no numbers."""
        self.odd = True
        super().read(message)

    def answered(self, values: list[Value]) -> None:
        """Keep the values and go on, or finish, or discover first if the rows changed."""
        layout, agent = self.layout, self.agent
        assert layout is not None  # noqa: S101 answers come only to a poll that has begun
        mine = self.values
        transport = self.bench.transport
        now = transport.now
        if now - self.sent_at > self.timeout * SLOW and not transport.late:
            agent.size.slow(len(values))
        if self.skipped:
            values = self._with_gaps(values)
        first = not mine
        mine += values
        if first and self._moved(layout, now):
            return
        if len(mine) < layout.size:
            self._go_on(layout)
        else:
            self._finish(layout)

    def _with_gaps(self, values: list[Value]) -> list[Value]:
        """The answer with None at the places that were left out of the question."""
        offset, rest = len(self.values), iter(values)
        span = len(values) + len(self.skipped)
        full = [None if offset + place in self.skipped else next(rest) for place in range(span)]
        self.skipped = []
        return full

    def _moved(self, layout: Layout, now: float) -> bool:
        """Look at uptime and signs of change in the first answer; True if rows are discovered again first."""
        agent, watched = self.agent, layout.watched
        ticks = self.values[0] if layout.has_uptime else None
        if isinstance(ticks, int) and agent.uptime.heard(ticks, self.sent_at, now):
            self.rebooted = agent.stale = True
        if watched:
            signature = tuple([seen for place in watched if (seen := self.values[place]) is not None])
            if agent.signature is None:
                agent.signature = signature
            elif signature != agent.signature:
                agent.signature = signature
                agent.stale = True
        if agent.stale and not self.discovered:
            self.rediscover()
            return True
        return False

    def _finish(self, layout: Layout) -> None:
        agent, values, bench = self.agent, self.values, self.bench
        if self.odd and None in values and agent.settled and agent.layout is layout:
            agent.stale = True  # something that was there is gone: look at the rows again next time
        if self.odd:
            measured = _measured(self.blocks, values)
        else:
            measured = bench.transport.codec.pairs(Measured, self.heads, self.columns, values)
            if self.computed:
                measured += _measured(self.computed, values)
        if not agent.settled and agent.layout is layout:
            agent.settle(values, bench.layouts)
        if agent.size.limit < agent.size.most:
            agent.size.calm()
        if agent.glance is None:
            self.give(measured)
        elif agent.volatile:  # there were rows, so there will be more to ask
            bench.finish(self, measured)
        else:
            empty, look = partial(self.give, measured), partial(bench.finish, self, measured)
            bench.transport.ask(Glance(agent, agent.glance, empty, look))

    def give(self, measured: tuple[Measured, ...]) -> None:
        """Deliver the answer."""
        ticks = self.agent.uptime.ticks
        self.deliver(
            self.key,
            Answer(
                measured,
                None if ticks is None else ticks / 100,
                self.rebooted,
                self.agent.facts,
                self.agent.layout.missing if self.agent.layout is not None else 0,
            ),
        )

    def refused(self, status: int, index: int) -> None:
        """Ask for less, or without the object that the agent will not give; else fail."""
        layout = self.layout
        assert layout is not None  # noqa: S101 as in `answered`
        asked = len(self.template)
        if status == ErrorStatus.TOO_BIG and asked > 1:
            self.agent.size.trouble(asked)
            self._go_on(layout)
        elif status in (ErrorStatus.NO_SUCH_NAME, ErrorStatus.TOO_BIG, ErrorStatus.GEN_ERR) and self._skip(
            index or 1
        ):
            self.odd = True
            if len(self.template) > 1:
                self._go_on(layout)
            else:
                self.answered([])
        else:
            super().refused(status, index)

    def _skip(self, index: int) -> bool:
        """Leave the object at this 1-based place out of the question; False if there is no such place."""
        if not 1 <= index <= len(self.template):
            return False
        offset = len(self.values)
        places = [
            place
            for place in range(offset, offset + len(self.template) + len(self.skipped))
            if place not in self.skipped
        ]
        self.skipped.append(places[index - 1])
        return True

    def failed(self, fault: Fault) -> None:
        """Ask again after silence, for less before the last try; else fail."""
        layout = self.layout
        self.left -= 1
        again = layout is not None and fault.kind in _ASK_AGAIN
        # The first silence may be chance; after a second one a smaller question is worth a try, and further ones
        # while the agent is known to live.
        large = len(self.template) > SMALL and not self.skipped
        if again and large and self.left <= 1:
            self.agent.size.trouble(len(self.template))
            again = self.left > 0 or self.discovered or bool(self.values)
        else:
            again = again and self.left > 0
        if layout is not None and again:
            self._ask(layout)
        else:
            self.end(fault)

    def end(self, fault: Fault) -> None:
        """Deliver the failure."""
        self.deliver(self.key, failure(fault))
