"""What became of the sittings that were being written when the last service stopped: one goes on, the others are closed. Pure.

A sitting that the calendar does not have any more was cancelled; one whose time is over ended with nobody watching, and
its last stretch counts as unknown.
"""

import json
from collections.abc import Iterable
from typing import NamedTuple

from collector.meetings.minutes import Kept, Minutes
from collector.meetings.model import Calendar, Occurrence
from collector.outages.sittings import Notes, SittingRow

SAME_SITTING = 12 * 3600.0
"""Seconds by which a sitting that is being prepared may be moved and still be the same one."""


class Closed(NamedTuple):
    """A sitting that nobody will go on with, and its last page."""

    meeting: str
    cancelled: bool
    notes: Notes


def take_up(
    kept: Iterable[Kept], calendar: Calendar, now: float
) -> tuple[dict[str, Kept], tuple[Closed, ...]]:
    """(by meeting, what goes on; what is closed now). A sitting whose row is damaged is left as it is."""
    going: dict[str, Kept] = {}
    closed = []
    for one in kept:
        row = one.row
        there = _in_calendar(row, calendar, now)
        if there is not None and there.counts(now) and row.meeting not in going:
            going[row.meeting] = one
            continue
        held = there is not None and there.end <= now
        cancelled = not held and (there is not None or row.ended > now)
        try:
            sitting = there if there is not None and held else _as_written(row)
        except (ValueError, TypeError):
            continue
        closed.append(Closed(row.meeting, cancelled, Minutes(sitting, one).close(now, cancelled=cancelled)))
    return going, tuple(closed)


def _in_calendar(row: SittingRow, calendar: Calendar, now: float) -> Occurrence | None:
    """The sitting as the calendar has it now; one that should be over by now is found at its own time only."""
    apart = SAME_SITTING if row.ended > now else 0.0
    near = (
        one
        for one in calendar.between(row.started - apart, row.started + apart + 1.0)
        if one.meeting == row.meeting and abs(one.start - row.started) <= apart
    )
    return min(near, key=lambda one: abs(one.start - row.started), default=None)


def _as_written(row: SittingRow) -> Occurrence:
    sites, bridges = json.loads(row.sites), json.loads(row.bridges)
    title = {"vi": row.title_vi, "en": row.title_en}
    return Occurrence(row.meeting, title, row.started, row.ended, frozenset(sites), (), tuple(bridges))
