"""Runs a plan: every tick the polls that are due go to the poller as one batch; a reload applies a difference.

One wheel and no task per poll: individually timed exchanges cost several times the same exchanges sent in batches
of 100 ms. It never decides what an outcome means. A poll never overlaps itself, and a late one is skipped, never
burst.
"""

import asyncio
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog

from collector.model import DeviceName
from collector.outcome import Failure, FailureKind, Outcome
from collector.plan import Change, Plan, Poll, PollKey, Question
from collector.sources import Poller

TICK = 0.1
"""Seconds between batches: with half of it the whole service costs a tenth more."""

LATE = 1.0
"""Seconds of lateness beyond which missed slots are skipped: asking them all at once would be a burst."""

LOST_AFTER = 3
"""Intervals after which a question that was never delivered is given up as our own bug."""

log = structlog.get_logger(__name__)

Finished = Callable[[PollKey, Outcome, float], None]
"""Takes a finished question: its key, its outcome and the time at which it was asked."""


@dataclass(slots=True)
class SchedulerStats:
    """Plain counters for the service's own metrics."""

    skipped: dict[Question, int] = field(default_factory=lambda: dict.fromkeys(Question, 0))
    lateness: float = 0.0
    stalls: int = 0


class Wheel:
    """Polls of one interval, by the slot in which they are due."""

    def __init__(self, interval: float, tick: float) -> None:
        self.size = max(1, round(interval / tick))
        self._tick = tick
        self._slots: list[dict[PollKey, Poll]] = [{} for _ in range(self.size)]

    def slot_of(self, poll: Poll) -> int:
        """The slot of a poll's phase, in [0, size)."""
        return math.floor(poll.phase / self._tick) % self.size

    def add(self, poll: Poll) -> None:
        """Take the poll in; one of the same key and slot is replaced."""
        self._slots[self.slot_of(poll)][poll.key] = poll

    def remove(self, poll: Poll) -> None:
        """Forget the poll; KeyError if it is not here."""
        del self._slots[self.slot_of(poll)][poll.key]

    def due(self, slot: int) -> Mapping[PollKey, Poll]:
        """Polls of a slot number that counts up for ever."""
        return self._slots[slot % self.size]


class Scheduler:
    """Asks each poll of the plan at its phase until cancelled.

    `finished` is called on the event loop for every outcome, scheduled or asked at once; `stalled` is called
    with the present time whenever the loop was held up so long that silence proves nothing.
    """

    def __init__(
        self,
        poller: Poller,
        finished: Finished,
        stalled: Callable[[float], None],
        clock: Callable[[], float],
        tick: float = TICK,
    ) -> None:
        self._poller = poller
        self._finished = finished
        self._stalled = stalled
        self._clock = clock
        self._tick = tick
        self._polls: dict[PollKey, Poll] = {}
        self._wheels: dict[float, Wheel] = {}
        self._open: dict[PollKey, float] = {}
        self._start = math.floor(clock() / tick) * tick
        self._slot = -1
        self.stats = SchedulerStats()

    @property
    def plan(self) -> Plan:
        """What is asked now."""
        return Plan(dict(self._polls))

    @property
    def in_flight(self) -> int:
        """Scheduled questions without an outcome yet."""
        return len(self._open)

    def apply(self, change: Change) -> None:
        """Carry out a reload's difference; polls that are not in it go on undisturbed."""
        forgotten = {key.device for key in change.removed}
        for poll in change.changed:
            old = self._polls[poll.key]
            if (
                old.asks != poll.asks or old.profile != poll.profile
            ):  # who is only asked at other times stays known
                forgotten.add(poll.device.name)
        for key in (*change.removed, *(poll.key for poll in change.changed)):
            old = self._polls.pop(key)
            self._wheels[old.interval].remove(old)
            self._open.pop(key, None)
        for device in forgotten:
            self._poller.forget(device)
        for poll in (
            *change.renewed,
            *change.changed,
            *change.added,
        ):  # a renewed one takes its own old place
            self._polls[poll.key] = poll
            wheel = self._wheels.get(poll.interval)
            if wheel is None:
                wheel = self._wheels[poll.interval] = Wheel(poll.interval, self._tick)
            wheel.add(poll)

    def ask_now(self, devices: Iterable[DeviceName], question: Question = Question.LIVENESS) -> None:
        """Ask these devices beside the schedule, whether or not they have an open question."""
        polls = [self._polls.get(PollKey(device, question)) for device in devices]
        self._send([poll for poll in polls if poll is not None], self._clock(), self._finished_extra)

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            self.step(self._clock())
            next_tick = self._start + (self._slot + 1) * self._tick
            await asyncio.sleep(max(0.0, next_tick - self._clock()))

    def step(self, now: float) -> None:
        """Send what has become due up to `now` (the clock's seconds)."""
        slot = math.floor((now - self._start) / self._tick + 1e-6)
        first = self._slot + 1
        self.stats.lateness = max(0.0, now - (self._start + first * self._tick))
        if self.stats.lateness > LATE:
            self.stats.stalls += 1
            self._skip(first, slot)
            self._stalled(now)
            first = slot
        batch = []
        for number in range(first, slot + 1):
            for wheel in self._wheels.values():
                for key, poll in wheel.due(number).items():
                    if key not in self._open or self._may_ask_again(key, poll, now):
                        batch.append(poll)
                        self._open[key] = now
        self._slot = max(self._slot, slot)
        self._send(batch, now, self._finished_scheduled)

    def _skip(self, first: int, end: int) -> None:
        for wheel in self._wheels.values():
            for number in range(first, min(end, first + wheel.size)):
                for poll in wheel.due(number).values():
                    self.stats.skipped[poll.question] += 1

    def _may_ask_again(self, key: PollKey, poll: Poll, now: float) -> bool:
        """Whether a question is to be asked although its last asking has not come to an end."""
        opened = self._open[key]
        if now - opened < LOST_AFTER * poll.interval:
            self.stats.skipped[poll.question] += 1
            return False
        del self._open[key]
        log.error("poll.lost", device=poll.device.name, question=poll.question)
        self._finished(key, Failure(FailureKind.BUG, "the question was never finished"), opened)
        return True

    def _send(self, batch: Sequence[Poll], now: float, finished: Finished) -> None:
        if not batch:
            return
        try:
            self._poller.ask(batch, partial(_with_time, finished, now))
        except Exception as bug:  # the one place where a bug becomes data: a device must not blind the city
            log.exception("poll.bug", polls=len(batch))
            for poll in batch:
                finished(poll.key, Failure(FailureKind.BUG, f"{type(bug).__name__} while asking"), now)

    def _finished_scheduled(self, key: PollKey, outcome: Outcome, asked_at: float) -> None:
        if self._open.get(key) == asked_at:
            del self._open[key]
        self._finished_extra(key, outcome, asked_at)

    def _finished_extra(self, key: PollKey, outcome: Outcome, asked_at: float) -> None:
        if key in self._polls:  # news of a device that a reload removed is nobody's
            self._finished(key, outcome, asked_at)


def _with_time(finished: Finished, asked_at: float, key: PollKey, outcome: Outcome) -> None:
    finished(key, outcome, asked_at)
