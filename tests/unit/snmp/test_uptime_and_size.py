import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.snmp.size import CALM, MOST, RequestSize
from collector.snmp.uptime import WRAP, Uptime


def test_the_first_answer_is_no_restart():
    assert not Uptime().heard(100, 0.0, 0.1)


def test_a_step_back_is_a_restart():
    uptime = Uptime()
    uptime.heard(1_000_000, 0.0, 0.1)
    assert uptime.heard(500, 5.0, 5.1)


def test_the_wrap_after_497_days_is_none():
    uptime = Uptime()
    uptime.heard(WRAP - 300, 0.0, 0.1)
    assert not uptime.heard(200, 5.0, 5.1)


def test_a_restart_shortly_before_the_wrap_is_one_if_the_clock_could_not_have_come_so_far():
    uptime = Uptime()
    uptime.heard(WRAP - 300, 0.0, 0.1)
    assert uptime.heard(50_000, 5.0, 5.1)


def test_answers_that_overtook_each_other_prove_nothing():
    uptime = Uptime()
    uptime.heard(1_040, 1.0, 1.5)
    assert not uptime.heard(1_000, 0.6, 1.6)
    assert uptime.ticks == 1_040


@given(st.lists(st.integers(1, 1_000), min_size=1, max_size=20), st.integers(0, WRAP - 1))
def test_an_agent_that_only_counts_on_never_restarts(steps: list[int], start: int):
    uptime, now = Uptime(), 0.0
    for step in [0, *steps]:
        now += step
        assert not uptime.heard((start + int(now * 100)) % WRAP, now - 0.01, now)


def test_trouble_halves_and_calm_grows_back_slowly():
    size = RequestSize()
    assert size.limit == MOST
    assert size.trouble(MOST)
    assert size.limit == MOST // 2
    for _ in range(CALM - 1):
        size.calm()
    assert size.limit == MOST // 2
    size.calm()
    assert MOST // 2 < size.limit < MOST


def test_trouble_after_growing_makes_the_next_try_wait_longer():
    size = RequestSize(40)
    size.trouble(40)
    waits = []
    for _ in range(3):
        calm = 0
        before = size.limit
        while size.limit == before:
            size.calm()
            calm += 1
        waits.append(calm)
        size.trouble(size.limit)
    assert waits == [CALM, CALM * 2, CALM * 4]


def test_slow_answers_shrink_only_what_was_asked_in_full():
    size = RequestSize(40)
    size.slow(3)
    assert size.limit == 40
    size.slow(40)
    assert size.limit == 30


@given(st.lists(st.sampled_from(["trouble", "slow", "calm"]), max_size=300), st.integers(1, MOST))
def test_the_limit_stays_within_its_bounds(events: list[str], most: int):
    size = RequestSize(most)
    for event in events:
        if event == "calm":
            size.calm()
        else:
            getattr(size, event)(size.limit)
        assert 1 <= size.limit <= most


@pytest.mark.parametrize("asked", [1, 0])
def test_a_question_of_one_object_cannot_shrink(asked: int):
    size = RequestSize(1)
    assert not size.trouble(asked)
    assert size.limit == 1
