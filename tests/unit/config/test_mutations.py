"""Random damage to a shipped file: never a traceback, and what is reported is reported at the damage."""

import random
import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.config import ConfigurationError, draw_all, load
from collector.config.document import Document
from collector.config.problems import Problem
from collector.config.schema_network import DistrictFile
from collector.config.shape import validate
from collector.config.yaml import parse, read
from tests.config.workshop import DISTRICT, SECRETS, small_city
from tests.unit.config.mutations import Specimen, errors, is_said

SHIPPED = Path(__file__).parents[3] / "config" / "districts"
NEAR = 1  # lines between; a quote or bracket that is opened by the damage may be seen at its own line only
CHARACTERS = " :{}[]'\"#-&*!|>%@`,\tđ0a\x07"


@cache
def shipped() -> str:
    """A district file of the example, shortened to its first communes."""
    return (SHIPPED / "004-long-bien.yml").read_text().partition("\n\n  00124:")[0] + "\n"


def problems_of(text: str) -> list[Problem]:
    document: Document = parse(text, "004.yml")
    _, problems = validate(DistrictFile, document)
    return problems


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_damaged_character_is_harmless_or_reported_close_by(data: st.DataObject):
    text = shipped()
    at = data.draw(st.integers(0, len(text) - 1))
    kind = data.draw(st.sampled_from(["insert", "replace", "delete"]))
    new = data.draw(st.sampled_from(CHARACTERS)) if kind != "delete" else ""
    damaged = text[:at] + new + text[at + (kind != "insert") :]
    line = text[:at].count("\n") + 1
    problems = problems_of(damaged)
    if not problems:
        return
    named = [problem.place.line for problem in problems]
    named += [int(number) for problem in problems for number in re.findall(r"line (\d+)", problem.hint or "")]
    if min(_distance(damaged, number, line) for number in named) <= NEAR:
        return
    # A key that lost its place takes what is indented below it along: then the report stands at the parent.
    parents = {number for number in range(1, line + 1) if _is_above(damaged, number, line)}
    assert any(problem.place.line in parents or "file has no" in problem.message for problem in problems), (
        kind,
        line,
        [str(problem) for problem in problems],
    )


def _distance(text: str, one: int, other: int) -> int:
    """Lines between the two that hold something: comments and empty lines do not count."""
    between = text.split("\n")[min(one, other) : max(one, other) - 1]
    return sum(line.strip() != "" and not line.lstrip().startswith("#") for line in between)


def _is_above(text: str, number: int, line: int) -> bool:
    """Whether line `number` opens a block that the damaged line is in, or was in."""
    lines = text.split("\n")
    here = lines[number - 1]
    indent = len(here) - len(here.lstrip())
    damaged = lines[min(line, len(lines)) - 1]
    return here.strip() != "" and indent <= len(damaged) - len(damaged.lstrip()) + 2


@pytest.mark.parametrize("seed", range(30))
def test_lines_lost_doubled_and_swapped_never_raise(seed: int):
    chance = random.Random(seed)  # noqa: S311  # damage needs no secrecy
    lines = shipped().splitlines()
    for _ in range(3):
        at = chance.randrange(len(lines))
        match chance.randrange(3):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[chance.randrange(len(lines))])
            case _:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], lines[at]
    for problem in problems_of("\n".join(lines)):
        assert 1 <= problem.place.line <= len(lines) + 1


TOKENS = [
    "[]",
    "{}",
    "''",
    "null",
    "[a, {b: c}]",
    "{at_least: []}",
    '"',
    "&a 1",
    "*a",
    "? a",
    "9" * 30,
    "file:/",
    "{x}",
]


@pytest.mark.parametrize("seed", range(60))
def test_any_word_of_any_file_may_become_anything(seed: int, tmp_path: Path):
    config = small_city(tmp_path)
    chance = random.Random(seed)  # noqa: S311  # damage needs no secrecy
    path = config / chance.choice(["city.yml", "core.yml", "credentials.yml", DISTRICT])
    text = path.read_text()
    for _ in range(chance.randint(1, 2)):
        start, end = chance.choice([match.span() for match in re.finditer(r"[^\s:{},\[\]]+", text)])
        text = text[:start] + chance.choice(TOKENS) + text[end:]
    path.write_text(text)
    try:
        load(config, SECRETS)
    except ConfigurationError as wrong:
        assert draw_all(wrong.problems)  # noqa: PT017  # being wrong is allowed, not required


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yml")), ids=lambda path: path.stem)
def test_what_ships_is_right(path: Path):
    _, problems = validate(DistrictFile, read(path, SHIPPED))
    assert problems == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize("seed", range(2))
def test_damage_to_any_shipped_file_is_harmless_or_said_where_it_is(seed: int, tmp_path: Path):
    """The first of the thousands that `python -m tests.unit.config.mutations` tries."""
    specimen = Specimen(tmp_path)
    assert errors(specimen.config) == []
    chance = random.Random(1000 + seed)  # noqa: S311  # damage needs no secrecy
    for _ in range(12):
        mutation, found = specimen.damaged(chance)
        assert is_said(mutation, found), f"{mutation}\n{draw_all(found)}"


SITES = """\
district: "004"
name: Long Biên

cables:
  one: carrier-a

defaults:
  router: {profile: if-mib}

sites:
  "00115":
    name: A
    devices:
      rt-00115: {address: 127.0.0.1}
  "00118":
    name: B
    devices:
      rt-00118: {address: 127.0.0.2}
  "00121":
    name: C
"""


@pytest.mark.parametrize(
    ("line", "becomes", "said_at"),
    [
        ("sites:", " sites:", 10),
        ('  "00115":', '"00115":', 11),
        ('  "00115":', None, 11),
        ('  "00118":', '    "00118":', 15),
        ("cables:", " cables:", 4),
        ('district: "004"', '  district: "004"', 1),
        ("    devices:", "devices:", 13),
        ("    devices:", "   devices:", 13),
        ("    name: B", "  name: B", 16),
    ],
)
def test_an_indentation_is_reported_where_it_is_wrong(line: str, becomes: str | None, said_at: int):
    new = "" if becomes is None else f"{becomes}\n"
    [first, *_] = problems_of(SITES.replace(f"{line}\n", new, 1))
    assert abs(first.place.line - said_at) <= 1, str(first)
