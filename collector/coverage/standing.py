"""Where the city stands on one day: every target reckoned once, and what citynoc sees now laid beside it. Frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from types import MappingProxyType

from collector.coverage.admin_map import AdminMap, CommuneCode
from collector.coverage.evidence import Evidence
from collector.coverage.links import Measured, links_now
from collector.coverage.reckoning import Reckoning
from collector.coverage.target import LinkRule
from collector.model import Inventory, SiteCode
from collector.outages.state import CityState


@dataclass(frozen=True, slots=True)
class Standing:
    """A day's reckonings, without anything measured: that changes by the second."""

    evidence: Evidence
    as_of: date
    on: AdminMap
    reckonings: tuple[Reckoning, ...]
    sites: Mapping[CommuneCode, SiteCode]

    @classmethod
    def of(cls, evidence: Evidence, inventory: Inventory, as_of: date) -> "Standing":
        """The whole city on the map of the day."""
        on = evidence.maps.in_force(as_of)
        sites = {code: site.code for code, site in evidence.sites(inventory).items()}
        return cls(evidence, as_of, on, evidence.reckon(as_of, on), MappingProxyType(sites))

    def measured(self, state: CityState, rule: LinkRule) -> Measured:
        """The communes' links now, as a rule looks at them."""
        return links_now(state, self.sites, rule)

    def reckoned(
        self, state: CityState, *, on: AdminMap | None = None, target: str | None = None
    ) -> tuple[Reckoning, ...]:
        """All or one with what is measured now. Only what a measurement or another map changes is reckoned again.

        Raises KeyError for a target that does not exist.
        """
        chosen = self.on if on is None else on
        wanted = [self.evidence.targets[target]] if target is not None else self.evidence.targets.values()
        kept = {one.target.key: one for one in self.reckonings} if chosen is self.on else {}
        found: list[Reckoning] = []
        for one in wanted:
            if one.key in kept and one.measured is None:
                found.append(kept[one.key])
            else:
                found += self.evidence.reckon(
                    self.as_of, chosen, target=one.key, sight=partial(self.measured, state)
                )
        return tuple(found)
