"""The rules' tests are tested: each seeded mistake in a rule makes promtool fail."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.binaries import require
from tests.house.tree import ROOT

MISTAKES = [
    # file, what stands there, what somebody could have written
    ("outages", "citynoc_outage_active[2m]", "citynoc_outage_active[1m]"),
    ("outages", "last_over_time(citynoc_outage_active[2m])", "citynoc_outage_active"),
    ("outages", "last_over_time(citynoc_outage_active[2m])", "max_over_time(citynoc_outage_active[2m])"),
    ("outages", "unless on (outage)", "and on (outage)"),
    ("outages", "[2m])) < 2)", "[2m])) < 3)"),
    ("outages", "max by (outage, kind, district)", "max by (outage, kind, district, instance)"),
    ("outages", "== 1\n          unless", ">= 0\n          unless"),
    ("outages", "for: 10s", "for: 0s"),
    ("outages", "for: 0s", "for: 4s"),
    ("outages", "citynoc_blind[2m])) == 1", "citynoc_blind[2m])) >= 0"),
    ("outages", "severity: page", "severity: warning"),
    (
        "outages",
        "$labels.outage) -}}\n            ; sites cut off",
        "$labels.kind) -}}\n            ; sites cut off",
    ),
    (
        "outages",
        'unless on (outage) ALERTS{alertname="CitynocOutage",alertstate="firing"}\n            )',
        ")",
    ),
    ("outages", "severity[2m])) == 3)", "severity[2m])) == 2)"),
    ("outages", "< on () group_left ()", "<= on () group_left ()"),
    ("outages", ">= on () group_left ()", "> on () group_left ()"),
    ("outages", "acknowledged[2m])) == 1", "acknowledged[2m])) == 0"),
    ("outages", "unless on (outage) ALERTS", "and on (outage) ALERTS"),
    ("service", 'or absent(up{job="citynoc-state"})', ""),
    ("service", "for: 90s", "for: 30s"),
    ("service", 'up{job="citynoc-state"} == 0', "up == 0"),
    ("service", "min_over_time", "max_over_time"),
    ("service", '{question="liveness"}[2m]', "[2m]"),
    ("service", "and on (instance) sum", "and on (job) sum"),
    ("service", "== 0\n        for: 30s", "== 0\n        for: 0s"),
    ("service", "journal_behind[2m])) == 1\n        for: 1m", "journal_behind[2m])) == 1\n        for: 0s"),
    ("service", "or sum by (instance) (increase(citynoc_journal_writer_restarts_total[1h])) > 0\n", ""),
    (
        "service",
        "(citynoc_journal_lost_rows_total) > 0 unless",
        "(citynoc_journal_lost_rows_total) > 2 unless",
    ),
    (
        "service",
        "(increase(citynoc_journal_lost_rows_total[1h])) > 0",
        "(citynoc_journal_lost_rows_total) > 0",
    ),
    ("service", " == 3\n        for", " >= 3\n        for"),
    ("service", "citynoc_site_state[2m])) == 0\n", "citynoc_site_state[2m])) >= 0\n"),
    ("service", "(probe_success) == 0", "(probe_success) >= 0"),
    ("service", "vector(1)", "vector(1) > 1"),
    ("service", "reload_successful[2m])) == 0", "reload_successful[2m])) == 1"),
    ("service", 'targets{question="liveness"}) > 0', 'targets{question="liveness"}) >= 0'),
    ("coverage", "max by (target) (last_over_time(citynoc_coverage_late[10m]))", "citynoc_coverage_late"),
    ("coverage", "late[10m])) == 1", "late[10m])) >= 0"),
    ("coverage", "for: 1h", "for: 30m"),
    ("coverage", 'basis=\\"declared\\"', 'basis=\\"measured\\"'),
    ("coverage", "severity: info", "severity: page"),
    ("coverage", "overdue[10m])) == 1", "overdue[10m])) >= 0"),
    ("coverage", "overdue[10m]", "overdue[2m]"),
    ("meetings", "alarm[2m])) == 1", "alarm[2m])) >= 0"),
    ("meetings", "max by (meeting, stage)", "max by (meeting, stage, instance)"),
    ("meetings", "last_over_time(citynoc_meeting_alarm[2m])", "max_over_time(citynoc_meeting_alarm[2m])"),
    ("meetings", "alarm[2m]", "alarm[30s]"),
    ("meetings", "severity: page", "severity: warning"),
    ("meetings", "for: 0s", "for: 1m"),
    ("meetings", 'eq $labels.stage "last"', 'eq $labels.stage "first"'),
    ("dashboards", "== bool 3", "== bool 4"),
    ("dashboards", "max by (district) (citynoc", "min by (district) (citynoc"),
    ("dashboards", '{kind="commune"}', ""),
    ("dashboards", "> 0) / 1e6", "> 0) / 1e5"),
    ("dashboards", ") * 8", ")"),
    ("dashboards", "max by (link, carrier) ", "sum by (link, carrier) "),
]


@pytest.mark.parametrize(("file", "right", "wrong"), MISTAKES)
def test_a_mistake_in_a_rule_is_caught(tmp_path: Path, file: str, right: str, wrong: str):
    text = (ROOT / "config" / "rules" / f"{file}.yml").read_text()
    assert right in text, f"the rules changed: {right} is not there any more"
    (tmp_path / "config" / "rules").mkdir(parents=True)
    (tmp_path / "config" / "rules" / f"{file}.yml").write_text(text.replace(right, wrong))
    (tmp_path / "tests" / "rules").mkdir(parents=True)
    score = shutil.copy(ROOT / "tests" / "rules" / f"{file}_test.yml", tmp_path / "tests" / "rules")
    done = subprocess.run([require("promtool"), "test", "rules", score], capture_output=True, check=False)
    assert done.returncode == 1
