"""Killed at any moment, a writer leaves the old file or the new one: proven by killing writers for real."""

import contextlib
import os
import re
import select
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from collector import atomic
from tests.house.tree import ROOT, files

WRITES = re.compile(r"\.write_text\(|\.write_bytes\(|\bopen\([^)\n]*[\"'][wax]b?\+?[\"']|mkstemp|os\.O_CREAT")
ALONE = {
    "collector/atomic.py": "it is the one place",
    "citynoc/__main__.py": "nothing: what stands in for a standard output that nobody reads",
    "citynoc/alone.py": "a lock file: who holds it is what counts, not what it says",
    "citynoc/printing.py": "a page for a browser in a temporary folder",
    "citynoc/demo/folder.py": "a lock file, and secrets made new for each run in a folder of the demo's own",
    "citynoc/demo/servers.py": "copies made new for each run in that folder",
}
OLD, NEW = b"old\n" * 200_000, b"new\n" * 200_000
WRITER = """
import sys
from pathlib import Path
from collector import atomic
path, new = Path(sys.argv[1]), b"new\\n" * 200_000
print("ready", flush=True)
while True:
    atomic.replace(path, new)
"""


def test_every_file_is_written_in_one_place():
    found = {
        str(path.relative_to(ROOT))
        for package in ("citynoc", "collector", "exporters", "dashboards")
        for path in files(f"{package}/*.py", f"{package}/**/*.py")
        if WRITES.search(path.read_text())
    }
    assert found == set(ALONE)


@pytest.mark.parametrize("instant", range(8))
def test_a_killed_writer_leaves_the_old_file_or_the_new_one(instant: int, tmp_path: Path):
    path = tmp_path / "city.yml"
    path.write_bytes(OLD)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, cwd=ROOT
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        select.select([], [], [], 0.0007 * instant)  # another moment of the write each time
        child.send_signal(signal.SIGKILL)
        child.wait()
    assert path.read_bytes() in {OLD, NEW}
    assert all(left.name.startswith(".city.yml.") for left in tmp_path.iterdir() if left != path)


def test_a_new_file_is_for_all_to_read_and_an_old_one_keeps_its_mode(tmp_path: Path):
    before = os.umask(0o077)
    try:
        path = tmp_path / "new.yml"
        atomic.replace(path, "a")
        assert stat.S_IMODE(path.stat().st_mode) == 0o644
        path.chmod(0o600)
        atomic.replace(path, "b")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        atomic.replace(path, "c", mode=0o640)
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
    finally:
        os.umask(before)


def test_a_file_stays_whose_it_was(tmp_path: Path):
    path = tmp_path / "credentials.yml"
    path.write_text("old")
    path.chmod(0o640)
    if os.geteuid() == 0:
        os.chown(path, 4711, 4712)
    else:
        os.chown(path, -1, os.getgroups()[-1])
    before = path.stat()
    atomic.replace(path, "new")
    after = path.stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)


def test_what_is_no_plain_file_is_not_replaced(tmp_path: Path):
    pipe, link = tmp_path / "null", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for path in (pipe, link, tmp_path):
        with pytest.raises(OSError, match="no plain file"):
            atomic.replace(path, "new")
    assert pipe.is_fifo()
    assert {left.name for left in tmp_path.iterdir()} == {"null", "link"}


def test_a_link_goes_on_leading_to_its_file(tmp_path: Path):
    target, link = tmp_path / "real.yml", tmp_path / "link.yml"
    target.write_text("old")
    link.symlink_to(target)
    atomic.replace(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_draft_that_is_taken_back_changes_nothing(tmp_path: Path):
    path = tmp_path / "city.yml"
    path.write_text("old")
    with contextlib.suppress(ValueError), atomic.draft(path, "new") as draft:
        assert draft.read_text() == "new"
        raise ValueError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
