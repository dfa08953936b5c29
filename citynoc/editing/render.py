"""Plain values to YAML text in the shipped style: a block for what is large, one line for what is small. Pure."""

import json
import re
from collections.abc import Mapping, Sequence

Value = str | Sequence["Value"] | Mapping[str, "Value"]
"""What is written: text, a list or a mapping. Codes and numbers are text here as they are in the files."""

WIDEST = 100
"""Characters that an entry may have in one line before it becomes a block."""

_SURPRISES = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_WORDS = re.compile(r"[^\W\d_][\w .,'()/-]*(?<! )")
_CODE = re.compile(r"-?[0-9A-Za-z][0-9A-Za-z._-]*")
_KEY = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


def scalar(text: str, *, flow: bool = False, quote: str | None = None) -> str:
    """The text as one YAML value: plain where every reader takes it for itself, else in quotes.

    `quote` is what stood around the value before: `'` or `"` is kept.
    """
    if quote == "'" and text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    if quote == '"':
        return json.dumps(text, ensure_ascii=False)
    plain = _CODE.fullmatch(text) or (_WORDS.fullmatch(text) and not (flow and "," in text))
    if plain and text.lower() not in _SURPRISES:
        return text
    return json.dumps(text, ensure_ascii=False)


def key(text: str) -> str:
    """A mapping's key."""
    return text if _KEY.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def flow(value: Value) -> str:
    """The value in one line: `{address: 127.0.0.1, tags: [pilot]}`."""
    if isinstance(value, str):
        return scalar(value, flow=True)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key(name)}: {flow(one)}" for name, one in value.items()) + "}"
    return "[" + ", ".join(flow(one) for one in value) + "]"


def block(name: str, value: Value, step: int = 2, depth: int = 0) -> list[str]:
    """The lines of `name: value`, without indentation of their own. Sites and their parts open up, entries do not.

    A mapping that holds mappings becomes a block; a mapping or list of plain values stays in one line while it fits.
    """
    if isinstance(value, str):
        return [f"{key(name)}: {scalar(value)}"]
    one_line = f"{key(name)}: {flow(value)}"
    if not isinstance(value, Mapping) or not value:
        return [one_line]
    if len(one_line) <= WIDEST and not (depth < DEEP and _is_deep(value)):
        return [one_line]
    inside = [line for part, one in value.items() for line in block(part, one, step, depth + 1)]
    return [f"{key(name)}:", *(" " * step + line for line in inside)]


DEEP = 2
"""Levels that open up: a site and its devices; a device is one line while it fits."""


def _is_deep(value: Mapping[str, Value]) -> bool:
    return any(isinstance(one, Mapping) for one in value.values()) or "name" in value
