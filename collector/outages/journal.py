"""The journal as the service sees it: rounds go in, and are on the disk before they are shown. Never blocks the loop.

A thread of its own owns the file. A round is waited for half a second; after that it is shown regardless and
`behind` says so until the file has caught up. A full disk or a locked file is retried for as long as it lasts.
A row that no file would ever take is given up alone, and told. An error that nobody foresaw ends neither the thread
nor the service, for a city without a diary is better watched than one without a watchman: the file is opened anew.
"""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from collector.outages.ledger import Entry, Ledger, NewerJournalError, Refused
from collector.outages.pending import Batch, Pending, Waiter
from collector.outages.rounds import Round
from collector.outages.sittings import Notes
from collector.outages.state import Outage

PATIENCE = 0.5
"""Seconds that a round is held back for the journal (DESIGN §8.10)."""
HEARTBEAT = 10.0
RETRY = 1.0
START = 5.0
"""Seconds that starting waits for the file before going on without it."""
TRIES = 3
"""Times in a row that something may break the writer before it is given up."""

log = structlog.get_logger()


class Loss(StrEnum):
    """Why rows will never be in the journal."""

    REFUSED = "refused"
    OVERFLOW = "overflow"
    UNREADABLE = "unreadable"


class Journal:
    """`async with Journal(path, clock)`: `open_outages` is what was open when the last service ended."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._seen = clock()
        """When it was last written down that somebody looks."""
        self._pending = Pending(self._seen)
        self._shown = self._written = 0
        """Of the rounds the last that was shown, and the last that is on the disk."""
        self._failing: str | None = None
        self._broke = 0
        self._ready = asyncio.Event()
        self._opening = threading.Lock()
        self._remembered = self._too_late = self._begun = False
        self._ledger: Ledger | None = None
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._running = False
        self.open_outages: tuple[Outage, ...] = ()
        self._lost = dict.fromkeys(Loss, 0)
        self.restarts = 0
        """Times that the writer broke and began anew."""

    @property
    def behind(self) -> bool:
        """Whether something that was shown is not on the disk."""
        return self._shown > self._written or self.error is not None

    @property
    def error(self) -> str | None:
        """Why the file cannot be written, for people; None while it can."""
        if self._running and not self._thread.is_alive():
            return "the writer has ended"
        return self._failing

    @property
    def lost(self) -> dict[Loss, int]:
        """Rows that will never be in the file, by reason."""
        return {**self._lost, Loss.OVERFLOW: self._pending.overflow}

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        self._running = True
        try:
            async with asyncio.timeout(START):
                await self._ready.wait()
        except TimeoutError:
            with self._opening:
                self._too_late = not self._remembered
            log.warning("journal.not_open", path=str(self._path), error=self._failing)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._running = False
        self._pending.finish()
        await asyncio.to_thread(self._thread.join, START)
        if self._thread.is_alive():
            log.error("journal.not_closed", path=str(self._path), error=self._failing)

    async def record(self, verdicts: Round) -> None:
        """Returns when the round is on the disk, or after `PATIENCE` regardless; at once while it is known to fail."""
        done = self._loop.create_future()
        hopeless = self.error is not None
        number = self._pending.put(verdicts, done)
        if not hopeless:
            # Not wait_for: Python 3.11's loses a cancellation that comes in the moment the file is written.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await done
        self._shown = max(self._shown, number)

    def note(self, notes: Notes) -> None:
        """Write down what happened in a meeting, soon: nobody waits for it and nothing is held back."""
        if notes:
            self._pending.note(notes)

    def paused(self, last: float, now: float) -> None:
        """Nobody looked between these: the machine slept, or the clock was set."""
        self._pending.paused(last, now)

    # -- the thread ----------------------------------------------------------------------------------------

    def _work(self) -> None:
        stop = False
        while not stop:
            batch = self._pending.take(self._patience() if self._ledger is not None else 0.0)
            stop = batch.stop
            try:
                self._keep(batch)
            except (sqlite3.Error, OSError, NewerJournalError) as error:
                self._failed(error, batch)
            except Exception as bug:  # noqa: BLE001 the city is watched on, and the file opened anew
                self._failed(bug, self._broken(bug, batch))
            else:
                self._failing = None
                self._broke = 0
                self._resolve(batch.waiters)
            if self._failing is not None:
                self._pending.rest(RETRY)
        left = self._pending.take(0.0).entry
        if left:
            log.error("journal.lost", path=str(self._path), rows=len(left), error=self._failing)
        self._close()

    def _patience(self) -> float:
        return min(HEARTBEAT, max(0.1, HEARTBEAT - (self._clock() - self._seen)))

    def _keep(self, batch: Batch) -> None:
        """All of it is in the file when this returns."""
        if self._ledger is not None and not self._ledger.in_place():
            log.error("journal.gone", path=str(self._path))
            self._close()
        if self._ledger is None:
            self._ledger = self._open(batch.began)
        if batch.entry:
            self._refused(self._ledger.write(batch.entry))
        now = self._clock()
        if batch.stop or not 0 <= now - self._seen < HEARTBEAT:
            self._ledger.still_watching(batch.began, now, stopped=batch.stop)
            self._seen = now

    def _open(self, began: float) -> Ledger:
        ledger, again = Ledger(self._path), self._begun
        try:
            if ledger.set_aside is not None:
                log.error("journal.set_aside", path=str(self._path), kept_as=str(ledger.set_aside))
            self._begin(ledger, began)
            ledger.begin_watch(began)
            lasting = self._pending.lasting(self._clock(), sites=again and ledger.fresh)
            if lasting:
                self._refused(ledger.write(lasting))
        except BaseException:
            ledger.close()
            raise
        return ledger

    def _begin(self, ledger: Ledger, began: float) -> None:
        """Once in a life: remember what was open, unless the service has begun without."""
        if not self._remembered:
            remembered = ledger.remembered(self._clock())
            with self._opening:
                self._remembered = True
                if not self._too_late:
                    self.open_outages = remembered
                    self._pending.remember(remembered)
            if ledger.unreadable:
                self._lost[Loss.UNREADABLE] += len(ledger.unreadable)
                log.error("journal.unreadable", rows=len(ledger.unreadable), first=ledger.unreadable[0])
            self._call(self._ready.set)
        if not self._begun:
            given_up = ledger.begin_life(began, seen=not self._too_late)
            self._begun = True
            if given_up:
                log.error("journal.opened_too_late", path=str(self._path), outages_given_up=given_up)

    def _close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def _refused(self, rows: tuple[Refused, ...]) -> None:
        """Rows that no file would take are told by table, and not tried again."""
        by_table: dict[str, list[Refused]] = {}
        for row in rows:
            by_table.setdefault(row.table, []).append(row)
            if row.key is not None:
                self._pending.forget(row.key)
        for table, some in by_table.items():
            self._lost[Loss.REFUSED] += len(some)
            log.error("journal.rows_refused", table=table, rows=len(some), error=some[0].error)

    def _broken(self, bug: Exception, batch: Batch) -> Batch:
        """What of the batch is worth another try after an error that nobody foresaw."""
        said = _said(bug)
        self.restarts += 1
        if self._failing != said:
            log.error("journal.bug", error=said, exc_info=bug)
        if self._ledger is None:  # it broke while the file was opened, which is not the batch's fault
            return batch
        self._close()
        self._broke += 1
        if self._broke < TRIES:
            return batch
        self._broke = 0
        for key in batch.entry.outages:
            self._pending.forget(key)
        self._lost[Loss.REFUSED] += len(batch.entry)
        log.error("journal.given_up", rows=len(batch.entry), error=said)
        return batch._replace(entry=Entry())

    def _failed(self, error: Exception, batch: Batch) -> None:
        """Say why, once, and keep what could not be written."""
        reason = _said(error)
        if self._failing != reason:
            log.error("journal.failing", path=str(self._path), error=reason)
        self._failing = reason
        if _is_unreadable(error):
            self._close()  # opening it again sets the broken file aside
        self._pending.put_back(batch)

    def _resolve(self, waiters: list[Waiter]) -> None:
        def resolve() -> None:
            self._written = waiters[-1][0]  # they stay in order, however often they were put back
            for _, done in waiters:
                if not done.done():
                    done.set_result(None)

        if waiters:
            self._call(resolve)

    def _call(self, action: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(action)
        except RuntimeError:  # the loop is gone: nobody waits any more
            return


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _is_unreadable(error: Exception) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
