"""The shape of a profile's file: what an author may write, and each part as the collector knows it. Shape only."""

import re
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field

from collector.config.fields import (
    Integer,
    Name,
    Number,
    Text,
    Truth,
    as_json,
    between,
    one_of,
    read_integer,
    read_number,
)
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError, shown, text_of
from collector.profile import INDEX, IndexPart, Merge, Oid, Reading, Table, Where

_OID = re.compile(r"\.?\d{1,10}(\.\d{1,10}){1,126}")
_MOST_SUBID = 2**32 - 1
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]{0,63}")


def read_oid(value: Any) -> Oid:
    """Dotted numbers."""
    text = text_of(value)
    numbers = tuple(int(part) for part in text.strip(".").split(".")) if _OID.fullmatch(text) else ()
    if not numbers or max(numbers) > _MOST_SUBID or numbers[0] > 2 or (numbers[0] < 2 and numbers[1] > 39):  # noqa: PLR2004 X.660
        raise WrittenWrongError(
            f"{shown(text)} is not an object identifier", "write numbers with dots, like 1.3.6.1.2.1.1.3.0"
        )
    return numbers


def read_label_source(value: Any) -> Oid | None:
    """A column, or `index` for the row's index itself."""
    return None if value == INDEX else read_oid(value)


def read_pattern(value: Any) -> str:
    """A regular expression whose first group, if it has one, is the text wanted."""
    text = text_of(value)
    try:
        re.compile(text)
    except re.error as error:
        raise WrittenWrongError(f"{shown(text)} is not a regular expression: {error}") from None
    return text


def read_label(value: Any) -> str:
    """A Prometheus label name."""
    text = text_of(value)
    if _LABEL.fullmatch(text) is None:
        raise WrittenWrongError(f"{shown(text)} is not a label name")
    return text


_OID_TEXT = as_json(type="string", pattern=r"^\.?\d+(\.\d+)+$")
ObjectId = Annotated[Oid, BeforeValidator(read_oid), _OID_TEXT]
LabelSource = Annotated[
    Oid | None,
    BeforeValidator(read_label_source),
    as_json(type="string", pattern=r"^(index|\.?\d+(\.\d+)+)$"),
]
Pattern = Annotated[str, BeforeValidator(read_pattern), as_json(type="string", format="regex")]
LabelName = Annotated[str, BeforeValidator(read_label)]
Verb = Annotated[Merge, BeforeValidator(one_of(Merge, "a way to merge"))]
Code = Annotated[int, BeforeValidator(read_integer)]
Meaning = Annotated[float, BeforeValidator(read_number)]


class ReadingShape(Shape):
    """A number."""

    noun: ClassVar[str] = "reading"
    metric: Text
    """Name in the catalogue (docs/metrics.md); a profile cannot invent one.

    Example: citynoc_device_temperature_celsius
    """
    oid: ObjectId
    """The scalar's instance, or the table's column. Example: 1.3.6.1.4.1.14988.1.1.3.10.0"""
    labels: dict[LabelName, Text] = Field(default_factory=dict)
    """Fixed labels of the series. Example: {sensor: board}"""
    rename: dict[LabelName, LabelName] = Field(default_factory=dict)
    """The table's label under the name that this metric wants. Example: {part: cpu}"""
    scale: Number = 1.0
    """The number is multiplied by this: into base units. Example: 0.1"""
    values: dict[Code, Meaning] = Field(default_factory=dict)
    """Codes to values; a code that is not named is absent. Example: {2: 1, 3: 0}"""
    omit: list[Integer] = Field(default_factory=list)
    """Raw numbers that mean there is nothing to measure: absent. Example: [0, 65535]"""
    total: ObjectId | None = None
    """Object that the number is a share of. Example: 1.3.6.1.2.1.25.2.3.1.5"""
    rest: ObjectId | None = None
    """Object that the number and itself make a whole with: used, and free.

    Example: 1.3.6.1.4.1.9.9.48.1.1.1.6
    """
    complement: Truth = False
    """Whether it is 1 minus the number: free becomes used. Example: true"""
    at_most: Number | None = None
    """The number is capped at this. Example: 1"""
    merge: Verb = Merge.FIRST
    """What several rows that give the same series become: first, max, min or sum. Example: max"""
    pattern: Pattern | None = None
    r"""Of a text the first group of this regular expression, read as a number. Example: 'x(\d+)'"""

    def reading(self) -> Reading:
        """As the collector knows it."""
        return Reading(
            self.metric,
            self.oid,
            tuple(self.labels.items()),
            tuple(self.rename.items()),
            self.scale,
            tuple(self.values.items()),
            tuple(self.omit),
            self.total,
            self.rest,
            self.complement,
            self.at_most,
            self.merge,
            self.pattern,
        )


class WhereShape(Shape):
    """Which rows are kept."""

    oid: ObjectId
    """Column that decides. Example: 1.3.6.1.2.1.25.2.3.1.2"""
    equals: list[Text]
    """Values of rows that are kept. Example: [1.3.6.1.2.1.25.2.1.2]"""


class PartShape(Shape):
    """A label from one number of the index."""

    noun: ClassVar[str] = "part"
    place: Annotated[int, BeforeValidator(between(1, 128, read_integer))]
    """Which number of the index, from 1. Example: 2"""
    texts: dict[Code, Text] = Field(default_factory=dict)
    """What each number stands for; one that is not named stands for itself. Example: {1: video, 2: audio}"""


class TableShape(Shape):
    """A table."""

    noun: ClassVar[str] = "table"
    rows: ObjectId
    """Column that is walked to find the rows; what follows it is a row's index.

    Example: 1.3.6.1.2.1.2.2.1.1
    """
    labels: dict[LabelName, LabelSource] = Field(default_factory=dict)
    """Labels of every series: a column of texts, or `index`.

    Example: {ifIndex: index, ifName: 1.3.6.1.2.1.31.1.1.1.1}
    """
    columns: list[ReadingShape]
    """Numbers of each row. Example: [{metric: ifOperStatus, oid: 1.3.6.1.2.1.2.2.1.8}]"""
    volatile: Truth = False
    """Whether rows come and go, as calls do: then they are looked up in every poll. Example: true"""
    where: WhereShape | None = None
    """Which rows are kept; all, if left out.

    Example: {oid: 1.3.6.1.2.1.25.2.3.1.2, equals: [1.3.6.1.2.1.25.2.1.2]}
    """
    parts: dict[LabelName, PartShape] = Field(default_factory=dict)
    """Labels from single numbers of the index. Example: {media: {place: 2, texts: {1: video}}}"""

    def table(self, name: str) -> Table:
        """As the collector knows it."""
        return Table(
            name,
            self.rows,
            tuple(self.labels.items()),
            tuple(column.reading() for column in self.columns),
            self.volatile,
            Where(self.where.oid, tuple(self.where.equals)) if self.where is not None else None,
            tuple(
                IndexPart(label, part.place, tuple(part.texts.items())) for label, part in self.parts.items()
            ),
        )


class FactShape(Shape):
    """A text about the device: fixed, or read from an object."""

    noun: ClassVar[str] = "fact"
    text: Text | None = None
    """The text itself; else `oid`. Example: MikroTik"""
    oid: ObjectId | None = None
    """Object that holds it. Example: 1.3.6.1.2.1.1.1.0"""
    pattern: Pattern | None = None
    r"""Regular expression whose first group is the text wanted. Example: 'RouterOS (\S+)'"""


class QuirksShape(Shape):
    """What agents of this kind cannot do."""

    bulk: Truth | None = None
    """Whether these agents take GETBULK. Example: false"""
    max_varbinds: Annotated[int, BeforeValidator(between(1, 128, read_integer))] | None = None
    """Most objects in one question. Example: 8"""


class ProfileShape(Shape):
    """One file."""

    noun: ClassVar[str] = "profile"
    title: Text
    """What kind of device this is, for people. Example: MikroTik RouterOS"""
    extends: list[Name] = Field(default_factory=list)
    """Profiles whose readings hold here, too; what is written here beats them.

    Example: [if-mib, host-resources]
    """
    match: list[ObjectId] = Field(default_factory=list)
    """Prefixes of sysObjectID that this is the profile of; over all profiles the longest wins.

    Example: [1.3.6.1.4.1.14988.1]
    """
    facts: dict[LabelName, FactShape] = Field(default_factory=dict)
    """Texts about the device, for people; never labels of a measured series.

    Example: {vendor: {text: MikroTik}}
    """
    scalars: list[ReadingShape] = Field(default_factory=list)
    """Single numbers. Example: [{metric: sysUpTime, oid: 1.3.6.1.2.1.1.3.0}]"""
    tables: dict[LabelName, TableShape] = Field(default_factory=dict)
    """Tables by name.

    Example: {processors: {rows: 1.3.6.1.2.1.25.3.3.1.2, columns: [{metric: citynoc_device_cpu_ratio, oid: 1.3.6.1.2.1.25.3.3.1.2, scale: 0.01}]}}
    """
    watch: list[ObjectId] = Field(default_factory=list)
    """Objects whose change says that rows must be found again. Example: [1.3.6.1.2.1.2.1.0]"""
    quirks: QuirksShape = QuirksShape()
    """What agents of this kind cannot do. Example: {bulk: false, max_varbinds: 8}"""
