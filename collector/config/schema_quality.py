"""The shape of `quality.yml`: what makes a call good, fair or poor, and a participant NO-GO; each bound with its source.

Shape only.
"""

from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from collector.conference.quality import Bound, Limit, Measure, Standard
from collector.config.fields import (
    DURATION_PATTERN,
    Duration,
    Text,
    as_json,
    between,
    read_duration,
    read_number,
    read_share,
)
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError
from collector.meetings.limits import LIMITS, REFUSED_CLOCK
from collector.meetings.limits import Limits as Thresholds

_SHARE = as_json(type=["string", "number"], pattern=r"^[0-9.]+ *%?$")


def _positive(value: Any) -> float:
    share = read_share(value)
    if share <= 0:
        raise WrittenWrongError("no packet may get lost: no call would ever be good", "write it like 1%")
    return share


Loss = Annotated[float, BeforeValidator(_positive), _SHARE]
Offset = Annotated[
    float,
    BeforeValidator(between(1.0, REFUSED_CLOCK, read_duration, " s")),
    as_json(type="string", pattern=DURATION_PATTERN),
]
Celsius = Annotated[
    float,
    BeforeValidator(between(20.0, 150.0, read_number, " °C")),
    as_json(type="number", minimum=20, maximum=150),
]
Part = Annotated[float, BeforeValidator(between(0.1, 1.0, read_share)), _SHARE]


class LossBound(Shape):
    """The most loss that a grade allows."""

    noun: ClassVar[str] = "bound"
    at_most: Loss
    """Share of packets that may get lost. Example: 1%"""
    source: Text
    """Who says so. Example: ITU-T G.1010"""


class TimeBound(Shape):
    """The most time that a grade allows."""

    noun: ClassVar[str] = "bound"
    at_most: Duration
    """Time that it may be. Example: 150ms"""
    source: Text
    """Who says so. Example: ITU-T G.114"""


class LossLimit(Shape):
    """Bounds of loss; what is above `fair` is poor."""

    noun: ClassVar[str] = "limit"
    good: LossBound
    """Up to this a call is good. Example: {at_most: 1%, source: ITU-T G.1010}"""
    fair: LossBound
    """Up to this it is fair, above it poor. Example: {at_most: 3%, source: ITU-T G.1010}"""


class TimeLimit(Shape):
    """Bounds of a time; what is above `fair` is poor."""

    noun: ClassVar[str] = "limit"
    good: TimeBound
    """Up to this a call is good. Example: {at_most: 150ms, source: ITU-T G.114}"""
    fair: TimeBound
    """Up to this it is fair, above it poor. Example: {at_most: 400ms, source: ITU-T G.114}"""


class Limits(Shape):
    """What is measured of a call."""

    noun: ClassVar[str] = "limits"
    loss: LossLimit
    """Packets lost. Example: {good: {at_most: 1%, source: ITU-T G.1010}, fair: {at_most: 3%, source: ITU-T G.1010}}"""
    jitter: TimeLimit
    """Variation of delay. Example: {good: {at_most: 30ms, source: own}, fair: {at_most: 50ms, source: own}}"""
    latency: TimeLimit
    """Delay one way. Example: {good: {at_most: 150ms, source: own}, fair: {at_most: 400ms, source: own}}"""


class Better(Shape):
    """When a grade rises; it falls at once."""

    noun: ClassVar[str] = "condition"
    below: Part
    """Part of the better grade's bounds that readings must keep below. Example: 80%"""
    after: Duration
    """For how long they must. Example: 30s"""


class LossThreshold(Shape):
    """The loss from which on something is said."""

    noun: ClassVar[str] = "threshold"
    at_least: Loss
    """Share of packets that get lost. Example: 3%"""
    source: Text
    """Who says so. Example: ITU-T G.1010"""


class ClockThreshold(Shape):
    """The offset from which on something is said."""

    noun: ClassVar[str] = "threshold"
    at_least: Offset
    """Time that the clock is ahead or behind; above five minutes messages are refused anyway. Example: 60s"""
    source: Text
    """Who says so. Example: own choice"""


class HeatThreshold(Shape):
    """The heat from which on something is said."""

    noun: ClassVar[str] = "threshold"
    at_least: Celsius
    """Degrees Celsius inside. Example: 75"""
    source: Text
    """Who says so. Example: the maker's data sheet"""


class RestThreshold(Shape):
    """The rest of its validity from which on something is said."""

    noun: ClassVar[str] = "threshold"
    at_most: Duration
    """Time that is left. Example: 14d"""
    source: Text
    """Who says so. Example: own choice"""


class LossSteps(Shape):
    """Loss on the uplink, and in a call that is not graded."""

    noun: ClassVar[str] = "steps"
    note: LossThreshold
    """From here it is told. Example: {at_least: 1%, source: ITU-T G.1010}"""
    stop: LossThreshold
    """From here the participant is NO-GO. Example: {at_least: 3%, source: ITU-T G.1010}"""


class ClockSteps(Shape):
    """The endpoint's clock against ours."""

    noun: ClassVar[str] = "steps"
    stop: ClockThreshold
    """From here the participant is NO-GO. Example: {at_least: 60s, source: own choice}"""


class HeatSteps(Shape):
    """The endpoint's temperature, of its hottest sensor."""

    noun: ClassVar[str] = "steps"
    note: HeatThreshold
    """From here it is told. Example: {at_least: 65, source: own choice}"""
    stop: HeatThreshold
    """From here the participant is NO-GO. Example: {at_least: 75, source: own choice}"""


class CertificateSteps(Shape):
    """The endpoint's certificate; one that ends before the meeting does is always NO-GO."""

    noun: ClassVar[str] = "steps"
    note: RestThreshold
    """From here it is told. Example: {at_most: 14d, source: own choice}"""


class Readiness(Shape):
    """From when on a reading speaks against a participant; what is left out is as in the example city."""

    noun: ClassVar[str] = "readiness"
    loss: LossSteps | None = None
    """Packets lost. Example: {note: {at_least: 1%, source: own}, stop: {at_least: 3%, source: own}}"""
    clock: ClockSteps | None = None
    """How far its clock is off. Example: {stop: {at_least: 60s, source: own}}"""
    temperature: HeatSteps | None = None
    """How hot it is. Example: {note: {at_least: 65, source: own}, stop: {at_least: 75, source: own}}"""
    certificate: CertificateSteps | None = None
    """How long its certificate is still valid. Example: {note: {at_most: 14d, source: own}}"""


class QualityFile(Shape):
    """One file."""

    noun: ClassVar[str] = "quality"
    limits: Limits
    """Bounds of each measure; the worst of the three is the grade.

    Example: {
      loss: {good: {at_most: 1%, source: own}, fair: {at_most: 3%, source: own}},
      jitter: {good: {at_most: 30ms, source: own}, fair: {at_most: 50ms, source: own}},
      latency: {good: {at_most: 150ms, source: own}, fair: {at_most: 400ms, source: own}}}
    """
    better: Better
    """When a grade rises again. Example: {below: 80%, after: 30s}"""
    readiness: Readiness | None = None
    """Limits of the participants of meetings. Example: {clock: {stop: {at_least: 60s, source: own}}}"""

    def thresholds(self) -> Thresholds:
        """From when on a reading speaks against a participant."""
        written, limits = self.readiness or Readiness(), self.limits
        return Thresholds(
            loss=LIMITS.loss if written.loss is None else written.loss.stop.at_least,
            loss_noted=LIMITS.loss_noted if written.loss is None else written.loss.note.at_least,
            clock=LIMITS.clock if written.clock is None else written.clock.stop.at_least,
            hot=LIMITS.hot if written.temperature is None else written.temperature.stop.at_least,
            warm=LIMITS.warm if written.temperature is None else written.temperature.note.at_least,
            certificate_noted=(
                LIMITS.certificate_noted if written.certificate is None else written.certificate.note.at_most
            ),
            jitter=limits.jitter.good.at_most,
            latency=limits.latency.good.at_most,
        )

    def standard(self) -> Standard:
        """As the collector knows it."""
        written = self.limits
        limits = {
            Measure.LOSS: _limit(written.loss),
            Measure.JITTER: _limit(written.jitter),
            Measure.LATENCY: _limit(written.latency),
        }
        return Standard(MappingProxyType(limits), self.better.below, self.better.after)


def _limit(limit: LossLimit | TimeLimit) -> Limit:
    return Limit(Bound(limit.good.at_most, limit.good.source), Bound(limit.fair.at_most, limit.fair.source))
