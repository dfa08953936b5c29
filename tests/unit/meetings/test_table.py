"""The table of `citynoc meeting readiness` in a window: the reason is what people came for, and the count stays in sight."""

import contextlib
import os
from io import StringIO
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.live import Live

from citynoc.verbs.meetings.readiness import WORDS, _console, _page
from collector.model import Inventory
from collector.outages.journal import Journal
from exporters.api import Api
from exporters.readiness import document
from tests.unit.meetings.stage import Plan, Stage, city, conferring_step, meeting


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A meeting of forty whom nobody has heard of yet, and one whose camera is broken."""
    small: Inventory = city(2, 41)
    stage = Stage(small)
    stage.hush(*(one.name for one in stage.endpoints[1:]))
    stage.says(stage.endpoints[0].name, camera_ok=0)
    stage.run(60)
    journal = Journal(tmp_path_factory.mktemp("data") / "journal.sqlite", lambda: stage.now)
    conferring = stage.conferring(Plan(meeting(small)), journal)
    conferring_step(conferring)
    [sitting] = conferring.standing.sittings
    assert sitting.look is not None
    return dict(document(sitting, sitting.look, small, Api(small, stage.last.state)))


def drawn(told: dict[str, Any], language: str, width: int, *, watched: bool) -> list[str]:
    """What a window of 24 lines shows."""
    out = StringIO()
    console = Console(file=out, width=width, height=24, force_terminal=True, color_system=None)
    page = _page(told, language, everybody=False, watched=watched)
    if watched:
        with Live(page, console=console, auto_refresh=False) as live:
            live.refresh()
            shown = out.getvalue()
        return shown.splitlines()
    console.print(page)
    return out.getvalue().splitlines()


WIDTHS = (40, 60, 80, 100, 200)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("width", WIDTHS)
def test_the_reason_is_there_whole_however_narrow_the_window_is(
    told: dict[str, Any], language: str, width: int
):
    lines = drawn(told, language, width, watched=False)
    assert all(cell_len(line) <= width for line in lines)
    words = set(" ".join(lines).split())
    assert {"00000", "vc-00000"} <= words
    assert "…" not in "".join(lines)
    for one in told["list"]:
        if one["verdict"] != "GO":
            for reason in one["reasons"]:
                assert set(reason[language].split()) - words <= {reason[language].split()[-1]}  # before a ";"


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_real_name_and_district_are_never_cut_inside_a_word(
    told: dict[str, Any], language: str, width: int
):
    named = {"name": "Phường Thượng Thanh", "district_name": "Quận Long Biên"}
    there = {**told, "list": [{**one, **named} for one in told["list"]]}
    lines = drawn(there, language, width, watched=False)
    assert all(cell_len(line) <= width for line in lines)
    words = set(" ".join(lines).replace(",", " ").split())
    assert set(" ".join(named.values()).split()) <= words
    assert "…" not in "".join(lines)


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("width", WIDTHS)
def test_who_watches_sees_no_more_lines_than_the_window_has(told: dict[str, Any], language: str, width: int):
    lines = drawn(told, language, width, watched=True)
    assert len(lines) <= 2 * 24, "drawn when it begins, and once more"
    assert any(line.strip().startswith("NO-GO") for line in lines)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_who_watches_sees_the_count_though_the_list_is_longer_than_the_window(
    told: dict[str, Any], language: str
):
    lines = drawn(told, language, 80, watched=True)
    count = WORDS[language]["count"]
    assert isinstance(count, str)
    assert any(line.startswith(count.format_map(told)[:30]) for line in lines[:4])
    assert any("NO-GO " in line for line in lines[4:])


def test_who_asks_once_reads_the_count_last(told: dict[str, Any]):
    assert drawn(told, "en", 120, watched=False)[-1].startswith(
        f"{told['ready']} GO, {told['not_ready']} NO-GO"
    )


def test_a_reader_that_goes_early_is_not_a_no_go(told: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    reads, writes = os.pipe()
    os.close(reads)
    out = os.fdopen(writes, "w", encoding="utf-8")
    monkeypatch.setattr("sys.stdout", out)
    try:
        with pytest.raises(BrokenPipeError):
            _console().print(_page(told, "en", everybody=False))
    finally:
        with contextlib.suppress(BrokenPipeError):
            out.close()
