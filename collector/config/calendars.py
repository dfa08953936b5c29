"""The calendars that `meetings.yml` names, read; what is wrong in one is said with the calendar's own line."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from collector.config.document import Document, Steps, shown_name
from collector.config.meeting_guests import GuestList
from collector.config.problems import Problem, Severity
from collector.config.schema_meetings import CalendarShape, EventRuleShape, MeetingsFile, ParticipantsShape
from collector.meetings.ical_text import MOST_BYTES, Fault
from collector.meetings.matching import EventRule, pattern
from collector.meetings.model import Series
from collector.meetings.participants import NOBODY
from collector.model import Place


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
) -> tuple[list[Series], list[Problem]]:
    """The meetings of every calendar, and every problem. `taken` are the names that meetings have already."""
    series: list[Series] = []
    problems: list[Problem] = []
    for name, shape in model.calendars.items():
        before = len(guests.problems)
        rules = tuple(
            _rule(("calendars", name, "rules", number), rule, guests)
            for number, rule in enumerate(shape.rules)
        )
        raw = _bytes(directory, document, ("calendars", name, "file"), shape, problems)
        if raw is None or any(one.severity is Severity.ERROR for one in guests.problems[before:]):
            continue
        from collector.meetings import ical  # noqa: PLC0415 - its libraries take 8 MB and 0.3 s

        file = shown_name(directory / shape.file, root)
        days = frozenset() if shape.holidays else frozenset(holidays)
        source = ical.Source(name, file, ZoneInfo(shape.timezone or zone), rules, days)
        reading = ical.read_calendar(raw, source, guests.register, guests.inventory)
        problems.extend(_problem(file, fault) for fault in reading.faults)
        for events in reading.series:
            if events.name in taken:
                first = taken[events.name]
                message = f"meeting '{events.name}' is already in {first.file}:{first.line}"
                problems.append(
                    Problem(events.place, message, "let its rule give it another name: `meeting:`")
                )
        series.extend(reading.series)
    return series, problems


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
            problems.append(document.problem(steps, f"{shape.file} is not a file"))
            return None
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such name is possible"
        problems.append(document.problem(steps, f"cannot read {shape.file}: {reason}"))
        return None


def _problem(file: str, fault: Fault) -> Problem:
    severity = Severity.WARNING if fault.harmless else Severity.ERROR
    return Problem(
        Place(file, fault.line, fault.column), fault.message, fault.hint, severity, fault.excerpt, fault.width
    )
