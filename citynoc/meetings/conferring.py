"""The loop that looks at meetings: each sitting from an hour before until its end, every few seconds.

It decides nothing: readiness, alarms and minutes do. What happened goes to the journal, so that a restart goes on
with the same sitting, tells nobody twice, and loses no attendance.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import structlog

from citynoc.clock import Clock
from collector.meetings.afterwards import at_end
from collector.meetings.alarm import Stage
from collector.meetings.archive import Archive
from collector.meetings.hall import ports
from collector.meetings.limits import LIMITS, Limits
from collector.meetings.lobby import at_its_time
from collector.meetings.minutes import Kept, Minutes
from collector.meetings.model import AFTERWARDS, WEEK, Calendar, Occurrence
from collector.meetings.readiness import Evidence, Phase, Readiness, Verdict, phase, readiness
from collector.meetings.readings import Reading, Readings
from collector.meetings.resuming import SAME_SITTING, take_up
from collector.meetings.standing import Meetings, Sitting
from collector.model import DeviceName, Inventory, Role
from collector.outages.history import NoJournalError
from collector.outages.journal import Journal
from collector.outages.sittings import AttendanceRow
from collector.outages.state import CityState

STEP = 5.0
"""Seconds between two looks: as often as anybody is asked for life."""
SIGHT = 60 * 86400.0
"""Seconds ahead in which a meeting is known by its name."""

log = structlog.get_logger(__name__)


class Conferring:
    """Keeps `standing` true until cancelled. A reload puts another calendar, inventory and limits here."""

    def __init__(
        self,
        *,
        calendar: Calendar,
        inventory: Inventory,
        readings: Readings,
        state: Callable[[], CityState],
        journal: Journal,
        clock: Clock,
        limits: Limits = LIMITS,
    ) -> None:
        self.standing = Meetings(clock.unix())
        self._limits = limits
        self._calendar, self._inventory = calendar, inventory
        self._readings, self._state, self._journal, self._clock = readings, state, journal, clock
        self._counting: tuple[Occurrence, ...] = ()
        self._minutes: dict[str, Minutes] = {}
        self._kept: dict[str, Kept] = {}
        self._ended: dict[str, tuple[float, list[AttendanceRow]]] = {}
        self._last: dict[str, Readiness] = {}
        """By meeting, the last look at the sitting that is shown."""
        self._settled = clock.unix() + _first_round(inventory) + STEP
        """Until then not everybody was asked, and what is not known yet is no news to write down."""
        self._changed = asyncio.Event()

    def reconfigure(self, calendar: Calendar, inventory: Inventory, limits: Limits = LIMITS) -> None:
        """Look at these meetings from now on; one that was moved goes on under its new times."""
        self._calendar, self._inventory, self._limits = calendar, inventory, limits
        self._changed.set()

    def resume(self, journal: Path) -> None:
        """Go on with what the last service was writing, close what was over or cancelled meanwhile; without a journal there is nothing to go on with."""
        try:
            with Archive(journal) as archive:
                now = self._clock.unix()
                self._kept, closed = take_up(archive.unfinished(now), self._calendar, now)
                self._ended = archive.ended(now - AFTERWARDS, now)
        except NoJournalError as why:
            log.warning("meetings.not_resumed", why=str(why))
            return
        for one in closed:
            self._journal.note(one.notes)
            log.info(
                "meeting.cancelled" if one.cancelled else "meeting.ended", meeting=one.meeting, unseen=True
            )

    async def run(self) -> None:
        """Look after look."""
        while True:
            self._changed.clear()
            await self.look_ahead()
            await self.step()
            try:
                async with asyncio.timeout(STEP):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def look_ahead(self) -> None:
        """Have the week that comes in sight next reckoned in a thread, once a week, so that nobody who looks waits for it."""
        calendar = self._calendar
        for week in calendar.unknown(*_sight(self._clock.unix())):
            calendar.remember(week, await asyncio.to_thread(calendar.reckon, week))

    async def step(self) -> None:
        """One look at every sitting that counts now; other work runs between two sittings."""
        now = self._clock.unix()
        shown = self._calendar.shown(now)
        self._close_others(shown, now)
        there = {one.meeting for one in shown}
        self._last = {name: look for name, look in self._last.items() if name in there}
        found: list[Sitting] = []
        self._counting = tuple(one for one in shown if one.counts(now))
        for occurrence in shown:
            found.append(self._sitting(occurrence, now))
            await asyncio.sleep(0)
        self.standing = Meetings(now, tuple(found))

    def sitting(self, meeting: str) -> Sitting | None:
        """What is shown of a meeting, or else its next sitting in sight."""
        shown = self.standing.of(meeting)
        if shown is not None:
            return shown
        now = self._clock.unix()
        coming = (one for one in self._calendar.between(now, now + SIGHT) if one.meeting == meeting)
        following = next(coming, None)
        return None if following is None else Sitting(following, phase(following, now))

    def coming(self) -> list[Sitting]:
        """What is shown, and the next sitting of every other meeting in sight, by start."""
        now = self._clock.unix()
        shown = {one.occurrence.meeting: one for one in self.standing.sittings}
        for one in self._calendar.current(now, SIGHT):
            shown.setdefault(one.meeting, Sitting(one, phase(one, now)))
        return sorted(shown.values(), key=lambda one: (one.occurrence.start, one.occurrence.meeting))

    def names(self) -> list[str]:
        """Every meeting in sight, and those still shown."""
        now = self._clock.unix()
        near = {one.meeting for one in self._calendar.between(now, now + SIGHT)}
        return sorted(near | {one.occurrence.meeting for one in self.standing.sittings})

    def look(self, occurrence: Occurrence) -> Readiness:
        """Who could join now, whenever the meeting is."""
        return self._looked(occurrence, self._clock.unix())

    def _looked(self, occurrence: Occurrence, now: float) -> Readiness:
        return readiness(occurrence, self._evidence(), now, self._limits, self._counting)

    def _evidence(self) -> Evidence:
        return Evidence(
            self._inventory, self._state(), self._reading, self._readings.silence, self._readings.line
        )

    def _reading(self, device: DeviceName) -> Reading:
        return self._readings.of(device, self._clock.steady())

    def _sitting(self, occurrence: Occurrence, now: float) -> Sitting:
        where = phase(occurrence, now)
        if where is Phase.ENDED:
            return Sitting(occurrence, where, final=self._final(occurrence))
        if where is Phase.PLANNED:
            return Sitting(occurrence, where, ports=self._ports(occurrence), booked=self._booked(occurrence))
        minutes = self._minutes_of(occurrence, now)
        look = self._looked(occurrence, now)
        before = minutes.alarm.stages()
        names = {one.endpoint: self._reading(DeviceName(one.endpoint)) for one in look.participants}
        if now >= self._settled:
            self._journal.note(minutes.take(look, names))
        self._say(look, before, minutes.alarm.stages())
        self._last[occurrence.meeting] = look
        return Sitting(occurrence, look.phase, look, minutes.alarm.stages(), ports=self._ports(occurrence))

    def _ports(self, occurrence: Occurrence) -> int | None:
        return ports(occurrence.bridges, self._reading)

    def _booked(self, occurrence: Occurrence) -> int:
        others = self._calendar.between(occurrence.start, occurrence.end)
        rivals = [one for one in others if one.meeting != occurrence.meeting]
        return at_its_time(self._inventory, self._reading).booked(occurrence, rivals)

    def _final(self, occurrence: Occurrence) -> Readiness:
        """How a sitting stood at its end: the last look at it, or after a restart what the journal has of it."""
        last = self._last.get(occurrence.meeting)
        if last is None or last.occurrence.start != occurrence.start:
            started, rows = self._ended.pop(occurrence.meeting, (occurrence.start, []))
            last = at_end(occurrence, rows if started == occurrence.start else (), self._inventory)
            self._last[occurrence.meeting] = last
        return last

    def _minutes_of(self, occurrence: Occurrence, now: float) -> Minutes:
        name = occurrence.meeting
        minutes = self._minutes.get(name)
        if minutes is not None and minutes.occurrence != occurrence:
            if _same(minutes.occurrence, occurrence, now):
                log.info("meeting.moved", meeting=name, start=occurrence.start, end=occurrence.end)
                minutes.moved(occurrence)
            else:
                self._journal.note(minutes.close(now))
                minutes = None
        if minutes is None:
            kept = self._kept.pop(name, None)
            if kept is not None and abs(kept.row.started - occurrence.start) > SAME_SITTING:
                kept = None
            minutes = self._minutes[name] = Minutes(occurrence, kept)
            log.info(
                "meeting.preparing",
                meeting=name,
                participants=len(occurrence.sites),
                resumed=kept is not None,
            )
        return minutes

    def _close_others(self, shown: tuple[Occurrence, ...], now: float) -> None:
        """What is over is closed; what is gone from the calendar before its end was cancelled.

        So is what was put off until it has not to be prepared yet: then it is prepared as another sitting.
        """
        by_name = {one.meeting: one for one in shown}
        for name, minutes in list(self._minutes.items()):
            other = by_name.get(name)
            same = other is not None and _same(minutes.occurrence, other, now)
            if other is not None and same and other.end <= now < minutes.occurrence.end:
                minutes.moved(other)  # cut short, and over by that
                if name in self._last:
                    self._last[name] = replace(self._last[name], occurrence=other)
            if minutes.occurrence.end <= now:
                self._journal.note(minutes.close(now))
                del self._minutes[name]
                log.info("meeting.ended", meeting=name)
            elif other is None or not same or not other.counts(now):
                self._journal.note(minutes.close(now, cancelled=True))
                del self._minutes[name]
                log.info("meeting.cancelled", meeting=name)

    @staticmethod
    def _say(look: Readiness, before: Mapping[Stage, bool], after: Mapping[Stage, bool]) -> None:
        for stage, told in after.items():
            if told and not before[stage]:
                log.warning(
                    "meeting.not_ready",
                    meeting=look.occurrence.meeting,
                    stage=str(stage),
                    no_go=look.count(Verdict.NO_GO),
                    ports_missing=look.short,
                )


def foresee(calendar: Calendar, now: float) -> None:
    """Reckon all sittings in sight and a week beyond, before others have the calendar: in a thread."""
    for week in calendar.unknown(*_sight(now)):
        calendar.remember(week, calendar.reckon(week))


def _sight(now: float) -> tuple[float, float]:
    """From when until when sittings are known before anybody asks for them: a week more than anybody does."""
    return now - AFTERWARDS, now + SIGHT + WEEK


def _same(old: Occurrence, new: Occurrence, now: float) -> bool:
    """Whether a sitting that is not over yet goes on as `new`."""
    if old.start == new.start:
        return True
    return phase(old, now) is not Phase.ENDED and abs(old.start - new.start) <= SAME_SITTING


def _first_round(inventory: Inventory) -> float:
    """Seconds until every endpoint was polled once."""
    endpoints = (one for one in inventory.devices.values() if one.role is Role.ENDPOINT)
    return max((one.snmp.poll_interval for one in endpoints if one.snmp is not None), default=0.0)
