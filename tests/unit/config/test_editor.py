"""The schema that editors use agrees with `check` on what ships and on plain mistakes of one file."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its types are a package of their own
import pytest
from pydantic import BaseModel, TypeAdapter

from citynoc.reference.keys import keys_without
from citynoc.reference.kinds import kinds
from citynoc.verbs.schema import text_of
from collector.config.described import as_data, described, duration
from collector.config.editor import schema_of
from collector.config.fields import read_duration
from collector.config.shape import Shape
from collector.config.yaml import parse
from tests.config.workshop import HERE, ROOT

CONFIG = ROOT / "config"
KINDS = kinds()
each_kind = pytest.mark.parametrize("kind", sorted(KINDS))


def as_an_editor_reads(path: Path) -> Any:
    """Numbers and truth values where YAML sees them, keys always text."""
    return as_data(path.read_text())


def kind_of(name: str) -> str:
    return next(kind for kind, (files, _) in KINDS.items() if Path(name).match(files))


@cache
def schema_for(kind: str) -> dict[str, Any]:
    return schema_of(KINDS[kind][1])


@cache
def validator(kind: str) -> Any:
    return jsonschema.Draft202012Validator(schema_for(kind))


def shipped() -> list[Path]:
    """Every YAML file that a person writes, four districts of thirty."""
    found = [path for files, _ in KINDS.values() for path in sorted(CONFIG.glob(files))]
    districts = [path for path in found if path.parent.name == "districts"]
    return [path for path in found if path not in districts[4:]]


@each_kind
def test_the_committed_schema_is_the_current_one(kind: str):
    schema = schema_for(kind)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert (CONFIG / "schema" / f"{kind}.json").read_text() == text_of(schema), "run `citynoc schema`"


@pytest.mark.parametrize(
    "path",
    [*shipped(), *(HERE / "good").rglob("*.yml")],
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_what_ships_pleases_an_editor(path: Path):
    validator(kind_of(f"{path.parent.name}/{path.name}")).validate(as_an_editor_reads(path))


@pytest.mark.parametrize(
    "mistake",
    [
        "unknown-key",
        "missing-address",
        "mistyped-address-key",
        "missing-site-name",
        "tags-not-a-list",
        "tags-empty",
        "role-mistyped",
        "kind-mistyped",
        "location-one-number",
        "duration-without-unit",
        "port-out-of-range",
        "defaults-role-mistyped",
        "switch-not-a-switch",
        "missing-vantage",
        "needs-mistyped",
        "watch-mistyped",
        "secret-literal",
        "service-url-with-login",
        "reasks-too-many",
    ],
)
def test_an_editor_sees_the_mistake_too(mistake: str):
    path = HERE / f"bad-{mistake}.yml"
    target = path.read_text().splitlines()[0].removeprefix("# file: ")
    assert not validator(kind_of(target)).is_valid(as_an_editor_reads(path))


@pytest.mark.parametrize("path", shipped(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_shipped_file_names_its_schema(path: Path):
    line = path.read_text().splitlines()[-1]
    assert line.startswith("# yaml-language-server: $schema="), "it is the last line of each file"
    schema = (path.parent / line.partition("=")[2]).resolve()
    assert schema == CONFIG / "schema" / f"{kind_of(f'{path.parent.name}/{path.name}')}.json"
    assert schema.is_file()


@each_kind
def test_every_key_says_what_it_is_and_shows_an_example(kind: str):
    schema = schema_for(kind)
    assert keys_without(schema, "description") == []
    assert keys_without(schema, "examples") == []


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.4, "400ms"),
        (1.5, "1.5s"),
        (90, "90s"),
        (300, "5m"),
        (5400, "90m"),
        (7200, "2h"),
        (30 * 86400, "30d"),
    ],
)
def test_a_default_is_written_in_the_largest_unit_that_holds_it(seconds: float, written: str):
    assert duration(seconds) == written
    assert read_duration(written) == seconds


def shapes_below(model: type[Shape], seen: set[type[Shape]]) -> Iterator[type[Shape]]:
    if model in seen:
        return
    seen.add(model)
    yield model
    for field in model.model_fields.values():
        for part in parts_of(field.annotation):
            yield from shapes_below(part, seen)


def parts_of(annotation: Any) -> Iterator[type[Shape]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        assert issubclass(annotation, Shape)
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from parts_of(part)


@each_kind
def test_every_example_may_be_written_where_it_stands(kind: str):
    """Both ways: as `check` reads it, and as an editor does."""
    definitions = schema_for(kind)
    for shape in shapes_below(KINDS[kind][1], set()):
        texts = described(shape)
        for name, field in shape.model_fields.items():
            document = parse(f"x: {texts[name].example}\n", "example")
            assert document.problems == (), (shape, name)
            TypeAdapter(field.rebuild_annotation()).validate_python(document.value["x"])
    for part in [definitions, *definitions["$defs"].values()]:
        keys: dict[str, Any] = next(
            (p["properties"] for p in (part, *part.get("anyOf", ())) if "properties" in p), {}
        )
        for schema in keys.values():
            check = jsonschema.Draft202012Validator({**schema, "$defs": definitions["$defs"]})
            for example in schema["examples"]:
                check.validate(example)
