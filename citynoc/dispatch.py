"""Where a finished question goes: to the store for people, to the exposition for Prometheus, to the judge as evidence.

It decides nothing. Times that it is given and passes on are steady seconds, except where it says Unix.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import structlog

from citynoc.clock import Clock
from collector.conference.grader import CALL_FAMILIES, Grader, ended
from collector.coverage.uplinks import Uplinks
from collector.meetings.readings import Readings
from collector.metrics import Family
from collector.metrics.ietf import IF_HIGH_SPEED, IF_OPER_STATUS
from collector.model import Device, DeviceName, Inventory, Role
from collector.outages.verdict import Judge, Via
from collector.outcome import Answer, Failure, FailureKind, Measured, Number, Outcome, SeriesSet
from collector.plan import PollKey, Question
from collector.sources import HintKind
from collector.store import Store
from exporters.exposition import DeviceExposition

ON_BATTERY = "citynoc_ups_on_battery"
UP = 1  # ifOperStatus, RFC 2863
LIFE = 1.5
"""Intervals that a sample lives at most when its next poll does not end."""
VIA: Mapping[Question, Via] = MappingProxyType({question: Via(question.value) for question in Question})

log = structlog.get_logger(__name__)


class Dispatch:
    """Takes outcomes on the event loop, exactly once per question, and hands each to those who need it."""

    def __init__(
        self, inventory: Inventory, judge: Judge, store: Store, exposition: DeviceExposition, clock: Clock
    ) -> None:
        self._judge = judge
        self._store = store
        self._exposition = exposition
        self._clock = clock
        self._inventory = inventory
        self.uplinks = Uplinks(inventory)
        """The communes' ways out."""
        self.readings = Readings()
        """What meetings may depend on."""
        self.grader = Grader(None)
        """Adds grades to what endpoints say of their calls; by which standard, a reload may change."""
        self._failing: dict[PollKey, FailureKind] = {}

    def reconfigure(self, inventory: Inventory) -> None:
        """Take a new inventory; what is remembered of devices that left it is dropped."""
        gone = self._inventory.devices.keys() - inventory.devices.keys()
        self._store.forget(gone)
        self.uplinks.reconfigure(inventory)
        self.readings.forget(gone)
        heard = inventory.city.broker is not None
        self.readings.unexpected(one.name for one in inventory.devices.values() if not (heard and one.mqtt))
        self.grader.forget(gone | _elsewhere(self._inventory, inventory))
        for device in gone:
            for question in Question:
                self._exposition.drop(PollKey(device, question))
        self._failing = {key: kind for key, kind in self._failing.items() if key.device not in gone}
        self._inventory = inventory

    def finished(self, key: PollKey, outcome: Outcome, asked_at: float) -> None:
        """Take the outcome of a question asked at a steady time; one about an unknown device is dropped."""
        device = self._inventory.devices.get(key.device)
        if device is None:
            return
        now = self._clock.steady()
        if isinstance(outcome, Answer) and key.question is Question.LIVENESS:
            self._lives(device, key, outcome, asked_at, now)
            return
        if device.role is Role.ENDPOINT and isinstance(outcome, Answer) and outcome.measured:
            outcome = self.grader.graded(device, outcome, now)
        self._say_change(key, outcome)
        self._store.put(key, outcome, self._clock.unix_of(now))
        expires = now + LIFE * _interval(device, key.question)
        self.readings.take(device, key, outcome, expires, self._clock.unix_of(now))
        if isinstance(outcome, Answer):
            self._answered(device, key, outcome, asked_at, now=now, expires=expires)
        else:
            self._failed(key, outcome, asked_at, now)

    def told(self, key: PollKey, outcome: Outcome) -> None:
        """Take news that nobody asked for (telemetry): it was true when it arrived."""
        self.finished(key, outcome, self._clock.steady())

    def hint(self, device: DeviceName, kind: HintKind) -> None:
        """Take a hint: it makes the judge look and is never a verdict."""
        if device in self._inventory.devices:
            self._judge.hint(device, kind.value, self._clock.unix())

    def _lives(self, device: Device, key: PollKey, answer: Answer, asked_at: float, now: float) -> None:
        """An answer that measures nothing but being there: four of five are, so its way is short."""
        at = self._clock.unix_of(now)
        self._store.put(key, answer, at)
        self.readings.lives(device, answer)
        asked = self._clock.unix_of(asked_at)
        self._judge.heard(device.name, asked, at, Via.LIVENESS, rebooted=answer.rebooted)
        self.uplinks.answered(device.name, asked_at, now)

    def _answered(
        self, device: Device, key: PollKey, answer: Answer, asked_at: float, *, now: float, expires: float
    ) -> None:
        asked, at = self._clock.unix_of(asked_at), self._clock.unix_of(now)
        self._exposition.put(key, answer, expires)  # an empty answer too ends what the last one said
        # What the other protocol last said of the call is over too.
        if device.role is Role.ENDPOINT and ended(answer):
            self._exposition.withdraw(device.name, CALL_FAMILIES, but=key)
        self._judge.heard(device.name, asked, at, VIA[key.question], rebooted=answer.rebooted)
        if device.role is Role.UPS:
            for on_battery in _on_battery(answer.measured):
                self._judge.power(device.name, on_battery=on_battery, at=asked)
        for link, family, value in _link_readings(device, answer.measured):
            if family is IF_OPER_STATUS:
                self._judge.link_status(link, up=value == UP, at=asked)
            else:
                self.uplinks.speed(link, value, expires)

    def _failed(self, key: PollKey, failure: Failure, asked_at: float, now: float) -> None:
        if key.question is not Question.LIVENESS:  # a liveness question holds no samples
            self._exposition.drop(key)
        asked, at = self._clock.unix_of(asked_at), self._clock.unix_of(now)
        if failure.kind is FailureKind.UNREACHABLE:
            self._judge.unsent(key.device, at)
        elif failure.kind is FailureKind.TIMEOUT:
            if key.question is Question.LIVENESS:
                self._judge.missed(key.device, asked, at)
        elif (
            failure.kind not in {FailureKind.STALLED, FailureKind.BUG}
            and key.question is not Question.TELEMETRY
        ):
            self._judge.heard(key.device, asked, at, VIA[key.question])

    def _say_change(self, key: PollKey, outcome: Outcome) -> None:
        """One line per change, not per poll."""
        before = self._failing.get(key)
        if isinstance(outcome, Failure):
            if outcome.kind is FailureKind.STALLED:  # about us or the broker, and said there once
                return
            if outcome.kind is not before and key.question is not Question.LIVENESS:
                self._failing[key] = outcome.kind
                log.warning(
                    "poll.failed",
                    device=key.device,
                    question=key.question,
                    kind=outcome.kind,
                    why=outcome.detail,
                )
        elif before is not None:
            del self._failing[key]
            log.info("poll.recovered", device=key.device, question=key.question)


def _interval(device: Device, question: Question) -> float:
    """Seconds between two outcomes of this question; KeyError-free because only such devices are asked."""
    if question is Question.TELEMETRY and device.mqtt is not None:
        return 3 * device.mqtt.heartbeat / LIFE  # silence for three heartbeats makes it stale
    if device.snmp is None:
        return 0.0
    return device.snmp.poll_interval if question is Question.POLL else device.snmp.liveness_interval


def _on_battery(measured: tuple[Measured, ...]) -> Iterator[bool]:
    """What a UPS says of itself, if it says anything."""
    for block in measured:
        if block.series.family.name == ON_BATTERY:
            yield any(value == 1 for value in block.values)


def _link_readings(device: Device, measured: tuple[Measured, ...]) -> Iterator[tuple[str, Family, Number]]:
    """State and speed of each uplink whose interface the device reports on."""
    if not measured or not device.uplinks:
        return
    wanted = {link.interface: link.name for link in device.uplinks if link.interface}
    if not wanted:
        return
    for block in measured:
        family = block.series.family
        if family is IF_OPER_STATUS or family is IF_HIGH_SPEED:
            for name, value in zip(_interface_names(block.series), block.values, strict=True):
                if name in wanted:
                    yield wanted[name], family, value


def _interface_names(series: SeriesSet) -> Iterator[str]:
    column = series.family.labels.index("ifName")
    return (row[column] for row in series.labels)


def _elsewhere(old: Inventory, new: Inventory) -> set[DeviceName]:
    """Devices that stayed under another identity, which the series of their grades would not show."""
    return {
        name
        for name, was in old.devices.items()
        if (now := new.devices.get(name)) is not None
        and (was.site, was.district, was.role) != (now.site, now.district, now.role)
    }
