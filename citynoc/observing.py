"""The communes' ways out in the running service: looked at every few seconds, counted by day, kept in the diary.

What is shown is never older than a look. What a look finds counts for the time since the look before, unless the process
was paused in between: then nobody watched.
"""

import asyncio
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from citynoc.clock import Clock
from citynoc.judging import Judging
from collector.coverage import diary
from collector.coverage.links import LINK_WORKS, Tally
from collector.coverage.uplinks import Uplinks
from collector.model import Inventory, SiteCode

log = structlog.get_logger(__name__)

LOOK = 10.0
PAUSED = 20.0
"""Seconds between two looks from which nobody was there to look."""
WRITE = 300.0
"""Seconds between two writings: a crash loses so much."""


class Observing:
    """Looks until cancelled, and writes down what it saw before it ends."""

    def __init__(
        self, uplinks: Uplinks, judging: Judging, inventory: Inventory, path: Path, clock: Clock
    ) -> None:
        self.inventory = inventory
        """Whose timezone makes the days; a reload puts another one here."""
        self._uplinks = uplinks
        self._judging = judging
        self._path = path
        self._clock = clock
        self._day: date | None = None
        self._tallies: dict[SiteCode, Tally] = {}
        self._failing = False

    async def run(self) -> None:
        """Look after look."""
        looked = written = self._clock.steady()
        try:
            while True:
                await self._turn_to(self._today())
                now = self._clock.steady()
                self._look(now, int(now) - int(looked) if now - looked < PAUSED else 0)
                looked = now
                if now - written >= WRITE:
                    written = now
                    await self._write()
                await asyncio.sleep(LOOK)
        finally:
            await self._write()

    def _today(self) -> date:
        return datetime.fromtimestamp(self._clock.unix(), ZoneInfo(self.inventory.city.timezone)).date()

    async def _turn_to(self, day: date) -> None:
        """Begin another day, or go on with one that a service before this one has begun."""
        if day == self._day:
            return
        if self._day is not None:
            await self._write()
        self._day, self._tallies = day, {}
        try:
            self._tallies = await asyncio.to_thread(diary.read, self._path, day, day)
        except diary.DiaryError as why:
            log.warning("uplinks.not_read", why=str(why))

    def _look(self, now: float, seconds: int) -> None:
        state = self._judging.state
        self._judging.uplinks = seen = self._uplinks.seen(state, now)
        for site, uplink in seen.items():
            # Of a site that is cut off its outage says enough: its ways out are not counted as bad once more.
            if state.sites.get(site) in LINK_WORKS:
                self._tallies.setdefault(site, Tally()).add(uplink, seconds)

    async def _write(self) -> None:
        """Put the day on disk. What cannot be written is written later the same day; that is said once."""
        if self._day is None:
            return
        try:
            aside = await asyncio.to_thread(diary.write, self._path, self._day, self._tallies)
        except diary.DiaryError as why:
            if not self._failing:
                log.warning("uplinks.not_written", why=str(why))
            self._failing = True
            return
        self._failing = False
        if aside is not None:
            log.error("uplinks.set_aside", path=str(self._path), kept_as=str(aside))
