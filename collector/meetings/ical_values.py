"""What an event says, as plain values: its words, title, name and times. Pure; it judges nothing."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from collector.meetings.matching import Words

MOST_TITLE = 200
MOST_NAME = 63
MOST_SAID = 120
REFUSALS: Final = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, IndexError, OSError)
"""What the libraries raise on properties that contradict one another: they have no tree of their own.

OSError is of a TZID that is no file's name in the zones' directory: a folder (`Asia`), or longer than a name may be.
"""


def words_of(event: Any) -> Words:
    """What the event says that rules can look at."""
    entries = _listed(event.get("CATEGORIES"))
    categories = [str(one) for entry in entries for one in getattr(entry, "cats", [entry])]
    attendees = [re.sub(r"(?i)^mailto:", "", str(one)).strip() for one in _listed(event.get("ATTENDEE"))]
    location, summary = (plain(str(event.get(key, ""))) for key in ("LOCATION", "SUMMARY"))
    return Words(tuple(plain(one) for one in categories), (location,), (summary,), tuple(attendees))


def _listed(value: Any) -> Sequence[Any]:
    return () if value is None else value if isinstance(value, list) else (value,)


def plain(text: str) -> str:
    """One line of printable characters, composed."""
    composed = unicodedata.normalize("NFC", text)
    return " ".join("".join(c if c.isprintable() else " " for c in composed).split())


def title_of(event: Any, name: str) -> Mapping[str, str]:
    """The event's summary in both languages, as a calendar has but one; the meeting's name if it has none."""
    text = plain(str(event.get("SUMMARY", "")))[:MOST_TITLE] or name
    return MappingProxyType({"vi": text, "en": text})


def meeting_of(calendar: str, summary: str) -> str:
    """A meeting's name from the calendar's and the event's: small letters, digits and '-'."""
    spread = unicodedata.normalize("NFD", f"{calendar} {summary}".replace("Đ", "D").replace("đ", "d"))
    letters = "".join(c for c in spread if not unicodedata.combining(c)).lower()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:MOST_NAME].strip("-") or "meeting"


def unix(moment: Any, zone: tzinfo) -> float:
    """Unix seconds; a time without a zone is in `zone`. Raises one of `REFUSALS` for what no clock shows."""
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=zone)
    return float((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def zones_in(text: str) -> Iterable[str]:
    """The time zones that a content line names."""
    head = re.split(r':(?=(?:[^"]*"[^"]*")*[^"]*$)', text, maxsplit=1)[0]
    return (found.strip('"').strip() for found in re.findall(r';TZID=("[^"]*"|[^;:]*)', head, re.IGNORECASE))


def known_zone(name: str) -> tzinfo | None:
    """The zone that an IANA or a Windows name stands for."""
    bare = name.strip()
    try:
        return ZoneInfo(WINDOWS_TO_OLSON.get(bare, bare.lstrip("/")))
    except (ValueError, OSError, KeyError):
        return None


def said(error: Exception) -> str:
    """A library's complaint in one bounded line."""
    if isinstance(error, OSError):
        return "the event cannot be read: it names a time zone that there is not"
    text = plain(str(error))
    return f"the event cannot be read: {text[:MOST_SAID]}" if text else "the event cannot be read"
