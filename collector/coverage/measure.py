"""What carriers' claims say of each commune, for one target. What citynoc measures is in `links`: the two never mix.

Declared has two ends: at least the largest single claim (all others may speak of the same households), at most the sum
of all (none of them do). Neither is cut off at the census: what is above it is a finding. A commune that nobody speaks
about is absent, which is unknown and never covered.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from collector.coverage.admin_map import Commune, CommuneCode
from collector.coverage.survey import Book, Claim, Surveys
from collector.coverage.target import COLUMNS, HOUSEHOLD_COLUMNS, Denominator, Target, Technology


class Figure(NamedTuple):
    """How many of a commune are covered, between two ends. Households, people, or 1 for the commune itself."""

    at_least: int
    at_most: int


class Moment(NamedTuple):
    """What was declared once the surveys of a day were in."""

    date: date
    figures: Mapping[CommuneCode, Figure]


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
