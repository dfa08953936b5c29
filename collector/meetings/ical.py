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
from collector.meetings.ical_text import MOST_FAULTS, Fault, Part, Split, take_apart
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
from collector.meetings.participants import Choice, Party, Register
from collector.model import DistrictCode, Inventory, Place, SiteCode

TRIAL = 800 * 86400.0
"""Seconds of sittings that are looked at once, so that what cannot be worked out is known at the door."""
ROUNDS = 30
"""How often what recurs by day or week is looked at then: more of the same would say nothing new, and takes long."""
DAYS = {"DAILY": 86400.0, "WEEKLY": 7 * 86400.0}
LINE = "X-CITYNOC-LINE"
ONE_DAY = timedelta(days=1)
_VALUES = ("ATTENDEE", "LOCATION", "CATEGORIES", "SUMMARY")


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
    """The meetings of one file, and what is wrong with it."""

    series: list["Events"] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Trial(NamedTuple):
    """The events of one UID, and those of their sittings that were worked out at the door."""

    events: "Events"
    sittings: list[Occurrence]


class Guests:
    """What rules say of an event, as the party that takes part; each worked out once."""

    def __init__(self, register: Register, inventory: Inventory) -> None:
        self._register = register
        self._inventory = inventory
        self._known: dict[tuple[Any, ...], Party] = {}

    def strangers(self, found: Match) -> Iterator[tuple[str, str, str]]:
        """Codes in the event that nobody has: kind, code and the value that it stands in."""
        for kind, code, value in found.named:
            known = (
                SiteCode(code) in self._inventory.sites
                if kind == "site"
                else DistrictCode(code) in self._inventory.districts
            )
            if not known:
                yield kind, code, value

    def party(self, found: Match) -> Party:
        """Everybody that the rules and the event itself name, without those that are left out."""
        key = found.choices, found.left_out, found.named, found.bridges
        party = self._known.get(key)
        if party is None:
            codes = {
                kind: frozenset(code for k, code, _ in found.named if k == kind)
                for kind in ("site", "district")
            }
            named = Choice(districts=codes["district"], sites=codes["site"] & self._inventory.sites.keys())
            sites = self._register.sites([*found.choices, named]) - self._register.sites(found.left_out)
            party = self._known[key] = self._register.party(sites, found.bridges)
        return party


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
        if not isinstance(start, datetime) or str(event.get("STATUS", "")).upper() == "CANCELLED":
            return None
        begin, over = unix(start, self.source.zone), unix(end, self.source.zone)
        found = match(self.source.rules, words_of(event))
        if found is None or not begin < over <= begin + LONGEST or self._holiday(begin, over):
            return None
        party = self.guests.party(found)
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
    """The file's meetings and every mistake that keeps one from being held. Never raises."""
    split = take_apart(raw)
    if split.faults:
        return Reading(faults=split.faults)
    reading = Reading()
    guests = Guests(register, inventory)
    groups: dict[str, list[Part]] = {}
    for part in split.events:
        uid = next(iter(part.values("UID")), "").strip() or f"line {part.line}"
        groups.setdefault(uid, []).append(part)
    held: dict[str, list[Held]] = {}
    for number, parts in enumerate(groups.values()):
        if len(reading.faults) >= MOST_FAULTS:
            break
        found = _read_group(split, parts, source, guests)
        if isinstance(found, Trial):
            reading.series.append(found.events)
            held.setdefault(found.events.name, []).extend(
                Held(one.start, one.end, number, one.place.line if one.place else 1) for one in found.sittings
            )
        else:
            reading.faults.extend(found)
    for name, sittings in held.items():
        crossed = crossing(name, sittings, source.zone)
        if crossed is not None and len(reading.faults) < MOST_FAULTS:
            reading.faults.append(crossed)
    return reading


def _read_group(split: Split, parts: list[Part], source: Source, guests: Guests) -> Trial | list[Fault]:
    """The events with one UID: one that may recur, and its exceptions."""
    zones, faults = _own_zones(split, parts)
    try:
        text = _text(parts, [] if faults else zones)
        calendar = icalendar.Calendar.from_ical(text)
        events: list[Any] = list(calendar.walk("VEVENT"))
        known = [
            (part, event, match(source.rules, words_of(event)))
            for part, event in zip(parts, events, strict=True)
        ]
        if all(found is None for _, _, found in known):
            return []
        for part, event, found in known:
            faults.extend(mistakes(part, event, source.zone))
            faults.extend(_strangers(part, found, guests))
        if faults:
            # One day without an hour must not quietly take a whole series with it.
            alone = len(faults) == len(known)
            return faults if alone else [replace(fault, harmless=False) for fault in faults]
        part, event, found = next((one for one in known if "RECURRENCE-ID" not in one[1]), known[0])
        name = (found and found.meeting) or meeting_of(source.name, str(event.get("SUMMARY", "")))
        place = Place(source.file, part.line, 1)
        series = Events(name, place, source, guests, text, recurring_ical_events.of(calendar))
        begin = min(unix(event["DTSTART"].dt, source.zone) for event in events)
        spans = _trials(events, begin, source.zone)
        sittings = [one for since, until in spans for one in series.starting(since, until)]
    except REFUSALS as error:
        return [Fault(_broken_line(parts), said(error))]
    return Trial(series, sittings)


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


def _strangers(part: Part, found: Match | None, guests: Guests) -> Iterator[Fault]:
    for kind, code, value in guests.strangers(found) if found is not None else ():
        lines = (part.line_of(name, value) for name in _VALUES)
        line = next((line for line in lines if line != part.line), part.line)
        text = next((text for number, text in part.lines if number == line), "")
        column = text.casefold().find(code) + 1
        width = len(code) if column else 1
        yield Fault(line, f"there is no {kind} '{code}'", column=max(1, column), width=width, excerpt=text)


def _broken_line(parts: list[Part]) -> int:
    """The first line that cannot be read by itself; where the event begins if each can."""
    for part in parts:
        for number, text in part.lines[1:-1]:
            try:
                icalendar.Event.from_ical(f"BEGIN:VEVENT\r\n{text}\r\nEND:VEVENT\r\n")
            except REFUSALS:
                return number
    return parts[0].line
