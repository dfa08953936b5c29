"""What editors are told of each kind of file: JSON Schema (draft 2020-12) from the shapes that `check` uses.

An editor's schema knows one file; references between files stay with `citynoc check`.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from collector.config.defaults import built_in
from collector.config.described import written
from collector.config.maintenance import MaintenanceFile
from collector.config.schema_city import CityFile
from collector.config.schema_credentials import CredentialsFile
from collector.config.schema_meetings import MeetingsFile
from collector.config.schema_network import CoreFile, DistrictFile
from collector.config.schema_oncall import OnCallFile
from collector.config.schema_profile import ProfileShape
from collector.config.schema_quality import QualityFile
from collector.config.schema_targets import MapsFile, TargetsFile
from collector.config.shape import Shape
from collector.config.telemetry import TelemetryShape
from collector.model import Role

DIALECT = "https://json-schema.org/draft/2020-12/schema"

KINDS: Mapping[str, tuple[str, type[Shape]]] = MappingProxyType(
    {
        "city": ("city.yml", CityFile),
        "core": ("core.yml", CoreFile),
        "district": ("districts/*.yml", DistrictFile),
        "credentials": ("credentials.yml", CredentialsFile),
        "profile": ("profiles/*.yml", ProfileShape),
        "telemetry": ("telemetry/*.yml", TelemetryShape),
        "maintenance": ("maintenance.yml", MaintenanceFile),
        "meetings": ("meetings.yml", MeetingsFile),
        "oncall": ("oncall.yml", OnCallFile),
        "quality": ("quality.yml", QualityFile),
        "targets": ("targets.yml", TargetsFile),
        "maps": ("admin/maps.yml", MapsFile),
    }
)
"""Kind of file: which files, in the configuration's directory, and the shape that `check` holds them to."""

_SETTINGS = {"Settings": "", "DeviceShape": "", "SnmpSettings": "snmp.", "MqttSettings": "mqtt."}


def schema_of(model: type[Shape]) -> dict[str, Any]:
    """One shape's schema."""
    found = {"$schema": DIALECT, **_cleaned(model.model_json_schema())}
    for name, prefix in _SETTINGS.items():
        if name in found.get("$defs", {}):
            shape = found["$defs"][name]
            _built_in(shape.get("anyOf", [shape])[0]["properties"], prefix)  # a short form stands behind it
    return found


def _built_in(keys: dict[str, Any], prefix: str) -> None:
    """What holds where no file says anything, of routers; a key's text says where a role differs."""
    settings = built_in(Role.ROUTER)
    for key, schema in keys.items():
        setting = settings.get(f"{prefix}{key}")
        if setting is not None and key != "enabled":
            schema["default"] = "any" if key == "needs" else written(setting.value, schema)


def _cleaned(node: Any) -> Any:
    """Without what is true of our models and not of the files: a key without a value, generated titles."""
    if isinstance(node, list):
        return [_cleaned(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: value if key in {"examples", "default"} else _cleaned(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
    }
    if "enum" in kept and kept.get("default", kept["enum"][0]) not in kept["enum"]:
        del kept["default"]  # our models' own, which no file can write
    choices = kept.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [choice for choice in choices if choice != {"type": "null"}]
        del kept["anyOf"]
        kept = {**kept, **(rest[0] if len(rest) == 1 else {"anyOf": rest})}
    return kept
