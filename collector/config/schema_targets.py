"""The shapes of `targets.yml` and `admin/maps.yml`: promises, who declares, and dated administrative maps."""

from fractions import Fraction
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from collector.config.fields import (
    Day,
    Name,
    Text,
    Truth,
    WrittenWrongError,
    as_json,
    between,
    matching,
    one_of,
    read_duration,
    read_integer,
    shown,
    text_of,
)
from collector.config.schema_network import MapName
from collector.config.shape import Shape
from collector.coverage.target import HOUSEHOLD_COLUMNS, Column, Denominator, Technology

DAY = 86400.0
LONGEST_PACE = 100

_read_share_text = matching(r"0(\.\d{1,6})?|1(\.0{1,6})?", "a share between 0 and 1", "write 0.8 for 80 %")


def _read_share(value: Any) -> Fraction:
    """Exact: 0.8 is four fifths."""
    return Fraction(_read_share_text(value))


def _read_threshold(value: Any) -> Fraction:
    share = _read_share(value)
    if share == 0:
        raise WrittenWrongError(f"{shown(text_of(value))} is reached by doing nothing")
    return share


def _read_days(value: Any) -> float:
    seconds = read_duration(value)
    if seconds % DAY:
        raise WrittenWrongError(f"{shown(text_of(value))} is not a number of whole days", "write it like 92d")
    return seconds


_SHARE = as_json(type="number", minimum=0, maximum=1)
_ColumnField = Annotated[
    Column, BeforeValidator(one_of(Column, "a column of a survey")), as_json(enum=[*Column])
]
_TechnologyField = Annotated[
    Technology, BeforeValidator(one_of(Technology, "a technology")), as_json(enum=[*Technology])
]
_DenominatorField = Annotated[
    Denominator, BeforeValidator(one_of(Denominator, "what a share is of")), as_json(enum=[*Denominator])
]
_FileName = Annotated[
    str,
    BeforeValidator(matching(r"[A-Za-z0-9][A-Za-z0-9._-]*\.csv", "a CSV file of this directory")),
    as_json(type="string"),
]


class TitleShape(Shape):
    """A text in both languages."""

    noun: ClassVar[str] = "text"
    vi: Text
    en: Text


class TargetShape(Shape):
    """One promise."""

    noun: ClassVar[str] = "target"

    name: TitleShape
    measure: tuple[_ColumnField, ...]
    technologies: tuple[_TechnologyField, ...] = ()
    of: _DenominatorField
    commune_at_least: Annotated[Fraction, BeforeValidator(_read_share), _SHARE] | None = None
    measured: Truth = False
    threshold: Annotated[Fraction, BeforeValidator(_read_threshold), _SHARE]
    deadline: Day
    owner: Name
    source: TitleShape

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """What is measured fits what it is a share of."""
        if not self.measure:
            raise WrittenWrongError("'measure' names no column", f"one of {', '.join(Column)}")
        of_households = {column in HOUSEHOLD_COLUMNS for column in self.measure}
        if len(of_households) > 1:
            raise WrittenWrongError("'measure' mixes households and population", "make two targets of it")
        wanted = Denominator.HOUSEHOLDS if True in of_households else Denominator.POPULATION
        if self.of not in {wanted, Denominator.COMMUNES}:
            raise WrittenWrongError(
                f"{self.measure[0]} is no share of {self.of}", f"write `of: {wanted}` or `of: communes`"
            )
        if self.of is not Denominator.COMMUNES and self.measured:
            raise WrittenWrongError(
                "the link of a commune's office proves nothing about households or people",
                "`measured` is for targets of communes",
            )
        if self.of is not Denominator.COMMUNES and self.commune_at_least is not None:
            raise WrittenWrongError("'commune_at_least' is for targets of communes")
        return self


class SurveysShape(Shape):
    """Who declares and how often."""

    noun: ClassVar[str] = "surveys"

    carriers: tuple[Name, ...]
    every: Annotated[float, BeforeValidator(_read_days), as_json(type="string", pattern="^[0-9]+(h|d)$")]
    pace_over: Annotated[
        int,
        BeforeValidator(between(2, LONGEST_PACE, read_integer)),
        as_json(type="integer", minimum=2, maximum=LONGEST_PACE),
    ] = 4


class LinksShape(Shape):
    """When a commune's link counts as working in a monthly report."""

    noun: ClassVar[str] = "links"

    available: Annotated[Fraction, BeforeValidator(_read_threshold), _SHARE] = Fraction(99, 100)


class TargetsFile(Shape):
    """`targets.yml`."""

    noun: ClassVar[str] = "file"

    surveys: SurveysShape
    links: LinksShape = LinksShape()
    targets: dict[Name, TargetShape]


class BaseMapShape(Shape):
    """The map whose codes sites and surveys keep."""

    noun: ClassVar[str] = "base map"

    name: Annotated[MapName, as_json(type=["string", "integer"])]
    communes: _FileName


class MapShape(Shape):
    """A later map: the relation's columns that speak of it. Without `share` every commune went to one unit whole."""

    noun: ClassVar[str] = "map"

    since: Day
    code: Text
    name: Text
    units: _FileName | None = None
    share: Text | None = None
    note: Text | None = None
    all_people: tuple[Text, ...] = ()
    no_people: tuple[Text, ...] = ()


class MapsFile(Shape):
    """`admin/maps.yml`."""

    noun: ClassVar[str] = "file"

    base: BaseMapShape
    relation: _FileName | None = None
    commune: Text | None = None
    maps: dict[MapName, MapShape] = Field(default_factory=dict)
