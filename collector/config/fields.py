"""The types that files are written in, each read from a string by one function that says what is wrong. Pure.

Durations are written `30s`, `5m`, `500ms` and become float seconds; codes and names are strings for ever.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, WithJsonSchema

from collector.config.problems import closest
from collector.config.words import WrittenWrongError, shown, text_of
from collector.model import Address

E = TypeVar("E", bound=StrEnum)

LONGEST_TEXT = 500
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h|d)", re.ASCII)
DURATION_PATTERN = f"^{_DURATION.pattern}$"
_INTEGER = re.compile(r"[+-]?\d{1,15}", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%", re.ASCII)
_PART = re.compile(r"[01](?:\.\d{1,9})?|\.\d{1,9}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})([eE][+-]?\d{1,2})?", re.ASCII)


def read_text(value: Any) -> str:
    """One line for people, in composed Unicode, so that the same name typed on two systems is the same."""
    text = unicodedata.normalize("NFC", text_of(value)).strip()
    if not text:
        raise WrittenWrongError("the text is empty")
    if len(text) > LONGEST_TEXT:
        raise WrittenWrongError(f"the text is longer than {LONGEST_TEXT} characters")
    if not text.isprintable():
        raise WrittenWrongError("the text must be one line of printable characters")
    return text


def read_duration(value: Any, *, usual: str = "s") -> float:
    """Seconds. `usual` is the unit that whoever wrote a bare number may have meant."""
    text = text_of(value)
    match = _DURATION.fullmatch(text)
    if match is None:
        hint = f"write {text}{usual}" if _NUMBER.fullmatch(text) else "write it like 500ms, 30s, 5m or 2h"
        raise WrittenWrongError(f"{shown(text)} is not a duration", hint)
    seconds = float(match[1]) * _UNITS[match[2]]
    if seconds <= 0:
        raise WrittenWrongError(f"{shown(text)} must be longer than nothing")
    return seconds


def read_integer(value: Any) -> int:
    """A whole number, decimal: a leading zero changes nothing."""
    text = text_of(value)
    if _INTEGER.fullmatch(text) is None:
        raise WrittenWrongError(f"{shown(text)} is not a whole number")
    return int(text)


def read_number(value: Any) -> float:
    """A finite number with a decimal point."""
    text = text_of(value)
    if _NUMBER.fullmatch(text) is None:
        hint = "write the decimal point as '.'" if re.fullmatch(r"[+-]?\d+,\d+", text) else None
        raise WrittenWrongError(f"{shown(text)} is not a number", hint)
    return float(text)


def read_share(value: Any) -> float:
    """A share of all, 0 to 1: `5%` or `0.05`."""
    text = text_of(value).strip()
    percent = _PERCENT.fullmatch(text)
    share = float(percent[1]) / 100 if percent else float(text) if _PART.fullmatch(text) else -1.0
    if not 0.0 <= share <= 1.0:
        raise WrittenWrongError(f"{shown(text)} is not a share", "write it like 5% or 0.05")
    return share


def read_truth(value: Any) -> bool:
    """`true` or `false`, nothing else: YAML's other words for them have surprised too many."""
    text = text_of(value)
    if text in {"true", "false"}:
        return text == "true"
    meant = {"yes": "true", "on": "true", "no": "false", "off": "false"}.get(text.lower())
    hint = f"write {meant or text.lower()}" if meant or text.lower() in {"true", "false"} else None
    raise WrittenWrongError(f"{shown(text)} is neither true nor false", hint)


def read_address(value: Any) -> Address:
    """One IPv4 or IPv6 address of a device: not a network, a wildcard or a group."""
    text = text_of(value)
    try:
        address = ip_address(text)
    except ValueError:
        raise WrittenWrongError(f"{shown(text)} is not an IP address", _mended_address(text)) from None
    if address.is_multicast or address.is_unspecified:
        raise WrittenWrongError(f"{shown(text)} is not the address of one device")
    return address


def _mended_address(text: str) -> str | None:
    if "/" in text:
        return "write the address alone, without a prefix length"
    if re.fullmatch(r"\d+(\.\d+){3}:\d+", text):
        return "write the port as `port:`"
    if re.fullmatch(r"\d+(\.\d+){3}", text) and any(
        len(part) > 1 and part[0] == "0" for part in text.split(".")
    ):
        return "write the numbers without leading zeros"
    return None


def read_date(value: Any) -> date:
    """A day, as ISO 8601 writes it."""
    text = text_of(value)
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise WrittenWrongError(f"{shown(text)} is not a day", "write it like 2025-07-01")


def matching(pattern: str, what: str, hint: str | None = None) -> Callable[[Any], str]:
    """Reads a string that fits `pattern` whole; `what` completes "'x' is not …"."""
    compiled = re.compile(pattern, re.ASCII)

    def read(value: Any) -> str:
        text = text_of(value)
        if compiled.fullmatch(text) is None:
            raise WrittenWrongError(f"{shown(text)} is not {what}", hint)
        return text

    return read


def one_of(kind: type[E], what: str) -> Callable[[Any], E]:
    """Reads a member of an enumeration by its value."""

    def read(value: Any) -> E:
        text = text_of(value)
        try:
            return kind(text)
        except ValueError:
            words = [member.value for member in kind]
            meant = closest(text, words)
            hint = f"did you mean '{meant}'?" if meant else f"one of {', '.join(words)}"
            raise WrittenWrongError(f"{shown(text)} is not {what}", hint) from None

    return read


def between(low: float, high: float, read: Callable[[Any], Any], unit: str = "") -> Callable[[Any], Any]:
    """Reads with `read` and refuses what is outside [low, high]."""

    def limited(value: Any) -> Any:
        number = read(value)
        if not low <= number <= high:
            raise WrittenWrongError(
                f"{shown(text_of(value))} is not between {low:g}{unit} and {high:g}{unit}"
            )
        return number

    return limited


def as_json(**schema: Any) -> WithJsonSchema:
    """What an editor is told of a type: editors parse YAML 1.2, where 00115 is a number and `off` is not."""
    return WithJsonSchema(schema)


_TEXT = {"type": ["string", "number", "boolean"]}
_WHOLE = {"type": "integer"}

Text = Annotated[str, BeforeValidator(read_text), as_json(**_TEXT)]
Duration = Annotated[float, BeforeValidator(read_duration), as_json(type="string", pattern=DURATION_PATTERN)]
Integer = Annotated[int, BeforeValidator(read_integer), as_json(**_WHOLE)]
Number = Annotated[float, BeforeValidator(read_number), as_json(type="number")]
Truth = Annotated[bool, BeforeValidator(read_truth), as_json(type="boolean")]
IpAddress = Annotated[Address, BeforeValidator(read_address), as_json(type="string")]
Day = Annotated[date, BeforeValidator(read_date), as_json(type="string", format="date")]
Port = Annotated[
    int, BeforeValidator(between(1, 65535, read_integer)), as_json(type="integer", minimum=1, maximum=65535)
]
_NAME = r"[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?"
Name = Annotated[
    str,
    BeforeValidator(
        matching(
            _NAME,
            "a name",
            "small letters, digits, '-', '.' and '_', beginning and ending with a letter or digit, at most 63",
        )
    ),
    as_json(type=["string", "integer"], pattern=f"^{_NAME}$"),
]
