import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from types import MappingProxyType

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

from collector.coverage.standing import Standing
from collector.metrics.coverage import FAMILIES
from collector.model import SiteCode
from collector.outages.state import CityState, State
from exporters import coverage_units
from exporters.api import UnknownFilterError
from exporters.coverage import CoverageExposition, as_json
from exporters.exposition import Form
from exporters.state import StateExposition
from tests.unit.coverage.test_by_hand import city
from tests.unit.exporters.city import inventory

SITES = {code: SiteCode(code) for code in ("00001", "00002", "00003", "00004")}
SEEN = CityState(
    0.0,
    sites=MappingProxyType(
        {
            SITES["00001"]: State.AGENT_DOWN,
            SITES["00002"]: State.UNREACHABLE,
            SITES["00003"]: State.MAINTENANCE,
            SITES["00004"]: State.UP,
        }
    ),
)


@cache
def standing(as_of: date = date(2025, 6, 30), on_map: str = "004") -> Standing:
    on = city().maps.maps[on_map]
    return Standing(city(), as_of, on, city().reckon(as_of, on), SITES)


def text(form: Form = Form.TEXT) -> str:
    exposition = CoverageExposition(standing(), "Asia/Ho_Chi_Minh")
    parts = StateExposition(inventory()).render(
        SEEN, lambda _: MappingProxyType({}), form, exposition.bodies(SEEN)
    )
    return b"".join(parts).decode()


def values(name: str) -> dict[tuple[str, ...], float]:
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text())
        for sample in family.samples
        if sample.name == f"citynoc_coverage_{name}"
    }


def test_the_numbers_are_those_worked_out_by_hand():
    assert values("ratio") == {
        ("fibre-households", "declared"): 0.75,
        ("fibre-communes", "declared"): 0.75,
        ("fibre-communes", "measured"): 0.5,
        ("mobile-people", "declared"): pytest.approx(0.493976),
    }
    assert values("numerator")["fibre-households", "declared"] == 156
    assert values("denominator")["mobile-people", "declared"] == 830
    assert values("unknown") == {
        ("fibre-households", "declared"): 7,
        ("fibre-communes", "declared"): 1,
        ("fibre-communes", "measured"): 1,
        ("mobile-people", "declared"): 400,
    }
    assert values("target_ratio")[("fibre-households",)] == 0.8
    assert values("late") == {("fibre-households",): 0, ("fibre-communes",): 1, ("mobile-people",): 0}
    assert values("disagreements") == {("fibre-communes",): 1}


def units(on: str) -> dict[tuple[str, ...], float]:
    """What is said of units on a map: (target, basis, map, unit) or (target, map, unit) to the value."""
    bodies = CoverageExposition(standing(on_map=on), "Asia/Ho_Chi_Minh").bodies(SEEN)
    text = b"".join(body for family, body in bodies if "_unit_" in family.name).decode()
    return {
        tuple(value for label, value in sample.labels.items() if label != "unit_name"): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_units_add_up_to_the_whole_on_every_map():
    found = units("003")
    districts = {code: one.district for code, one in city().maps.communes.items()}
    for on, homes in (("districts", districts), ("003", standing(on_map="003").on.home)):
        for basis, whole in (("declared", 3), ("measured", 2)):
            share = sum(found["fibre-communes", basis, on, unit] for unit in homes.values())
            assert share == pytest.approx(whole)
    assert found["fibre-households", "declared", "003", "10001"] == pytest.approx(83 / 127, abs=1e-6)
    assert found["fibre-households", "003", "10001"] == 19  # 0.8 x 127 = 101.6, so 102 - 83
    assert found["fibre-communes", "districts", "001"] == 1


def test_a_map_of_very_many_units_is_left_to_the_report(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(coverage_units, "MOST_UNITS", 2)
    assert {key[2] for key in values("unit_ratio")} == {"districts"}


def test_measured_units_follow_the_links():
    exposition = CoverageExposition(standing(), "Asia/Ho_Chi_Minh")
    name = "citynoc_coverage_unit_ratio"

    def at(state: CityState) -> bytes:
        return next(body for family, body in exposition.bodies(state) if family.name == name)

    before = at(SEEN)
    assert at(SEEN) == before
    assert at(replace(SEEN, sites=MappingProxyType({}))) != before
    assert at(SEEN) == before


def test_times_are_those_of_the_city():
    # The end of 31 December 2025 in Hanoi, seven hours before the year ends at Greenwich.
    assert values("deadline_timestamp_seconds")[("fibre-households",)] == 1_767_200_400
    assert values("expected_timestamp_seconds") == {("fibre-households",): 1_753_117_200}
    assert values("survey_timestamp_seconds") == {
        ("carrier-a",): 1_751_216_400,
        ("carrier-b",): 1_751_216_400,
    }


def test_a_silent_carrier_is_overdue_when_its_time_is_up():
    def at(day: date) -> set[float]:
        exposition = CoverageExposition(standing(day), "Asia/Ho_Chi_Minh")
        lines = b"".join(body for family, body in exposition.bodies(SEEN) if family.name.endswith("overdue"))
        return {float(line.split()[-1]) for line in lines.decode().splitlines()}

    assert at(date(2025, 9, 30)) == {0}
    assert at(date(2025, 10, 1)) == {1}
    assert at(date(2025, 1, 1)) == {1}


def test_every_family_is_exposed_and_openmetrics_ends_where_it_should():
    read = openmetrics_families(text(Form.OPENMETRICS))  # type: ignore[no-untyped-call]  # the parser's own
    shown = {sample.name for family in read for sample in family.samples}
    assert {family.name for family in FAMILIES} <= shown
    assert text(Form.OPENMETRICS).endswith("# EOF\n")


def test_json_has_what_is_measured_now_and_any_map():
    told = json.loads(json.dumps(as_json(standing(), SEEN, {"target": "fibre-communes", "map": "003"})))
    (target,) = told["targets"]
    assert target["measured"]["covered"] == 2
    assert [unit["unit"] for unit in target["units"]] == ["10001", "10002", "10003"]
    assert as_json(None, SEEN, {}) == {"targets": []}


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"as_of": "2025-01-01"}, "unknown filter 'as_of'; there are: map, target"),
        ({"map": "126"}, "unknown map '126'; there are: 004, 003"),
        ({"target": "5g"}, "unknown target '5g'; there are: fibre-households"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(wanted: dict[str, str], message: str):
    with pytest.raises(UnknownFilterError, match=re.escape(message)):
        as_json(standing(), SEEN, wanted)
