"""Whatever is known, every participant has one verdict and a verdict has its reason; order of evidence is of no consequence."""

import random
from collections.abc import Mapping
from dataclasses import replace

import pytest

from collector.meetings.lines import Line
from collector.meetings.readiness import Evidence, Readiness, Verdict, readiness
from collector.meetings.readings import NOTHING, Reading, Silence
from collector.meetings.reasons import Weight
from collector.metrics import conference
from collector.model import DeviceName, DistrictCode, Inventory, SiteCode
from collector.outages.state import CauseKind, CityState, DeviceVerdict, Outage, Severity, State
from collector.outcome import FailureKind
from tests.unit.meetings.stage import START, city, meeting

CITY = city(2, 6)
NOW = START - 600
KEYS = [
    *[(conference.REGISTERED.name, protocol) for protocol in ("sip", "h323", "other")],
    (conference.IN_CALL.name,),
    *[(conference.PACKET_LOSS.name, way, "all") for way in ("rx", "tx")],
    *[(conference.JITTER.name, way, "all") for way in ("rx", "tx")],
    (conference.LATENCY.name, "rx", "all"),
    *[(conference.QUALITY.name, way) for way in ("rx", "tx")],
    *[(conference.COMPONENT_OK.name, part) for part in ("camera", "microphone", "display", "lamp")],
    (conference.CLOCK_OFFSET.name,),
    (conference.CERTIFICATE_EXPIRY.name,),
    ("citynoc_device_temperature_celsius", "system"),
    (conference.BRIDGE_PORTS_CAPACITY.name,),
    (conference.BRIDGE_PORTS_USED.name,),
]
CAUSES = [
    None,
    "",
    "device:rt-00001",
    "device:vc-00001",
    "cable:cb-001",
    "site:00002",
    "group:core-1+core-2",
    "?",
]
NUMBERS = [0.0, 1.0, 0.02, 0.5, 2.0, -90.0, 90.0, 70.0, 1e12, -1e9, START + 600]
DETAILS = [
    "", "no telemetry yet; the endpoint: x", "no telemetry for 30 s; the gateway: gw-1 is silent too",
    "no telemetry for 30 s; its messages arrive and are refused: bad_timestamp, timestamp 0", "nonsense {0} %s",
]  # fmt: skip


class Chance:
    """Anything that could be known of a device."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - a repeatable world

    def time(self) -> float:
        return self.dice.choice([0.0, NOW, NOW - self.dice.uniform(0, 1e6)])

    def verdict(self) -> DeviceVerdict:
        dice = self.dice
        heard = dice.choice([None, self.time()])
        return DeviceVerdict(
            dice.choice([*State]), self.time(), dice.choice([True, False, None]), heard, dice.choice(CAUSES)
        )

    def reading(self) -> Reading:
        keys = self.dice.sample(KEYS, self.dice.randrange(len(KEYS)))
        return {key: self.dice.choice(NUMBERS) for key in keys}

    def silence(self) -> Silence | None:
        some = Silence(self.dice.choice([*FailureKind]), self.dice.choice(DETAILS), self.time())
        return self.dice.choice([None, some])

    def line(self) -> Line:
        found = Line()
        for _ in range(self.dice.randrange(200)):
            found.missed() if self.dice.random() < 0.1 else found.answered()
        return found


def outage(cause: str) -> Outage:
    return Outage(
        cause, CauseKind.DEVICE, DistrictCode("001"), NOW - 90, (), frozenset(), frozenset(), Severity.MAJOR
    )


def look(
    known: Mapping[DeviceName, DeviceVerdict],
    said: Mapping[DeviceName, Reading],
    quiet: Mapping[DeviceName, Silence | None],
    wires: Mapping[DeviceName, Line],
    *,
    blind: bool = False,
    inventory: Inventory = CITY,
) -> Readiness:
    state = CityState(
        NOW,
        known,
        outages=tuple(outage(cause) for cause in CAUSES if cause),
        blind=blind,
        redundancy_lost={SiteCode("00003"): True},
        maintenance=frozenset({DeviceName("rt-00004")}),
    )
    evidence = Evidence(
        inventory,
        state,
        lambda name: said.get(name, NOTHING),
        quiet.get,
        wires.get,
    )
    return readiness(meeting(inventory), evidence, NOW)


@pytest.mark.parametrize("seed", range(150))
def test_every_participant_has_one_verdict_with_its_reason(seed: int):
    chance = Chance(seed)
    names, blind = list(CITY.devices), seed % 10 == 0
    known = {name: chance.verdict() for name in names if chance.dice.random() < 0.9}
    said = {name: chance.reading() for name in names}
    quiet = {name: chance.silence() for name in names}
    wires = {name: chance.line() for name in names if name.startswith("rt-")}
    found = look(known, said, quiet, wires, blind=blind)
    assert sorted(one.site for one in found.participants) == [f"{k:05}" for k in range(6)]
    assert sum(found.count(verdict) for verdict in Verdict) == 6
    order = [Verdict.NO_GO, Verdict.UNKNOWN, Verdict.GO]
    ranks = [order.index(one.verdict) for one in found.participants]
    assert ranks == sorted(ranks)
    for one in found.participants:
        worst = max((reason.weight for reason in one.reasons), default=Weight.NOTE)
        assert (
            one.verdict
            is {Weight.STOP: Verdict.NO_GO, Weight.DOUBT: Verdict.UNKNOWN, Weight.NOTE: Verdict.GO}[worst]
        )
        assert [reason.weight for reason in one.reasons] == sorted(
            (reason.weight for reason in one.reasons), reverse=True
        )
        for reason in (*one.reasons, *found.hall):
            assert reason.text["vi"]
            assert reason.text["en"]
            assert reason.text["vi"] != reason.text["en"]
    turned = replace(CITY, devices=dict(reversed([*CITY.devices.items()])))
    again = look(dict(reversed([*known.items()])), said, quiet, wires, blind=blind, inventory=turned)
    assert again.participants == found.participants
    if blind:
        assert found.count(Verdict.NO_GO) == 0
