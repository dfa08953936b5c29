"""The list behind the report's numbers: every commune with every claim that counts, and the file and line of each. Pure.

Targets that look at the same technologies, and count the same people, have one list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from collector.coverage.admin_map import Commune
from collector.coverage.evidence import Evidence
from collector.coverage.measure import people_of, standing
from collector.coverage.reckoning import Reckoning
from collector.coverage.survey import Claim
from collector.coverage.target import COLUMNS, HOUSEHOLD_COLUMNS, Denominator, Target
from exporters.coverage_report.texts import NOTHING, Writer


@dataclass(frozen=True, slots=True)
class Line:
    """A commune: what there is, and every claim about it, each as carrier, technology, numbers and place."""

    code: str
    name: str
    base: str
    claims: tuple[tuple[str, str], ...]
    """What is said, and `file:line` of it, the file by its number."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What stands behind some targets."""

    titles: tuple[str, ...]
    base: Denominator
    """What the number after a commune's name counts."""
    columns: str
    lines: tuple[Line, ...]
    claims: int


def listings(
    evidence: Evidence, reckonings: Sequence[Reckoning], communes: Mapping[str, Commune], say: Writer
) -> list[Listing]:
    """A list for each kind of evidence that targets look at, in the order of the targets."""
    numbers = {one.file.rsplit("/", 1)[-1]: place for place, one in enumerate(evidence.inputs, start=1)}
    kinds: dict[object, list[Reckoning]] = {}
    for one in reckonings:
        homes = one.target.columns[0] in HOUSEHOLD_COLUMNS
        kinds.setdefault((homes, one.target.technologies), []).append(one)
    return [_listing(evidence, same, communes, numbers, say) for same in kinds.values()]


def _listing(
    evidence: Evidence,
    same: Sequence[Reckoning],
    communes: Mapping[str, Commune],
    numbers: Mapping[str, int],
    say: Writer,
) -> Listing:
    asked = frozenset(column for one in same for column in one.target.columns)
    target = replace(same[0].target, columns=tuple(column for column in COLUMNS if column in asked))
    claims = standing(target, evidence.surveys.claims, same[0].as_of)
    lines = tuple(
        Line(
            code,
            commune.name,
            say.number(people_of(target, commune)),
            tuple(_said(target, claim, numbers, say) for claim in claims.get(code, ())),
        )
        for code, commune in communes.items()
    )
    return Listing(
        tuple(say.either(one.target.title) for one in same),
        Denominator.HOUSEHOLDS if target.columns[0] in HOUSEHOLD_COLUMNS else Denominator.POPULATION,
        " + ".join(say(f"column.{column}") for column in target.columns),
        lines,
        sum(len(line.claims) for line in lines),
    )


def _said(target: Target, claim: Claim, numbers: Mapping[str, int], say: Writer) -> tuple[str, str]:
    values = [claim.values[COLUMNS.index(column)] for column in target.columns]
    told = " + ".join(NOTHING if value is None else say.number(value) for value in values)
    return f"{claim.carrier} {claim.technology} {told}", f"{numbers[claim.file]}:{claim.line}"
