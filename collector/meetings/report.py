"""A meeting afterwards, from what was written down: attendance, quality, what went wrong and why, the worst links. Pure.

Who was there when is reckoned in `presence`, what went wrong in `incidents`. The same journal gives the same report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from collector.meetings.incidents import Incident, incidents
from collector.meetings.presence import Attendance, Span, Time, attendance, minutes
from collector.model import Device, DeviceName, Inventory, Link, Role
from collector.outages.history import Past
from collector.outages.sittings import AttendanceRow, QualityRow, SittingRow

WORST = 10


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


def report(sources: Sources, inventory: Inventory, now: float) -> Report:
    """The report of one sitting, as far as it has come."""
    sitting = sources.sitting
    begin, until = sitting.started, max(sitting.started, min(now, sitting.ended))
    rows: dict[str, list[AttendanceRow]] = {site: [] for site in sources.sites}
    for row in sources.attendance:
        rows.setdefault(row.site, []).append(row)
    quality = {row.site: row for row in sources.quality}
    gaps = tuple(span for span in sources.gaps if span[1] > begin and span[0] < until)
    time = Time(begin, until, gaps)
    told = (attendance(site, some, time, quality.get(site), inventory) for site, some in rows.items())
    found = [one for one in told if one.stays or one.site in sources.sites]  # not who was taken out before
    found.sort(key=lambda one: (one.district, one.name, one.site))
    return Report(
        sitting,
        until,
        tuple(found),
        tuple(sum(1 for one in found if one.minutes[n]) for n in range(minutes((begin, until)))),
        _districts(found),
        incidents(found, sources.outages, (begin, until)),
        _worst(found, inventory),
        gaps,
    )


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
