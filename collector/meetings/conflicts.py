"""Planned work against meetings, and one configuration's meetings against another's. Pure.

A window covers nobody while they are in a meeting, unless it says `force`: here is told beforehand which meetings those are.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from collector.meetings.model import Calendar, Occurrence
from collector.outages.maintenance import Calendar as Work
from collector.outages.maintenance import Window


@dataclass(frozen=True, slots=True)
class Conflict:
    """A sitting that a window touches, and the sites that both name."""

    window: Window
    sitting: Occurrence
    sites: frozenset[str]


def conflicts(window: Window, work: Work, calendar: Calendar, now: float) -> Iterator[Conflict]:
    """Sittings from `now` on that the window touches, by start; none for a window that may cover them."""
    if window.force:
        return
    sites = frozenset(site for served in work.served(window).values() for site in served)
    for sitting in calendar.between(max(window.start, now), window.end):
        both = sites & sitting.sites
        if both:
            yield Conflict(window, sitting, both)


@dataclass(frozen=True, slots=True)
class Shift:
    """What a change does to a meeting: sittings that come, go, or have other participants or times."""

    meeting: str
    added: tuple[Occurrence, ...] = ()
    removed: tuple[Occurrence, ...] = ()
    changed: tuple[tuple[Occurrence, Occurrence], ...] = ()


def shifts(old: Calendar, new: Calendar, since: float, until: float) -> Iterator[Shift]:
    """What is different between two calendars in [since, until), by meeting; where a sitting is written does not count."""
    before, after = (_by_meeting(calendar, since, until) for calendar in (old, new))
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name, {}), after.get(name, {})
        shift = Shift(
            name,
            tuple(one for start, one in now.items() if start not in was),
            tuple(one for start, one in was.items() if start not in now),
            tuple(
                (was[start], one)
                for start, one in now.items()
                if start in was and _said(was[start]) != _said(one)
            ),
        )
        if shift.added or shift.removed or shift.changed:
            yield shift


def touched(
    calendar: Calendar, sites: AbstractSet[str], since: float, until: float
) -> Iterator[tuple[Occurrence, frozenset[str]]]:
    """The next sitting of each meeting in which some of the sites take part, with those sites."""
    seen: set[str] = set()
    for one in calendar.between(since, until):
        both = one.sites & sites
        if one.meeting not in seen and both:
            seen.add(one.meeting)
            yield one, both


def _by_meeting(calendar: Calendar, since: float, until: float) -> dict[str, dict[float, Occurrence]]:
    found: dict[str, dict[float, Occurrence]] = {}
    for one in calendar.between(since, until):
        found.setdefault(one.meeting, {})[one.start] = one
    return found


def _said(one: Occurrence) -> tuple[object, ...]:
    return one.end, one.sites, one.endpoints, one.bridges, tuple(sorted(one.title.items()))
