"""Whatever the rota, at any minute exactly one shift is paged about any district; the tree is one that Alertmanager takes."""

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from citynoc.oncall.compose import CONFIGURATION, compose
from citynoc.oncall.receivers import Vault
from citynoc.oncall.routes import _pages
from collector.config import load
from collector.oncall import WEEK, Hours, Shift, Span, turns
from tests.binaries import require
from tests.config.workshop import ROOT, SECRETS, small_city

DISTRICTS = ("001", "002", "003")
spans = st.builds(
    lambda days, start, length: Span(tuple(sorted(days)), start * 60, min(1440, (start + length) * 60)),
    st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 23),
    st.integers(1, 24),
)
names = st.sampled_from(["early", "late", "weekend"])


@st.composite
def rotas(draw: st.DrawFn) -> list[Shift]:
    hours = {
        name: Hours(name, tuple(draw(st.lists(spans, min_size=1, max_size=3)))) for name in ("a", "b", "c")
    }
    shifts = [
        Shift(f"r{i}", hours[draw(st.sampled_from("abc"))], tuple(draw(st.sets(st.sampled_from(DISTRICTS)))))
        for i in range(draw(st.integers(0, 4)))
    ]
    return [*shifts, Shift("last")]


def speaking(
    routes: list[dict[str, Any]], district: str, minute: int, week: Mapping[str, int]
) -> Iterator[str]:
    """Alertmanager's walk: the first route that matches, and on after `continue`; muted ones say nothing."""
    for route in routes:
        matchers = route.get("matchers", [])
        if matchers and district not in matchers[0].partition('"')[2].rstrip('"').split("|"):
            continue
        if "routes" in route:
            yield from speaking(route["routes"], district, minute, week)
        else:
            active = [week[name] for name in route.get("active_time_intervals", [])]
            muted = [week[name] for name in route.get("mute_time_intervals", [])]
            bit = 1 << minute
            if (not active or any(bit & mask for mask in active)) and not any(bit & mask for mask in muted):
                yield route["receiver"]
        if not route.get("continue"):
            return


@given(rotas(), st.sampled_from(["", "999", *DISTRICTS]), st.integers(0, WEEK - 1))
def test_exactly_one_shift_is_paged(shifts: list[Shift], district: str, minute: int):
    week = {shift.hours.name: shift.hours.minutes for shift in shifts}
    (paged,) = speaking(_pages(shifts), district, minute, week)
    on_duty = [shift for shift in shifts if shift.covers(district) and shift.hours.minutes >> minute & 1]
    assert paged == on_duty[0].receiver
    assert sum(turn.minutes >> minute & 1 for turn in turns(shifts, district)) == 1


ON_CALL = """
receivers:
  night: {webhook: {url: "http://127.0.0.1:1/a", token: none}}
  east: {webhook: {url: "http://127.0.0.1:1/b", token: none}}
  desk: {webhook: {url: "http://127.0.0.1:1/c", token: none}}
  second: {webhook: {url: "http://127.0.0.1:1/d", token: none}}
  third: {webhook: {url: "http://127.0.0.1:1/e", token: none}}
  planners: {webhook: {url: "http://127.0.0.1:1/g", token: none}}
hours: {working: [mon-fri 07:30-17:30, sat 22:00-02:00]}
shifts: [{to: east, hours: working, districts: [004]}, {to: night}]
warnings: {to: desk, hours: working}
owners: {digital-office: planners}
escalation: [{after: 10m, to: second}, {after: 25m, to: third}]
heartbeat: {url: "http://127.0.0.1:1/f", token: none}
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    config = small_city(tmp_path)
    (config / "oncall.yml").write_text(ON_CALL)
    loaded = load(config, SECRETS)
    assert loaded.on_call is not None
    composed = compose(loaded.on_call, loaded.inventory.city, Vault(config, {}))
    assert not composed.holds_secrets
    for name, text in composed.files.items():
        (tmp_path / name).write_text(text)
    return tmp_path / CONFIGURATION


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        (
            ("alertname=CitynocOutage", "severity=page", "outage=device:rt-00115", "district=004"),
            "east,night",
        ),
        (("alertname=CitynocOutage", "severity=page", "outage=device:rt-1", "district=018"), "night"),
        (("alertname=CitynocDown", "severity=page"), "night"),
        (("alertname=MeetingNotReady", "severity=page", "meeting=giao-ban", "stage=last"), "night"),
        (("alertname=OutageUnacknowledged", "severity=page", "district=004"), "second,third"),
        (("alertname=CitynocDegraded", "severity=warning", "district=004"), "desk"),
        (("alertname=SurveyOverdue", "severity=info"), "desk"),
        (("alertname=CoverageBehindTarget", "severity=info", "owner=digital-office"), "planners"),
        (("alertname=CoverageBehindTarget", "severity=info", "owner=nobody-we-know"), "desk"),
        (("alertname=Watchdog", "severity=heartbeat"), "citynoc.heartbeat"),
        (("alertname=SomebodyElses",), "desk"),
    ],
)
def test_every_alert_finds_its_way(written: Path, labels: tuple[str, ...], receivers: str):
    said = subprocess.run(
        [require("amtool"), "config", "routes", "test", f"--config.file={written}", *labels],
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout.split() == [receivers]


def test_groups_and_times(written: Path):
    done = subprocess.run(
        [require("amtool"), "check-config", written], capture_output=True, text=True, check=True
    )
    assert "1 templates" in done.stdout
    config = yaml.safe_load(written.read_text())
    route = config["route"]
    assert (route["group_by"], route["group_wait"]) == (["outage"], "1s")
    heartbeat, escalation, meetings, pages, warnings, weekly = route["routes"]
    assert (heartbeat["group_interval"], heartbeat["repeat_interval"]) == ("60s", "59s")
    assert [step["group_wait"] for step in escalation["routes"]] == ["1s", "900s"]
    assert (meetings["group_by"], meetings["repeat_interval"]) == (["alertname", "meeting", "stage"], "2d")
    assert pages["group_by"] == ["alertname", "outage", "service"]
    assert warnings["active_time_intervals"] == ["working"]
    assert (weekly["group_by"], weekly["repeat_interval"]) == (["alertname", "owner"], "7d")
    (owner,) = weekly["routes"]
    assert owner["active_time_intervals"] == ["working"], "Alertmanager's routes do not inherit them"
    (working,) = config["time_intervals"]
    assert [(one["weekdays"][0], one["times"]) for one in working["time_intervals"]] == [
        ("monday", [{"start_time": "07:30", "end_time": "17:30"}]),
        ("saturday", [{"start_time": "22:00", "end_time": "24:00"}]),
        ("sunday", [{"start_time": "00:00", "end_time": "02:00"}]),
    ]
    assert {one["location"] for one in working["time_intervals"]} == {"Asia/Ho_Chi_Minh"}


def test_the_example_gives_what_alertmanager_takes(tmp_path: Path):
    example = load(ROOT / "config", {"CITYNOC_SNMP_COMMUNITY": "x"})
    assert example.on_call is not None
    composed = compose(example.on_call, example.inventory.city, Vault(ROOT / "config", {}))
    for name, text in composed.files.items():
        (tmp_path / name).write_text(text)
    subprocess.run(
        [require("amtool"), "check-config", tmp_path / CONFIGURATION], capture_output=True, check=True
    )
