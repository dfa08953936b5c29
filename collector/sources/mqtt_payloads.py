"""MQTT payload bytes to points, by the format that a telemetry profile names. Pure.

Never knows topics' meaning, devices or metrics; never raises anything but `MessageRefused`. Size is bounded by the
caller before anything is parsed. Source: the JSON serializer of Telegraf (`data_format = "json"`).
"""

from typing import assert_never

from collector.sources.mqtt_influx import influx_lines
from collector.sources.mqtt_point import Point, finite, json_of, seconds
from collector.sources.mqtt_refusals import MessageRefused, Result
from collector.sources.mqtt_senml import senml_json
from collector.telemetry import PayloadFormat


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


def points_of(payload_format: PayloadFormat, payload: bytes, wall: float) -> list[Point]:
    """The points of a payload of this format; `wall` is Unix time, for formats that tell time relative to it.

    Sparkplug B is not here: its payloads mean something only in the order of their session (`mqtt_sparkplug`).

    Raises:
        MessageRefused: it cannot be read.
    """
    match payload_format:
        case PayloadFormat.TELEGRAF_JSON:
            return telegraf_json(payload)
        case PayloadFormat.INFLUX:
            return influx_lines(payload)
        case PayloadFormat.SENML_JSON:
            return senml_json(payload, wall)
        case PayloadFormat.SPARKPLUG_B:
            raise MessageRefused(Result.WRONG_SHAPE, "Sparkplug outside a Sparkplug topic")
        case _:
            assert_never(payload_format)
