"""An endpoint's calls on their way through the service: graded, and over as soon as one protocol says so."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from citynoc.clock import Clock
from citynoc.dispatch import Dispatch
from collector.config.quality import read_quality
from collector.metrics import Family, conference
from collector.model import Broker, DeviceName, SiteCode
from collector.outages.topology import Topology
from collector.outages.verdict import Judge
from collector.outcome import Answer, Failure, FailureKind, Measured, SeriesSet
from collector.plan import PollKey, Question
from collector.store import Store
from exporters.exposition import DeviceExposition
from tests.unit.simulator.small_city import inventory

CONFIG = Path(__file__).parents[3] / "config"
VC = DeviceName("vc-00115")
CITY = inventory(broker=Broker("127.0.0.1", 1883))
IDENTITY = (VC, CITY.devices[VC].site, CITY.devices[VC].district, CITY.devices[VC].role.value)


@pytest.fixture
def dispatch() -> Dispatch:
    clock = Clock()
    judge = Judge(Topology(CITY), CITY.city.verdict, clock.unix(), ())
    found = Dispatch(CITY, judge, Store(), DeviceExposition(), clock)
    found.grader.standard = read_quality(CONFIG / "quality.yml", CONFIG)[0].standard
    return found


def rows(family: Family, *values: float, labels: tuple[tuple[str, ...], ...] = ((),)) -> Measured:
    return Measured(SeriesSet(family, [(*IDENTITY, *row) for row in labels]), values)


def say(dispatch: Dispatch, question: Question, in_call: int, loss: float | None = None) -> str:
    """What is exposed of the endpoint after it said this."""
    measured = [rows(conference.IN_CALL, in_call)]
    if loss is not None:
        measured.append(rows(conference.PACKET_LOSS, loss, labels=(("rx", "all"),)))
    dispatch.finished(PollKey(VC, question), Answer(tuple(measured)), time.monotonic())
    return dispatch._exposition.of(VC, 0.0).decode()


def test_a_call_is_graded_for_everybody_who_looks(dispatch: Dispatch):
    text = say(dispatch, Question.TELEMETRY, 1, 0.02)
    assert (
        'citynoc_conference_quality{device="vc-00115",site="00115",district="004",role="endpoint",direction="rx"} 1\n'
        in text
    )
    assert dispatch.readings.of(VC, 0.0)["citynoc_conference_quality", "rx"] == 1


def test_when_one_protocol_says_that_the_call_is_over_it_is_over_for_both(dispatch: Dispatch):
    assert "loss_ratio{" in say(dispatch, Question.POLL, 1, 0.02)
    text = say(dispatch, Question.TELEMETRY, 0)
    assert "loss_ratio{" not in text
    assert "quality{" not in text
    assert "citynoc_conference_in_call{" in text


def test_another_standard_counts_from_the_next_answer_on(dispatch: Dispatch):
    dispatch.grader.standard = None
    assert "quality{" not in say(dispatch, Question.TELEMETRY, 1, 0.5)


def test_telemetry_that_is_not_expected_any_more_is_not_missed(dispatch: Dispatch):
    dispatch.told(
        PollKey(VC, Question.TELEMETRY), Failure(FailureKind.TIMEOUT, "no telemetry for 40 s; the endpoint")
    )
    dispatch.reconfigure(CITY)
    assert dispatch.readings.silence(VC) is not None
    without = replace(CITY, devices={**CITY.devices, VC: replace(CITY.devices[VC], mqtt=None)})
    dispatch.reconfigure(without)
    assert dispatch.readings.silence(VC) is None


def test_without_a_broker_nobody_s_telemetry_is_missed(dispatch: Dispatch):
    dispatch.told(PollKey(VC, Question.TELEMETRY), Failure(FailureKind.STALLED, "broker cannot be reached"))
    dispatch.reconfigure(replace(CITY, city=replace(CITY.city, broker=None)))
    assert dispatch.readings.silence(VC) is None


def test_an_endpoint_that_moves_during_a_call_is_graded_where_it_is_now(dispatch: Dispatch):
    say(dispatch, Question.TELEMETRY, 1, 0.02)
    moved = replace(CITY.devices[VC], site=SiteCode("dc-1"))
    dispatch.reconfigure(replace(CITY, devices={**CITY.devices, VC: moved}))
    assert 'citynoc_conference_quality{device="vc-00115",site="dc-1"' in say(
        dispatch, Question.TELEMETRY, 1, 0.02
    )
