"""A point of one device, through its telemetry profile, to an `Answer`. Pure.

Keeps the series of one device from message to message, so that a steady stream of messages builds no labels.
Values only while they are true: what belongs to a call is left out while the device says that it is in none.
"""

from collections.abc import Mapping
from itertools import groupby

from collector.metrics import Family
from collector.metrics.conference import CLOCK_OFFSET, HEARTBEAT_TIME
from collector.model import Device
from collector.outcome import Answer, Measured, Number, SeriesSet
from collector.sources.mqtt_point import finite
from collector.sources.mqtt_refusals import MessageRefused, Result, clip
from collector.telemetry import FieldMapping, TelemetryProfile

_SHAPES_KEPT = 16
_FACT_LENGTH = 80
_ABSENT = object()


class Mapper:
    """Turns the points of one device into answers."""

    def __init__(self, device: Device, profile: TelemetryProfile) -> None:
        self._identity = (device.name, device.site, device.district, device.role.value)
        self._profile = profile
        order = {family.name: n for n, family in enumerate(dict.fromkeys(m.family for m in profile.fields))}
        self._mappings = sorted(profile.fields, key=lambda mapping: order[mapping.family.name])
        self._shapes: dict[tuple[int, ...], tuple[tuple[SeriesSet, int], ...]] = {}
        self._heard = self._series(HEARTBEAT_TIME, ())
        self._offset = self._series(CLOCK_OFFSET, ())

    def answer(
        self, fields: Mapping[str, object], tags: Mapping[str, str], offset: float | None, wall: float
    ) -> Answer:
        """The readings as measured series. `offset` is how far the device's clock is ahead of `wall`.

        Raises:
            MessageRefused: a field that the profile reads is no number, or out of its range; nothing is
                taken from such a message.
        """
        in_call = self._in_call(fields)
        shape: list[int] = []
        values: list[Number] = []
        for index, mapping in enumerate(self._mappings):
            raw = fields.get(mapping.field, _ABSENT)
            if raw is _ABSENT or raw is None:
                continue
            value = _value(raw, mapping)
            if in_call or not mapping.in_call_only:
                shape.append(index)
                values.append(value)
        measured: list[Measured] = []
        start = 0
        for series, size in self._shape(tuple(shape)):
            measured.append(Measured(series, tuple(values[start : start + size])))
            start += size
        measured.append(Measured(self._heard, (round(wall, 3),)))
        if offset is not None:
            measured.append(Measured(self._offset, (round(offset, 3),)))
        return Answer(tuple(measured), facts=self._facts(fields, tags))

    def _in_call(self, fields: Mapping[str, object]) -> bool:
        name = self._profile.call_field
        if name is None:
            return True
        raw = fields.get(name)
        return raw is not None and _flag(raw, name) == 1

    def _facts(self, fields: Mapping[str, object], tags: Mapping[str, str]) -> Mapping[str, str] | None:
        facts: dict[str, str] = {}
        for fact, source in self._profile.facts.items():
            text = tags.get(source, fields.get(source))
            if isinstance(text, str) and text and text.isprintable():
                facts[fact] = text[:_FACT_LENGTH]
        return facts or None

    def _shape(self, present: tuple[int, ...]) -> tuple[tuple[SeriesSet, int], ...]:
        known = self._shapes.get(present)
        if known is not None:
            return known
        if len(self._shapes) >= _SHAPES_KEPT:  # a device that sends ever other fields must not cost memory
            self._shapes.clear()
        built = tuple(
            (self._series(family, *(mapping.labels for mapping in rows)), len(rows))
            for family, rows in (
                (family, list(group))
                for family, group in groupby(
                    (self._mappings[index] for index in present), key=lambda mapping: mapping.family
                )
            )
        )
        self._shapes[present] = built
        return built

    def _series(self, family: Family, *rows: tuple[str, ...]) -> SeriesSet:
        return SeriesSet(family, [(*self._identity, *row) for row in rows])


def _flag(raw: object, name: str) -> int:
    if isinstance(raw, bool):
        return int(raw)
    value = finite(raw, name)
    if value in (0, 1):
        return int(value)
    raise MessageRefused(Result.OUT_OF_RANGE, f"{clip(name, 40)} is {value!r}, and is either 0 or 1")


def _value(raw: object, mapping: FieldMapping) -> Number:
    if mapping.flag:
        return _flag(raw, mapping.field)
    number = finite(raw, mapping.field)
    value = number if mapping.scale == 1 else number * mapping.scale
    low, high = mapping.minimum, mapping.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        raise MessageRefused(
            Result.OUT_OF_RANGE,
            f"{clip(mapping.field, 40)} is {clip(repr(raw), 40)}: outside {low} to {high}",
        )
    return value
