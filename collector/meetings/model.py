"""The nouns of the calendar: a sitting of a meeting, and the calendar that answers when one is. Pure.

It reads no files and no clock, and knows nothing of how a meeting recurs: a `Series` does. Times are Unix seconds.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from collector.model import Place

PREPARATION = 3600.0
"""Seconds before its start from which a meeting counts: its endpoints are watched and its readiness is told."""
AHEAD = 86400.0
"""Seconds that a meeting is announced ahead."""
AFTERWARDS = 3600.0
"""Seconds that a meeting is still spoken of when it has ended."""
LONGEST = 86400.0
"""Seconds that a sitting may last."""
LAST = 7258118400.0
"""The year 2200: no calendar is asked beyond."""
WEEK = 7 * 86400.0
REMEMBERED = 16


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One sitting of a meeting, from `start` until `end`, the end not included.

    `meeting` is the stable name of the whole series, [a-z0-9-]; `title` has "vi" and "en"; `sites` are the codes of
    everybody who takes part, `endpoints` their endpoints by name, sorted; `bridges` carry it, the preferred first.
    """

    meeting: str
    title: Mapping[str, str]
    start: float
    end: float
    sites: frozenset[str]
    endpoints: tuple[str, ...]
    bridges: tuple[str, ...]
    place: Place | None = None

    def running(self, now: float) -> bool:
        """Is it now?"""
        return self.start <= now < self.end

    def counts(self, now: float) -> bool:
        """Is it being prepared or running?"""
        return self.start - PREPARATION <= now < self.end


class Series(Protocol):
    """Every sitting of one meeting, however it recurs. None lasts longer than `LONGEST`."""

    @property
    def name(self) -> str:
        """The meeting's."""
        ...

    def starting(self, since: float, until: float) -> Iterable[Occurrence]:
        """The sittings that start in [since, until), in any order, cancelled ones left out."""
        ...


class Calendar:
    """All meetings of one configuration. Without any it is empty, and false.

    It remembers the weeks it was last asked about, so that asking again is cheap. What it remembers belongs to one
    thread; another may `reckon` for it, which takes long where a calendar has thousands of events.
    """

    def __init__(self, series: Iterable[Series] = ()) -> None:
        self.series = tuple(series)
        self._weeks: dict[int, tuple[Occurrence, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self.series)

    def between(self, since: float, until: float) -> tuple[Occurrence, ...]:
        """The sittings that touch [since, until), by start, then name; cancelled ones left out.

        Nothing is before 1970 or after `LAST`.
        """
        if not self.series or not since < until:
            return ()
        weeks = _weeks(since, until)
        return tuple(
            one for week in weeks for one in self._week(week) if one.start < until and one.end > since
        )

    def unknown(self, since: float, until: float) -> tuple[int, ...]:
        """The weeks that `between` would have to reckon for the same times."""
        return tuple(week for week in _weeks(since, until) if week not in self._weeks) if self.series else ()

    def reckon(self, week: int) -> tuple[Occurrence, ...]:
        """The sittings that start in a week since the epoch, in order; remembers nothing."""
        first = week * WEEK
        sittings = (one for series in self.series for one in series.starting(first, first + WEEK))
        return tuple(sorted(sittings, key=_order))

    def remember(self, week: int, sittings: tuple[Occurrence, ...]) -> None:
        """Take what `reckon` gave; the week that was taken first is forgotten where there are many."""
        while len(self._weeks) >= REMEMBERED:
            del self._weeks[next(iter(self._weeks))]
        self._weeks[week] = sittings

    def _week(self, number: int) -> tuple[Occurrence, ...]:
        found = self._weeks.get(number)
        if found is None:
            found = self.reckon(number)
            self.remember(number, found)
        return found

    def current(self, now: float, ahead: float = AHEAD) -> tuple[Occurrence, ...]:
        """Of each meeting the sitting that is running, or else the next that starts within `ahead` seconds."""
        return _first_of_each(self.between(now, now + ahead))

    def shown(self, now: float, ahead: float = AHEAD, after: float = AFTERWARDS) -> tuple[Occurrence, ...]:
        """As `current`, but a sitting that ended less than `after` seconds ago stays until the next is prepared."""
        near = self.between(now - after, now + ahead)
        counting = _first_of_each(one for one in near if one.counts(now))
        taken = {one.meeting for one in counting}
        ended = [one for one in near if one.end <= now and one.meeting not in taken]
        last = {one.meeting: one for one in sorted(ended, key=lambda one: (one.end, one.start))}
        coming = (one for one in near if one.start > now and one.meeting not in taken | last.keys())
        return tuple(sorted([*counting, *last.values(), *_first_of_each(coming)], key=_order))


def _weeks(since: float, until: float) -> range:
    """The weeks in which sittings start that touch [since, until)."""
    begin, end = max(0.0, since - LONGEST), min(LAST, until)
    return range(int(begin // WEEK), int(end // WEEK) + 1)


def _order(one: Occurrence) -> tuple[float, str, float]:
    return one.start, one.meeting, one.end


def _first_of_each(sittings: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    """The first sitting of each meeting, in the order given."""
    first: dict[str, Occurrence] = {}
    for one in sittings:
        first.setdefault(one.meeting, one)
    return tuple(first.values())
