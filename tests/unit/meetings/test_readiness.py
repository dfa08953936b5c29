"""Seven faults among 579 endpoints: exactly these are named, each with its own reason, whatever the seed."""

import random
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from collector.meetings.readiness import Phase, Readiness, Verdict, phase
from collector.meetings.reasons import SHORT, TEXTS, Code, Weight
from collector.metrics import CATALOG
from collector.metrics.conference import BRIDGE_PORTS_CAPACITY, BRIDGE_PORTS_USED
from collector.model import DeviceName, Inventory, Role
from collector.outcome import Answer, Measured, SeriesSet
from collector.plan import PollKey, Question
from tests.unit.meetings.stage import CALL, START, Stage, city, meeting

Fault = Callable[[Stage, str], None]


FAULTS: dict[Code, Fault] = {
    Code.ROUTER_DOWN: lambda stage, site: stage.kill(f"rt-{site}"),
    Code.ENDPOINT_DOWN: lambda stage, site: stage.kill(f"vc-{site}"),
    Code.ENDPOINT_STALE: lambda stage, site: stage.hush(f"vc-{site}"),
    Code.NOT_REGISTERED: lambda stage, site: stage.says(f"vc-{site}", registered_sip=0),
    Code.CERTIFICATE: lambda stage, site: stage.says(f"vc-{site}", certificate_expires=START + 600),
    Code.CLOCK: lambda stage, site: stage.skew(f"vc-{site}", -90),
    Code.MICROPHONE: lambda stage, site: stage.says(f"vc-{site}", microphone_ok=0),
    Code.CAMERA: lambda stage, site: stage.says(f"vc-{site}", camera_ok=0),
    Code.DISPLAY: lambda stage, site: stage.says(f"vc-{site}", display_ok=0),
    Code.CALL_LOSS: lambda stage, site: stage.says(f"vc-{site}", **{**CALL, "rx_loss_ratio": 0.04}),
    Code.UPLINK_LOSS: lambda stage, site: stage.lossy.update({DeviceName(f"rt-{site}"): 0.12}),
    Code.TEMPERATURE: lambda stage, site: stage.says(f"vc-{site}", temperature_c=81),
}
WORDS = {
    Code.ROUTER_DOWN: "router rt-{site} down since 07:",
    Code.ENDPOINT_DOWN: "endpoint vc-{site} has not answered since 07:",
    Code.ENDPOINT_STALE: "endpoint vc-{site} has been stale",
    Code.NOT_REGISTERED: "endpoint vc-{site} is not registered (SIP, H.323)",
    Code.CERTIFICATE: "certificate of vc-{site} expires at 08:10",
    Code.CLOCK: "clock of vc-{site} is off by 90 s, behind",
    Code.MICROPHONE: "microphone fault on vc-{site}",
    Code.CAMERA: "camera fault on vc-{site}",
    Code.DISPLAY: "display fault on vc-{site}",
    Code.CALL_LOSS: "4 % loss in the call, receiving",
    Code.UPLINK_LOSS: "loss on the uplink of rt-{site}, by our own questions",
    Code.TEMPERATURE: "vc-{site} is at 81 °C",
}


@pytest.fixture(scope="module")
def hanoi() -> Inventory:
    return city()


@pytest.fixture(scope="module")
def small() -> Inventory:
    return city(3, 36, per_cable=12)


def communes(inventory: Inventory) -> list[str]:
    return sorted(one.site for one in inventory.devices.values() if one.role is Role.ENDPOINT)


def named(look: Readiness) -> dict[str, Code]:
    """Everybody who is not GO, and why."""
    return {
        one.site: one.worst.code
        for one in look.participants
        if one.verdict is not Verdict.GO and one.worst is not None
    }


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(6))
def test_seven_faults_are_named_each_with_its_reason_and_nobody_else(hanoi: Inventory, seed: int):
    dice = random.Random(seed)  # noqa: S311 - a repeatable misfortune
    stage = Stage(hanoi, seed)
    codes = dice.sample(sorted(set(FAULTS) - {Code.UPLINK_LOSS}), 7)
    sites = dice.sample(communes(hanoi), 7)
    stage.run(20)
    assert stage.look().count(Verdict.GO) == 579
    for code, site in zip(codes, sites, strict=True):
        FAULTS[code](stage, site)
    stage.run(140)  # a clock that was set back 90 s is believed again after as long
    look = stage.look()
    assert named(look) == dict(zip(sites, codes, strict=True))
    assert look.count(Verdict.NO_GO) == 7
    for one in look.participants[:7]:
        assert one.worst is not None
        assert WORDS[one.worst.code].format(site=one.site) in one.worst.text["en"]
        assert one.worst.text["vi"] != one.worst.text["en"]
    assert sum(look.by_reason().values()) == 7


@pytest.mark.parametrize("code", sorted(FAULTS))
def test_each_fault_alone_and_its_repair(small: Inventory, code: Code):
    stage = Stage(small, 1)
    stage.run(20)
    FAULTS[code](stage, "00007")
    stage.run(900 if code is Code.UPLINK_LOSS else 140)
    assert named(stage.look()) == {"00007": code}
    assert stage.look().by_reason() == {code: 1}
    stage.revive(*(stage.net.names[i] for i in stage.dead))
    stage.hushed.clear()
    stage.said.clear()
    stage.skewed.clear()
    stage.lossy.clear()
    stage.run(900 if code is Code.UPLINK_LOSS else 60)
    assert named(stage.look()) == {}


def test_a_cable_puts_its_communes_in_its_shadow(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    stage.cut_cable("cb-001")
    stage.run(20)
    look = stage.look()
    assert named(look) == dict.fromkeys([f"{k:05}" for k in range(12, 24)], Code.SHADOW)
    worst = look.participants[0].worst
    assert worst is not None
    assert worst.cause == "cable:cb-001"
    assert "cut off by outage cable:cb-001 since 07:0" in worst.text["en"]
    assert "bị cắt do sự cố cable:cb-001 từ 07:0" in worst.text["vi"]


def test_an_endpoint_that_nobody_watches_and_is_off_cannot_join(small: Inventory):
    stage = Stage(small, watched=False)
    stage.run(20)
    stage.kill("vc-00003")
    stage.run(60)
    assert named(stage.look()) == {"00003": Code.ENDPOINT_OFF}


def test_the_blind_know_nothing_and_blame_nobody(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    stage.kill("sw-dc1")
    stage.run(20)
    look = stage.look()
    assert set(named(look).values()) == {Code.BLIND}
    assert look.count(Verdict.UNKNOWN) == 36
    assert look.ready


def test_a_silent_broker_is_a_doubt_about_nobody_who_could_be_heard_otherwise(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    stage.hush(*(one.name for one in stage.endpoints))
    stage.run(60)
    look = stage.look()
    assert look.count(Verdict.NO_GO) == 0
    codes = {reason.code for one in look.participants for reason in one.reasons}
    assert codes == {Code.BROKER_SILENT, Code.REGISTRATION_UNKNOWN}


def test_before_anything_is_heard_everybody_is_unknown(small: Inventory):
    stage = Stage(small)
    look = stage.look()
    assert look.count(Verdict.UNKNOWN) == len(look.participants) == 36
    assert set(named(look).values()) == {Code.NO_EVIDENCE}


def test_planned_work_is_a_reason_when_it_silences_and_a_note_when_not(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    assert stage.context is not None
    covered = frozenset({DeviceName("rt-00001"), DeviceName("rt-00002")})
    stage.context = replace(stage.context, maintenance=covered)
    stage.kill("rt-00001")
    stage.run(30)
    look = stage.look()
    assert named(look) == {"00001": Code.MAINTENANCE}
    notes = {
        str(one.site): [reason.code for reason in one.reasons] for one in look.participants if one.reasons
    }
    assert notes["00002"] == [Code.MAINTENANCE]


def test_the_worst_comes_first_and_the_order_does_not_depend_on_chance(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    stage.says("vc-00004", camera_ok=0, microphone_ok=0)
    stage.says("vc-00009", registered_sip=0)
    stage.kill("rt-00030")
    stage.run(20)
    sitting = meeting(small)
    look = stage.look(sitting)
    assert [one.site for one in look.participants[:3]] == ["00030", "00009", "00004"]
    assert [reason.code for reason in look.participants[2].reasons] == [Code.MICROPHONE, Code.CAMERA]
    again = stage.look(
        replace(sitting, endpoints=sitting.endpoints[::-1], sites=frozenset(sorted(sitting.sites)[::-1]))
    )
    assert again.participants == look.participants


def test_a_site_without_an_endpoint_cannot_join(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    sitting = meeting(small)
    look = stage.look(replace(sitting, sites=sitting.sites | {"d-001"}))
    assert named(look) == {"d-001": Code.NO_ENDPOINT}


def test_of_two_endpoints_at_a_site_one_that_works_is_enough(small: Inventory):
    second = replace(small.devices[DeviceName("vc-00001")], name=DeviceName("vd-00001"))
    both = replace(small, devices={**small.devices, second.name: second})
    stage = Stage(both)
    stage.run(20)
    stage.says("vc-00001", registered_sip=0)
    stage.run(20)
    look = stage.look(meeting(both))
    assert named(look) == {}
    assert {str(one.site): one.endpoint for one in look.participants}["00001"] == "vd-00001"


def test_a_participant_in_a_call_is_connected_and_one_who_is_not_is_noted_once_it_runs(small: Inventory):
    stage = Stage(small, start=START + 60)
    for device in stage.endpoints[:30]:
        stage.says(device.name, **CALL)
    stage.run(20)
    look = stage.look()
    assert look.connected == 30
    assert look.count(Verdict.GO) == 36
    absent = [one for one in look.participants if one.reasons]
    assert [one.reasons[0].code for one in absent] == [Code.NOT_IN_CALL] * 6


def test_who_loses_the_registration_in_a_call_stays_in_it(small: Inventory):
    stage = Stage(small)
    stage.says("vc-00001", **CALL, registered_sip=0)
    stage.says("vc-00002", registered_sip=0)
    stage.run(20)
    look = stage.look()
    assert named(look) == {"00002": Code.NOT_REGISTERED}
    inside = next(one for one in look.participants if one.site == "00001")
    assert [(reason.code, reason.weight) for reason in inside.reasons] == [(Code.NOT_REGISTERED, Weight.NOTE)]


def test_loss_is_a_note_before_it_is_a_reason(small: Inventory):
    stage = Stage(small)
    stage.says("vc-00001", **{**CALL, "tx_loss_ratio": 0.015})
    stage.says("vc-00002", **{**CALL, "tx_loss_ratio": 0.04})
    stage.run(20)
    look = stage.look()
    assert named(look) == {"00002": Code.CALL_LOSS}
    notes = {str(one.site): one.reasons[0].text["vi"] for one in look.participants if one.reasons}
    assert notes["00001"] == "mất 2 % gói khi gửi trong cuộc gọi"


def test_a_clock_so_wrong_that_messages_are_refused_is_told_as_a_clock(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    stage.skew("vc-00001", 86400)
    stage.run(60)
    look = stage.look()
    assert named(look) == {"00001": Code.CLOCK}
    assert "off by more than 300 s" in look.participants[0].reasons[0].text["en"]


@pytest.mark.parametrize(
    ("seconds", "verdict", "words"),
    [
        (90, Verdict.GO, "the clocks of 34 of 36 endpoints are off by the same 90 s, ahead: "),
        (-90, Verdict.GO, "the clocks of 34 of 36 endpoints are off by the same 90 s, behind: "),
        (400, Verdict.UNKNOWN, "the clocks of 34 of 36 endpoints are off by more than 300 s: "),
    ],
)
def test_our_own_clock_is_not_held_against_everybody(
    small: Inventory, seconds: float, verdict: Verdict, words: str
):
    stage = Stage(small)
    for device in stage.endpoints[2:]:
        stage.skew(device.name, seconds)
    stage.says("vc-00003", camera_ok=0)
    stage.run(80)
    look = stage.look()
    [about] = look.hall
    assert about.text["en"].startswith(words)
    assert about.weight is Weight.NOTE
    if verdict is Verdict.GO:
        assert named(look) == {"00003": Code.CAMERA}
    assert (look.count(Verdict.NO_GO), look.count(verdict)) == ((1, 35) if verdict is Verdict.GO else (0, 34))
    told = next(one for one in look.participants if one.site == "00009")
    assert (told.verdict, told.reasons[0].code) == (verdict, Code.CLOCK)


def test_clocks_that_are_wrong_each_in_its_way_are_the_endpoints_own(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    for number, device in enumerate(stage.endpoints[2:]):
        stage.skew(device.name, 70 + 20 * (number % 11))
    stage.run(60)
    look = stage.look()
    assert (look.count(Verdict.NO_GO), look.hall) == (34, ())
    few = Stage(small)
    for device in few.endpoints[2:5]:
        few.skew(device.name, 90)
    few.run(60)
    look = few.look()
    assert (look.count(Verdict.NO_GO), look.hall) == (3, ())


# -- bridges -----------------------------------------------------------------------------------------------


def ports(stage: Stage, bridge: str, used: int, capacity: int) -> None:
    device = stage.inventory.devices[DeviceName(bridge)]
    row = (device.name, device.site, device.district, device.role.value)
    measured = tuple(
        Measured(SeriesSet(family, [row]), (value,))
        for family, value in ((BRIDGE_PORTS_USED, used), (BRIDGE_PORTS_CAPACITY, capacity))
    )
    stage.dispatch.finished(PollKey(device.name, Question.POLL), Answer(measured), stage.now)


def test_a_bridge_short_of_ports_says_how_many(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    ports(stage, "mcu-1", 4, 20)
    ports(stage, "mcu-2", 2, 10)
    look = stage.look()
    assert look.short == 36 - 16 - 8
    assert [reason.text["en"] for reason in look.hall] == ["bridge short of 12 ports: 36 wanted, 24 free"]
    assert look.by_reason() == {Code.BRIDGE_SHORT: 12}
    assert not look.ready
    assert look.count(Verdict.GO) == 36


def test_who_is_in_the_call_has_a_port_already(small: Inventory):
    stage = Stage(small, start=START + 60)
    for device in stage.endpoints:
        stage.says(device.name, **CALL)
    stage.run(20)
    ports(stage, "mcu-1", 36, 36)
    ports(stage, "mcu-2", 0, 0)
    assert stage.look().short == 0


def test_a_bridge_that_tells_no_ports_is_not_held_against_anybody(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    ports(stage, "mcu-1", 0, 4)
    assert stage.look().hall == ()


def test_without_any_bridge_nobody_can_join(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    stage.kill("mcu-1")
    stage.run(20)
    look = stage.look()
    assert [reason.code for reason in look.hall] == [Code.BRIDGE_DOWN]
    assert look.ready
    stage.kill("mcu-2")
    stage.run(20)
    look = stage.look()
    assert look.by_reason() == {Code.BRIDGE_DOWN: 36}
    assert look.count(Verdict.NO_GO) == 36


# -- the line ----------------------------------------------------------------------------------------------


def polled(stage: Stage, lost: int, carried: int) -> None:
    router = stage.inventory.devices[DeviceName("rt-00001")]
    identity = (router.name, router.site, router.district, router.role.value)
    rows = [(*identity, "", "ether1", "1", "ether1")]
    measured = tuple(
        Measured(SeriesSet(CATALOG[name], rows), (value,))
        for name, value in (("ifOutDiscards", lost), ("ifHCOutUcastPkts", carried))
    )
    stage.dispatch.finished(PollKey(router.name, Question.POLL), Answer(measured), stage.now)


def test_discards_of_the_uplinks_own_interface_are_loss_on_the_uplink(small: Inventory):
    router = small.devices[DeviceName("rt-00001")]
    link = replace(router.uplinks[0], interface="ether1")
    wired = replace(
        small, devices={**small.devices, router.name: replace(router, uplinks=(link, router.uplinks[1]))}
    )
    stage = Stage(wired)
    stage.run(20)
    polled(stage, 1000, 500_000)
    polled(stage, 1040, 500_960)
    look = stage.look(meeting(wired))
    assert named(look) == {"00001": Code.UPLINK_LOSS}
    assert look.participants[0].reasons[0].text["en"] == f"4 % loss on the uplink {link.name}"
    polled(stage, 0, 10)  # the router restarted and counts anew
    polled(stage, 1, 3_000)
    assert named(stage.look(meeting(wired))) == {}


def test_a_router_that_was_down_does_not_look_lossy_after(small: Inventory):
    stage = Stage(small)
    stage.run(60)
    stage.kill("rt-00001")
    stage.run(60)
    stage.revive("rt-00001")
    stage.run(60)
    assert named(stage.look()) == {}


def test_every_reason_has_words_for_counts_and_for_people_in_both_languages():
    assert set(SHORT) == set(Code)
    spoken = {Code(key.partition(".")[0]) for key in TEXTS}
    assert spoken == set(Code)
    for words in (*TEXTS.values(), *SHORT.values()):
        assert words.vi != words.en
        assert set(re.findall(r"{(\w+)}", words.vi)) == set(re.findall(r"{(\w+)}", words.en))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (START - 3601, Phase.PLANNED),
        (START - 3600, Phase.PREPARING),
        (START, Phase.RUNNING),
        (START + 3600, Phase.ENDED),
    ],
)
def test_phases(small: Inventory, now: float, expected: Phase):
    assert phase(meeting(small), now) is expected
