"""What the journal keeps of meetings, on a real file: an old file, a full disk's worth of waiting, and what a year drops."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from collector.meetings.archive import Archive
from collector.outages.history import NoJournalError
from collector.outages.journal import Journal, Loss
from collector.outages.ledger import KEEP, LATER_TABLES, Entry, Ledger
from collector.outages.pending import PENDING
from collector.outages.sittings import AttendanceRow, Notes, QualityRow, SittingRow

KEY = ("giao-ban", 1000.0)
SITTING = SittingRow(*KEY, 1000.0, 2000.0, False, "Giao ban", "Briefing", '["00001"]', "[]", "{}")
CAME = AttendanceRow(*KEY, 1010.0, "00001", "vc-00001", "GO", "", "", 1, 0)
CALL = QualityRow(*KEY, "00001", 10, 0.1, 0.02, 0.01, 0.02)


def notes() -> Notes:
    return Notes({KEY: SITTING}, [CAME], {(*KEY, "00001"): CALL})


def test_what_is_noted_is_read_back(path: Path):
    ledger = Ledger(path)
    ledger.write(Entry(meetings=notes()))
    ledger.write(
        Entry(
            meetings=Notes(
                {KEY: SITTING._replace(ended=3000.0)}, [], {(*KEY, "00001"): CALL._replace(looks=20)}
            )
        )
    )
    ledger.close()
    with Archive(path) as archive:
        assert archive.sittings() == archive.sittings("giao-ban") == [SITTING._replace(ended=3000.0)]
        assert archive.sittings("other") == []
        assert archive.attendance(KEY) == [CAME]
        assert archive.quality(KEY) == [CALL._replace(looks=20)]
        assert [kept.attendance for kept in archive.unfinished(2500.0)] == [{"00001": CAME}]
        assert [kept.row.key for kept in archive.unfinished(3000.0)] == [1000.0]
    over = CAME._replace(at=900.0, verdict="ended")  # a sitting that was cut short ends before its last news
    ledger = Ledger(path)
    ledger.write(Entry(meetings=Notes(attendance=[over])))
    ledger.close()
    with Archive(path) as archive:
        assert archive.unfinished(2500.0) == []


def test_a_file_from_before_there_were_meetings_gets_their_tables(path: Path):
    Ledger(path).close()
    with sqlite3.connect(path) as db:
        for table in LATER_TABLES:
            db.execute(f"DROP TABLE {table}")
    db.close()
    with Archive(path) as archive:
        assert archive.sittings() == []
        assert archive.attendance(KEY) == []
        assert archive.quality(KEY) == []
    ledger = Ledger(path)
    ledger.write(Entry(meetings=notes()))
    ledger.close()
    with Archive(path) as archive:
        assert archive.attendance(KEY) == [CAME]


def test_after_a_year_and_a_month_a_sitting_is_forgotten(path: Path):
    ledger = Ledger(path)
    ledger.write(Entry(meetings=notes()))
    ledger.begin_watch(2000.0 + KEEP - 1)
    with Archive(path) as archive:
        assert archive.sittings() == [SITTING]
    ledger.begin_watch(2000.0 + KEEP + 1)
    ledger.close()
    with Archive(path) as archive:
        assert not [*archive.sittings(), *archive.attendance(KEY), *archive.quality(KEY)]


def test_notes_wait_for_a_file_that_is_locked_and_keep_their_order(path: Path):
    async def life() -> None:
        async with Journal(path, lambda: 1500.0) as journal:
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            for number in range(5):
                journal.note(Notes({KEY: SITTING}, [CAME._replace(at=1010.0 + number)], {}))
            async with asyncio.timeout(10):
                while not journal.behind:  # noqa: ASYNC110 - a thread, not the loop, changes it
                    await asyncio.sleep(0.01)
            other.execute("COMMIT")
            other.close()

    asyncio.run(life())
    with Archive(path) as archive:
        assert [row.at for row in archive.attendance(KEY)] == [1010.0, 1011.0, 1012.0, 1013.0, 1014.0]


def test_what_waits_is_bounded(tmp_path: Path):
    async def life() -> int:
        journal = Journal(tmp_path / "nowhere" / "journal.sqlite", lambda: 1500.0)
        for _ in range(3):
            journal.note(Notes({}, [CAME] * (PENDING // 2), {}))
        return journal.lost[Loss.OVERFLOW]

    assert asyncio.run(life()) == PENDING // 2


def test_no_file_and_no_database_are_one_sentence(tmp_path: Path):
    with pytest.raises(NoJournalError, match="there is no journal at"), Archive(tmp_path / "none"):
        pass
    (tmp_path / "text").write_text("this is no database at all, and longer than a page's head " * 40)
    with pytest.raises(NoJournalError, match="cannot be read"), Archive(tmp_path / "text"):
        pass
