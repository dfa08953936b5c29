"""Coverage by unit as Prometheus text: the fixed districts, and the units of the day's map. Pure.

What is declared is written once a standing; what is measured again when a link has changed. A map of very many units is
left out: its numbers are in `/api/v1/coverage?map=…` and in the report, and would only be a burden to Prometheus.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from collector.coverage.admin_map import CommuneCode
from collector.coverage.measure import base_of
from collector.coverage.reckoning import Reckoning, Share
from collector.coverage.standing import Standing
from collector.coverage.target import Basis
from collector.coverage.tell import rounded
from collector.metrics import Family
from collector.metrics import coverage as families
from exporters.state import label_text

DISTRICTS = "districts"
"""Name of the map of the fixed network areas, which every commune keeps for ever."""
MOST_UNITS = 200
"""A map with more units is left out."""

Unit = tuple[str, str]  # code, name


class Area(NamedTuple):
    """A map as far as this needs it: the unit that each commune counts in."""

    map: str
    home: Mapping[CommuneCode, Unit]


class UnitExposition:
    """The families of one standing."""

    def __init__(self, standing: Standing) -> None:
        self._areas = tuple(_areas(standing))
        self._seen: dict[str, tuple[Mapping[CommuneCode, bool], bytes]] = {}
        ratio, missing = families.UNIT_RATIO, families.UNIT_MISSING
        ratios, missings = [], []
        for one in standing.reckonings:
            for name, (code, title), share in self._shares(standing, one):
                value = rounded(share.ratio)
                if value is not None:
                    ratios.append(_line(ratio, (one.target.key, Basis.DECLARED, name, code, title), value))
                lacks = share.missing(one.target.threshold)
                missings.append(_line(missing, (one.target.key, name, code, title), lacks))
        self._declared = "".join(ratios).encode()
        self._missing = "".join(missings).encode()

    def bodies(self, links: Mapping[str, Mapping[CommuneCode, bool]]) -> Iterator[tuple[Family, bytes]]:
        """Each family with its lines. `links` has, by target, which communes' links are as they should be."""
        measured = b"".join(self._measured(target, works) for target, works in links.items())
        yield families.UNIT_RATIO, self._declared + measured
        yield families.UNIT_MISSING, self._missing

    def _measured(self, target: str, works: Mapping[CommuneCode, bool]) -> bytes:
        before = self._seen.get(target)
        if before is None or before[0] != works:
            lines = []
            for area in self._areas:
                whole = Counter(area.home.values())
                good = Counter(unit for code, unit in area.home.items() if works.get(code))
                lines += [
                    _line(
                        families.UNIT_RATIO,
                        (target, Basis.MEASURED, area.map, *unit),
                        round(good[unit] / count, 6),
                    )
                    for unit, count in sorted(whole.items())
                ]
            before = self._seen[target] = (works, "".join(lines).encode())
        return before[1]

    def _shares(self, standing: Standing, one: Reckoning) -> Iterator[tuple[str, Unit, Share]]:
        """Map, unit and what is declared there."""
        for area in self._areas:
            if area.map == DISTRICTS:
                yield from _by_district(standing, one, area)
            else:
                for unit in one.units:
                    yield area.map, (unit.code, unit.name), unit.declared


def _areas(standing: Standing) -> Iterator[Area]:
    communes = standing.evidence.maps.communes
    yield Area(DISTRICTS, {code: (one.district, one.district_name) for code, one in communes.items()})
    on = standing.on
    if len(on.units) <= MOST_UNITS:
        yield Area(on.name, {code: (unit, on.units[unit]) for code, unit in on.home.items()})


def _by_district(standing: Standing, one: Reckoning, area: Area) -> Iterator[tuple[str, Unit, Share]]:
    low: Counter[Unit] = Counter()
    base: Counter[Unit] = Counter()
    unknown: Counter[Unit] = Counter()
    for code, commune in standing.evidence.maps.communes.items():
        unit = area.home[code]
        people = base_of(one.target, commune)
        base[unit] += people
        if code in one.figures:
            low[unit] += one.figures[code]
        else:
            unknown[unit] += people
    for unit in sorted(base):
        yield area.map, unit, Share(low[unit], low[unit], base[unit], unknown[unit])


def _line(family: Family, labels: tuple[str, ...], value: float) -> str:
    return f"{family.name}{label_text(family.labels, labels)} {value!r}\n"
