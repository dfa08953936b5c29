"""Importers as processes: two at once on one file, killed at any moment, waiting for one another."""

import fcntl
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from citynoc.importer.columns import Columns
from citynoc.importer.csv_rows import read_rows
from citynoc.importer.proposal import propose
from citynoc.importer.session import Session
from citynoc.importer.wanted import wanted_of
from collector.config import load
from tests.config.workshop import DISTRICT, ROOT, SECRETS, small_city

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

ENVIRON = {**os.environ, **SECRETS}
DISTRICTS = 6
"""Files that one import changes: the longer it writes, the more often a kill meets it writing."""


def importer(config: Path, source: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "citynoc", "import", str(source), "--config", str(config), "--write", *more],
        cwd=ROOT,
        env=ENVIRON,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def table(path: Path, *rows: str) -> Path:
    path.write_text("\n".join(("site,name,district,router", *rows)) + "\n")
    return path


def test_two_at_once_lose_nothing(tmp_path: Path):
    config = small_city(tmp_path)
    for number in range(3):
        pair = [
            importer(
                config,
                table(tmp_path / f"{side}.csv", f"0{side}{number:03},x,004,127.14.{side}.{100 + number}"),
            )
            for side in (3, 4)
        ]
        for child in pair:
            said = child.communicate(timeout=60)
            assert child.returncode == 0, said
    sites = load(config, SECRETS).inventory.sites
    assert {f"0{side}{number:03}" for side in (3, 4) for number in range(3)} <= set(sites)
    assert not [*config.rglob(".*")]


def test_an_importer_waits_for_the_one_before(tmp_path: Path):
    config = small_city(tmp_path)
    handle = os.open(config, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        child = importer(config, table(tmp_path / "list.csv", "00300,x,004,127.14.1.100"))
        assert child.stderr is not None
        assert "waiting for another command that edits" in child.stderr.readline()
        # What is written meanwhile, by whoever has the lock, is what the importer then stands on.
        text = (config / DISTRICT).read_text()
        (config / DISTRICT).write_text(text.replace("Phường Ngọc Thụy", "Phường Khác"))
    finally:
        os.close(handle)
    said = child.communicate(timeout=60)
    assert child.returncode == 0, said
    text = (config / DISTRICT).read_text()
    assert "Phường Khác" in text
    assert "00300:" in text


def test_planned_work_that_is_entered_twice_at_once_is_there_twice(tmp_path: Path):
    config = small_city(tmp_path)
    options = ["--config", str(config), "--site", "00115", "--for", "2h"]
    children = [
        subprocess.Popen(
            [sys.executable, "-m", "citynoc", "maintenance", "add", f"work-{number}", *options],
            cwd=ROOT,
            env=ENVIRON,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for child in children:
        said = child.communicate(timeout=60)
        assert child.returncode == 0, said
    windows = load(config, SECRETS).maintenance
    assert {window.name for window in windows} == {"work-0", "work-1", "work-2"}


def wide_city(tmp_path: Path) -> tuple[Path, Path, dict[str, tuple[bytes, bytes]]]:
    """A city of many files, a table that changes each of them, and every file before and after."""
    config = small_city(tmp_path)
    for number in range(DISTRICTS):
        (config / "districts" / f"1{number:02}-many.yml").write_text(
            f"# A district.\ndistrict: 1{number:02}\nname: Quận {number}\nsites:\n"
            f"  ten-{number}: # remark\n    name: x\n    kind: agency\n    devices:\n"
            f"      sw-1{number:02}: {{address: 127.20.{number}.1, uplinks: [core-1]}}\n"
        )
    source = tmp_path / "list.csv"
    source.write_text(
        "site,name,district,device,address,uplinks\n"
        + "".join(
            f"2{number:04},Phường {number},1{number:02},rt-2{number:04},127.30.{number}.1,core-1\n"
            for number in range(DISTRICTS)
        )
    )
    old = {path.name: path.read_bytes() for path in (config / "districts").iterdir()}
    copy = tmp_path / "copy"
    copy.mkdir()
    other = small_city(copy)
    for name, content in old.items():
        (other / "districts" / name).write_bytes(content)
    child = importer(other, source)
    said = child.communicate(timeout=60)
    assert child.returncode == 0, said
    new = {path.name: path.read_bytes() for path in (other / "districts").iterdir()}
    return config, source, {name: (old[name], new[name]) for name in old}


def as_it_was_or_as_it_is(config: Path, files: dict[str, tuple[bytes, bytes]]) -> int:
    """How many files are the new ones; fails if any is neither."""
    for name, both in files.items():
        assert (config / "districts" / name).read_bytes() in both, name
    load(config, SECRETS)
    return sum(
        (config / "districts" / name).read_bytes() == new for name, (old, new) in files.items() if old != new
    )


def restore(config: Path, files: dict[str, tuple[bytes, bytes]]) -> None:
    for name, (old, _) in files.items():
        (config / "districts" / name).write_bytes(old)


def test_killed_at_random_moments_each_file_is_the_old_or_the_new_one(tmp_path: Path):
    config, source, files = wide_city(tmp_path)
    draw = random.Random(20)  # noqa: S311  # moments, not secrets
    begun = time.monotonic()
    child = importer(config, source)
    child.communicate(timeout=60)
    whole = time.monotonic() - begun
    restore(config, files)
    for _ in range(12):
        child = importer(config, source)
        try:
            child.wait(draw.uniform(0.6, 1.05) * whole)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        child.communicate()
        as_it_was_or_as_it_is(config, files)
        restore(config, files)
    child = importer(config, source)  # what the dead left is no hindrance, and is swept away
    assert child.wait(60) == 0
    child.communicate()
    assert as_it_was_or_as_it_is(config, files) == DISTRICTS
    assert not [*config.rglob(".*")]


def die_at(step: int) -> None:
    """From now on this process kills itself at its `step`-th look at a file or folder. Only for one that ends anyway."""
    count = 0

    def hook(name: str, _: object) -> None:
        nonlocal count
        if name in {"open", "os.rename", "os.remove", "os.chmod", "os.mkdir", "tempfile.mkstemp"}:
            count += 1
            if count == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def test_killed_before_each_step_of_its_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    config, source, files = wide_city(tmp_path)
    monkeypatch.setenv("COMMUNITY", SECRETS["COMMUNITY"])
    wanted = wanted_of(read_rows(source, Columns()), {})
    change = propose(config, wanted, None, ENVIRON).change
    seen: set[int] = set()
    for step in range(1, 300):
        child = os.fork()
        if child == 0:
            try:
                die_at(step)
                change.write()
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        seen.add(as_it_was_or_as_it_is(config, files))
        restore(config, files)
        if not os.WIFSIGNALED(status):
            break
    assert seen == {*range(DISTRICTS + 1)}, "it was met with each number of files replaced"
    assert Session(config, wanted, None, ENVIRON, write=True).run() == 0
    assert as_it_was_or_as_it_is(config, files) == DISTRICTS
    assert not [*config.rglob(".*")], "what the dead had left is swept away"
