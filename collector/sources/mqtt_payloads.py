"""MQTT payload bytes to points: Telegraf JSON, influx line protocol and SenML. Pure.

Never knows topics' meaning, devices or metrics; never raises anything but `MessageRefused`. Size is bounded by the
caller before anything is parsed. Sources: Telegraf's JSON and influx serializers, RFC 8259, RFC 8428.
"""

import json
import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

from collector.sources.mqtt_refusals import MessageRefused, Result, clip
from collector.telemetry import PayloadFormat

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


def telegraf_json(payload: bytes) -> list[Point]:
    """Telegraf's JSON: one `{"name", "tags", "fields", "timestamp"}`, or a batch `{"metrics": [...]}`.

    Raises:
        MessageRefused: not that.
    """
    document = json_of(payload)
    if isinstance(document, dict) and "metrics" in document:
        metrics = document["metrics"]
        if not isinstance(metrics, list):
            raise MessageRefused(Result.WRONG_SHAPE, '"metrics" is not a list')
        return [_telegraf_metric(metric) for metric in metrics]
    return [_telegraf_metric(document)]


def _telegraf_metric(document: object) -> Point:
    if not isinstance(document, dict):
        raise MessageRefused(Result.WRONG_SHAPE, "a metric is not an object")
    name, fields = document.get("name"), document.get("fields")
    tags, timestamp = document.get("tags", {}), document.get("timestamp")
    if not isinstance(name, str):
        raise MessageRefused(Result.WRONG_SHAPE, '"name" is missing or not text')
    if not isinstance(fields, dict):
        raise MessageRefused(Result.WRONG_SHAPE, '"fields" is missing or not an object')
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise MessageRefused(Result.WRONG_SHAPE, '"tags" is not an object of texts')
    if timestamp is None:
        raise MessageRefused(Result.WRONG_SHAPE, '"timestamp" is missing')
    return Point(name, tags, fields, seconds(finite(timestamp, "timestamp")))


_READERS: Mapping[PayloadFormat, Callable[[bytes], list[Point]]] = MappingProxyType(
    {PayloadFormat.TELEGRAF_JSON: telegraf_json}
)


def points_of(payload_format: PayloadFormat, payload: bytes) -> list[Point]:
    """The points of a payload of this format.

    Raises:
        MessageRefused: it cannot be read.
    """
    return _READERS[payload_format](payload)
