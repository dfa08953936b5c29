"""Grades the calls that endpoints report, as their answers come in, whichever protocol brings them.

An endpoint that is in no call has no grade. What is known of a call is forgotten when the endpoint says that it is over,
or has said nothing for a while. Bounded by the endpoints. Never judges a device.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from collector.conference.quality import Grade, Measure, Standard, Standing, stand
from collector.metrics import IDENTITY, conference
from collector.model import Device, DeviceName
from collector.outcome import Answer, Measured, Number, SeriesSet

FORGOTTEN_AFTER = 120.0
"""Seconds without a word of a call after which the next word begins a new one."""

CALL_FAMILIES = frozenset(
    family.name
    for family in (
        conference.PACKET_LOSS,
        conference.JITTER,
        conference.LATENCY,
        conference.BITRATE,
        conference.FRAME_RATE,
        conference.VIDEO_HEIGHT,
        conference.QUALITY,
    )
)
"""What is true only during a call."""

_MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        conference.PACKET_LOSS.name: Measure.LOSS,
        conference.JITTER.name: Measure.JITTER,
        conference.LATENCY.name: Measure.LATENCY,
    }
)
_DIRECTION = len(IDENTITY)
_DIRECTIONS = ("rx", "tx")


@dataclass(slots=True)
class _Call:
    """What is kept of an endpoint's call: where each direction stands, and the series of its grades."""

    standings: dict[str, Standing] = field(default_factory=dict)
    directions: tuple[str, ...] = ()
    series: SeriesSet | None = None


class Grader:
    """Adds grades to answers. `standard` is None where no file says what is good: then nothing is graded."""

    def __init__(self, standard: Standard | None) -> None:
        self.standard = standard
        """A reload puts another one here."""
        self._calls: dict[DeviceName, _Call] = {}

    def graded(self, device: Device, answer: Answer, now: float) -> Answer:
        """The answer with the grade of each direction that it speaks of. `now` is steady seconds."""
        in_call, readings = _read(answer)
        if in_call == 0:
            self._calls.pop(device.name, None)
            return answer
        if self.standard is None or not readings:
            return answer
        call = self._calls.get(device.name)
        if call is None:
            call = self._calls[device.name] = _Call()
        grades = []
        for direction, values in readings.items():
            before = call.standings.get(direction)
            if before is not None and now - before.at > FORGOTTEN_AFTER:
                before = None
            after = call.standings[direction] = stand(self.standard, before, values, now)
            grades.append(int(after.grade))
        directions = tuple(readings)
        if call.series is None or call.directions != directions:
            identity = (device.name, device.site, device.district, device.role.value)
            call.directions = directions
            call.series = SeriesSet(conference.QUALITY, [(*identity, direction) for direction in directions])
        measured = (*answer.measured, Measured(call.series, tuple(grades)))
        return Answer(measured, answer.uptime, answer.rebooted, answer.facts, answer.missing)

    def of(self, device: DeviceName, now: float) -> Mapping[str, Grade]:
        """The grades of a device's call by direction; none without a call."""
        call = self._calls.get(device)
        standings = call.standings.items() if call is not None else ()
        return {direction: one.grade for direction, one in standings if now - one.at <= FORGOTTEN_AFTER}

    def forget(self, devices: Iterable[DeviceName]) -> None:
        """Drop devices that left the inventory."""
        for device in devices:
            self._calls.pop(device, None)


def ended(answer: Answer) -> bool:
    """Whether the answer says that the endpoint is in no call."""
    return _read(answer)[0] == 0


def _read(answer: Answer) -> tuple[Number | None, Mapping[str, dict[Measure, float]]]:
    """Whether the endpoint says that it is in a call, and by direction the worst of each measure over all media."""
    in_call: Number | None = None
    found: dict[str, dict[Measure, float]] = {}
    for block in answer.measured:
        family = block.series.family
        if family is conference.IN_CALL:
            in_call = block.values[0]
            continue
        measure = _MEASURES.get(family.name)
        if measure is None:
            continue
        for labels, value in zip(block.series.labels, block.values, strict=True):
            direction = labels[_DIRECTION]
            if direction in _DIRECTIONS:
                values = found.get(direction)
                if values is None:
                    found[direction] = {measure: value}
                elif value > values.get(measure, -1):
                    values[measure] = value
    return in_call, found
