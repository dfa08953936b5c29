"""Targets, maps and surveys as files: what ships is right, and every mistake has its place."""

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

from citynoc.importer.surveys import communes_of, surveys
from collector.config.coverage import read_coverage
from collector.coverage.evidence import Evidence
from collector.coverage.target import LinkRule
from tests.house.tree import ROOT

CONFIG = ROOT / "config"
SMALL = ROOT / "tests" / "unit" / "coverage" / "small"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SMALL, tmp_path / "small"))


def said(directory: Path) -> list[str]:
    evidence, problems = read_coverage(directory, directory)
    assert (evidence is None) == bool(problems)
    return [str(problem) for problem in problems]


def test_the_shipped_surveys_are_what_the_generator_gives_and_say_that_they_are_invented():
    communes = communes_of(CONFIG / "admin" / "hanoi_communes_579.csv")
    made = dict(surveys(communes))
    there = {path.name: path.read_text() for path in (CONFIG / "surveys").iterdir()}
    assert there == made, (
        "run: python -m citynoc.importer.surveys config/admin/hanoi_communes_579.csv config/surveys"
    )
    for name, text in made.items():
        assert "invented" in name
        assert text.startswith("# INVENTED.")
        rows = text.splitlines()[4:]
        assert len({row[:5] for row in rows}) == 575
        assert all(row.endswith(",INVENTED for the example") for row in rows)


def test_a_city_without_targets_has_promised_nothing(tmp_path: Path):
    assert read_coverage(tmp_path, tmp_path) == (None, [])


def test_the_small_city_is_read_with_the_digests_of_its_files(small: Path):
    evidence, problems = read_coverage(small, small)
    assert problems == []
    assert isinstance(evidence, Evidence)
    assert [one.file for one in evidence.inputs] == [
        "admin/communes.csv",
        "admin/maps.yml",
        "admin/relation.csv",
        "surveys/1-march.csv",
        "surveys/2-june.csv",
        "targets.yml",
    ]
    assert evidence == read_coverage(small, small)[0]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("targets.yml", "of: households", "of: population", "households_passed is no share of population"),
        ("targets.yml", "threshold: 0.8", "threshold: 80", "'80' is not a share between 0 and 1"),
        ("targets.yml", "threshold: 0.8", "threshold: 0", "reached by doing nothing"),
        (
            "targets.yml",
            "of: households",
            "of: households\n    measured: true",
            "proves nothing about households",
        ),
        ("targets.yml", "every: 92d", "every: 36h", "not a number of whole days"),
        ("targets.yml", "[households_passed]", "[households_past]", "did you mean 'households_passed'?"),
        (
            "targets.yml",
            "[households_passed]",
            "[households_passed, population_4g]",
            "mixes households and population",
        ),
        ("targets.yml", "deadline: 2025-12-31", "deadline: end of 2025", "is not a day"),
        ("targets.yml", "measured: true", "measured: yes", "'yes' is neither true nor false"),
        ("targets.yml", "measured: true", "measured: [true]", "measured"),
        (
            "targets.yml",
            "measured: true",
            "measured: {capacity: 100}",
            "unknown key 'capacity' in 'measured'",
        ),
        (
            "targets.yml",
            "measured: true",
            "measured: {availability: 99}",
            "'99' is not a share between 0 and 1",
        ),
        ("targets.yml", "measured: true", "measured: {window: 36h}", "not a number of whole days"),
        ("targets.yml", "measured: true", "measured: {window: 400d}", "is not between"),
        ("targets.yml", "measured: true", "measured: {backup: needed}", "'needed' is not a word"),
        ("targets.yml", "measured: true", "measured: {capacity_mbps: 0}", "'0' is not between 1 and"),
        ("targets.yml", "measured: true", "measured: {latency_ms: 20ms}", "'20ms' is not a whole number"),
        ("admin/communes.csv", "C,00003", "C,3", "'3' is not five digits"),
        ("admin/communes.csv", "00003", "00001", "commune 00001 is there twice"),
        ("admin/relation.csv", "00003,C", "00009,C", "no commune is called 00009"),
        ("admin/relation.csv", "part,0.300", "part,0.300x", "'0.300x' is not a share"),
        ("admin/relation.csv", "part,0.300", "part,0", "units would be empty: 10002"),
        ("admin/maps.yml", "since: 2025-07-01", "since: July", "'July' is not a day"),
        ("admin/maps.yml", "communes.csv", "nowhere.csv", "cannot read the file"),
        ("surveys/2-june.csv", "carrier-b,fibre,20", "carrier-c,fibre,20", "unknown carrier 'carrier-c'"),
        ("surveys/2-june.csv", "2025-06-30,carrier-a,fibre,70", "2025-03-31,carrier-a,fibre,70", "already"),
    ],
)
def test_a_mistake_has_its_place_and_nothing_is_imported(
    small: Path, file: str, old: str, new: str, message: str
):
    path = small / file
    text = path.read_text()
    assert old in text, file
    path.write_text(text.replace(old, new, 1))
    found = said(small)
    assert any(message in one for one in found), found


def test_targets_without_maps_say_what_is_missing(small: Path):
    (small / "admin" / "maps.yml").unlink()
    (only,) = said(small)
    assert only == (
        "targets.yml:1:1: targets are shares of households, people or communes, and there is no admin/maps.yml"
        " — it names the list of communes with their census: docs/coverage.md"
    )


def test_a_list_with_a_wrong_heading_is_not_also_called_empty(small: Path):
    communes = small / "admin" / "communes.csv"
    communes.write_text(communes.read_text().replace("commune_name", "name"))
    assert said(small) == ["admin/communes.csv:1:1: columns are missing: commune_name"]


def test_a_city_of_few_communes_names_its_map_by_them(small: Path):
    maps = small / "admin" / "maps.yml"
    maps.write_text(maps.read_text().replace("name: 004", "name: 47"))
    evidence, problems = read_coverage(small, small)
    assert problems == []
    assert isinstance(evidence, Evidence)
    assert next(iter(evidence.maps.maps)) == "47"


def test_other_files_beside_surveys_are_named(small: Path):
    (small / "surveys" / "june.xlsx").write_bytes(b"PK")
    evidence, problems = read_coverage(small, small)
    assert evidence is not None
    assert [str(one) for one in problems] == [
        "surveys/june.xlsx:1:1: warning: no part of citynoc reads this file — a survey ends in .csv"
    ]


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("true", LinkRule()),
        ("false", None),
        ("{}", LinkRule()),
        (
            "{availability: 0.95, window: 7d, known: 0, capacity_mbps: 100, backup: required, latency_ms: 40}",
            LinkRule(Fraction(19, 20), 7, Fraction(0), 100, backup=True, latency=40),
        ),
    ],
)
def test_what_is_asked_of_a_link(small: Path, written: str, rule: LinkRule | None):
    path = small / "targets.yml"
    path.write_text(path.read_text().replace("measured: true", f"measured: {written}"))
    evidence, problems = read_coverage(small, small)
    assert problems == []
    assert evidence is not None
    assert evidence.targets["fibre-communes"].measured == rule
