from citynoc.demo.sink import Alert, Notification
from citynoc.simulator.scenario import Expected, Scenario
from tests.e2e.play import judge

BEGAN = 1000.0


def scenario(*pages: str) -> Scenario:
    expected = tuple(Expected.model_validate({"page": page, "after": "5s"}) for page in pages)
    return Scenario.model_construct(title="test", steps=(), expect=expected)


def told(outage: str, at: float, status: str = "firing", receiver: str = "on-call") -> Notification:
    alert = Alert(status, {"alertname": "CitynocOutage", "outage": outage}, {})
    return Notification(BEGAN + at, receiver, status, (alert,))


def test_one_page_resolved_once_is_right_and_its_time_runs_from_the_cause():
    score = judge(
        "cut", scenario("device:a"), BEGAN, [told("device:a", 12.0), told("device:a", 40.0, "resolved")]
    )
    assert str(score) == "score cut expected_pages 1 got_pages 1 cut_to_page_s 7.0 ok"


def test_a_warning_is_no_page():
    score = judge("degraded", scenario(), BEGAN, [told("device:a", 12.0, receiver="operations")])
    assert str(score) == "score degraded expected_pages 0 got_pages 0 cut_to_page_s - ok"


def test_a_missing_page_a_page_too_many_and_a_second_resolution_are_wrong():
    ended = told("device:a", 40.0, "resolved")
    assert judge("x", scenario("device:a"), BEGAN, []).faults[0] == "no page for device:a"
    too_many = judge("x", scenario("device:a"), BEGAN, [told("device:a", 9.0), told("device:b", 9.0), ended])
    assert too_many.faults[0] == "a page too many for device:b"
    twice = judge("x", scenario("device:a"), BEGAN, [told("device:a", 9.0), ended, ended])
    assert twice.faults[0] == "device:a: resolved 2 times"
