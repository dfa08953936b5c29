"""Everything that coverage is reckoned from, as it was read: maps, targets, claims. Frozen; the same files, the same value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from collector.coverage.admin_map import AdminMap, AdminMaps, Commune, CommuneCode
from collector.coverage.links import Sight
from collector.coverage.measure import Moment, moments
from collector.coverage.reckoning import Reckoning, reckon
from collector.coverage.survey import Surveys
from collector.coverage.target import SurveyRules, Target
from collector.model import Inventory, Site, SiteKind


class InputFile(NamedTuple):
    """A file that numbers come from, with the SHA-256 of its bytes."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The inputs of every reckoning."""

    maps: AdminMaps
    targets: Mapping[str, Target]
    rules: SurveyRules
    surveys: Surveys
    inputs: tuple[InputFile, ...] = ()

    def reckon(
        self,
        as_of: date,
        on: AdminMap,
        *,
        target: str | None = None,
        communes: Mapping[CommuneCode, Commune] | None = None,
        sight: Sight | None = None,
    ) -> tuple[Reckoning, ...]:
        """One target or all, on a day and a map; `communes` cuts it to some of them. Raises KeyError for a strange target.

        `sight` is how links are looked at; without it nothing is measured.
        """
        within = self.maps.communes if communes is None else communes
        shared: dict[object, tuple[Moment, ...]] = {}
        found = []
        for one in [self.targets[target]] if target is not None else self.targets.values():
            spoken = (one.columns, one.technologies)
            if spoken not in shared:
                shared[spoken] = moments(one, self.surveys, within, as_of)
            measured = None if sight is None or one.measured is None else sight(one.measured)
            found.append(
                reckon(
                    one, shared[spoken], within, on, as_of, measured=measured, pace_over=self.rules.pace_over
                )
            )
        return tuple(found)

    def sites(self, inventory: Inventory) -> Mapping[CommuneCode, Site]:
        """Each commune's site, for its tags and its link; a commune without a site is absent."""
        base = next(iter(self.maps.maps))
        found = {
            site.units.get(base, site.code): site
            for site in inventory.sites.values()
            if site.kind is SiteKind.COMMUNE
        }
        return {code: site for code, site in found.items() if code in self.maps.communes}

    def last_survey(self, as_of: date) -> Mapping[str, date | None]:
        """The day of each carrier's latest survey up to a day; None if it never declared anything."""
        latest: dict[str, date | None] = dict.fromkeys(self.rules.carriers)
        for claim in self.surveys.claims:  # in order of date
            if claim.date > as_of:
                break
            latest[claim.carrier] = claim.date
        return MappingProxyType(latest)
