"""How one kind of MQTT publisher speaks, as data: topics, payload format, and which field is which metric. Pure.

A telemetry profile maps fields to families of the metric catalogue; it cannot invent a metric and holds no code.
It is to MQTT what `collector.profile` is to SNMP; `config/telemetry/*.yml` is its file form.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from collector.metrics import IDENTITY, Family
from collector.model import ProfileName


class PayloadFormat(StrEnum):
    """The encodings that `collector.sources.mqtt_payloads` can read."""

    TELEGRAF_JSON = "telegraf-json"
    INFLUX = "influx"
    SENML_JSON = "senml-json"
    SPARKPLUG_B = "sparkplug-b"


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """One payload field as one series: `value * scale`, refused outside [minimum, maximum] (in base units).

    `labels` are the values of the family's labels after the identity, in its order. A `flag` takes only a
    boolean, 0 or 1. `in_call_only` leaves the series out while the endpoint says that it is in no call.
    """

    field: str
    family: Family
    labels: tuple[str, ...] = ()
    scale: float = 1.0
    minimum: float | None = None
    maximum: float | None = None
    flag: bool = False
    in_call_only: bool = False

    def __post_init__(self) -> None:
        wanted = self.family.labels[len(IDENTITY) :]
        if self.family.labels[: len(IDENTITY)] != IDENTITY or len(self.labels) != len(wanted):
            raise ValueError(f"{self.family.name} takes labels {wanted}, got {self.labels}")


_PLACEHOLDER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """A topic with named levels: `city/v1/{site}/{device}/telemetry`. A placeholder is always a whole level."""

    text: str

    def __post_init__(self) -> None:
        for level in self.text.split("/"):
            if ("{" in level or "}" in level) and not _PLACEHOLDER.fullmatch(level):
                raise ValueError(f"'{level}' in topic '{self.text}' is not a whole level like {{device}}")
            if "+" in level or "#" in level:
                raise ValueError(f"topic '{self.text}' has a wildcard: write {{name}} instead")

    @property
    def names(self) -> tuple[str, ...]:
        """The placeholders in order."""
        return tuple(_PLACEHOLDER.findall(self.text))

    @property
    def filter(self) -> str:
        """The subscription that receives every topic of the pattern (MQTT 3.1.1 §4.7)."""
        return _PLACEHOLDER.sub("+", self.text)

    def match(self, topic: str) -> dict[str, str] | None:
        """What the placeholders stand for in `topic`, or None if it is not of this pattern."""
        mine, theirs = self.text.split("/"), topic.split("/")
        if len(mine) != len(theirs):
            return None
        found: dict[str, str] = {}
        for wanted, level in zip(mine, theirs, strict=True):
            if wanted.startswith("{"):
                found[wanted[1:-1]] = level
            elif wanted != level:
                return None
        return found


@dataclass(frozen=True, slots=True)
class TelemetryProfile:
    """One convention of publishing. Compared by value: an edited profile changes the devices that use it.

    `device_tag` names the tag that tells the device where the topic does not. `measurement` is the only one
    read, if given. `call_field` is the flag that says whether the endpoint is in a call. `facts` maps a fact
    (`software`) to the tag or text field that holds it. `online`/`offline` are the status topic's payloads.
    """

    name: ProfileName
    format: PayloadFormat
    telemetry: TopicPattern
    status: TopicPattern | None = None
    fields: tuple[FieldMapping, ...] = ()
    title: str = ""
    measurement: str | None = None
    device_tag: str | None = None
    call_field: str | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    online: str = "online"
    offline: str = "offline"
