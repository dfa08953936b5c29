"""The reference pages are what the program says of itself now, and nothing is missing from them."""

import pytest

from citynoc.__main__ import VERBS, parser_of
from citynoc.reference.__main__ import pages
from citynoc.reference.commands import arguments_of, subparsers_of
from tests.house.tree import ROOT

FOLDER = ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", ["configuration.md", "commands.md"])
def test_a_reference_page_is_what_a_fresh_build_gives(name: str):
    assert (FOLDER / name).read_text() == pages()[name], "run `make docs`"


@pytest.mark.parametrize("verb", VERBS)
def test_every_argument_of_a_verb_says_what_it_does(verb: str):
    waiting = dict(subparsers_of(parser_of([verb])))
    while waiting:
        name, parser = waiting.popitem()
        assert parser.description or name != verb
        for argument in arguments_of(parser):
            assert argument.help or argument.choices, f"{parser.prog} {argument.dest}"
        waiting |= dict(subparsers_of(parser))


def test_every_link_of_the_reference_leads_to_a_heading():
    for name in ("configuration.md", "commands.md"):
        text = (FOLDER / name).read_text()
        headings = {
            "".join(c for c in line.lstrip("# ").lower().replace(" ", "-") if c.isalnum() or c in "-_")
            for line in text.splitlines()
            if line.startswith("#")
        }
        linked = {part.partition(")")[0] for part in text.split("](#")[1:]}
        assert linked <= headings, linked - headings
        lines = [line for line in text.splitlines() if line.startswith(("## ", "### "))]
        assert len(lines) == len(set(lines)), "two headings of one name"
