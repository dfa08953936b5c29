"""Coverage for a person at a terminal: one line a target, and for a single target what to do next and what is odd."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from citynoc.tables import Column, drawn
from collector.coverage.admin_map import AdminMap
from collector.coverage.reckoning import Reckoning, Share
from collector.coverage.target import Denominator, LinkRule

DAYS_A_MONTH = 30
NEXT_SHOWN = 5
ADDED_UP = """\
at most: all carriers' claims added up, as if no two spoke of the same;
         above 100% some do, and nobody can reach more than 100%

"""
COUNTED = {
    Denominator.HOUSEHOLDS: "households",
    Denominator.POPULATION: "people",
    Denominator.COMMUNES: "communes",
}


def shown(found: Sequence[Reckoning], on: AdminMap, cut_to: str, *, width: int | None) -> str:
    """The table as text; `cut_to` ends its title. `width` None is the terminal's."""
    numbers = ("promised", "by", "declared", "at most", "missing", "unknown", "measured", "a month")
    columns = [
        Column("target"),
        *(Column(name, right=True) for name in numbers),
        Column("at that pace", folds=True),
    ]
    title = f"Coverage on {found[0].as_of}, map {on.name}{cut_to}"
    details = "".join(f"{line}\n" for line in _details(found[0])) if len(found) == 1 else ""
    note = ADDED_UP if any((one.declared.at_most_ratio or 0) > 1 for one in found) else ""
    return f"{title}\n{drawn(columns, [_summary(one) for one in found], width)}{note}{details}"


def _summary(one: Reckoning) -> tuple[str, ...]:
    threshold = one.target.threshold
    return (
        one.target.key,
        f"{float(threshold * 100):g}%",
        f"{one.target.deadline}",
        _percent(one.declared),
        "" if one.declared.at_most_ratio is None else _hundredths(one.declared.at_most_ratio),
        f"{one.declared.missing(threshold):,} {COUNTED[one.target.denominator]}",
        f"{one.declared.unknown:,}",
        "" if one.measured is None else f"{_percent(one.measured)}\n{one.measured.unknown:,} unknown",
        "" if one.pace is None else f"{float(one.pace.per_day * DAYS_A_MONTH):+,.0f}",
        _outlook(one),
    )


def _percent(share: Share) -> str:
    if share.ratio is None:
        return "nothing to count"
    return f"{_hundredths(share.ratio)}{' (above 100 %!)' if share.ratio > 1 else ''}"


def _hundredths(ratio: Fraction) -> str:
    """Every counted share of the table in one precision: a figure that is in it twice reads the same."""
    return f"{float(round(ratio * 100, 2)):.2f}%"


def _outlook(one: Reckoning) -> str:
    if one.reached_on is not None:
        return f"kept since {one.reached_on}"
    if one.pace is None:
        return "unknown: too few surveys"
    if one.expected_on is None:
        return "never"
    return f"{one.expected_on}{', too late' if one.late else ''}"


def _details(one: Reckoning) -> Iterator[str]:
    for each in one.next[:NEXT_SHOWN]:
        yield f"next: {each.code} {each.name}: {each.gain:,} to gain, {each.together:,} together"
    for unit in one.units:
        if unit.above_one:
            share = unit.declared
            yield f"above the census: {unit.code} {unit.name}: {share.numerator:,} of {share.denominator:,}"
    if one.unknown:
        yield f"nobody speaks about: {', '.join(one.unknown)}"
    if one.seen is not None:
        lacking = ", ".join(f"{count} lack {quality}" for quality, count in one.seen.lacking())
        yield f"measured over {one.seen.period}, {_rule(one.seen.rule)}: {lacking}"
    for odd in one.disagreements:
        said = "its link is as asked, but nothing is declared"
        if odd.declared:
            said = f"declared, but its link fails: {', '.join(odd.fails)}"
        yield f"disagreement: {odd.commune} {odd.name}: {said}"


def _rule(rule: LinkRule) -> str:
    wanted = [f"{float(rule.availability * 100):g}% of the time"]
    if rule.capacity is not None:
        wanted.append(f"{rule.capacity:,} Mbit/s")
    if rule.backup:
        wanted.append("a second uplink")
    if rule.latency is not None:
        wanted.append(f"within {rule.latency:,} ms")
    return ", ".join(wanted)
