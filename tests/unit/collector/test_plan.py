from hypothesis import given
from hypothesis import strategies as st

from collector import plan
from collector.plan import Question
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
