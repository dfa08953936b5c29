"""The arguments of scenario actions as people write them, read into what the director works with. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator

from collector.config.fields import (
    as_json,
    between,
    one_of,
    read_duration,
    read_integer,
    read_share,
)
from collector.config.words import WrittenWrongError, text_of

_NOTHING = re.compile(r"0+(\.0*)?(ms|s|m|h|d)?")


def read_moment(value: Any) -> float:
    """Seconds since the scenario's start; `0s` is the start."""
    return 0.0 if _NOTHING.fullmatch(text_of(value)) else read_duration(value)


@dataclass(frozen=True, slots=True)
class Who:
    """Which endpoints: all, a district's, or those named by device or site."""

    district: str | None = None
    names: tuple[str, ...] | None = None


def read_who(value: Any) -> Who:
    """`all`, `{district: CODE}` or a list of device names and site codes."""
    if value == "all":
        return Who()
    if isinstance(value, Mapping) and set(value) == {"district"}:
        return Who(district=text_of(value["district"]))
    if isinstance(value, list) and value:
        return Who(names=tuple(text_of(name) for name in value))
    raise WrittenWrongError(
        "endpoints are `all`, `{district: CODE}` or a list of devices and sites",
        "for example [vc-00115, 00118]",
    )


class Part(StrEnum):
    """What can fail on an endpoint while it goes on running."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    DISPLAY = "display"
    SIP = "sip"
    H323 = "h323"
    TELEMETRY = "telemetry"


_MOMENT = as_json(type=["string", "integer"], pattern=r"^\d+(\.\d+)?(ms|s|m|h|d)?$")
Moment = Annotated[float, BeforeValidator(read_moment), _MOMENT]
Share = Annotated[
    float, BeforeValidator(read_share), as_json(type=["string", "number"], pattern=r"^[0-9.]+ *%?$")
]
Endpoints = Annotated[
    Who,
    BeforeValidator(read_who),
    as_json(
        anyOf=[
            {"const": "all"},
            {
                "type": "object",
                "properties": {"district": {"type": ["string", "integer"]}},
                "required": ["district"],
                "additionalProperties": False,
            },
            {"type": "array", "items": {"type": ["string", "integer"]}, "minItems": 1},
        ]
    ),
]
Milliseconds = Annotated[float, BeforeValidator(lambda value: read_moment(value) * 1000), _MOMENT]
PartName = Annotated[Part, BeforeValidator(one_of(Part, "a part that can fail"))]
Ports = Annotated[int, BeforeValidator(between(0, 100_000, read_integer))]
Times = Annotated[int, BeforeValidator(between(1, 100_000, read_integer))]
