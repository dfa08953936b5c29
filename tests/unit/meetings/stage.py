"""A city before a meeting, in simulated time: what happens to it goes the way that the service's news goes.

Outcomes pass the dispatch to store, judge and readings; telemetry is real payloads through the listener's intake.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import cast

from citynoc.clock import Clock
from citynoc.dispatch import Dispatch
from citynoc.meetings.conferring import Conferring
from collector.config.quality import read_quality
from collector.meetings.model import Calendar, Occurrence
from collector.meetings.readiness import Evidence, Readiness, readiness
from collector.model import Device, DeviceName, Inventory, MqttAccess, ProfileName, Role
from collector.outages.journal import Journal
from collector.outages.topology import Topology
from collector.outages.verdict import Context
from collector.outcome import Answer, Failure, FailureKind
from collector.plan import PollKey, Question
from collector.sources.mqtt_intake import Intake
from collector.sources.mqtt_publisher import Message
from collector.sources.mqtt_refusals import Ledger
from collector.sources.mqtt_silence import Hearing
from collector.store import Store
from exporters.exposition import DeviceExposition
from tests.unit.mqtt.endpoints import CONFIG, shipped
from tests.unit.outages.city import hanoi
from tests.unit.outages.world import TIMEOUT, World

START = 1_700_010_000.0  # 08:00 in Hanoi
HEARTBEAT = 10.0
FINE: Mapping[str, float] = MappingProxyType(
    {
        "registered_sip": 1,
        "registered_h323": 0,
        "in_call": 0,
        "temperature_c": 41.5,
        "camera_ok": 1,
        "microphone_ok": 1,
        "display_ok": 1,
        "certificate_expires": START + 90 * 86400,
    }
)
CALL = {"in_call": 1, "rx_loss_ratio": 0.0004, "tx_loss_ratio": 0.0, "rx_jitter_ms": 8, "latency_ms": 20}


def city(districts: int = 30, communes: int = 579, *, per_cable: int = 1) -> Inventory:
    """The example's shape, its endpoints speaking the native convention."""
    plain = hanoi(districts, communes, per_cable=per_cable)
    speaks = MqttAccess(ProfileName("native"), HEARTBEAT)
    return replace(
        plain,
        devices={
            name: replace(device, mqtt=speaks) if device.role is Role.ENDPOINT else device
            for name, device in plain.devices.items()
        },
    )


def meeting(
    inventory: Inventory, start: float = START, length: float = 3600.0, name: str = "giao-ban"
) -> Occurrence:
    endpoints = [one for one in inventory.devices.values() if one.role is Role.ENDPOINT]
    return Occurrence(
        name,
        {"vi": "Giao ban", "en": "Briefing"},
        start,
        start + length,
        frozenset(one.site for one in endpoints),
        tuple(sorted(one.name for one in endpoints)),
        ("mcu-1", "mcu-2"),
    )


class Plan:
    """A calendar's series of given sittings, changeable."""

    name = "giao-ban"

    def __init__(self, *sittings: Occurrence) -> None:
        self.sittings = sittings

    def starting(self, since: float, until: float) -> list[Occurrence]:
        return [one for one in self.sittings if since <= one.start < until]


class FakeClock:
    """The stage's clock, as the service's parts want one."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now

    def steady(self) -> float:
        return self._now()

    def unix(self) -> float:
        return self._now()

    def unix_of(self, steady: float) -> float:
        return steady


class Stage(World):
    """The city, its poller, its listener and its judge; endpoints are watched, as they are before a meeting."""

    def __init__(
        self, inventory: Inventory, seed: int = 0, *, start: float = START - 3600, watched: bool = True
    ) -> None:
        self.inventory = inventory
        self.clock = cast("Clock", FakeClock(lambda: self.now))
        self.said: dict[str, dict[str, float]] = {}
        self.hushed: set[str] = set()
        self.skewed: dict[str, float] = {}
        self.lossy: dict[DeviceName, float] = {}
        """Share of questions to a device that get lost."""
        self.intake = Intake(inventory.devices, shipped(), Ledger())
        self.hearing = Hearing("127.0.0.1:1883", start)
        super().__init__(Topology(inventory), seed, start=start)
        self.dispatch = Dispatch(inventory, self.judge, Store(), DeviceExposition(), self.clock)
        quality, problems = read_quality(CONFIG / "quality.yml", CONFIG)
        assert not problems
        self.dispatch.grader.standard = quality.standard
        self.endpoints = [one for one in inventory.devices.values() if one.role is Role.ENDPOINT]
        self.judge.broker(start, connected=True)
        self.hearing.opened(start)
        for device in self.endpoints:
            self.at(start + self.random.uniform(0, HEARTBEAT), self._publish(device))
        self.at(start + 1, self._listen)
        names = frozenset(one.name for one in self.endpoints) if watched else frozenset()
        self.context = Context(watched=names, meeting_sites=frozenset(one.site for one in self.endpoints))

    # -- what happens --------------------------------------------------------------------------------------

    def says(self, endpoint: str, **fields: float) -> None:
        """What the endpoint tells from its next message on."""
        self.said.setdefault(endpoint, {}).update(fields)

    def hush(self, *endpoints: str) -> None:
        """The endpoints publish nothing any more."""
        self.hushed |= set(endpoints)

    def skew(self, endpoint: str, seconds: float) -> None:
        """The endpoint's clock goes wrong."""
        self.skewed[endpoint] = seconds

    # -- what is seen --------------------------------------------------------------------------------------

    def evidence(self) -> Evidence:
        readings = self.dispatch.readings
        return Evidence(
            self.inventory,
            self.last.state,
            lambda device: readings.of(device, self.now),
            readings.silence,
            readings.line,
        )

    def look(self, occurrence: Occurrence | None = None) -> Readiness:
        return readiness(occurrence or meeting(self.inventory), self.evidence(), self.now)

    def conferring(self, plan: Plan, journal: Journal) -> Conferring:
        """The service's loop over this city."""
        return Conferring(
            calendar=Calendar((plan,)),
            inventory=self.inventory,
            readings=self.dispatch.readings,
            state=lambda: self.last.state,
            journal=journal,
            clock=self.clock,
        )

    def confer(self, conferring: Conferring, seconds: float) -> None:
        """Let time pass while the meetings are looked at every five seconds."""
        end = self.now + seconds
        while self.now < end:
            self.run(min(5.0, end - self.now))
            conferring_step(conferring)

    # -- how it is asked and heard -------------------------------------------------------------------------

    def ask(self, device: int) -> None:
        self.asked += 1
        asked, name = self.now, self.net.names[device]
        key = PollKey(name, Question.LIVENESS)
        lost = self.random.random() < max(self.loss, self.lossy.get(name, 0.0))
        if lost or device in self.deaf or device in self.gone():
            timeout = Failure(FailureKind.TIMEOUT, "no answer")
            self.at(asked + TIMEOUT, lambda: self.dispatch.finished(key, timeout, asked))
        else:
            delay = self.random.uniform(0.001, 0.02)
            self.at(asked + delay, lambda: self.dispatch.finished(key, Answer(), asked))

    def _publish(self, device: Device) -> Callable[[], None]:
        topic = f"city/v1/{device.site}/{device.name}/telemetry"
        number = self.net.index[device.name]

        def publish() -> None:
            self.at(self.now + HEARTBEAT, publish)
            if device.name in self.hushed or number in self.gone():
                return
            fields = {**FINE, **self.said.get(device.name, {})}
            stamp = self.now + self.skewed.get(device.name, 0.0)
            body = json.dumps({"name": "conference", "tags": {}, "fields": fields, "timestamp": stamp})
            taken = self.intake.receive(
                Message(topic, body.encode(), retained=False, now=self.now, wall=self.now)
            )
            for key, answer in taken.answers:
                self.dispatch.told(key, answer)

        return publish

    def _listen(self) -> None:
        self.at(self.now + 1, self._listen)
        for key, failure in self.hearing.check(self.intake, self.now):
            self.dispatch.told(key, failure)


def conferring_step(conferring: Conferring) -> None:
    """One look, without a running loop around it: nothing in it waits for anything but its turn."""
    step = conferring.step()
    while True:
        try:
            step.send(None)
        except StopIteration:
            return
