"""Each server as a program to start: its arguments, its configuration made from the shipped one, its readiness.

Uses the very files of `deploy/`: only addresses and paths are swapped, so that what the demo proves is what is shipped.
"""

import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from citynoc.demo.folder import COMMUNITY, Folder
from citynoc.demo.ports import HOST, USUAL, Ports
from citynoc.demo.probes import answers, port_open
from citynoc.demo.supervisor import DemoError, Program, search_path

BINARIES: Mapping[str, tuple[str, str]] = {
    "mosquitto": (
        "mosquitto",
        "no MQTT: endpoints are seen over SNMP only, and citynoc says that its broker is down",
    ),
    "blackbox": ("prometheus-blackbox-exporter", "the city's services are not probed"),
    "prometheus": ("prometheus", "nothing is stored, no rule is evaluated and nobody is paged"),
    "alertmanager": ("prometheus-alertmanager", "alerts stay in Prometheus: nobody is paged"),
}
"""Server → its program, and what is missing without it. Debian's packages have the programs' names."""


@dataclass(frozen=True, slots=True)
class Room:
    """All that a server's start depends on: configuration of the city, shipped files, data folder, ports."""

    config: Path
    deploy: Path
    folder: Folder
    ports: Ports
    session: aiohttp.ClientSession

    @property
    def environment(self) -> Mapping[str, str]:
        """What our own programs find in their environment."""
        return {COMMUNITY: self.folder.community, "PYTHONUNBUFFERED": "1"}

    def url(self, name: str, path: str = "") -> str:
        """An address of one of the servers."""
        return f"http://{self.ports.address(name)}{path}"

    def port(self, name: str) -> str:
        """A server's port, for a command line."""
        return str(self.ports.tcp[name])

    def shipped(self, path: str) -> Path:
        """Make this run's copy of a file of `deploy/`, with our addresses and paths.

        Raises:
            DemoError: the shipped file is not there.
        """
        source = self.deploy / path
        try:
            text = source.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise DemoError(f"{source} is missing: give --deploy the folder deploy/ of a checkout") from None
        copy = self.folder.etc / source.name
        copy.write_text(swap(text, self._swaps()), encoding="utf-8")
        return copy

    def _swaps(self) -> dict[str, str]:
        swaps = {f"{HOST}:{number}": self.ports.address(name) for name, number in USUAL.items()}
        # Relative to the file that names them: a path with odd letters needs no quoting in YAML.
        return swaps | {
            "/etc/citynoc/rules/": "rules/",
            "/run/credentials/citynoc-alertmanager.service/": "secrets/",
        }


def swap(text: str, swaps: Mapping[str, str]) -> str:
    """Every old text by its new one, in one pass: what was put in is not swapped again."""
    pattern = "|".join(rf"{re.escape(old)}(?!\d)" for old in sorted(swaps, key=len, reverse=True))
    return re.sub(pattern, lambda found: swaps[found[0]], text)


def find(name: str) -> str | None:
    """Path of a server's program, or None; Debian puts daemons in sbin, which a user's PATH may lack."""
    return shutil.which(BINARIES[name][0], path=search_path())


def _citynoc(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "citynoc", *arguments)


def simulator(room: Room) -> Program:
    """Every device of the inventory, the city's services, and the endpoints' telemetry."""
    return Program(
        "simulator",
        _citynoc(
            *("simulate", "--config", str(room.config)),
            *("--broker", room.ports.address("mosquitto")),
            *("--control", room.ports.address("control")),
            *("--snmp-port", str(room.ports.snmp)),
        ),
        answers(room.session, room.url("control", "/state")),
        environment=room.environment,
    )


def service(room: Room) -> Program:
    """The product itself. Its own readiness (every device asked once) is what the others are started to watch."""
    return Program(
        "citynoc",
        _citynoc(
            *("run", "--config", str(room.config)),
            *("--data", str(room.folder.store("citynoc"))),
            *("--listen", room.ports.address("citynoc")),
            *("--broker", room.ports.address("mosquitto")),
            *("--alertmanager", room.url("alertmanager")),
            *("--snmp-port", str(room.ports.snmp)),
            *("--traps", f"{HOST}:{room.ports.traps}"),
        ),
        answers(room.session, room.url("citynoc", "/-/healthy")),
        environment=room.environment,
    )


def mosquitto(room: Room) -> Program:
    """The broker, with the shipped queue sizes; it keeps its retained messages in the folder it runs in."""
    return Program(
        "mosquitto",
        (
            _found("mosquitto"),
            "-c",
            str(room.shipped("mosquitto/loopback.conf")),
            "-p",
            room.port("mosquitto"),
        ),
        port_open(room.ports.address("mosquitto")),
        folder=room.folder.store("mosquitto"),
    )


def blackbox(room: Room) -> Program:
    """The prober of the city's services."""
    return Program(
        "blackbox",
        (
            _found("blackbox"),
            f"--config.file={room.shipped('blackbox/blackbox.yml')}",
            f"--web.listen-address={room.ports.address('blackbox')}",
        ),
        answers(room.session, room.url("blackbox", "/-/healthy")),
    )


def prometheus(room: Room) -> Program:
    """Stores and evaluates; its rules are the operator's own folder, linked, so that an edit and SIGHUP work."""
    rules = room.folder.etc / "rules"
    rules.unlink(missing_ok=True)
    rules.symlink_to((room.config / "rules").resolve(), target_is_directory=True)
    return Program(
        "prometheus",
        (
            _found("prometheus"),
            f"--config.file={room.shipped('prometheus/prometheus.yml')}",
            f"--storage.tsdb.path={room.folder.store('prometheus')}",
            "--storage.tsdb.retention.time=2d",
            f"--web.listen-address={room.ports.address('prometheus')}",
            f"--web.external-url={room.url('prometheus')}",
        ),
        answers(room.session, room.url("prometheus", "/-/ready")),
        ready_within=60,
    )


def alertmanager(room: Room) -> Program:
    """Routes and pages; alone, so it opens no cluster port."""
    return Program(
        "alertmanager",
        (
            _found("alertmanager"),
            f"--config.file={room.shipped('alertmanager/alertmanager.yml')}",
            f"--storage.path={room.folder.store('alertmanager')}",
            f"--web.listen-address={room.ports.address('alertmanager')}",
            f"--web.external-url={room.url('alertmanager')}",
            "--cluster.listen-address=",
            "--data.maintenance-interval=5s",  # a crash forgets at most this much of who was told what
        ),
        answers(room.session, room.url("alertmanager", "/-/ready")),
    )


def _found(name: str) -> str:
    path = find(name)
    if path is None:
        raise DemoError(f"{BINARIES[name][0]} is not installed: {BINARIES[name][1]}")
    return path
