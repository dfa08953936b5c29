"""A report for programs: attendance by commune and minute as CSV, everything as JSON. Pure."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, tzinfo

from collector.meetings.presence import Attendance
from collector.meetings.report import Report
from exporters.api import Json

COLUMNS = (
    "site", "name", "district", "district_name", "endpoint", "joined", "left", "minutes_attended", "minutes_known",
    "drops", "seconds_good", "seconds_fair", "seconds_poor", "loss_mean", "loss_max", "jitter_max_seconds",
    "latency_max_seconds",
)  # fmt: skip
"""A column for each minute of the meeting follows: 1 in the call, 0 not, empty if it is not known."""


def as_csv(report: Report, zone: tzinfo) -> str:
    """A row a commune, RFC 4180 but for the newline."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, *_clocks(report, zone)])
    for one in report.attendance:
        minutes = ("" if minute is None else int(minute) for minute in one.minutes)
        writer.writerow([*_row(one, zone).values(), *minutes])
    return text.getvalue()


def as_json(report: Report, zone: tzinfo) -> Json:
    """Everything. Times are RFC 3339; shares are 0 to 1."""
    sitting = report.sitting
    return {
        "meeting": sitting.meeting,
        "title": {"vi": sitting.title_vi, "en": sitting.title_en},
        "start": _time(sitting.started, zone),
        "end": _time(sitting.ended, zone),
        "until": _time(report.until, zone),
        "cancelled": sitting.cancelled,
        "participants": len(report.attendance),
        "joined": report.joined,
        "unwatched": [[_time(begin, zone), _time(end, zone)] for begin, end in report.gaps],
        "by_minute": [*report.by_minute],
        "districts": [
            {
                "district": one.district,
                "name": one.name,
                "communes": one.communes,
                "joined": one.joined,
                "attended_ratio": round(one.attended, 6),
                "seconds_good": round(one.graded[0], 1),
                "seconds_fair": round(one.graded[1], 1),
                "seconds_poor": round(one.graded[2], 1),
                "loss_mean": _rounded(one.loss),
                "loss_max": _rounded(one.loss_max),
            }
            for one in report.districts
        ],
        "incidents": [
            {
                "begin": _time(one.begin, zone),
                "end": _time(one.end, zone),
                "kind": one.kind,
                "cause": one.cause or None,
                "carrier": one.carrier or None,
                "sites": [*one.sites],
            }
            for one in report.incidents
        ],
        "worst_links": [
            {
                "site": one.site,
                "name": one.name,
                "links": [*one.links],
                "carriers": [*one.carriers],
                "cables": [*one.cables],
                "loss_mean": _rounded(one.loss),
                "loss_max": _rounded(one.loss_max),
                "jitter_max_seconds": one.jitter_max,
                "latency_max_seconds": one.latency_max,
                "seconds_poor": round(one.poor, 1),
                "seconds_cut": round(one.cut, 1),
            }
            for one in report.worst
        ],
        "attendance": [
            {
                **_row(one, zone),
                "minutes": [None if minute is None else int(minute) for minute in one.minutes],
            }
            for one in report.attendance
        ],
    }


def _row(one: Attendance, zone: tzinfo) -> dict[str, Json]:
    quality = one.quality
    values = (
        one.site,
        one.name,
        one.district,
        one.district_name,
        one.endpoint,
        _time(one.joined, zone),
        _time(one.left, zone),
        one.attended,
        sum(1 for minute in one.minutes if minute is not None),
        one.drops,
        *(round(seconds, 1) for seconds in one.graded),
        _rounded(one.loss),
        _rounded(quality.loss_max if quality is not None else None),
        quality.jitter_max if quality is not None else None,
        quality.latency_max if quality is not None else None,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _clocks(report: Report, zone: tzinfo) -> Iterator[str]:
    started = report.sitting.started
    return (f"{datetime.fromtimestamp(started + 60 * n, zone):%H:%M}" for n in range(len(report.by_minute)))


def _time(at: float | None, zone: tzinfo) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, zone).isoformat(timespec="seconds")


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 6)
