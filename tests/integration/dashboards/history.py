"""One series of a generated history, and the moments that the history is made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from collector.metrics import Family, Kind

START = 1_760_000_000
STEP = 30
STORM = START + 20 * 60
REPAIRED = START + 30 * 60
END = START + 40 * 60  # nothing is scraped any more
QUIET_AT = START + 15 * 60
STORM_AT = START + 35 * 60
UNWATCHED_AT = END + 15 * 60


@dataclass(frozen=True, slots=True)
class Series:
    """One series and its value before and in the storm; None is no sample. A counter's value is its growth per second.

    `repaired` is its value from REPAIRED on, if that is another one.
    """

    family: Family
    labels: Mapping[str, str]
    quiet: float | None
    storm: float | None
    repaired: float | None = None

    def at(self, moment: int) -> float | None:
        """The value at a moment."""
        if self.family.kind is Kind.COUNTER:
            return None if self.quiet is None else self.quiet * (moment - START)
        if self.repaired is not None and moment >= REPAIRED:
            return self.repaired
        return self.quiet if moment < STORM else self.storm

    def text(self) -> str:
        """`name{labels}`, ValueError if the labels are not the family's."""
        if not set(self.labels) <= {*self.family.labels, "instance", "job"}:
            raise ValueError(f"{self.family.name} has no labels {set(self.labels) - {*self.family.labels}}")
        pairs = ",".join(f'{name}="{value}"' for name, value in self.labels.items() if value)
        return f"{self.family.name}{{{pairs}}}"
