"""One participant's time in a meeting: stretches in which nothing changed, and every minute of it. Pure.

A minute counts as attended if the participant was in the call for at least half of it. Time that nobody watched, or of
which nothing was known, is neither attended nor missed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from collector.meetings.minutes import OUT, OVER
from collector.meetings.readiness import Verdict
from collector.meetings.reasons import Code
from collector.model import Inventory, SiteCode
from collector.outages.sittings import AttendanceRow, QualityRow

MINUTE = 60.0
LAST_MINUTES = 120.0
"""Seconds before the end in which leaving is no incident: people hang up."""
GRADES = 3
CUT = frozenset({Code.SHADOW, Code.ROUTER_DOWN, Code.MAINTENANCE, Code.UPLINK_LOSS})

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of time in which nothing changed for a participant. `connected` is None while it was not known."""

    begin: float
    end: float
    connected: bool | None
    verdict: str
    reason: str
    cause: str
    grade: int | None

    @property
    def seconds(self) -> float:
        """How long."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Attendance:
    """One commune in the meeting. `minutes` holds True, False or None (not known) of every minute."""

    site: str
    name: str
    district: str
    district_name: str
    endpoint: str
    stays: tuple[Stay, ...]
    minutes: tuple[bool | None, ...]
    joined: float | None
    left: float | None
    drops: int
    graded: tuple[float, float, float]
    """Seconds in a good, fair and poor call."""
    quality: QualityRow | None

    @property
    def attended(self) -> int:
        """Minutes in the call."""
        return sum(1 for minute in self.minutes if minute)

    @property
    def loss(self) -> float | None:
        """Mean share of packets lost; None if nothing was measured."""
        return self.quality.loss_sum / self.quality.looks if self.quality is not None else None

    @property
    def cut(self) -> float:
        """Seconds in which the network kept it out."""
        return sum(stay.seconds for stay in self.stays if stay.reason in CUT and not stay.connected)


class Time(NamedTuple):
    """What the report is about, and where in it nobody watched."""

    begin: float
    end: float
    gaps: Sequence[Span]


def minutes(span: Span) -> int:
    """How many minutes a span has, the last one begun."""
    return int((span[1] - span[0] + MINUTE - 1) // MINUTE)


def attendance(
    site: str, rows: Sequence[AttendanceRow], time: Time, quality: QualityRow | None, inventory: Inventory
) -> Attendance:
    """A participant from its rows, in the order they were written."""
    span = (time.begin, time.end)
    stays = tuple(_stays(rows, span, time.gaps))
    known = inventory.sites.get(SiteCode(site))
    district = inventory.districts.get(known.district) if known is not None else None
    inside = [stay for stay in stays if stay.connected]
    graded = [0.0] * GRADES
    for stay in inside:
        if stay.grade is not None and 0 <= stay.grade < GRADES:
            graded[stay.grade] += stay.seconds
    return Attendance(
        site,
        known.name if known is not None else site,
        known.district if known is not None else "",
        district.name if district is not None else "",
        next((row.endpoint for row in reversed(rows) if row.endpoint), ""),
        stays,
        tuple(_by_minute(stays, span)),
        inside[0].begin if inside else None,
        inside[-1].end if inside else None,
        len(drops(stays, span[1])),
        (graded[0], graded[1], graded[2]),
        quality,
    )


def _stays(rows: Sequence[AttendanceRow], span: Span, gaps: Sequence[Span]) -> Iterable[Stay]:
    """The rows as stretches inside the span; what nobody watched is not known."""
    begin, end = span
    for row, following in pairwise([*rows, None]):
        assert row is not None  # noqa: S101 - only the last of them is None
        first = max(row.at, begin)
        last = min(end if following is None else following.at, end)
        if row.verdict in (OVER, OUT) or last <= first:
            continue
        connected = None if row.connected is None else bool(row.connected)
        if connected is None and row.verdict == Verdict.NO_GO:
            connected = False  # what cannot be reached is in no call
        for piece, watched in _watched((first, last), gaps):
            yield Stay(
                *piece,
                connected if watched else None,
                row.verdict if watched else "",
                row.reason if watched else "",
                row.cause if watched else "",
                row.grade if watched else None,
            )


def _watched(span: Span, gaps: Sequence[Span]) -> Iterable[tuple[Span, bool]]:
    """A span cut where nobody watched."""
    at, end = span
    for begin, until in sorted(gaps):
        if until <= at or begin >= end:
            continue
        if begin > at:
            yield (at, begin), True
        yield (max(at, begin), min(until, end)), False
        at = min(until, end)
    if at < end:
        yield (at, end), True


def _by_minute(stays: Sequence[Stay], span: Span) -> Iterable[bool | None]:
    number = 0
    for minute in range(minutes(span)):
        begin = span[0] + minute * MINUTE
        end = min(begin + MINUTE, span[1])
        while number < len(stays) and stays[number].end <= begin:
            number += 1
        present = known = 0.0
        for stay in stays[number:]:
            if stay.begin >= end:
                break
            seconds = min(stay.end, end) - max(stay.begin, begin)
            if stay.connected is not None:
                known += seconds
                present += seconds if stay.connected else 0.0
        half = (end - begin) / 2
        yield True if present >= half else (False if known >= half else None)


def drops(stays: Sequence[Stay], end: float) -> list[tuple[Stay, float | None]]:
    """Each time that it was in the call and then was not, before people hang up; and when it was back."""
    found: list[tuple[Stay, float | None]] = []
    known = [stay for stay in stays if stay.connected is not None]
    for number, (before, after) in enumerate(pairwise(known), start=1):
        if before.connected and not after.connected and after.begin < end - LAST_MINUTES:
            back = next((stay.begin for stay in known[number:] if stay.connected), None)
            found.append((after, back))
    return found
