"""The schema that editors use agrees with `check` on what ships and on plain mistakes of one file."""

import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its types are a package of their own
import pytest
import yaml

from citynoc.verbs.schema import text_of
from collector.config.editor import schemas
from tests.config.workshop import HERE, ROOT

CONFIG = ROOT / "config"


def as_an_editor_reads(path: Path) -> Any:
    """Numbers and truth values where YAML sees them, keys always text."""
    return json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str))


def kind_of(name: str) -> str:
    return "district" if name.startswith("districts/") else name.removesuffix(".yml")


@pytest.mark.parametrize("kind", sorted(schemas()))
def test_the_committed_schema_is_the_current_one(kind: str):
    schema = schemas()[kind]
    jsonschema.Draft202012Validator.check_schema(schema)
    assert (CONFIG / "schema" / f"{kind}.json").read_text() == text_of(schema), "run `citynoc schema`"


@pytest.mark.parametrize(
    "path",
    [
        *(
            CONFIG / name
            for name in (
                "city.yml",
                "core.yml",
                "credentials.yml",
                "oncall.yml",
                "targets.yml",
                "admin/maps.yml",
            )
        ),
        *sorted((CONFIG / "districts").glob("*.yml"))[:4],
        *(HERE / "good").rglob("*.yml"),
    ],
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_what_ships_pleases_an_editor(path: Path):
    kind = "district" if path.parent.name == "districts" else path.stem
    jsonschema.Draft202012Validator(schemas()[kind]).validate(as_an_editor_reads(path))


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
    validator = jsonschema.Draft202012Validator(schemas()[kind_of(target)])
    assert not validator.is_valid(as_an_editor_reads(path))


def test_every_shipped_file_names_its_schema():
    for path in [
        *(CONFIG / f"{kind}.yml" for kind in ("city", "core", "credentials")),
        *(CONFIG / "districts").glob("*"),
    ]:
        line = path.read_text().splitlines()[-1]
        assert line.startswith("# yaml-language-server: $schema="), path
        assert (path.parent / line.partition("=")[2]).resolve().is_file(), path
