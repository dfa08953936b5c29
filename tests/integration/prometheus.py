"""A real Prometheus on a free loopback port with its own folder, for tests."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.binaries import require

READY = b"Server is ready to receive web requests."
AGAIN_AFTER = 0.05  # seconds between two looks at what has to become true


def free_port(host: str = "127.0.0.1") -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as sock:
        sock.bind((host, 0))
        return int(sock.getsockname()[1])


@dataclass(frozen=True)
class Prometheus:
    """A running server."""

    url: str
    log: list[str]

    async def get(self, path: str, **parameters: str) -> Any:
        """`data` of an API answer."""
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"{self.url}/api/v1/{path}", params=parameters) as response,
        ):
            return (await response.json())["data"]

    async def value(self, query: str) -> dict[frozenset[tuple[str, str]], float]:
        """An instant query's series and values, labels without the name."""
        data = await self.get("query", query=query)
        return {
            frozenset((k, v) for k, v in one["metric"].items() if k != "__name__"): float(one["value"][1])
            for one in data["result"]
        }

    async def until(self, query: str, wanted: Mapping[frozenset[tuple[str, str]], float]) -> None:
        """Wait until a query gives this; the test's own timeout is the limit."""
        while await self.value(query) != wanted:  # noqa: ASYNC110 -- Prometheus tells nobody when it has scraped
            await asyncio.sleep(AGAIN_AFTER)


@asynccontextmanager
async def prometheus(folder: Path, configuration: str) -> AsyncIterator[Prometheus]:
    """Run Prometheus with a configuration file of this text until the block ends."""
    program = require("prometheus")
    config = folder / "prometheus.yml"
    config.write_text(configuration)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        program,
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
    )
    running = Prometheus(f"http://127.0.0.1:{port}", [])
    assert process.stderr is not None

    async def listen(until: bytes) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            running.log.append(line.decode(errors="replace").rstrip())
            if until and until in line:
                return

    try:
        await listen(READY)
        if process.returncode is not None or not any(READY.decode() in line for line in running.log):
            raise RuntimeError("\n".join(running.log))
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(listen(b""))
            yield running
            listening.cancel()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
