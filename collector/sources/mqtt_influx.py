r"""InfluxDB line protocol to points: `vc_call,device=vc-00001 rx_loss_pct=0.4,rx_kbps=1920i 1700000000000000000`. Pure.

One pass with patterns whose alternatives exclude one another, so that no text can make them slow. Source: the line
protocol as InfluxDB documents it: `\` escapes a comma, space or equals sign; strings stand in double quotes.
"""

import re

from collector.sources.mqtt_point import Point, seconds, text_of
from collector.sources.mqtt_refusals import MessageRefused, Result, clip

_NAME = r"(?:[^,= \\\n]|\\.)+"
_MEASUREMENT = re.compile(r"(?:[^, \\\n]|\\.)+")
_TAG = re.compile(rf",({_NAME})=({_NAME})")
_FIELD = re.compile(rf'({_NAME})=("(?:[^"\\]|\\.)*"|[^,\s"]+)', re.DOTALL)
_END = re.compile(r"(?: +(-?\d{1,19}))? *(?:\r?\n|\Z)")
_SKIP = re.compile(r"(?:[ \r\n]+|#[^\n]*)*")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_WHOLE = re.compile(r"[+-]?\d{1,20}[iu]")
_ESCAPED = re.compile(r"\\([,= \\\"])")
_TRUE, _FALSE = (
    frozenset({"t", "T", "true", "True", "TRUE"}),
    frozenset({"f", "F", "false", "False", "FALSE"}),
)
_NOT_FINITE = frozenset({"nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"})


def influx_lines(payload: bytes) -> list[Point]:
    """The points of one or more lines.

    Raises:
        MessageRefused: a line is not of the protocol; nothing is taken from the others.
    """
    text = text_of(payload)
    points: list[Point] = []
    position = _skip(text, 0)
    while position < len(text):
        point, position = _line(text, position)
        points.append(point)
        position = _skip(text, position)
    return points


def _skip(text: str, position: int) -> int:
    found = _SKIP.match(text, position)
    return found.end() if found else position


def _line(text: str, start: int) -> tuple[Point, int]:
    name = _MEASUREMENT.match(text, start)
    if name is None:
        raise _wrong("a measurement", text, start)
    position = name.end()
    tags: dict[str, str] = {}
    while (tag := _TAG.match(text, position)) is not None:
        tags[_plain(tag[1])] = _plain(tag[2])
        position = tag.end()
    if not text.startswith(" ", position):
        raise _wrong("a space before the fields", text, position)
    while text.startswith(" ", position):
        position += 1
    fields: dict[str, object] = {}
    while True:
        field = _FIELD.match(text, position)
        if field is None:
            raise _wrong("a field", text, position)
        fields[_plain(field[1])] = _value(field[1], field[2])
        position = field.end()
        if not text.startswith(",", position):
            break
        position += 1
    end = _END.match(text, position)
    if end is None:
        raise _wrong("a timestamp or the line's end", text, position)
    timestamp = None if end[1] is None else seconds(int(end[1]))
    return Point(_plain(name[0]), tags, fields, timestamp), end.end()


def _value(name: str, raw: str) -> object:
    if raw.startswith('"'):
        return _plain(raw[1:-1])
    if _NUMBER.fullmatch(raw):
        return float(raw)
    if _WHOLE.fullmatch(raw):
        return int(raw[:-1])
    if raw in _TRUE or raw in _FALSE:
        return raw in _TRUE
    if raw.lower() in _NOT_FINITE:
        raise MessageRefused(Result.NOT_FINITE, f"{clip(name, 40)} is {clip(raw, 12)}")
    raise MessageRefused(
        Result.BAD_SYNTAX, f"{clip(name, 40)} is '{clip(raw, 40)}', no value of line protocol"
    )


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def _wrong(what: str, text: str, position: int) -> MessageRefused:
    line = text.count("\n", 0, position) + 1
    return MessageRefused(Result.BAD_SYNTAX, f"not line protocol: {what} is missing in line {line}")
