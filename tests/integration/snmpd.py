"""A real snmpd on a free loopback port, with a generated configuration and its own engine, for tests."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.binaries import require

READY_WITHIN = 15.0  # seconds, on a busy machine


@dataclass(frozen=True)
class Snmpd:
    """A running agent."""

    host: str
    port: int
    community: str
    log: Path


def free_port(host: str = "127.0.0.1") -> int:
    """A UDP port that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))
        return int(sock.getsockname()[1])


@contextmanager
def snmpd(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    community: str = "example",
    extra: str = "",
    port: int | None = None,
    bare: bool = False,
) -> Iterator[Snmpd]:
    """Run snmpd until the block ends. It is ready when it answers `snmpget`, not before the block begins.

    In the folder of an earlier run it is the same engine, one boot later. `bare` leaves the system group to `extra`.
    """
    program, snmpget = require("snmpd"), require("snmpget")
    port = port or free_port(host)
    state = folder / "persistent"
    state.mkdir(parents=True, exist_ok=True)
    config = folder / "snmpd.conf"
    system = "" if bare else "sysName snmpd.example\nsysLocation test bench\nsysContact nobody\n"
    config.write_text(f"rocommunity {community}\n{system}{extra}\n")
    log = folder / "snmpd.log"
    environment = {
        "PATH": "/usr/bin:/bin",
        "SNMP_PERSISTENT_DIR": str(state),
        "SNMPCONFPATH": str(folder),
        "MIBS": "",
    }
    command = [program, "-f", "-Lf", str(log), "-C", "-c", str(config), "-I", "-smux", f"udp:{host}:{port}"]
    with subprocess.Popen(command, env=environment, cwd=folder) as process:
        try:
            deadline = time.monotonic() + READY_WITHIN
            asked = [
                snmpget,
                "-v2c",
                "-c",
                community,
                "-t",
                "0.3",
                "-r",
                "0",
                f"{host}:{port}",
                "1.3.6.1.2.1.1.3.0",
            ]
            while subprocess.run(asked, env=environment, capture_output=True, check=False).returncode:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(
                        f"snmpd does not answer: {log.read_text() if log.exists() else 'no log'}"
                    )
            yield Snmpd(host, port, community, log)
        finally:
            process.terminate()
            process.wait(10)
