"""The examples of the pages about import and plan, run on the shipped configuration: what they show is what is said."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from citynoc.__main__ import main
from tests.config.workshop import ROOT

pytestmark = pytest.mark.timeout(120)  # whole configurations are read, several times

PAGES = ("import.md", "plan.md")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str) -> list[tuple[str, str, str]]:
    text = (ROOT / "docs" / "how-to" / page).read_text()
    return [(kind, name, body) for kind, name, body in BLOCK.findall(text)]


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_say_what_they_show(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "config", "config")
    for kind, name, body in blocks(page):
        if kind == "csv":
            Path(name).write_text(body)
    for kind, _, body in blocks(page):
        if kind == "console":
            for command, wanted in sessions(body):
                run(command)
                assert fits(capsys.readouterr().out, wanted), command


def sessions(body: str) -> list[tuple[str, str]]:
    """Commands with what they print."""
    parts = re.split(r"^\$ (.*)\n", body, flags=re.MULTILINE)[1:]
    return [*zip(parts[::2], parts[1::2], strict=True)]


def run(command: str) -> None:
    program, *arguments = shlex.split(command)
    if program == "cp":
        shutil.copytree(arguments[1], arguments[2])
    else:
        assert program == "citynoc"
        assert main(arguments) in {0, 1}


def fits(said: str, wanted: str) -> bool:
    """Whether it is what the page shows; `…` there stands for anything."""
    pattern = ".*".join(re.escape(part) for part in wanted.rstrip("\n").split("…"))
    return re.fullmatch(pattern, said.rstrip("\n"), re.DOTALL) is not None


@pytest.mark.parametrize("page", PAGES)
def test_every_option_that_a_page_names_exists(page: str, capsys: pytest.CaptureFixture[str]):
    helps = ""
    for verb in ("import", "export", "plan"):
        with pytest.raises(SystemExit):
            main([verb, "--help"])
        helps += capsys.readouterr().out
    text = (ROOT / "docs" / "how-to" / page).read_text()
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text)) - {"--snmp-port"}  # of `citynoc run`
    assert named <= set(re.findall(r"--[a-z][a-z-]*", helps))
