"""A meeting that the operator writes down: its days, its hour, and what became of single sittings. Pure.

The arithmetic of recurrence is dateutil's (RFC 5545); here stands what is kept, skipped, moved and cancelled. A time
that the clock skips in spring is read with the offset before the change, one that it shows twice is the first.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import IntEnum
from types import MappingProxyType

from dateutil.rrule import DAILY, MONTHLY, WEEKLY, rrule, weekday

from collector.meetings.model import Occurrence
from collector.meetings.participants import Party
from collector.model import Place

ONE_DAY = timedelta(days=1)
LEAST = 62
"""Days before those asked for from which an unanchored rule counts: a month and a day longer than any period."""


class Unit(IntEnum):
    """What a rule counts in."""

    DAYS = DAILY
    WEEKS = WEEKLY
    MONTHS = MONTHLY


@dataclass(frozen=True, slots=True)
class Rule:
    """Days that recur. `weekdays` are 0 (Monday) to 6 with the number in the month, None for each; -1 is the last.

    With `every` above 1 it counts from `first`, which then must be given.
    """

    unit: Unit
    every: int = 1
    weekdays: tuple[tuple[int, int | None], ...] = ()
    month_days: tuple[int, ...] = ()
    first: date | None = None
    last: date | None = None

    def days(self, since: date, until: date) -> Iterator[date]:
        """The days in [since, until], in order."""
        start = self.first if self.every > 1 and self.first is not None else since - LEAST * ONE_DAY
        begin = max(since, self.first or since)
        end = min(until, self.last or until)
        if begin > end:
            return
        rule = rrule(
            int(self.unit),  # type: ignore[arg-type]  # dateutil's constants are plain numbers
            dtstart=datetime.combine(start, time()),
            interval=self.every,
            byweekday=[weekday(day, number) for day, number in self.weekdays] or None,
            bymonthday=list(self.month_days) or None,
            until=datetime.combine(end, time()),
        )
        for at in rule.xafter(datetime.combine(begin, time()), inc=True):
            yield at.date()


@dataclass(frozen=True, slots=True)
class Moved:
    """One sitting at another time, and where that is written."""

    start: float
    end: float
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """One meeting with all its sittings: at `at` in `zone` on the days of `rules` and on `dates`.

    Sittings of `rules` that touch one of `holidays` are left out; `dates`, once written down, stand. A day of
    `cancelled` has none, one of `moved` has it elsewhere in time.
    """

    name: str
    title: Mapping[str, str]
    zone: tzinfo
    at: time
    duration: float
    party: Party
    rules: tuple[Rule, ...] = ()
    dates: AbstractSet[date] = frozenset()
    holidays: AbstractSet[date] = frozenset()
    cancelled: AbstractSet[date] = frozenset()
    moved: Mapping[date, Moved] = field(default_factory=lambda: MappingProxyType({}))
    place: Place | None = None

    def start_on(self, day: date) -> float:
        """Unix seconds at which a sitting of that day starts."""
        return datetime.combine(day, self.at, self.zone).timestamp()

    def planned(self, since: date, until: date) -> list[date]:
        """The days in [since, until] for which a sitting is written down, whatever became of it."""
        found = {day for day in self.dates if since <= day <= until}
        for rule in self.rules:
            found.update(rule.days(since, until))
        return sorted(found)

    def holiday(self, day: date) -> bool:
        """Does that day's sitting fall out because it touches a holiday?"""
        if day in self.dates or not self.holidays:
            return False
        start = self.start_on(day)
        end = datetime.fromtimestamp(start + self.duration - 1.0, self.zone).date()
        # Short of a day it touches two dates at most, but a midnight that the clock skips may shift its first.
        return any(one in self.holidays for one in (day, self._date(start), end))

    def starting(self, since: float, until: float) -> Iterable[Occurrence]:
        """The sittings that start in [since, until)."""
        for day in self.planned(self._date(since) - ONE_DAY, self._date(until) + ONE_DAY):
            if day in self.cancelled or day in self.moved or self.holiday(day):
                continue
            start = self.start_on(day)
            if since <= start < until:
                yield self._sitting(start, start + self.duration, self.place)
        for moved in self.moved.values():
            if since <= moved.start < until:
                yield self._sitting(moved.start, moved.end, moved.place)

    def _date(self, at: float) -> date:
        return datetime.fromtimestamp(at, UTC).astimezone(self.zone).date()

    def _sitting(self, start: float, end: float, place: Place | None) -> Occurrence:
        party = self.party
        return Occurrence(
            self.name,
            self.title,
            start,
            end,
            party.sites,
            party.endpoints,
            party.bridges,
            place or self.place,
        )


def days_of(spans: Iterable[tuple[date, date]]) -> frozenset[date]:
    """Every day of the spans, both ends included."""
    return frozenset(
        first + ONE_DAY * number for first, last in spans for number in range((last - first).days + 1)
    )
