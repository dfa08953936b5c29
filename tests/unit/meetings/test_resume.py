"""What became of a sitting while no service ran: cancelled, over, put off; and the next life says so, once."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from collector.meetings.archive import Archive
from collector.model import Inventory
from collector.outages.sittings import SittingRow
from tests.unit.meetings.stage import CALL, START, Plan, Stage, meeting
from tests.unit.meetings.test_whole_meeting import LENGTH, NAME, Desk, lived, standing

pytestmark = pytest.mark.timeout(120)
WEEK = 7 * 86400.0


def first_life(small: Inventory, path: Path, begin: float, until: float) -> Stage:
    """A service that prepares the meeting, or holds it, and stops in the middle of it."""
    stage = Stage(small, start=begin)

    async def play(desk: Desk) -> None:
        for device in stage.endpoints:
            stage.says(device.name, **CALL)
        await desk.until(until)

    lived(path, stage, Plan(meeting(small, length=LENGTH)), play)
    assert {verdict for _, verdict, _, _ in standing(path, meeting(small))} == {"GO"}
    return stage


def next_life(stage: Stage, path: Path, at: float, plan: Plan) -> SittingRow:
    """Later another service begins, with this calendar; what it makes of the sitting."""
    stage.run(at - stage.now)

    async def play(desk: Desk) -> None:
        await desk.wait(60)

    lived(path, stage, plan, play)
    with Archive(path) as archive:
        return next(row for row in archive.sittings(NAME) if row.key == START)


def over(path: Path, small: Inventory) -> list[str]:
    return [site for site, verdict, _, _ in standing(path, meeting(small)) if verdict == "ended"]


def test_a_sitting_that_was_cancelled_while_nobody_watched_is_cancelled(small: Inventory, path: Path):
    stage = first_life(small, path, START - 1200, START - 1100)
    row = next_life(stage, path, START - 900, Plan(meeting(small, START + WEEK)))
    assert (row.cancelled, row.started, row.ended) == (True, START, START)
    assert len(over(path, small)) == 4


def test_a_sitting_that_was_broken_off_while_nobody_watched_is_cancelled(small: Inventory, path: Path):
    stage = first_life(small, path, START - 300, START + 100)
    row = next_life(stage, path, START + 400, Plan())
    assert row.cancelled
    assert row.started == START
    assert row.ended == pytest.approx(START + 400, abs=1)
    assert len(over(path, small)) == 4


def test_a_sitting_that_was_put_off_for_hours_while_nobody_watched_is_cancelled(small: Inventory, path: Path):
    stage = first_life(small, path, START - 1200, START - 1100)
    row = next_life(stage, path, START - 900, Plan(meeting(small, START + 7200)))
    assert (row.cancelled, row.ended) == (True, START)


@pytest.mark.parametrize("calendar", ["still has it", "has it no more"])
def test_a_sitting_that_ended_while_nobody_watched_has_ended(small: Inventory, path: Path, calendar: str):
    stage = first_life(small, path, START - 300, START + 100)
    plan = Plan(meeting(small, length=LENGTH)) if calendar == "still has it" else Plan()
    row = next_life(stage, path, START + LENGTH + 100, plan)
    assert (row.cancelled, row.ended) == (False, START + LENGTH)
    assert len(over(path, small)) == 4
    before = standing(path, meeting(small))
    next_life(stage, path, START + LENGTH + 300, plan)
    assert standing(path, meeting(small)) == before


def test_a_sitting_that_was_cut_short_while_nobody_watched_ended_then(small: Inventory, path: Path):
    stage = first_life(small, path, START - 300, START + 100)
    row = next_life(stage, path, START + 400, Plan(meeting(small, length=200)))
    assert (row.cancelled, row.ended) == (False, START + 200)
    assert len(over(path, small)) == 4


def test_a_sitting_that_goes_on_goes_on(small: Inventory, path: Path):
    stage = first_life(small, path, START - 300, START + 100)
    sitting = replace(meeting(small, length=LENGTH), start=START + 60, end=START + LENGTH + 60)
    row = next_life(stage, path, START + 200, Plan(sitting))
    assert (row.cancelled, row.started, row.ended) == (False, START + 60, START + LENGTH + 60)
    assert over(path, small) == []


def test_a_sitting_whose_row_is_damaged_stops_nothing(small: Inventory, path: Path):
    stage = first_life(small, path, START - 1200, START - 1100)
    with sqlite3.connect(path) as db:
        db.execute("UPDATE sitting SET sites = '['")
    db.close()
    assert not next_life(stage, path, START - 900, Plan()).cancelled
