"""A `MqttSource` listening to a real broker, with what it delivered, for tests that wait by looking."""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from citynoc.clock import Clock
from collector.model import Broker, Credential, Device, DeviceName
from collector.outcome import Outcome
from collector.plan import PollKey
from collector.sources import HintKind
from collector.sources.mqtt import MqttSource
from tests.binaries import require
from tests.unit.mqtt.endpoints import by_name, endpoint, native, shipped

TELEMETRY = "city/v1/00001/vc-00001/telemetry"
STATUS = "city/v1/00001/vc-00001/status"
PATIENCE = 60.0
NOW = Clock().unix


class Heard:
    """A running source and everything it delivered, in order."""

    def __init__(self, source: MqttSource) -> None:
        self.source = source
        self.outcomes: list[tuple[PollKey, Outcome]] = []
        self.hints: list[tuple[DeviceName, HintKind]] = []
        self.faulty = False  # whether taking an outcome fails, as a fault of ours would

    def deliver(self, key: PollKey, outcome: Outcome) -> None:
        if self.faulty:
            raise ZeroDivisionError
        self.outcomes.append((key, outcome))

    def hint(self, device: DeviceName, kind: HintKind) -> None:
        self.hints.append((device, kind))

    async def until(self, condition: Callable[[], bool]) -> None:
        """Return as soon as the condition holds; TimeoutError if it never does."""
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 - the source tells nobody: it is looked at
                await asyncio.sleep(0.01)

    async def until_connected(self, times: int = 1) -> None:
        await self.until(lambda: self.source.stats().connects >= times)


@contextlib.asynccontextmanager
async def listening(
    port: int,
    *devices: Device,
    credential: Credential | None = None,
    ca_file: Path | None = None,
    host: str = "127.0.0.1",
) -> AsyncIterator[Heard]:
    """Listen until the block ends."""
    broker = Broker(host, port, tls=ca_file is not None, ca_file=str(ca_file) if ca_file else None)
    source = MqttSource(broker, credential, by_name(*(devices or (endpoint(),))), shipped(), NOW)
    heard = Heard(source)
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(source.listen(heard.deliver, heard.hint))
        try:
            yield heard
        finally:
            task.cancel()


def publish(port: int, topic: str, payload: bytes, *options: str, host: str = "127.0.0.1") -> int:
    """Publish at QoS 1 with mosquitto's own client; returns its exit code, after the broker has answered."""
    command = [require("mosquitto_pub"), "-h", host, "-p", str(port), "-q", "1", "-t", topic, "-s", *options]
    return subprocess.run(
        command, input=payload, check=False, capture_output=True, timeout=PATIENCE
    ).returncode


def say(port: int, /, **fields: object) -> None:
    """One native message of vc-00001, of now."""
    assert publish(port, TELEMETRY, native(NOW(), **fields)) == 0
