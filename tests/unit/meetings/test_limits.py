"""The limits of readiness stand in `quality.yml`: each of them decides, each may be left out, and a reload changes them."""

from dataclasses import replace
from pathlib import Path

import pytest

from collector.config.quality import read_quality
from collector.meetings.limits import LIMITS, REFUSED_CLOCK, Limits
from collector.meetings.model import Calendar
from collector.meetings.readiness import Verdict, readiness
from collector.meetings.reasons import Code
from collector.outages.journal import Journal
from collector.sources.mqtt_publisher import CLOCK_TOLERANCE
from tests.unit.meetings.stage import CALL, START, Plan, Stage, city, conferring_step, meeting
from tests.unit.mqtt.endpoints import CONFIG

GRADES = """\
limits:
  loss: {good: {at_most: 1%, source: own}, fair: {at_most: 3%, source: own}}
  jitter: {good: {at_most: 20ms, source: own}, fair: {at_most: 50ms, source: own}}
  latency: {good: {at_most: 100ms, source: own}, fair: {at_most: 400ms, source: own}}
better: {below: 80%, after: 30s}
"""


def read(folder: Path, more: str = "") -> Limits:
    (folder / "quality.yml").write_text(GRADES + more)
    quality, problems = read_quality(folder / "quality.yml", folder)
    assert problems == []
    return quality.limits


def test_what_ships_is_what_holds_without_a_file(tmp_path: Path):
    shipped, problems = read_quality(CONFIG / "quality.yml", CONFIG)
    assert problems == []
    assert shipped.limits == LIMITS == read_quality(tmp_path / "quality.yml", tmp_path)[0].limits
    assert REFUSED_CLOCK == CLOCK_TOLERANCE


def test_what_is_left_out_stays_and_calls_are_blamed_by_the_bounds_of_good_ones(tmp_path: Path):
    assert read(tmp_path) == replace(LIMITS, jitter=0.02, latency=0.1)
    text = "readiness:\n  clock: {stop: {at_least: 2m, source: own}}\n"
    assert read(tmp_path, text) == replace(LIMITS, jitter=0.02, latency=0.1, clock=120.0)


def test_every_limit_is_read(tmp_path: Path):
    text = (
        "readiness:\n"
        "  loss: {note: {at_least: 2%, source: own}, stop: {at_least: 0.05, source: own}}\n"
        "  clock: {stop: {at_least: 30s, source: own}}\n"
        "  temperature: {note: {at_least: 50, source: own}, stop: {at_least: 60.5, source: own}}\n"
        "  certificate: {note: {at_most: 30d, source: own}}\n"
    )
    assert read(tmp_path, text) == Limits(0.05, 0.02, 30.0, 60.5, 50.0, 30 * 86400.0, 0.02, 0.1)


@pytest.mark.parametrize(
    ("says", "skew", "limits", "before", "after"),
    [
        ({}, -90.0, replace(LIMITS, clock=120.0), Code.CLOCK, None),
        ({}, 20.0, replace(LIMITS, clock=15.0), None, Code.CLOCK),
        ({"temperature_c": 81}, 0.0, replace(LIMITS, hot=90.0, warm=85.0), Code.TEMPERATURE, None),
        ({"temperature_c": 60}, 0.0, replace(LIMITS, hot=60.0, warm=50.0), None, Code.TEMPERATURE),
    ],
)
def test_each_limit_decides(
    says: dict[str, float], skew: float, limits: Limits, before: Code | None, after: Code | None
):
    inventory = city(1, 2)
    stage = Stage(inventory)
    stage.says("vc-00001", **says)
    stage.skew("vc-00001", skew)
    stage.run(20)
    for held, wanted in ((LIMITS, before), (limits, after)):
        look = readiness(meeting(inventory), stage.evidence(), stage.now, held)
        assert [*look.by_reason()] == ([] if wanted is None else [wanted])


def test_a_certificate_is_noted_as_long_before_as_the_limit_says():
    inventory = city(1, 2)
    stage = Stage(inventory)
    stage.run(20)  # all are valid for 90 days
    for days, noted in ((80, 0), (100, 2)):
        limits = replace(LIMITS, certificate_noted=days * 86400.0)
        look = readiness(meeting(inventory), stage.evidence(), stage.now, limits)
        assert look.ready
        assert sum(1 for one in look.participants if one.reasons) == noted


def test_a_call_that_nothing_grades_is_judged_by_the_limit_of_loss():
    inventory = city(1, 2)
    stage = Stage(inventory)
    stage.dispatch.grader.standard = None
    stage.says("vc-00001", **{**CALL, "rx_loss_ratio": 0.04})
    stage.run(20)
    found = meeting(inventory)
    assert [*readiness(found, stage.evidence(), stage.now).by_reason()] == [Code.CALL_LOSS]
    assert readiness(found, stage.evidence(), stage.now, replace(LIMITS, loss=0.05)).ready


def test_a_reload_changes_the_limits(tmp_path: Path):
    inventory = city(1, 2)
    stage = Stage(inventory, start=START - 600)
    stage.run(40)
    plan = Plan(meeting(inventory))
    journal = Journal(tmp_path / "journal.sqlite", lambda: stage.now)
    conferring = stage.conferring(plan, journal)
    counts = []
    for limits in (LIMITS, replace(LIMITS, hot=40.0, warm=30.0), LIMITS):  # all have 41.5 °C
        conferring.reconfigure(Calendar((plan,)), inventory, limits)
        conferring_step(conferring)
        found = conferring.standing.of("giao-ban")
        assert found is not None
        assert found.look is not None
        counts.append(
            (found.look.count(Verdict.NO_GO), conferring.look(plan.sittings[0]).count(Verdict.NO_GO))
        )
    assert counts == [(0, 0), (2, 2), (0, 0)]
