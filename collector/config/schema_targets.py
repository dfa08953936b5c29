"""The shapes of `targets.yml` and `admin/maps.yml`: promises, who declares, and dated administrative maps."""

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from collector.config.fields import (
    Day,
    Name,
    Text,
    as_json,
    between,
    matching,
    one_of,
    read_duration,
    read_integer,
    read_truth,
)
from collector.config.schema_network import MapName
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError, shown, text_of
from collector.coverage.target import HOUSEHOLD_COLUMNS, Column, Denominator, LinkRule, Technology

DAY = 86400.0
LONGEST_PACE = 100
LONGEST_WINDOW = 366
_ANY_LINK = LinkRule()

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


DAYS_PATTERN = "^[0-9]+(h|d)$"
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
    """In Vietnamese. Example: Cáp quang tới mọi xã, phường"""
    en: Text
    """In English. Example: Fibre in every commune"""


class Backup(StrEnum):
    """Whether a second uplink must work."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class MeasuredShape(Shape):
    """Which links of communes' offices are evidence. `measured: true` is a link that works, and asks for nothing else."""

    noun: ClassVar[str] = "measured"
    short = ({"type": "boolean"},)

    availability: Annotated[Fraction, BeforeValidator(_read_threshold), _SHARE] = _ANY_LINK.availability
    """Share of the known time in which the link must have worked, and been as it is asked for below. Example: 0.99"""
    window: Annotated[
        float,
        BeforeValidator(between(DAY, LONGEST_WINDOW * DAY, _read_days, " s")),
        as_json(type="string", pattern=DAYS_PATTERN),
    ] = _ANY_LINK.window * DAY
    """Days, up to the day that a report is of, over which it is looked at. Example: 30d"""
    known: Annotated[Fraction, BeforeValidator(_read_share), _SHARE] = _ANY_LINK.known
    """Share of the window that must have been watched; what was watched for less is unknown. Example: 0.5"""
    capacity_mbps: (
        Annotated[
            int, BeforeValidator(between(1, 1_000_000, read_integer)), as_json(type="integer", minimum=1)
        ]
        | None
    ) = None
    """Mbit/s that an uplink that works must have, by its interface's ifHighSpeed. Example: 100"""
    backup: Annotated[
        Backup, BeforeValidator(one_of(Backup, "a word for a second uplink")), as_json(enum=[*Backup])
    ] = Backup.OPTIONAL
    """Whether a second uplink, in another cable, must work too: `required` or `optional`. Example: required"""
    latency_ms: (
        Annotated[int, BeforeValidator(between(1, 10_000, read_integer)), as_json(type="integer", minimum=1)]
        | None
    ) = None
    """Milliseconds that a question to the router may take there and back. Example: 100"""


def _read_measured(value: Any) -> Any:
    """`true` for a link that works, `false` for none, or a mapping."""
    if isinstance(value, str):
        return {} if read_truth(value) else None
    return value


class TargetShape(Shape):
    """One promise."""

    noun: ClassVar[str] = "target"

    name: TitleShape
    """What it is called. Example: {vi: Cáp quang, en: Fibre}"""
    measure: tuple[_ColumnField, ...]
    """Columns of surveys that count: a place is covered as far as one of them says.

    Example: [households_passed]
    """
    technologies: tuple[_TechnologyField, ...] = ()
    """Which rows of a survey count; none listed, all of them. Example: [fibre]"""
    of: _DenominatorField
    """What the share is of: households, population or communes. Example: households"""
    commune_at_least: Annotated[Fraction, BeforeValidator(_read_share), _SHARE] | None = None
    """For a share of communes: how much of one must be covered for it to count; anything at all, if left out.

    Example: 0.5
    """
    measured: Annotated[MeasuredShape | None, BeforeValidator(_read_measured)] = None
    """For a share of communes: which links of communes' offices count as evidence, too. `true` is any that works.

    Example: {availability: 0.99, window: 30d, capacity_mbps: 100}
    """
    threshold: Annotated[Fraction, BeforeValidator(_read_threshold), _SHARE]
    """Share that was promised. Example: 0.80"""
    deadline: Day
    """Day by which it was promised. Example: 2025-12-31"""
    owner: Name
    """Role that answers for it; never a person. Example: digital-office"""
    source: TitleShape
    """Where the promise stands. Example: {vi: Kế hoạch của thành phố, en: The city's plan}"""

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
        if self.of is not Denominator.COMMUNES and self.measured is not None:
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
    """Who declares, by name; the surveys are the CSV files in surveys/. Example: [carrier-a, carrier-b]"""
    every: Annotated[float, BeforeValidator(_read_days), as_json(type="string", pattern=DAYS_PATTERN)]
    """How often each declares, in whole days; who is silent for longer is overdue. Example: 92d"""
    pace_over: Annotated[
        int,
        BeforeValidator(between(2, LONGEST_PACE, read_integer)),
        as_json(type="integer", minimum=2, maximum=LONGEST_PACE),
    ] = 4
    """Number of surveys over which the pace is taken. Example: 4"""


class TargetsFile(Shape):
    """`targets.yml`."""

    noun: ClassVar[str] = "file"

    surveys: SurveysShape
    """Who declares and how often. Example: {carriers: [carrier-a], every: 92d}"""
    targets: dict[Name, TargetShape]
    """Promises by name.

    Example: {fibre-2025: {name: {vi: Cáp quang, en: Fibre}, measure: [households_passed], of: households, threshold: 0.8, deadline: 2025-12-31, owner: digital-office, source: {vi: Kế hoạch, en: Plan}}}
    """


class BaseMapShape(Shape):
    """The map whose codes sites and surveys keep."""

    noun: ClassVar[str] = "base map"

    name: Annotated[MapName, as_json(type=["string", "integer"])]
    """The base map's name: its number of communes. Example: "579" """
    communes: _FileName
    """CSV in admin/ with its communes, their population and households. Example: hanoi_communes_579.csv"""


class MapShape(Shape):
    """A later map: the relation's columns that speak of it. Without `share` every commune went to one unit whole."""

    noun: ClassVar[str] = "map"

    since: Day
    """First day on which the map holds. Example: 2025-07-01"""
    code: Text
    """Column of the relation with the unit's code. Example: unit_code_126"""
    name: Text
    """Column of the relation with the unit's name. Example: unit_name_126"""
    units: _FileName | None = None
    """CSV in admin/ that lists every unit, and nothing else; without it the relation is believed.

    Example: hanoi_units_126_2025.csv
    """
    share: Text | None = None
    """Column of the relation with the unit's share of the commune; without one every commune went to one unit
    whole.

    Example: area_share
    """
    note: Text | None = None
    """Column of the relation with an official note on who took the people. Example: note"""
    all_people: tuple[Text, ...] = ()
    """Notes that say: this unit took all people. Example: [Nhập toàn bộ quy mô dân số]"""
    no_people: tuple[Text, ...] = ()
    """Notes that say: this unit took none. Example: [Nhập một phần diện tích]"""


class MapsFile(Shape):
    """`admin/maps.yml`."""

    noun: ClassVar[str] = "file"

    base: BaseMapShape
    """The map whose codes sites and surveys keep for ever.

    Example: {name: "579", communes: hanoi_communes_579.csv}
    """
    relation: _FileName | None = None
    """CSV in admin/: one row for a commune and a unit that took a part of it.

    Example: hanoi_map_579_526_126.csv
    """
    commune: Text | None = None
    """The relation's column with the base map's code. Example: commune_code_579"""
    maps: dict[MapName, MapShape] = Field(default_factory=dict)
    """Later maps by name: their number of units.

    Example: {526: {since: 2025-01-01, code: code_526, name: name_526}}
    """
