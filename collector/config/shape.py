"""A document against a pydantic model: the model, and one problem with a place for every mistake.

Values arrive as strings; the types in `fields` read them. It never checks one entry against another: that is
done when all files are read.
"""

import types
from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar, Union, cast, get_args, get_origin

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, ErrorDetails

from collector.config import words
from collector.config.described import explain_keys
from collector.config.document import Document, Steps
from collector.config.problems import Problem, closest

SHORTEST_SECRET = 4  # characters; `2` for a version is no secret
ENTRY = 2  # steps from the top of a file to an entry: `sites/00115`
NO_VALUE = "write a value, or take the line out"


class Shape(BaseModel):
    """The shape of a part of a file. `noun` is how a person calls one."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    noun: ClassVar[str] = "entry"
    short: ClassVar[tuple[Mapping[str, Any], ...]] = ()
    """JSON Schemas of what may be written instead of the whole mapping."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The mapping, or one of its short forms; each key with what it is, its default and an example."""
        schema = handler(core_schema)
        explain_keys(cls, handler.resolve_ref_schema(schema))
        return {"anyOf": [schema, *cls.short]} if cls.short else schema


M = TypeVar("M", bound=Shape)


def validate(model: type[M], document: Document) -> tuple[M | None, list[Problem]]:
    """The model if nothing is wrong, and every problem of the document: those of reading it, then those of shape."""
    found, problems, _ = validate_parts(model, document)
    return (None if problems else found), problems


def validate_parts(model: type[M], document: Document) -> tuple[M | None, list[Problem], frozenset[Steps]]:
    """As `validate`, but what is sound survives: entries with a mistake in them are left out and named.

    An entry is what stands two steps down, as `sites/00115`; a mistake above that leaves no model.
    """
    problems = list(document.problems)
    if not document.readable:
        return None, problems, frozenset()
    empty = _empty(model, document.value)
    problems.extend(_without_value(model, document, steps) for steps in empty)
    try:
        found = model.model_validate(document.value)
        spoilt = {steps[:ENTRY] for steps in empty}
        if not spoilt:
            return found, problems, frozenset()
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False, include_input=not document.secret)
        problems.extend(_problems(model, document, errors))
        spoilt = {_steps(error["loc"])[:ENTRY] for error in errors} | {steps[:ENTRY] for steps in empty}
    return _rest(model, document.value, spoilt), problems, frozenset(spoilt)


def _rest(model: type[M], value: Any, spoilt: set[Steps]) -> M | None:
    """The model of what is sound, or None if the mistakes are not inside entries."""
    if any(len(steps) < ENTRY for steps in spoilt) or not isinstance(value, dict):
        return None
    sound = {
        key: {name: entry for name, entry in part.items() if (key, name) not in spoilt}
        if isinstance(part, dict)
        else part
        for key, part in value.items()
    }
    try:
        return model.model_validate(sound)
    except ValidationError:
        return None


def _empty(model: type[Shape], value: Any) -> list[Steps]:
    """Where a key that may be left out is written with nothing after it: pydantic would take it as left out."""
    found: list[Steps] = []
    waiting: list[tuple[Steps, Any]] = [((), value)] if isinstance(value, (dict, list)) else []
    while waiting:
        steps, node = waiting.pop()
        for step, below in node.items() if isinstance(node, dict) else enumerate(node):
            if isinstance(below, (dict, list)):
                waiting.append(((*steps, step), below))
            elif below is None:
                owner = _type_at(model, steps)
                field = _field(owner, step) if owner is not None else None
                if field is not None and type(None) in get_args(field.annotation):
                    found.append((*steps, step))
    return found


def _without_value(model: type[Shape], document: Document, steps: Steps) -> Problem:
    if not steps:
        return document.problem((), "the file is empty")
    subject = f"'{steps[-1]}'{_where(model, steps[:-1])}"
    return document.problem(steps, f"{subject} has no value", NO_VALUE, key=True)


def _problems(model: type[Shape], document: Document, errors: list[ErrorDetails]) -> list[Problem]:
    """One problem per mistake: where a key is mistyped, the key that it should have been is not missing too."""
    mistyped: dict[Steps, list[str]] = {}
    for error in errors:
        if error["type"] == "extra_forbidden":
            *above, word = _steps(error["loc"])
            owner = _type_at(model, tuple(above))
            meant = closest(str(word), _keys(owner)) if owner is not None else None
            if meant is not None:
                mistyped.setdefault(tuple(above), []).append(meant)
    problems = []
    for error in errors:
        steps = _steps(error["loc"])
        if error["type"] == "missing" and steps[-1] in mistyped.get(steps[:-1], ()):
            continue
        problems.append(_problem(model, document, error, steps))
    return problems


def _problem(model: type[Shape], document: Document, error: ErrorDetails, steps: Steps) -> Problem:
    kind = error["type"]
    inner = str(steps[-1]) if steps else ""
    if kind == "extra_forbidden":
        owner = _type_at(model, steps[:-1])
        keys = _keys(owner) if owner is not None else ()
        meant = closest(inner, keys)
        if document.secret and meant is None:
            inner = "…"  # a secret in the wrong column looks like a key
        hint = f"did you mean '{meant}'?" if meant else _listed("known keys", keys)
        where = _where(model, steps[:-1])
        return document.problem(steps, f"unknown key '{inner}'{where}", hint, key=True)
    if kind == "missing":
        what = _what(model, steps[:-1])
        return document.problem(steps[:-1], f"{what} has no '{inner}'", key=True)
    if error.get("input", "") is None:
        return _without_value(model, document, steps)
    if kind != "value_error":
        subject = f"'{inner}'{_where(model, steps[:-1])}" if steps else "the file"
        return document.problem(steps, f"{subject} {_wanted(kind, error)}", key=_is_key(error["loc"]))
    return _said_by_us(model, document, error, steps)


def _said_by_us(model: type[Shape], document: Document, error: ErrorDetails, steps: Steps) -> Problem:
    """A problem in the words of the function that read the value."""
    cause = error["ctx"]["error"]
    message, hint, is_key = str(cause), getattr(cause, "hint", None), _is_key(error["loc"])
    if document.secret and _echoes(document, steps, f"{message}{hint or ''}"):
        message, hint = "this value does not fit here", None
    if is_key or not steps:
        message += _where(model, steps[:-1])
    elif _type_at(model, steps) is not None:
        message = f"{_what(model, steps)}: {message}"
    else:
        key = next((step for step in reversed(steps) if isinstance(step, str)), steps[-1])
        message = f"'{key}'{_where(model, steps[:-1])}: {message}"
    return document.problem(steps, message, hint, key=is_key)


def _echoes(document: Document, steps: Steps, text: str) -> bool:
    """Whether the text repeats what is written at `steps`, or a good part of it."""
    value: Any = document.value
    for step in steps:
        value = cast("Any", value)[step] if isinstance(value, (dict, list)) else None
    return isinstance(value, str) and len(value) >= SHORTEST_SECRET and value[: words.LONGEST_ECHO] in text


def _wanted(kind: str, error: ErrorDetails) -> str:
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return "must be a mapping: lines of `key: value`, indented below it"
    if kind in {"list_type", "tuple_type", "set_type", "frozen_set_type"}:
        return "must be a list: [a, b] or lines that begin with `- `"
    if kind == "string_type":
        return "must be one value, not a list or a mapping"
    text = error["msg"]
    return text[0].lower() + text[1:]


def _listed(title: str, words: tuple[str, ...]) -> str | None:
    return f"{title}: {', '.join(words)}" if words else None


def _steps(loc: tuple[int | str, ...]) -> Steps:
    """The path without pydantic's own marks: '[key]' says that the key itself is wrong."""
    return tuple(loc[:-1]) if _is_key(loc) else tuple(loc)


def _is_key(loc: tuple[int | str, ...]) -> bool:
    return bool(loc) and loc[-1] == "[key]"


def _keys(model: type[Shape]) -> tuple[str, ...]:
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _field(model: type[Shape], key: str | int) -> FieldInfo | None:
    for name, field in model.model_fields.items():
        if (field.alias or name) == key:
            return field
    return None


def _where(model: type[Shape], steps: Steps) -> str:
    """` in device 'rt-00115'`, or nothing at the top of a file."""
    for depth in range(len(steps), 0, -1):
        owner = _type_at(model, steps[:depth])
        if owner is not None:
            return f" in {_named(model, owner, steps[:depth])}"
    return ""


def _what(model: type[Shape], steps: Steps) -> str:
    owner = _type_at(model, steps)
    if owner is None or not steps:
        return "the file"
    return _named(model, owner, steps)


def _named(model: type[Shape], owner: type[Shape], steps: Steps) -> str:
    """A part of a file by its noun and the key that names it; a part under a fixed key by that key."""
    above = _type_at(model, steps[:-1])
    if above is not None and str(steps[-1]) in _keys(above):
        return f"'{steps[-1]}'"
    if isinstance(steps[-1], int):
        return f"{owner.noun} {steps[-1] + 1}"
    return f"{owner.noun} '{steps[-1]}'"


def _type_at(model: type[Shape], steps: Steps) -> type[Shape] | None:
    """The model that stands at `steps`, or None where a plain value or a container stands."""
    here: Any = model
    for step in steps:
        if isinstance(here, type) and issubclass(here, Shape):
            field = _field(here, step)
            if field is None:
                return None
            here = _plain(field.annotation)
        elif get_origin(here) in {dict, Mapping}:
            here = _plain(get_args(here)[1])
        elif get_origin(here) in {list, tuple}:
            here = _plain(get_args(here)[0])
        else:
            return None
    return here if isinstance(here, type) and issubclass(here, Shape) else None


def _plain(annotation: Any) -> Any:
    """The annotation without Annotated and Optional."""
    while True:
        if hasattr(annotation, "__metadata__"):
            annotation = annotation.__origin__
        elif get_origin(annotation) in {Union, types.UnionType}:
            rest = [part for part in get_args(annotation) if part is not type(None)]
            annotation = rest[0]
        else:
            break
    if get_origin(annotation) is not None and getattr(get_origin(annotation), "__name__", "") == "Mapping":
        return dict[get_args(annotation)]  # type: ignore[misc]
    return annotation
