"""A target: a dated promise with its source, and which columns of the surveys speak about it. Data only."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction


class Column(StrEnum):
    """What carriers declare of a commune, as the columns of a survey are called."""

    HOUSEHOLDS_PASSED = "households_passed"
    HOUSEHOLDS_CONNECTED = "households_connected"
    POPULATION_4G = "population_4g"
    POPULATION_5G = "population_5g"


COLUMNS = tuple(Column)
HOUSEHOLD_COLUMNS = frozenset({Column.HOUSEHOLDS_PASSED, Column.HOUSEHOLDS_CONNECTED})


class Technology(StrEnum):
    """By what a household or a person is reached."""

    FIBRE = "fibre"
    CABLE = "cable"
    COPPER = "copper"
    WIRELESS = "wireless"
    MOBILE = "mobile"


class Denominator(StrEnum):
    """What a share is of. Households and population are the census's."""

    HOUSEHOLDS = "households"
    POPULATION = "population"
    COMMUNES = "communes"


class Basis(StrEnum):
    """Where a figure comes from; the two are never added up."""

    DECLARED = "declared"
    MEASURED = "measured"


class Quality(StrEnum):
    """What may be asked of a measured link."""

    AVAILABILITY = "availability"
    CAPACITY = "capacity"
    BACKUP = "backup"
    LATENCY = "latency"


@dataclass(frozen=True, slots=True)
class LinkRule:
    """When the link of a commune's office is evidence: each quality asked for must hold for long enough.

    Long enough is `availability` of the time in which it was known, over `window` days; what was known for less than
    `known` of the window is unknown. `capacity` is Mbit/s, `latency` milliseconds; None and False ask for nothing.
    """

    availability: Fraction = Fraction(99, 100)
    window: int = 30
    known: Fraction = Fraction(1, 2)
    capacity: int | None = None
    backup: bool = False
    latency: int | None = None

    @property
    def asked(self) -> tuple[Quality, ...]:
        """What must hold, in the order in which it is told."""
        wanted = {
            Quality.AVAILABILITY: True,
            Quality.CAPACITY: self.capacity is not None,
            Quality.BACKUP: self.backup,
            Quality.LATENCY: self.latency is not None,
        }
        return tuple(quality for quality, asked in wanted.items() if asked)


@dataclass(frozen=True, slots=True)
class Title:
    """A text for people in both languages."""

    vi: str
    en: str


@dataclass(frozen=True, slots=True)
class Target:
    """One promise. `columns` of rows by `technologies` (all if empty) speak about it.

    With communes as denominator a commune counts when anything in it is covered, or when at least `commune_at_least` of
    its households (population) is. `measured` says which links of communes' offices are evidence, too; None: none are.
    """

    key: str
    title: Title
    columns: tuple[Column, ...]
    denominator: Denominator
    threshold: Fraction
    deadline: date
    source: Title
    owner: str
    technologies: frozenset[Technology] = frozenset()
    commune_at_least: Fraction = Fraction(0)
    measured: LinkRule | None = None


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """Who declares, how often a survey is due (days), and over how many surveys the pace is taken."""

    carriers: tuple[str, ...]
    every: int
    pace_over: int
