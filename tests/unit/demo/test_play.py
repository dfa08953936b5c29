from citynoc.demo.sink import Alert, Notification
from citynoc.simulator.scenario import Expected, Scenario
from tests.e2e.play import judge, shared_out

BEGAN = 1000.0


def scenario(*pages: str, warning: str | None = None, repeats: str = "0") -> Scenario:
    expected = [{"page": page, "after": "5s", "repeats": repeats} for page in pages]
    expected += [{"warning": warning, "after": "5s"}] if warning else []
    return Scenario.model_construct(
        title="test", steps=(), expect=tuple(map(Expected.model_validate, expected))
    )


def told(outage: str, at: float, status: str = "firing", receiver: str = "on-call") -> Notification:
    alert = Alert(status, {"alertname": "CitynocOutage", "outage": outage}, {})
    return Notification(BEGAN + at, receiver, status, (alert,))


def test_one_page_resolved_once_is_right_and_its_time_runs_from_the_cause():
    score = judge(
        "cut", scenario("device:a"), BEGAN, [told("device:a", 12.0), told("device:a", 40.0, "resolved")]
    )
    assert str(score) == "score cut expected_pages 1 got_pages 1 cut_to_page_s 7.0 ok"


def test_a_warning_is_no_page_and_is_expected_by_itself():
    came = [
        told("device:a", 12.0, receiver="operations"),
        told("device:a", 40.0, "resolved", receiver="operations"),
    ]
    score = judge("degraded", scenario(warning="device:a"), BEGAN, came)
    assert str(score) == "score degraded expected_pages 0 got_pages 0 cut_to_page_s - ok"
    assert judge("x", scenario(), BEGAN, came).faults[0] == "a warning too many for device:a"
    assert judge("x", scenario(warning="device:a"), BEGAN, []).faults[0] == "no warning for device:a"
    assert judge("x", scenario("device:a"), BEGAN, came).faults[0] == "no page for device:a"


def test_a_missing_page_a_page_too_many_and_a_second_resolution_are_wrong():
    ended = told("device:a", 40.0, "resolved")
    assert judge("x", scenario("device:a"), BEGAN, []).faults[0] == "no page for device:a"
    too_many = judge("x", scenario("device:a"), BEGAN, [told("device:a", 9.0), told("device:b", 9.0), ended])
    assert too_many.faults[0] == "a page too many for device:b"
    twice = judge("x", scenario("device:a"), BEGAN, [told("device:a", 9.0), ended, ended])
    assert twice.faults[0] == "the page for device:a was resolved 2 times"


def test_a_repeat_is_right_only_where_it_is_allowed():
    came = [told("device:a", 9.0), told("device:a", 35.0), told("device:a", 60.0, "resolved")]
    allowed = judge("x", scenario("device:a", repeats="1"), BEGAN, came)
    assert (allowed.faults, allowed.got, allowed.slowest) == ((), 2, 4.0)
    assert judge("x", scenario("device:a"), BEGAN, came).faults[0] == "a page too many for device:a"


def test_nobody_is_escalated_to():
    came = [
        told("device:a", 9.0),
        told("device:a", 40.0, "resolved"),
        told("device:a", 9.0, receiver="escalation"),
    ]
    assert "nobody should be escalated to" in judge("x", scenario("device:a"), BEGAN, came).faults[0]


def test_what_nobody_expects_is_held_against_the_first_of_those_at_once():
    scenes = {"one": scenario("device:a"), "two": scenario("device:b")}
    came = [told("device:b", 9.0), told("device:c", 9.0)]
    assert shared_out(scenes, came, "one") == {"one": [came[1]], "two": [came[0]]}
