"""The committed dashboards are what a fresh build gives, without fault, and in the language that they claim."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboards import build
from dashboards.words import Language, Speaker
from tests.house.tree import ROOT
from tests.unit.dashboards.inspection import faults

FOLDER = ROOT / "deploy" / "grafana" / "dashboards"
BOARDS = {path.stem: json.loads(content) for path, content in build.build().items()}
VARIABLES = {
    uid: {variable["name"] for variable in board["templating"]["list"]} for uid, board in BOARDS.items()
}
NAMES = {"name", "name_vi", "title_en", "title_vi"}
"""Labels that hold a name in one language: a build shows its own."""
SAME_IN_BOTH = {"-", "__auto", "prometheus", "10s"}


def test_committed_files_are_a_fresh_build_byte_for_byte():
    assert build.differences(FOLDER) == []


def test_building_twice_gives_the_same_bytes():
    assert build.build() == build.build()


def test_files_are_named_for_their_uid():
    for path, content in build.build().items():
        board = json.loads(content)
        assert path.stem == board["uid"]
        assert path.parent.name == board["uid"].rpartition("-")[2] == board["tags"][1]


@pytest.mark.parametrize("uid", BOARDS)
def test_dashboard_has_no_fault(uid: str):
    assert faults(BOARDS[uid], VARIABLES) == []


@pytest.mark.parametrize("uid", [uid for uid in BOARDS if uid.endswith("-en")])
def test_builds_differ_in_words_only(uid: str):
    def skeleton(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key if key.isascii() and key not in NAMES else "…": skeleton(inside)
                for key, inside in value.items()
                if key not in {"renameByName", "uid"}
            }
        if isinstance(value, list):
            return [skeleton(inside) for inside in value]
        return "…" if isinstance(value, str) else value

    english, vietnamese = BOARDS[uid], BOARDS[uid.removesuffix("en") + "vi"]
    assert skeleton(english) == skeleton(vietnamese)


def texts(board: dict[str, Any]) -> Iterator[str]:
    """Everything that a person reads."""
    yield from (board["title"], board["description"])
    for panel in board["panels"]:
        defaults = panel["fieldConfig"]["defaults"]
        yield from (panel["title"], panel["description"], defaults["noValue"])
        mappings = [*defaults.get("mappings", [])]
        for override in panel["fieldConfig"]["overrides"]:
            yield override["matcher"]["options"]
            mappings += [
                one for prop in override["properties"] if prop["id"] == "mappings" for one in prop["value"]
            ]
        yield from (result["text"] for mapping in mappings for result in mapping["options"].values())


@pytest.mark.parametrize("uid", [uid for uid in BOARDS if uid.endswith("-en")])
def test_every_text_is_translated(uid: str):
    english = set(texts(BOARDS[uid]))
    vietnamese = set(texts(BOARDS[uid.removesuffix("en") + "vi"]))
    assert english & vietnamese <= SAME_IN_BOTH
    assert all(text.isascii() for text in english)
    accented = [text for text in vietnamese if not text.isascii()]
    assert len(accented) >= len(vietnamese) - 2


def test_alerts_link_to_dashboards_that_exist():
    for path in (ROOT / "config" / "rules").glob("*.yml"):
        for uid, variable in re.findall(r"/d/([a-z-]+)\b(?:[^\n]*\?var-(\w+)=)?", path.read_text()):
            assert uid in BOARDS
            assert not variable or variable in VARIABLES[uid]


def test_leftovers_are_named_and_removed(tmp_path: Path):
    build.write(tmp_path)
    assert build.differences(tmp_path) == []
    mine = tmp_path / "en" / "citynoc-gone-en.json"
    mine.write_text("{}")
    theirs = tmp_path / "en" / "theirs.json"
    theirs.write_text("{}")
    edited = tmp_path / "vi" / "citynoc-city-vi.json"
    edited.write_text(edited.read_text() + " ")
    assert build.differences(tmp_path) == [
        f"{edited}: differs from a fresh build",
        f"{mine}: built by nothing here",
    ]
    assert build.write(tmp_path) == [mine, edited]
    assert theirs.exists()
    assert build.write(tmp_path) == []


def test_speaker_says_its_language():
    assert Speaker(Language.VIETNAMESE)("down", "hỏng") == "hỏng"
    assert Language.ENGLISH.other is Language.VIETNAMESE
