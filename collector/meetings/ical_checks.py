"""What keeps an event from being a meeting: broken values, no hour, no end, a rule that would run for ever. Pure.

A rule counts in days or more, uses the parts that calendars use, and fits its own first day: then it comes round again
within years, and looking for its days is cheap.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from typing import Any, NamedTuple

from dateutil.rrule import rrulestr

from collector.meetings.ical_text import Fault, Part
from collector.meetings.ical_values import REFUSALS, said, unix
from collector.meetings.model import LONGEST, PREPARATION

EARLIEST = 1990
LATEST = 2150
WIDEST = 400
"""More periods than a year has days."""
FAR = 1_000_000
"""Periods to the second repetition, so that only the first is looked at: it lies after the last year there is."""
MOST_SHOWN = 60
HOW = "recur by day, week, month or year, from the event's own day"
ZONES = "an IANA name as Asia/Ho_Chi_Minh, a Windows name as SE Asia Standard Time, or a VTIMEZONE"
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
_FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_YEARLY = re.compile(r"FREQ=YEARLY(;(BYMONTH|BYDAY|BYMONTHDAY|UNTIL|WKST|INTERVAL=1$|INTERVAL=1(?=;))[^;]*)*")


def mistakes(part: Part, event: Any, zone: tzinfo) -> Iterator[Fault]:
    """Everything that is wrong with the event itself; `zone` is of times that name none."""
    for name, message in event.errors:
        yield fault(part, str(name), f"{name}: {message}")
        return
    if "DTSTART" not in event:
        yield Fault(part.line, "the event has no DTSTART", "a meeting starts at some time")
        return
    start = event["DTSTART"].dt
    if not isinstance(start, datetime):
        message = "an event of whole days is no meeting: nobody can be ready for it"
        hint = "give it a time, or let no rule of this calendar fit it"
        yield fault(part, "DTSTART", message, hint)
        return
    yield from _wrong_times(part, event, start, zone)
    rules = part.values("RRULE")
    if len(rules) > 1 or "EXRULE" in event:
        yield fault(part, "RRULE", "an event has one RRULE and no EXRULE")
    elif rules and (message := _refused(rules[0].strip(), start)) is not None:
        yield fault(part, "RRULE", message, HOW)


def wrong_zone(part: Part) -> Fault | None:
    """A time zone of the file's own that changes otherwise than by the year."""
    for text in part.values("RRULE"):
        if not _YEARLY.fullmatch(text.strip().upper()):
            return fault(part, "RRULE", "no time zone changes like this", "by the year: FREQ=YEARLY")
    return None


def fault(part: Part, name: str, message: str, hint: str | None = None) -> Fault:
    """What is wrong with a property of the part."""
    line = part.line_of(name.upper())
    text = next((text for number, text in part.lines if number == line), "")
    shown = text if text.upper().startswith(name.upper()) else ""
    return Fault(line, message[: 2 * MOST_SHOWN], hint, width=len(name) if shown else 1, excerpt=shown)


class Held(NamedTuple):
    """A sitting as far as others of its name may cross it: `group` is of the events with one UID."""

    start: float
    end: float
    group: int
    line: int


def crossing(name: str, sittings: Iterable[Held], zone: tzinfo) -> Fault | None:
    """The last two sittings of one meeting that come of different events and of which one waits for the other to end.

    A meeting's name is a label: under it one sitting is watched at a time.
    """
    found: tuple[Held, Held] | None = None
    before: Held | None = None
    for one in sorted(sittings):
        if before is not None and one.group != before.group and one.start - PREPARATION < before.end:
            found = before, one
        if before is None or one.end >= before.end:
            before = one
    if found is None:
        return None
    first, second = found
    message = (
        f"the meeting '{name}' is held or prepared at {datetime.fromtimestamp(second.start, zone):%Y-%m-%d %H:%M} "
        f"while its sitting of line {first.line} still runs: the later one is not watched until then"
    )
    return Fault(
        second.line,
        message,
        "give one of them another title, or a rule of its own with `meeting:`",
    )


def _wrong_times(part: Part, event: Any, start: datetime, zone: tzinfo) -> Iterator[Fault]:
    named = event["DTSTART"].params.get("TZID")
    if named is not None and start.tzinfo is None:
        yield fault(part, "DTSTART", f"no time zone is called '{str(named)[:MOST_SHOWN]}'", ZONES)
        return
    if not EARLIEST <= start.year <= LATEST:
        yield fault(part, "DTSTART", f"the year {start.year} is not one of meetings")
        return
    if "DTEND" not in event and "DURATION" not in event:
        yield Fault(part.line, "the event does not say when it ends", "give it DTEND or DURATION")
        return
    where = "DTEND" if "DTEND" in event else "DURATION"
    end = event["DTEND"].dt if "DTEND" in event else start + event["DURATION"].dt
    if not isinstance(end, datetime):
        yield fault(part, where, "the event starts at a time and ends on a day")
        return
    length = unix(end, zone) - unix(start, zone)
    if length <= 0:
        yield fault(part, where, "the event ends before it starts")
    elif length > LONGEST:
        hint = "a meeting of several days is several sittings"
        yield fault(part, where, "the event is longer than a day", hint)


def _refused(text: str, start: datetime) -> str | None:
    """Why a recurrence rule is not accepted."""
    parts = dict(piece.partition("=")[::2] for piece in text.upper().split(";") if piece)
    strange = sorted(parts.keys() - _PARTS)
    if strange:
        return f"a meeting does not recur by {strange[0][:MOST_SHOWN]}"
    if parts.get("FREQ") not in _FREQUENCIES:
        return f"a meeting does not recur {parts.get('FREQ', 'without FREQ')[:MOST_SHOWN]}"
    naive = start.replace(tzinfo=None)
    bare = ";".join(f"{key}={value}" for key, value in parts.items() if key not in {"COUNT", "UNTIL"})
    try:
        if not 1 <= int(parts.get("INTERVAL", "1")) <= WIDEST:
            return f"the interval is not between 1 and {WIDEST}"
        rule: Any = rrulestr(bare, dtstart=naive)
        # The first one only: going on to the second costs as many steps as there are months until the last year.
        if next(iter(rule.replace(interval=FAR)), None) != naive:
            return "the event's start is not a day of its own rule"
    except REFUSALS as error:
        return said(error)
    return None
