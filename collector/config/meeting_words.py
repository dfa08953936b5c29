"""The words that `meetings.yml` is written in: days that recur, rhythms, times of day, spans of holidays, patterns. Pure."""

import re
from datetime import date, datetime, time
from typing import Annotated, Any, NamedTuple
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator

from collector.config.fields import DURATION_PATTERN, as_json, matching, read_date, read_duration, read_text
from collector.config.maintenance import read_moment
from collector.config.problems import closest
from collector.config.words import WrittenWrongError, shown, text_of
from collector.meetings.matching import MOST_STARS
from collector.meetings.model import LONGEST
from collector.meetings.occurrences import Unit

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}
LONGEST_HOLIDAY = 31
SHORTEST = 60.0
MOST_EVERY = 52
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_EVERY = re.compile(r"(\d{1,2}) (days|weeks|months)", re.ASCII)
_MEETING = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOW_DAYS = "mon … sun, daily, weekdays, first mon, last fri, 15, last (day of the month), or 2026-11-25"


class WrittenDay(NamedTuple):
    """One word of `day`: a date, or the unit that it recurs by with its weekdays or its day of the month."""

    unit: Unit | None
    on: date | None = None
    weekdays: tuple[tuple[int, int | None], ...] = ()
    month_day: int | None = None


class Every(NamedTuple):
    """`every: 2 weeks`."""

    number: int
    unit: Unit


def _read_day(value: Any) -> WrittenDay:
    text = text_of(value).strip()
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return WrittenDay(None, read_date(text))
    if text == "daily":
        return WrittenDay(Unit.DAYS)
    if text == "weekdays":
        return WrittenDay(Unit.WEEKS, weekdays=tuple((number, None) for number in range(5)))
    if text in WEEKDAYS:
        return WrittenDay(Unit.WEEKS, weekdays=((WEEKDAYS.index(text), None),))
    if text == "last" or re.fullmatch(r"[1-9]|[12]\d|3[01]", text, re.ASCII):
        return WrittenDay(Unit.MONTHS, month_day=-1 if text == "last" else int(text))
    ordinal, _, weekday = text.partition(" ")
    if ordinal in ORDINALS and weekday in WEEKDAYS:
        return WrittenDay(Unit.MONTHS, weekdays=((WEEKDAYS.index(weekday), ORDINALS[ordinal]),))
    meant = closest(text, [*WEEKDAYS, "daily", "weekdays", *(f"{word} mon" for word in ORDINALS)])
    hint = f"did you mean '{meant}'?" if meant else HOW_DAYS
    raise WrittenWrongError(f"{shown(text)} is not a day", hint)


def _listed(value: Any) -> Any:
    """One value stands for a list of one."""
    return [value] if isinstance(value, str) else value


def _read_every(value: Any) -> Every:
    text = text_of(value).strip()
    match = _EVERY.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= MOST_EVERY:
        raise WrittenWrongError(f"{shown(text)} is not a rhythm", "write it like 2 weeks or 3 months")
    return Every(int(match[1]), Unit[match[2].upper()])


_read_clock_text = matching(_CLOCK, "a time of day", "write it like 08:00 or 14:30")


def _read_clock(value: Any) -> time:
    return time.fromisoformat(_read_clock_text(value))


def _read_length(value: Any) -> float:
    seconds = read_duration(value, usual="m")
    if not SHORTEST <= seconds <= LONGEST:
        raise WrittenWrongError(f"{shown(text_of(value))} is not between 1m and 24h")
    return seconds


def _read_zone(value: Any) -> str:
    text = read_text(value)
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        raise WrittenWrongError(f"{shown(text)} is not a time zone", "as Asia/Ho_Chi_Minh") from None
    return text


def _read_span(value: Any) -> tuple[date, date]:
    """A day, or two with `..` between them."""
    first, dots, last = text_of(value).partition("..")
    begin = read_date(first.strip())
    end = read_date(last.strip()) if dots else begin
    if not begin <= end:
        raise WrittenWrongError(f"{shown(text_of(value))} ends before it begins")
    if (end - begin).days >= LONGEST_HOLIDAY:
        raise WrittenWrongError(f"{shown(text_of(value))} is longer than {LONGEST_HOLIDAY} days")
    return begin, end


def _read_pattern(value: Any) -> str:
    text = read_text(value)
    if text.count("*") > MOST_STARS:
        raise WrittenWrongError(f"{shown(text)} has more than {MOST_STARS} stars")
    strange = next(
        (word for word in re.findall(r"\{[^}]*\}", text) if word not in {"{site}", "{district}"}), None
    )
    if strange is not None:
        raise WrittenWrongError(f"{shown(text)} has the unknown {strange[:20]}", "known: {site}, {district}")
    return text


_TEXTS = {"type": ["string", "number", "boolean"]}
Days = Annotated[
    tuple[Annotated[WrittenDay, BeforeValidator(_read_day), as_json(type=["string", "integer"])], ...],
    BeforeValidator(_listed),
    as_json(
        anyOf=[{"type": ["string", "integer"]}, {"type": "array", "items": {"type": ["string", "integer"]}}]
    ),
]
EveryField = Annotated[
    Every, BeforeValidator(_read_every), as_json(type="string", pattern=f"^{_EVERY.pattern}$")
]
Clock = Annotated[time, BeforeValidator(_read_clock), as_json(type="string", pattern=f"^{_CLOCK}$")]
Length = Annotated[
    float,
    BeforeValidator(_read_length),
    as_json(type="string", pattern=DURATION_PATTERN),
]
Zone = Annotated[str, BeforeValidator(_read_zone), as_json(type="string")]
Moment = Annotated[datetime, BeforeValidator(read_moment), as_json(type="string")]
Span = Annotated[tuple[date, date], BeforeValidator(_read_span)]
Patterns = Annotated[
    tuple[Annotated[str, BeforeValidator(_read_pattern), as_json(**_TEXTS)], ...],
    BeforeValidator(_listed),
    as_json(anyOf=[_TEXTS, {"type": "array", "items": _TEXTS}]),
]
_KEEP = {"keep": True, "skip": False}


def _read_keep(value: Any) -> bool:
    text = text_of(value)
    if text not in _KEEP:
        raise WrittenWrongError(
            f"{shown(text)} is neither keep nor skip", "keep: it takes place on holidays, too"
        )
    return _KEEP[text]


Keep = Annotated[bool, BeforeValidator(_read_keep), as_json(enum=[*_KEEP])]
MeetingName = Annotated[
    str,
    BeforeValidator(
        matching(
            _MEETING,
            "a meeting's name",
            "small letters, digits and '-', at most 63: it is a label of metrics",
        )
    ),
    as_json(type=["string", "integer"], pattern=f"^{_MEETING}$"),
]
