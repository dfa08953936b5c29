"""A report to one HTML page that stands alone. Pure: the same report, the same bytes; everything is escaped, nothing is fetched."""

from collections.abc import Iterable
from itertools import groupby

from jinja2 import Environment, PackageLoader, StrictUndefined

from collector.meetings.incidents import Incident
from collector.meetings.presence import Attendance
from collector.meetings.report import Report
from exporters.meeting_report.texts import Writer

POOR = 2
CURVE_WIDTH, CURVE_HEIGHT = 900, 180
EDGE = 30
STRIP = 400
MARKS = 15
"""Times under the curve at most."""
NAMED = 12
"""Sites named in an incident before the rest are counted."""


def page(report: Report, city: str, say: Writer) -> str:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("exporters.meeting_report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = {one.site: one.name for one in report.attendance}
    known = sum(1 for one in report.attendance for minute in one.minutes if minute is not None)
    return environment.get_template("report.html").render(
        report=report,
        city=city,
        say=say,
        title=report.sitting.title_vi if say.language == "vi" else report.sitting.title_en,
        so_far=report.until < report.sitting.ended,
        attended=sum(one.attended for one in report.attendance) / known if known else None,
        most=max(report.by_minute, default=0),
        curve=_curve(report, say),
        who=lambda one: _who(one, names),
        cause=lambda one: _cause(one, say),
        strip=lambda one: list(_strip(one, report)),
        districts=[
            (name, list(some))
            for name, some in groupby(report.attendance, key=lambda one: one.district_name or one.district)
        ],
        width=STRIP,
    )


def _curve(report: Report, say: Writer) -> dict[str, object] | None:
    """The line of how many were in the call, in the units of its view box; None without a minute."""
    counts = report.by_minute
    if not counts:
        return None
    top = max(len(report.attendance), 1)
    step = (CURVE_WIDTH - 2 * EDGE) / max(len(counts), 1)

    def y(count: int) -> float:
        return round(CURVE_HEIGHT - EDGE - count / top * (CURVE_HEIGHT - 2 * EDGE), 1)

    points = [
        f"{EDGE + n * step:.1f},{y(count)} {EDGE + (n + 1) * step:.1f},{y(count)}"
        for n, count in enumerate(counts)
    ]
    every = next(minutes for minutes in (5, 10, 15, 30, 60, 120, 10_000) if len(counts) / minutes <= MARKS)
    marks = [
        {"x": round(EDGE + n * step, 1), "text": say.clock(report.sitting.started + 60 * n)}
        for n in range(0, len(counts) + 1, every)
    ]
    return {
        "points": " ".join(points), "marks": marks, "top": top, "y_top": y(top), "y_zero": y(0),
        "width": CURVE_WIDTH, "height": CURVE_HEIGHT, "edge": EDGE,
    }  # fmt: skip


def _strip(one: Attendance, report: Report) -> Iterable[dict[str, object]]:
    """A participant's time as stretches: where on the strip, and how it was. Neighbours that look alike are one."""
    begin, length = report.sitting.started, report.until - report.sitting.started
    if length <= 0:
        return
    looks = ((_look(stay.connected, stay.grade), stay) for stay in one.stays)
    for kind, some in groupby(looks, key=lambda pair: pair[0]):
        stays = [stay for _, stay in some]
        x = (stays[0].begin - begin) / length * STRIP
        wide = (stays[-1].end - stays[0].begin) / length * STRIP
        if kind != "o":
            yield {"kind": kind, "x": round(x, 1), "width": max(round(wide, 1), 0.5)}


def _look(connected: bool | None, grade: int | None) -> str:  # noqa: FBT001 - a fact of three values, not a switch
    if connected is None:
        return "u"
    if not connected:
        return "o"
    return "p" if grade == POOR else "i"


def _who(one: Incident, names: dict[str, str]) -> str:
    told = [names.get(site, site) for site in one.sites[:NAMED]]
    more = len(one.sites) - len(told)
    return ", ".join(told) + (f" (+{more})" if more > 0 else "")


def _cause(one: Incident, say: Writer) -> str:
    if not one.cause:
        return say("unexplained")
    if one.kind == "outage":
        return f"{one.cause}, {one.carrier}" if one.carrier else one.cause
    return say.reason(one.cause)
