"""What can be said of a device, in its own entry or as a default for its role. Shape only.

Every setting may be absent: `defaults.py` decides which level's word counts.
"""

import re
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from collector.config.fields import (
    Duration,
    Name,
    Port,
    Text,
    Truth,
    as_json,
    matching,
    one_of,
    read_integer,
)
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError, shown, text_of
from collector.model import Role, Watch

ALL = 0
"""How `needs: all` is kept until the number of uplinks is known."""

MOST_UPLINKS = 64

_SHORT_SWITCH = ({"enum": ["on", "off", True, False]},)
_SWITCH = {"on": "true", "off": "false", "true": "true", "false": "false"}


def _switchable(value: Any) -> Any:
    """`off` and `on` stand for a block that says only that; a block that is written is on."""
    if isinstance(value, str):
        if value not in _SWITCH:
            raise WrittenWrongError(f"{shown(value)} is neither on, off nor a mapping")
        return {"enabled": _SWITCH[value]}
    if isinstance(value, dict) and "enabled" not in value:
        return {**value, "enabled": "true"}
    return value


class SnmpSettings(Shape):
    """How a device is polled. `snmp: off` for a device that is not."""

    noun: ClassVar[str] = "snmp"
    short = _SHORT_SWITCH

    enabled: Truth | None = None
    """Whether the device is polled; `snmp: off` says the same. Example: true"""
    port: Port | None = None
    """UDP port of the agent. Example: 1161"""
    credential: Name | None = None
    """Name in credentials.yml. Example: snmp-community"""
    liveness: Duration | None = None
    """One question, are you there, comes so often. Example: 5s"""
    poll: Duration | None = None
    """Everything that the profile asks comes so often. Example: 30s"""
    timeout: Duration | None = None
    """How long one answer is waited for; shorter than `liveness` and `poll`. Example: 1s"""

    _on = model_validator(mode="before")(_switchable)


class MqttSettings(Shape):
    """What a device publishes by itself: its rhythm, and the file of `telemetry/` that maps its payloads."""

    noun: ClassVar[str] = "mqtt"
    short = _SHORT_SWITCH

    enabled: Truth | None = None
    """Whether the device publishes; `mqtt: on` and `mqtt: off` say the same. Example: true"""
    heartbeat: Duration | None = None
    """How often it publishes when all is well; three of them in silence make it stale. Example: 10s"""
    profile: Name | None = None
    """How it speaks: a file of telemetry/, without `.yml`. Example: native"""

    _on = model_validator(mode="before")(_switchable)


class UplinkShape(Shape):
    """One uplink. A cable that is declared knows its carrier."""

    noun: ClassVar[str] = "uplink"
    short = ({"type": ["string", "null"]},)

    cable: Name | None = None
    """Cable that the uplink runs in; a declared one knows its carrier. Example: long-bien-a1"""
    carrier: Name | None = None
    """Whose line it is, where no cable says so. Example: carrier-b"""
    interface: Text | None = None
    """ifName of the device's own interface: its state tells of the link while both ends answer.

    Example: GigabitEthernet0/0/1
    """
    name: Name | None = None
    """Name of the link; without it `CHILD--PARENT`. Example: rt-00115--ag-004-1"""

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        """`parent:` alone is an uplink of which nothing is known, `parent: cable` the usual one."""
        if value is None:
            return {}
        return {"cable": value} if isinstance(value, str) else value


def _read_uplinks(value: Any) -> Any:
    if isinstance(value, list):
        names = [text_of(item) for item in value]
        for name in names:
            if names.count(name) > 1:
                raise WrittenWrongError(f"{shown(name)} is listed twice")
        value = {name: {} for name in names}
    if isinstance(value, str):
        raise WrittenWrongError("a list or a mapping of parents is wanted", f"write [{value}]")
    if isinstance(value, dict) and len(value) > MOST_UPLINKS:
        raise WrittenWrongError(f"more than {MOST_UPLINKS} uplinks")
    return value


def _read_needs(value: Any) -> int:
    """How many uplinks must work; ALL for every one of them."""
    if isinstance(value, dict):
        if set(value) != {"at_least"}:
            raise WrittenWrongError("a mapping here has the one key 'at_least'", "write {at_least: 2}")
        number = read_integer(value["at_least"])
        if number < 1:
            raise WrittenWrongError("'at_least' must be 1 or more")
        return number
    text = text_of(value)
    if text not in {"any", "all"}:
        hint = f"write {{at_least: {text}}}" if re.fullmatch(r"\d+", text) else "any, all or {at_least: 2}"
        raise WrittenWrongError(f"{shown(text)} does not say how many uplinks must work", hint)
    return 1 if text == "any" else ALL


Parent = Annotated[
    str,
    BeforeValidator(
        matching(
            r"(?:[a-z0-9._-]|\{site\}|\{district\}){1,63}",
            "a device's name",
            "a name; {site} and {district} in it stand for the device's own",
        )
    ),
]


_NEEDS = as_json(
    anyOf=[
        {"enum": ["any", "all"]},
        {
            "type": "object",
            "properties": {"at_least": {"type": "integer", "minimum": 1}},
            "required": ["at_least"],
            "additionalProperties": False,
        },
    ]
)


class _UplinksForEditors:
    """An uplink's mapping, or the list of parents alone."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"anyOf": [handler(core), {"type": "array", "items": {"type": "string"}, "uniqueItems": True}]}


Uplinks = Annotated[dict[Parent, UplinkShape], BeforeValidator(_read_uplinks), _UplinksForEditors]


class Settings(Shape):
    """Defaults for one role (or `any`), and the part of a device's entry that may come from them."""

    noun: ClassVar[str] = "default"

    profile: Name | None = None
    """What kind of device it is: a file of profiles/, without `.yml`. Example: mikrotik-routeros"""
    vendor: Text | None = None
    """Who made it, where the device does not say. Example: MikroTik"""
    model: Text | None = None
    """What it is called, where the device does not say. Example: RB5009UG"""
    tags: tuple[Name, ...] | None = None
    """Words to select devices by. Example: [leased]"""
    watch: Annotated[Watch, BeforeValidator(one_of(Watch, "a way to watch"))] | None = None
    """When silence is an outage: `always`, or `meetings`, only around its site's meetings.

    Example: meetings
    """
    needs: Annotated[int, BeforeValidator(_read_needs), _NEEDS] | None = None
    """How many uplinks must work: any, all or a number. Example: {at_least: 2}"""
    uplinks: Uplinks | None = None
    """Parents, nearest to the vantage, each with its cable; `{site}` and `{district}` stand for the device's
    own.

    Example: {ag-004-1: long-bien-a3, ag-004-2: long-bien-b3}
    """
    uplink_interfaces: tuple[Text, ...] | None = None
    """ifNames of the device's own interfaces, in the order of its uplinks. Example: [ether1, ether2]"""
    snmp: SnmpSettings | None = None
    """How it is polled, or `off`. Example: {port: 1161, poll: 60s}"""
    mqtt: MqttSettings | None = None
    """How it publishes, or `off`. Example: {profile: native, heartbeat: 10s}"""


class Defaults(Shape):
    """Defaults by role. At one level a role's word beats `any`; a nearer level beats a farther one."""

    noun: ClassVar[str] = "defaults"

    any: Settings | None = None
    """What holds for devices of every role. Example: {snmp: {credential: snmp-community}}"""
    router: Settings | None = None
    """What holds for routers of communes. Example: {profile: mikrotik-routeros}"""
    aggregation: Settings | None = None
    """What holds for aggregation routers of districts. Example: {uplinks: [core-1, core-2]}"""
    core: Settings | None = None
    """What holds for core routers. Example: {profile: cisco-ios}"""
    switch: Settings | None = None
    """What holds for switches. Example: {profile: h3c-comware}"""
    endpoint: Settings | None = None
    """What holds for video endpoints. Example: {profile: poly-endpoint, watch: meetings}"""
    bridge: Settings | None = None
    """What holds for bridges of the conference system (MCU). Example: {profile: if-mib}"""
    ups: Settings | None = None
    """What holds for uninterruptible power supplies. Example: {profile: apc-ups}"""
    gateway: Settings | None = None
    """What holds for gateways to other networks. Example: {profile: juniper-junos}"""

    def of(self, role: Role) -> Settings | None:
        """What this level says of the role alone."""
        found: Settings | None = getattr(self, role.value)
        return found


RoleField = Annotated[Role, BeforeValidator(one_of(Role, "a role"))]
