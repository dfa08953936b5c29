"""`admin/maps.yml` and the tables it names to dated administrative maps, or every problem of them at once."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from collector.config.document import Document
from collector.config.schema_targets import MapsFile, MapShape
from collector.config.shape import validate
from collector.config.tables import Tables
from collector.config.yaml import read
from collector.coverage.admin_map import AdminMap, AdminMaps, Commune, Part, base_map, later_map
from collector.coverage.table import Row

FOLDER, MAPS = "admin", "maps.yml"
_COMMUNES = (
    "commune_code",
    "commune_name",
    "district_code",
    "district_name",
    "households_2019",
    "population_2019",
)
_UNIT = ("unit_code", "unit_name")
_CODE = re.compile(r"\d{5}", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_SHARE = re.compile(r"[01](\.\d{1,6})?", re.ASCII)
WEIGHTS = 1_000_000
"""Shares are kept as millionths: whole numbers divide exactly."""


def read_maps(directory: Path, root: Path, tables: Tables) -> AdminMaps | None:
    """The maps of a configuration; None if anything is wrong with them, and the problems are in `tables`."""
    document = read(directory / FOLDER / MAPS, root)
    shape, problems = validate(MapsFile, document)
    tables.problems.extend(problems)
    if shape is None:
        return None
    reader = _Reader(directory / FOLDER, document, shape, tables)
    before = len(tables.problems)
    communes = reader.communes()
    if len(tables.problems) > before:
        return None
    maps: dict[str, AdminMap] = {shape.base.name: base_map(shape.base.name, communes)}
    for name, later in sorted(shape.maps.items(), key=lambda pair: pair[1].since):
        found = reader.later(name, later, communes)
        if found is not None:
            maps[name] = found
    return None if len(tables.problems) > before else AdminMaps(communes, maps)


class _Relation(NamedTuple):
    """What the relation says of one map. `estimated` communes were divided by area somewhere."""

    units: dict[str, str]
    parts: dict[str, dict[str, int]]
    estimated: frozenset[str]


class _Reader:
    def __init__(self, folder: Path, document: Document, shape: MapsFile, tables: Tables) -> None:
        self.folder, self.document, self.shape, self.tables = folder, document, shape, tables

    def _wrong(self, steps: tuple[str, ...], message: str, hint: str | None = None) -> None:
        self.tables.problems.append(self.document.problem(steps, message, hint))

    def communes(self) -> dict[str, Commune]:
        """The base map's communes in the order of the file."""
        path = self.folder / self.shape.base.communes
        before = len(self.tables.problems)
        found: dict[str, Commune] = {}
        for row in self.tables.rows(path, _COMMUNES):
            code, name, district, district_name, households, population = row.cells
            wrong = self._strange(row, {0: _CODE}, "five digits")
            wrong |= self._strange(row, {4: _WHOLE, 5: _WHOLE}, "a whole number")
            if not wrong and code in found:
                self.tables.wrong(row.fault(0, f"commune {code} is there twice"))
            elif not wrong:
                found[code] = Commune(code, name, district, district_name, int(households), int(population))
        if not found and len(self.tables.problems) == before:
            self._wrong(("base", "communes"), "the list of communes is empty")
        return found

    def _strange(self, row: Row, patterns: Mapping[int, re.Pattern[str]], what: str) -> bool:
        wrong = [cell for cell, pattern in patterns.items() if pattern.fullmatch(row.cells[cell]) is None]
        for cell in wrong:
            self.tables.wrong(row.fault(cell, f"'{row.cells[cell][:40]}' is not {what}"))
        return bool(wrong)

    def later(self, name: str, shape: MapShape, communes: Mapping[str, Commune]) -> AdminMap | None:
        """One later map, or None and why."""
        steps = ("maps", name)
        if self.shape.relation is None or self.shape.commune is None:
            self._wrong(steps, "a later map needs `relation` and `commune` beside `base`")
            return None
        columns = [self.shape.commune, shape.code, shape.name]
        columns += [column for column in (shape.share, shape.note) if column is not None]
        before = len(self.tables.problems)
        parts: dict[str, dict[str, int]] = {}
        estimated: set[str] = set()
        units: dict[str, str] = {}
        path = self.folder / self.shape.relation
        for row in self.tables.rows(path, columns):
            if self._strange(row, {0: _CODE, 1: _CODE}, "five digits"):
                continue
            commune, unit = row.cells[:2]
            if commune not in communes:
                self.tables.wrong(row.fault(0, f"no commune is called {commune}"))
                continue
            if units.setdefault(unit, row.cells[2]) != row.cells[2]:
                self.tables.wrong(row.fault(2, f"unit {unit} is called '{units[unit]}' above"))
            weight, certain = self._weight(row, shape)
            mine = parts.setdefault(commune, {})
            mine[unit] = mine.get(unit, 0) + weight
            if not certain:
                estimated.add(commune)
        if len(self.tables.problems) > before:
            return None
        return self._built(name, shape, communes, _Relation(units, parts, frozenset(estimated)))

    def _weight(self, row: Row, shape: MapShape) -> tuple[int, bool]:
        """How much the unit took, and whether the table says so rather than an area."""
        if shape.share is None:
            return 1, True
        note = " ".join(row.cells[4].split()) if shape.note is not None else ""
        if note in shape.all_people:
            return WEIGHTS, True
        if note in shape.no_people:
            return 0, True
        if self._strange(row, {3: _SHARE}, "a share between 0 and 1"):
            return 0, False
        whole, _, decimals = row.cells[3].partition(".")
        return int(whole) * WEIGHTS + int(decimals.ljust(6, "0") or 0), False

    def _built(
        self,
        name: str,
        shape: MapShape,
        communes: Mapping[str, Commune],
        relation: _Relation,
    ) -> AdminMap | None:
        units, parts = relation.units, relation.parts
        steps = ("maps", name)
        if lost := sorted(set(communes) - set(parts)):
            self._wrong(steps, f"the relation leaves out {len(lost)} communes: {', '.join(lost[:5])}")
            return None
        if shape.share is None and (split := [c for c, pieces in parts.items() if len(pieces) > 1]):
            self._wrong(steps, f"commune {split[0]} went to several units", "name a column with `share:`")
            return None
        if shape.units is not None:
            listed = {
                row.cells[0]: row.cells[1] for row in self.tables.rows(self.folder / shape.units, _UNIT)
            }
            if odd := sorted(set(listed) ^ set(units)):
                self._wrong(
                    (*steps, "units"), f"units that only one of the two tables has: {', '.join(odd[:5])}"
                )
                return None
            units = listed
        try:
            return later_map(
                name,
                shape.since,
                units,
                {c: [Part(unit, weight) for unit, weight in pieces.items()] for c, pieces in parts.items()},
                relation.estimated,
            )
        except ValueError as empty:
            self._wrong(steps, str(empty))
            return None
