import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.grid import JUST_NOW, until_next


@given(st.sampled_from([0.1, 0.2, 0.4]), st.floats(0, 1e7))
def test_the_next_instant_is_ahead_and_a_multiple(period: float, now: float):
    wait = until_next(period, now)
    assert 0 < wait <= period + JUST_NOW
    assert (now + wait) / period == pytest.approx(round((now + wait) / period), abs=1e-3)


def test_a_timer_that_was_a_little_early_does_not_wake_twice():
    assert until_next(0.1, 0.99999) > JUST_NOW


def test_one_period_meets_the_others_multiples():
    assert until_next(0.4, 100.05) == pytest.approx(until_next(0.1, 100.05) + 0.3)
