"""Each format is what its reader wants, and no secret gets into any."""

import json
import re
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # its types are a package of their own
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citynoc.__main__ import main
from citynoc.checking.formats import FORMATS, as_github, as_sarif, rule_of
from collector.config.problems import Problem, Severity
from collector.model import Place
from tests.config.workshop import DISTRICT, SECRETS, edit, small_city
from tests.sarif.schema import schema

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
problems = st.builds(
    Problem,
    st.builds(Place, texts.filter(bool), st.integers(1, 9999), st.integers(1, 300)),
    texts.filter(bool),
    st.none() | texts,
    st.sampled_from(Severity),
    st.just(""),
    st.integers(1, 40),
)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_city(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMUNITY", SECRETS["COMMUNITY"])
    return Path("config")


def test_github_shows_it_at_its_line(config: Path, capsys: pytest.CaptureFixture[str]):
    edit(config, DISTRICT, "rt-00118: {address", "rt-00118: {profil: if-mib, address")
    assert main(["check", "--format", "github"]) == 1
    assert capsys.readouterr().out == (
        "::error file=config/districts/004-long-bien.yml,line=29,col=18,endColumn=24,title=citynoc check"
        "::unknown key 'profil' in device 'rt-00118' (did you mean 'profile'?)\n"
    )


def test_github_hears_nothing_of_a_good_configuration(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", "--format", "github"]) == 0
    assert capsys.readouterr().out == ""


@given(st.lists(problems, max_size=4))
def test_a_command_is_one_line_that_reads_back(found: list[Problem]):
    lines = as_github(found, None).split("\n")[:-1]
    assert len(lines) == len(found)
    for line, problem in zip(lines, found, strict=True):
        match = re.fullmatch(r"::(error|warning) file=([^,:]*),line=(\d+),.*?::(.*)", line, re.DOTALL)
        assert match is not None
        assert match[1] == problem.severity
        assert read_back(match[2]) == problem.place.file
        assert read_back(match[4]).startswith(problem.message)


def read_back(text: str) -> str:
    for escape, mark in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escape, mark)
    return text


def test_sarif_of_a_wrong_city_is_valid(config: Path, capsys: pytest.CaptureFixture[str]):
    edit(config, DISTRICT, "rt-00118: {address", "rt-00118: {profil: if-mib, address")
    edit(config, DISTRICT, "rt-00115:\n        address", "rt-00115:\n        adress")
    edit(config, "city.yml", "poll: 30s", "poll: 30")
    assert main(["check", "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    jsonschema.Draft7Validator(schema()).validate(log)
    [run] = log["runs"]
    assert [result["ruleId"] for result in run["results"]] == [
        "in-is-not-a-duration",
        "unknown-key-in-device",
        "unknown-key-in-device",
    ]
    [location] = run["results"][1]["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "config/districts/004-long-bien.yml"


@settings(deadline=None)  # the first example may fetch the schema
@given(st.lists(problems, max_size=4))
def test_any_problem_makes_valid_sarif(found: list[Problem]):
    log = json.loads(as_sarif(found, None))
    jsonschema.Draft7Validator(schema()).validate(log)
    for result in log["runs"][0]["results"]:
        assert log["runs"][0]["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_secret_in_the_wrong_place_is_in_no_format(
    name: str, config: Path, capsys: pytest.CaptureFixture[str]
):
    edit(config, "credentials.yml", "env:COMMUNITY", "planted-secret")
    assert main(["check", "--format", name]) == 1
    assert "planted-secret" not in capsys.readouterr().out


def test_alike_mistakes_share_a_rule():
    assert rule_of("no uplink runs in cable 'spare'") == rule_of("no uplink runs in cable 'b'")
    assert rule_of("one uplink only: rt-1") == rule_of("one uplink only: rt-1, rt-2 and 1 more")
    assert rule_of("'30' is not a duration") == "is-not-a-duration"
