import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from citynoc.__main__ import VERBS, main

CONFIG = Path(__file__).parents[3] / "config"


def test_help_fits_a_screen(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main(["--help"])
    assert left.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < 24, "and the next prompt"
    assert max(map(len, lines)) <= 80
    assert {line.split()[0] for line in lines if line.startswith("  ")} == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main([verb, "--help"])
    assert left.value.code == 0
    assert "--config DIR" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["chek"], ["check", "--jsn"], ["run", "--listen", "nowhere"]])
def test_misuse_is_one_line_and_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_the_configuration_may_be_named_before_and_after_the_verb(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ["--config", str(CONFIG), "plan", "--json"],
        ["plan", "--json", "--config", str(CONFIG)],
    ):
        assert main(arguments) == 0
        assert json.loads(capsys.readouterr().out)


def test_a_directory_that_is_not_there_is_a_problem_and_no_traceback(capsys: pytest.CaptureFixture[str]):
    assert main(["check", "--config", "/does/not/exist"]) == 1
    assert "/does/not/exist:1:1: there is no such directory" in capsys.readouterr().out


def test_an_option_that_a_verb_does_not_have_sends_to_that_verbs_help(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["check", "--jsn"])
    assert capsys.readouterr().err.endswith("Try 'citynoc check --help'.\n")


ARGUMENTS = (sys.executable, "-m", "citynoc", "export", "--config", str(CONFIG))
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
"""As at a shell: what is left in the buffer is written at the very end, after the verb."""


@pytest.mark.parametrize("words", ["check", "meeting list", "--help", "--version", "meeting --help"])
def test_a_reader_that_has_seen_enough_is_no_mistake(words: str):
    reads, writes = os.pipe()
    os.close(reads)
    try:
        done = subprocess.run(  # our own interpreter
            (*ARGUMENTS[:3], *words.split(), "--config", str(CONFIG)),
            stdout=writes,
            stderr=subprocess.PIPE,
            env=BUFFERED,
            check=False,
        )
    finally:
        os.close(writes)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_a_full_disk_behind_the_shell_is_one_line():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(  # our own interpreter
            ARGUMENTS, stdout=full, stderr=subprocess.PIPE, env=BUFFERED, check=False
        )
    assert done.returncode == 1
    assert done.stderr.decode().startswith("citynoc export: what it says cannot be written: ")
    assert len(done.stderr.splitlines()) == 1


def test_a_closed_output_is_no_mistake():
    shell = ("/bin/sh", "-c", '"$@" >&-', "sh", *ARGUMENTS)
    done = subprocess.run(shell, stderr=subprocess.PIPE, env=BUFFERED, check=False)  # as above
    assert (done.returncode, done.stderr) == (0, b"")
