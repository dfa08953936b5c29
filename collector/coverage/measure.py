"""What a target's evidence says of each commune: declared by carriers, or measured by citynoc. Never mixed, never guessed.

Declared has two ends: at least the largest single claim (all others may speak of the same households), at most the sum
of all (none of them do). Neither is cut off at the census: what is above it is a finding. A commune that nobody speaks
about is absent, which is unknown and never covered.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from collector.coverage.admin_map import Commune, CommuneCode
from collector.coverage.survey import Claim
from collector.coverage.target import COLUMNS, HOUSEHOLD_COLUMNS, Denominator, Target
from collector.model import SiteCode
from collector.outages.history import Availability
from collector.outages.state import CityState, State

_Held = dict[tuple[str, str, int], int]
"""What stands in one commune: carrier, technology and column to number."""

LINK_WORKS = frozenset({State.UP, State.AGENT_DOWN})
LINK_FAILS = frozenset({State.UNREACHABLE, State.DOWN})


class Figure(NamedTuple):
    """How many of a commune are covered, between two ends. Households, people, or 1 for the commune itself."""

    at_least: int
    at_most: int


class Moment(NamedTuple):
    """What was declared once the surveys of a day were in."""

    date: date
    figures: Mapping[CommuneCode, Figure]


@dataclass(frozen=True, slots=True)
class Measured:
    """What citynoc saw: the communes whose link works (True) or does not (False); unknown ones are absent."""

    links: Mapping[CommuneCode, bool]
    period: str
    """`now`, or the month it is of."""


def base_of(target: Target, commune: Commune) -> int:
    """What a share of the commune is of."""
    if target.denominator is Denominator.COMMUNES:
        return 1
    return people_of(target, commune)


def people_of(target: Target, commune: Commune) -> int:
    """The census figure that the target's columns count against."""
    return commune.households if target.columns[0] in HOUSEHOLD_COLUMNS else commune.population


def moments(
    target: Target, claims: Iterable[Claim], communes: Mapping[CommuneCode, Commune], until: date
) -> Iterator[Moment]:
    """What is declared after each day with a survey, up to `until`. Claims are in order of date.

    Each moment's figures are a copy of their own.
    """
    columns = [COLUMNS.index(column) for column in target.columns]
    held: dict[CommuneCode, _Held] = {}
    figures: dict[CommuneCode, Figure] = {}
    for day, group in groupby(claims, key=attrgetter("date")):
        if day > until:
            return
        touched: set[CommuneCode] = set()
        for claim in group:
            if speaks(target, claim) and claim.commune in communes:
                mine = held.setdefault(claim.commune, {})
                if _put(mine, claim, columns):
                    touched.add(claim.commune)
        for code in touched:
            values = held[code].values()
            if values:
                figures[code] = _figure(target, communes[code], max(values), sum(values))
            else:
                figures.pop(code, None)
        if touched:
            yield Moment(day, dict(figures))


def speaks(target: Target, claim: Claim) -> bool:
    """Whether the claim is about the target's technologies."""
    return not target.technologies or claim.technology in target.technologies


def _put(held: _Held, claim: Claim, columns: Sequence[int]) -> bool:
    """Take the place of what the carrier said before; whether the claim says or unsays anything here."""
    touched = False
    for column in columns:
        value = claim.values[column]
        key = (claim.carrier, claim.technology, column)
        if value is not None:
            held[key] = value
            touched = True
        elif held.pop(key, None) is not None:
            touched = True
    return touched


def _figure(target: Target, commune: Commune, at_least: int, at_most: int) -> Figure:
    if target.denominator is not Denominator.COMMUNES:
        return Figure(at_least, at_most)
    people, share = people_of(target, commune), target.commune_at_least
    return Figure(int(_reached(at_least, people, share)), int(_reached(at_most, people, share)))


def _reached(number: int, people: int, share: Fraction) -> bool:
    return number > 0 and number * share.denominator >= share.numerator * people


def standing(target: Target, claims: Iterable[Claim], until: date) -> dict[CommuneCode, list[Claim]]:
    """The claims that count on that day, by commune: the list behind the number."""
    columns = [COLUMNS.index(column) for column in target.columns]
    latest: dict[tuple[str, str, str], Claim] = {}
    for claim in claims:
        if claim.date > until:
            break
        if speaks(target, claim):
            latest[claim.commune, claim.carrier, claim.technology] = claim
    found: dict[CommuneCode, list[Claim]] = {}
    for (commune, _, _), claim in sorted(latest.items()):
        if any(claim.values[column] is not None for column in columns):
            found.setdefault(commune, []).append(claim)
    return found


def links_now(state: CityState, sites: Mapping[CommuneCode, SiteCode]) -> Measured:
    """Communes by whether their office is reachable now. `sites` gives each commune's site."""
    links: dict[CommuneCode, bool] = {}
    for commune, site in sites.items():
        found = state.sites.get(site)
        if found in LINK_WORKS:
            links[commune] = True
        elif found in LINK_FAILS:
            links[commune] = False
    return Measured(links, "now")


def links_in_month(
    seconds: Mapping[tuple[str, str], Availability],
    month: str,
    sites: Mapping[CommuneCode, str],
    threshold: Fraction,
) -> Measured:
    """Communes by whether their office was reachable for `threshold` of the known time of a month (YYYY-MM)."""
    links: dict[CommuneCode, bool] = {}
    for commune, site in sites.items():
        found = seconds.get((site, month))
        ratio = found.ratio if found is not None else None
        if ratio is not None:
            links[commune] = Fraction(ratio) >= threshold
    return Measured(links, month)
