"""What a target's evidence says of each commune: declared by carriers, or measured by citynoc. Never mixed, never guessed.

Declared has two ends: at least the largest single claim (all others may speak of the same households), at most the sum
of all (none of them do). Neither is cut off at the census: what is above it is a finding. A commune that nobody speaks
about is absent, which is unknown and never covered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from collector.coverage.admin_map import Commune, CommuneCode
from collector.coverage.survey import Book, Claim, Surveys
from collector.coverage.target import COLUMNS, HOUSEHOLD_COLUMNS, Denominator, Target, Technology
from collector.model import SiteCode
from collector.outages.history import Availability
from collector.outages.state import CityState, State

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
    target: Target, surveys: Surveys, communes: Mapping[CommuneCode, Commune], until: date
) -> tuple[Moment, ...]:
    """What is declared after each day with a survey, up to `until`: households or people, whatever the target counts.

    Targets that look at the same columns of the same technologies share the answer.
    """
    held: dict[tuple[Technology, int], Book] = {
        (technology, COLUMNS.index(column)): {}
        for technology in sorted(target.technologies or Technology)
        for column in target.columns
    }
    figures: dict[CommuneCode, Figure] = {}
    found: list[Moment] = []
    for day, books in surveys.days:
        if day > until:
            break
        touched: set[CommuneCode] = set()
        for key, mine in held.items():
            book = books.get(key, {})
            for commune, page in book.items():
                if commune in mine:
                    mine[commune].update(page)
                else:
                    mine[commune] = dict(page)
            touched |= book.keys() & communes.keys()
        for code in touched:
            _stand(figures, code, [mine[code] for mine in held.values() if code in mine])
        if touched:
            found.append(Moment(day, dict(figures)))
    return tuple(found)


def _stand(
    figures: dict[CommuneCode, Figure], code: CommuneCode, pages: Iterable[Mapping[str, int | None]]
) -> None:
    """The commune's figure from all claims that stand in it."""
    numbers = [number for page in pages for number in page.values() if number is not None]
    if numbers:
        figures[code] = Figure(max(numbers), sum(numbers))
    else:
        figures.pop(code, None)


def counted(
    target: Target, figures: Mapping[CommuneCode, Figure], communes: Mapping[CommuneCode, Commune]
) -> Mapping[CommuneCode, Figure]:
    """The figures in what the target counts: for a target of communes 1 where enough is covered, else 0."""
    if target.denominator is not Denominator.COMMUNES:
        return figures
    part, whole = target.commune_at_least.as_integer_ratio()
    found = {}
    for code, (low, high) in figures.items():
        enough = people_of(target, communes[code]) * part
        found[code] = Figure(int(low > 0 and low * whole >= enough), int(high > 0 and high * whole >= enough))
    return found


def standing(target: Target, claims: Iterable[Claim], until: date) -> dict[CommuneCode, list[Claim]]:
    """The claims that count on that day, by commune: the list behind the number."""
    columns = [COLUMNS.index(column) for column in target.columns]
    latest: dict[tuple[str, str, str], Claim] = {}
    for claim in claims:
        if claim.date > until:
            break
        if not target.technologies or claim.technology in target.technologies:
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
        known = 0.0 if found is None else found.up + found.down
        if found is not None and known > 0:
            # Not by its ratio: 99 of 100 seconds is 0.99, and the nearest float is a little less.
            links[commune] = Fraction(found.up) >= threshold * Fraction(known)
    return Measured(links, month)
