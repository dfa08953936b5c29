"""What each key of a file is, as the text beneath it in its shape says: for editors and the reference, never at run time.

A text ends with `Example: VALUE`, the value as a file has it. Source: the string literal after an annotated name,
which Python throws away and PEP 257 calls an attribute docstring.
"""

import ast
import inspect
import json
import re
import textwrap
from collections.abc import Mapping
from enum import Enum
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import yaml
from pydantic import BaseModel

_EXAMPLE = "Example: "
_NOT_IN_1_2 = {"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:int"}


class _Editor(yaml.SafeLoader):
    """Scalars as YAML 1.2's core schema has them."""


_Editor.yaml_implicit_resolvers = {
    first: [(tag, fits) for tag, fits in kinds if tag not in _NOT_IN_1_2]
    for first, kinds in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Editor.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789")
)


class Described(NamedTuple):
    """A sentence or two, and a value as a file has it; empty where nobody wrote one."""

    text: str
    example: str


def described(model: type) -> Mapping[str, Described]:
    """Texts by attribute, those of the classes above included; empty for an installation without sources."""
    found: dict[str, Described] = {}
    for owner in reversed(model.__mro__):
        if owner.__module__.startswith(("collector.", "citynoc.")):
            found.update(_own(owner))
    return found


def explain_keys(model: type[BaseModel], schema: dict[str, Any]) -> None:
    """Put description, default and example of every key into the model's JSON Schema."""
    texts = described(model)
    for name, field in model.model_fields.items():
        key: dict[str, Any] = schema["properties"][field.alias or name]
        key.pop("default", None)  # our value, not the file's
        text = texts.get(name)
        if text is not None:
            key["description"] = text.text
            if text.example:
                key["examples"] = [as_data(text.example)]
        default = written(field.default, key)
        if default is not None:
            key["default"] = default


def as_data(text: str) -> Any:
    """A value as a file has it, as JSON has it: what an editor sees.

    Editors read YAML 1.2, where a day and 14:30 are text and only numbers are numbers.
    """
    return json.loads(json.dumps(yaml.load(text, _Editor), default=str))  # noqa: S506 - a SafeLoader


def written(value: Any, schema: Mapping[str, Any]) -> Any:
    """A default as a file would have it; None if leaving the key out says nothing that could be written."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, float) and schema.get("type") == "string":
        return duration(value)
    if isinstance(value, (bool, int, float)) or (isinstance(value, str) and value):
        return value
    return None


def duration(seconds: float) -> str:
    """Seconds as a file has them: 400ms, 30s, 5m, 30d."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m"), (1, "s")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s" if seconds >= 1 else f"{seconds * 1000:g}ms"


def _own(owner: type) -> dict[str, Described]:
    try:
        source = textwrap.dedent(inspect.getsource(owner))
    except (OSError, TypeError):
        return {}
    [statement] = ast.parse(source).body
    body = statement.body if isinstance(statement, ast.ClassDef) else []
    return {
        item.target.id: _read(below.value.value)
        for item, below in pairwise(body)
        if isinstance(item, ast.AnnAssign)
        and isinstance(item.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }


def _read(literal: str) -> Described:
    text, _, example = " ".join(inspect.cleandoc(literal).split()).partition(_EXAMPLE)
    return Described(text.strip(), example.strip())
