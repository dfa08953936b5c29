"""Asks devices over SNMP v1, v2c and v3: liveness questions and full polls, on one transport for all of them.

Keeps per device what makes the next poll cheap and drops it with `forget`. Judges nothing: a liveness question is
asked once, and asking again is the judge's business.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from types import TracebackType
from typing import Self

from collector.model import DeviceName
from collector.outcome import Failure, Measured
from collector.plan import Poll, Question
from collector.snmp import fast
from collector.snmp.errors import Fault, FaultError, FaultKind, WalkError
from collector.snmp.templates import Templates
from collector.snmp.transport import Endpoint, Transport
from collector.sources import Deliver
from collector.sources.snmp_access import Users
from collector.sources.snmp_agent import Agent
from collector.sources.snmp_discovery import discover
from collector.sources.snmp_layout import Layouts
from collector.sources.snmp_poll import FullPoll, Liveness

DISCOVERIES = 500
"""Devices whose rows are looked for at once; the others wait in line.

Ten thousand at once would all be slow, and none done within its interval: work begun and thrown away, for ever.
"""


@dataclass(frozen=True, slots=True)
class SnmpStats:
    """What the engine says of itself: totals since the start, and what is true now (from `open_questions` on)."""

    codec: str
    sent: int
    received: int
    ignored: Mapping[str, int]
    stalls: int
    discoveries: int
    open_questions: int
    devices: int
    shrunk_devices: int
    smallest_request: int


class SnmpSource:
    """A `Poller`, used as an async context manager.

    `clock` is monotonic seconds; `source` the local address to ask from; `sockets` how many per address family;
    `watch` sees every datagram of a question, for people; `discoveries_at_once` bounds how many devices' rows are
    looked for at once. Who waits for that longer than its interval gets `stalled`: the delay is ours.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        source: IPv4Address | IPv6Address | None = None,
        sockets: int = 2,
        codec: fast.Codec | None = None,
        watch: Callable[[str, Endpoint, bytes], None] | None = None,
        discoveries_at_once: int = DISCOVERIES,
    ) -> None:
        self.clock = clock
        self.transport = Transport(clock=clock, source=source, sockets=sockets, codec=codec, watch=watch)
        self.templates = Templates()
        self.layouts = Layouts()
        self.users = Users()
        self.discoveries = 0
        self._agents: dict[DeviceName, Agent] = {}
        self._in_line: deque[FullPoll] = deque()
        self._discovering, self._at_once = 0, discoveries_at_once
        self._tasks: set[asyncio.Task[None]] = set()
        self._group = asyncio.TaskGroup()

    async def __aenter__(self) -> Self:
        await self.transport.__aenter__()
        await self._group.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._in_line.clear()
        for task in self._tasks:
            task.cancel()
        try:
            await self._group.__aexit__(None, None, None)  # an error of the block is not this group's to wrap
        finally:
            self.transport.close()

    def ask(self, batch: Sequence[Poll], deliver: Deliver, /) -> None:
        """Send the questions now, deliver each outcome later."""
        now = self.clock()
        for poll in batch:
            agent = self._agents.get(poll.device.name)
            if agent is None or not agent.fits(poll):
                made = self._meet(poll)
                if isinstance(made, Failure):
                    asyncio.get_running_loop().call_soon(deliver, poll.key, made)
                    continue
                agent = made
            if poll.question is Question.LIVENESS:
                self.transport.ask(Liveness(poll, agent, deliver, self.transport))
            else:
                FullPoll(poll, agent, deliver, self).start(now)

    def forget(self, device: DeviceName, /) -> None:
        """Drop what is remembered of a device that left the plan or changed."""
        self._agents.pop(device, None)

    def stats(self) -> SnmpStats:
        """Counters and gauges for the service's own metrics."""
        limits = [agent.size.limit for agent in self._agents.values()]
        return SnmpStats(
            codec=self.transport.codec.name,
            sent=self.transport.sent,
            received=self.transport.received,
            ignored=dict(self.transport.ignored),
            stalls=self.transport.stalls,
            discoveries=self.discoveries,
            open_questions=self.transport.open_questions,
            devices=len(limits),
            shrunk_devices=sum(agent.size.limit < agent.size.most for agent in self._agents.values()),
            smallest_request=min(limits, default=0),
        )

    def _meet(self, poll: Poll) -> Agent | Failure:
        access = self.users.access(poll.credential)
        if isinstance(access, Failure):
            return access
        agent = self._agents[poll.device.name] = Agent(poll, access, self.templates)
        return agent

    # What full polls need: the rare parts run as tasks, so that the common part needs none.

    def discover(self, poll: FullPoll) -> None:
        """Find the agent's rows when it is its turn, then let the poll begin."""
        if self._discovering < self._at_once:
            self._begin_discovery(poll)
        else:
            self._in_line.append(poll)

    def _begin_discovery(self, poll: FullPoll) -> None:
        self.discoveries += 1
        self._discovering += 1
        self._start(self._discover(poll), poll).add_done_callback(self._discovered)

    def _discovered(self, _task: asyncio.Task[None]) -> None:
        self._discovering -= 1
        while self._in_line and self._discovering < self._at_once:
            poll, now = self._in_line.popleft(), self.clock()
            if now > poll.until:
                poll.end(Fault(FaultKind.STALLED, "too many other devices had to be looked at first"))
            else:
                poll.until = now + poll.agent.poll.access.poll_interval  # the wait was ours
                self._begin_discovery(poll)

    async def _discover(self, poll: FullPoll) -> None:
        agent = poll.agent
        found = await discover(agent.session(self.transport), agent.poll.profile)
        poll.begin(agent.learn(found, self.layouts, self.clock()))

    def finish(self, poll: FullPoll, measured: tuple[Measured, ...]) -> None:
        """Read volatile tables, then deliver."""
        self._start(self._finish(poll, measured), poll)

    async def _finish(self, poll: FullPoll, measured: tuple[Measured, ...]) -> None:
        agent = poll.agent
        poll.give((*measured, *await agent.poll_volatile(agent.session(self.transport))))

    def _start(self, work: Coroutine[None, None, None], poll: FullPoll) -> asyncio.Task[None]:
        task = self._group.create_task(self._guarded(work, poll))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _guarded(self, work: Coroutine[None, None, None], poll: FullPoll) -> None:
        """One agent's discovery, whose end never reaches the group: others go on."""
        try:
            async with asyncio.timeout(poll.until - self.clock()):
                await work
        except TimeoutError:
            poll.end(
                Fault(
                    FaultKind.TIMEOUT, "too slow: the rows of its tables were not found in a whole interval"
                )
            )
        except FaultError as error:
            poll.end(error.fault)
        except WalkError as error:
            poll.end(Fault(FaultKind.PROTOCOL, str(error)))
        except Exception as bug:  # noqa: BLE001 one agent must not end the others' polls
            asyncio.get_running_loop().call_exception_handler(
                {"message": f"polling {poll.endpoint} failed", "exception": bug}
            )
            poll.end(Fault(FaultKind.BUG, f"discovery failed: {type(bug).__name__}"))
