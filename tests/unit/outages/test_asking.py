"""The re-ask schedule keeps its promise whatever the rounds' rhythm: as many questions as were promised."""

from hypothesis import given
from hypothesis import strategies as st

from collector.outages.asking import Asking

REASKS, INTERVAL = 7, 0.4
SILENT = [float("-inf")]


@given(st.lists(st.floats(0.02, 0.9), min_size=150, max_size=150))
def test_a_late_round_loses_no_question(pauses: list[float]):
    asking = Asking([True], REASKS, INTERVAL)
    asking.draw(0, since=0.0, now=0.0)
    now, asked = 0.0, []
    for pause in pauses:
        asks, _ = asking.due(now, SILENT)
        asked += [now for _ in asks]
        now += pause
    assert len(asked) == REASKS


def test_on_time_the_questions_are_one_interval_apart():
    asking = Asking([True], REASKS, INTERVAL)
    asking.draw(0, since=0.0, now=0.0)
    asked = [step / 10 for step in range(60) if asking.due(step / 10, SILENT)[0]]
    assert len(asked) == REASKS
    assert asked[-1] <= (REASKS - 1) * INTERVAL + 0.11 * REASKS


def test_a_question_asked_for_another_reason_takes_no_re_asks_place():
    asking = Asking([True], REASKS, INTERVAL)
    asking.draw(0, since=0.0, now=0.0)
    asked = 0
    for step in range(300):
        if step == 19:
            asking.once([0])
        asked += len(asking.due(step / 50, SILENT)[0])
    assert asked == REASKS + 1
