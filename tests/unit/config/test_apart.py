"""A configuration that another process read is the one that is read here, and a reader that fails says so."""

import asyncio
import os
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from collector.config import Configuration, ConfigurationError, apart, load
from collector.config.parcel import pack, unpack
from collector.metrics import CATALOG
from collector.model import CredentialName

EXAMPLE = Path(__file__).parents[3] / "config"
ENVIRON = {**os.environ, "CITYNOC_SNMP_COMMUNITY": "apart"}
NEVER = (
    "pydantic",
    "pydantic_core",
    "yaml",
    "collector.config.reading",
    "collector.config.schema_city",
    "markdown_it",  # until somebody reads a runbook
)


def read(directory: Path, **reader: str) -> Configuration:
    return asyncio.run(apart.load(directory, ENVIRON, **reader))


def refusal(directory: Path, **reader: str) -> str:
    with pytest.raises(ConfigurationError) as refused:
        read(directory, **reader)
    return str(refused.value)


def script(folder: Path, text: str) -> str:
    """An executable that stands in for the Python that reads."""
    path = folder / "reader"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_what_another_process_read_is_what_is_read_here():
    here, there = load(EXAMPLE, ENVIRON), read(EXAMPLE)
    assert there.inventory == here.inventory
    community = there.inventory.credentials[CredentialName("snmp-community")].community
    assert community is not None
    assert community.reveal() == "apart"
    for part in ("profiles", "telemetry", "warnings", "maintenance", "rota", "quality", "limits"):
        assert getattr(there, part) == getattr(here, part), part
    assert there.coverage is not None
    assert here.coverage is not None
    assert there.coverage.targets == here.coverage.targets
    assert there.on_call is None
    assert here.on_call is not None


def test_meetings_also_those_of_a_calendar_recur_alike():
    here, there = load(EXAMPLE, ENVIRON).meetings, read(EXAMPLE).meetings
    month = (1_800_000_000.0, 1_800_000_000.0 + 31 * 86400.0)
    assert there.between(*month) == here.between(*month) != ()


def test_a_family_stays_the_one_of_the_catalogue():
    profiles = read(EXAMPLE).telemetry.values()
    families = [field.family for profile in profiles for field in profile.fields]
    assert families
    assert all(family is CATALOG[family.name] for family in families)


def test_every_problem_comes_back_with_its_line(tmp_path: Path):
    (tmp_path / "city.yml").write_text("city: Hà Nội\nlisten: 127.0.0.1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError) as here:
        load(tmp_path, ENVIRON)
    with pytest.raises(ConfigurationError) as there:
        read(tmp_path)
    assert there.value.problems == here.value.problems
    excerpts = [problem.excerpt for problem in there.value.problems]
    assert excerpts == [problem.excerpt for problem in here.value.problems]


@pytest.mark.parametrize(
    ("does", "said"),
    [
        (
            "echo Traceback >&2; echo MemoryError: no room >&2; exit 1",
            "it ended with 1 — MemoryError: no room",
        ),
        ("kill -KILL $$", "it was ended by SIGKILL"),
        ("exit 0", "this is no answer"),
        ("echo what nobody asked for", "this is no answer"),
    ],
)
def test_a_reader_that_dies_is_one_sentence(tmp_path: Path, does: str, said: str):
    text = refusal(EXAMPLE, reader=script(tmp_path, does))
    assert text.startswith(f"{EXAMPLE}:1:1: the process that reads the configuration failed: ")
    assert said in text


def test_a_reader_that_is_not_there_is_one_sentence(tmp_path: Path):
    assert "it cannot be started: No such file or directory" in refusal(
        EXAMPLE, reader=str(tmp_path / "none")
    )


def test_a_reader_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(apart, "LONGEST", 0.2)
    assert "it did not end within 0.2 s" in refusal(EXAMPLE, reader=script(tmp_path, "exec sleep 600"))


def test_what_is_printed_at_the_start_of_the_reader_is_not_taken_for_the_answer(tmp_path: Path):
    (tmp_path / "sitecustomize.py").write_text("print('hello from elsewhere', flush=True)\n")
    found = asyncio.run(apart.load(EXAMPLE, {**ENVIRON, "PYTHONPATH": str(tmp_path)}))
    assert found.inventory.devices


def test_octets_that_are_no_answer_are_refused():
    with pytest.raises(ValueError, match="no answer"):
        unpack(pack(())[:-2] + b"K\x07.")
    with pytest.raises(ValueError, match="no answer"):
        unpack(pack(load(EXAMPLE, ENVIRON))[:1000])


def test_a_running_service_carries_no_schema_and_no_parser():
    program = f"""
        import asyncio, os, sys
        from pathlib import Path
        import citynoc.service, citynoc.verbs.run
        from collector.config import apart
        from citynoc.planning.telling import telling
        configuration = asyncio.run(apart.load(Path({str(EXAMPLE)!r}), os.environ))
        print([name for name in {NEVER!r} if name in sys.modules])
    """
    made = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env={**ENVIRON, "PYTHONPATH": str(EXAMPLE.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout == "[]\n"
