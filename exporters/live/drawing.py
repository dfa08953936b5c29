"""Polygons of a city as SVG paths: `python -m exporters.live.drawing COMMUNES DISTRICTS UNITS > exporters/live/maps/NAME.json`.

Reads GeoJSON (RFC 7946) with `commune_code`, `district_code` or `unit_code` in each feature's properties. Points
are rounded to one grid, so that neighbours keep their common borders. Run by hand when borders change; the service
only reads the result.
"""

import json
import math
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HEIGHT = 6000
"""Grid steps from north to south: some 15 m each in a city of 90 km."""
READABLE = 0.006
"""Share of the map's rectangle from which a district's name fits into it."""

Point = tuple[int, int]
Ring = list[Point]


class Grid:
    """Longitude and latitude to whole grid steps, north up, true to shape in the middle of the map."""

    def __init__(self, points: Iterable[Sequence[float]]) -> None:
        longitudes, latitudes = zip(*((one[0], one[1]) for one in points), strict=True)
        self.west, self.north = min(longitudes), max(latitudes)
        south, east = min(latitudes), max(longitudes)
        self.y_scale = HEIGHT / (self.north - south)
        self.x_scale = self.y_scale * math.cos(math.radians((self.north + south) / 2))
        self.width = math.ceil((east - self.west) * self.x_scale)

    def point(self, position: Sequence[float]) -> Point:
        """A position of GeoJSON, longitude first."""
        return (
            round((position[0] - self.west) * self.x_scale),
            round((self.north - position[1]) * self.y_scale),
        )


def rings(geometry: Mapping[str, Any]) -> Iterator[list[Sequence[float]]]:
    """Every ring of a Polygon or MultiPolygon; ValueError for another geometry."""
    if geometry["type"] not in ("Polygon", "MultiPolygon"):
        raise ValueError(f"a {geometry['type']} has no area")
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon


def path(grid: Grid, geometry: Mapping[str, Any]) -> str:
    """SVG path data with relative steps; a ring that vanishes on the grid is left out."""
    return "".join(_ring(_steps(grid, ring)) for ring in rings(geometry))


def _steps(grid: Grid, ring: Iterable[Sequence[float]]) -> Ring:
    points: Ring = []
    for position in ring:
        point = grid.point(position)
        if not points or point != points[-1]:
            points.append(point)
    if len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points


def _ring(points: Ring) -> str:
    if len(points) < 3:  # noqa: PLR2004  # two points enclose nothing
        return ""
    x, y = points[0]
    said = [f"M{x} {y}l"]
    for next_x, next_y in points[1:]:
        step = f"{next_x - x} {next_y - y}"
        said.append(step if len(said) == 1 or step.startswith("-") else f" {step}")
        x, y = next_x, next_y
    return "".join(said).replace(" -", "-") + "z"


def area(grid: Grid, geometry: Mapping[str, Any]) -> float:
    """Grid steps squared inside all rings, holes taken off (the shoelace formula)."""
    total = 0.0
    for ring in rings(geometry):
        points = _steps(grid, ring)
        total += sum(
            (a[0] * b[1] - b[0] * a[1]) / 2 for a, b in zip(points, [*points[1:], *points[:1]], strict=True)
        )
    return abs(total)


def drawing(
    communes: Mapping[str, Any], districts: Mapping[str, Any], units: Mapping[str, Any]
) -> dict[str, Any]:
    """The map: its size and projection, a path each for communes, districts and units, and the crowded middle.

    `centre` (x, y, width, height) holds all districts that are too small to read.
    """
    grid = Grid(point for one in communes["features"] for ring in rings(one["geometry"]) for point in ring)
    small = [
        one["geometry"]
        for one in districts["features"]
        if area(grid, one["geometry"]) < READABLE * grid.width * HEIGHT
    ]
    return {
        "width": grid.width,
        "height": HEIGHT,
        "west": grid.west,
        "north": grid.north,
        "x_scale": grid.x_scale,
        "y_scale": grid.y_scale,
        "centre": _box(grid, small),
        "communes": _paths(grid, communes, "commune_code"),
        "districts": _paths(grid, districts, "district_code"),
        "units": _paths(grid, units, "unit_code"),
        "unit_names": {
            one["properties"]["unit_code"]: one["properties"]["unit_name"] for one in units["features"]
        },
    }


def _paths(grid: Grid, features: Mapping[str, Any], code: str) -> dict[str, str]:
    return {
        one["properties"][code]: path(grid, one["geometry"])
        for one in sorted(features["features"], key=lambda one: str(one["properties"][code]))
    }


def _box(grid: Grid, geometries: Iterable[Mapping[str, Any]]) -> tuple[int, int, int, int]:
    points = [grid.point(point) for one in geometries for ring in rings(one) for point in ring]
    if not points:
        return 0, 0, grid.width, HEIGHT
    left, right = min(x for x, _ in points), max(x for x, _ in points)
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    return left, top, right - left, bottom - top


def main(arguments: Sequence[str]) -> int:
    """Write the map to stdout; 2 if it was called without its three files."""
    if len(arguments) != 3:  # noqa: PLR2004  # communes, districts, units
        sys.stderr.write("usage: python -m exporters.live.drawing COMMUNES DISTRICTS UNITS\n")
        return 2
    read = [json.loads(Path(name).read_text()) for name in arguments]
    json.dump(drawing(*read), sys.stdout, ensure_ascii=False, indent=0, sort_keys=True)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
