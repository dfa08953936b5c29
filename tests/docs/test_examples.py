"""What our pages show works: every command is one that exists, those that only read are run, every YAML is right."""

import argparse
import contextlib
from functools import cache
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its types are a package of their own
import pytest

from citynoc.__main__ import VERBS, main, parser_of
from citynoc.reference.kinds import kinds
from collector.config.described import as_data
from collector.config.editor import schema_of
from tests.docs.blocks import Block, Command, blocks, commands
from tests.house.tree import ROOT

COMMANDS = list(commands())
YAML = [block for block in blocks() if block.language in {"yaml", "yml"}]
READ_ONLY = {
    "check": {"--show", "--format", "--json"},
    "coverage": {"--json", "--csv", "--evidence", "--target", "--map", "--tag", "--as-of"},
    "export": {"--format", "--role", "--district", "--for"},
    "meeting": {"list"},
    "plan": {"--json", "--all"},
    "profiles": {"list"},
}
"""Verbs that need no server and change nothing, and the words that they may be run with."""
PLACEHOLDERS = {"NAME", "DIR", "FILE", "DEVICE", "CODE", "HOST:PORT", "TARGET", "LANGUAGE", "RANGE"}
OTHERS = {"basic_auth_users", "scrape_configs", "groups", "route", "receivers_of_alertmanager", "modules"}
"""First keys of other programs' files."""


def may_run(command: Command) -> bool:
    verb, *words = command.words or ("",)
    known = READ_ONLY.get(verb)
    return (
        known is not None
        and all(word in known or not word.startswith("-") for word in words)
        and not PLACEHOLDERS & {*words}
        and (verb != "meeting" or words[:1] == ["list"])
    )


class Helped(Exception):  # noqa: N818  # no error
    """argparse showed a help page and is done."""


@pytest.fixture
def strict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parser that says what is wrong instead of leaving."""

    def exit_(_: object, status: int = 0, message: str | None = None) -> None:
        if status:
            pytest.fail(message or "misused")
        raise Helped

    monkeypatch.setattr(argparse.ArgumentParser, "exit", exit_)


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_a_command_on_our_pages_is_one_that_exists(command: Command):
    words = [word for word in command.words if word not in {"…", "...", "\\"}]
    verb = next((word for word in words if not word.startswith("-")), None)
    if verb in {None, "VERB"}:
        return
    assert verb in VERBS, f"there is no verb {verb}"
    with contextlib.suppress(Helped):
        parser_of([str(verb)]).parse_args([word.replace("…", "x") for word in words])


@pytest.mark.parametrize("command", [each for each in COMMANDS if may_run(each)], ids=str)
def test_a_command_that_only_reads_is_run(
    command: Command, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("CITYNOC_SNMP_COMMUNITY", "x")
    assert main([*command.words]) == 0, capsys.readouterr()


@cache
def schemas() -> dict[str, dict[str, Any]]:
    return {kind: schema_of(shape) for kind, (_, shape) in kinds().items()}


def candidates(value: Any) -> dict[str, list[str]]:
    """By kind of file and its parts, what an editor would say of the block there: nothing but what is missing."""
    found = {}
    for kind, schema in schemas().items():
        definitions = schema.get("$defs", {})
        for name, part in {"": schema, **definitions}.items():
            shape = next((each for each in (part, *part.get("anyOf", ())) if "properties" in each), None)
            for where, wrapped in (
                ("", value),
                (" of devices", {"devices": value}),
                (" of sites", {"sites": value}),
            ):
                if (
                    shape is None
                    or not isinstance(wrapped, dict)
                    or not set(wrapped) <= set(shape["properties"])
                ):
                    continue
                check = jsonschema.Draft202012Validator({**shape, "$defs": definitions})
                found[f"{kind} {name}{where}"] = [
                    problem.message[:200]
                    for problem in check.iter_errors(wrapped)
                    if problem.validator != "required" and not only_missing(problem)
                ]
    return found


def only_missing(problem: Any) -> bool:
    """Of several forms one would do, were it complete."""
    return problem.validator == "anyOf" and any(
        all(below.validator == "required" for below in problem.context if below.schema_path[0] == form)
        for form in {below.schema_path[0] for below in problem.context}
    )


@pytest.mark.parametrize("block", YAML, ids=str)
def test_yaml_on_our_pages_is_as_an_editor_wants_it(block: Block):
    text = "\n".join(line for line in block.text.splitlines() if not line.endswith(": …"))
    for document in text.replace("…", "x").split("\n---\n"):
        value = as_data(document)
        if isinstance(value, dict) and OTHERS & set(value):
            continue
        found = candidates(value)
        assert found, f"no file of ours has {list(value)[:5]}"
        assert any(not problems for problems in found.values()), found


def test_the_pages_have_examples_of_both_kinds():
    assert len(COMMANDS) > 40
    assert len(YAML) > 8
    assert sum(map(may_run, COMMANDS)) > 5


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_shown_on_some_page(verb: str):
    assert any(command.words[:1] == (verb,) for command in COMMANDS), f"no page shows `citynoc {verb}`"
