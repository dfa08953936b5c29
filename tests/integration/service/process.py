"""The service and the simulator as processes of their own, on one district of the shipped city and on free ports."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.integration.mosquitto import free_port

ROOT = Path(__file__).parents[3]
ENVIRON = {**os.environ, "CITYNOC_SNMP_COMMUNITY": "test-community"}
PATIENCE = 60.0
"""Seconds until an expected thing counts as not happening."""


def one_district(folder: Path) -> Path:
    """The shipped configuration with the district of Long Biên alone: 40 devices."""
    config = folder / "config"
    elsewhere = shutil.ignore_patterns("meetings.yml", "calendars")  # meetings of districts that are not here
    shutil.copytree(ROOT / "config", config, ignore=elsewhere)
    for file in (config / "districts").iterdir():
        if not file.name.startswith("004-"):
            file.unlink()
    city = config / "city.yml"
    city.write_text(city.read_text().replace("poll: 30s", "poll: 10s"))
    core = config / "core.yml"
    core.write_text(
        core.read_text().replace(":1180/", f":{free_port()}/")
    )  # another city may run on this machine
    return config


def free_udp_port() -> int:
    """A UDP port that nobody uses on any loopback address now."""
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        probe.bind(("", 0))
        port: int = probe.getsockname()[1]
        return port


def eventually(what: str, holds: Callable[[], object]) -> None:
    """Return when `holds` does; AssertionError naming `what` after `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if holds():
                return
        select.select([], [], [], 0.05)
    raise AssertionError(f"never seen: {what}")


@contextlib.contextmanager
def process(*arguments: str, log: Path, inside: Sequence[str] = ()) -> Iterator[subprocess.Popen[str]]:
    """`citynoc …` as a child, ended with the context by its own clean stop; `inside` is a command that becomes it."""
    with log.open("a") as written:
        child = subprocess.Popen(
            [*inside, sys.executable, "-m", "citynoc", *arguments],
            cwd=ROOT,
            env=ENVIRON,
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
        try:
            child.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()  # its own end is missing, which fails this test; the next one starts without it
            child.communicate()
            raise


class Simulator:
    """A running simulator and its control address."""

    def __init__(self, config: Path, folder: Path) -> None:
        self.port = free_udp_port()
        self._config = config
        self._log = folder / "simulator.log"
        self._control = ""

    @contextlib.contextmanager
    def running(self) -> Iterator["Simulator"]:
        """Answering, from when this is entered."""
        options = ["--no-mqtt", "--snmp-port", str(self.port), "--control", "127.0.0.1:0"]
        with process("simulate", "--config", str(self._config), *options, log=self._log) as child:
            assert child.stdout is not None
            started = child.stdout.readline()
            assert started, f"the simulator did not start: {self._log.read_text()}"
            self._control = json.loads(started)["control"]
            yield self

    def act(self, action: str, **what: str) -> None:
        """One action on the simulated city, as `act("cut", device="rt-00115")`."""
        post(f"{self._control}/{action}", json.dumps(what).encode())


class Service:
    """`citynoc run` on a configuration: start it, kill it, read what it shows."""

    def __init__(self, config: Path, folder: Path, snmp_port: int, broker: int) -> None:
        self.config = config
        self.port = free_port()
        self.traps = free_udp_port()
        self.data = folder / "data"
        self.inside: Sequence[str] = ()
        """A command that ends in becoming another, as `env` does: the service runs inside it."""
        self._log = folder / "service.log"
        self._snmp_port = snmp_port
        self._broker = broker

    @property
    def log(self) -> str:
        """What it logged, over all its lives."""
        return self._log.read_text()

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """Healthy, from when this is entered."""
        options = ["--data", str(self.data), "--listen", f"127.0.0.1:{self.port}"]
        options += ["--broker", f"127.0.0.1:{self._broker}", "--snmp-port", str(self._snmp_port)]
        if self.traps:
            options += ["--traps", f"127.0.0.1:{self.traps}"]
        arguments = ("run", "--config", str(self.config), *options)
        with process(*arguments, log=self._log, inside=self.inside) as child:
            eventually("the service answers", lambda: child.poll() is not None or self.get("/-/healthy"))
            assert child.poll() is None, self.log
            yield child

    def get(self, path: str) -> str:
        """The body of a page; OSError if it is not there."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20.0) as answer:
                text: str = answer.read().decode()
                return text
        except urllib.error.HTTPError as refused:
            refused.close()  # it holds the connection
            raise

    def reload(self) -> tuple[int, str]:
        """Status and text of `POST /-/reload`."""
        return post(f"127.0.0.1:{self.port}/-/reload", b"")

    def series(self, page: str, name: str) -> dict[str, float]:
        """Values of one metric by its label text."""
        found = {}
        for line in self.get(page).splitlines():
            if line.startswith((f"{name}{{", f"{name} ")):
                labels, value = line.removeprefix(name).rsplit(" ", 1)
                found[labels] = float(value)
        return found

    def up(self) -> int:
        """How many devices are up."""
        return sum(value == 1 for value in self.series("/metrics/state", "citynoc_device_up").values())

    def wait_for_all(self, devices: int) -> None:
        """Return when that many devices are up."""
        eventually(f"{devices} devices up", lambda: self.up() == devices)


def post(address: str, body: bytes) -> tuple[int, str]:
    """Status and text of a POST, also of one that was refused."""
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"http://{address}", data=body, method="POST", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - always http
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode()
