"""Meetings out of an iCalendar file (RFC 5545): events that a rule knows, with their recurrence, as `Series`.

Recurrence, exceptions and Windows' names of time zones are icalendar's and recurring-ical-events'. An event that no rule
knows is nobody's business here, whatever is wrong with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

import icalendar
import recurring_ical_events

from collector.meetings.ical_checks import Held, crossing, mistakes, wrong_zone
from collector.meetings.ical_guests import Guests, missing
from collector.meetings.ical_text import Fault, Faults, Part, Split, leaving, take_apart
from collector.meetings.ical_values import (
    REFUSALS,
    known_zone,
    meeting_of,
    said,
    title_of,
    unix,
    words_of,
    zones_in,
)
from collector.meetings.matching import EventRule, Match, match
from collector.meetings.model import LONGEST, Occurrence
from collector.meetings.participants import Register
from collector.model import Inventory, Place

TRIAL = 800 * 86400.0
"""Seconds of sittings that are looked at once, so that what cannot be worked out is known at the door."""
ROUNDS = 30
"""How often what recurs by day or week is looked at then: more of the same would say nothing new, and takes long."""
DAYS = {"DAILY": 86400.0, "WEEKLY": 7 * 86400.0}
LINE = "X-CITYNOC-LINE"
ONE_DAY = timedelta(days=1)
EVENT_OUT = "the event is left out with all its sittings, the others count"
SITTING_OUT = "the sitting stays as its series has it"


@dataclass(frozen=True, slots=True)
class Source:
    """How one calendar is read. `zone` is of times that name none; sittings that touch `holidays` are left out."""

    name: str
    file: str
    zone: tzinfo
    rules: tuple[EventRule, ...]
    holidays: frozenset[date] = frozenset()


@dataclass(slots=True)
class Reading:
    """The meetings of one file, and what is wrong with it; `whole` is false if nothing of it could be used."""

    series: list["Events"] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    whole: bool = True


class Trial(NamedTuple):
    """The events of one UID that count, and those of their sittings that were worked out at the door."""

    events: "Events"
    sittings: list[Occurrence]


@dataclass(slots=True)
class Events:
    """Every sitting of the events that share one UID, under one meeting's `name`. `text` is a calendar of them alone.

    What the library makes of the text is made when it is first needed, and never sent to another process.
    """

    name: str
    place: Place
    source: Source
    guests: Guests
    text: str
    _query: recurring_ical_events.CalendarQuery | None = None

    def __reduce__(self) -> tuple[type["Events"], tuple[object, ...]]:
        return Events, (self.name, self.place, self.source, self.guests, self.text)

    def among(self, guests: Guests) -> "Events":
        """The same with other guests; of what nobody may wait for, nothing is shared."""
        return Events(self.name, self.place, self.source, guests, self.text)

    def starting(self, since: float, until: float) -> Iterator[Occurrence]:
        """The sittings that start in [since, until)."""
        query = self._query
        if query is None:
            query = self._query = recurring_ical_events.of(icalendar.Calendar.from_ical(self.text))
        first, last = (datetime.fromtimestamp(at, UTC) for at in (since, until))
        for event in query.between(first - ONE_DAY, last + ONE_DAY):
            sitting = self._sitting(event)
            if sitting is not None and since <= sitting.start < until:
                yield sitting

    def _sitting(self, event: Any) -> Occurrence | None:
        start, end = event["DTSTART"].dt, event["DTEND"].dt
        if not isinstance(start, datetime) or _cancelled(event):
            return None
        begin, over = unix(start, self.source.zone), unix(end, self.source.zone)
        found = match(self.source.rules, words_of(event))
        if found is None or not begin < over <= begin + LONGEST or self._holiday(begin, over):
            return None
        party = self.guests.party(found)
        if not party.sites:
            return None
        return Occurrence(
            self.name,
            found.title or title_of(event, self.name),
            begin,
            over,
            party.sites,
            party.endpoints,
            party.bridges,
            replace(self.place, line=int(event.get(LINE, self.place.line))),
        )

    def _holiday(self, begin: float, over: float) -> bool:
        days, zone = self.source.holidays, self.source.zone
        return bool(days) and any(
            datetime.fromtimestamp(at, zone).date() in days for at in (begin, over - 1.0)
        )


def read_calendar(raw: bytes, source: Source, register: Register, inventory: Inventory) -> Reading:
    """The file's meetings, and everything that was left out of them. Never raises."""
    split = take_apart(raw)
    if split.faults:
        return Reading(faults=split.faults, whole=False)
    reading, faults = Reading(), split.odd
    guests = Guests(register, inventory)
    groups: dict[str, list[Part]] = {}
    for part in split.events:
        uid = next(iter(part.values("UID")), "").strip() or f"line {part.line}"
        groups.setdefault(uid, []).append(part)
    held: dict[str, list[Held]] = {}
    for number, parts in enumerate(groups.values()):
        trial = _read_group(split, parts, source, guests, faults)
        if trial is not None:
            reading.series.append(trial.events)
            held.setdefault(trial.events.name, []).extend(
                Held(one.start, one.end, number, one.place.line if one.place else 1) for one in trial.sittings
            )
    for name, sittings in held.items():
        crossed = crossing(name, sittings, source.zone)
        faults.extend([crossed] if crossed is not None else [])
    reading.faults = faults.told()
    return reading


def _read_group(
    split: Split, parts: list[Part], source: Source, guests: Guests, faults: Faults
) -> Trial | None:
    """The events with one UID: one that may recur, and its exceptions. A broken exception is left out alone."""
    zones, wrong_zones = _own_zones(split, parts)
    try:
        known = _known(parts, [] if wrong_zones else zones, source)
        if all(found is None for _, _, found in known):
            return None
        faults.extend(leaving(EVENT_OUT, wrong_zones))
        sound = True
        left: list[Known] = []
        for part, event, found in known:
            mine = [*mistakes(part, event, source.zone)]
            exception = "RECURRENCE-ID" in event and len(known) > 1
            faults.extend(leaving(SITTING_OUT if exception else EVENT_OUT, mine))
            if not mine:
                left.append((part, event, found))
                faults.extend(() if _cancelled(event) else missing(part, found, guests))
            sound = sound and (exception or not mine)
        if wrong_zones or not (sound and left):
            return None
        return _trial(left, zones, source, guests)
    except REFUSALS as error:
        faults.extend([Fault(parts[0].line if faults.full else _broken_line(parts), said(error), EVENT_OUT)])
        return None


def _cancelled(event: Any) -> bool:
    return str(event.get("STATUS", "")).upper() == "CANCELLED"


Known = tuple[Part, Any, Match | None]
"""An event as written and as read, and what the rules say of it."""


def _known(parts: list[Part], zones: list[Part], source: Source) -> list[Known]:
    calendar = icalendar.Calendar.from_ical(_text(parts, zones))
    return [
        (part, event, match(source.rules, words_of(event)))
        for part, event in zip(parts, calendar.walk("VEVENT"), strict=True)
    ]


def _trial(known: list[Known], zones: list[Part], source: Source, guests: Guests) -> Trial | None:
    """The sound events of one UID, tried. None where nobody takes part in any. Raises one of `REFUSALS`."""
    if not any(found is not None and guests.party(found).sites for _, _, found in known):
        return None
    part, event, found = next((one for one in known if "RECURRENCE-ID" not in one[1]), known[0])
    name = (found and found.meeting) or meeting_of(source.name, str(event.get("SUMMARY", "")))
    text = _text([one[0] for one in known], zones)
    series = Events(name, Place(source.file, part.line, 1), source, guests, text)
    events = [one[1] for one in known]
    begin = min(unix(event["DTSTART"].dt, source.zone) for event in events)
    spans = _trials(events, begin, source.zone)
    return Trial(series, [one for since, until in spans for one in series.starting(since, until)])


def _trials(events: list[Any], begin: float, zone: tzinfo) -> Iterator[tuple[float, float]]:
    """From when until when the sittings of these events are worked out at the door: the first, and each exception."""
    until = begin
    for event in events:
        start = unix(event["DTSTART"].dt, zone)
        if "RECURRENCE-ID" in event:
            yield start - 86400.0, start + 86400.0
            continue
        rule = event.get("RRULE")
        often = rule is not None and "RDATE" not in event
        period = DAYS.get(str(rule.get("FREQ", [""])[0]).upper()) if often else None
        length = TRIAL if period is None else ROUNDS * period * int(rule.get("INTERVAL", [1])[0])
        until = max(until, start + min(TRIAL, length))
    yield begin, max(until, begin + 86400.0)


def _own_zones(split: Split, parts: list[Part]) -> tuple[list[Part], list[Fault]]:
    """The time zones that these events name and only this file knows, and what is wrong with them."""
    named = {zone for part in parts for _, text in part.lines for zone in zones_in(text)}
    zones = [
        zone
        for zone in split.zones
        if any(name.strip() in named and known_zone(name) is None for name in zone.values("TZID"))
    ]
    return zones, [wrong for zone in zones if (wrong := wrong_zone(zone)) is not None]


def _text(parts: list[Part], zones: list[Part]) -> str:
    """These events alone, each with its line."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:citynoc"]
    for zone in zones:
        lines.extend(text for _, text in zone.lines)
    for part in parts:
        own = [text for _, text in part.lines if not text.upper().startswith(LINE)]
        lines.extend([*own[:-1], f"{LINE}:{part.line}", own[-1]])
    return "\r\n".join([*lines, "END:VCALENDAR", ""])


def _broken_line(parts: list[Part]) -> int:
    """The first line that cannot be read by itself; where the event begins if each can."""
    for part in parts:
        for number, text in part.lines[1:-1]:
            try:
                icalendar.Event.from_ical(f"BEGIN:VEVENT\r\n{text}\r\nEND:VEVENT\r\n")
            except REFUSALS:
                return number
    return parts[0].line
