import csv
import hashlib
import io
import itertools
import json
from pathlib import Path

import pytest

from citynoc.__main__ import main
from tests.house.tree import ROOT
from tests.unit.coverage.test_admin_map import example

CONFIG = ROOT / "config"
ASKED = ["coverage", "--config", str(CONFIG), "--as-of", "2025-06-30"]


def said(capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main([*ASKED, *more]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", ["579", "526", "126"])
def test_totals_do_not_depend_on_the_map(name: str, capsys: pytest.CaptureFixture[str]):
    rows = list(csv.DictReader(io.StringIO(said(capsys, "--map", name, "--csv"))))
    for target, total in (
        ("fibre-households-2030", 2_224_107),
        ("fibre-communes-2025", 579),
        ("5g-population-2030", 8_053_663),
    ):
        mine = [row for row in rows if row["target"] == target]
        assert len(mine) == int(name)
        assert sum(int(row["total"]) for row in mine) == total
        assert min(int(row["total"]) for row in mine) > 0
    covered = {row["target"]: 0 for row in rows}
    for row in rows:
        covered[row["target"]] += int(row["covered"])
    assert covered == {
        "fibre-households-2025": 1_794_329,
        "fibre-communes-2025": 575,
        "mobile-population-2025": 7_867_624,
        "fibre-households-2030": 1_794_329,
        "5g-population-2030": 3_339_539,
    }


def test_the_same_question_has_the_same_bytes_and_names_its_files(capsys: pytest.CaptureFixture[str]):
    first = said(capsys, "--map", "126", "--json")
    assert said(capsys, "--map", "126", "--json") == first
    told = json.loads(first)
    for one in told["inputs"]:
        assert hashlib.sha256((CONFIG / one["file"]).read_bytes()).hexdigest() == one["sha256"]
    assert {"targets.yml", "admin/maps.yml", "surveys/2025-06-30-invented.csv"} <= {
        one["file"] for one in told["inputs"]
    }
    assert [one["overdue"] for one in told["surveys"]] == [False] * 3


def test_evidence_adds_up_to_the_number(capsys: pytest.CaptureFixture[str]):
    rows = list(csv.DictReader(io.StringIO(said(capsys, "--evidence", "--target", "fibre-households-2030"))))
    best: dict[str, int] = {}
    for row in rows:
        best[row["commune"]] = max(best.get(row["commune"], 0), int(row["households_passed"] or 0))
    assert (len(best), sum(best.values())) == (579, 1_794_329)
    assert all(row["written_at"] or not row["carrier"] for row in rows)


def test_the_map_has_every_unit_with_borders_and_numbers(capsys: pytest.CaptureFixture[str]):
    for name in ("579", "526", "126"):
        features = json.loads(said(capsys, "--map", name, "--geojson"))["features"]
        assert len(features) == int(name)
        for one in features:
            assert one["geometry"]["type"] == "MultiPolygon"
            for polygon in one["geometry"]["coordinates"]:
                (ring,) = polygon
                assert ring[0] == ring[-1]
                assert all(105.2 < x < 106.1 and 20.5 < y < 21.5 for x, y in ring)
                assert sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) > 0
        assert (
            sum(one["properties"]["targets"]["fibre-households-2030"]["total"] for one in features)
            == 2_224_107
        )


def test_a_cut_to_the_pilots(capsys: pytest.CaptureFixture[str]):
    told = json.loads(said(capsys, "--tag", "pilot", "--json", "--map", "579"))
    assert told["selection"] == {"tag": "pilot", "communes": 30}
    assert all(len(one["units"]) == 30 for one in told["targets"])


def test_a_table_for_people(capsys: pytest.CaptureFixture[str]):
    text = said(capsys, "--target", "fibre-households-2030", "--map", "579")
    assert "80.68%" in text
    assert "429,778 households" in text
    assert "116.88%" in text, "what may be at most is no less precise than what is"
    assert "above the census: 00292 Phường Quỳnh Lôi: 4,372 of 4,204" in text
    assert "at most: all carriers' claims added up" in text


def test_a_sum_that_stays_below_the_whole_needs_no_explanation(capsys: pytest.CaptureFixture[str]):
    text = said(capsys, "--target", "5g-population-2030", "--map", "579")
    assert "at most" in text
    assert "added up" not in text


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--as-of", "June"], "cannot read --as-of 'June'"),
        (["--map", "127"], "no map '127'; there are: 579, 526, 126"),
        (["--target", "fibre-household-2030"], "did you mean 'fibre-households-2030'?"),
        (["--tag", "pilots"], "no commune is tagged 'pilots'; there are: pilot"),
    ],
)
def test_what_does_not_exist_is_misuse(more: list[str], message: str, capsys: pytest.CaptureFixture[str]):
    assert main([*ASKED, *more]) == 2
    assert message in capsys.readouterr().err


def test_without_a_journal_nothing_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main([*ASKED, "--data", str(tmp_path)]) == 1
    assert "there is no journal" in capsys.readouterr().err
    told = json.loads(said(capsys, "--json", "--target", "fibre-communes-2025"))
    assert told["targets"][0]["measured"] is None


def test_every_target_has_both_languages_and_a_source():
    for target in example().targets.values():
        assert target.title.vi != target.title.en
        assert "2021" in target.source.en
