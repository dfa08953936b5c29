"""Meetings and the ports they need: at the same time they want the same ones and the same people, and both are told."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from collector.meetings.model import Calendar, Occurrence
from collector.meetings.readiness import Readiness, Verdict, readiness
from collector.meetings.reasons import Code, Weight
from collector.metrics.meeting import BRIDGE_PORTS_WANTED
from collector.model import DeviceName, Inventory
from collector.outages.journal import Journal
from exporters.api import Api
from exporters.readiness import MeetingExposition, listing
from tests.unit.meetings.stage import CALL, START, Plan, Stage, city, conferring_step, meeting
from tests.unit.meetings.test_readiness import ports


@pytest.fixture(scope="module")
def small() -> Inventory:
    return city(1, 12)


def some(inventory: Inventory, name: str, first: int, last: int, *, start: float = START) -> Occurrence:
    """A meeting of the communes from `first` until `last`."""
    codes = [f"{number:05d}" for number in range(first, last)]
    endpoints = tuple(f"vc-{code}" for code in codes)
    title = {"vi": f"Họp {name}", "en": f"Meeting {name}"}
    whole = meeting(inventory, start, name=name)
    return replace(whole, sites=frozenset(codes), endpoints=endpoints, title=title)


def look(stage: Stage, one: Occurrence, *others: Occurrence) -> Readiness:
    return readiness(one, stage.evidence(), stage.now, others=(one, *others))


def one_after_the_other(stage: Stage, inventory: Inventory) -> tuple[Occurrence, Occurrence]:
    """A meeting whose eight are in their calls, on all ports of one bridge and two of the other, and the next one."""
    before, after = some(inventory, "a", 0, 8, start=START - 3600), some(inventory, "b", 8, 12)
    for device in before.endpoints:
        stage.says(device, **CALL)
    stage.run(20)
    ports(stage, "mcu-1", 6, 6)
    ports(stage, "mcu-2", 2, 4)
    return before, after


@pytest.fixture
def stage(small: Inventory) -> Stage:
    """Ten free ports on both bridges together."""
    found = Stage(small)
    found.run(20)
    ports(found, "mcu-1", 0, 6)
    ports(found, "mcu-2", 0, 4)
    return found


def test_ports_that_suffice_for_each_meeting_and_not_for_both_are_missing(stage: Stage, small: Inventory):
    one, other = some(small, "a", 0, 8), some(small, "b", 8, 12)
    assert look(stage, one).ready
    assert look(stage, other).ready
    [why] = look(stage, one, other).hall
    assert why.code is Code.BRIDGE_SHORT
    assert why.text["en"] == (
        "bridge short of 2 ports: 12 wanted, 4 of them by meetings at the same time, 10 free"
    )
    assert look(stage, other, one).short == 2
    assert not look(stage, other, one).ready


def test_a_meeting_lacks_no_more_ports_than_it_wants(stage: Stage, small: Inventory):
    one, other = some(small, "a", 0, 11), some(small, "b", 11, 12)
    ports(stage, "mcu-1", 6, 6)
    assert look(stage, other, one).short == 1
    assert look(stage, one, other).short == 8


def test_who_has_a_port_already_or_another_bridge_or_another_hour_takes_none_away(
    stage: Stage, small: Inventory
):
    one, other = some(small, "a", 0, 8), some(small, "b", 8, 12)
    assert look(stage, one, some(small, "b", 8, 12, start=START + 3600)).ready
    assert look(stage, one, replace(other, bridges=("mcu-9",))).ready
    for device in other.endpoints:
        stage.says(device, **CALL)
    stage.run(20)
    assert look(stage, one, other).ready


def test_who_is_in_both_wants_one_port_and_is_told_of(stage: Stage, small: Inventory):
    one, other = some(small, "a", 0, 8), some(small, "b", 6, 9)
    found = look(stage, one, other)
    assert found.ready
    notes = {str(each.site): each.reasons for each in found.participants if each.reasons}
    assert sorted(notes) == ["00006", "00007"]
    [note] = notes["00006"]
    assert (note.code, note.weight) == (Code.ELSEWHERE, Weight.NOTE)
    assert note.text == {
        "vi": "cùng lúc phải dự “Họp b” đến 09:00",
        "en": "also wanted in “Meeting b” until 09:00",
    }
    assert found.count(Verdict.GO) == 8


def test_a_meeting_that_has_room_on_another_bridge_takes_that_first(stage: Stage, small: Inventory):
    large, little = some(small, "a", 0, 8), replace(some(small, "b", 8, 12), bridges=("mcu-2",))
    # Ten ports for twelve on both bridges: the larger meeting is held against all of them, the smaller one only
    # against those whom the other bridge has no port for.
    [why] = look(stage, little, large).hall
    assert why.text["en"].startswith(
        "bridge short of 2 ports: 6 wanted, 2 of them by meetings at the same time, 4 "
    )
    ports(stage, "mcu-1", 0, 8)
    assert look(stage, little, large).ready
    assert look(stage, large, little).ready
    # What does not say how many ports it has is held against nobody; what is dead has none.
    stage.dispatch.readings.forget([DeviceName("mcu-1")])
    assert look(stage, little, large).ready
    stage.kill("mcu-1")
    stage.run(30)
    assert look(stage, little, large).short == 4


def test_a_rivals_site_without_an_endpoint_wants_no_port(stage: Stage, small: Inventory):
    one, other = some(small, "a", 0, 8), some(small, "b", 8, 12)
    assert look(stage, one, replace(other, endpoints=other.endpoints[:2])).ready


def test_ports_of_a_meeting_that_is_over_by_then_are_free_by_then(stage: Stage, small: Inventory):
    before, after = one_after_the_other(stage, small)
    assert look(stage, after).short == 2  # whoever holds the ports, nobody says that they leave
    assert look(stage, after, before).ready
    [why] = look(stage, after, replace(before, end=START + 60)).hall
    assert why.text["en"] == "bridge short of 2 ports: 4 wanted, 2 free"


def test_who_leaves_another_bridge_or_goes_on_to_a_third_meeting_frees_no_port(
    stage: Stage, small: Inventory
):
    before, after = one_after_the_other(stage, small)
    # Six of the eight may be on the other bridge, so that no more than two are known to leave ours.
    ours = replace(after, bridges=("mcu-2",))
    assert look(stage, ours, before).ready
    assert look(stage, replace(some(small, "b", 7, 12), bridges=("mcu-2",)), before).short == 1
    ports(stage, "mcu-1", 8, 8)
    assert look(stage, ours, before).short == 2
    ports(stage, "mcu-1", 6, 6)
    assert look(stage, after, before, some(small, "c", 0, 8)).short == 2


def test_who_has_nothing_to_dial_with_wants_no_port(stage: Stage, small: Inventory):
    one = replace(some(small, "a", 0, 11), endpoints=tuple(f"vc-{number:05d}" for number in range(10)))
    found = look(stage, one)
    assert (found.short, found.count(Verdict.NO_GO), found.hall) == (0, 1, ())


def test_the_service_holds_its_meetings_against_each_other(stage: Stage, small: Inventory, tmp_path: Path):
    plans = [Plan(some(small, "a", 0, 8)), Plan(some(small, "b", 8, 12))]
    conferring = stage.conferring(plans[0], Journal(tmp_path / "journal.sqlite", lambda: stage.now))
    conferring.reconfigure(Calendar(plans), small)
    conferring_step(conferring)
    short = {one.occurrence.meeting: one.look and one.look.short for one in conferring.standing.sittings}
    assert short == {"a": 2, "b": 2}


def test_a_day_before_the_ports_that_meetings_at_the_same_time_want_are_counted_together(
    small: Inventory, tmp_path: Path
):
    stage = Stage(small, start=START - 7200)
    plans = [
        Plan(replace(some(small, "a", 0, 8), bridges=("mcu-2",))),
        Plan(replace(some(small, "b", 6, 12), bridges=("mcu-2", "mcu-1"))),
        Plan(some(small, "later", 0, 12, start=START + 7200)),
    ]
    conferring = stage.conferring(plans[0], Journal(tmp_path / "journal.sqlite", lambda: stage.now))
    conferring.reconfigure(Calendar(plans), small)

    def told() -> list[str]:
        conferring_step(conferring)
        bodies = dict(MeetingExposition(conferring.standing, small).bodies())
        return bodies[BRIDGE_PORTS_WANTED].decode().split("citynoc_meeting_bridge_ports_wanted")[1:]

    for used in (0, 3):  # who uses the bridges now says nothing of then
        ports(stage, "mcu-1", used, 3)
        ports(stage, "mcu-2", used, 9)
        assert told() == ['{meeting="a"} 9\n', '{meeting="b"} 12\n', '{meeting="later"} 12\n']
    stage.now = START - 3600
    assert told() == ['{meeting="later"} 12\n']


def test_a_day_before_all_ports_of_the_bridges_are_told_and_none_that_are_not_known(
    small: Inventory, tmp_path: Path
):
    stage = Stage(small, start=START - 7200)
    stage.run(20)
    conferring = stage.conferring(
        Plan(some(small, "a", 0, 12)), Journal(tmp_path / "journal.sqlite", lambda: stage.now)
    )

    def told() -> tuple[int | None, str, object]:
        conferring_step(conferring)
        [sitting] = conferring.standing.sittings
        bodies = {
            family.name: body.decode()
            for family, body in MeetingExposition(conferring.standing, small).bodies()
        }
        api = Api(small, stage.last.state)
        [row] = json.loads(json.dumps(listing(conferring.standing, api)))["meetings"]
        return sitting.ports, bodies["citynoc_meeting_bridge_ports"], row["bridge_ports"]

    ports(stage, "mcu-1", 5, 6)
    assert told() == (None, "", None)
    ports(stage, "mcu-2", 0, 4)
    assert told() == (10, 'citynoc_meeting_bridge_ports{meeting="a"} 10\n', 10)
