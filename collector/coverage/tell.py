"""Reckonings as plain values for JSON and CSV: the same reckoning, the same values in the same order.

Ratios are rounded to six decimals, half to even, from exact fractions. What is not known is None.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from fractions import Fraction

from collector.coverage.admin_map import AdminMap, CommuneCode
from collector.coverage.evidence import Evidence
from collector.coverage.measure import standing
from collector.coverage.reckoning import Reckoning, Share, UnitShare
from collector.coverage.target import COLUMNS, LinkRule, Quality, Target, Title

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]
DECIMALS = 6
NEXT_SHOWN = 20

UNIT_COLUMNS = (
    "as_of", "map", "target", "of", "unit", "unit_name", "covered", "covered_at_most", "total", "unknown", "ratio",
    "ratio_at_most", "estimated", "above_one", "overlap", "measured_covered", "measured_unknown",
)  # fmt: skip
LINK_COLUMNS = (
    "target", "commune", "commune_name", "district", "unit", "period", "as_asked", *Quality, "fails",
)  # fmt: skip
EVIDENCE_COLUMNS = (
    "target", "commune", "commune_name", "district", "unit", "carrier", "technology", "date", *COLUMNS, "source", "written_at",
)  # fmt: skip


def rounded(number: Fraction | None) -> float | None:
    """The fraction as people and programs read it."""
    return None if number is None else float(round(number, DECIMALS))


def document(
    evidence: Evidence, reckonings: Iterable[Reckoning], on: AdminMap, as_of: date
) -> dict[str, Value]:
    """Everything about a day: the inputs with their digests, who has declared, and each target."""
    return {
        "as_of": f"{as_of}",
        "map": on.name,
        "surveys": [
            {"carrier": carrier, "last": _day(last), "overdue": overdue(evidence, last, as_of)}
            for carrier, last in sorted(evidence.last_survey(as_of).items())
        ],
        "inputs": [{"file": one.file, "sha256": one.sha256} for one in evidence.inputs],
        "targets": [of_target(one) for one in reckonings],
    }


def overdue(evidence: Evidence, last: date | None, as_of: date) -> bool:
    """Whether a carrier should have declared again."""
    return last is None or as_of > last + timedelta(days=evidence.rules.every)


def of_target(one: Reckoning) -> dict[str, Value]:
    """One target with its trend, units, what to do next and what disagrees."""
    target, threshold = one.target, one.target.threshold
    return {
        **promise(target),
        "declared": _share(one.declared, threshold),
        "measured": None if one.measured is None else _share(one.measured, threshold),
        "measured_period": None if one.seen is None else one.seen.period,
        "reached_on": _day(one.reached_on),
        "expected_on": _day(one.expected_on),
        "late": one.late,
        "pace": None
        if one.pace is None
        else {
            "since": f"{one.pace.since}",
            "until": f"{one.pace.until}",
            "gained": one.pace.gained,
            "per_day": rounded(one.pace.per_day),
        },
        "trend": [{"date": f"{point.date}", **_share(point.share, threshold)} for point in one.trend],
        "units": [_unit(unit, threshold) for unit in one.units],
        "next": [
            {"unit": each.code, "name": each.name, "gain": each.gain, "together": each.together}
            for each in one.next[:NEXT_SHOWN]
        ],
        "unknown_communes": [*one.unknown],
        "disagreements": [
            {
                "commune": each.commune,
                "name": each.name,
                "declared": each.declared,
                "measured": each.measured,
                "fails": [*each.fails],
            }
            for each in one.disagreements
        ],
        "lacking": None if one.seen is None else {str(quality): n for quality, n in one.seen.lacking()},
    }


def promise(target: Target) -> dict[str, Value]:
    """What was promised."""
    return {
        "target": target.key,
        "name": _title(target.title),
        "measure": [*target.columns],
        "technologies": [*sorted(target.technologies)],
        "of": str(target.denominator),
        "threshold": rounded(target.threshold),
        "deadline": f"{target.deadline}",
        "owner": target.owner,
        "source": _title(target.source),
        "measured_by": None if target.measured is None else _rule(target.measured),
    }


def _rule(rule: LinkRule) -> dict[str, Value]:
    return {
        "availability": rounded(rule.availability),
        "window_days": rule.window,
        "known": rounded(rule.known),
        "capacity_mbps": rule.capacity,
        "backup": rule.backup,
        "latency_ms": rule.latency,
    }


def unit_rows(reckonings: Iterable[Reckoning]) -> Iterator[tuple[object, ...]]:
    """One row a target and unit, in the order of `UNIT_COLUMNS`."""
    for one in reckonings:
        for unit in one.units:
            declared, measured = unit.declared, unit.measured
            yield (
                one.as_of, one.map, one.target.key, one.target.denominator, unit.code, unit.name,
                declared.numerator, declared.at_most, declared.denominator, declared.unknown,
                rounded(declared.ratio), rounded(declared.at_most_ratio),
                int(unit.estimated), int(unit.above_one), int(unit.overlap),
                None if measured is None else measured.numerator,
                None if measured is None else measured.unknown,
            )  # fmt: skip


def evidence_rows(
    evidence: Evidence,
    targets: Iterable[Target],
    communes: Mapping[CommuneCode, object],
    on: AdminMap,
    as_of: date,
) -> Iterator[tuple[object, ...]]:
    """The claims that stand behind each target, one a row, in the order of `EVIDENCE_COLUMNS`.

    A commune that nobody speaks about has a row without a carrier: it is part of the denominator.
    """
    for target in targets:
        found = standing(target, evidence.surveys.claims, as_of)
        for code, commune in evidence.maps.communes.items():
            if code not in communes:
                continue
            head = (target.key, code, commune.name, commune.district, on.home[code])
            for claim in found.get(code, ()):
                yield (
                    *head, claim.carrier, claim.technology, claim.date, *claim.values, claim.source,
                    f"{claim.file}:{claim.line}",
                )  # fmt: skip
            if code not in found:
                yield (*head, *[None] * (len(EVIDENCE_COLUMNS) - len(head)))


def link_rows(
    evidence: Evidence, reckonings: Iterable[Reckoning], communes: Iterable[CommuneCode], on: AdminMap
) -> Iterator[tuple[object, ...]]:
    """What was measured of each commune, one a row, in the order of `LINK_COLUMNS`; an unknown cell is empty.

    A quality's cell is the share of the known time in which it held.
    """
    wanted = frozenset(communes)
    for one in reckonings:
        if one.seen is None:
            continue
        for code, commune in evidence.maps.communes.items():
            if code in wanted:
                shares, works = one.seen.shares.get(code, {}), one.seen.links.get(code)
                yield (
                    one.target.key, code, commune.name, commune.district, on.home[code], one.seen.period,
                    None if works is None else int(works),
                    *(rounded(shares.get(quality)) for quality in Quality),
                    " ".join(one.seen.fails(code)),
                )  # fmt: skip


def _unit(unit: UnitShare, threshold: Fraction) -> dict[str, Value]:
    return {
        "unit": unit.code,
        "name": unit.name,
        "declared": _share(unit.declared, threshold),
        "measured": None if unit.measured is None else _share(unit.measured, threshold),
        "estimated": unit.estimated,
        "above_one": unit.above_one,
        "overlap": unit.overlap,
    }


def _share(share: Share, threshold: Fraction) -> dict[str, Value]:
    return {
        "covered": share.numerator,
        "covered_at_most": share.at_most,
        "total": share.denominator,
        "unknown": share.unknown,
        "ratio": rounded(share.ratio),
        "ratio_at_most": rounded(share.at_most_ratio),
        "gap": rounded(share.gap(threshold)),
        "missing": share.missing(threshold),
        "reached": share.reached(threshold),
        "above_one": share.numerator > share.denominator,
    }


def _title(title: Title) -> dict[str, Value]:
    return {"vi": title.vi, "en": title.en}


def _day(day: date | None) -> str | None:
    return None if day is None else f"{day}"
