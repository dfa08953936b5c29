"""When a publisher's silence means something, and whose fault it looks like: broker, gateway or endpoint. Pure.

Silence counts only while we could have heard: connected, our loop on time, and somebody still speaking. Otherwise it
proves nothing about the device and the failure says so (STALLED). All times are this file's *attended* time, a
monotonic clock that stands still while our own loop is late.
"""

from collections.abc import Iterator

from collector.outcome import Failure, FailureKind
from collector.plan import PollKey
from collector.sources.mqtt_intake import Intake
from collector.sources.mqtt_publisher import Publisher

MISSED_HEARTBEATS = 3
_A_CROWD = 3  # so many publishers silent together are no coincidence
_FINAL = (FailureKind.TIMEOUT, FailureKind.DECODE)


class Hearing:
    """Since when we can hear."""

    def __init__(self, broker: str, started: float) -> None:
        self._broker = broker
        self._started = started
        self._late = 0.0
        self._since: float | None = None  # hearing without a gap since then; None while not connected
        self._reason = "not connected yet"
        self._hushed = False

    @property
    def connected(self) -> bool:
        """Whether the broker is there."""
        return self._since is not None

    def attended(self, monotonic: float) -> float:
        """The time to give to everything here."""
        return monotonic - self._late

    def overslept(self, seconds: float) -> None:
        """Our own loop was late by so much: messages may have lain unread, so that time does not count."""
        self._late += seconds

    def opened(self, now: float) -> None:
        """The broker has taken our subscriptions."""
        self._since = now

    def closed(self, reason: str) -> None:
        """The broker is gone, or still is."""
        self._since = None
        self._reason = reason

    def check(self, intake: Intake, now: float) -> Iterator[tuple[PollKey, Failure]]:
        """The silences that are new by now, each once; to be asked about every second."""
        publishers = list(intake.publishers)
        crowd = len(publishers) >= _A_CROWD
        if crowd:
            self._end_hush(intake, now, max(one.heartbeat for one in publishers))
        for publisher in publishers:
            failure = self._judge(publisher, intake, now, crowd=crowd)
            if failure is not None and publisher.told not in (failure.kind, *_FINAL):
                publisher.told = failure.kind
                yield publisher.key, failure

    def _end_hush(self, intake: Intake, now: float, heartbeat: float) -> None:
        """After everybody was silent, the first voice is no reason to blame those who have not spoken yet."""
        if self._since is None:
            return
        quiet = self._quiet(intake, now)
        if self._hushed and quiet < 2 * heartbeat:
            self._since = now - quiet
        self._hushed = quiet >= 2 * heartbeat

    def _judge(self, one: Publisher, intake: Intake, now: float, *, crowd: bool) -> Failure | None:
        limit = MISSED_HEARTBEATS * one.heartbeat
        silence = now - (self._started if one.heard is None else one.heard)
        if silence < limit:
            return None
        if self._since is None:
            return Failure(
                FailureKind.STALLED,
                f"broker {self._broker} cannot be reached ({self._reason}): nothing is known",
            )
        listening = now - self._since
        if listening >= limit:
            return self._blame(one, intake, now, crowd=crowd)
        if one.heard is None:  # nothing was ever said of it, so there is nothing to take back yet
            return None
        return Failure(
            FailureKind.STALLED,
            f"no telemetry for {silence:.0f} s, of which we heard the broker only for {listening:.0f} s",
        )

    def _blame(self, one: Publisher, intake: Intake, now: float, *, crowd: bool) -> Failure:
        limit = MISSED_HEARTBEATS * one.heartbeat
        what = "no telemetry yet" if one.heard is None else f"no telemetry for {now - one.heard:.0f} s"
        kind = FailureKind.TIMEOUT
        if one.refused is not None and now - one.refused[0] < limit:
            kind = FailureKind.DECODE
            why = f"its messages arrive and are refused: {one.refused[1]}, {one.refused[2]}"
        elif one.online is False:
            why = f"{one.offline_word}, known for {now - one.online_since:.0f} s"
        elif crowd and self._quiet(intake, now) >= 2 * one.heartbeat:
            kind = FailureKind.STALLED
            why = f"the broker: nobody's telemetry comes through {self._broker}, though we are connected"
        elif one.gateway is not None and now - (intake.gateway_heard(one.gateway) or 0.0) >= limit:
            why = f"the gateway: {one.gateway} is silent too"
        else:
            why = f"the endpoint: broker {self._broker} is there and brings nothing from it"
        return Failure(kind, f"{what}; {why}")

    def _quiet(self, intake: Intake, now: float) -> float:
        """For how long nobody was heard, as far as we could hear."""
        since = now if self._since is None else self._since
        return now - (since if intake.last_heard is None else max(intake.last_heard, since))
