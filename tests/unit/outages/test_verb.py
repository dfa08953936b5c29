"""`citynoc outages` as somebody on shift uses it: what it lists, in whose time, and what it says of a journal that is none."""

import csv
import io
import json
import os
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from citynoc.__main__ import main
from collector.outages.history import History
from collector.outages.ledger import Entry, Ledger
from collector.outages.state import Outage, State
from tests.config.workshop import small_city
from tests.unit.outages.test_history import DAY, START, at
from tests.unit.outages.test_journal import OUTAGE

MANY = 400


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with the journal of a week: one outage a day, the last one still on."""
    folder = tmp_path / "data"
    folder.mkdir()
    ledger = Ledger(folder / "journal.sqlite")
    ledger.begin_watch(START)
    for day in range(7):
        began = START + day * DAY + 3600
        add(ledger, replace(OUTAGE, started=began, ended=None if day == 6 else began + 600))
    ledger.still_watching(START, START + 7 * DAY)
    ledger.close()
    return folder


def add(ledger: Ledger, outage: Outage) -> None:
    ledger.write(Entry(outages={(outage.id, outage.started): outage}))


Cli = Callable[..., int]


@pytest.fixture
def cli(tmp_path: Path, data: Path) -> Cli:
    (tmp_path / "city").mkdir()
    config = small_city(tmp_path / "city")

    def call(*args: str) -> int:
        return main(["outages", "--config", str(config), "--data", str(data), *args])

    return call


@pytest.fixture
def journal(data: Path) -> Path:
    return data / "journal.sqlite"


def listed(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = json.loads(capsys.readouterr().out)["outages"]
    return rows


def test_what_began_on_battery_says_so(cli: Cli, journal: Path, capsys: pytest.CaptureFixture[str]):
    ledger = Ledger(journal)
    add(ledger, replace(OUTAGE, id="device:dark", started=START + 60, ended=START + 90, on_battery=True))
    add(ledger, replace(OUTAGE, id="device:taken", started=START + 60, ended=START + 90, acknowledged=True))
    ledger.close()
    span = ("--since", "2026-07-01", "--until", "2026-07-01 00:30")
    assert cli(*span) == 0
    told = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if "device:" in line}
    assert "on battery" in told["device:dark"]
    assert "on battery" not in told["device:taken"]
    assert "taken" in told["device:taken"].removeprefix("  device:taken")
    assert cli(*span, "--json") == 0
    assert {row["outage"]: row["on_battery"] for row in listed(capsys)} == {
        "device:dark": True,
        "device:taken": False,
    }
    assert cli(*span, "--csv") == 0
    rows = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert {row["outage"]: row["on_battery"] for row in rows} == {
        "device:dark": "True",
        "device:taken": "False",
    }


def test_a_day_is_the_city_s_in_every_form(cli: Cli, capsys: pytest.CaptureFixture[str]):
    span = ("--since", "2026-07-02", "--until", "2026-07-03")
    assert cli(*span, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["since"], report["until"]) == (at("2026-07-02"), at("2026-07-03"))
    assert report["timezone"] == "Asia/Ho_Chi_Minh"
    [row] = report["outages"]
    assert (row["started"], row["started_time"]) == (at("2026-07-02") + 3600, "2026-07-02T01:00:00+07:00")
    assert cli(*span, "--csv") == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["started_time"], row["ended_time"]) == (
        "2026-07-02T01:00:00+07:00",
        "2026-07-02T01:10:00+07:00",
    )
    assert cli(*span) == 0
    printed = capsys.readouterr()
    assert "2026-07-02 01:00:00" in printed.out
    assert "2026-07-02 00:00:00 to 2026-07-03 00:00:00, times of Asia/Ho_Chi_Minh" in printed.out
    assert "1 outage, 0 still on" in printed.out
    assert printed.err == ""


def test_what_is_still_on_can_be_asked_for_alone(cli: Cli, capsys: pytest.CaptureFixture[str]):
    assert cli("--open", "--since", "2026-06-01", "--json") == 0
    [row] = listed(capsys)
    assert (row["started"], row["ended"], row["ended_time"]) == (START + 6 * DAY + 3600, None, None)
    assert cli("--open", "--since", "2026-06-01") == 0
    assert "1 outage, 1 still on" in capsys.readouterr().out


def test_what_was_on_when_the_watching_ended_is_not_called_still_on(
    cli: Cli, capsys: pytest.CaptureFixture[str]
):
    assert cli("--since", "2026-07-01") == 0
    printed = capsys.readouterr().out
    assert "on when last seen" in printed
    assert "nobody watches since 2026-07-08 00:00:00: what was on then may be over" in printed


def test_while_somebody_watches_it_is_still_on(cli: Cli, journal: Path, capsys: pytest.CaptureFixture[str]):
    ledger = Ledger(journal)
    ledger.still_watching(START, time.clock_gettime(time.CLOCK_REALTIME))
    ledger.close()
    assert cli("--since", "2026-07-01") == 0
    printed = capsys.readouterr().out
    assert "still on" in printed
    assert "when last seen" not in printed


def test_what_began_before_the_clock_was_set_back_is_listed_and_has_lasted_nothing(
    cli: Cli, journal: Path, capsys: pytest.CaptureFixture[str]
):
    now = time.clock_gettime(time.CLOCK_REALTIME)
    ledger = Ledger(journal)
    add(ledger, replace(OUTAGE, id="device:ahead", started=now + 3600, ended=None))
    add(ledger, replace(OUTAGE, id="device:mended", started=now + 7200, ended=now + 10))
    ledger.still_watching(START, now)
    ledger.close()
    assert cli("--since", "1h", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    rows = {row["outage"]: row for row in report["outages"]}
    assert {name: rows[name]["seconds"] for name in ("device:ahead", "device:mended")} == {
        "device:ahead": 0,
        "device:mended": 0,
    }
    assert report["mean_time_to_repair_seconds"] == 0
    assert cli("--since", "1h") == 0
    printed = capsys.readouterr().out
    assert "device:ahead" in printed
    assert "still on" in printed
    assert "0:00:00" in printed
    assert "-1 day" not in printed
    assert cli("--since", "1h", "--until", "30m", "--json") == 0
    assert "device:ahead" not in {row["outage"] for row in listed(capsys)}


def test_availability_ends_at_until(cli: Cli, journal: Path, capsys: pytest.CaptureFixture[str]):
    ledger = Ledger(journal)
    ledger.write(Entry(sites=[(START, "00115", int(State.UP)), (START + DAY, "00115", int(State.DOWN))]))
    ledger.close()
    span = ("--since", "2026-07-01", "--until", "2026-07-02", "--availability", "site", "--json")
    assert cli(*span) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert (row["up_seconds"], row["down_seconds"]) == (DAY, 0)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--until", "later"], "cannot read --until 'later'; write 90m, 12h, 7d, 2026-08-01 or "),
        (["--since", "1d", "--until", "2d"], "--since is not before --until"),
    ],
)
def test_a_wrong_time_is_one_line(cli: Cli, capsys: pytest.CaptureFixture[str], args: list[str], words: str):
    assert cli(*args) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_the_beginning_of_time_is_no_traceback(cli: Cli, capsys: pytest.CaptureFixture[str]):
    for since in ("999999w", "0001-01-01"):
        assert cli("--since", since) == 0
        assert "since 1970-01-01" in capsys.readouterr().out


def newer(journal: Path) -> None:
    with sqlite3.connect(journal) as db:
        db.execute("PRAGMA user_version=9")
    db.close()


def overwritten(journal: Path) -> None:
    """Not at its beginning: the first questions are answered."""
    ledger = Ledger(journal)
    for number in range(MANY):
        add(ledger, replace(OUTAGE, id=f"device:{number}"))
    ledger._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    [root] = ledger._db.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'outage'").fetchone()
    [size] = ledger._db.execute("PRAGMA page_size").fetchone()
    ledger.close()
    with journal.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)


def held(journal: Path) -> sqlite3.Connection:
    lock = sqlite3.connect(journal, isolation_level=None)
    lock.execute("PRAGMA locking_mode=EXCLUSIVE")
    lock.execute("BEGIN EXCLUSIVE")
    return lock


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (newer, "was written by a later citynoc (schema 9, this one knows 1)"),
        (overwritten, "is damaged (database disk image is malformed)"),
        (
            lambda journal: journal.write_text("no database at all" * 99),
            "is damaged (file is not a database)",
        ),
        (lambda journal: journal.write_bytes(b""), "is no journal of citynoc (no such table: watch)"),
        (held, "another program holds it"),
    ],
    ids=["newer", "overwritten", "text", "nothing in it", "held"],
)
def test_a_journal_that_cannot_be_read_is_one_line(  # noqa: PLR0917 - fixtures
    cli: Cli,
    journal: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    spoil: Callable[[Path], sqlite3.Connection | None],
    words: str,
):
    monkeypatch.setattr("collector.outages.reading.LOCKED", 0.1)
    lock = spoil(journal)
    for what in ([], ["--availability", "site"]):
        if spoil is overwritten and what:  # only the outages are damaged
            continue
        assert cli("--since", "2026-07-01", *what) == 1
        said = capsys.readouterr()
        assert words in said.err
        assert (said.out, said.err.count("\n")) == ("", 1)
    if isinstance(lock, sqlite3.Connection):
        lock.close()


def test_an_outage_that_this_version_cannot_read_is_left_out_and_told(
    cli: Cli, journal: Path, capsys: pytest.CaptureFixture[str]
):
    with sqlite3.connect(journal) as db:
        db.execute("UPDATE outage SET kind = 'volcano' WHERE started < ?", (START + DAY,))
        db.execute("INSERT INTO site_change VALUES (?, '00115', 77)", (START,))
    db.close()
    assert cli("--since", "2026-07-01", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (len(report["outages"]), report["unreadable"]) == (6, 1)
    assert cli("--since", "2026-07-01") == 0
    assert "1 outage cannot be read by this citynoc and is left out" in capsys.readouterr().err
    assert cli("--since", "2026-07-01", "--until", "2026-07-02", "--availability", "site", "--json") == 0
    [row] = json.loads(capsys.readouterr().out)
    assert row["availability"] is None


def test_a_journal_that_is_being_written_is_read(cli: Cli, journal: Path, capsys: pytest.CaptureFixture[str]):
    writer = sqlite3.connect(journal, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM outage")
    assert cli("--since", "2026-07-01", "--json") == 0
    assert len(listed(capsys)) == 7
    writer.close()


def test_an_empty_journal_is_no_mistake(cli: Cli, journal: Path, capsys: pytest.CaptureFixture[str]):
    journal.unlink()
    Ledger(journal).close()
    for form in ([], ["--json"], ["--csv"], ["--availability", "site"], ["--availability", "site", "--csv"]):
        assert cli("--since", "2026-07-01", *form) == 0
        assert capsys.readouterr().err == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another user")
@pytest.mark.parametrize(
    ("folder", "file", "words"),
    [(0o700, 0o644, "as the service's user"), (0o755, 0o600, "as the service's user"), (0o755, 0o644, "")],
)
def test_who_may_not_read_is_told_so_and_a_folder_that_cannot_be_written_is_enough(
    tmp_path: Path, folder: int, file: int, words: str
):
    # pytest's own folders are for their owner alone.
    place = Path(f"/tmp/citynoc-journal-{os.getpid()}")  # noqa: S108 - removed below
    place.mkdir()
    journal = place / "journal.sqlite"
    try:
        ledger = Ledger(journal)
        add(ledger, OUTAGE)
        ledger.close()
        journal.chmod(file)
        place.chmod(folder)
        child = os.fork()
        if child == 0:
            os.seteuid(65534)
            os._exit(said(journal, words))
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        for one in place.iterdir():
            one.unlink()
        place.rmdir()


def said(journal: Path, words: str) -> int:
    """In a process of its own: 0 if the journal says these words, or is read where there are none."""
    from collector.outages.history import NoJournalError  # noqa: PLC0415 - nothing may be read as the other user

    try:
        with History(journal) as history:
            return 0 if not words and len(history.outages(0.0)) == 1 else 1
    except NoJournalError as why:
        return 0 if words and words in str(why) else 1
