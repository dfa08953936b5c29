"""What every payload format is read with: points, UTF-8, strict JSON, finite numbers, timestamps. Pure.

Never raises anything but `MessageRefused`. Source: RFC 8259.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from collector.sources.mqtt_refusals import MessageRefused, Result, clip

MAX_BYTES = 64 * 1024
"""Longer payloads are refused unread: 100 times the largest message of the native kind."""


class Point(NamedTuple):
    """One set of readings as the publisher named them. `timestamp` is Unix seconds, None if it gave none.

    Field values are not yet checked to be numbers: only the fields that a profile reads have to be.
    """

    measurement: str
    tags: Mapping[str, str]
    fields: Mapping[str, object]
    timestamp: float | None


def _constant(name: str) -> NoReturn:
    raise MessageRefused(Result.NOT_FINITE, f"{name} is not a JSON number")


_DECODER = json.JSONDecoder(parse_constant=_constant)


def text_of(payload: bytes) -> str:
    """The payload as UTF-8 text.

    Raises:
        MessageRefused: it is none.
    """
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise MessageRefused(Result.BAD_ENCODING, f"byte {error.start} is not UTF-8") from None


def json_of(payload: bytes) -> Any:
    """The payload as JSON.

    Raises:
        MessageRefused: it is none, nests too deep, or holds NaN or Infinity.
    """
    try:
        return _DECODER.decode(text_of(payload))
    except json.JSONDecodeError as error:
        raise MessageRefused(Result.BAD_SYNTAX, f"not JSON: {error.msg} at byte {error.pos}") from None
    except RecursionError:
        raise MessageRefused(Result.TOO_DEEP, "JSON nests too deep") from None
    except ValueError:  # CPython refuses integers of more than 4,300 digits
        raise MessageRefused(Result.OUT_OF_RANGE, "an integer of thousands of digits") from None


def seconds(raw: float) -> float:
    """A Unix time in s, ms, µs or ns as seconds: told apart by size, which is safe after 1973."""
    size = abs(raw)
    if size < 1e11:  # noqa: PLR2004 - in seconds the year 5138, in milliseconds March 1973
        return float(raw)
    if size < 1e14:  # noqa: PLR2004
        return raw / 1e3
    return raw / 1e6 if size < 1e17 else raw / 1e9  # noqa: PLR2004


def finite(raw: object, name: str) -> float | int:
    """`raw` as a finite number.

    Raises:
        MessageRefused: it is text, a boolean, another type, not finite or beyond a double.
    """
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        shown = clip(repr(raw), 40)
        raise MessageRefused(Result.NOT_A_NUMBER, f"{clip(name, 40)} is {shown}, not a number")
    try:
        if math.isfinite(raw):
            return raw
    except OverflowError:
        raise MessageRefused(Result.OUT_OF_RANGE, f"{clip(name, 40)} is beyond a double") from None
    raise MessageRefused(Result.NOT_FINITE, f"{clip(name, 40)} is not finite")
