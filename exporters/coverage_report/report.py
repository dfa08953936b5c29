"""Reckonings to the report's HTML. Pure: the same reckonings, the same bytes; everything is escaped, nothing is fetched."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from itertools import pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined

from collector.coverage.admin_map import AdminMap, Commune
from collector.coverage.evidence import Evidence
from collector.coverage.links import NOW
from collector.coverage.reckoning import Reckoning, UnitShare
from collector.coverage.target import LinkRule
from exporters.coverage_map import paths_of
from exporters.coverage_report.chart import chart
from exporters.coverage_report.listing import listings
from exporters.coverage_report.texts import NOTHING, Writer
from exporters.live.maps import Borders

CLASSES = (Fraction(1, 2), Fraction(3, 4), Fraction(9, 10), Fraction(1))
"""Lower ends of the map's colours above the first."""
DAYS_A_MONTH = 30
NEXT_SHOWN = 10
INVENTED = "invented"
LISTED = 60
"""Of a longer list the rest is counted: one page a target is what people read."""
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
    measured: dict[str, list[int]] = field(default_factory=dict)
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
        chart=lambda one: chart(one.trend, one.target.threshold, say),
        lacking=lambda one: "; ".join(
            say("lack", n=count, what=say(f"lack.{quality}"))
            for quality, count in one.seen.lacking()
            if count
        ),
        rule=lambda one: _rule(one.seen.rule, say),
        period=lambda one: _period(one.seen.period, say),
        declared_fails=lambda odd: say(
            "declared.fails", fails=", ".join(say(f"lack.{quality}") for quality in odd.fails)
        ),
        listed=LISTED,
        district_map=DISTRICT_MAP,
        more=lambda some: say("more", n=len(some) - LISTED) if len(some) > LISTED else "",
        above=lambda one: [unit for unit in one.units if unit.above_one],
        communes=asked.evidence.maps.communes,
        next_shown=NEXT_SHOWN,
        table=_table(asked, say),
        by_district=_by_district(asked.on),
        carriers=sorted(asked.evidence.last_survey(as_of).items()),
        listings=listings(asked.evidence, asked.reckonings, asked.communes, say),
    )


def shade(unit: UnitShare) -> str:
    """The class of a unit's colour."""
    share = unit.declared
    if share.ratio is None or (share.unknown == share.denominator):
        return "u"
    return f"c{sum(share.ratio >= step for step in CLASSES)}"


def _legend(say: Writer) -> list[tuple[str, str]]:
    steps = (Fraction(0), *CLASSES)
    named = [
        (f"c{number}", f"{say.written(low)} {NOTHING} {say.written(high)}")
        for number, (low, high) in enumerate(pairwise(steps))
    ]
    named[0] = ("c0", f"< {say.written(CLASSES[0])}")
    return [("u", say("unknown")), *named, (f"c{len(CLASSES)}", f"≥ {say.written(CLASSES[-1])}")]


def _period(period: str, say: Writer) -> str:
    if period == NOW:
        return say("now")
    return f" {NOTHING} ".join(say.day(date.fromisoformat(day)) for day in period.split("/"))


def _rule(rule: LinkRule, say: Writer) -> str:
    """What is asked of a link, in words."""
    wanted = [say("asked.availability", share=say.written(rule.availability))]
    if rule.capacity is not None:
        wanted.append(say("asked.capacity", n=say.number(rule.capacity)))
    if rule.backup:
        wanted.append(say("asked.backup"))
    if rule.latency is not None:
        wanted.append(say("asked.latency", n=say.number(rule.latency)))
    return ", ".join(wanted)


def _outlook(one: Reckoning, say: Writer) -> str:
    if one.reached_on is not None:
        return say("kept", day=say.day(one.reached_on))
    if one.expected_on is None:
        return say("never" if one.pace is not None else "no.pace")
    text = say("reaches", day=say.day(one.expected_on))
    return say("late", text=text) if one.late else text


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
            if unit.measured is not None:
                seen = line.measured.setdefault(one.target.key, [0, 0])
                seen[0] += unit.measured.numerator
                seen[1] += unit.measured.denominator
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
        "ratio": say.percent(Fraction(covered, total) if total else None),
        "numbers": _of(line.numbers[key], say),
        "marks": "".join(sorted(line.marks[key])),
        "measured": _of(line.measured[key], say) if key in line.measured else "",
    }


def _of(numbers: Sequence[int], say: Writer) -> str:
    return " / ".join(map(say.number, numbers))


def _marks(unit: UnitShare) -> Iterable[str]:
    if unit.estimated:
        yield "≈"
    if unit.above_one:
        yield "!"
    if unit.declared.unknown:
        yield "?"
