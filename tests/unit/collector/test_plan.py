from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector import plan
from collector.model import DistrictCode, Role
from collector.plan import Poll, Question
from tests.unit import city


def plans(names: set[str], interval: float) -> plan.Plan:
    devices = [
        city.device(name, number + 1, poll_interval=interval) for number, name in enumerate(sorted(names))
    ]
    return plan.build(city.inventory(*devices), city.PROFILES) if devices else plan.Plan({})


def test_each_snmp_device_has_a_liveness_question_and_a_full_poll():
    built = plans({"rt-1"}, 30.0)
    assert {key.question for key in built.polls} == {Question.LIVENESS, Question.POLL}


names = st.sets(st.text("abcdef", min_size=1, max_size=4), max_size=20)


@given(names, names, st.sampled_from([30.0, 60.0]), st.sampled_from([30.0, 60.0]))
def test_applying_a_difference_gives_the_new_plan(old: set[str], new: set[str], before: float, after: float):
    first, second = plans(old, before), plans(new, after)
    change = plan.diff(first, second)
    assert dict(plan.apply(first, change).polls) == dict(second.polls)
    assert not plan.diff(second, second)


@given(st.text(min_size=1), st.sampled_from([5.0, 30.0, 300.0]))
def test_a_phase_lies_inside_its_interval_and_never_changes(device: str, interval: float):
    assert 0 <= plan.phase_of(device, interval) < interval
    assert plan.phase_of(device, interval) == plan.phase_of(device, interval)


def test_phases_are_spread_evenly_over_the_interval():
    slots = [0] * 10
    for number in range(1000):
        slots[int(plan.phase_of(f"rt-{number:05}", 10.0))] += 1
    assert min(slots) > 70
    assert max(slots) < 130


def one(**settings: object) -> plan.Plan:
    """The plan of one device; settings with a dot in their names (as `snmp__port`) are of its SNMP."""
    device = city.device("rt-1", 1)
    assert device.snmp is not None
    own = {name: value for name, value in settings.items() if not name.startswith("snmp__")}
    snmp = {
        name.removeprefix("snmp__"): value for name, value in settings.items() if name.startswith("snmp__")
    }
    changed = replace(device, **own, snmp=replace(device.snmp, **snmp))  # type: ignore[arg-type]
    return plan.build(city.inventory(changed), city.PROFILES)


def questions(polls: tuple[Poll, ...]) -> set[Question]:
    return {poll.question for poll in polls}


BOTH = {Question.LIVENESS, Question.POLL}


@pytest.mark.parametrize(
    ("settings", "changed", "renewed"),
    [
        ({"snmp__poll_interval": 60.0}, {Question.POLL}, {Question.LIVENESS}),
        ({"snmp__liveness_interval": 10.0}, {Question.LIVENESS}, {Question.POLL}),
        ({"snmp__port": 161}, BOTH, set()),
        ({"snmp__timeout": 2.0}, BOTH, set()),
        ({"role": Role.CORE}, {Question.POLL}, {Question.LIVENESS}),
        ({"district": DistrictCode("002")}, {Question.POLL}, {Question.LIVENESS}),
        ({"needs": 2}, set(), BOTH),
        ({"tags": frozenset({"pilot"})}, set(), BOTH),
    ],
)
def test_a_question_changes_only_if_it_is_asked_otherwise(
    settings: dict[str, object], changed: set[Question], renewed: set[Question]
):
    first, second = one(), one(**settings)
    change = plan.diff(first, second)
    assert (questions(change.changed), questions(change.renewed)) == (changed, renewed)
    assert dict(plan.apply(first, change).polls) == dict(second.polls)
