"""A profile on rows that were found: which objects to ask, and how the numbers become series. Pure.

A `Layout` is what devices with the same profile and the same rows share: the questions and the places of the
values. `Blocks` add one device's labels. Neither sends anything.
"""

import re
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from operator import itemgetter
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from collector.metrics import CATALOG, IDENTITY, Family
from collector.outcome import Measured, Number, Rows, SeriesSet
from collector.profile import Merge, Profile, Reading, Table, label_sources
from collector.snmp import ber
from collector.snmp import oid as oids
from collector.snmp.ber import Value, Version
from collector.snmp.fast import Column
from collector.snmp.oid import Oid
from collector.snmp.templates import Template, Templates

SYS_UPTIME: Oid = (1, 3, 6, 1, 2, 1, 1, 3, 0)
LONGEST_LABEL = 256
MOST_PARTS = 20_000
"""Indices and labels of rows that are remembered, to keep equal ones once."""
_LONGEST_NUMBER = 32
_OPAQUE_FLOAT = b"\x9f\x78\x04"  # net-snmp's NET-SNMP-TC Float inside an Opaque
_SECOND = -1


class Cell(NamedTuple):
    """One value of one family: the positions of its raw number and partner, and the row it belongs to."""

    reading: Reading
    position: int
    partner: int
    table: int
    row: int


class Output(NamedTuple):
    """All values of one family. `column` takes them raw; it is None where they need a conversion."""

    family: Family
    cells: tuple[Cell, ...]
    column: Column | None


class Row(NamedTuple):
    """A table's row: its index in `key` and the texts of its label columns, by the table's names for them."""

    key: Oid
    labels: tuple[tuple[str, str], ...] = ()


class Layout:
    """What to ask of agents with these rows. Positions refer to `asked`, which begins with sysUpTime and `watch`.

    `missing` counts what the profile asks and `absent` says the agent lacks.
    """

    __slots__ = (
        "__weakref__",
        "_cut",
        "_plans",
        "asked",
        "community",
        "has_uptime",
        "missing",
        "outputs",
        "profile",
        "size",
        "version",
        "watched",
    )

    def __init__(
        self,
        profile: Profile,
        version: Version,
        community: bytes,
        indices: Sequence[Sequence[Oid]],
        absent: frozenset[bytes] = frozenset(),
        *,
        scalars: bool = True,
    ) -> None:
        self.profile = profile
        self.version = version
        self.community = community
        self._cut: dict[tuple[int, int], Template] = {}
        positions: dict[bytes, int] = {}

        def position(oid: Oid) -> int:
            asked = ber.object_identifier(oid)
            return _SECOND if asked in absent else positions.setdefault(asked, len(positions))

        self.missing = len(absent)
        top = [position(oid) for oid in (SYS_UPTIME, *profile.watch)] if scalars else [_SECOND]
        self.has_uptime = top[0] == 0
        self.watched = tuple(place for place in top[1:] if place != _SECOND)
        cells: dict[str, list[Cell]] = {}

        def add(reading: Reading, index: Oid, table: int, row: int) -> None:
            partner = reading.partner
            at = position(reading.oid + index)
            beside = position(partner + index) if partner is not None else _SECOND
            if at != _SECOND and (partner is None or beside != _SECOND):
                cells.setdefault(reading.metric, []).append(Cell(reading, at, beside, table, row))

        for reading in profile.scalars if scalars else ():
            add(reading, (), -1, -1)
        for number, (table, rows) in enumerate(zip(profile.tables, indices, strict=True)):
            for row, index in enumerate(rows):
                for reading in table.columns:
                    add(reading, index, number, row)
        self.asked = tuple(positions)
        self.size = len(self.asked)
        self._plans: dict[tuple[int, ...], tuple[Column, ...]] = {}
        self.outputs = tuple(
            Output(CATALOG[metric], tuple(found), _column(found)) for metric, found in cells.items()
        )

    def columns(self, chosen: tuple[int, ...]) -> tuple[Column, ...]:
        """The columns of these outputs, which must have one: one object for all devices that choose alike."""
        plan = self._plans.get(chosen)
        if plan is None:
            columns = [self.outputs[number].column for number in chosen]
            plan = self._plans[chosen] = tuple(column for column in columns if column is not None)
        return plan

    @property
    def names(self) -> list[Oid]:
        """The objects of `asked` as OIDs."""
        return [oids.decode(asked[2:]) for asked in self.asked]

    def template(self, templates: Templates, offset: int, limit: int) -> Template:
        """The GET of up to `limit` objects from `offset` on."""
        template = self._cut.get((offset, limit))
        if template is None:
            part = self.asked[offset : offset + limit]
            template = self._cut[offset, limit] = templates.get(self.version, self.community, part)
        return template


class Layouts:
    """Layouts shared by devices that are alike, forgotten when no device uses them."""

    def __init__(self) -> None:
        self._kept: WeakValueDictionary[tuple[object, ...], Layout] = WeakValueDictionary()
        self._parts: dict[tuple[object, ...], Any] = {}

    def alike(self, tables: Iterable[Iterable[Row]]) -> tuple[tuple[Row, ...], ...]:
        """The same rows; their indices and labels are one object for all devices that have them."""
        if len(self._parts) > MOST_PARTS:
            self._parts.clear()
        kept = self._parts.setdefault
        return tuple(
            tuple(Row(kept(row.key, row.key), tuple([kept(one, one) for one in row.labels])) for row in rows)
            for rows in tables
        )

    def get(
        self,
        profile: Profile,
        version: Version,
        community: bytes,
        indices: tuple[tuple[Oid, ...], ...],
        absent: frozenset[bytes],
    ) -> Layout:
        """The layout of these rows."""
        key = (profile.name, version, community, indices, absent)
        layout = self._kept.get(key)
        if layout is None or layout.profile != profile:
            layout = self._kept[key] = Layout(profile, version, community, indices, absent)
        return layout


@dataclass(slots=True)
class Block:
    """One family's series on one device; `plain` if the raw numbers are the values and no two rows are alike."""

    output: Output
    labels: tuple[tuple[str, ...], ...]
    series: SeriesSet
    plain: bool

    def measure(self, values: Sequence[Value]) -> Measured | None:
        """The family's values of one poll, converted and merged; None if there are none. Missing ones are left out."""
        found: dict[tuple[str, ...], Number] = {}
        for cell, labels in zip(self.output.cells, self.labels, strict=True):
            partner = values[cell.partner] if cell.partner != _SECOND else None
            value = convert(cell.reading, values[cell.position], partner)
            if value is not None:
                found[labels] = (
                    _merged(cell.reading.merge, found[labels], value) if labels in found else value
                )
        if not found:
            return None
        rows = tuple(found)
        if rows != self.series.labels:
            self.series = SeriesSet(self.output.family, rows)
        return Measured(self.series, tuple(found.values()))


def blocks(
    layout: Layout, identity: tuple[str, ...], rows: Sequence[Sequence[Row]], old: Iterable[Block] = ()
) -> tuple[Block, ...]:
    """One device's blocks; the series of `old` ones are kept where they stayed the same, rows are kept once."""
    kept: Mapping[str, Block] = {block.output.family.name: block for block in old}
    shared: dict[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]], Rows] = {
        (block.series.rows.names, block.series.labels): block.series.rows for block in kept.values()
    }
    made = []
    for output in layout.outputs:
        family = output.family
        labels = tuple(_labels(family, identity, cell, layout.profile, rows) for cell in output.cells)
        distinct = tuple(dict.fromkeys(labels))
        key = family.labels, distinct
        if key not in shared:
            shared[key] = Rows(*key)
        before = kept.get(family.name)
        same = before is not None and before.series.family == family and before.series.rows is shared[key]
        series = before.series if same and before is not None else SeriesSet(family, shared[key])
        plain = output.column is not None and len(distinct) == len(labels)
        made.append(Block(output, series.labels if plain else labels, series, plain))
    return tuple(made)


def _labels(
    family: Family, identity: tuple[str, ...], cell: Cell, profile: Profile, rows: Sequence[Sequence[Row]]
) -> tuple[str, ...]:
    table: Table | None = profile.tables[cell.table] if cell.table >= 0 else None
    row = rows[cell.table][cell.row] if table is not None else Row(())
    texts = {**dict(row.labels), **dict(cell.reading.labels)}
    renamed = {new: old for old, new in cell.reading.rename}
    sources = label_sources(cell.reading, table)
    own = []
    for name in family.labels[len(IDENTITY) :]:
        fixed, column = sources.get(name, ("", None))
        if fixed is not None:
            own.append(fixed)
        elif column is None:
            own.append(".".join(map(str, row.key)))
        else:
            own.append(texts.get(renamed.get(name, name), ""))
    return (*identity, *own)


def _column(cells: Sequence[Cell]) -> Column | None:
    if not all(cell.reading.plain for cell in cells):
        return None
    places = tuple(cell.position for cell in cells)
    if len(places) == 1:
        (place,) = places
        return lambda values: (values[place],), places
    return itemgetter(*places), places


def number(raw: Value) -> Number | None:
    """A raw value as a finite number: also from text that holds one, and from net-snmp's floats in an Opaque."""
    if isinstance(raw, int):
        return raw
    if not isinstance(raw, bytes) or len(raw) > _LONGEST_NUMBER:
        return None
    if raw.startswith(_OPAQUE_FLOAT) and len(raw) == len(_OPAQUE_FLOAT) + 4:
        value: float = struct.unpack(">f", raw[3:])[0]
    else:
        try:
            value = float(raw)
        except ValueError:
            return None
    return value if isfinite(value) else None


def convert(reading: Reading, raw: Value, partner: Value = None) -> Number | None:
    """The reading's value of one raw value and its partner, or None if there is none to be had."""
    value = number(raw if reading.pattern is None else _cut(reading.pattern, raw))
    if value is None or value in reading.omit:
        return None
    if reading.values:
        return next((meaning for code, meaning in reading.values if code == value), None)
    if reading.partner is not None:
        second = number(partner)
        whole = None if second is None else second + (value if reading.total is None else 0)
        if not whole:
            return None
        value = value / whole
    if reading.scale != 1.0:
        value = _scaled(value, reading.scale)
    if reading.complement:
        value = 1 - value
    return value if reading.at_most is None else min(value, reading.at_most)


def _cut(pattern: str, raw: Value) -> Value:
    """The first group of the pattern in a text, the whole match if it has none; None if it does not match."""
    found = re.search(pattern, text(raw))
    return None if found is None else (found[found.re.groups and 1] or "").encode()


def _scaled(value: float, scale: float) -> float:
    """`value` times `scale`; by division where that is exact, so that 9 thousandths are 0.009."""
    parts = round(1 / scale) if 0 < scale < 1 else 0
    return value / parts if parts and parts * scale == 1.0 else value * scale


def _merged(merge: Merge, first: Number, second: Number) -> Number:
    if merge is Merge.MAX:
        return max(first, second)
    if merge is Merge.MIN:
        return min(first, second)
    return first + second if merge is Merge.SUM else first


def text(raw: Value) -> str:
    """A raw value as a label or fact: bounded, without control characters at its ends, invalid UTF-8 marked."""
    if isinstance(raw, bytes):
        return raw.decode("utf-8", errors="replace")[:LONGEST_LABEL]
    if isinstance(raw, tuple):
        return ".".join(map(str, raw))
    return "" if raw is None else str(raw)
