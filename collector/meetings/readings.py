"""What endpoints, bridges and commune routers last said, as far as readiness asks: current, and nothing that is over.

The store of this judgement: the exposition keeps text for Prometheus and nobody else keeps values. It holds what the
last answer to each question gave, unread; it is read only while a meeting is near. Bounded by the devices. Times are
steady seconds, except where they say Unix.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from collector.meetings.lines import Line
from collector.metrics import CATALOG, IDENTITY
from collector.model import Device, DeviceName, Role
from collector.outcome import Answer, Failure, FailureKind, Measured, Outcome
from collector.plan import PollKey, Question

Reading = Mapping[tuple[str, ...], float]
"""Values by metric and labels after the identity: `("citynoc_conference_registered", "sip")`."""

NOTHING: Reading = MappingProxyType({})
_ABOUT = ("citynoc_conference_", "citynoc_bridge_", "citynoc_device_temperature_")
READ = frozenset(name for name in CATALOG if name.startswith(_ABOUT))
SPEAKERS = frozenset({Role.ENDPOINT, Role.BRIDGE})
WIDTH = len(IDENTITY)


@dataclass(frozen=True, slots=True)
class Silence:
    """Why a device's telemetry is missing, as the listener says; `at` is Unix time."""

    kind: FailureKind
    detail: str
    at: float


class Heard(NamedTuple):
    """All that is known of one endpoint beside the judge's verdict; `line` is of the router before it."""

    reading: Reading
    silence: Silence | None = None
    line: Line | None = None


class _Said:
    """One answer: its blocks until somebody reads them, then its values."""

    __slots__ = ("_blocks", "_values", "expires", "put")

    def __init__(self, put: int, expires: float, blocks: tuple[Measured, ...]) -> None:
        self.put = put
        self.expires = expires
        self._blocks: tuple[Measured, ...] | None = blocks
        self._values: Reading = NOTHING

    def read(self, keys: dict[tuple[str, ...], tuple[str, ...]]) -> Reading:
        """The values; `keys` keeps each key once for all devices."""
        if self._blocks is not None:
            values: dict[tuple[str, ...], float] = {}
            for block in self._blocks:
                name = block.series.family.name
                for row, value in zip(block.series.labels, block.values, strict=True):
                    key = (name, *row[WIDTH:])
                    values[keys.setdefault(key, key)] = value
            self._values, self._blocks = values, None
        return self._values


class Readings:
    """Takes every outcome of the service; keeps those that a meeting may depend on."""

    def __init__(self) -> None:
        self._said: dict[DeviceName, dict[Question, _Said]] = {}
        self._silences: dict[DeviceName, Silence] = {}
        self._lines: dict[DeviceName, Line] = {}
        self._keys: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._count = 0

    def take(self, device: Device, key: PollKey, outcome: Outcome, expires: float, at: float) -> None:
        """An outcome as it comes, and until when (steady) it is true; `at` is Unix time."""
        if isinstance(outcome, Answer):
            self.put(device, key, outcome, expires)
        else:
            self.failed(device, key, outcome, at)

    def put(self, device: Device, key: PollKey, answer: Answer, expires: float) -> None:
        """An answer, true until `expires`."""
        if key.question is Question.TELEMETRY:
            self._silences.pop(device.name, None)
        if key.question is Question.LIVENESS:
            self.lives(device, answer)
        elif device.role in SPEAKERS:
            blocks = tuple(one for one in answer.measured if one.series.family.name in READ)
            self._count += 1
            self._said.setdefault(device.name, {})[key.question] = _Said(self._count, expires, blocks)
        elif device.role is Role.ROUTER:
            line = self._line(device.name)
            if answer.rebooted:
                line.rebooted()
            if key.question is Question.POLL:
                line.counted(device, answer.measured)

    def lives(self, device: Device, answer: Answer) -> None:
        """An answer to a liveness question."""
        if device.role is Role.ROUTER:
            line = self._line(device.name)
            if answer.rebooted:
                line.rebooted()
            line.answered()

    def failed(self, device: Device, key: PollKey, failure: Failure, at: float) -> None:
        """A question came to nothing; `at` is Unix time."""
        if key.question is Question.TELEMETRY:
            before = self._silences.get(device.name)
            since = at if before is None else before.at
            self._silences[device.name] = Silence(failure.kind, failure.detail, since)
        if device.role in SPEAKERS:
            self._said.get(device.name, {}).pop(key.question, None)
        elif device.role is Role.ROUTER:
            if key.question is Question.POLL:
                self._line(device.name).uncounted()
            elif key.question is Question.LIVENESS and failure.kind is FailureKind.TIMEOUT:
                self._line(device.name).missed()

    def of(self, device: DeviceName, now: float) -> Reading:
        """What is true of the device now; of two answers that say the same the later one counts."""
        answers = self._said.get(device)
        if not answers:
            return NOTHING
        alive = [one for one in answers.values() if one.expires > now]
        if len(alive) == 1:
            return alive[0].read(self._keys)
        merged: dict[tuple[str, ...], float] = {}
        for one in sorted(alive, key=lambda said: said.put):
            merged.update(one.read(self._keys))
        return merged

    def silence(self, device: DeviceName) -> Silence | None:
        """Why the device's telemetry is missing; None while it comes, or if none was ever expected."""
        return self._silences.get(device)

    def line(self, device: DeviceName) -> Line | None:
        """What is known of a commune router's uplinks."""
        return self._lines.get(device)

    def forget(self, devices: Iterable[DeviceName]) -> None:
        """Drop devices that left the inventory."""
        for device in devices:
            for kept in (self._said, self._silences, self._lines):
                kept.pop(device, None)

    def unexpected(self, devices: Iterable[DeviceName]) -> None:
        """These devices are not asked to publish: what was missing from them is missed no more."""
        for device in devices:
            self._silences.pop(device, None)

    def _line(self, device: DeviceName) -> Line:
        line = self._lines.get(device)
        if line is None:
            line = self._lines[device] = Line()
        return line
