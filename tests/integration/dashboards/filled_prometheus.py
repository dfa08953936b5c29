"""A real Prometheus on a free loopback port, filled with a history and with what the recording rules make of it."""

import json
import socket
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.binaries import require

READY = b"Server is ready to receive web requests"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave: its series as (labels, last value), or why it was refused."""

    series: list[tuple[dict[str, str], float]]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Prometheus:
    """Questions to a running server."""

    address: str

    def _ask(self, path: str, arguments: dict[str, object]) -> dict[str, Any]:
        body = urllib.parse.urlencode(arguments).encode()
        request = urllib.request.Request(f"{self.address}/api/v1/{path}", data=body)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - loopback
                parsed: dict[str, Any] = json.load(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                parsed = json.load(refused)
        return parsed

    def instant(self, query: str, at: float) -> Answer:
        """The query at one moment."""
        parsed = self._ask("query", {"query": query, "time": at})
        if parsed["status"] != "success":
            return Answer([], parsed["error"])
        return Answer([(row["metric"], float(row["value"][1])) for row in parsed["data"]["result"]])

    def range(self, query: str, start: float, end: float, step: float) -> Answer:
        """The query over time, with each series' last value."""
        parsed = self._ask("query_range", {"query": query, "start": start, "end": end, "step": step})
        if parsed["status"] != "success":
            return Answer([], parsed["error"])
        return Answer([(row["metric"], float(row["values"][-1][1])) for row in parsed["data"]["result"]])


def backfill(folder: Path, lines: Iterable[str]) -> None:
    """Write the history as blocks into the data folder."""
    text = folder.parent / "history.om"
    with text.open("w") as out:
        out.writelines(lines)
    subprocess.run(
        [require("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--quiet", text, folder],
        check=True,
        capture_output=True,
    )
    text.unlink()


def record(server: Prometheus, folder: Path, rules: Path, *, start: int, end: int, step: int) -> None:
    """Write what recording rules would have made of the history, as blocks; seen after the next start."""
    subprocess.run(
        [
            require("promtool"),
            *("tsdb", "create-blocks-from", "rules"),
            *("--url", server.address, "--start", str(start), "--end", str(end)),
            *("--eval-interval", f"{step}s", "--output-dir", folder, rules),
        ],
        check=True,
        capture_output=True,
    )


@contextmanager
def running(folder: Path) -> Iterator[Prometheus]:
    """Prometheus over the data folder, scraping nothing, until the end of the block."""
    binary = require("prometheus")
    configuration = folder.parent / "prometheus.yml"
    configuration.write_text("scrape_configs: []\n")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [
            binary,
            f"--config.file={configuration}",
            f"--storage.tsdb.path={folder}",
            "--storage.tsdb.retention.time=100y",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stderr=subprocess.PIPE,
    )
    try:
        log = []
        assert process.stderr is not None
        for line in process.stderr:
            log.append(line)
            if READY in line:
                break
        else:
            raise AssertionError(b"".join(log).decode())
        yield Prometheus(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.communicate(timeout=10)
