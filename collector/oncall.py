"""On-call hours: which minutes of the week they are, who has them, how much it takes to wake somebody. Pure.

The week is a set of minutes kept as the bits of one number, so that "first shift on duty" and "is anybody on duty at
all times" are set arithmetic. It knows no receivers, no files and no clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

DAY = 24 * 60
WEEK = 7 * DAY
WHOLE_WEEK = (1 << WEEK) - 1
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Language(StrEnum):
    """What a message can be written in; the value is its BCP 47 tag."""

    VIETNAMESE = "vi"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Span:
    """Minutes `start` to `end` (exclusive, at most 1440) of some days of the week, Monday being 0."""

    days: tuple[int, ...]
    start: int
    end: int

    @property
    def minutes(self) -> int:
        """The span as bits of the week."""
        once = (1 << (self.end - self.start)) - 1
        return sum(once << (day * DAY + self.start) for day in set(self.days))


@dataclass(frozen=True, slots=True)
class Hours:
    """Named hours of the week. Without spans they are all of it."""

    name: str
    spans: tuple[Span, ...] = ()

    @property
    def minutes(self) -> int:
        """The hours as bits of the week."""
        if not self.spans:
            return WHOLE_WEEK
        found = 0
        for span in self.spans:
            found |= span.minutes
        return found

    @property
    def always(self) -> bool:
        """Whether there is no minute outside them."""
        return self.minutes == WHOLE_WEEK


ALWAYS = Hours("always")


@dataclass(frozen=True, slots=True)
class Wake:
    """In these hours an outage must cut off this many sites to page."""

    hours: Hours
    sites: int


@dataclass(frozen=True, slots=True)
class Rota:
    """What a running service knows of on-call. `timezone` is an IANA name.

    A page that nobody takes for `escalates_after` seconds is told to the next, None if to nobody. `written` is all that
    the file says, as a text that another file's differs from; it holds references to secrets, never a secret.
    """

    timezone: str
    wake: tuple[Wake, ...]
    escalates_after: float | None
    written: str


@dataclass(frozen=True, slots=True)
class Shift:
    """Who is paged in these hours about these districts; no districts means the whole city."""

    receiver: str
    hours: Hours = ALWAYS
    districts: tuple[str, ...] = ()

    def covers(self, district: str) -> bool:
        """Whether the shift is told of an outage there; `""` is one of several districts or of none."""
        return not self.districts or district in self.districts


@dataclass(frozen=True, slots=True)
class Turn:
    """A shift's own minutes in a rota: those of its hours that no earlier shift has. `after` are the earlier hours."""

    shift: Shift
    after: tuple[Hours, ...]
    minutes: int


def minute_of(local: datetime) -> int:
    """Minute of the week of a local time."""
    return local.weekday() * DAY + local.hour * 60 + local.minute


def wake_sites(wake: Sequence[Wake], local: datetime) -> int:
    """The least number of cut-off sites that pages at this local time: the first entry whose hours it is, else 1."""
    bit = 1 << minute_of(local)
    return next((entry.sites for entry in wake if entry.hours.minutes & bit), 1)


def turns(shifts: Sequence[Shift], district: str) -> tuple[Turn, ...]:
    """Who is paged about a district and when: at any minute the first shift of the list that is on duty."""
    found: list[Turn] = []
    earlier: list[Hours] = []
    left = WHOLE_WEEK
    for shift in shifts:
        if not shift.covers(district):
            continue
        minutes = shift.hours.minutes
        if minutes & left:
            in_the_way = tuple(dict.fromkeys(hours for hours in earlier if hours.minutes & minutes))
            found.append(Turn(shift, in_the_way, minutes & left))
            earlier.append(shift.hours)
            left &= ~minutes
    return tuple(found)


def unattended(shifts: Sequence[Shift], district: str) -> int:
    """Minutes of the week in which nobody is paged about a district, as bits."""
    left = WHOLE_WEEK
    for shift in shifts:
        if shift.covers(district):
            left &= ~shift.hours.minutes
    return left


def said(minutes: int) -> str:
    """The first stretch of some minutes of the week in words, as `sun 17:30-24:00`; empty for none."""
    for day, start, end in _stretches(minutes):
        return f"{DAYS[day]} {start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    return ""


def _stretches(minutes: int) -> Iterator[tuple[int, int, int]]:
    for day in range(7):
        bits = (minutes >> (day * DAY)) & ((1 << DAY) - 1)
        start = 0
        while bits >> start:
            start += _low_zeros(bits >> start)
            length = _low_zeros(~(bits >> start))
            yield day, start, start + length
            start += length


def _low_zeros(bits: int) -> int:
    return (bits & -bits).bit_length() - 1
