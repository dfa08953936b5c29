"""What a first configuration wants to know, asked on a terminal or taken from options. A wrong answer is asked again."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MOST_SITES = 250
VARIABLE = "CITYNOC_SNMP_COMMUNITY"
_LONGEST = 100


class WrongAnswerError(ValueError):
    """An answer that cannot be used; the text says why."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that is asked. `sites` are those of the first district."""

    language: str
    city: str
    district: str
    sites: int
    variable: str
    timezone: str


def read_language(text: str) -> str:
    """`en` or `vi`."""
    if text not in {"en", "vi"}:
        raise WrongAnswerError("en or vi")
    return text


def read_name(text: str) -> str:
    """A name as people read it."""
    name = text.strip()
    if not name or not name.isprintable() or len(name) > _LONGEST:
        raise WrongAnswerError(f"a name of one line, at most {_LONGEST} characters")
    return name


def read_sites(text: str) -> int:
    """How many sites."""
    if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or not 1 <= int(text) <= MOST_SITES:
        raise WrongAnswerError(f"a number from 1 to {MOST_SITES}")
    return int(text)


def read_variable(text: str) -> str:
    """The name of an environment variable; never a secret itself, and never repeated."""
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]{0,127}", text, re.ASCII):
        raise WrongAnswerError(
            "the name of a variable: capital letters, digits and '_'; never the secret itself"
        )
    return text


def read_timezone(text: str) -> str:
    """An IANA name."""
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongAnswerError("a time zone like Asia/Ho_Chi_Minh") from None
    return text


def zone_of(localtime: Path = Path("/etc/localtime")) -> str:
    """The zone of this machine, by the name of the file that it links to."""
    try:
        name = str(localtime.readlink()).partition("zoneinfo/")[2]
        return read_timezone(name)
    except (OSError, WrongAnswerError):
        return "Asia/Ho_Chi_Minh"


ASKED = {
    "city": ("Name of the city", "Tên thành phố"),
    "district": ("Name of its first district", "Tên quận đầu tiên"),
    "sites": ("How many sites in it", "Số điểm trong quận"),
    "variable": (
        "Environment variable that holds the SNMP community",
        "Biến môi trường chứa community SNMP",
    ),
    "timezone": ("Time zone", "Múi giờ"),
}
"""The questions in English and in Vietnamese."""
READERS: dict[str, Callable[[str], object]] = {
    "language": read_language,
    "city": read_name,
    "district": read_name,
    "sites": read_sites,
    "variable": read_variable,
    "timezone": read_timezone,
}
"""What takes each answer, or raises WrongAnswerError."""
