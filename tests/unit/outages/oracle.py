"""What should be told of a set of failures, from the graph alone: pages, warnings, ids. Shares no code with the product.

It tries every way to explain the silence, growing the number of failures until one fits, and says nothing where the
graph leaves more than one story. Rules are those of docs/adr/0002-verdicts.md in words of its own.
"""

import random
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations

from collector.model import Inventory
from tests.unit.outages.brute import Brute, Failure

SERVES_OTHERS = {"aggregation", "core", "switch", "gateway", "ups"}
CORE = "core"


@dataclass(frozen=True, slots=True)
class Told:
    """Ids of the outages that page, and of those that are a warning."""

    pages: frozenset[str]
    warnings: frozenset[str]


class Oracle:
    """Judges failures in one city, or in the part of it that some districts and the core make up."""

    def __init__(self, inventory: Inventory, districts: AbstractSet[str] | None = None) -> None:
        whole = Brute(inventory)
        rows = inventory.devices
        self._brute = whole
        self._riders: dict[str, set[str]] = {}
        for name, _, _, uplinks, _ in whole.devices:
            for cable, _ in uplinks:
                self._riders.setdefault(cable, set()).add(name)
        self._riders.pop("None", None)
        self._district = {str(name): str(row.district) for name, row in rows.items()}
        self._endpoint = {str(name) for name, row in rows.items() if row.role == "endpoint"}
        if districts is not None:
            near = {*districts, CORE, "dc"}
            whole.devices = [row for row in whole.devices if self._district[row[0]] in near]
        self._rows = {row[0]: row for row in whole.devices}
        self._possible = frozenset(whole.candidates())
        self.sites = sorted(name for kind, name in self._possible if kind == "site")

    def silent(self, failures: Iterable[Failure]) -> frozenset[str]:
        """Devices that do not answer."""
        return self._brute.silent(failures)

    def devices(self, district: str, *roles: str) -> list[str]:
        """Names in a district, of these roles."""
        return [
            row[0] for row in self._brute.devices if row[2] in roles and self._district[row[0]] == district
        ]

    def cables(self) -> list[str]:
        """Cables that cut off everybody in the whole city who rides on them: none that lies elsewhere as well."""
        return sorted(name for name, own in self._riders.items() if own <= self.silent([("cable", name)]))

    def stories(self, silent: frozenset[str], most: int) -> list[frozenset[Failure]]:
        """All smallest sets of at most `most` failures that silence exactly these devices."""
        for size in range(1, most + 1):
            found: set[frozenset[Failure]] = set()
            self._explain(silent, frozenset(), size, found)
            if found:
                return sorted(found, key=sorted)
        return []

    def _explain(
        self, silent: frozenset[str], so_far: frozenset[Failure], left: int, found: set[frozenset[Failure]]
    ) -> None:
        explained = self.silent(so_far)
        missing = next((row for row in self._brute.devices if row[0] in silent - explained), None)
        if missing is None:
            found.add(so_far)
        elif left:
            # Parents come before children: whoever is above this one is explained, so something of its own failed.
            name, site, _, uplinks, _ = missing
            own = {("device", name), ("site", site), *(("cable", cable) for cable, _ in uplinks)}
            for failure in sorted(own & self._possible - so_far):
                if self.silent([*so_far, failure]) <= silent:
                    self._explain(silent, so_far | {failure}, left - 1, found)

    def story(self, failures: AbstractSet[Failure]) -> frozenset[Failure] | None:
        """The one story that the silence tells, devices before what looks the same; None if there are several."""
        silent = self.silent(failures)
        found = self.stories(silent, len(failures) + 2) if silent else [frozenset[Failure]()]
        plain = [story for story in found if all(kind == "device" for kind, _ in story)]
        if len(plain) == 1:
            return plain[0]
        same = {frozenset(map(self._plainest, story)) for story in found}
        return same.pop() if len(same) == 1 else None

    def _plainest(self, failure: Failure) -> Failure:
        alone = self.silent([failure])
        return next(
            (("device", name) for name in sorted(alone) if self.silent([("device", name)]) == alone), failure
        )

    def told(self, failures: AbstractSet[Failure]) -> Told | None:
        """What is to be told, or None where the graph does not decide it."""
        story = self.story(failures)
        if story is None:
            return None
        silent = self.silent(story)
        pages: set[str] = set()
        warnings: set[str] = set()
        for group in self._together(story):
            cut = self.silent(group) | (self.silent(story) - self.silent(story - group))
            tops = self._tops(group, cut)
            if tops <= self._endpoint:
                continue
            kinds = {kind for kind, _ in group}
            name = (
                f"{kinds.pop() if len(group) == 1 else 'group'}:{'+'.join(sorted(one for _, one in group))}"
            )
            harmless = cut == tops and all(self._stood_in_for(one, silent) for one in tops)
            (warnings if harmless else pages).add(name)
        return Told(frozenset(pages), frozenset(warnings))

    def _tops(self, group: frozenset[Failure], cut: frozenset[str]) -> set[str]:
        """Devices that failed themselves or lost their own cables: none of their parents is to blame."""
        dead = {name for kind, name in group if kind == "device"}
        sites = {name for kind, name in group if kind == "site"}
        cables = {name for kind, name in group if kind == "cable"}
        riders = {
            row[0]
            for row in self._brute.devices
            if row[0] in cut and any(cable in cables for cable, _ in row[3])
        }
        return (dead | {name for name in cut if self._rows[name][1] in sites} | riders) & cut

    def _together(self, story: frozenset[Failure]) -> list[frozenset[Failure]]:
        """Failures that cut something off only jointly are one."""
        groups = [{failure} for failure in sorted(story)]
        for size in range(2, len(story) + 1):
            for some in combinations(sorted(story), size):
                less = frozenset[str]().union(*(self.silent(set(some) - {one}) for one in some))
                if self.silent(some) - less:
                    groups = _joined(groups, set(some))
        gateways = {row[0] for row in self._brute.devices if row[2] == "gateway"}
        lost = {("device", name) for name in gateways}
        if len(gateways) > 1 and lost <= story:
            groups = _joined(groups, lost)
        return [frozenset(group) for group in groups]

    def _stood_in_for(self, name: str, silent: frozenset[str]) -> bool:
        _, site, role, _, _ = self._rows[name]
        if role == "gateway":
            return any(row[2] == role and row[0] not in silent for row in self._brute.devices)
        return role in SERVES_OTHERS or any(
            row[1] == site and row[2] == role and row[0] not in silent for row in self._brute.devices
        )


def _joined(groups: Sequence[set[Failure]], some: set[Failure]) -> list[set[Failure]]:
    touched = [group for group in groups if group & some]
    return [*(group for group in groups if not group & some), set().union(*touched)]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A random scenario: what fails, at once, in which district, and what should be told of it."""

    name: str
    district: str
    failures: frozenset[Failure]
    told: Told


class Urn:
    """Draws scenarios of one to three failures whose outcome the graph decides. The same seed, the same draws."""

    def __init__(self, inventory: Inventory, seed: int) -> None:
        self._inventory = inventory
        self._random = random.Random(f"{seed}/scenarios")  # noqa: S311 - a repeatable choice
        self._parts: dict[str, tuple[Oracle, list[Failure]]] = {}
        self.districts = sorted({str(row.district) for row in inventory.devices.values()} - {CORE, "dc"})

    def shuffled(self) -> list[str]:
        """The districts in another order each time."""
        return self._random.sample(self.districts, len(self.districts))

    def draw(self, name: str, district: str) -> Drawn:
        """Something that happens in this district, or in the core if that is its name."""
        oracle, failures = self._part(district)
        while True:
            some = frozenset(self._random.sample(failures, self._random.choice((1, 1, 2, 2, 3))))
            told = oracle.told(some)
            if told is not None:
                return Drawn(name, district, some, told)

    def silent(self, drawn: Drawn) -> frozenset[str]:
        """Devices that do not answer in the scenario."""
        return self._part(drawn.district)[0].silent(drawn.failures)

    def _part(self, district: str) -> tuple[Oracle, list[Failure]]:
        known = self._parts.get(district)
        if known is None:
            oracle = Oracle(self._inventory, {district})
            first = {str(name) for name in self._inventory.city.vantage.first_hop}
            roles = ("router", "aggregation", "core", "switch", "gateway", "bridge", "ups", "endpoint")
            own: list[Failure] = [("device", name) for name in oracle.devices(district, *roles)]
            pair = [("device", name) for name in oracle.devices(district, "aggregation", "core", "gateway")]
            inside = {name for _, name in own}
            own += [("cable", name) for name in oracle.cables() if oracle.silent([("cable", name)]) <= inside]
            own += pair * (len(own) // 8)  # rare as they are, they are what matters
            own += [("site", name) for name in oracle.sites if district in {CORE, "dc"}] * 3
            own = [one for one in own if not first & oracle.silent([one])]
            known = self._parts[district] = (oracle, own)
        return known
