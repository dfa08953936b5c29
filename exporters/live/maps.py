"""The shipped map of a city and what lies on it: areas coloured by state, nodes, links. Pure but for `load`.

Made by `exporters/live/drawing.py`. A commune without a polygon is a dot at its own coordinates. A city that lies
elsewhere gets no borders but its own dots, on a map as large as they need.
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from collector.model import District, Inventory, Role, Site, SiteCode, SiteKind
from collector.outages.state import State
from exporters.live.scene import Scene

BACKBONE = (Role.AGGREGATION, Role.CORE, Role.SWITCH, Role.GATEWAY)
KINDS = ("communes", "units")
MARGIN = 60
LARGEST = 4000  # units of the drawing, the longer side of a map of dots
LEAST_DEGREES = 0.02  # about 2 km: a city with one place is not drawn as a point
UNIT_MAP = "126"
NOWHERE = (-MARGIN, -MARGIN, -1, -1)
"""A centre in which no point lies."""


@dataclass(frozen=True, slots=True)
class Borders:
    """Paths by code, and how coordinates become points of them."""

    width: int
    height: int
    west: float
    north: float
    x_scale: float
    y_scale: float
    centre: tuple[int, int, int, int]
    communes: Mapping[str, str]
    districts: Mapping[str, str]
    units: Mapping[str, str]
    unit_names: Mapping[str, str]
    central: frozenset[str] = frozenset()
    """Paths of which a part lies in the centre."""

    def point(self, latitude: float | None, longitude: float | None) -> tuple[int, int] | None:
        """Where it is on the map; None if it has no coordinates or lies off the map."""
        if latitude is None or longitude is None:
            return None
        x = round((longitude - self.west) * self.x_scale)
        y = round((self.north - latitude) * self.y_scale)
        inside = -MARGIN <= x <= self.width + MARGIN and -MARGIN <= y <= self.height + MARGIN
        return (x, y) if inside else None

    def in_centre(self, x: int, y: int) -> bool:
        """Whether the point is in the crowded middle."""
        left, top, width, height = self.centre
        return left <= x <= left + width and top <= y <= top + height


def load(name: str = "hanoi") -> Borders:
    """Read a shipped map."""
    text = resources.files("exporters.live").joinpath("maps", f"{name}.json").read_text("utf-8")
    read = json.loads(text)
    left, top, width, height = read["centre"]
    paths = [*read["communes"].values(), *read["units"].values(), *read["districts"].values()]
    central = frozenset(path for path in paths if _overlaps(path, left, top, left + width, top + height))
    return Borders(**{**read, "centre": (left, top, width, height)}, central=central)


def _overlaps(path: str, left: int, top: int, right: int, bottom: int) -> bool:
    """Whether the path's own box and this one, with its margin, have something in common."""
    xs, ys = zip(*corners(path), strict=True)
    away = (
        max(xs) < left - MARGIN
        or min(xs) > right + MARGIN
        or max(ys) < top - MARGIN
        or min(ys) > bottom + MARGIN
    )
    return not away


def corners(path: str) -> Iterator[tuple[int, int]]:
    """The points of a path that `drawing.path` wrote."""
    for ring in path.split("M")[1:]:
        numbers = [int(one) for one in re.findall(r"-?\d+", ring)]
        x, y = numbers[:2]
        yield x, y
        for step_x, step_y in zip(numbers[2::2], numbers[3::2], strict=True):
            x, y = x + step_x, y + step_y
            yield x, y


@dataclass(frozen=True, slots=True)
class Area:
    """Something coloured. `sites` are the codes whose worst state it has, `href` is where it leads."""

    path: str
    at: tuple[int, int] | None
    state: str
    sites: str
    name: str
    href: str
    centre: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A district's name and where it is written."""

    x: int
    y: int
    text: str
    centre: bool


@dataclass(frozen=True, slots=True)
class Node:
    """A district node or a data centre."""

    x: int
    y: int
    kind: str
    state: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """All links between two sites: `up` if every one is, `down` if one is not."""

    x1: int
    y1: int
    x2: int
    y2: int
    state: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map, ready for the template. `box` and `centre` are SVG view boxes; a border says if it is in the centre.

    `centre` is empty where nothing is enlarged; `divided` says whether the units of a later map can be drawn, too.
    """

    kind: str
    divided: bool
    box: str
    centre: str
    areas: Sequence[Area]
    borders: Sequence[tuple[str, bool]]
    labels: Sequence[Label]
    nodes: Sequence[Node]
    lines: Sequence[Line]


def fitted(borders: Borders, inventory: Inventory) -> Borders | None:
    """These borders for a city of which they have a commune; else a map of its dots; None if no place has coordinates."""
    if any(code in borders.communes for code in inventory.sites):
        return borders
    known: list[Site | District] = [*inventory.sites.values(), *inventory.districts.values()]
    places = [
        (one.latitude, one.longitude)
        for one in known
        if one.latitude is not None and one.longitude is not None
    ]
    if not places:
        return None
    latitudes, longitudes = zip(*places, strict=True)
    north, west = max(latitudes), min(longitudes)
    narrow = max(math.cos(math.radians((north + min(latitudes)) / 2)), LEAST_DEGREES)
    tall = max(north - min(latitudes), LEAST_DEGREES)
    wide = max(max(longitudes) - west, LEAST_DEGREES)
    scale = LARGEST / max(tall, wide * narrow)
    return Borders(
        round(wide * narrow * scale),
        round(tall * scale),
        west,
        north,
        scale * narrow,
        scale,
        NOWHERE,
        {},
        {},
        {},
        {},
    )


def draw(shipped: Borders, scene: Scene, kind: str = "communes") -> Drawn | None:
    """The city's map by communes or by units; None if there is nothing to draw it from."""
    borders = fitted(shipped, scene.inventory)
    if borders is None:
        return None
    left, top, width, height = borders.centre
    kind = kind if borders.units else KINDS[0]
    return Drawn(
        kind=kind,
        divided=bool(borders.units),
        box=f"{-MARGIN} {-MARGIN} {borders.width + 2 * MARGIN} {borders.height + 2 * MARGIN}",
        centre=f"{left - MARGIN} {top - MARGIN} {width + 2 * MARGIN} {height + 2 * MARGIN}"
        if width > 0
        else "",
        areas=_units(borders, scene) if kind == "units" else _communes(borders, scene, scene.communes()),
        borders=[]
        if kind == "units"
        else [(path, path in borders.central) for path in borders.districts.values()],
        labels=_labels(borders, scene),
        nodes=_nodes(borders, scene),
        lines=_lines(borders, scene),
    )


def _communes(borders: Borders, scene: Scene, sites: Iterable[Site]) -> list[Area]:
    found = []
    for site in sites:
        path = borders.communes.get(site.code, "")
        at = None if path else borders.point(site.latitude, site.longitude)
        if path or at:
            name = f"{site.name}, {scene.district_name(site.district)} ({site.code})"
            state = scene.site_state(site.code).name.lower()
            centre = borders.in_centre(*at) if at else path in borders.central
            found.append(Area(path, at, state, site.code, name, f"/site/{site.code}", centre))
    return found


def _units(borders: Borders, scene: Scene) -> list[Area]:
    members: dict[str, list[Site]] = defaultdict(list)
    for site in scene.communes():
        members[site.units.get(UNIT_MAP, "")].append(site)
    found = []
    for code, path in borders.units.items():
        sites = members.get(code, [])
        worst = max((scene.site_state(one.code) for one in sites), default=State.UNKNOWN)
        codes = " ".join(one.code for one in sites)
        name = f"{borders.unit_names.get(code, code)} ({code})"
        found.append(
            Area(path, None, worst.name.lower(), codes, name, f"/unit/{code}", path in borders.central)
        )
    return found


def short(name: str) -> str:
    """A district's or commune's name without its kind."""
    for kind in ("Quận ", "Huyện ", "Thị xã ", "Thành phố ", "Phường ", "Xã ", "Thị trấn "):
        if name.startswith(kind):
            return name.removeprefix(kind)
    return name


def _labels(borders: Borders, scene: Scene) -> list[Label]:
    found = []
    for district in scene.inventory.districts.values():
        at = borders.point(district.latitude, district.longitude)
        if at is not None:
            found.append(Label(*at, short(district.name), borders.in_centre(*at)))
    return found


def _nodes(borders: Borders, scene: Scene) -> list[Node]:
    found = []
    for site in scene.inventory.sites.values():
        at = borders.point(site.latitude, site.longitude)
        if at is not None and site.kind is not SiteKind.COMMUNE:
            state = scene.site_state(site.code).name.lower()
            found.append(Node(*at, str(site.kind), state, site.code, site.name))
    return found


def _lines(borders: Borders, scene: Scene) -> list[Line]:
    devices, sites = scene.inventory.devices, scene.inventory.sites
    between: dict[tuple[SiteCode, SiteCode], list[bool | None]] = defaultdict(list)
    for device in devices.values():
        for link in device.uplinks if device.role in BACKBONE else ():
            parent = devices.get(link.parent)
            if parent is not None and parent.site != device.site:
                between[device.site, parent.site].append(scene.state.links.get(link.name))
    found = []
    for (child, above), states in sorted(between.items()):
        ends = [borders.point(sites[code].latitude, sites[code].longitude) for code in (child, above)]
        if ends[0] and ends[1]:
            state = "down" if False in states else "unknown" if None in states else "up"
            found.append(Line(*ends[0], *ends[1], state))
    return found
