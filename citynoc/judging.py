"""The loop between evidence and what is shown: a round of verdicts, the questions it wants asked, the journal, the state.

It decides nothing: the judge does. A state with news is shown once it is in the journal, or after `PATIENCE`
regardless, and `journal_behind` says so.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace

import structlog

from citynoc.clock import Clock
from citynoc.duty import OnDuty
from collector.grid import until_next
from collector.meetings.attendance import Attendance
from collector.model import SiteCode
from collector.outages.journal import Journal, Loss
from collector.outages.maintenance import Calendar
from collector.outages.state import Uplink
from collector.outages.verdict import Context, Judge, Round
from collector.scheduler import Scheduler

log = structlog.get_logger(__name__)

ROUND = 0.1
"""Seconds between rounds while somebody is missed: re-asks are 0.4 s apart."""
QUIET_ROUND = 0.2
"""Seconds between rounds while everybody answers."""
PAUSED = 15.0
"""Seconds between two rounds from which nobody was there to watch."""


class Judging:
    """Runs rounds until cancelled. `state` is what may be shown, a new object whenever anything in it changed."""

    def __init__(
        self,
        *,
        judge: Judge,
        journal: Journal,
        scheduler: Scheduler,
        clock: Clock,
        calendar: Calendar,
        attendance: Attendance,
        duty: OnDuty,
        broker_connected: Callable[[], bool],
    ) -> None:
        self.judge = judge
        self.calendar = calendar
        """Planned work; a reload puts another one here."""
        self.attendance = attendance
        """Who meets; a reload puts another one here."""
        self.duty = duty
        """What on-call says of an hour; a reload puts another one here."""
        self.uplinks: Mapping[SiteCode, Uplink] = {}
        """What is known of the communes' ways out; who looks at them puts it here."""
        self.acknowledged = frozenset(one.id for one in journal.open_outages if one.acknowledged)
        """Outages that somebody has taken, at first as the journal remembers; who knows of it puts it here."""
        self._journal = journal
        self._scheduler = scheduler
        self._clock = clock
        self._broker_connected = broker_connected
        now = clock.unix()
        self.state = judge.round(now, self._context(now)).state

    @property
    def journal_behind(self) -> bool:
        """Whether something is shown that is not in the journal yet."""
        return self._journal.behind

    @property
    def journal_lost(self) -> Mapping[Loss, int]:
        """Rows that will never be in the journal, by reason."""
        return self._journal.lost

    @property
    def journal_restarts(self) -> int:
        """Times that the journal's writer broke and began anew."""
        return self._journal.restarts

    async def run(self) -> None:
        """Round after round; evidence that arrives meanwhile goes into the next."""
        connected, last = False, self._clock.unix()
        while True:
            now = self._clock.unix()
            if self._clock.stepped():
                now = self._clock.unix()
                self.judge.stalled(now)
            if not 0 <= now - last < PAUSED:
                self._journal.paused(last, now)
            last = now
            if self._broker_connected() is not connected:
                connected = not connected
                self.judge.broker(now, connected=connected)
            await self._show(self.judge.round(now, self._context(now)))
            period = ROUND if self.judge.missing else QUIET_ROUND
            await asyncio.sleep(until_next(period, self._clock.steady()))

    def _context(self, now: float) -> Context:
        meets = self.attendance.at(now)
        return Context(
            maintenance=self.calendar.covered(now, meets.inside),
            watched=meets.endpoints,
            meeting_sites=meets.sites,
            acknowledged=self.acknowledged,
        )

    async def _show(self, verdicts: Round) -> None:
        self._scheduler.ask_now(verdicts.asks)
        if verdicts.state.blind is not self.state.blind:
            self._log_sight(blind=verdicts.state.blind)
        if verdicts.news:
            await self._journal.record(verdicts)
        self.state = replace(verdicts.state, duty=self.duty.at(verdicts.state.at), uplinks=self.uplinks)

    @staticmethod
    def _log_sight(*, blind: bool) -> None:
        """Once a change: no device is blamed meanwhile, so nothing else in the log would say it."""
        if blind:
            hint = "no first hop answers: this machine's own line, its agent or the credential"
            log.warning("monitor.blind", hint=hint)
        else:
            log.info("monitor.sees")
