"""A real mosquitto with a shipped configuration: free loopback port, own folder, ready when it answers.

Never mocks the broker. `Mosquitto` can be stopped and started again on the same port with what it kept.
"""

import contextlib
import os
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.binaries import require

SHIPPED = Path(__file__).resolve().parents[2] / "deploy" / "mosquitto"
_READY_TRIES = 200


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Mosquitto:
    """One broker. Without `config` it is the loopback variant; a configuration of one's own has its listener."""

    def __init__(self, folder: Path, port: int | None = None, config: Path | None = None) -> None:
        self.port = port or free_port()
        self._folder = folder
        listener = ["-p", str(self.port)] if config is None else []
        self._command = [require("mosquitto"), "-c", str(config or SHIPPED / "loopback.conf"), *listener]
        self._log = folder / "mosquitto.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What the broker said."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        """Start, and return when a connection is accepted."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=self._folder, stdout=log, stderr=subprocess.STDOUT
            )
        for _ in range(_READY_TRIES):
            if self._process.poll() is not None:
                raise AssertionError(f"mosquitto ended at once:\n{self.log}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(0.05)
        raise AssertionError(f"mosquitto does not listen:\n{self.log}")

    def signal(self, number: int) -> None:
        """Send a signal to the broker: SIGSTOP makes it hang, SIGCONT go on."""
        assert self._process is not None
        os.kill(self._process.pid, number)

    def stop(self) -> None:
        """End it as an init system does, so that it writes what it keeps."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGCONT)
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


@contextlib.contextmanager
def running() -> Iterator[Mosquitto]:
    """A broker of the loopback variant in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="mosquitto-") as folder, Mosquitto(Path(folder)) as broker:
        yield broker
