"""What a message means: whose it is by topic and payload, and what it gives. Knows no sockets and no clock.

Every message ends under one `Result` in the ledger, and never in an exception, whatever its bytes are.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from collector.model import Device, DeviceName, ProfileName
from collector.sources.mqtt_payloads import points_of
from collector.sources.mqtt_point import MAX_BYTES, Point
from collector.sources.mqtt_publisher import Message, Publisher, Taken
from collector.sources.mqtt_refusals import Ledger, MessageRefused, Result, clip
from collector.sources.mqtt_sparkplug import KINDS, Kind, News, Nodes, rebirth_order
from collector.telemetry import PayloadFormat, TelemetryProfile, TopicPattern

_GATEWAYS_KEPT = 10_000
SAID_OFFLINE = "the endpoint: offline by its status topic"
_NO_MISTAKE = frozenset({Result.DUPLICATE, Result.IGNORED})  # redelivery is what QoS 1 promises
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


class _Route(NamedTuple):
    """Where a topic leads. `publisher` is None where only the payload tells the device."""

    profile: TelemetryProfile
    publisher: Publisher | None
    is_status: bool
    names: Mapping[str, str] = _NO_NAMES


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
        self._nodes = Nodes()
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
            if route.profile.format is PayloadFormat.SPARKPLUG_B:
                return self._sparkplug(message, route)
            if route.publisher is None:
                return self._batch(message, route, _read(message, route))
            if route.is_status:
                return self._status(message, route.publisher)
            return self._telemetry(message, route.publisher, _read(message, route))
        except MessageRefused as refused:
            return self._refuse(message, route.publisher if route else None, refused)

    def _telemetry(self, message: Message, publisher: Publisher, points: Sequence[Point]) -> Taken:
        answer = publisher.answer(message, points)
        if answer is None:
            self._ledger.count(Result.IGNORED)
            return Taken()
        self.last_heard = message.now
        self._ledger.count(Result.ACCEPTED)
        return Taken(((publisher.key, answer),))

    def _batch(self, message: Message, route: _Route, points: Sequence[Point]) -> Taken:
        """A message that may speak for several devices: each part is taken or refused for itself."""
        gateway = route.names.get("gateway")
        self._heard_through(gateway, message.now)
        if not points:
            raise MessageRefused(Result.WRONG_SHAPE, "no readings at all")
        by_device: dict[str, list[Point]] = {}
        tag = route.profile.device_tag or "device"
        for point in points:
            by_device.setdefault(point.tags.get(tag, ""), []).append(point)
        taken: list[Taken] = []
        for name, own in by_device.items():
            publisher = self._publishers.get(DeviceName(name))
            if publisher is None or publisher.profile != route.profile:
                taken.append(self._refuse(message, None, _stranger(name)))
                continue
            publisher.gateway = gateway
            try:
                taken.append(self._telemetry(message, publisher, own))
            except MessageRefused as refused:
                taken.append(self._refuse(message, publisher, refused))
        return Taken(
            tuple(answer for one in taken for answer in one.answers),
            refused=next((one.refused for one in taken if one.refused), None),
        )

    def _sparkplug(self, message: Message, route: _Route) -> Taken:
        """A message in a Sparkplug session; what was missed is asked for, by a rebirth."""
        names, publisher = route.names, route.publisher
        group, node, device = names["group"], names["gateway"], names.get("device", "")
        if names["kind"] not in KINDS:
            raise MessageRefused(Result.IGNORED, "a command, ours or of another application")
        kind = Kind(names["kind"])
        _check_size_and_news(message)
        try:
            news = self._nodes.receive(kind, group, node, device, message.payload)
        except MessageRefused as refused:
            taken = self._refuse(message, publisher, refused)
            if refused.result is Result.SEQUENCE and self._nodes.may_ask(group, node, message.now):
                return taken._replace(orders=(rebirth_order(message.topic, names, message.wall),))
            return taken
        self._heard_through(node, message.now)
        if news.died:
            return self._death(message, route, node)
        if publisher is not None:
            return self._reported(message, publisher, node, kind, news)
        if device:
            return self._refuse(message, None, _stranger(device))
        self._ledger.count(Result.IGNORED)  # readings of the gateway itself
        return Taken()

    def _reported(self, message: Message, publisher: Publisher, node: str, kind: Kind, news: News) -> Taken:
        publisher.gateway = node
        point = Point("", _NO_NAMES, news.values, news.timestamp)
        taken = self._telemetry(message, publisher, [point])
        hints = publisher.turned(message.now, "", online=True) if kind is Kind.DBIRTH else ()
        return taken._replace(hints=hints)

    def _death(self, message: Message, route: _Route, node: str) -> Taken:
        """A device's death, or its node's and with it that of all behind it."""
        self._ledger.count(Result.STATUS)
        of_node = "device" not in route.names
        gone = [
            one for one in self.publishers if (one.gateway == node if of_node else one is route.publisher)
        ]
        gateway = clip(node, 40)
        word = (
            f"the gateway: {gateway} is gone"
            if of_node
            else f"the endpoint: gateway {gateway} reported its death"
        )
        return Taken(
            hints=tuple(hint for one in gone for hint in one.turned(message.now, word, online=False))
        )

    def _status(self, message: Message, publisher: Publisher) -> Taken:
        text = message.payload[:64].decode("utf-8", "replace").strip()
        profile = publisher.profile
        if text and text not in (profile.online, profile.offline):
            raise MessageRefused(Result.BAD_STATUS, f"'{clip(text, 40)}' is no status")
        self._ledger.count(Result.STATUS)
        if not text:  # an empty retained message clears the topic
            publisher.online = None
            return Taken()
        return Taken(hints=publisher.turned(message.now, SAID_OFFLINE, online=text == profile.online))

    def _find(self, topic: str) -> _Route:
        """The slow way, for topics that name more than the site and the device, and to say what is wrong.

        Raises:
            MessageRefused: the topic leads nowhere.
        """
        problem = MessageRefused(Result.BAD_TOPIC, "no profile has such a topic")
        for profile, pattern, is_status in self._patterns:
            names = pattern.match(topic)
            if names is None:
                continue
            if "device" not in names:
                return _Route(profile, None, is_status, names)
            publisher = self._publishers.get(DeviceName(names["device"]))
            if publisher is not None and publisher.profile != profile:
                publisher = None
            if profile.format is PayloadFormat.SPARKPLUG_B:
                return _Route(
                    profile, publisher, is_status, names
                )  # a stranger's message counts in the sequence
            if publisher is None:
                problem = _stranger(names["device"])
            elif names.get("site", publisher.device.site) != publisher.device.site:
                place = f"{publisher.device.name} stands at {publisher.device.site}"
                problem = MessageRefused(Result.SITE_MISMATCH, f"{place}, not at {clip(names['site'], 40)}")
            else:
                return _Route(profile, publisher, is_status, names)
        raise problem

    def _refuse(self, message: Message, publisher: Publisher | None, refused: MessageRefused) -> Taken:
        if refused.result in _NO_MISTAKE:
            self._ledger.count(refused.result)
            return Taken()
        if publisher is not None and not message.retained:
            publisher.refused = (message.now, refused.result, refused.detail)
        new = self._ledger.refuse(message.topic, refused.result, refused.detail, message.wall)
        return Taken(refused=new)

    def _heard_through(self, gateway: str | None, now: float) -> None:
        if gateway is not None and (gateway in self._gateways or len(self._gateways) < _GATEWAYS_KEPT):
            self._gateways[gateway] = now


def _read(message: Message, route: _Route) -> Sequence[Point]:
    _check_size_and_news(message)
    return points_of(route.profile.format, message.payload, message.wall)


def _check_size_and_news(message: Message) -> None:
    if message.retained:
        raise MessageRefused(Result.RETAINED, "telemetry from the broker's memory is no news")
    if len(message.payload) > MAX_BYTES:
        raise MessageRefused(Result.TOO_LARGE, f"{len(message.payload)} bytes, the limit is {MAX_BYTES}")


def _stranger(name: str) -> MessageRefused:
    return MessageRefused(Result.UNKNOWN_DEVICE, f"no device '{clip(name, 40)}' speaks like this")


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
