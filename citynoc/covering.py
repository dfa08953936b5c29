"""Coverage in the running service: reckoned when the files change and when a new day begins, never at a scrape."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from collector.coverage.evidence import Evidence
from collector.coverage.standing import Standing
from collector.model import Inventory

log = structlog.get_logger(__name__)

LONGEST_NAP = 900.0
"""Seconds: the wall clock is looked at again at least this often, for it may be set."""


class Covering:
    """Keeps `standing` true until cancelled; it is None until the first reckoning, and if nothing is promised."""

    def __init__(self, evidence: Evidence | None, inventory: Inventory, unix: Callable[[], float]) -> None:
        self.standing: Standing | None = None
        self._evidence, self._inventory = evidence, inventory
        self._unix = unix
        self._changed = asyncio.Event()

    def reconfigure(self, evidence: Evidence | None, inventory: Inventory) -> None:
        """Reckon these files from now on; the old standing is shown until the new one is there."""
        self._evidence, self._inventory = evidence, inventory
        self._changed.set()

    async def run(self) -> None:
        """Day after day."""
        while True:
            self._changed.clear()
            zone = ZoneInfo(self._inventory.city.timezone)
            now = datetime.fromtimestamp(self._unix(), zone)
            await self._reckon(now)
            midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), zone)
            left = (midnight.astimezone(UTC) - now.astimezone(UTC)).total_seconds()
            try:
                async with asyncio.timeout(min(max(left, 1.0), LONGEST_NAP)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _reckon(self, now: datetime) -> None:
        evidence, inventory = self._evidence, self._inventory
        if evidence is None:
            self.standing = None
            return
        kept = self.standing
        if kept is not None and kept.evidence is evidence and kept.as_of == now.date():
            return
        self.standing = await asyncio.to_thread(Standing.of, evidence, inventory, now.date())
        log.info("coverage.reckoned", as_of=f"{now.date()}", targets=len(evidence.targets))
