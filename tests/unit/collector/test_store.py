from collector.model import DeviceName
from collector.outcome import Answer, Failure, FailureKind
from collector.plan import PollKey, Question
from collector.store import KEPT_FAILURES, Store

DEVICE = DeviceName("rt-1")
POLL = PollKey(DEVICE, Question.POLL)
TELEMETRY = PollKey(DEVICE, Question.TELEMETRY)
TIMEOUT = Failure(FailureKind.TIMEOUT, "no answer within 1 s")


def test_failures_outlive_successes_and_come_oldest_first():
    store = Store()
    store.put(POLL, TIMEOUT, 1.0)
    for second in range(2, 50):
        store.put(POLL, Answer(), float(second))
    remembered = store.history(DEVICE)
    assert [entry.at for entry in remembered] == [1.0, 47.0, 48.0, 49.0]
    assert remembered[0].detail == "no answer within 1 s"


def test_a_failure_takes_the_log_lines_that_led_to_it():
    store = Store()
    store.logged(DEVICE, "asked again")
    store.put(POLL, TIMEOUT, 1.0)
    store.put(POLL, TIMEOUT, 2.0)
    assert [entry.log for entry in store.history(DEVICE)] == [("asked again",), ()]


def test_memory_of_a_device_is_bounded():
    store = Store()
    for second in range(1000):
        store.logged(DEVICE, "x")
        store.put(POLL, TIMEOUT, float(second))
    assert len(store.history(DEVICE)) == KEPT_FAILURES


def test_outcomes_are_counted_by_question_and_result():
    store = Store()
    store.put(POLL, Answer(), 1.0)
    store.put(POLL, TIMEOUT, 2.0)
    assert store.outcomes == {(Question.POLL, "answer"): 1, (Question.POLL, "timeout"): 1}


def test_two_ways_of_asking_complete_each_other_and_do_not_take_turns():
    store = Store()
    store.put(POLL, Answer(facts={"vendor": "Example", "software": "1"}), 1.0)
    store.put(TELEMETRY, Answer(facts={"software": "2"}), 2.0)
    both = store.facts(DEVICE)
    assert both == {"vendor": "Example", "software": "2"}
    store.put(POLL, Answer(facts={"vendor": "Example", "software": "1"}), 3.0)
    store.put(TELEMETRY, Answer(facts={"software": "2"}), 4.0)
    assert store.facts(DEVICE) is both
    store.put(POLL, Answer(facts={"vendor": "Example", "software": "3"}), 5.0)
    assert store.facts(DEVICE) == {"vendor": "Example", "software": "3"}


def test_facts_stay_until_the_device_says_otherwise_and_go_with_it():
    store = Store()
    store.put(POLL, Answer(facts={"vendor": "Example"}), 1.0)
    store.put(POLL, Answer(), 2.0)
    assert store.facts(DEVICE) == {"vendor": "Example"}
    assert store.finished([POLL]) == 1
    store.forget([DEVICE])
    assert store.facts(DEVICE) == {}
    assert store.finished([POLL]) == 0
    assert store.history(DEVICE) == ()
