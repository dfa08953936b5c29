"""Reckonings to the report's HTML. Pure: the same reckonings, the same bytes; everything is escaped, nothing is fetched."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from jinja2 import Environment, PackageLoader, StrictUndefined

from collector.coverage.admin_map import AdminMap, Commune
from collector.coverage.evidence import Evidence
from collector.coverage.measure import standing
from collector.coverage.reckoning import Point, Reckoning, UnitShare
from exporters.coverage_map import paths_of
from exporters.coverage_report.texts import Writer
from exporters.live.maps import Borders

CLASSES = (Fraction(1, 2), Fraction(3, 4), Fraction(9, 10), Fraction(1))
"""Lower ends of the map's colours above the first."""
DAYS_A_MONTH = 30
NEXT_SHOWN = 10
INVENTED = "invented"
CHART_WIDTH, CHART_HEIGHT = 520, 180
DISTRICT_MAP = 300
"""A table of more units than this is drawn by district."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the report is about."""

    city: str
    evidence: Evidence
    on: AdminMap
    communes: Mapping[str, Commune]
    reckonings: Sequence[Reckoning]
    borders: Borders
    tag: str | None = None


@dataclass(slots=True)
class _Line:
    """A unit or district in the table: covered and total of each target."""

    name: str
    numbers: dict[str, list[int]] = field(default_factory=dict)
    marks: dict[str, set[str]] = field(default_factory=dict)


def report(asked: Asked, say: Writer) -> str:
    """The whole page."""
    environment = Environment(
        loader=PackageLoader("exporters.coverage_report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    as_of = asked.reckonings[0].as_of
    paths = paths_of(asked.borders, asked.on)
    claims = {
        one.target.key: standing(one.target, asked.evidence.surveys.claims, as_of) for one in asked.reckonings
    }
    return environment.get_template("report.html").render(
        asked=asked,
        say=say,
        as_of=as_of,
        invented=any(INVENTED in one.file for one in asked.evidence.inputs),
        paths={unit: " ".join(pieces) for unit, pieces in paths.items() if pieces},
        legend=_legend(say),
        shade=shade,
        outlook=lambda one: _outlook(one, say),
        monthly=lambda one: None if one.pace is None else float(one.pace.per_day * DAYS_A_MONTH),
        chart=lambda one: _chart(one.trend, one.target.threshold, say),
        above=lambda one: [unit for unit in one.units if unit.above_one],
        communes=asked.evidence.maps.communes,
        next_shown=NEXT_SHOWN,
        table=_table(asked, say),
        by_district=_by_district(asked.on),
        carriers=sorted(asked.evidence.last_survey(as_of).items()),
        counts={
            key: sum(len(some) for code, some in found.items() if code in asked.communes)
            for key, found in claims.items()
        },
    )


def shade(unit: UnitShare) -> str:
    """The class of a unit's colour."""
    share = unit.declared
    if share.ratio is None or (share.unknown == share.denominator):
        return "u"
    return f"c{sum(share.ratio >= step for step in CLASSES)}"


def _legend(say: Writer) -> list[tuple[str, str]]:
    steps = [Fraction(0), *CLASSES]
    named = [(f"c{number}", f"≥ {say.percent(step, 0)}") for number, step in enumerate(steps)]
    return [("u", say("unknown")), *named]


def _outlook(one: Reckoning, say: Writer) -> str:
    if one.reached_on is not None:
        return say("kept", day=say.day(one.reached_on))
    if one.expected_on is None:
        return say("never")
    text = say("reaches", day=say.day(one.expected_on))
    return say("late", text=text) if one.late else text


def _chart(trend: Sequence[Point], threshold: Fraction, say: Writer) -> dict[str, object] | None:
    """Points and lines of the trend, in the units of its view box; None without a survey."""
    if not trend:
        return None
    ratios = [(point.date, point.share.ratio or Fraction(0)) for point in trend]
    top = max(Fraction(1), *(ratio for _, ratio in ratios))
    first, days = trend[0].date, max((trend[-1].date - trend[0].date).days, 1)

    def y(ratio: Fraction) -> float:
        return float(round(CHART_HEIGHT - 24 - ratio / top * (CHART_HEIGHT - 44), 1))

    points = [
        {
            "x": round(30 + (day - first).days / days * (CHART_WIDTH - 90), 1),
            "y": y(ratio),
            "day": say.day(day),
            "value": say.percent(ratio, 1),
        }
        for day, ratio in ratios
    ]
    return {
        "points": points,
        "line": " ".join(f"{point['x']},{point['y']}" for point in points),
        "goal": y(threshold),
        "goal_text": say.percent(threshold, 0),
        "floor": y(Fraction(0)),
        "width": CHART_WIDTH,
        "height": CHART_HEIGHT,
    }


def _by_district(on: AdminMap) -> bool:
    return on.since is None and len(on.units) > DISTRICT_MAP


def _table(asked: Asked, say: Writer) -> list[dict[str, object]]:
    """A row a unit, or a district where the map is the communes themselves."""
    lines: dict[str, _Line] = {}
    for one in asked.reckonings:
        for unit in one.units:
            code, name = unit.code, unit.name
            if _by_district(asked.on):
                commune = asked.evidence.maps.communes[unit.code]
                code, name = commune.district, commune.district_name
            line = lines.setdefault(code, _Line(name))
            numbers = line.numbers.setdefault(one.target.key, [0, 0])
            numbers[0] += unit.declared.numerator
            numbers[1] += unit.declared.denominator
            line.marks.setdefault(one.target.key, set()).update(_marks(unit))
    return [
        {
            "code": code,
            "name": line.name,
            "cells": [_cell(line, one.target.key, say) for one in asked.reckonings],
        }
        for code, line in sorted(lines.items())
    ]


def _cell(line: _Line, key: str, say: Writer) -> dict[str, str]:
    covered, total = line.numbers[key]
    return {
        "ratio": say.percent(Fraction(covered, total) if total else None, 1),
        "numbers": f"{say.number(covered)} / {say.number(total)}",
        "marks": "".join(sorted(line.marks[key])),
    }


def _marks(unit: UnitShare) -> Iterable[str]:
    if unit.estimated:
        yield "≈"
    if unit.above_one:
        yield "!"
    if unit.declared.unknown:
        yield "?"
