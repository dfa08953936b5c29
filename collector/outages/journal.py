"""The journal as the service sees it: rounds go in, and are on the disk before they are shown. Never blocks the loop.

A thread of its own owns the file. A round is waited for half a second; after that it is shown regardless and
`behind` says so until the file has caught up. A full disk or a locked file is retried for as long as it lasts; what
is pending then is bounded: of each outage only the latest word is kept, and the oldest device changes go first.
"""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from collector.model import SiteCode
from collector.outages.ledger import Entry, Ledger, NewerJournalError, changes
from collector.outages.sittings import Notes
from collector.outages.state import Outage, State
from collector.outages.verdict import Round

PATIENCE = 0.5
"""Seconds that a round is held back for the journal (DESIGN §8.10)."""
HEARTBEAT = 10.0
RETRY = 1.0
START = 5.0
"""Seconds that starting waits for the file before going on without it."""
PENDING = 200_000
"""Device and site changes that may wait for a file that cannot be written."""

Waiter = tuple[int, asyncio.Future[None]]
"""A round's number, and what becomes done when it is on the disk."""

log = structlog.get_logger()


class Journal:
    """`async with Journal(path, clock)`: `open_outages` is what was open when the last service ended."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Condition()
        self._entry = Entry()
        self._waiters: list[Waiter] = []
        self._stop = False
        self._taken = self._shown = self._written = 0
        """Rounds are numbered: the last that was handed in, the last that was shown, the last that is on the disk."""
        self._failing: str | None = None
        self._sites: dict[SiteCode, State] = {}
        self._known: dict[tuple[str, float], Outage] = {}
        self._ready = asyncio.Event()
        self._ledger: Ledger | None = None
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self.open_outages: tuple[Outage, ...] = ()
        self.dropped = 0
        """Changes that were given up because the file could not be written for too long."""

    @property
    def behind(self) -> bool:
        """Whether something that was shown is not on the disk."""
        return self._shown > self._written or self._failing is not None

    @property
    def error(self) -> str | None:
        """Why the file cannot be written, for people; None while it can."""
        return self._failing

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        try:
            async with asyncio.timeout(START):
                await self._ready.wait()
        except TimeoutError:
            log.warning("journal.not_open", path=str(self._path), error=self._failing)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._stop = True
            self._lock.notify()
        await asyncio.to_thread(self._thread.join, START)

    async def record(self, verdicts: Round) -> None:
        """Returns when the round is on the disk, or after `PATIENCE` regardless."""
        done = self._loop.create_future()
        number = self._put(verdicts, done)
        # Not wait_for: Python 3.11's loses a cancellation that comes in the moment the file is written.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await done
        self._shown = number

    def note(self, notes: Notes) -> None:
        """Write down what happened in a meeting, soon: nobody waits for it and nothing is held back."""
        if not notes:
            return
        with self._lock:
            self._entry.meetings.add(notes)
            self._bound(self._entry)
            self._lock.notify()

    def _put(self, verdicts: Round, done: asyncio.Future[None]) -> int:
        state = verdicts.state
        self._taken += 1
        with self._lock:
            entry = self._entry
            for outage in (*verdicts.opened, *verdicts.updated, *verdicts.closed):
                entry.outages[outage.id, outage.started] = outage
            for device in verdicts.changed:
                verdict = state.devices[device]
                entry.devices.append((state.at, device, int(verdict.state), verdict.cause))
            entry.sites.extend(changes(state.at, self._sites, state.sites))
            self._sites = dict(state.sites)
            self._bound(entry)
            self._waiters.append((self._taken, done))
            self._lock.notify()
        return self._taken

    def _bound(self, entry: Entry) -> None:
        for rows in (entry.devices, entry.sites):
            if len(rows) > PENDING:
                self.dropped += len(rows) - PENDING
                del rows[: len(rows) - PENDING]
        attended = entry.meetings.attendance
        if len(attended) > PENDING:
            self.dropped += len(attended) - PENDING
            del attended[: len(attended) - PENDING]

    # -- the thread ----------------------------------------------------------------------------------------

    def _work(self) -> None:
        began = seen = self._clock()
        while True:
            entry, waiters, stop = self._take(seen)
            try:
                if self._ledger is not None and not self._ledger.in_place():
                    log.error("journal.gone", path=str(self._path))
                    self._close()
                if self._ledger is None:
                    self._ledger = self._open(began)
                if entry:
                    self._ledger.write(entry)
                if stop or self._clock() - seen >= HEARTBEAT:
                    seen = self._clock()
                    self._ledger.still_watching(began, seen, stopped=stop)
            except (sqlite3.Error, OSError, NewerJournalError) as error:
                self._failed(error, entry, waiters)
            else:
                self._failing = None
                self._resolve(waiters)
            if stop:
                self._close()
                return
            if self._failing is not None:
                self._pause()

    def _open(self, began: float) -> Ledger:
        ledger = Ledger(self._path)
        if ledger.set_aside is not None:
            log.error("journal.set_aside", path=str(self._path), kept_as=str(ledger.set_aside))
        if not self._ready.is_set():
            self.open_outages = ledger.remembered(self._clock())
            self._known = {(o.id, o.started): o for o in self.open_outages if o.ended is None}
        ledger.begin_watch(began)
        if self._known:
            ledger.write(Entry(outages=dict(self._known)))
        self._call(self._ready.set)
        return ledger

    def _take(self, seen: float) -> tuple[Entry, list[Waiter], bool]:
        with self._lock:
            if not self._entry and not self._waiters and not self._stop and self._ready.is_set():
                self._lock.wait(max(0.1, HEARTBEAT - (self._clock() - seen)))
            entry, waiters = self._entry, self._waiters
            self._entry, self._waiters = Entry(), []
            for key, outage in entry.outages.items():
                self._known[key] = outage
                if outage.ended is not None:
                    del self._known[key]
            return entry, waiters, self._stop

    def _close(self) -> None:
        if self._ledger is not None:
            self._ledger.close()
            self._ledger = None

    def _failed(self, error: Exception, entry: Entry, waiters: list[Waiter]) -> None:
        """Keep what could not be written, in front of what came meanwhile."""
        reason = f"{type(error).__name__}: {error}"
        if self._failing != reason:
            log.error("journal.failing", path=str(self._path), error=reason)
        self._failing = reason
        if _is_unreadable(error):
            self._close()  # opening it again sets the broken file aside
        with self._lock:
            newer = self._entry
            newer.outages = {**entry.outages, **newer.outages}
            newer.devices[:0] = entry.devices
            newer.sites[:0] = entry.sites
            entry.meetings.add(newer.meetings)
            newer.meetings = entry.meetings
            self._bound(newer)
            self._waiters[:0] = waiters

    def _pause(self) -> None:
        with self._lock:
            if not self._stop:
                self._lock.wait_for(lambda: self._stop, RETRY)

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


def _is_unreadable(error: Exception) -> bool:
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
