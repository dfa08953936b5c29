"""What became of each MQTT message, by name, and the last refused ones for people to see. Pure.

Never holds a payload: a refused message leaves its topic and a reason, both shortened and escaped.
"""

from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """The end of one message; the `result` label of `citynoc_mqtt_messages_total`."""

    ACCEPTED = "accepted"  # telemetry delivered
    STATUS = "status"  # a status message, taken as a hint
    DUPLICATE = "duplicate"  # QoS 1 redelivery: the same message again
    OUT_OF_ORDER = "out_of_order"  # older than what the device said last
    IGNORED = "ignored"  # a measurement that the profile does not read
    RETAINED = "retained"  # telemetry out of the broker's memory: not news, and no proof of life
    BAD_TOPIC = "bad_topic"
    UNKNOWN_DEVICE = "unknown_device"
    SITE_MISMATCH = "site_mismatch"  # the topic names another site than the device's
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"  # not UTF-8
    BAD_SYNTAX = "bad_syntax"  # not JSON, line protocol or protobuf
    TOO_DEEP = "too_deep"
    WRONG_SHAPE = "wrong_shape"  # well-formed, and not what the format prescribes
    NOT_A_NUMBER = "not_a_number"  # text, or another type, where a number belongs
    NOT_FINITE = "not_finite"  # NaN or Infinity
    OUT_OF_RANGE = "out_of_range"
    BAD_TIMESTAMP = "bad_timestamp"  # not within five minutes of our clock
    BAD_STATUS = "bad_status"
    SEQUENCE = "sequence"  # Sparkplug: a gap, or data before birth; a rebirth is asked for


class MessageRefused(Exception):  # noqa: N818 - not an error of ours: an outcome with a name
    """A message that cannot be used; `result` says how it is counted, the text is for an operator."""

    def __init__(self, result: Result, detail: str) -> None:
        super().__init__(detail)
        self.result = result
        self.detail = detail


def clip(text: str, limit: int = 120) -> str:
    """`text` as printable ASCII of at most `limit` characters: safe in a log line, a terminal and JSON."""
    shown = text[:limit].encode("unicode_escape").decode("ascii")
    return shown if len(shown) <= limit and len(text) <= limit else shown[: limit - 3] + "..."


@dataclass(frozen=True, slots=True)
class Refused:
    """The last message refused for one reason on one topic; `count` says how many there were."""

    topic: str
    result: Result
    detail: str
    at: float
    count: int


class Ledger:
    """Counts every message by result and remembers the last refused topics, at most `keep` of them."""

    def __init__(self, keep: int = 200) -> None:
        self._keep = keep
        self._counts: Counter[Result] = Counter()
        self._refused: OrderedDict[tuple[str, Result], Refused] = OrderedDict()

    def count(self, result: Result) -> None:
        """One more message that ended so."""
        self._counts[result] += 1

    def refuse(self, topic: str, result: Result, detail: str, at: float) -> Refused | None:
        """Count and remember a refused message. Given back if this topic had no such refusal in memory."""
        self._counts[result] += 1
        shown = clip(topic)
        key = (shown, result)
        before = self._refused.pop(key, None)
        count = 1 if before is None else before.count + 1
        refused = self._refused[key] = Refused(shown, result, clip(detail, 200), at, count)
        if len(self._refused) > self._keep:
            self._refused.popitem(last=False)
        return refused if before is None else None

    @property
    def counts(self) -> Mapping[Result, int]:
        """Messages by result since the start, every result present."""
        return {result: self._counts[result] for result in Result}

    @property
    def refused(self) -> tuple[Refused, ...]:
        """The remembered refusals, newest first."""
        return tuple(reversed(self._refused.values()))
