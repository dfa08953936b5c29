"""What a message means: whose it is, whether it is news, and what it says. Knows no sockets and no clock.

Holds what is known of each publishing device: when it was last heard, its last messages (so that a redelivery never
counts twice) and its last status. `now` is a monotonic time, `wall` the Unix time; both are arguments.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from collector.model import Device, DeviceName, ProfileName
from collector.outcome import Answer, FailureKind
from collector.plan import PollKey, Question
from collector.sources import HintKind
from collector.sources.mqtt_mapping import Mapper
from collector.sources.mqtt_payloads import MAX_BYTES, Point, points_of
from collector.sources.mqtt_refusals import Ledger, MessageRefused, Refused, Result, clip
from collector.telemetry import TelemetryProfile, TopicPattern

CLOCK_TOLERANCE = 300.0
"""Seconds that a message's timestamp may be off our clock and still be believed."""

_REMEMBERED = 8  # last messages of a device, to know a redelivery by
_GATEWAYS_KEPT = 10_000


class Publisher:
    """What is known of one device that publishes."""

    def __init__(self, device: Device, profile: TelemetryProfile, heartbeat: float) -> None:
        self.device = device
        self.profile = profile
        self.heartbeat = heartbeat
        self.key = PollKey(device.name, Question.TELEMETRY)
        self.mapper = Mapper(device, profile)
        self.heard: float | None = None  # when its telemetry was last accepted
        self.newest: float | None = None  # the newest timestamp it gave
        self.recent: deque[tuple[float, int]] = deque(maxlen=_REMEMBERED)
        self.online: bool | None = None  # what its status last said
        self.online_since: float | None = None
        self.gateway: str | None = None  # who publishes for it, if its topic names one
        self.refused: tuple[float, Result, str] | None = (
            None  # when and why a message of its own was last refused
        )
        self.told: FailureKind | None = None  # delivered in the present silence


class Message(NamedTuple):
    """One message as it came. `now` is monotonic, `wall` is Unix time."""

    topic: str
    payload: bytes
    retained: bool
    now: float
    wall: float


class Taken(NamedTuple):
    """What a message gives: answers to deliver, hints to pass on; `refused` if its topic is newly in the ledger."""

    answers: tuple[tuple[PollKey, Answer], ...] = ()
    hints: tuple[tuple[DeviceName, HintKind], ...] = ()
    refused: Refused | None = None


class _Route(NamedTuple):
    """Where a topic leads. `publisher` is None where only the payload tells the device."""

    profile: TelemetryProfile
    publisher: Publisher | None
    is_status: bool
    gateway: str | None = None


class Intake:
    """Takes the messages of known devices, and counts every one in `ledger`."""

    def __init__(
        self,
        devices: Mapping[DeviceName, Device],
        profiles: Mapping[ProfileName, TelemetryProfile],
        ledger: Ledger,
    ) -> None:
        self._ledger = ledger
        self._publishers: dict[DeviceName, Publisher] = {}
        self._routes: dict[str, _Route] = {}
        self._patterns: tuple[tuple[TelemetryProfile, TopicPattern, bool], ...] = ()
        self._gateways: dict[str, float] = {}
        self.last_heard: float | None = None
        self.update(devices, profiles)

    def update(
        self, devices: Mapping[DeviceName, Device], profiles: Mapping[ProfileName, TelemetryProfile]
    ) -> None:
        """Know these devices from now on; one that did not change keeps what is known of it."""
        publishers: dict[DeviceName, Publisher] = {}
        for device in devices.values():
            if device.mqtt is None:
                continue
            profile = profiles[device.mqtt.profile]
            before = self._publishers.get(device.name)
            if before is not None and before.device == device and before.profile == profile:
                publishers[device.name] = before
            else:
                publishers[device.name] = Publisher(device, profile, device.mqtt.heartbeat)
        self._publishers = publishers
        self._routes = {topic: route for one in publishers.values() for topic, route in _own_routes(one)}
        used = {publisher.profile.name: publisher.profile for publisher in publishers.values()}
        self._patterns = tuple(pattern for profile in used.values() for pattern in _patterns(profile))

    @property
    def publishers(self) -> Iterable[Publisher]:
        """Every known device that publishes."""
        return self._publishers.values()

    @property
    def filters(self) -> frozenset[str]:
        """The subscriptions that the known devices need."""
        return frozenset(pattern.filter for _, pattern, _ in self._patterns)

    def gateway_heard(self, gateway: str) -> float | None:
        """When anything last came through `gateway`."""
        return self._gateways.get(gateway)

    def receive(self, message: Message) -> Taken:
        """Take one message and count it."""
        route = self._routes.get(message.topic)
        try:
            if route is None:
                route = self._find(message.topic)
            if route.publisher is None:
                return self._batch(message, route, self._read(message, route))
            if route.is_status:
                return self._status(message, route.publisher)
            return self._telemetry(message, route.publisher, self._read(message, route))
        except MessageRefused as refused:
            return self._refuse(message, route.publisher if route else None, refused)

    def _read(self, message: Message, route: _Route) -> Sequence[Point]:
        """The message's points.

        Raises:
            MessageRefused: it is too large, no news, or cannot be read.
        """
        if message.retained:
            raise MessageRefused(Result.RETAINED, "telemetry from the broker's memory is no news")
        if len(message.payload) > MAX_BYTES:
            raise MessageRefused(Result.TOO_LARGE, f"{len(message.payload)} bytes, the limit is {MAX_BYTES}")
        return points_of(route.profile.format, message.payload)

    def _batch(self, message: Message, route: _Route, points: Sequence[Point]) -> Taken:
        """A message that may speak for several devices: each part is taken or refused for itself."""
        if route.gateway is not None and (
            route.gateway in self._gateways or len(self._gateways) < _GATEWAYS_KEPT
        ):
            self._gateways[route.gateway] = message.now
        by_device: dict[str, list[Point]] = {}
        tag = route.profile.device_tag or "device"
        for point in points:
            by_device.setdefault(point.tags.get(tag, ""), []).append(point)
        taken: list[Taken] = []
        for name, own in by_device.items():
            publisher = self._publishers.get(DeviceName(name))
            if publisher is None or publisher.profile != route.profile:
                stranger = MessageRefused(
                    Result.UNKNOWN_DEVICE, f"no device '{clip(name, 40)}' speaks like this"
                )
                taken.append(self._refuse(message, None, stranger))
                continue
            publisher.gateway = route.gateway
            try:
                taken.append(self._telemetry(message, publisher, own))
            except MessageRefused as refused:
                taken.append(self._refuse(message, publisher, refused))
        return Taken(
            tuple(answer for one in taken for answer in one.answers),
            refused=next((one.refused for one in taken if one.refused), None),
        )

    def _telemetry(self, message: Message, publisher: Publisher, points: Sequence[Point]) -> Taken:
        wanted = publisher.profile.measurement
        read = [point for point in points if wanted is None or point.measurement == wanted]
        if points and not read:
            self._ledger.count(Result.IGNORED)
            return Taken()
        point = _merged(read)
        offset: float | None = None
        stamp: tuple[float, int] | None = None
        if point.timestamp is not None:
            offset = point.timestamp - message.wall
            if not -CLOCK_TOLERANCE <= offset <= CLOCK_TOLERANCE:
                raise MessageRefused(
                    Result.BAD_TIMESTAMP, f"timestamp {point.timestamp:.0f} is {offset:+.0f} s off our clock"
                )
            stamp = (point.timestamp, hash(message.payload))
            if stamp in publisher.recent:
                self._ledger.count(Result.DUPLICATE)
                return Taken()
            # A clock that was ahead and has been set right goes back without being old news.
            if publisher.newest is not None and point.timestamp < min(publisher.newest, message.wall):
                raise MessageRefused(
                    Result.OUT_OF_ORDER,
                    f"timestamp {point.timestamp:.3f} is older than {publisher.newest:.3f}, seen before",
                )
        answer = publisher.mapper.answer(point.fields, point.tags, offset, message.wall)
        if stamp is not None:
            publisher.newest = point.timestamp
            publisher.recent.append(stamp)
        publisher.heard = self.last_heard = message.now
        publisher.told = None
        self._ledger.count(Result.ACCEPTED)
        return Taken(((publisher.key, answer),))

    def _status(self, message: Message, publisher: Publisher) -> Taken:
        text = message.payload[:64].decode("utf-8", "replace").strip()
        if text == publisher.profile.online:
            online: bool | None = True
        elif text == publisher.profile.offline:
            online = False
        elif not message.payload:
            online = None  # an empty retained message clears the topic
        else:
            raise MessageRefused(Result.BAD_STATUS, f"'{clip(text, 40)}' is no status")
        self._ledger.count(Result.STATUS)
        before, publisher.online = publisher.online, online
        if before == online or online is None:
            return Taken()
        publisher.online_since = message.now
        if before is None and online:
            return Taken()  # what everybody is after a start is no news
        return Taken(hints=((publisher.device.name, HintKind.ONLINE if online else HintKind.OFFLINE),))

    def _find(self, topic: str) -> _Route:
        """The slow way, for topics that name more than the site and the device, and to say what is wrong."""
        problem = MessageRefused(Result.BAD_TOPIC, "no profile has such a topic")
        for profile, pattern, is_status in self._patterns:
            names = pattern.match(topic)
            if names is None:
                continue
            gateway = names.get("gateway")
            if "device" not in names:
                return _Route(profile, None, is_status, gateway)
            publisher = self._publishers.get(DeviceName(names["device"]))
            if publisher is None or publisher.profile != profile:
                problem = MessageRefused(
                    Result.UNKNOWN_DEVICE, f"no device '{clip(names['device'], 40)}' speaks like this"
                )
            elif names.get("site", publisher.device.site) != publisher.device.site:
                problem = MessageRefused(
                    Result.SITE_MISMATCH,
                    f"{publisher.device.name} stands at {publisher.device.site}, not {clip(names['site'], 40)}",
                )
            else:
                return _Route(profile, publisher, is_status, gateway)
        raise problem

    def _refuse(self, message: Message, publisher: Publisher | None, refused: MessageRefused) -> Taken:
        if publisher is not None and not message.retained:
            publisher.refused = (message.now, refused.result, refused.detail)
        return Taken(refused=self._ledger.refuse(message.topic, refused.result, refused.detail, message.wall))


def _patterns(profile: TelemetryProfile) -> Iterator[tuple[TelemetryProfile, TopicPattern, bool]]:
    yield profile, profile.telemetry, False
    if profile.status is not None:
        yield profile, profile.status, True


def _own_routes(publisher: Publisher) -> Iterator[tuple[str, _Route]]:
    """The topics that can be written down beforehand: those that name nothing but the site and the device."""
    known = {"site": publisher.device.site, "device": publisher.device.name}
    for profile, pattern, is_status in _patterns(publisher.profile):
        if "device" in pattern.names and set(pattern.names) <= known.keys():
            yield pattern.text.format_map(known), _Route(profile, publisher, is_status)


def _merged(points: Iterable[Point]) -> Point:
    """The points of one device as one, the later reading of a field before the earlier."""
    ordered = sorted(points, key=lambda point: point.timestamp or 0.0)
    if not ordered:
        raise MessageRefused(Result.WRONG_SHAPE, "no readings at all")
    if len(ordered) == 1:
        return ordered[0]
    fields = {name: value for point in ordered for name, value in point.fields.items()}
    tags = {name: value for point in ordered for name, value in point.tags.items()}
    return Point(ordered[-1].measurement, tags, fields, ordered[-1].timestamp)
