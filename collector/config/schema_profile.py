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
    WrittenWrongError,
    between,
    one_of,
    read_integer,
    read_number,
    shown,
    text_of,
)
from collector.config.shape import Shape
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


ObjectId = Annotated[Oid, BeforeValidator(read_oid)]
LabelSource = Annotated[Oid | None, BeforeValidator(read_label_source)]
Pattern = Annotated[str, BeforeValidator(read_pattern)]
LabelName = Annotated[str, BeforeValidator(read_label)]
Verb = Annotated[Merge, BeforeValidator(one_of(Merge, "a way to merge"))]
Code = Annotated[int, BeforeValidator(read_integer)]
Meaning = Annotated[float, BeforeValidator(read_number)]


class ReadingShape(Shape):
    """A number."""

    noun: ClassVar[str] = "reading"
    metric: Text
    oid: ObjectId
    labels: dict[LabelName, Text] = Field(default_factory=dict)
    rename: dict[LabelName, LabelName] = Field(default_factory=dict)
    scale: Number = 1.0
    values: dict[Code, Meaning] = Field(default_factory=dict)
    omit: list[Integer] = Field(default_factory=list)
    total: ObjectId | None = None
    rest: ObjectId | None = None
    complement: Truth = False
    at_most: Number | None = None
    merge: Verb = Merge.FIRST
    pattern: Pattern | None = None

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
    equals: list[Text]


class PartShape(Shape):
    """A label from one number of the index."""

    noun: ClassVar[str] = "part"
    place: Annotated[int, BeforeValidator(between(1, 128, read_integer))]
    texts: dict[Code, Text] = Field(default_factory=dict)


class TableShape(Shape):
    """A table."""

    noun: ClassVar[str] = "table"
    rows: ObjectId
    labels: dict[LabelName, LabelSource] = Field(default_factory=dict)
    columns: list[ReadingShape]
    volatile: Truth = False
    where: WhereShape | None = None
    parts: dict[LabelName, PartShape] = Field(default_factory=dict)

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
    oid: ObjectId | None = None
    pattern: Pattern | None = None


class QuirksShape(Shape):
    """What agents of this kind cannot do."""

    bulk: Truth | None = None
    max_varbinds: Annotated[int, BeforeValidator(between(1, 128, read_integer))] | None = None


class ProfileShape(Shape):
    """One file."""

    noun: ClassVar[str] = "profile"
    title: Text
    extends: list[Name] = Field(default_factory=list)
    match: list[ObjectId] = Field(default_factory=list)
    facts: dict[LabelName, FactShape] = Field(default_factory=dict)
    scalars: list[ReadingShape] = Field(default_factory=list)
    tables: dict[LabelName, TableShape] = Field(default_factory=dict)
    watch: list[ObjectId] = Field(default_factory=list)
    quirks: QuirksShape = QuirksShape()
