"""The latest news of every device, and the last failures with what was logged about them.

Current values only: history is Prometheus's. One event loop writes and reads; there are no locks. Failures
outlive successes, so that "why was it red?" has an answer after it turned green.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from collector.model import DeviceName
from collector.outcome import Answer, FailureKind, Outcome
from collector.plan import PollKey, Question

KEPT_SUCCESSES = 3
KEPT_FAILURES = 10
KEPT_LOG_LINES = 20


@dataclass(frozen=True, slots=True)
class Remembered:
    """One finished question. `at` is Unix time; `kind` is None for an answer.

    `log` holds what was logged of the device until then.
    """

    at: float
    question: Question
    ok: bool
    kind: FailureKind | None
    detail: str
    log: tuple[str, ...] = ()


@dataclass(slots=True)
class _Memory:
    """What is kept of one device. Tuples: an empty deque takes 600 octets, and most of these stay nearly empty."""

    told: dict[Question, Mapping[str, str]] = field(default_factory=dict)
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    uptime: float | None = None
    successes: tuple[Remembered, ...] = ()
    failures: tuple[Remembered, ...] = ()
    log: tuple[str, ...] = ()


class Store:
    """Takes every finished question; bounded by the number of devices."""

    def __init__(self) -> None:
        self._devices: dict[DeviceName, _Memory] = {}
        self._finished: set[PollKey] = set()
        self.outcomes: Counter[tuple[Question, str]] = Counter()
        self.missing = 0
        """Objects asked for that an answering device does not have, since the start."""

    def put(self, key: PollKey, outcome: Outcome, at: float) -> None:
        """Remember an outcome; `at` is Unix time."""
        memory = self._of(key.device)
        self._finished.add(key)
        if isinstance(outcome, Answer):
            result = "answer"
            self.missing += outcome.missing
            self._answered(memory, key, outcome, at)
        else:
            result = outcome.kind.value
            lines, memory.log = memory.log, ()
            failed = Remembered(
                at, key.question, ok=False, kind=outcome.kind, detail=outcome.detail, log=lines
            )
            memory.failures = (*memory.failures[1 - KEPT_FAILURES :], failed)
        self.outcomes[key.question, result] += 1

    @staticmethod
    def _answered(memory: _Memory, key: PollKey, answer: Answer, at: float) -> None:
        if key.question is not Question.LIVENESS:  # twelve a minute would push out the telling ones
            answered = Remembered(at, key.question, ok=True, kind=None, detail="")
            memory.successes = (*memory.successes[1 - KEPT_SUCCESSES :], answered)
        if answer.facts and answer.facts != memory.told.get(key.question):
            memory.told.pop(key.question, None)  # to the end: what changed last is believed
            memory.told[key.question] = answer.facts
            memory.facts = MappingProxyType({k: v for told in memory.told.values() for k, v in told.items()})
        if answer.uptime is not None:
            memory.uptime = answer.uptime

    def logged(self, device: DeviceName, line: str) -> None:
        """Keep a log line about the device for its next failure."""
        memory = self._of(device)
        memory.log = (*memory.log[1 - KEPT_LOG_LINES :], line)

    def _of(self, device: DeviceName) -> _Memory:
        memory = self._devices.get(device)
        if memory is None:
            memory = self._devices[device] = _Memory()
        return memory

    def history(self, device: DeviceName) -> Sequence[Remembered]:
        """What is remembered of the device, oldest first."""
        memory = self._devices.get(device)
        if memory is None:
            return ()
        return sorted((*memory.successes, *memory.failures), key=lambda entry: entry.at)

    def facts(self, device: DeviceName) -> Mapping[str, str]:
        """Vendor, model, software and the like, as the device last said; the same object until that changes.

        Who answers over SNMP and publishes too may say different things in each way: all of it counts, and of two
        words about one thing that of the way on which something has changed last.
        """
        memory = self._devices.get(device)
        return memory.facts if memory is not None else MappingProxyType({})

    def finished(self, keys: Iterable[PollKey]) -> int:
        """How many of these questions have come to an end at least once."""
        return sum(1 for key in keys if key in self._finished)

    def forget(self, devices: Iterable[DeviceName]) -> None:
        """Drop devices that left the inventory."""
        gone = set(devices)
        for device in gone:
            self._devices.pop(device, None)
        self._finished = {key for key in self._finished if key.device not in gone}
