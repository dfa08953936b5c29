import sqlite3
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from collector.coverage.diary import FILE, KEEP, DiaryError, read, write
from collector.coverage.links import Tally
from collector.model import SiteCode

SITE = SiteCode("00115")
JUNE = date(2025, 6, 30)


def tally(seconds: int) -> Tally:
    return Tally(Counter({1000: seconds}), Counter({1: seconds}), Counter({5: seconds}))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / FILE


def test_a_day_is_written_again_as_it_goes_on_and_days_add_up(path: Path):
    assert read(path, JUNE, JUNE) == {}
    write(path, JUNE, {SITE: tally(5), SiteCode("empty"): Tally()})
    write(path, JUNE, {SITE: tally(300)})
    assert read(path, JUNE, JUNE) == {SITE: tally(300)}
    write(path, JUNE + timedelta(days=1), {SITE: tally(7)})
    assert read(path, JUNE, JUNE + timedelta(days=1)) == {SITE: tally(307)}
    assert read(path, JUNE + timedelta(days=2), JUNE + timedelta(days=9)) == {}


def test_old_days_go(path: Path):
    write(path, JUNE - KEEP - timedelta(days=1), {SITE: tally(1)})
    write(path, JUNE - KEEP, {SITE: tally(2)})
    write(path, JUNE, {SITE: tally(4)})
    assert read(path, date(2000, 1, 1), JUNE) == {SITE: tally(6)}


def test_what_is_no_database_is_set_aside_and_kept(path: Path):
    path.write_bytes(b"this is not a database, whatever its name says" * 50)
    with pytest.raises(DiaryError, match="cannot be read"):
        read(path, JUNE, JUNE)
    aside = write(path, JUNE, {SITE: tally(3)})
    assert aside is not None
    assert aside.read_bytes().startswith(b"this is not")
    assert read(path, JUNE, JUNE) == {SITE: tally(3)}


def test_a_later_version_is_not_touched(path: Path):
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    before = path.read_bytes()
    with pytest.raises(DiaryError, match="schema 99"):
        write(path, JUNE, {SITE: tally(3)})
    assert path.read_bytes() == before


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(DiaryError, match="unable to open"):
        write(tmp_path / "nowhere" / FILE, JUNE, {SITE: tally(3)})


@pytest.mark.parametrize("text", ["5", "1:2:3", "x:5", "1000:86400 5"])
def test_a_row_that_is_not_ours_is_told(path: Path, text: str):
    write(path, JUNE, {SITE: tally(3)})
    with sqlite3.connect(path) as db:
        db.execute("UPDATE seen SET capacity = ?", (text,))
    db.close()
    with pytest.raises(DiaryError, match="cannot be read"):
        read(path, JUNE, JUNE)
