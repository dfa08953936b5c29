"""A network for a list of communes: addresses, cables, who has one way only. Pure and deterministic.

Cables follow geography, as ducts do: communes that see their district's node in the same direction share one.
Every address lies in 127.0.0.0/8.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from citynoc.importer.communes import Commune
from collector.config import ConfigurationError, Problem
from collector.model import Place

FIRST_OCTET = 10  # 127.10.x.y is the core; district n is 127.(10 + n)
MOST_DISTRICTS = 255 - FIRST_OCTET
MOST_COMMUNES_OF_A_DISTRICT = 254
RING_PER_DISTRICT = 4
RING_DISTRICTS = 3
LONELY, LONELY_PER_DISTRICT = 13, 4
DUCT_A, DUCT_B = 4, 5  # communes that share a cable to the first and to the second aggregation router
RING = "south-ring"
_KIND_OF_DISTRICT = re.compile(r"^(Quận|Huyện|Thị xã|Thành phố)\s+")


@dataclass(frozen=True, slots=True)
class Placed:
    """A commune in the network: its number in the district and the cables of its uplinks, first parent first."""

    commune: Commune
    number: int
    cables: tuple[str, ...]
    tags: tuple[str, ...] = ()


@dataclass(slots=True)
class Area:
    """A district in the network. `cables` maps each cable to its carrier."""

    code: str
    name: str
    number: int
    latitude: float
    longitude: float
    communes: list[Placed] = field(default_factory=list)
    cables: dict[str, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The name as file names and cables have it: `long-bien`."""
        return slug_of(self.name)

    @property
    def net(self) -> str:
        """The first two numbers of its addresses."""
        return f"127.{FIRST_OCTET + self.number}"


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole network. `ring` names the cable that crosses districts, if the city is large enough for it."""

    areas: tuple[Area, ...]
    ring: str | None


def slug_of(name: str) -> str:
    """`Quận Long Biên` as `long-bien`: without the kind of unit, accents and spaces."""
    bare = _KIND_OF_DISTRICT.sub("", name).replace("Đ", "D").replace("đ", "d")
    letters = unicodedata.normalize("NFD", bare)
    plain = "".join(c for c in letters if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "district"


def lay_out(communes: Sequence[Commune]) -> Layout:
    """The network of these communes. Raises ConfigurationError if there are more than the addresses reach."""
    by_district: dict[str, list[Commune]] = {}
    for commune in communes:
        by_district.setdefault(commune.district, []).append(commune)
    _check_size(by_district)
    areas = {
        code: Area(code, members[0].district_name, number, *_middle(members))
        for number, (code, members) in enumerate(by_district.items(), start=1)
    }
    ring = _ring(list(areas.values()), by_district)
    lonely = _lonely(communes, ring)
    for code, area in areas.items():
        _fill(area, by_district[code], ring, lonely)
    return Layout(tuple(areas.values()), RING if ring else None)


def _check_size(by_district: dict[str, list[Commune]]) -> None:
    problems = [
        f"district {code} has {len(members)} communes; {MOST_COMMUNES_OF_A_DISTRICT} is the most"
        for code, members in by_district.items()
        if len(members) > MOST_COMMUNES_OF_A_DISTRICT
    ]
    if len(by_district) > MOST_DISTRICTS:
        problems.append(f"{len(by_district)} districts; {MOST_DISTRICTS} is the most")
    if problems:
        raise ConfigurationError(Problem(Place("the list of communes", 1, 1), text) for text in problems)


def _middle(communes: Iterable[Commune]) -> tuple[float, float]:
    points = [commune.point for commune in communes]
    return (
        round(sum(latitude for latitude, _ in points) / len(points), 5),
        round(sum(longitude for _, longitude in points) / len(points), 5),
    )


def _distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Distance in degrees of latitude; good enough to say which of two is nearer within one city."""
    return math.hypot(a[0] - b[0], (a[1] - b[1]) * math.cos(math.radians(a[0])))


def _ring(areas: list[Area], by_district: dict[str, list[Commune]]) -> frozenset[str]:
    """Communes of three neighbouring districts that hang on one cable and nothing else.

    The southernmost large district and its two nearest large neighbours; in each the communes nearest to where
    the three meet.
    """
    large = [area for area in areas if len(by_district[area.code]) >= RING_PER_DISTRICT * RING_DISTRICTS]
    if len(large) < RING_DISTRICTS:
        return frozenset()
    south = min(large, key=lambda area: (area.latitude, area.code))
    here = (south.latitude, south.longitude)
    three = sorted(large, key=lambda area: (_distance(here, (area.latitude, area.longitude)), area.code))
    three = three[:RING_DISTRICTS]
    meeting = (
        sum(area.latitude for area in three) / RING_DISTRICTS,
        sum(area.longitude for area in three) / RING_DISTRICTS,
    )
    chosen: list[str] = []
    for area in three:
        near = sorted(by_district[area.code], key=lambda c: (_distance(c.point, meeting), c.code))
        chosen.extend(commune.code for commune in near[:RING_PER_DISTRICT])
    return frozenset(chosen)


def _lonely(communes: Sequence[Commune], ring: frozenset[str]) -> frozenset[str]:
    """The communes farthest from the city's middle: no second way reaches them."""
    if not ring:
        return frozenset()
    middle = _middle(communes)
    far = sorted(
        (commune for commune in communes if commune.code not in ring),
        key=lambda commune: (-_distance(commune.point, middle), commune.code),
    )
    chosen: list[Commune] = []
    for commune in far:
        here = sum(other.district == commune.district for other in chosen)
        if here < LONELY_PER_DISTRICT and len(chosen) < LONELY:
            chosen.append(commune)
    return frozenset(commune.code for commune in chosen)


def _fill(area: Area, members: list[Commune], ring: frozenset[str], lonely: frozenset[str]) -> None:
    """Numbers, cables and tags of the district's communes."""
    area.cables[f"{area.slug}-core-1"] = "carrier-a"
    area.cables[f"{area.slug}-core-2"] = "carrier-b"
    here = (area.latitude, area.longitude)
    around = sorted(members, key=lambda c: (_bearing(here, c.point), c.code))
    ordinary = [commune for commune in around if commune.code not in ring]
    ducts: dict[str, tuple[str, str]] = {}
    for position, commune in enumerate(ordinary):
        first = f"{area.slug}-a{position // DUCT_A + 1}"
        # The second ring of ducts begins elsewhere: neighbours in one duct are not all neighbours in the other.
        shifted = (position + DUCT_B // 2) % len(ordinary)
        group = shifted // DUCT_B + 1
        second = f"{area.slug}-b{group}"
        ducts[commune.code] = (first, second)
        area.cables.setdefault(first, "carrier-a")
        if commune.code not in lonely:
            area.cables.setdefault(second, "carrier-b" if group % 2 else "carrier-c")
    area.cables = dict(sorted(area.cables.items(), key=lambda pair: _by_number(pair[0])))
    pilot = max(members, key=lambda commune: (commune.households, commune.code)).code
    for number, commune in enumerate(members, start=1):
        if commune.code in ring:
            cables: tuple[str, ...] = (RING,)
        elif commune.code in lonely:
            cables = ducts[commune.code][:1]
        else:
            cables = ducts[commune.code]
        tags = ("pilot",) if commune.code == pilot else ()
        area.communes.append(Placed(commune, number, cables, tags))


def _by_number(cable: str) -> tuple[bool, str, int]:
    """The trunks to the core first, then ducts by letter and number."""
    stem, digits = re.fullmatch(r"(.*?)(\d*)", cable, re.DOTALL).groups()  # type: ignore[union-attr]  # always fits
    return not stem.endswith("-core-"), stem, int(digits or 0)


def _bearing(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Direction from `here`, in radians; the order around a node is all that counts."""
    east = (there[1] - here[1]) * math.cos(math.radians(here[0]))
    return math.atan2(there[0] - here[0], east)
