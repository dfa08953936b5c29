"""From evidence to numbers: share, gap, what is missing, pace, when, what next, and where two bases disagree.

Exact arithmetic (whole numbers and fractions); rounding is the printer's. The same input gives the same output in the
same order. Source of every rule: docs/coverage.md, with a small city worked out by hand.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from types import MappingProxyType

from collector.coverage.admin_map import AdminMap, Commune, CommuneCode, UnitCode, largest_remainder
from collector.coverage.links import Measured
from collector.coverage.measure import Figure, Moment, base_of, counted, people_of
from collector.coverage.target import Denominator, Quality, Target

FURTHEST = 36_525
"""Days: a date more than a century away says that the pace leads nowhere."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one basis says. `numerator` is proven (at least), `at_most` what it would be if no two claims overlapped.

    `unknown` of the denominator nobody speaks about. A ratio may be above 1.
    """

    numerator: int
    at_most: int
    denominator: int
    unknown: int

    @property
    def ratio(self) -> Fraction | None:
        """The proven share; None of nothing."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def at_most_ratio(self) -> Fraction | None:
        """The largest share that the evidence allows; above 1 where claims overlap."""
        return Fraction(self.at_most, self.denominator) if self.denominator else None

    def gap(self, threshold: Fraction) -> Fraction | None:
        """How far below the threshold, as a share; 0 if reached."""
        return None if self.ratio is None else max(threshold - self.ratio, Fraction(0))

    def missing(self, threshold: Fraction) -> int:
        """How many more must be covered; 0 if reached."""
        return max(ceil(threshold * self.denominator) - self.numerator, 0)

    def reached(self, threshold: Fraction) -> bool:
        """Whether the promise is kept on this basis."""
        return self.denominator > 0 and self.missing(threshold) == 0


@dataclass(frozen=True, slots=True)
class UnitShare:
    """One unit of the chosen map. `estimated`: a part of it comes from a commune divided by area."""

    code: UnitCode
    name: str
    declared: Share
    measured: Share | None
    estimated: bool

    @property
    def above_one(self) -> bool:
        """Somebody declares more than the census counts."""
        return self.declared.numerator > self.declared.denominator

    @property
    def overlap(self) -> bool:
        """The sum of all claims is more than the census counts: carriers speak of the same households."""
        return self.declared.at_most > self.declared.denominator


@dataclass(frozen=True, slots=True)
class Point:
    """What was proven once the surveys of a day were in."""

    date: date
    share: Share


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast it goes: `gained` between two surveys, in communes known at both."""

    since: date
    until: date
    gained: int

    @property
    def per_day(self) -> Fraction:
        """How many more a day."""
        return Fraction(self.gained, (self.until - self.since).days)


@dataclass(frozen=True, slots=True)
class Next:
    """A unit to do next: what finishing it gains, and what that adds up to with those before it."""

    code: UnitCode
    name: str
    gain: int
    together: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A commune of which carriers and citynoc say different things. `fails` is what its link lacks."""

    commune: CommuneCode
    name: str
    declared: bool
    measured: bool
    fails: tuple[Quality, ...] = ()


@dataclass(frozen=True, slots=True)
class Reckoning:
    """Everything about one target on one day, on one map."""

    target: Target
    as_of: date
    map: str
    declared: Share
    measured: Share | None
    seen: Measured | None
    """What `measured` is the sum of; None if the target takes no link as evidence, or nothing was looked at."""
    units: tuple[UnitShare, ...]
    trend: tuple[Point, ...]
    pace: Pace | None
    reached_on: date | None
    """First survey since which it has been kept."""
    expected_on: date | None
    """When the pace leads there; None if it is kept already or the pace leads nowhere."""
    next: tuple[Next, ...]
    unknown: tuple[CommuneCode, ...]
    disagreements: tuple[Disagreement, ...]
    figures: Mapping[CommuneCode, int]
    """What is proven in each commune that somebody speaks about."""

    @property
    def late(self) -> bool:
        """The deadline is past and the promise not kept, or the pace leads past it or nowhere. No pace says nothing."""
        if self.declared.reached(self.target.threshold):
            return False
        if self.as_of > self.target.deadline:
            return True
        if self.pace is None:
            return False
        return self.expected_on is None or self.expected_on > self.target.deadline


def reckon(
    target: Target,
    declared_moments: Sequence[Moment],
    communes: Mapping[CommuneCode, Commune],
    on: AdminMap,
    as_of: date,
    *,
    measured: Measured | None = None,
    pace_over: int = 4,
) -> Reckoning:
    """The target in these communes (all, or those with a tag) on a map, as it was known on a day.

    `declared_moments` as `moments` gives them for this target. `measured` is by the target's own rule.
    """
    history = [Moment(moment.date, counted(target, moment.figures, communes)) for moment in declared_moments]
    figures = history[-1].figures if history else {}
    seen = None if target.measured is None else measured
    bases = {code: base_of(target, commune) for code, commune in communes.items()}
    whole = sum(bases.values())
    trend = tuple(Point(moment.date, _share(moment.figures, bases, whole)) for moment in history)
    declared = trend[-1].share if trend else Share(0, 0, whole, whole)
    pace = _pace(history[-pace_over:])
    units = _units(target, figures, seen, communes, on)
    return Reckoning(
        target,
        as_of,
        on.name,
        declared,
        None if seen is None else measured_share(target, seen, communes),
        seen,
        units,
        trend,
        pace,
        _reached_on(trend, target.threshold),
        _expected(declared.missing(target.threshold), pace),
        _next(units),
        tuple(sorted(set(communes) - set(figures))),
        () if seen is None else _disagreements(figures, seen, communes),
        MappingProxyType({code: figure.at_least for code, figure in figures.items()}),
    )


def _share(figures: Mapping[CommuneCode, Figure], bases: Mapping[CommuneCode, int], whole: int) -> Share:
    low = high = known = 0
    for code, (at_least, at_most) in figures.items():
        base = bases.get(code)
        if base is not None:
            low += at_least
            high += at_most
            known += base
    return Share(low, high, whole, whole - known)


def measured_share(target: Target, measured: Measured, communes: Mapping[CommuneCode, Commune]) -> Share:
    """What working links say of a target of communes."""
    figures = {code: Figure(int(works), int(works)) for code, works in measured.links.items()}
    bases = {code: base_of(target, commune) for code, commune in communes.items()}
    return _share(figures, bases, sum(bases.values()))


class _Sums:
    """A unit's numbers while they are added up."""

    __slots__ = ("base", "estimated", "high", "low", "seen", "unknown", "unseen")

    def __init__(self) -> None:
        self.base = self.low = self.high = self.unknown = self.seen = self.unseen = 0
        self.estimated = False


def _units(
    target: Target,
    figures: Mapping[CommuneCode, Figure],
    measured: Measured | None,
    communes: Mapping[CommuneCode, Commune],
    on: AdminMap,
) -> tuple[UnitShare, ...]:
    sums: dict[UnitCode, _Sums] = {}
    for code, commune in communes.items():
        figure = figures.get(code)
        for unit, base, low, high in _parts(target, commune, figure, on):
            mine = sums.get(unit)
            if mine is None:
                mine = sums[unit] = _Sums()
            mine.base += base
            mine.low += low
            mine.high += high
            mine.unknown += base if figure is None else 0
            mine.estimated |= code in on.estimated and target.denominator is not Denominator.COMMUNES
            if measured is not None:
                works = measured.links.get(code)
                mine.seen += base if works else 0
                mine.unseen += base if works is None else 0
    return tuple(
        UnitShare(
            unit,
            on.units[unit],
            Share(one.low, one.high, one.base, one.unknown),
            None if measured is None else Share(one.seen, one.seen, one.base, one.unseen),
            one.estimated,
        )
        for unit, one in sorted(sums.items())
    )


def _parts(
    target: Target, commune: Commune, figure: Figure | None, on: AdminMap
) -> Iterable[tuple[UnitCode, int, int, int]]:
    """The commune's base and figure on its units. What is covered is divided as the people are, so that it fits them."""
    low, high = figure or (0, 0)
    if target.denominator is Denominator.COMMUNES:
        return ((on.home[commune.code], 1, low, high),)
    people = people_of(target, commune)
    if len(on.parts[commune.code]) == 1:
        return ((on.parts[commune.code][0].unit, people, low, high),)
    bases = on.spread(commune.code, people)
    weights = list(bases.values()) if people else [part.weight for part in on.parts[commune.code]]
    return zip(
        bases, bases.values(), largest_remainder(low, weights), largest_remainder(high, weights), strict=True
    )


def _pace(last: Sequence[Moment]) -> Pace | None:
    """Between the first and the last of these: a commune heard of for the first time was not built that day."""
    if len(last) < 2:  # noqa: PLR2004  # a pace has two ends
        return None
    first, latest = last[0], last[-1]
    gained = sum(
        figure.at_least - first.figures[code].at_least
        for code, figure in latest.figures.items()
        if code in first.figures
    )
    return Pace(first.date, latest.date, gained)


def _reached_on(trend: Sequence[Point], threshold: Fraction) -> date | None:
    found = None
    for point in reversed(trend):
        if not point.share.reached(threshold):
            break
        found = point.date
    return found


def _expected(missing: int, pace: Pace | None) -> date | None:
    if missing == 0 or pace is None or pace.gained <= 0:
        return None
    days = ceil(missing / pace.per_day)
    return pace.until + timedelta(days=days) if days <= FURTHEST else None


def _next(units: Iterable[UnitShare]) -> tuple[Next, ...]:
    """Every unit where something is known to be missing, the largest gain first."""
    gains = [
        (unit.declared.denominator - unit.declared.unknown - unit.declared.numerator, unit) for unit in units
    ]
    found, together = [], 0
    for gain, unit in sorted(gains, key=lambda pair: (-pair[0], pair[1].code)):
        if gain <= 0:
            break
        together += gain
        found.append(Next(unit.code, unit.name, gain, together))
    return tuple(found)


def _disagreements(
    figures: Mapping[CommuneCode, Figure], measured: Measured, communes: Mapping[CommuneCode, Commune]
) -> tuple[Disagreement, ...]:
    return tuple(
        Disagreement(code, communes[code].name, figures[code].at_least > 0, works, measured.fails(code))
        for code, works in sorted(measured.links.items())
        if code in figures and code in communes and (figures[code].at_least > 0) is not works
    )
