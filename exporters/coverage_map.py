"""Coverage on a map: GeoJSON (RFC 7946) of the shipped borders with each unit's numbers. Pure.

Borders come back from the grid that pages draw on: good to some 15 m, for looking at and not for measuring. A unit of a
map that has no borders of its own is the communes that it is made of.
"""

from collections.abc import Iterable, Sequence

from collector.coverage.admin_map import AdminMap
from collector.coverage.reckoning import Reckoning
from collector.coverage.tell import Value, rounded
from exporters.live.maps import Borders, corners

DEGREES = 5
CLOSED = 3  # the fewest corners that enclose something


def paths_of(borders: Borders, on: AdminMap) -> dict[str, list[str]]:
    """Unit code to the paths that draw it; a unit that has no border at all has none."""
    for known in (borders.communes, borders.units):
        if on.units.keys() <= known.keys() and len(known) == len(on.units):
            return {unit: [known[unit]] for unit in on.units}
    found: dict[str, list[str]] = {unit: [] for unit in on.units}
    for commune, unit in on.home.items():
        if commune in borders.communes:
            found[unit].append(borders.communes[commune])
    return found


def geojson(borders: Borders, on: AdminMap, reckonings: Sequence[Reckoning]) -> dict[str, Value]:
    """A FeatureCollection: one feature a unit, and in its properties the numbers of every target."""
    paths = paths_of(borders, on)
    numbers: dict[str, dict[str, Value]] = {}
    for one in reckonings:
        for unit in one.units:
            numbers.setdefault(unit.code, {})[one.target.key] = {
                "covered": unit.declared.numerator,
                "total": unit.declared.denominator,
                "unknown": unit.declared.unknown,
                "ratio": rounded(unit.declared.ratio),
                "above_one": unit.above_one,
                "estimated": unit.estimated,
            }
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": unit,
                "geometry": _geometry(borders, paths[unit]),
                "properties": {"unit": unit, "name": on.units[unit], "map": on.name, "targets": targets},
            }
            for unit, targets in sorted(numbers.items())
        ],
    }


def _geometry(borders: Borders, paths: Iterable[str]) -> dict[str, Value] | None:
    polygons: list[Value] = [polygon for path in paths for polygon in _polygons(borders, path)]
    return {"type": "MultiPolygon", "coordinates": polygons} if polygons else None


def _polygons(borders: Borders, path: str) -> list[Value]:
    """Every ring as a polygon of its own, counter-clockwise as RFC 7946 wants outer rings."""
    found: list[Value] = []
    for piece in path.split("M")[1:]:
        points = list(corners(f"M{piece}"))
        if len(points) < CLOSED:
            continue
        if _doubled_area(points) < 0:
            points.reverse()
        ring: list[Value] = [
            [
                round(borders.west + x / borders.x_scale, DEGREES),
                round(borders.north - y / borders.y_scale, DEGREES),
            ]
            for x, y in (*points, points[0])
        ]
        found.append([ring])
    return found


def _doubled_area(points: Sequence[tuple[int, int]]) -> int:
    """Twice the area, positive when the corners go counter-clockwise on a map with north up (y grows southward)."""
    pairs = zip(points, [*points[1:], points[0]], strict=True)
    return sum(b[0] * a[1] - a[0] * b[1] for a, b in pairs)
