"""The journal on a real file: what a restart finds, and what happens when the file cannot be used."""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.model import DeviceName, DistrictCode, SiteCode
from collector.outages.journal import Journal
from collector.outages.ledger import Entry, Ledger, NewerJournalError
from collector.outages.state import CauseKind, CityState, DeviceVerdict, Outage, Severity, State
from collector.outages.verdict import Round

OUTAGE = Outage(
    "device:rt-00115",
    CauseKind.DEVICE,
    DistrictCode("004"),
    1000.0,
    ("rt-00115",),
    frozenset({DeviceName("rt-00115")}),
    frozenset({SiteCode("00115")}),
    Severity.MAJOR,
    SiteCode("00115"),
    "carrier-a",
)
DEVICE = DeviceName("rt-00115")


def verdicts(
    *, opened: tuple[Outage, ...] = (), closed: tuple[Outage, ...] = (), at: float = 1001.0
) -> Round:
    state = CityState(
        at,
        {DEVICE: DeviceVerdict(State.DOWN, at, False, None, OUTAGE.id)},
        {SiteCode("00115"): State.DOWN},
    )
    return Round((), state, (DEVICE,), opened, (), closed)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def clock() -> float:
    return 1002.0


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - a thread, not the loop, changes it
            await asyncio.sleep(0.01)


def test_a_restart_finds_what_was_open(path: Path):
    async def first() -> None:
        async with Journal(path, clock) as journal:
            assert journal.open_outages == ()
            await journal.record(verdicts(opened=(OUTAGE,)))
            assert not journal.behind

    async def second() -> None:
        async with Journal(path, clock) as journal:
            assert journal.open_outages == (OUTAGE,)
            await journal.record(verdicts(closed=(replace(OUTAGE, ended=1100.0),)))

    asyncio.run(first())
    asyncio.run(second())
    assert Ledger(path).remembered(1101.0) == (replace(OUTAGE, ended=1100.0),)
    assert Ledger(path).remembered(1100.0 + 3601) == ()


def test_rows_are_there_when_record_returns(path: Path):
    async def run() -> None:
        async with Journal(path, clock) as journal:
            await journal.record(verdicts(opened=(OUTAGE,)))
            with sqlite3.connect(path) as other:
                assert other.execute("SELECT device, state FROM device_change").fetchall() == [
                    ("rt-00115", 5)
                ]
                assert other.execute("SELECT site, state FROM site_change").fetchall() == [("00115", 5)]
            other.close()

    asyncio.run(run())


def test_a_locked_file_is_shown_and_caught_up(path: Path):
    async def run() -> None:
        async with Journal(path, clock) as journal:
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            began = time.monotonic()
            await journal.record(verdicts(opened=(OUTAGE,)))
            assert time.monotonic() - began < 5
            assert journal.behind
            await wait_until(lambda: journal.error is not None)
            assert "locked" in (journal.error or "")
            other.execute("ROLLBACK")
            await wait_until(lambda: not journal.behind)
            assert other.execute("SELECT count(*) FROM outage").fetchone() == (1,)
            other.close()

    asyncio.run(run())


def test_a_cancellation_in_the_very_moment_of_writing_is_not_lost(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    async def run() -> None:
        async with Journal(path, clock) as journal, asyncio.TaskGroup() as group:
            loop = asyncio.get_running_loop()
            task = group.create_task(journal.record(verdicts(opened=(OUTAGE,))))

            def written(_: Round, done: asyncio.Future[None]) -> int:
                loop.call_soon(done.set_result, None)
                loop.call_soon(task.cancel)
                return 1

            monkeypatch.setattr(journal._pending, "put", written)
            await asyncio.wait([task])
        assert task.cancelled()

    asyncio.run(run())


def test_a_folder_that_is_deleted_is_said_and_taken_up_again(path: Path, tmp_path: Path):
    path = tmp_path / "data" / path.name
    path.parent.mkdir()
    again = replace(OUTAGE, id="device:rt-00118")

    async def run() -> None:
        async with Journal(path, clock) as journal:
            await journal.record(verdicts(opened=(OUTAGE,)))
            shutil.rmtree(path.parent)
            await journal.record(verdicts(opened=(again,)))
            assert journal.behind
            await wait_until(lambda: "unable to open" in (journal.error or ""))
            path.parent.mkdir()
            await wait_until(lambda: not journal.behind)

    asyncio.run(run())
    ledger = Ledger(path)
    assert set(ledger.remembered(1002.0)) == {OUTAGE, again}
    ledger.close()


def test_a_full_disk_is_survived(path: Path):
    async def run() -> None:
        async with Journal(path, clock) as journal:
            await wait_until(lambda: journal._ledger is not None)
            assert journal._ledger is not None
            db = journal._ledger._db
            pages = db.execute("PRAGMA page_count").fetchone()[0]
            db.execute(f"PRAGMA max_page_count={pages}")
            many = verdicts(opened=tuple(replace(OUTAGE, id=f"device:{i:05}" * 20) for i in range(200)))
            await journal.record(many)
            await wait_until(lambda: journal.error is not None)
            assert "full" in (journal.error or "")
            assert journal.behind
            db.execute("PRAGMA max_page_count=1000000")
            await wait_until(lambda: not journal.behind)
        assert len(Ledger(path).remembered(1002.0)) == 200

    asyncio.run(run())


@pytest.mark.parametrize("content", [b"this is not a database" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_an_unreadable_file_is_set_aside(path: Path, content: bytes):
    path.write_bytes(content)

    async def run() -> None:
        async with Journal(path, clock) as journal:
            await journal.record(verdicts(opened=(OUTAGE,)))
            assert not journal.behind

    asyncio.run(run())
    [kept] = path.parent.glob("journal.sqlite.unreadable-*")
    assert kept.read_bytes() == content
    assert Ledger(path).remembered(1002.0) == (OUTAGE,)


def test_two_unreadable_files_are_both_kept(path: Path):
    for content in (b"one" * 50, b"two" * 50):
        path.write_bytes(content)
        os.utime(path, (1000, 1000))
        Ledger(path).close()
    assert len(list(path.parent.glob("*.unreadable-*"))) == 2


def test_a_newer_file_is_left_alone(path: Path):
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(NewerJournalError, match="schema 99"):
        Ledger(path)


def test_gaps_in_watching_can_be_told(path: Path):
    ledger = Ledger(path)
    ledger.begin_watch(100.0)
    ledger.still_watching(100.0, 200.0, stopped=True)
    ledger.begin_watch(300.0)
    rows = ledger._db.execute("SELECT started, seen, stopped FROM watch ORDER BY started").fetchall()
    assert rows == [(100.0, 200.0, 1), (300.0, 300.0, 0)]
    ledger.close()


def test_the_most_affected_is_remembered(path: Path):
    ledger = Ledger(path)
    many = replace(OUTAGE, affected_sites=frozenset(map(SiteCode, "abc")))
    for outage in (many, OUTAGE):
        ledger.write(Entry(outages={(outage.id, outage.started): outage}))
    assert ledger._db.execute("SELECT most_sites FROM outage").fetchone() == (3,)
    ledger.close()


def test_a_copy_of_the_disk_holds_all_that_was_shown(path: Path, tmp_path: Path):
    """As a power cut leaves it: the files as they are, nothing checkpointed, no shared memory."""
    copy = tmp_path / "after"
    copy.mkdir()

    async def run() -> None:
        async with Journal(path, clock) as journal:
            for number in range(20):
                await journal.record(verdicts(opened=(replace(OUTAGE, id=f"device:{number}"),)))
                assert not journal.behind
                for name in (path.name, f"{path.name}-wal"):
                    (copy / name).write_bytes((path.parent / name).read_bytes())
                (copy / f"{path.name}-shm").unlink(missing_ok=True)
                ledger = Ledger(copy / path.name)
                assert len(ledger.remembered(1002.0)) == number + 1
                ledger.close()

    asyncio.run(run())


KILLED = """
import asyncio, sys, json
from dataclasses import replace
from pathlib import Path
from tests.unit.outages.test_journal import OUTAGE, verdicts, clock
from collector.outages.journal import Journal

async def run():
    async with Journal(Path(sys.argv[1]), clock) as journal:
        number = 0
        while True:
            await journal.record(verdicts(opened=(replace(OUTAGE, id=f"device:{number}"),)))
            if journal.behind:
                raise SystemExit("behind")
            print(number, flush=True)  # exposed
            number += 1
asyncio.run(run())
"""


@pytest.fixture
def killed(path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    yield process
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


@pytest.mark.parametrize("rounds", [1, 7, 40])
def test_sigkill_loses_nothing_that_was_exposed(path: Path, killed: subprocess.Popen[str], rounds: int):
    assert killed.stdout is not None
    lines = [killed.stdout.readline() for _ in range(rounds)]
    killed.send_signal(signal.SIGKILL)
    exposed = [json.loads(line) for line in (*lines, *killed.stdout.read().split())]
    killed.wait()
    found = {outage.id for outage in Ledger(path).remembered(1002.0)}
    assert {f"device:{number}" for number in range(exposed[-1] + 1)} <= found
