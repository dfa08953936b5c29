"""A real Alertmanager on a free loopback port with its own folder, for tests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp

from tests.binaries import require
from tests.integration.prometheus import free_port

READY = "Listening on"


@dataclass(frozen=True)
class Alertmanager:
    """A running server."""

    url: str
    log: list[str]

    async def post(self, path: str, body: Any) -> Any:
        """POST to the API and give back its JSON, if there is any."""
        async with (
            aiohttp.ClientSession() as client,
            client.post(f"{self.url}/api/v2/{path}", json=body) as response,
        ):
            text = await response.text()
            assert response.status == 200, text
            return await response.json() if text else None

    async def fire(
        self,
        labels: Mapping[str, str],
        annotations: Mapping[str, str],
        *,
        ended: bool = False,
        since: float = 180.0,
    ) -> None:
        """Tell of an alert, as Prometheus does, that began `since` seconds ago."""
        now = datetime.now(UTC)
        alert: dict[str, Any] = {
            "labels": dict(labels),
            "annotations": dict(annotations),
            "startsAt": (now - timedelta(seconds=since)).isoformat(),
            "endsAt": (now if ended else now + timedelta(hours=1)).isoformat(),
        }
        await self.post("alerts", [alert])

    async def silence(self, matchers: Mapping[str, str], *, regex: bool = False, equal: bool = True) -> str:
        """Silence for an hour; the silence's id."""
        now = datetime.now(UTC)
        made = await self.post(
            "silences",
            {
                "matchers": [
                    {"name": name, "value": value, "isRegex": regex, "isEqual": equal}
                    for name, value in matchers.items()
                ],
                "startsAt": now.isoformat(),
                "endsAt": (now + timedelta(hours=1)).isoformat(),
                "createdBy": "night-shift",
                "comment": "on it",
            },
        )
        return str(made["silenceID"])

    async def end(self, silence: str) -> None:
        """End a silence now."""
        async with (
            aiohttp.ClientSession() as client,
            client.delete(f"{self.url}/api/v2/silence/{silence}") as response,
        ):
            assert response.status == 200, await response.text()


@asynccontextmanager
async def alertmanager(configuration: Path, data: Path, *more: str) -> AsyncIterator[Alertmanager]:
    """Run Alertmanager with this configuration file, and more options, until the block ends."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        require("prometheus-alertmanager"),
        f"--config.file={configuration}",
        f"--storage.path={data}",
        f"--web.listen-address=127.0.0.1:{port}",
        f"--web.external-url=http://127.0.0.1:{port}",
        "--cluster.listen-address=",
        *more,
        stderr=asyncio.subprocess.PIPE,
    )
    running = Alertmanager(f"http://127.0.0.1:{port}", [])
    assert process.stderr is not None

    async def listen(until: str) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            running.log.append(line.decode(errors="replace").rstrip())
            if until and until in running.log[-1]:
                return

    try:
        await listen(READY)
        if not any(READY in line for line in running.log):
            raise RuntimeError("\n".join(running.log))
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(listen(""))
            yield running
            listening.cancel()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
