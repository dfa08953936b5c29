"""SenML JSON packs to points (RFC 8428): base name, base time, base value and relative time resolved. Pure.

A record's full name is cut at its last `:` or `/`: the end names the reading, the rest is the tag `base`. Units are
not converted: the profile's scale says what a publisher means (`%` is written for percent, and RFC 8428 §12.1
has it as a ratio).
"""

from collections.abc import Mapping
from typing import NamedTuple

from collector.sources.mqtt_point import Point, finite, json_of
from collector.sources.mqtt_refusals import MessageRefused, Result, clip

_VERSION = 10  # RFC 8428 §4.4
_RELATIVE_BELOW = 2.0**28  # RFC 8428 §4.5.3: smaller times are relative to now
_TEXTS = ("bn", "bu", "n", "u", "vs", "vd")
_NUMBERS = ("bt", "bv", "bs", "t", "ut", "v", "s")
_KNOWN = frozenset((*_TEXTS, *_NUMBERS, "bver", "vb"))
_VALUES = ("v", "vb", "vs", "vd")


class _Base(NamedTuple):
    """What the records so far have said for those that follow (§4.1)."""

    name: str = ""
    time: float = 0.0
    value: float = 0.0


def senml_json(payload: bytes, wall: float) -> list[Point]:
    """One point per base name, the later reading of a name before the earlier. `wall` is Unix time.

    Raises:
        MessageRefused: not a SenML pack, or one that asks to be understood further than this.
    """
    pack = json_of(payload)
    if not isinstance(pack, list) or not pack:
        raise MessageRefused(Result.WRONG_SHAPE, "a SenML pack is a list of records")
    base = _Base()
    newest: dict[tuple[str, str], tuple[float, object]] = {}
    for record in pack:
        if not isinstance(record, dict):
            raise MessageRefused(Result.WRONG_SHAPE, "a SenML record is an object")
        _check(record)
        base = _Base(
            record.get("bn", base.name),
            float(record.get("bt", base.time)),
            float(record.get("bv", base.value)),
        )
        reading = _reading(record, base, wall)
        if reading is None:
            continue
        key, time, value = reading
        if key not in newest or newest[key][0] <= time:
            newest[key] = (time, value)
    fields: dict[str, dict[str, object]] = {}
    times: dict[str, float] = {}
    for (prefix, name), (time, value) in newest.items():
        fields.setdefault(prefix, {})[name] = value
        times[prefix] = max(time, times.get(prefix, time))
    return [Point("senml", {"base": prefix}, own, times[prefix]) for prefix, own in fields.items()]


def _check(record: Mapping[str, object]) -> None:
    for name, value in record.items():
        if name in _NUMBERS:
            finite(value, name)
        elif name in _TEXTS and not isinstance(value, str):
            raise MessageRefused(Result.WRONG_SHAPE, f"{name} is not text")
        elif name not in _KNOWN and name.endswith("_"):
            raise MessageRefused(Result.WRONG_SHAPE, f"{clip(name, 40)} has to be understood, and is not")
    version = record.get("bver", _VERSION)
    if not isinstance(version, int) or version > _VERSION:
        raise MessageRefused(Result.WRONG_SHAPE, f"SenML version {clip(repr(version), 20)} is not known")


def _reading(
    record: Mapping[str, object], base: _Base, wall: float
) -> tuple[tuple[str, str], float, object] | None:
    """Name (cut in two), Unix time and value; None for a record that only sets the base."""
    given = [key for key in _VALUES if key in record]
    if not given:
        return None
    if len(given) > 1:
        raise MessageRefused(Result.WRONG_SHAPE, f"a record has both {given[0]} and {given[1]}")
    name = base.name + str(record.get("n", ""))
    cut = max(name.rfind(":"), name.rfind("/")) + 1
    if cut == len(name):
        raise MessageRefused(Result.WRONG_SHAPE, "a record has no name")
    time = base.time + finite(record.get("t", 0), "t")
    if time < _RELATIVE_BELOW:
        time += wall
    value: object = record[given[0]]
    if given[0] == "v":
        value = base.value + finite(value, name[cut:])
    return (name[:cut], name[cut:]), time, value
