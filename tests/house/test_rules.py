"""Every alert is complete: both languages, severity, links, runbook, a test that it fires and one that it does not."""

import re
from typing import Any, NamedTuple

import pytest
import yaml

from tests import promql
from tests.house.tree import ROOT

RULES = sorted((ROOT / "config" / "rules").glob("*.yml"))
TEXTS = ("summary", "summary_vi", "description", "description_vi")
LINKS = ("live_url", "runbook_url", "dashboard_url", "dashboard_url_vi")
SEVERITIES = {"page", "warning", "info", "heartbeat"}
TEMPLATE_QUERY = re.compile(r'query\s+\(?printf\s+"((?:[^"\\]|\\.)*)"|query\s+"((?:[^"\\]|\\.)*)"')
VIETNAMESE = re.compile(
    r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìĩóòõúùũý]", re.IGNORECASE
)


class Rule(NamedTuple):
    """One rule of a file as YAML has it."""

    file: str
    body: dict[str, Any]

    @property
    def name(self) -> str:
        return str(self.body.get("alert") or self.body.get("record"))


def rules(kind: str) -> list[Rule]:
    return [
        Rule(path.stem, body)
        for path in RULES
        for group in yaml.safe_load(path.read_text())["groups"]
        for body in group["rules"]
        if kind in body
    ]


ALERTS = rules("alert")
RECORDED = frozenset(rule.name for rule in rules("record"))
each_alert = pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule.name)


def test_alert_names_are_unique():
    names = [rule.name for rule in ALERTS]
    assert sorted(set(names)) == sorted(names)


@each_alert
def test_alert_speaks_both_languages(rule: Rule):
    annotations = rule.body["annotations"]
    for name in TEXTS:
        assert annotations.get(name), f"{rule.name} has no {name}"
        is_vietnamese = bool(VIETNAMESE.search(annotations[name]))
        assert is_vietnamese == name.endswith("_vi"), f"{rule.name}: is {name} in its language?"


@each_alert
def test_alert_says_how_bad_it_is_and_where_to_look(rule: Rule):
    assert set(rule.body) == {"alert", "expr", "for", "labels", "annotations"}
    assert set(rule.body["annotations"]) == {*TEXTS, *LINKS}
    assert rule.body["labels"]["severity"] in SEVERITIES
    assert rule.body["annotations"]["runbook_url"] == f"docs/runbooks/{rule.name}.md"
    for name, language in (("dashboard_url", "en"), ("dashboard_url_vi", "vi")):
        assert re.match(rf"/d/[a-z-]+-{language}\b", rule.body["annotations"][name])


@each_alert
def test_alert_has_a_runbook_in_both_languages(rule: Rule):
    english, rule_off, vietnamese = (
        (ROOT / "docs" / "runbooks" / f"{rule.name}.md").read_text().partition("\n---\n")
    )
    assert rule_off
    for half, title in ((english, f"# {rule.name}\n"), (vietnamese, f"# {rule.name} — tiếng Việt\n")):
        assert half.lstrip().startswith(title)
        steps = re.findall(r"^(\d)\. ", half, re.MULTILINE)
        assert steps == [str(number) for number in range(1, len(steps) + 1)]
        assert len(steps) >= 3, f"{rule.name}: what does a tired person do, in order?"
    assert english.count("\n1. ") == vietnamese.count("\n1. ")


def test_no_runbook_without_an_alert():
    pages = {path.stem for path in (ROOT / "docs" / "runbooks").glob("*.md")} - {"README"}
    assert pages == {rule.name for rule in ALERTS}


@each_alert
def test_alert_is_seen_to_fire_and_not_to_fire(rule: Rule):
    fires, silent = False, False
    for case in yaml.safe_load((ROOT / "tests" / "rules" / f"{rule.file}_test.yml").read_text())["tests"]:
        for expectation in case.get("alert_rule_test", []):
            if expectation["alertname"] == rule.name:
                fires |= bool(expectation["exp_alerts"])
                silent |= not expectation["exp_alerts"]
    assert fires, f"no test sees {rule.name} fire"
    assert silent or rule.name == "Watchdog", f"no test sees {rule.name} keep silent"


@pytest.mark.parametrize("rule", [*ALERTS, *rules("record")], ids=lambda rule: rule.name)
def test_rule_uses_only_metrics_and_labels_that_exist(rule: Rule):
    assert promql.complaints(rule.body["expr"], RECORDED) == []


@each_alert
def test_texts_look_up_only_metrics_and_labels_that_exist(rule: Rule):
    for text in rule.body["annotations"].values():
        for written in TEMPLATE_QUERY.finditer(text):
            query = (written[1] or written[2]).replace('\\"', '"').replace("%q", '"x"')
            assert promql.complaints(query, RECORDED) == []
        assert len(TEMPLATE_QUERY.findall(text)) == len(re.findall(r"\bquery\b", text)), text


@pytest.mark.parametrize("rule", rules("record"), ids=lambda rule: rule.name)
def test_recorded_name_says_level_metric_and_operation(rule: Rule):
    assert re.fullmatch(r"[a-z_]+:[a-zA-Z_]+:[a-z0-9_]+", rule.name)
