"""The simulator on the loop of the test: a small city on free ports, with net-snmp's and mosquitto's own tools."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

from citynoc.simulator.publisher import BrokerAt
from citynoc.simulator.simulation import Options, Simulation
from collector.model import Inventory
from tests.binaries import require
from tests.unit.simulator import small_city

PATIENCE = 60.0


@dataclass(frozen=True)
class Running:
    """A simulated city: where its agents and its control listen, and what it said."""

    port: int
    control: str
    said: list[str]
    http: aiohttp.ClientSession

    async def act(self, verb: str, **what: Any) -> int:
        async with self.http.post(f"http://{self.control}/{verb}", json=what) as response:
            await response.read()
            return response.status

    async def state(self) -> dict[str, Any]:
        async with self.http.get(f"http://{self.control}/state") as response:
            found: dict[str, Any] = await response.json()
            return found

    async def snmp(self, tool: str, address: str, *words: str, version: str = "2c", **other: str) -> str:
        """What a net-snmp tool prints, OIDs as numbers; its complaint if it has one."""
        community = other.get("community", small_city.COMMUNITY)
        options = ["-v", version, "-c", community, "-On", "-t", other.get("timeout", "5"), "-r", "0"]
        return await output(require(tool), *options, f"{address}:{self.port}", *words)


@contextlib.asynccontextmanager
async def running(
    inventory: Inventory | None = None, broker: int | None = None, seed: int = 1
) -> AsyncIterator[Running]:
    announced: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    said: list[str] = []
    options = Options(
        seed=seed,
        snmp_port=0,
        broker=None if broker is None else BrokerAt("127.0.0.1", broker),
        control=("127.0.0.1", 0),
    )
    simulation = Simulation(inventory or small_city.inventory(), options, said.append, announced.set_result)
    async with asyncio.TaskGroup() as group, aiohttp.ClientSession() as http:
        task = group.create_task(simulation.run())
        started = json.loads(await announced)
        try:
            yield Running(started["snmp_port"], started["control"], said, http)
        finally:
            task.cancel()


async def output(*command: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    text, _ = await process.communicate()
    return text.decode()


async def eventually(what: str, holds: Callable[[], object]) -> None:
    """Return as soon as it holds; AssertionError naming `what` when patience ends."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110  # another process is watched: it sets no Event
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"never seen: {what}") from None
