"""The life of an outage: open, held while its repair proves itself, ended, forgotten after an hour. Pure.

A repair resolves an outage once it has lasted `hold` seconds. A cause that fails again before that is the same
outage going on, and each such relapse makes the next hold longer, so that a flapping line is one page.
"""

from dataclasses import dataclass, replace

from collector.outages.cover import Key
from collector.outages.state import Outage


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds. What the judge waits for besides answers."""

    hold: float = 30.0
    """A first repair must last this long; the end that is told is when it began."""
    hold_flapping: tuple[float, ...] = (120.0, 300.0)
    """The same after one relapse, and after more."""
    memory: float = 900.0
    """A cause that returns within this time of its end has relapsed, though it is a new outage."""
    settle: float = 30.0
    """What stood in a shadow may stay silent this long after the repair before it is blamed itself."""
    gap: float = 2.0
    """A pause of our own after which misses prove nothing."""
    keep: float = 3600.0
    """An ended outage is shown this long."""
    link: float = 40.0
    """A failed link waits this long for the others on its cable to be read (one full poll and a bit)."""
    expire: float = 3.0
    """Promised intervals without any news after which a device is unknown, or silent if it promised to speak."""


@dataclass(slots=True)
class Case:
    """An outage that is not forgotten, with what the judge needs to follow it."""

    outage: Outage
    keys: tuple[Key, ...]
    members: frozenset[int]
    """Devices at the top of the silence."""
    links: frozenset[int]
    """Links that failed with both ends alive."""
    proof: float
    """An answer to a question sent after this is a sign of repair."""
    recovered: float | None = None
    unseen: float = 0.0
    """Seconds since the repair in which nobody looked: they prove nothing."""
    released: bool = False
    """The repair is old enough: what is still silent is silent for a reason of its own."""
    flaps: int = 0

    @property
    def ended(self) -> bool:
        """Over, and only shown for a while."""
        return self.outage.ended is not None

    @property
    def failing(self) -> bool:
        """Neither ended nor held."""
        return self.outage.ended is None and self.recovered is None

    def hold(self, patience: Patience) -> float:
        """How long the repair must last now."""
        if self.flaps == 0:
            return patience.hold
        return patience.hold_flapping[min(self.flaps, len(patience.hold_flapping)) - 1]

    def due(self, patience: Patience) -> float | None:
        """When something about this case changes by itself."""
        if self.recovered is None or self.ended:
            return None
        begin = self.recovered + self.unseen
        end = begin + self.hold(patience)
        return end if self.released else min(end, begin + patience.settle)

    def recover(self, at: float) -> None:
        """The first sign of a repair."""
        self.recovered = at
        self.unseen = 0.0

    def rewind(self, at: float) -> None:
        """The clock was set back: nothing is dated in the future, but for what was told."""
        self.proof = min(self.proof, at)
        if self.recovered is not None and self.recovered > at:
            self.recover(at)

    def relapse(self) -> None:
        """The cause failed again within the hold."""
        self.recovered = None
        self.released = False
        self.flaps += 1

    def end(self, at: float) -> None:
        """Resolved: `at` is when the repair began."""
        self.outage = replace(self.outage, ended=max(at, self.outage.started))
