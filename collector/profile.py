"""What to ask one kind of device, as data: flat after `extends` is resolved. Pure.

A profile maps objects to families of the metric catalogue; it cannot invent a metric and holds no code. Its
verbs are closed: pattern, scale, values, omit, total, rest, complement, at_most, merge.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from collector.metrics import IDENTITY, Family
from collector.model import ProfileName

Oid = tuple[int, ...]

_BY_ROW: Oid = ()

INDEX = "index"
"""As a label's source: the row's index itself, dotted."""


class Merge(StrEnum):
    """What becomes of several rows that give the same series."""

    FIRST = "first"
    MAX = "max"
    MIN = "min"
    SUM = "sum"


@dataclass(frozen=True, slots=True)
class Reading:
    """One number: an object (a column's without the row's index) and how it becomes a family's value.

    value = raw times `scale`, or what `values` says of the raw code (a code it does not name is absent), or the
    share raw / `total` or raw / (raw + `rest`); `complement` takes it from 1 and `at_most` caps it. A raw value in `omit` is absent.
    `pattern` cuts a raw text to its first group before it is read as a number (`1280x720` to 720).
    `labels` are fixed; `rename` gives a table's label the family's word for it.
    """

    metric: str
    oid: Oid
    labels: tuple[tuple[str, str], ...] = ()
    rename: tuple[tuple[str, str], ...] = ()
    scale: float = 1.0
    values: tuple[tuple[int, float], ...] = ()
    omit: tuple[int, ...] = ()
    total: Oid | None = None
    rest: Oid | None = None
    complement: bool = False
    at_most: float | None = None
    merge: Merge = Merge.FIRST
    pattern: str | None = None

    @property
    def plain(self) -> bool:
        """Whether the raw number is the value."""
        return (
            self.scale == 1.0
            and not self.values
            and not self.omit
            and self.total is None
            and self.rest is None
            and not self.complement
            and self.at_most is None
            and self.merge is Merge.FIRST
            and self.pattern is None
        )

    @property
    def partner(self) -> Oid | None:
        """The second object that the value needs."""
        return self.total or self.rest


@dataclass(frozen=True, slots=True)
class Where:
    """Keeps the rows whose column `oid` is one of `equals` (numbers and OIDs as text)."""

    oid: Oid
    equals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexPart:
    """A label from the `place`-th number of a row's index (from 1), by `texts` if there are any."""

    name: str
    place: int
    texts: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows found by walking the column `rows`; the index after it names the row in every other column.

    `labels` are name and column (None: the index). A `volatile` table's rows come and go, so they are looked up in
    every poll; others only when there is a sign that they changed.
    """

    name: str
    rows: Oid
    labels: tuple[tuple[str, Oid | None], ...]
    columns: tuple[Reading, ...]
    volatile: bool = False
    where: Where | None = None
    parts: tuple[IndexPart, ...] = ()


@dataclass(frozen=True, slots=True)
class FactReading:
    """A text about the device; `pattern` cuts it to its first group."""

    name: str
    oid: Oid
    pattern: str | None = None


@dataclass(frozen=True, slots=True)
class Quirks:
    """What an agent of this kind cannot do."""

    bulk: bool = True
    max_varbinds: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One kind of device. Compared by value: an edited profile changes the polls that use it.

    `match` are prefixes of sysObjectID. `facts` are fixed texts, `fact_readings` those to be read. A change in an
    object of `watch` is a sign that rows changed.
    """

    name: ProfileName
    title: str = ""
    match: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    fact_readings: tuple[FactReading, ...] = ()
    scalars: tuple[Reading, ...] = ()
    tables: tuple[Table, ...] = ()
    watch: tuple[Oid, ...] = ()
    quirks: Quirks = Quirks()


def label_sources(reading: Reading, table: Table | None) -> Mapping[str, tuple[str | None, Oid | None]]:
    """Per label: a fixed text, or what gives it in a row: a column, or nothing for the index itself."""
    renamed = dict(reading.rename)
    found: dict[str, tuple[str | None, Oid | None]] = {
        renamed.get(name, name): (None, oid) for name, oid in (table.labels if table else ())
    }
    # A part of the index has no column of its own, and a text only once the row is known.
    found.update(
        {renamed.get(part.name, part.name): (None, _BY_ROW) for part in (table.parts if table else ())}
    )
    found.update({name: (text, None) for name, text in reading.labels})
    return found


def missing_labels(family: Family, reading: Reading, table: Table | None) -> tuple[str, ...]:
    """Labels of the family that neither the reading nor its table gives."""
    given = label_sources(reading, table)
    return tuple(name for name in family.labels if name not in IDENTITY and name not in given)


def best_match(profiles: Mapping[ProfileName, Profile], sys_object_id: str) -> tuple[Profile, str] | None:
    """The profile with the longest prefix of the sysObjectID, and that prefix; None if there is none."""
    dotted = sys_object_id.strip(".") + "."
    found = [
        (len(prefix), profile.name, prefix, profile)
        for profile in profiles.values()
        for prefix in profile.match
        if dotted.startswith(prefix.strip(".") + ".")
    ]
    if not found:
        return None
    _, _, prefix, profile = max(found, key=lambda row: row[:2])
    return profile, prefix
