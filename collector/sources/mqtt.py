"""Listens to the broker: comes back when it does, hands messages to the intake, and asks about every silence.

Never judges a device and never logs a payload. A session starts clean: after a reconnect the state is learned from
retained messages (MQTT 3.1.1, Clean Session). What a message means is `mqtt_intake`, silence is `mqtt_silence`.
"""

import asyncio
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import structlog

from collector.model import Broker, Credential, Device, DeviceName, ProfileName
from collector.sources import Deliver, HintKind
from collector.sources.mqtt_connection import BrokerLost, Connection
from collector.sources.mqtt_intake import Intake
from collector.sources.mqtt_publisher import Message, Taken
from collector.sources.mqtt_refusals import Ledger, Refused, Result
from collector.sources.mqtt_silence import Hearing
from collector.telemetry import TelemetryProfile

FIRST_BACKOFF, LONGEST_BACKOFF = 0.5, 15.0
"""Seconds between attempts, doubling from the first to the longest; each is shortened by up to half, at random."""

_CHECK_EVERY = 1.0
_LATE = 0.5  # so late a check means that our loop was not attending to the socket
_LOGGED_REFUSALS_A_MINUTE = 20.0

Hint = Callable[[DeviceName, HintKind], None]


@dataclass(frozen=True, slots=True)
class MqttStats:
    """The listener about itself. `refused` holds the last refused messages, newest first, without payloads."""

    connected: bool = False
    connects: int = 0
    lost: int = 0
    failed_attempts: int = 0
    last_error: str = ""
    results: Mapping[Result, int] = field(default_factory=lambda: MappingProxyType({}))
    refused: tuple[Refused, ...] = ()


class MqttSource:
    """A `Listener` on one broker. `clock` gives Unix time; intervals are the running loop's."""

    def __init__(
        self,
        broker: Broker,
        credential: Credential | None,
        devices: Mapping[DeviceName, Device],
        profiles: Mapping[ProfileName, TelemetryProfile],
        clock: Callable[[], float],
    ) -> None:
        self._broker = broker
        self._clock = clock
        self._connection = Connection(broker, credential)
        self._ledger = Ledger()
        self._intake = Intake(devices, profiles, self._ledger)
        self._connected = False
        self._connects = self._lost = self._failed = 0
        self._last_error = ""
        self._log = structlog.get_logger(__name__).bind(broker=f"{broker.host}:{broker.port}")
        self._lines_left = _LOGGED_REFUSALS_A_MINUTE

    def update(
        self, devices: Mapping[DeviceName, Device], profiles: Mapping[ProfileName, TelemetryProfile]
    ) -> None:
        """Listen to these devices from now on; what is known of unchanged ones is kept."""
        before = self._intake.filters
        self._intake.update(devices, profiles)
        if self._intake.filters != before:
            self._connection.end()  # the next one begins at once, with the subscriptions of now

    def stats(self) -> MqttStats:
        """Counters since the start and the last refused messages."""
        return MqttStats(
            connected=self._connected,
            connects=self._connects,
            lost=self._lost,
            failed_attempts=self._failed,
            last_error=self._last_error,
            results=self._ledger.counts,
            refused=self._ledger.refused,
        )

    async def listen(self, deliver: Deliver, hint: Hint, /) -> None:
        """Run until cancelled. A broker that is not there is logged once, counted, and tried again and again."""
        loop = asyncio.get_running_loop()
        hearing = Hearing(f"{self._broker.host}:{self._broker.port}", loop.time())
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_silence(hearing, deliver))
            await self._stay_connected(hearing, deliver, hint)

    async def _stay_connected(self, hearing: Hearing, deliver: Deliver, hint: Hint) -> None:
        loop = asyncio.get_running_loop()
        jitter = secrets.SystemRandom()

        def take(topic: str, payload: bytes, retained: bool) -> None:  # noqa: FBT001 - the shape of Take
            now = hearing.attended(loop.time())
            taken = self._intake.receive(Message(topic, payload, retained, now, self._clock()))
            self._hand_on(taken, deliver, hint)

        def opened() -> None:
            hearing.opened(hearing.attended(loop.time()))
            self._connected = True
            self._connects += 1
            self._last_error = ""
            self._log.info("mqtt.connected")

        backoff = FIRST_BACKOFF
        while True:
            try:
                await self._connection.run(self._intake.filters, take, opened)
            except BrokerLost as lost:
                self._broker_lost(str(lost), hearing)
                if self._connected:
                    backoff = FIRST_BACKOFF
                self._connected = False
                await asyncio.sleep(jitter.uniform(backoff / 2, backoff))
                backoff = min(backoff * 2, LONGEST_BACKOFF)

    def _broker_lost(self, reason: str, hearing: Hearing) -> None:
        hearing.closed(reason)
        if self._connected:
            self._lost += 1
            self._log.warning("mqtt.lost", reason=reason)
        else:
            self._failed += 1
            if reason != self._last_error:  # one line for each new reason, not for each attempt
                self._log.warning("mqtt.unreachable", reason=reason, hint="citynoc keeps trying")
        self._last_error = reason

    def _hand_on(self, taken: Taken, deliver: Deliver, hint: Hint) -> None:
        for key, answer in taken.answers:
            deliver(key, answer)
        for device, kind in taken.hints:
            hint(device, kind)
        for topic, payload in taken.orders:
            self._connection.publish(topic, payload)
        if taken.refused is not None and self._lines_left >= 1:
            self._lines_left -= 1
            self._log.warning(
                "mqtt.refused",
                topic=taken.refused.topic,
                result=taken.refused.result.value,
                detail=taken.refused.detail,
            )

    async def _watch_silence(self, hearing: Hearing, deliver: Deliver) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + _CHECK_EVERY
            await asyncio.sleep(_CHECK_EVERY)
            late = loop.time() - due
            if late > _LATE:
                hearing.overslept(late)
            self._lines_left = min(
                self._lines_left + _CHECK_EVERY * _LOGGED_REFUSALS_A_MINUTE / 60, _LOGGED_REFUSALS_A_MINUTE
            )
            for key, failure in hearing.check(self._intake, hearing.attended(loop.time())):
                deliver(key, failure)
