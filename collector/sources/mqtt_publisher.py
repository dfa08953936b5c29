"""What is known of one device that publishes, and whether a message of its is news. Pure: times are arguments.

`now` is a monotonic time, `wall` the Unix time. A redelivery never counts twice, and what is older than what the
device said last is not taken for the present.
"""

from collections.abc import Sequence
from typing import NamedTuple

from collector.model import Device, DeviceName
from collector.outcome import Answer, FailureKind
from collector.plan import PollKey, Question
from collector.sources import HintKind
from collector.sources.mqtt_mapping import Mapper
from collector.sources.mqtt_point import Point
from collector.sources.mqtt_refusals import MessageRefused, Refused, Result
from collector.telemetry import TelemetryProfile

CLOCK_TOLERANCE = 300.0
"""Seconds that a message's timestamp may be off our clock and still be believed."""

_REMEMBERED = 8  # last messages of a device, to know a redelivery by

Hints = tuple[tuple[DeviceName, HintKind], ...]


class Message(NamedTuple):
    """One message as it came. `now` is monotonic, `wall` is Unix time."""

    topic: str
    payload: bytes
    retained: bool
    now: float
    wall: float


class Taken(NamedTuple):
    """What a message gives: answers to deliver, hints to pass on, `orders` to publish (topic and payload).

    `refused` is there if its topic is newly in the ledger.
    """

    answers: tuple[tuple[PollKey, Answer], ...] = ()
    hints: Hints = ()
    refused: Refused | None = None
    orders: tuple[tuple[str, bytes], ...] = ()


class Publisher:
    """One device that publishes."""

    def __init__(self, device: Device, profile: TelemetryProfile, heartbeat: float) -> None:
        self.device = device
        self.profile = profile
        self.heartbeat = heartbeat
        self.key = PollKey(device.name, Question.TELEMETRY)
        self.heard: float | None = None  # when its telemetry was last accepted
        self.online: bool | None = None  # what its status last said
        self.online_since = 0.0
        self.offline_word = ""  # whose fault it is that it is offline, and who said so
        self.gateway: str | None = None  # who publishes for it, if its topic names one
        self.refused: tuple[float, Result, str] | None = (
            None  # when and why a message of its own was last refused
        )
        self.told: FailureKind | None = None  # delivered in the present silence
        self._mapper = Mapper(device, profile)
        self._newest: float | None = None  # the newest timestamp it gave
        self._recent: tuple[tuple[float, int], ...] = ()

    def answer(self, message: Message, points: Sequence[Point]) -> Answer | None:
        """What the points say, or None if the profile reads none of them.

        Raises:
            MessageRefused: no news, or not what the profile prescribes; nothing is changed by it.
        """
        wanted = self.profile.measurement
        read = [point for point in points if wanted is None or point.measurement == wanted]
        if points and not read:
            return None
        point = _merged(read)
        offset: float | None = None
        stamp: tuple[float, int] | None = None
        if point.timestamp is not None:
            offset = point.timestamp - message.wall
            stamp = (point.timestamp, hash(message.payload))
            self._check_news(point.timestamp, offset, stamp, message.wall)
        answer = self._mapper.answer(point.fields, point.tags, offset, message.wall)
        if stamp is not None:
            self._newest = stamp[0]
            self._recent = (*self._recent[1 - _REMEMBERED :], stamp)
        self.heard = message.now
        self.told = None
        return answer

    def turned(self, now: float, word: str, *, online: bool) -> Hints:
        """Take note that it is there, or gone as `word` says (whose fault, by whom); a hint if that is news."""
        before, self.online = self.online, online
        if before == online:
            return ()
        self.online_since = now
        self.offline_word = word
        if before is None and online:
            return ()  # what everybody is after a start is no news
        return ((self.device.name, HintKind.ONLINE if online else HintKind.OFFLINE),)

    def _check_news(self, timestamp: float, offset: float, stamp: tuple[float, int], wall: float) -> None:
        if not -CLOCK_TOLERANCE <= offset <= CLOCK_TOLERANCE:
            raise MessageRefused(
                Result.BAD_TIMESTAMP, f"timestamp {timestamp:.0f} is {offset:+.0f} s off our clock"
            )
        if stamp in self._recent:
            raise MessageRefused(Result.DUPLICATE, "the same message again")
        # A clock that was ahead and has been set right goes back without being old news.
        if self._newest is not None and timestamp < min(self._newest, wall):
            raise MessageRefused(
                Result.OUT_OF_ORDER,
                f"timestamp {timestamp:.3f} is older than {self._newest:.3f}, seen before",
            )


def _merged(points: Sequence[Point]) -> Point:
    """The points of one device as one, the later reading of a field before the earlier."""
    if not points:
        raise MessageRefused(Result.WRONG_SHAPE, "no readings at all")
    if len(points) == 1:
        return points[0]
    ordered = sorted(points, key=lambda point: point.timestamp or 0.0)
    fields = {name: value for point in ordered for name, value in point.fields.items()}
    tags = {name: value for point in ordered for name, value in point.tags.items()}
    return Point(ordered[-1].measurement, tags, fields, ordered[-1].timestamp)
