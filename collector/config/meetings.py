"""`meetings.yml` to the calendar of meetings, or a problem with its place for every mistake.

The file may be absent: then nobody meets. What calendar files say is `collector.meetings.ical`'s to read; it is loaded
only where there is one.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from collector.config.calendars import read_calendars
from collector.config.configuration import CalendarFile
from collector.config.document import Findings, Steps
from collector.config.maintenance import unix
from collector.config.meeting_guests import GuestList
from collector.config.problems import Problem, Severity
from collector.config.schema_meetings import MeetingsFile, MeetingShape
from collector.config.shape import validate_parts
from collector.config.yaml import read
from collector.meetings.model import LONGEST, PREPARATION, Calendar, Series
from collector.meetings.occurrences import Meeting, Moved, Rule, days_of
from collector.model import Inventory

FILE = "meetings.yml"
NEAR = timedelta(days=40)
EVER = timedelta(days=8 * 366)
"""What recurs at all does so within a leap day's eight years."""


Read = tuple[Calendar, tuple[CalendarFile, ...], list[Problem]]


def read_meetings(directory: Path, root: Path, inventory: Inventory) -> Read:
    """All meetings, the calendars among them, and every problem. Of use only where none is an error. Never raises."""
    path = directory / FILE
    if not path.exists():
        return Calendar(), (), []
    document = read(path, root)
    model, problems, spoilt = validate_parts(MeetingsFile, document)
    if model is None:
        return Calendar(), (), problems
    zone = model.timezone or inventory.city.timezone
    holidays = days_of(model.holidays)
    names = {str(steps[1]) for steps in spoilt if steps[:1] == ("lists",)}
    guests = GuestList(document, model.lists, names, inventory)
    reader = _Reader(Findings(document), model, guests, holidays, zone)
    series: list[Series] = [*reader.meetings()]
    taken = {name: document.place(("meetings", name), key=True) for name in model.meetings}
    calendars, wrong = read_calendars(
        directory, root, document, model, guests=guests, holidays=holidays, zone=zone, taken=taken
    )
    series.extend(one for calendar in calendars for one in calendar.series)
    told = [*problems, *guests.problems, *reader.findings.problems, *wrong]
    return Calendar(series), tuple(calendars), told


@dataclass(slots=True)
class _Reader:
    """The meetings of one file."""

    findings: Findings
    model: MeetingsFile
    guests: GuestList
    days_off: Collection[date]
    zone: str

    def meetings(self) -> Iterator[Meeting]:
        for name, shape in self.model.meetings.items():
            meeting = self._meeting(name, shape)
            if meeting is not None:
                yield meeting

    def _meeting(self, name: str, shape: MeetingShape) -> Meeting | None:
        steps: Steps = ("meetings", name)
        sites = self.guests.sites((*steps, "participants"), shape.participants, whose=f"meeting '{name}'")
        bridges = self.guests.bridges((*steps, "bridges"), shape.bridges)
        plain = Meeting(
            name,
            MappingProxyType({"vi": shape.title.vi, "en": shape.title.en}),
            ZoneInfo(shape.timezone or self.zone),
            shape.at,
            shape.duration,
            self.guests.register.party(sites, bridges),
            rules=tuple(_rules(shape)),
            dates=frozenset(day.on for day in shape.day if day.on is not None),
            holidays=frozenset() if shape.holidays else frozenset(self.days_off),
            place=self.findings.document.place(steps, key=True),
        )
        if not self._takes_place(steps, shape, plain):
            return None
        self._check_exceptions(steps, shape, plain)
        moved = {day: self._moved(steps, shape, plain, day) for day in shape.moved}
        meeting = replace(plain, cancelled=frozenset(shape.cancelled), moved=MappingProxyType(moved))
        self._check_moved(steps, meeting)
        return meeting

    def _moved(self, steps: Steps, shape: MeetingShape, meeting: Meeting, day: date) -> Moved:
        written = shape.moved[day]
        zone = meeting.zone
        start = meeting.start_on(day) if written.to is None else unix(written.to, zone)
        place = self.findings.document.place((*steps, "moved", day.isoformat()), key=True)
        return Moved(start, start + (written.duration or shape.duration), place)

    def _check_moved(self, steps: Steps, meeting: Meeting) -> None:
        """Under one name one sitting is watched at a time: moved onto another, it is odd."""
        for day, moved in meeting.moved.items():
            near = meeting.starting(moved.start - LONGEST - PREPARATION, moved.end + PREPARATION)
            for one in near:
                if (
                    one.place != moved.place
                    and one.start - PREPARATION < moved.end
                    and moved.start - PREPARATION < one.end
                ):
                    at = datetime.fromtimestamp(one.start, meeting.zone)
                    message = (
                        f"the sitting of {day} is moved to where that of {at:%Y-%m-%d %H:%M} is held or prepared:"
                        " the later one is not watched until the other ends"
                    )
                    hint = "cancel one of them, or leave an hour between"
                    where = (*steps, "moved", day.isoformat())
                    self.findings.add(where, message, hint, Severity.WARNING, key=True)
                    break

    def _takes_place(self, steps: Steps, shape: MeetingShape, meeting: Meeting) -> bool:
        """Does a rule ever come to a day? `31` in a rhythm of months may not."""
        for number, rule in enumerate(meeting.rules):
            begin = rule.first or date(2000, 1, 1)
            if next(rule.days(begin, min(rule.last or begin + EVER, begin + EVER)), None) is None:
                hint = "there is none between 'from' and 'until'" if shape.until else "no month has this day"
                self.findings.add(
                    (*steps, "day", number),
                    f"the meeting '{meeting.name}' never takes place on this day",
                    hint,
                )
                return False
        for number, day in enumerate(shape.day):
            if day.on is not None and day.on in self.days_off and not shape.holidays:
                message = f"{day.on} is a holiday ({self._holiday(day.on)}), and the meeting takes place all the same"
                hint = "`holidays: keep` says that this is meant"
                self.findings.add((*steps, "day", number), message, hint, severity=Severity.WARNING)
        return True

    def _check_exceptions(self, steps: Steps, shape: MeetingShape, meeting: Meeting) -> None:
        """What is cancelled or moved must be in the plan, and is one of both."""
        written: list[tuple[Steps, date, bool]] = [
            *(((*steps, "cancelled", i), day, False) for i, day in enumerate(shape.cancelled)),
            *(((*steps, "moved", day.isoformat()), day, True) for day in shape.moved),
        ]
        for where, day, key in written:
            if not meeting.planned(day, day):
                message = f"the meeting '{meeting.name}' has no sitting on {day}"
                self.findings.add(where, message, _nearest(meeting, day), key=key)
            elif key and day in shape.cancelled:
                self.findings.add(
                    where, f"the sitting on {day} is cancelled, too", "it is one of both", key=True
                )

    def _holiday(self, day: date) -> str:
        return next((text for (first, last), text in self.model.holidays.items() if first <= day <= last), "")


def _rules(shape: MeetingShape) -> Iterator[Rule]:
    """A rule for each word of `day` that recurs; what counts alike counts together."""
    every = shape.every.number if shape.every is not None else 1
    for day in shape.day:
        if day.unit is not None:
            month_days = () if day.month_day is None else (day.month_day,)
            yield Rule(day.unit, every, day.weekdays, month_days, shape.since, shape.until)


def _nearest(meeting: Meeting, day: date) -> str | None:
    near = meeting.planned(day - NEAR, day + NEAR)
    if not near:
        return None
    return f"the nearest is on {min(near, key=lambda one: (abs(one - day), one))}"
