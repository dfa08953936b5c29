"""The shapes of `meetings.yml`: meetings and when they recur, who takes part, holidays, calendars from elsewhere."""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from collector.config.fields import Day, Name, Text, Truth
from collector.config.meeting_words import (
    HOW_DAYS,
    Clock,
    Days,
    EveryField,
    Keep,
    Length,
    MeetingName,
    Moment,
    Patterns,
    Span,
    Zone,
)
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError, shown
from collector.meetings.occurrences import Unit

_FITTING = {
    Unit.DAYS: "days go with `day: daily`",
    Unit.WEEKS: "weeks go with mon … sun",
    Unit.MONTHS: "months go with first mon, 15 or last",
}


class MeetingTitleShape(Shape):
    """What people call a meeting. One text alone holds for both languages."""

    noun: ClassVar[str] = "title"
    short = ({"type": "string"},)

    vi: Text
    """In Vietnamese. Example: Giao ban tuần"""
    en: Text
    """In English. Example: Weekly briefing"""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"vi": value, "en": value} if isinstance(value, str) else value


class ChoiceShape(Shape):
    """A choice of sites: everybody that any of its keys names. A list alone is a list of communes."""

    noun: ClassVar[str] = "choice"
    short = ({"enum": ["all"]}, {"type": "array", "items": {"type": ["string", "integer"]}})

    all: Truth = False
    """Every commune, and every other site with an endpoint. Example: true"""
    districts: tuple[Text, ...] = ()
    """The communes of these districts, and their other sites with an endpoint. Example: ["004"]"""
    communes: tuple[Text, ...] = ()
    """Communes by code. Example: ["00115", "00118"]"""
    sites: tuple[Text, ...] = ()
    """Sites of any kind by code. Example: [dc-1]"""
    tags: tuple[Name, ...] = ()
    """Sites that have a tag, or a device that has it. Example: [pilot]"""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """`all`, or communes alone."""
        if isinstance(value, list):
            return {"communes": value}
        if isinstance(value, str):
            if value != "all":
                raise WrittenWrongError(
                    f"{shown(value)} names nobody", "write all, [CODE, …] or {districts: […]}"
                )
            return {"all": "true"}
        return value


class ParticipantsShape(ChoiceShape):
    """Who takes part: everybody that any key names, without `except`."""

    noun: ClassVar[str] = "participants"

    lists: tuple[Name, ...] = ()
    """Lists of this file. Example: [pilots]"""
    but: ChoiceShape | None = Field(default=None, alias="except")
    """Who of them does not take part. Example: {communes: ["00115"]}"""


class MovedShape(Shape):
    """A sitting at another time. A moment alone is its new start."""

    noun: ClassVar[str] = "moved sitting"
    short = ({"type": "string"},)

    to: Moment | None = None
    """Its new start, in the meeting's time or with an offset. Example: 2026-12-01 14:00"""
    duration: Length | None = None
    """Its new length. Example: 2h"""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        return {"to": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.to is None and self.duration is None:
            raise WrittenWrongError(
                "nothing is said of it", "write to: 2026-12-01 14:00, duration: 2h, or both"
            )
        return self


class MeetingShape(Shape):
    """One meeting with all its sittings."""

    noun: ClassVar[str] = "meeting"

    title: MeetingTitleShape
    """What people call it, in both languages. Example: {vi: Giao ban tuần, en: Weekly briefing}"""
    day: Days
    """Its day or days: mon … sun, daily, weekdays, first mon, last fri, 15, last, or dates. Example: mon"""
    every: EveryField | None = None
    """A longer rhythm, counted from `from`. Example: 2 weeks"""
    since: Day | None = Field(default=None, alias="from")
    """The first day that a recurring meeting can take place. Example: 2026-01-05"""
    until: Day | None = None
    """The last day that a recurring meeting can take place. Example: 2026-12-31"""
    at: Clock
    """When it starts, in its time zone. Example: 08:00"""
    duration: Length
    """How long it lasts, a day at most. Example: 90m"""
    timezone: Zone | None = None
    """Its time zone, if not the file's or the city's. Example: Asia/Ho_Chi_Minh"""
    participants: ParticipantsShape
    """Who takes part: all, or communes, districts, sites, tags and lists. Example: {districts: ["004"]}"""
    bridges: tuple[Name, ...] = ()
    """Bridges that carry it, the preferred first; without it any bridge of the city can. Example: [mcu-1, mcu-2]"""
    holidays: Keep = False
    """What becomes of recurring sittings on a holiday: skip, if left out, or keep. Example: keep"""
    cancelled: tuple[Day, ...] = ()
    """Days whose sitting does not take place. Example: [2026-11-30]"""
    moved: Mapping[Day, MovedShape] = {}
    """Single sittings at another time, by their day in the plan. Example: {2026-12-07: 2026-12-08 14:00}"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        """Days, rhythm and bounds fit each other."""
        if not self.day:
            raise WrittenWrongError("'day' names no day", HOW_DAYS)
        recurring = [day for day in self.day if day.unit is not None]
        if not recurring and (self.every or self.since or self.until):
            raise WrittenWrongError(
                "'every', 'from' and 'until' are for meetings that recur", "take them out"
            )
        if self.since is not None and self.until is not None and self.until < self.since:
            raise WrittenWrongError("'until' is before 'from'")
        if self.every is not None:
            if self.every.number > 1 and self.since is None:
                raise WrittenWrongError("'every' needs a 'from' to count from", "write from: 2026-01-05")
            if any(day.unit is not self.every.unit for day in recurring):
                unit = self.every.unit.name.lower()
                raise WrittenWrongError(
                    f"'every' counts {unit}, and 'day' recurs otherwise", _FITTING[self.every.unit]
                )
        return self


class WhenShape(Shape):
    """Which events a rule fits. `*` stands for anything, `{site}` and `{district}` for a code that takes part."""

    noun: ClassVar[str] = "when"

    category: Patterns = ()
    """One of the event's categories. Example: "hội nghị trực tuyến" """
    location: Patterns = ()
    """Where the event is. Example: "*điểm cầu*" """
    title: Patterns = ()
    """What the event is called. Example: "giao ban*" """
    attendee: Patterns = ()
    """The address of somebody who is invited. Example: "vc-{site}@video.city.example" """

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.category or self.location or self.title or self.attendee):
            raise WrittenWrongError(
                "nothing says which events", "write category, location, title or attendee"
            )
        return self


class EventRuleShape(Shape):
    """Events that fit `when` are meetings. Where several rules fit, their participants add up."""

    noun: ClassVar[str] = "rule"

    when: WhenShape
    """Which events. Example: {category: hội nghị}"""
    participants: ParticipantsShape | None = None
    """Who takes part, beside those whose code the event names. Example: {districts: ["004"]}"""
    bridges: tuple[Name, ...] = ()
    """Bridges that carry it, the preferred first. Example: [mcu-1]"""
    meeting: MeetingName | None = None
    """The meeting's name; without it, the calendar's and the event's together. Example: leaders-briefing"""
    title: MeetingTitleShape | None = None
    """What people call it, if not what the event says. Example: {vi: Giao ban, en: Briefing}"""


class CalendarShape(Shape):
    """An iCalendar file, and which of its events are meetings."""

    noun: ClassVar[str] = "calendar"

    file: Text
    """The file, relative to this directory. Example: calendars/office.ics"""
    timezone: Zone | None = None
    """The zone of times that name none, if not the file's or the city's. Example: Asia/Ho_Chi_Minh"""
    holidays: Keep = True
    """What becomes of sittings on a holiday: keep, if left out, as who keeps the calendar knows best, or skip. Example: skip"""
    rules: tuple[EventRuleShape, ...]
    """Which events are meetings. Example: [{when: {category: hội nghị}, participants: all}]"""


class MeetingsFile(Shape):
    """`meetings.yml`: when the city confers and who takes part."""

    noun: ClassVar[str] = "file"

    timezone: Zone | None = None
    """The zone of all times in this file, if not the city's. Example: Asia/Ho_Chi_Minh"""
    holidays: Mapping[Span, Text] = {}
    """Days on which recurring meetings do not take place. Example: {2027-01-01: New Year}"""
    lists: Mapping[Name, ChoiceShape] = {}
    """Choices of sites by name, for `participants`. Example: {pilots: {tags: [pilot]}}"""
    meetings: Mapping[MeetingName, MeetingShape] = {}
    """Meetings by name. The name is a label of metrics and part of links: it stays what it is.

    Example: {briefing: {title: Giao ban, day: mon, at: 08:00, duration: 90m, participants: all}}
    """
    calendars: Mapping[Name, CalendarShape] = {}
    """Calendars from elsewhere by name.

    Example: {office: {file: calendars/office.ics, rules: [{when: {category: hội nghị}, participants: all}]}}
    """
