"""`citynoc demo` as a person starts and ends it."""

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from citynoc.demo.servers import BINARIES
from tests.binaries import require
from tests.e2e.city import ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

SERVERS = len(BINARIES) + 2  # and our own two: the simulator and the service


@pytest.fixture(autouse=True)
def _servers_installed():
    for program, _ in BINARIES.values():
        require(program)


@contextmanager
def demo(data: Path, *options: str, path: str | None = None) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ if path is None else {**os.environ, "PATH": path}
    argv = [
        sys.executable,
        "-m",
        "citynoc",
        "demo",
        "--config",
        str(ROOT / "config"),
        "--data",
        str(data),
        *options,
    ]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT, env=environment
    ) as started:
        try:
            yield started
        finally:
            started.kill()


def children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == parent:
            found.append(int(stat.parent.name))
    return found


def read_until(started: subprocess.Popen[str], words: str) -> str:
    assert started.stdout is not None
    said = ""
    for line in started.stdout:
        said += line
        if words in line:
            return said
    pytest.fail(f"ended with {started.wait()} before it said {words!r}:\n{said}")


def await_end(watches: list[int]) -> None:
    """Block until every process has ended: a pidfd is readable then."""
    for watch in watches:
        select.select([watch], [], [])
        os.close(watch)


def test_the_check_proves_the_chain_from_a_cut_to_a_resolved_page(tmp_path: Path):
    with demo(tmp_path / "data", "--check") as started:
        said, _ = started.communicate()
    assert started.returncode == 0, said
    assert "1228 of 1228 devices answer, 579 of 579 communes are up" in said
    assert re.search(r"cut → page \d+\.\d s, repair → resolved \d+\.\d s", said)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_nothing_outlives_the_demo(number: signal.Signals, tmp_path: Path):
    with demo(tmp_path / "data") as started:
        said = read_until(started, "Ctrl-C stops everything")
        assert "579/579 communes and 1228/1228 devices report, says Prometheus" in said
        pids = children(started.pid)
        assert len(pids) == SERVERS
        watches = [os.pidfd_open(pid) for pid in pids]
        started.send_signal(number)
        rest, _ = started.communicate()
        await_end(watches)
    if number is signal.SIGINT:
        assert started.returncode == 0, rest
        assert "everything that was started here is stopped" in rest


def test_a_server_that_dies_is_told_with_its_log_and_is_not_restarted(tmp_path: Path):
    with demo(tmp_path / "data") as started:
        read_until(started, "Ctrl-C stops everything")
        (blackbox,) = [
            pid for pid in children(started.pid) if "blackbox" in Path(f"/proc/{pid}/cmdline").read_text()
        ]
        os.kill(blackbox, signal.SIGKILL)
        said = read_until(started, "It is not restarted")
        assert "blackbox was killed by SIGKILL" in said
        assert len(children(started.pid)) == SERVERS - 1
        started.send_signal(signal.SIGTERM)
        started.communicate()
    assert started.returncode == 0


def test_without_servers_the_demo_goes_on_and_says_what_is_missing(tmp_path: Path):
    with demo(
        tmp_path / "data", path=str(tmp_path)
    ) as started:  # Debian's daemons in sbin are found all the same
        said = read_until(started, "Ctrl-C stops everything")
        assert (
            "prometheus is not installed, so the demo goes on without prometheus: nothing is stored" in said
        )
        assert "prometheus-alertmanager is not installed" in said
        assert "579/579 communes and 1228/1228 devices report, says citynoc" in said
        started.send_signal(signal.SIGINT)
        started.communicate()
    assert started.returncode == 0


def test_without_servers_the_check_proves_nothing(tmp_path: Path):
    with demo(tmp_path / "data", "--check", path=str(tmp_path)) as started:
        said, _ = started.communicate()
    assert started.returncode == 1
    assert "nothing can be proven without" in said
    assert "Traceback" not in said
