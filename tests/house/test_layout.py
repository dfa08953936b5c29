"""The repository's own shape: what a reader may rely on without reading everything."""

import ast
import ipaddress
import re
import tomllib

import pytest

from citynoc.__main__ import VERBS
from tests.house.tree import ROOT, files

PACKAGES = ("citynoc", "collector", "exporters", "dashboards")
LONGEST_MODULE = 400
LEAST_REASON = 12
ADDRESS = re.compile(r"(?<![\d.\w§-])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.\w-])")
CODE_OF_NUMBERS = "citynoc/simulator/mib.py"  # relative OIDs look like addresses
NOT_AN_ADDRESS = {"0.0.0.0"}  # the wildcard that binds, never a peer


def modules() -> list[str]:
    return [
        str(path.relative_to(ROOT))
        for package in PACKAGES
        for path in files(f"{package}/*.py", f"{package}/**/*.py")
    ]


@pytest.mark.parametrize("module", modules())
def test_every_module_says_its_duty_and_keeps_to_one(module: str):
    text = (ROOT / module).read_text()
    assert ast.get_docstring(ast.parse(text)), f"{module} has no docstring"
    assert text.count("\n") <= LONGEST_MODULE, f"{module} is asking which of its duties should leave"


def test_every_verb_is_a_module_and_every_module_is_a_verb():
    listed = {"import_" if name == "import" else name for name in VERBS}
    there = {path.stem for path in files("citynoc/verbs/*.py") if path.parent.name == "verbs"} - {"__init__"}
    assert there == listed


def test_no_dependency_comes_without_a_reason():
    text = (ROOT / "pyproject.toml").read_text()
    project = tomllib.loads(text)["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    for requirement in wanted:
        lines = [line for line in text.splitlines() if f'"{requirement}"' in line]
        assert any(len(line.partition("# ")[2]) > LEAST_REASON for line in lines), (
            f"{requirement}: say in one sentence why it is here"
        )


def test_requirements_are_pinned_with_hashes_and_name_no_download_address():
    for path in files("requirements/*.txt"):
        text = path.read_text()
        assert "://" not in text, path
        for line in text.splitlines():
            if re.match(r"^[a-z]", line):
                assert re.match(r"^[a-z0-9._-]+==\S+ \\$", line), f"{path.name}: {line}"


def addresses(text: str) -> set[str]:
    found = set()
    for candidate in ADDRESS.findall(text):
        try:
            ipaddress.IPv4Address(candidate)
        except ipaddress.AddressValueError:
            continue
        found.add(candidate)
    return found


def test_every_address_that_ships_is_loopback():
    wrong = {
        f"{path.relative_to(ROOT)}: {address}"
        for path in files("config/*", "deploy/*", "docs/*", "citynoc/*", "collector/*", "README.md")
        if path.suffix not in {".csv", ".svg", ".png", ".geojson"} and path != ROOT / CODE_OF_NUMBERS
        for address in addresses(path.read_text(errors="replace")) - NOT_AN_ADDRESS
        if not ipaddress.IPv4Address(address).is_loopback and not address.startswith("1.3.6.")
    }
    assert not wrong
