"""Which level's word counts for each setting of a device, and where it is written. Pure.

Levels, from far to near: built in, city, district, site, the device's own entry. At one level the role's word
beats `any`. A setting is taken whole; in the blocks `snmp` and `mqtt` each line is a setting of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from collector.config.document import Document, Steps
from collector.config.schema_settings import Defaults, Settings
from collector.config.shape import Shape
from collector.model import Place, Role, Watch

BLOCKS = ("snmp", "mqtt")


class Origin(NamedTuple):
    """Where a setting is written; no document for what is built in."""

    level: str
    document: Document | None
    steps: Steps = ()

    def place(self) -> Place | None:
        """File, line and column, or None for what is built in."""
        return self.document.place(self.steps) if self.document is not None else None


class Setting(NamedTuple):
    """A value and where it comes from."""

    value: Any
    origin: Origin


Resolved = Mapping[str, Setting]
"""Settings by dotted name: `profile`, `snmp.port`."""


@dataclass(frozen=True, slots=True)
class Level:
    """The defaults that one file, or one site, gives."""

    name: str
    document: Document
    defaults: Defaults
    steps: Steps = ("defaults",)


def built_in(role: Role) -> Resolved:
    """What holds where no file says anything (RFC 3417 for the port)."""
    origin = Origin("built in", None)
    values = {
        "watch": Watch.MEETINGS if role is Role.ENDPOINT else Watch.ALWAYS,
        "needs": 1,
        "snmp.enabled": True,
        "snmp.port": 161,
        "snmp.liveness": 5.0,
        "snmp.poll": 30.0,
        "snmp.timeout": 1.0,
        "mqtt.enabled": False,
        "mqtt.heartbeat": 10.0,
        "mqtt.profile": "native",
    }
    return MappingProxyType({name: Setting(value, origin) for name, value in values.items()})


def with_level(settings: Resolved, role: Role, level: Level) -> Resolved:
    """`settings` with what the level says of the role."""
    result = dict(settings)
    for key, block in (("any", level.defaults.any), (role.value, level.defaults.of(role))):
        if block is not None:
            overlay(result, block, level.name, level.document, (*level.steps, key))
    return result


def overlay(
    settings: dict[str, Setting], block: Settings, level: str, document: Document, steps: Steps
) -> None:
    """What the block says replaces what stood in `settings`."""
    for name in block.model_fields_set:
        if name not in Settings.model_fields:
            continue
        value = getattr(block, name)
        if name in BLOCKS:
            _overlay_block(settings, name, value, Origin(level, document, (*steps, name)))
        else:
            settings[name] = Setting(value, Origin(level, document, (*steps, name)))


def _overlay_block(settings: dict[str, Setting], name: str, block: Shape, origin: Origin) -> None:
    for part in block.model_fields_set:
        value = getattr(block, part)
        settings[f"{name}.{part}"] = Setting(value, origin._replace(steps=(*origin.steps, part)))
