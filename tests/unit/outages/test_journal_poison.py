"""A row that no file would ever take, and a writer that breaks: given up alone, counted, and the journal goes on."""

import asyncio
import math
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from collector.model import DeviceName, SiteCode
from collector.outages.journal import Journal, Loss
from collector.outages.ledger import Entry, Ledger
from collector.outages.sittings import Notes, QualityRow
from collector.outages.state import CityState, Outage, State
from collector.outages.verdict import Round
from tests.unit.outages.test_journal import OUTAGE, clock, verdicts, wait_until

NOT_A_NUMBER = QualityRow("giao-ban", 1000.0, "00115", 1, math.nan, 0.0, 0.0, 0.0)
CALL = QualityRow("giao-ban", 1000.0, "00118", 1, 0.0, 0.0, 0.0, 0.0)
NO_TEXT = replace(OUTAGE, id="device:\ud800")
TOO_LARGE = replace(OUTAGE, id="device:large", severity=2**70)  # type: ignore[arg-type]  # what must never come


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def kept(path: Path) -> set[str]:
    """Outages that the file has."""
    db = sqlite3.connect(path)
    found = {row[0] for row in db.execute("SELECT id FROM outage")}
    db.close()
    return found


def away(path: Path) -> None:
    """Somebody takes the file away under the service."""
    path.rename(path.with_name("away"))


def calls(*rows: QualityRow) -> Notes:
    return Notes(quality={row[:3]: row for row in rows})


@pytest.mark.parametrize("poison", [NO_TEXT, TOO_LARGE])
def test_an_outage_that_no_file_would_take_is_given_up_alone(path: Path, poison: Outage):
    async def run() -> Journal:
        async with Journal(path, clock) as journal:
            await journal.record(verdicts(opened=(poison, OUTAGE)))
            await wait_until(lambda: not journal.behind)
            await journal.record(verdicts(opened=(replace(OUTAGE, id="device:next"),), at=1002.0))
            await wait_until(lambda: not journal.behind)
        return journal

    with capture_logs() as log:
        journal = asyncio.run(run())
    assert kept(path) == {OUTAGE.id, "device:next"}
    assert journal.lost == {Loss.REFUSED: 1, Loss.OVERFLOW: 0, Loss.UNREADABLE: 0}
    assert journal.restarts == 0
    [line] = [one for one in log if one["event"] == "journal.rows_refused"]
    assert (line["table"], line["rows"]) == ("outage", 1)
    assert "Error" in line["error"]


def test_a_number_that_is_none_in_a_meeting_s_calls_keeps_no_verdict_out(path: Path):
    async def run() -> Journal:
        async with Journal(path, clock) as journal:
            journal.note(calls(NOT_A_NUMBER, CALL))
            await journal.record(verdicts(opened=(OUTAGE,)))
            await wait_until(lambda: not journal.behind)
        return journal

    journal = asyncio.run(run())
    assert kept(path) == {OUTAGE.id}
    assert journal.lost[Loss.REFUSED] == 1
    db = sqlite3.connect(path)
    assert db.execute("SELECT site FROM call_quality").fetchall() == [("00118",)]
    db.close()


def test_a_refused_outage_does_not_bar_a_file_that_is_begun_anew(path: Path):
    async def run() -> None:
        async with Journal(path, clock) as journal:
            await journal.record(verdicts(opened=(NO_TEXT, OUTAGE)))
            away(path)
            await journal.record(verdicts(opened=(replace(OUTAGE, id="device:next"),)))
            await wait_until(lambda: not journal.behind)

    asyncio.run(run())
    assert kept(path) == {OUTAGE.id, "device:next"}


def test_a_locked_file_gives_up_nothing(path: Path):
    async def run() -> Journal:
        async with Journal(path, clock) as journal:
            await journal.record(verdicts(opened=(OUTAGE,)))
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            await journal.record(verdicts(opened=(replace(OUTAGE, id="device:b"), NO_TEXT)))
            await wait_until(lambda: journal.error is not None)
            assert sum(journal.lost.values()) == 0
            other.execute("ROLLBACK")
            other.close()
            await wait_until(lambda: not journal.behind)
        return journal

    journal = asyncio.run(run())
    assert kept(path) == {OUTAGE.id, "device:b"}
    assert journal.lost[Loss.REFUSED] == 1


def broken(times: int) -> Callable[[Ledger, Entry], object]:
    """`Ledger.write`, but so often with an error that nobody foresaw."""
    write, left = Ledger.write, [times]

    def failing(ledger: Ledger, entry: Entry) -> object:
        if left[0] and entry.devices:
            left[0] -= 1
            raise RuntimeError("a mistake of ours")
        return write(ledger, entry)

    return failing


def test_a_writer_that_breaks_goes_on_and_says_so(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Ledger, "write", broken(1))

    async def run() -> Journal:
        async with Journal(path, clock) as journal:
            await journal.record(verdicts(opened=(OUTAGE,)))
            await wait_until(lambda: not journal.behind)
        return journal

    with capture_logs() as log:
        journal = asyncio.run(run())
    assert kept(path) == {OUTAGE.id}
    assert journal.restarts == 1
    assert journal.lost[Loss.REFUSED] == 0
    [line] = [one for one in log if one["event"] == "journal.bug"]
    assert "a mistake of ours" in line["error"]


def test_what_breaks_the_writer_again_and_again_is_given_up(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Ledger, "write", broken(3))

    async def run() -> Journal:
        async with Journal(path, clock) as journal:
            await journal.record(verdicts(opened=(OUTAGE,)))
            await wait_until(lambda: not journal.behind)
            assert journal.error is None
            await journal.record(Round((), CityState(1003.0), (), (replace(OUTAGE, id="device:next"),)))
        return journal

    journal = asyncio.run(run())
    assert kept(path) == {"device:next", OUTAGE.id}  # what lasts was tried with every file that was opened
    assert journal.restarts == 3
    assert journal.lost[Loss.REFUSED] == 3  # the outage, a device, a site


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_writer_that_has_ended_is_not_silent(path: Path, monkeypatch: pytest.MonkeyPatch):
    async def run() -> None:
        monkeypatch.setattr("collector.outages.journal.START", 0.2)
        journal = Journal(path, clock)
        monkeypatch.setattr(journal._pending, "take", lambda _: sys.exit())
        async with journal:
            await wait_until(lambda: journal.behind)
            assert "ended" in (journal.error or "")

    asyncio.run(run())


def test_outages_of_an_earlier_life_that_cannot_be_read_are_left_and_counted(path: Path):
    ledger = Ledger(path)
    for name in ("device:a", "device:b", "device:c"):
        outage = replace(OUTAGE, id=name)
        ledger.write(Entry(outages={(outage.id, outage.started): outage}))
    ledger._db.execute("UPDATE outage SET kind = 'volcano' WHERE id = 'device:a'")
    ledger._db.execute("UPDATE outage SET causes = '[' WHERE id = 'device:b'")
    ledger.close()

    async def run() -> Journal:
        async with Journal(path, clock) as journal:
            assert [one.id for one in journal.open_outages] == ["device:c"]
            await journal.record(verdicts(opened=(OUTAGE,)))
            assert not journal.behind
        return journal

    journal = asyncio.run(run())
    assert journal.lost[Loss.UNREADABLE] == 2
    assert OUTAGE.id in kept(path)


def test_a_journal_that_is_known_to_fail_holds_no_round_back(path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("collector.outages.journal.PATIENCE", 3600.0)

    async def run() -> None:
        async with Journal(path, clock) as journal:
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            first = asyncio.ensure_future(journal.record(verdicts(opened=(OUTAGE,))))
            await wait_until(lambda: journal.error is not None)
            await journal.record(verdicts(opened=(replace(OUTAGE, id="device:b"),)))
            assert journal.behind
            other.execute("ROLLBACK")
            other.close()
            await first
            await wait_until(lambda: not journal.behind)

    asyncio.run(run())
    assert kept(path) == {OUTAGE.id, "device:b"}


def sites(path: Path) -> list[tuple[float, str, int]]:
    db = sqlite3.connect(path)
    found = db.execute("SELECT at, site, state FROM site_change ORDER BY at, rowid").fetchall()
    db.close()
    return found


def test_a_file_that_is_begun_anew_knows_the_sites_too(path: Path):
    async def run() -> None:
        async with Journal(path, clock) as journal:
            await journal.record(verdicts(opened=(OUTAGE,)))
            away(path)
            await journal.record(verdicts(opened=(replace(OUTAGE, id="device:next"),)))
            await wait_until(lambda: not journal.behind)

    asyncio.run(run())
    assert sites(path) == [(1002.0, "00115", int(State.DOWN))]


def test_a_site_that_leaves_the_configuration_is_not_down_for_ever(path: Path):
    gone = Round((), CityState(1010.0), (DeviceName("x"),))

    async def run() -> None:
        async with Journal(path, clock) as journal:
            await journal.record(verdicts())
            state = CityState(1010.0, verdicts().state.devices, {SiteCode("00118"): State.UP})
            await journal.record(replace(gone, state=state, changed=()))

    asyncio.run(run())
    assert sites(path) == [
        (1001.0, "00115", int(State.DOWN)),
        (1010.0, "00118", int(State.UP)),
        (1010.0, "00115", int(State.UNKNOWN)),
    ]


def test_a_new_life_begins_with_nothing_known(path: Path):
    async def life(now: float) -> None:
        async with Journal(path, lambda: now) as journal:
            if now == 1002.0:
                await journal.record(verdicts())

    for now in (1002.0, 2000.0, 3000.0):
        asyncio.run(life(now))
    assert sites(path) == [(1001.0, "00115", int(State.DOWN)), (2000.0, "00115", int(State.UNKNOWN))]


def test_what_was_open_in_a_file_that_was_opened_too_late_does_not_stay_open(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    ledger = Ledger(path)
    ledger.begin_watch(900.0)
    ledger.write(Entry(outages={(OUTAGE.id, OUTAGE.started): OUTAGE}))
    ledger.still_watching(900.0, 1001.0)
    ledger.close()
    monkeypatch.setattr("collector.outages.journal.START", 0.2)
    again = replace(OUTAGE, started=1002.0)

    async def run() -> None:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        async with Journal(path, clock) as journal:
            assert journal.open_outages == ()
            await journal.record(verdicts(opened=(again,)))
            other.execute("ROLLBACK")
            other.close()
            await wait_until(lambda: not journal.behind)
            monkeypatch.undo()

    asyncio.run(run())
    ledger = Ledger(path)
    assert ledger._db.execute("SELECT started, ended FROM outage ORDER BY started").fetchall() == [
        (1000.0, 1001.0),
        (1002.0, None),
    ]
    ledger.close()


def test_of_two_open_outages_of_one_cause_only_the_later_lasts(path: Path):
    later = replace(OUTAGE, started=1500.0)
    ledger = Ledger(path)
    for one in (OUTAGE, later):
        ledger.write(Entry(outages={(one.id, one.started): one}))
    ledger.close()

    async def run() -> None:
        async with Journal(path, lambda: 1600.0) as journal:
            assert journal.open_outages == (later,)

    asyncio.run(run())
    ledger = Ledger(path)
    assert ledger._db.execute("SELECT started, ended FROM outage ORDER BY started").fetchall() == [
        (1000.0, 1500.0),
        (1500.0, None),
    ]
    ledger.close()


def watches(path: Path) -> list[tuple[float, float, int]]:
    db = sqlite3.connect(path)
    found = db.execute("SELECT started, seen, stopped FROM watch ORDER BY started").fetchall()
    db.close()
    return found


def test_a_pause_of_the_machine_is_a_gap_in_watching(path: Path):
    now = [1000.0]

    async def run() -> None:
        async with Journal(path, lambda: now[0]) as journal:
            await journal.record(verdicts())
            now[0] = 5000.0
            journal.paused(1007.0, 5000.0)
            await journal.record(verdicts(at=5000.0))
            now[0] = 5003.0

    asyncio.run(run())
    assert watches(path) == [(1000.0, 1007.0, 0), (5000.0, 5003.0, 1)]


def test_a_file_that_is_opened_again_does_not_forget_since_when_somebody_watched(path: Path):
    ledger = Ledger(path)
    ledger.begin_watch(100.0)
    ledger.still_watching(100.0, 200.0)
    ledger.begin_watch(100.0)
    ledger.close()
    assert watches(path) == [(100.0, 200.0, 0)]
