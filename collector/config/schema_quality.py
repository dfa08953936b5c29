"""The shape of `quality.yml`: what makes a call good, fair or poor, each bound with its source. Shape only."""

from types import MappingProxyType
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from collector.conference.quality import Bound, Limit, Measure, Standard
from collector.config.fields import Duration, Text, WrittenWrongError, as_json, between, read_share
from collector.config.shape import Shape

_SHARE = as_json(type=["string", "number"], pattern=r"^[0-9.]+ *%?$")


def _positive(value: Any) -> float:
    share = read_share(value)
    if share <= 0:
        raise WrittenWrongError("no packet may get lost: no call would ever be good", "write it like 1%")
    return share


Loss = Annotated[float, BeforeValidator(_positive), _SHARE]
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
