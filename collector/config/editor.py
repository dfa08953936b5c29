"""What editors are told of each kind of file: JSON Schema (draft 2020-12) from the shapes that `check` uses.

An editor's schema knows one file; references between files stay with `citynoc check`.
"""

from collections.abc import Mapping
from typing import Any

from collector.config.schema_city import CityFile
from collector.config.schema_credentials import CredentialsFile
from collector.config.schema_network import CoreFile, DistrictFile
from collector.config.schema_oncall import OnCallFile
from collector.config.schema_targets import MapsFile, TargetsFile
from collector.config.shape import Shape

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> Mapping[str, dict[str, Any]]:
    """Kind of file to its schema."""
    kinds: Mapping[str, type[Shape]] = {
        "city": CityFile,
        "core": CoreFile,
        "credentials": CredentialsFile,
        "district": DistrictFile,
        "oncall": OnCallFile,
        "maps": MapsFile,
        "targets": TargetsFile,
    }
    return {
        kind: {"$schema": DIALECT, **_cleaned(model.model_json_schema())} for kind, model in kinds.items()
    }


def _cleaned(node: Any) -> Any:
    """Without what is true of our models and not of the files: a key without a value, generated titles."""
    if isinstance(node, list):
        return [_cleaned(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _cleaned(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str)) and key != "default"
    }
    choices = kept.get("anyOf")
    if isinstance(choices, list) and {"type": "null"} in choices:
        rest = [choice for choice in choices if choice != {"type": "null"}]
        del kept["anyOf"]
        kept = {**kept, **(rest[0] if len(rest) == 1 else {"anyOf": rest})}
    return kept
