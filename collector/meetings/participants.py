"""Who takes part: a choice in the operator's words becomes sites and their endpoints. Pure.

It trusts the names that it is given: who reads a file says which of them do not exist.
"""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from collector.model import Device, DeviceName, Inventory, Role, SiteCode, SiteKind


@dataclass(frozen=True, slots=True)
class Choice:
    """Everybody that any of its parts names. `everybody`: every commune, and every other site with an endpoint."""

    everybody: bool = False
    districts: AbstractSet[str] = frozenset()
    sites: AbstractSet[str] = frozenset()
    tags: AbstractSet[str] = frozenset()


NOBODY = Choice()


@dataclass(frozen=True, slots=True)
class Party:
    """Who takes part in a sitting and what carries it; the preferred bridge first."""

    sites: frozenset[str]
    endpoints: tuple[str, ...]
    bridges: tuple[str, ...]


class Register:
    """The inventory's sites and endpoints, prepared for many choices."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._endpoints: dict[SiteCode, list[DeviceName]] = {}
        self._tagged: dict[str, set[str]] = {}
        self.bridges = tuple(sorted(device.name for device in _of(inventory, Role.BRIDGE)))
        """Every bridge, by name."""
        for device in _of(inventory, Role.ENDPOINT):
            self._endpoints.setdefault(device.site, []).append(device.name)
        for site in inventory.sites.values():
            self._tag(site.code, site.tags)
        for device in inventory.devices.values():
            self._tag(device.site, device.tags)
        self._able = frozenset(
            site.code
            for site in inventory.sites.values()
            if site.kind is SiteKind.COMMUNE or site.code in self._endpoints
        )

    def _tag(self, code: str, tags: Iterable[str]) -> None:
        for tag in tags:
            self._tagged.setdefault(tag, set()).add(code)

    @property
    def tags(self) -> AbstractSet[str]:
        """Every tag that a site or a device has."""
        return self._tagged.keys()

    def sites(self, choices: Iterable[Choice]) -> frozenset[str]:
        """The codes of the sites that the choices name together."""
        found: set[str] = set()
        for choice in choices:
            found |= choice.sites
            if choice.everybody:
                found |= self._able
            if choice.districts:
                known = self._inventory.sites
                found |= {code for code in self._able if known[SiteCode(code)].district in choice.districts}
            for tag in choice.tags:
                found |= self._tagged.get(tag, set())
        return frozenset(found)

    def party(self, sites: frozenset[str], bridges: Iterable[str] = ()) -> Party:
        """These sites with their endpoints; without `bridges` every one of the city's can carry it."""
        names = sorted(name for code in sites for name in self._endpoints.get(SiteCode(code), ()))
        return Party(sites, tuple(names), tuple(bridges) or self.bridges)

    def without_endpoint(self, sites: Iterable[str]) -> tuple[str, ...]:
        """Of these the ones that have nothing to join with, by code."""
        return tuple(sorted(code for code in sites if SiteCode(code) not in self._endpoints))


def _of(inventory: Inventory, role: Role) -> Iterable[Device]:
    return (device for device in inventory.devices.values() if device.role is role)
