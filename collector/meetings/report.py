"""A meeting afterwards, from what was written down: attendance, quality, what went wrong and why, the worst links. Pure.

A minute counts as attended if the participant was in the call for at least half of it. Time that nobody watched, or of
which nothing was known, is neither attended nor missed. The same journal gives the same report.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from collector.meetings.minutes import OVER
from collector.meetings.reasons import Code
from collector.model import Device, DeviceName, Inventory, Link, Role, SiteCode
from collector.outages.history import Past
from collector.outages.sittings import AttendanceRow, QualityRow, SittingRow

MINUTE = 60.0
LAST_MINUTES = 120.0
"""Seconds before the end in which leaving is no incident: people hang up."""
WORST = 10
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


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that kept participants out: an outage, or one that left and why. `end` is None if it lasted."""

    begin: float
    end: float | None
    kind: str
    """`outage`, `left` (was in the call, and then not) or `absent` (never came)."""
    cause: str
    """Id of the outage, or the code of the reason; empty if nothing explains it."""
    carrier: str
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DistrictQuality:
    """The calls of one district."""

    district: str
    name: str
    communes: int
    joined: int
    attended: float
    """Minutes attended as a share of all known minutes; 0 if none is known."""
    graded: tuple[float, float, float]
    loss: float | None
    loss_max: float | None


@dataclass(frozen=True, slots=True)
class WorstLink:
    """A commune's way out, and what its calls suffered."""

    site: str
    name: str
    links: tuple[str, ...]
    carriers: tuple[str, ...]
    cables: tuple[str, ...]
    loss: float | None
    loss_max: float | None
    jitter_max: float | None
    latency_max: float | None
    poor: float
    cut: float


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. Times are Unix seconds, `until` is the end or, of a meeting that still runs, now."""

    sitting: SittingRow
    until: float
    attendance: tuple[Attendance, ...]
    by_minute: tuple[int, ...]
    districts: tuple[DistrictQuality, ...]
    incidents: tuple[Incident, ...]
    worst: tuple[WorstLink, ...]
    gaps: tuple[Span, ...] = ()

    @property
    def joined(self) -> int:
        """Participants who were in the call at some time."""
        return sum(1 for one in self.attendance if one.joined is not None)


@dataclass(frozen=True, slots=True)
class Sources:
    """What a report is made of."""

    sitting: SittingRow
    sites: Sequence[str]
    attendance: Sequence[AttendanceRow]
    quality: Sequence[QualityRow]
    outages: Sequence[Past] = ()
    gaps: Sequence[Span] = field(default=())


class _Time(NamedTuple):
    """What the report is about, and where in it nobody watched."""

    begin: float
    end: float
    gaps: Sequence[Span]


def report(sources: Sources, inventory: Inventory, now: float) -> Report:
    """The report of one sitting, as far as it has come."""
    sitting = sources.sitting
    begin, until = sitting.started, max(sitting.started, min(now, sitting.ended))
    rows: dict[str, list[AttendanceRow]] = {site: [] for site in sources.sites}
    for row in sources.attendance:
        rows.setdefault(row.site, []).append(row)
    quality = {row.site: row for row in sources.quality}
    gaps = tuple(span for span in sources.gaps if span[1] > begin and span[0] < until)
    time = _Time(begin, until, gaps)
    found = [_attendance(site, some, time, quality.get(site), inventory) for site, some in rows.items()]
    found.sort(key=lambda one: (one.district, one.name, one.site))
    return Report(
        sitting,
        until,
        tuple(found),
        tuple(sum(1 for one in found if one.minutes[n]) for n in range(_minutes((begin, until)))),
        _districts(found),
        _incidents(found, sources.outages, (begin, until)),
        _worst(found, inventory),
        gaps,
    )


def _minutes(span: Span) -> int:
    return int((span[1] - span[0] + MINUTE - 1) // MINUTE)


def _attendance(
    site: str, rows: Sequence[AttendanceRow], time: _Time, quality: QualityRow | None, inventory: Inventory
) -> Attendance:
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
        len(_drops(stays, span[1])),
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
        if row.verdict == OVER or last <= first:
            continue
        connected = None if row.connected is None else bool(row.connected)
        if connected is None and row.verdict == "NO-GO":
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
    for minute in range(_minutes(span)):
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


def _drops(stays: Sequence[Stay], end: float) -> list[tuple[Stay, float | None]]:
    """Each time that it was in the call and then was not, before people hang up; and when it was back."""
    found: list[tuple[Stay, float | None]] = []
    known = [stay for stay in stays if stay.connected is not None]
    for number, (before, after) in enumerate(pairwise(known), start=1):
        if before.connected and not after.connected and after.begin < end - LAST_MINUTES:
            back = next((stay.begin for stay in known[number:] if stay.connected), None)
            found.append((after, back))
    return found


def _incidents(found: Sequence[Attendance], outages: Sequence[Past], span: Span) -> tuple[Incident, ...]:
    """Outages that touched participants, those who left and those who never came; what an outage explains is its own."""
    ours = {one.site for one in found}
    incidents: list[Incident] = []
    explained: set[str] = set()
    for past in outages:
        outage = past.outage
        if outage.started >= span[1] or (outage.ended is not None and outage.ended <= span[0]):
            continue
        hit = {one.site for one in found if any(stay.cause == outage.id for stay in one.stays)}
        sites = (hit | set(outage.affected_sites)) & ours
        if sites:
            explained.add(outage.id)
            incidents.append(
                Incident(
                    outage.started, outage.ended, "outage", outage.id, outage.carrier, tuple(sorted(sites))
                )
            )
    for one in found:
        for stay, back in _drops(one.stays, span[1]):
            if stay.cause not in explained:
                incidents.append(Incident(stay.begin, back, "left", stay.reason, "", (one.site,)))
        if one.joined is None and one.stays:
            worst = max(one.stays, key=lambda stay: (bool(stay.reason), stay.seconds))
            if worst.cause not in explained:
                incidents.append(Incident(span[0], None, "absent", worst.reason, "", (one.site,)))
    return tuple(sorted(incidents, key=lambda one: (one.begin, one.kind, one.cause, one.sites)))


def _districts(found: Sequence[Attendance]) -> tuple[DistrictQuality, ...]:
    by_district: dict[str, list[Attendance]] = {}
    for one in found:
        by_district.setdefault(one.district, []).append(one)
    return tuple(_district(code, some) for code, some in sorted(by_district.items()))


def _district(code: str, some: Sequence[Attendance]) -> DistrictQuality:
    known = sum(1 for one in some for minute in one.minutes if minute is not None)
    looks = sum(one.quality.looks for one in some if one.quality is not None)
    lost = sum(one.quality.loss_sum for one in some if one.quality is not None)
    return DistrictQuality(
        code,
        some[0].district_name,
        len(some),
        sum(1 for one in some if one.joined is not None),
        sum(one.attended for one in some) / known if known else 0.0,
        (
            sum(one.graded[0] for one in some),
            sum(one.graded[1] for one in some),
            sum(one.graded[2] for one in some),
        ),
        lost / looks if looks else None,
        max((one.quality.loss_max for one in some if one.quality is not None), default=None),
    )


def _worst(found: Sequence[Attendance], inventory: Inventory) -> tuple[WorstLink, ...]:
    """The ways out whose calls were cut or poor for longest, then those that lost most; at most ten."""
    suffered = [
        one for one in found if one.cut or one.graded[2] or (one.quality and one.quality.loss_max > 0)
    ]
    suffered.sort(key=lambda one: (-(one.cut + one.graded[2]), -(one.loss or 0.0), one.site))
    return tuple(_link(one, _uplinks(one, inventory.devices)) for one in suffered[:WORST])


def _link(one: Attendance, links: Sequence[Link]) -> WorstLink:
    quality = one.quality
    return WorstLink(
        one.site,
        one.name,
        tuple(link.name for link in links),
        tuple(sorted({link.carrier for link in links if link.carrier})),
        tuple(sorted({link.cable for link in links if link.cable})),
        one.loss,
        quality.loss_max if quality is not None else None,
        quality.jitter_max if quality is not None else None,
        quality.latency_max if quality is not None else None,
        one.graded[2],
        one.cut,
    )


def _uplinks(one: Attendance, devices: Mapping[DeviceName, Device]) -> Sequence[Link]:
    """The uplinks of the router before the endpoint, or the endpoint's own where there is none."""
    endpoint = devices.get(DeviceName(one.endpoint))
    if endpoint is None:
        return ()
    for link in endpoint.uplinks:
        parent = devices.get(link.parent)
        if parent is not None and parent.role is Role.ROUTER:
            return parent.uplinks
    return endpoint.uplinks
