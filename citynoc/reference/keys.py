"""`docs/reference/configuration.md`: every key of every file, from the JSON Schemas that editors use. Pure.

Each mapping with keys of its own is a section; one that several files share is written once and linked.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from collector.config.fields import DURATION_PATTERN
from collector.config.schema_targets import DAYS_PATTERN

HEAD = """\
# Configuration: every key

Made by `make docs` from the schemas that `citynoc check` and editors use; a test compares. Every file may be checked
while it is typed: its last line names its schema, which VS Code (YAML by Red Hat) and others understand.

Words used below: a **duration** is a number with its unit, `500ms`, `30s`, `5m`, `2h`, `1d`; a **reference** is where
a secret is kept, `env:NAME` or `file:PATH` ([secrets](../how-to/secrets.md)); a **name** is small letters, digits,
`-`, `.` and `_`. Codes are text for ever: `00115` is not 77. A key without a default and not required says nothing
when it is left out.
"""

Schema = Mapping[str, Any]


def page(schemas: Mapping[str, tuple[str, Schema]]) -> str:
    """The page; `schemas` are by kind, with the files that each is for."""
    lines = [HEAD]
    lines += [f"- [`{files}`](#{_anchor(files)})" for files, _ in schemas.values()]
    titles = _titles(schemas)
    done: set[str] = set()
    for files, schema in schemas.values():
        section = _Section(schema.get("$defs", {}), titles)
        lines += ["", f"## `{files}`", "", _text(schema), *section.table(schema)]
        for name, where in _below(schema):
            definition = schema["$defs"][name]
            title = section.title(name)
            if _keys(definition) is None or title in done:
                continue
            done.add(title)
            lines += ["", f"### {title}", "", f"{_text(definition)} At {where} in `{files}`."]
            lines += section.table(definition)
    return "\n".join(lines) + "\n"


def _titles(schemas: Mapping[str, tuple[str, Schema]]) -> dict[tuple[str, str], str]:
    """A heading for each definition and content: two files may call different things by one name."""
    found: dict[tuple[str, str], str] = {}
    for files, schema in schemas.values():
        for name, definition in schema.get("$defs", {}).items():
            title = _bare_title(name)
            if title in found.values():
                title = f"{title} of {files.partition('/')[0]}"
            found.setdefault((name, str(definition)), title)
    return found


def keys_without(schema: Schema, what: str) -> list[str]:
    """Keys of the schema that lack `description` or `examples`, each as `Shape.key`."""
    found = []
    for name, part in {"": schema, **schema.get("$defs", {})}.items():
        for key, below in (_keys(part) or {}).items():
            if not below.get(what):
                found.append(f"{name or 'file'}.{key}")
    return found


def _below(schema: Schema) -> Iterator[tuple[str, str]]:
    """Every definition that the schema leads to, nearest first, with the path of its first use."""
    seen: set[str] = set()
    waiting: list[tuple[str, Schema]] = [("", schema)]
    while waiting:
        path, part = waiting.pop(0)
        for key, below in (_keys(part) or {}).items():
            for name, step in _references(below):
                where = f"{path}{key}{step}"
                if name not in seen:
                    seen.add(name)
                    yield name, f"`{where}`"
                    waiting.append((f"{where}.", schema["$defs"][name]))


def _references(schema: Any, step: str = "") -> Iterator[tuple[str, str]]:
    """Definitions that a key's schema names, and what stands between the key and them: `.NAME` or `[]`."""
    if not isinstance(schema, dict):
        return
    if "$ref" in schema:
        yield schema["$ref"].rpartition("/")[2], step
    for choice in schema.get("anyOf", ()):
        yield from _references(choice, step)
    yield from _references(schema.get("items"), f"{step}[]")
    yield from _references(schema.get("additionalProperties"), f"{step}.NAME")
    for below in schema.get("patternProperties", {}).values():
        yield from _references(below, f"{step}.NAME")


def _keys(schema: Schema) -> Mapping[str, Schema] | None:
    """The keys of a mapping with keys of its own, whatever short form it has beside."""
    for choice in (schema, *schema.get("anyOf", ())):
        if isinstance(choice, dict) and choice.get("properties") and "description" in choice:
            found: Mapping[str, Schema] = choice["properties"]
            return found
    return schema.get("properties")


def _text(schema: Schema) -> str:
    for choice in (schema, *schema.get("anyOf", ())):
        if choice.get("description"):
            return " ".join(str(choice["description"]).split())
    return ""


def _required(schema: Schema) -> list[str]:
    for choice in (schema, *schema.get("anyOf", ())):
        if "properties" in choice:
            return list(choice.get("required", ()))
    return []


class _Section:
    """What is written of the mappings of one file."""

    def __init__(self, definitions: Mapping[str, Schema], titles: Mapping[tuple[str, str], str]) -> None:
        self._definitions = definitions
        self._titles = titles

    def title(self, name: str) -> str:
        """The heading of a definition."""
        return self._titles[name, str(self._definitions[name])]

    def table(self, schema: Schema) -> list[str]:
        """A line a key."""
        lines = ["", "| key | type | default | what | example |", "|---|---|---|---|---|"]
        required = _required(schema)
        for key, below in (_keys(schema) or {}).items():
            default = "required" if key in required else _code(below["default"]) if "default" in below else ""
            examples = " ".join(_code(example) for example in below.get("examples", ()))
            cells = (f"`{key}`", self._type(below), default, below.get("description", ""), examples)
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        return lines

    def _type(self, schema: Any) -> str:
        """What may be written, in a few words."""
        if "$ref" in schema:
            return self._reference(schema["$ref"].rpartition("/")[2])
        if "anyOf" in schema:
            return " or ".join(dict.fromkeys(self._type(choice) for choice in schema["anyOf"]))
        if "enum" in schema:
            return ", ".join(f"`{word}`" for word in dict.fromkeys(_word(word) for word in schema["enum"]))
        if "const" in schema:
            return f"`{schema['const']}`"
        return self._container(schema) if schema.get("type") in ("array", "object") else _plain(schema)

    def _reference(self, name: str) -> str:
        definition = self._definitions[name]
        if _keys(definition) is None:
            return self._type(definition)
        title = self.title(name)
        return f"[{title[:1].lower()}{title[1:]}](#{_anchor(title)})"

    def _container(self, schema: Schema) -> str:
        if schema["type"] == "array":
            return f"list of {self._type(schema.get('items', {}))}"
        below = schema.get("additionalProperties")
        below = below or next(iter(schema.get("patternProperties", {}).values()), None)
        if isinstance(below, dict):
            return f"mapping of {self._type(below)}"
        inner = ", ".join(f"`{key}`" for key in schema.get("properties", {}))
        return f"mapping with {inner}" if inner else "mapping"


def _plain(schema: Schema) -> str:
    """One word for a single value."""
    kind, pattern = str(schema.get("type", "text")), schema.get("pattern", "")
    if kind in {"integer", "number"}:
        word = "whole number" if kind == "integer" else "number"
        if "minimum" in schema and "maximum" in schema:
            return f"{word}, {schema['minimum']:g} to {schema['maximum']:g}"
        return word
    for mark, word in (
        (DURATION_PATTERN, "duration"),
        (DAYS_PATTERN, "duration"),
        ("^(env:", "reference"),
        ("^[a-z0-9](?:", "name"),
        (":[0-9]+$", "host:port"),
    ):
        if pattern.startswith(mark):
            return word
    return {"boolean": "`true`, `false`", "null": "nothing"}.get(kind, "text")


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _code(value: Any) -> str:
    """A value as a file has it, on one line."""
    if isinstance(value, str) and not any(mark in value for mark in "{}[],&*#?|<>=!%@`\"'"):
        return f"`{value}`" if not value.isdigit() else f'`"{value}"`'
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000, sort_keys=False)
    return f"`{text.removesuffix(chr(10)).removesuffix('...').strip()}`"


def _bare_title(name: str) -> str:
    """`SnmpSettings` as `Snmp settings`."""
    bare = name.removesuffix("Shape").lstrip("_")
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in bare).strip()
    return words[:1].upper() + words[1:]


def _anchor(title: str) -> str:
    """As GitHub makes it of a heading."""
    kept = (letter for letter in title.lower().replace(" ", "-") if letter.isalnum() or letter in "-_")
    return "".join(kept)
