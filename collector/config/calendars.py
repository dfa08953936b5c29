"""The calendars that `meetings.yml` names, read; what is wrong in one is said with the calendar's own line.

They come from outside: what is wrong in one is left out and a warning. Only `meetings.yml` itself can be wrong.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from collector.config.configuration import CalendarFile
from collector.config.document import Document, Steps, shown_name
from collector.config.meeting_guests import GuestList
from collector.config.problems import Problem, Severity
from collector.config.schema_meetings import CalendarShape, EventRuleShape, MeetingsFile, ParticipantsShape
from collector.meetings.ical_text import MOST_BYTES, Fault, leaving
from collector.meetings.matching import EventRule, pattern
from collector.meetings.participants import NOBODY
from collector.model import Place

OUT = "this calendar is left out, everything else counts"


def read_calendars(
    directory: Path,
    root: Path,
    document: Document,
    model: MeetingsFile,
    *,
    guests: GuestList,
    holidays: Collection[date],
    zone: str,
    taken: Mapping[str, Place],
) -> tuple[list[CalendarFile], list[Problem]]:
    """Every calendar with its meetings, and every problem. `taken` are the names that meetings have already."""
    calendars: list[CalendarFile] = []
    problems: list[Problem] = []
    for name, shape in model.calendars.items():
        steps: Steps = ("calendars", name)
        before = len(guests.problems)
        rules = tuple(
            _rule((*steps, "rules", number), rule, guests) for number, rule in enumerate(shape.rules)
        )
        named = list(_names_taken(document, steps, shape, taken))
        problems.extend(named)
        if named or any(one.severity is Severity.ERROR for one in guests.problems[before:]):
            continue
        place = document.place((*steps, "file"))
        raw = _bytes(directory, document, (*steps, "file"), shape, problems)
        if raw is None:
            calendars.append(CalendarFile(name, shape.file, place, read=False))
            continue
        from collector.meetings import ical  # noqa: PLC0415 - its libraries take 8 MB and 0.3 s

        file = shown_name(directory / shape.file, root)
        days = frozenset() if shape.holidays else frozenset(holidays)
        source = ical.Source(name, file, ZoneInfo(shape.timezone or zone), rules, days)
        reading = ical.read_calendar(raw, source, guests.register, guests.inventory)
        faults = reading.faults if reading.whole else leaving(OUT, reading.faults)
        problems.extend(_problem(file, fault) for fault in faults)
        series = tuple(events for events in reading.series if events.name not in taken)
        for events in reading.series:
            if events.name in taken:
                first = taken[events.name]
                message = f"meeting '{events.name}' is already in {first.file}:{first.line}"
                hint = f"a rule can give it another name, `meeting:`; {ical.EVENT_OUT}"
                problems.append(Problem(events.place, message, hint, Severity.WARNING))
        calendars.append(CalendarFile(name, shape.file, place, reading.whole, series))
    return calendars, problems


def _names_taken(
    document: Document, steps: Steps, shape: CalendarShape, taken: Mapping[str, Place]
) -> Iterator[Problem]:
    """Rules that give events the name of a meeting of the file itself."""
    for number, rule in enumerate(shape.rules):
        if rule.meeting is not None and rule.meeting in taken:
            message = f"meeting '{rule.meeting}' is already in line {taken[rule.meeting].line}"
            hint = "a rule gives its events a name of their own"
            yield document.problem((*steps, "rules", number, "meeting"), message, hint)


def _rule(steps: Steps, shape: EventRuleShape, guests: GuestList) -> EventRule:
    named, but = (NOBODY, NOBODY)
    if isinstance(shape.participants, ParticipantsShape):
        named, but = guests.choices((*steps, "participants"), shape.participants)
    when = shape.when
    return EventRule(
        tuple(map(pattern, when.category)),
        tuple(map(pattern, when.location)),
        tuple(map(pattern, when.title)),
        tuple(map(pattern, when.attendee)),
        named,
        but,
        guests.bridges((*steps, "bridges"), shape.bridges),
        shape.meeting,
        None if shape.title is None else MappingProxyType({"vi": shape.title.vi, "en": shape.title.en}),
    )


def _bytes(
    directory: Path, document: Document, steps: Steps, shape: CalendarShape, problems: list[Problem]
) -> bytes | None:
    path = directory / shape.file
    try:
        if path.exists() and not path.is_file():
            reason = "it is not a file"
        else:
            with path.open("rb") as file:
                return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = str(error.strerror) if isinstance(error, OSError) else "no such name is possible"
    message = f"cannot read {shape.file}: {reason}"
    problems.append(document.problem(steps, message, OUT, Severity.WARNING))
    return None


def _problem(file: str, fault: Fault) -> Problem:
    """Always a warning: who watches a city does not wait until somebody else mends a calendar."""
    place = Place(file, fault.line, fault.column)
    return Problem(place, fault.message, fault.hint, Severity.WARNING, fault.excerpt, fault.width)
