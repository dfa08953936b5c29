"""Dated administrative maps: any figure of a commune on the units of any map, conserved to the last household.

A commune that was split goes by shares. Where the official table says which unit took all its people, that unit has
them; where it says only that parts went to several, the shares of area are an estimate and are marked so. Shares are
normalised per commune, and whole numbers divided by largest remainder. Nothing here reads files.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

CommuneCode = str
UnitCode = str


class Commune(NamedTuple):
    """A commune of the base map, where cables end, with the census behind every denominator."""

    code: CommuneCode
    name: str
    district: str
    district_name: str
    households: int
    population: int


class Part(NamedTuple):
    """What a unit took of a commune: a weight that means nothing but beside the other parts' weights."""

    unit: UnitCode
    weight: int


@dataclass(frozen=True, slots=True)
class AdminMap:
    """One map. `parts` has every commune; `home` is the one unit in which it counts as a commune.

    No unit is without people, and none without a commune as long as there are as many communes as units.
    """

    name: str
    since: date | None
    units: Mapping[UnitCode, str]
    parts: Mapping[CommuneCode, tuple[Part, ...]]
    estimated: frozenset[CommuneCode] = frozenset()
    home: Mapping[CommuneCode, UnitCode] = field(default_factory=lambda: MappingProxyType({}))

    def spread(self, commune: CommuneCode, number: int) -> dict[UnitCode, int]:
        """A number of the commune on the units it went to; the parts add up to the number."""
        parts = self.parts[commune]
        if len(parts) == 1:
            return {parts[0].unit: number}
        divided = largest_remainder(number, [part.weight for part in parts])
        return {part.unit: piece for part, piece in zip(parts, divided, strict=True)}


@dataclass(frozen=True, slots=True)
class AdminMaps:
    """The communes and every map of them, the oldest first."""

    communes: Mapping[CommuneCode, Commune]
    maps: Mapping[str, AdminMap]

    def in_force(self, day: date) -> AdminMap:
        """The map of that day."""
        found = [one for one in self.maps.values() if one.since is None or one.since <= day]
        return found[-1] if found else next(iter(self.maps.values()))


def largest_remainder(number: int, weights: Sequence[int]) -> list[int]:
    """`number` divided in proportion to `weights` into whole numbers that add up to it (Hamilton's method).

    Equal remainders go to the earlier one. Without any weight the first has all. A part is never more than its weight
    if `number` is not more than their sum, so what is divided by households never exceeds them.
    """
    total = sum(weights)
    if total == 0:
        return [number] + [0] * (len(weights) - 1)
    pieces = [number * weight // total for weight in weights]
    left = number - sum(pieces)
    if left:
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(number * weights[i] % total), i))
        for i in by_remainder[:left]:
            pieces[i] += 1
    return pieces


def base_map(name: str, communes: Mapping[CommuneCode, Commune]) -> AdminMap:
    """The map of the communes themselves."""
    return AdminMap(
        name,
        None,
        MappingProxyType({code: one.name for code, one in communes.items()}),
        MappingProxyType({code: (Part(code, 1),) for code in communes}),
        home=MappingProxyType({code: code for code in communes}),
    )


def later_map(
    name: str,
    since: date,
    units: Mapping[UnitCode, str],
    parts: Mapping[CommuneCode, Sequence[Part]],
    estimated: Iterable[CommuneCode] = (),
) -> AdminMap:
    """A map that the communes were joined or split into. Raises ValueError if a unit would be empty.

    Parts without weight are left out.
    """
    sound = {
        commune: tuple(sorted(part for part in pieces if part.weight > 0))
        for commune, pieces in parts.items()
    }
    if bare := sorted(commune for commune, pieces in sound.items() if not pieces):
        raise ValueError(f"no unit takes anything of {', '.join(bare[:5])}")
    if empty := sorted(set(units) - {part.unit for pieces in sound.values() for part in pieces}):
        raise ValueError(f"units would be empty: {', '.join(empty[:5])}")
    split = frozenset(estimated) & {commune for commune, pieces in sound.items() if len(pieces) > 1}
    return AdminMap(
        name,
        since,
        MappingProxyType(dict(units)),
        MappingProxyType(sound),
        split,
        MappingProxyType(_homes(units, sound)),
    )


def _homes(
    units: Mapping[UnitCode, str], parts: Mapping[CommuneCode, tuple[Part, ...]]
) -> dict[CommuneCode, UnitCode]:
    """Each commune's unit: the one with most of it; a unit that has none so takes the one it has most of.

    Communes are compared by the share of each that went to the unit.
    """
    homes = {
        commune: max(pieces, key=lambda part: (part.weight, part.unit)).unit
        for commune, pieces in parts.items()
    }
    share = {
        (part.unit, commune): (part.weight, sum(one.weight for one in pieces))
        for commune, pieces in parts.items()
        for part in pieces
    }
    held: dict[UnitCode, int] = dict.fromkeys(units, 0)
    for unit in homes.values():
        held[unit] += 1

    def by_share(pair: tuple[UnitCode, CommuneCode]) -> tuple[float, str]:
        weight, whole = share[pair]
        return -weight / whole, pair[1]

    for unit in sorted(units):
        if held[unit]:
            continue
        wanted = sorted((pair for pair in share if pair[0] == unit), key=by_share)
        free = next((commune for _, commune in wanted if held[homes[commune]] > 1), None)
        if free is not None:
            held[homes[free]] -= 1
            homes[free], held[unit] = unit, 1
    return homes
