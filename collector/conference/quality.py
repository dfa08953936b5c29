"""How good a call is: good, fair or poor by loss, jitter and latency, each direction for itself. Pure.

The worst of the three decides. A grade falls at once; it rises only when every reading has been well inside the better
grade's limits for a while, so that a call on the edge does not flicker. This is no MOS: the E-model (ITU-T G.107)
speaks of telephone speech, and says nothing of a picture.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import NamedTuple


class Grade(IntEnum):
    """By severity; the value of `citynoc_conference_quality`."""

    GOOD = 0
    FAIR = 1
    POOR = 2


class Measure(StrEnum):
    """What a grade is made of."""

    LOSS = "loss"  # share of packets
    JITTER = "jitter"  # seconds
    LATENCY = "latency"  # seconds one way

    __hash__ = str.__hash__  # an enumeration's own is written in Python, and this is a key for every message


@dataclass(frozen=True, slots=True)
class Bound:
    """The most that a grade allows, in base units, and who says so."""

    at_most: float
    source: str


@dataclass(frozen=True, slots=True)
class Limit:
    """One measure's bounds: `good` lies below `fair`, and above `fair` a call is poor."""

    good: Bound
    fair: Bound

    def grade(self, value: float, share: float = 1.0) -> Grade:
        """The grade of one reading by `share` of each bound."""
        if value <= self.good.at_most * share:
            return Grade.GOOD
        return Grade.FAIR if value <= self.fair.at_most * share else Grade.POOR


@dataclass(frozen=True, slots=True)
class Standard:
    """What `quality.yml` says. A better grade needs readings below `share` of its bounds for `after` seconds."""

    limits: Mapping[Measure, Limit]
    share: float
    after: float

    def grade(self, readings: Mapping[Measure, float], share: float = 1.0) -> Grade:
        """The worst of what is known; `readings` holds at least one measure."""
        limits, worst_yet = self.limits, Grade.GOOD
        for measure, value in readings.items():
            grade = limits[measure].grade(value, share)
            worst_yet = max(worst_yet, grade)
        return worst_yet


class Standing(NamedTuple):
    """Where a direction of a call stands: its grade, and since when every reading has been fit for a better one."""

    grade: Grade
    at: float
    better_since: float | None = None


def stand(
    standard: Standard, before: Standing | None, readings: Mapping[Measure, float], at: float
) -> Standing:
    """The next standing after readings at the time `at` (seconds of a clock that does not step)."""
    now = standard.grade(readings)
    if before is None or now >= before.grade:
        return Standing(now, at)
    better = standard.grade(readings, standard.share)
    if better >= before.grade:
        return Standing(before.grade, at)
    since = at if before.better_since is None else before.better_since
    if at - since >= standard.after:
        return Standing(better, at)
    return Standing(before.grade, at, since)


def worst(grades: Iterable[Grade]) -> Grade | None:
    """The summary of a call: its worst direction; None without any."""
    return max(grades, default=None)
