"""What waits to be written into the journal: filled by the service's loop, emptied by the writer's thread. Bounded.

Of each outage only the latest word is kept, and the oldest changes of devices, sites and participants go first.
"""

import asyncio
import threading
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from collector.model import SiteCode
from collector.outages.ledger import Entry
from collector.outages.rounds import Round
from collector.outages.rows import changes
from collector.outages.sittings import Notes
from collector.outages.state import Outage, State

PENDING = 200_000
"""Changes of a kind that may wait for a file that cannot be written."""

Waiter = tuple[int, asyncio.Future[None]]
"""A round's number, and what becomes done when it is on the disk."""


class Batch(NamedTuple):
    """What is to be written next. `began` is since when somebody looks without a pause."""

    entry: Entry
    waiters: list[Waiter]
    began: float
    stop: bool


class Pending:
    """Safe to be used by two threads."""

    def __init__(self, began: float) -> None:
        self._news = threading.Condition()
        self._entry = Entry()
        self._waiters: list[Waiter] = []
        self._began = began
        self._stop = False
        self._sites: Mapping[SiteCode, State] = MappingProxyType({})
        self._open: dict[tuple[str, float], Outage] = {}
        self._taken = 0
        self.overflow = 0
        """Changes that were given up because they waited too long."""

    # -- the loop ------------------------------------------------------------------------------------------

    def put(self, verdicts: Round, done: asyncio.Future[None]) -> int:
        """Take a round; its number."""
        state = verdicts.state
        with self._news:
            entry = self._entry
            for outage in (*verdicts.opened, *verdicts.updated, *verdicts.closed):
                entry.outages[outage.id, outage.started] = outage
            for device in verdicts.changed:
                verdict = state.devices[device]
                entry.devices.append((state.at, device, int(verdict.state), verdict.cause))
            entry.sites.extend(changes(state.at, self._sites, state.sites))
            self._sites = state.sites
            self._bound(entry)
            self._taken += 1
            self._waiters.append((self._taken, done))
            self._news.notify()
            return self._taken

    def note(self, notes: Notes) -> None:
        """Take what happened in a meeting."""
        with self._news:
            self._entry.meetings.add(notes)
            self._bound(self._entry)
            self._news.notify()

    def paused(self, last: float, now: float) -> None:
        """Nobody looked between these."""
        with self._news:
            self._entry.watches[self._began] = last
            self._began = now
            self._news.notify()

    def finish(self) -> None:
        """Nothing comes any more."""
        with self._news:
            self._stop = True
            self._news.notify()

    # -- the thread ----------------------------------------------------------------------------------------

    def take(self, patience: float) -> Batch:
        """What there is, as soon as there is something, or after so many seconds; it is the caller's now."""
        with self._news:
            if not self._entry and not self._waiters and not self._stop and patience > 0:
                self._news.wait(patience)
            entry, waiters = self._entry, self._waiters
            self._entry, self._waiters = Entry(), []
            for key, outage in entry.outages.items():
                self._open[key] = outage
                if outage.ended is not None:
                    del self._open[key]
            return Batch(entry, waiters, self._began, self._stop)

    def put_back(self, batch: Batch) -> None:
        """It could not be written: keep it, in front of what came meanwhile."""
        older = batch.entry
        with self._news:
            newer = self._entry
            newer.outages = {**older.outages, **newer.outages}
            newer.devices[:0] = older.devices
            newer.sites[:0] = older.sites
            newer.watches = {**older.watches, **newer.watches}
            older.meetings.add(newer.meetings)
            newer.meetings = older.meetings
            self._bound(newer)
            self._waiters[:0] = batch.waiters

    def rest(self, seconds: float) -> None:
        """Let time pass, but not beyond the end."""
        with self._news:
            self._news.wait_for(lambda: self._stop, seconds)

    def remember(self, outages: tuple[Outage, ...]) -> None:
        """What an earlier life left open lasts."""
        self._open.update({(one.id, one.started): one for one in outages if one.ended is None})

    def forget(self, key: tuple[str, float]) -> None:
        """No file would take this outage."""
        self._open.pop(key, None)

    def lasting(self, at: float, *, sites: bool) -> Entry:
        """What a file that is opened again must hold: outages that last and, if it is a new one, the state of every site."""
        entry = Entry(outages=dict(self._open))
        if sites:
            with self._news:
                entry.sites.extend(changes(at, {}, self._sites))
        return entry

    def _bound(self, entry: Entry) -> None:
        rows: list[tuple[object, ...]]
        for rows in (entry.devices, entry.sites, entry.meetings.attendance):  # type: ignore[assignment]  # only cut
            over = len(rows) - PENDING
            if over > 0:
                self.overflow += over
                del rows[:over]
