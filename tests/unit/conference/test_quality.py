"""Grades by the shipped limits: bounds, the worst that counts, hysteresis; never flickering, never better than the worst."""

from functools import cache
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.conference.grader import FORGOTTEN_AFTER, Grader, ended
from collector.conference.quality import Grade, Measure, Standard, Standing, stand, worst
from collector.config.quality import read_quality
from collector.metrics import Family, conference
from collector.model import Device, DeviceName, DistrictCode, Role, SiteCode
from collector.outcome import Answer, Measured, SeriesSet

CONFIG = Path(__file__).parents[3] / "config"
GOOD, FAIR, POOR = Grade
LOSS, JITTER, LATENCY = Measure
ENDPOINT = Device(
    DeviceName("vc-00115"), SiteCode("00115"), DistrictCode("004"), Role.ENDPOINT, ip_address("127.0.2.1")
)
IDENTITY = (ENDPOINT.name, ENDPOINT.site, ENDPOINT.district, ENDPOINT.role.value)


@cache
def shipped() -> Standard:
    quality, problems = read_quality(CONFIG / "quality.yml", CONFIG)
    assert problems == []
    assert quality.standard is not None
    return quality.standard


@pytest.mark.parametrize(
    ("readings", "grade"),
    [
        ({LOSS: 0.0, JITTER: 0.0, LATENCY: 0.0}, GOOD),
        ({LOSS: 0.01, JITTER: 0.03, LATENCY: 0.15}, GOOD),
        ({LOSS: 0.0101}, FAIR),
        ({LOSS: 0.03}, FAIR),
        ({LOSS: 0.0301}, POOR),
        ({JITTER: 0.0301}, FAIR),
        ({JITTER: 0.0501}, POOR),
        ({LATENCY: 0.151}, FAIR),
        ({LATENCY: 0.401}, POOR),
        ({LOSS: 0.0, JITTER: 0.0, LATENCY: 0.5}, POOR),  # one bad thing is enough
        ({LOSS: 0.02, JITTER: 0.04}, FAIR),
    ],
)
def test_the_shipped_bounds(readings: dict[Measure, float], grade: Grade):
    assert shipped().grade(readings) is grade


def test_every_shipped_bound_names_its_source():
    for limit in shipped().limits.values():
        assert len(limit.good.source) > 20
        assert len(limit.fair.source) > 20


def after(*told: tuple[float, float]) -> list[Grade]:
    """Grades after losses at times."""
    standing: Standing | None = None
    grades = []
    for at, loss in told:
        standing = stand(shipped(), standing, {LOSS: loss}, at)
        grades.append(standing.grade)
    return grades


def test_a_grade_falls_at_once_and_rises_after_thirty_good_seconds():
    assert after((0, 0.001), (10, 0.05), (20, 0.001), (30, 0.001), (40, 0.001), (50, 0.001)) == [
        GOOD, POOR, POOR, POOR, POOR, GOOD,
    ]  # fmt: skip


def test_a_grade_rises_only_as_far_as_its_readings_allow():
    assert after((0, 0.05), (10, 0.02), (25, 0.02), (40, 0.02)) == [POOR, POOR, POOR, FAIR]


def test_on_the_edge_nothing_flickers():
    edge = [(10.0 * n, 0.0099 if n % 2 else 0.0101) for n in range(60)]
    assert set(after(*edge)) == {FAIR}
    inside = [(10.0 * n, 0.0081 if n else 0.02) for n in range(60)]  # good, and not good enough to be sure
    assert set(after(*inside)) == {FAIR}


def test_one_bad_reading_begins_the_wait_anew():
    assert after((0, 0.05), (10, 0.0), (20, 0.0), (30, 0.05), (40, 0.0), (60, 0.0), (70, 0.0)) == [
        POOR, POOR, POOR, POOR, POOR, POOR, GOOD,
    ]  # fmt: skip


SHARES = st.floats(0, 1)


@given(st.lists(st.tuples(st.floats(0, 60), SHARES), min_size=1, max_size=30))
def test_a_grade_is_never_better_than_its_readings(steps: list[tuple[float, float]]):
    standing: Standing | None = None
    at = 0.0
    for pause, loss in steps:
        at += pause
        before, standing = standing, stand(shipped(), standing, {LOSS: loss}, at)
        assert standing.grade >= shipped().grade({LOSS: loss})
        if before is not None and standing.grade < before.grade:
            assert before.better_since is not None
            assert at - before.better_since >= shipped().after


def test_the_summary_is_the_worst_direction():
    assert worst([GOOD, POOR, FAIR]) is POOR
    assert worst([]) is None


# What endpoints say


def series(family: Family, **values: float) -> Measured:
    """A family's rows by `direction_media`, or alone as `now`."""
    labels = [() if name == "now" else tuple(name.split("_")) for name in values]
    return Measured(SeriesSet(family, [(*IDENTITY, *row) for row in labels]), tuple(values.values()))


def call(**loss: float) -> Answer:
    return Answer((series(conference.IN_CALL, now=1), series(conference.PACKET_LOSS, **loss)))


IDLE = Answer((series(conference.IN_CALL, now=0),))


def grades(answer: Answer) -> dict[str, float]:
    return {
        sample.labels["direction"]: sample.value
        for sample in answer.samples()
        if sample.family is conference.QUALITY
    }


def test_each_direction_is_graded_and_the_worst_medium_counts():
    grader = Grader(shipped())
    answer = grader.graded(ENDPOINT, call(rx_video=0.0, rx_audio=0.02, tx_video=0.2), 0)
    assert grades(answer) == {"rx": FAIR, "tx": POOR}
    assert b'citynoc_conference_quality{device="vc-00115",site="00115",' in answer.measured[-1].text()
    assert worst(grader.of(ENDPOINT.name, 0).values()) is POOR


def test_no_call_no_grade_and_the_next_call_begins_anew():
    grader = Grader(shipped())
    grader.graded(ENDPOINT, call(rx_all=0.2), 0)
    assert grader.graded(ENDPOINT, IDLE, 10) is IDLE
    assert ended(IDLE)
    assert not ended(call(rx_all=0.2))
    assert grader.of(ENDPOINT.name, 10) == {}
    assert grades(grader.graded(ENDPOINT, call(rx_all=0.0), 20)) == {"rx": GOOD}


def test_a_call_not_heard_of_for_long_is_another():
    grader = Grader(shipped())
    grader.graded(ENDPOINT, call(rx_all=0.2), 0)
    later = FORGOTTEN_AFTER + 1
    assert grader.of(ENDPOINT.name, later) == {}
    assert grades(grader.graded(ENDPOINT, call(rx_all=0.0), later)) == {"rx": GOOD}


def test_two_protocols_share_one_standing():
    """SNMP says whole percent: 1 % for 1.4 %, which must not call a fair call good between two messages."""
    grader = Grader(shipped())
    told = [
        grades(grader.graded(ENDPOINT, call(rx_all=loss), at))
        for at, loss in ((0, 0.014), (10, 0.014), (15, 0.01), (20, 0.014), (30, 0.014), (45, 0.01))
    ]
    assert told == [{"rx": FAIR}] * 6


def test_without_a_standard_or_a_reading_nothing_is_added():
    grader = Grader(None)
    answer = call(rx_all=0.2)
    assert grader.graded(ENDPOINT, answer, 0) is answer
    grader.standard = shipped()
    registered = Answer((series(conference.IN_CALL, now=1),))
    assert grader.graded(ENDPOINT, registered, 0) is registered


def test_a_device_that_left_is_forgotten_and_series_are_built_once():
    grader = Grader(shipped())
    first = grader.graded(ENDPOINT, call(rx_all=0.2), 0).measured[-1].series
    assert grader.graded(ENDPOINT, call(rx_all=0.3), 1).measured[-1].series is first
    grader.forget([ENDPOINT.name])
    assert grader.of(ENDPOINT.name, 1) == {}
