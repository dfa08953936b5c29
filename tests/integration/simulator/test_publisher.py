"""A real mosquitto hears the endpoints; its own client says what it heard."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from collector.model import Inventory, MqttAccess, ProfileName
from tests.binaries import require
from tests.integration.mosquitto import Mosquitto, free_port
from tests.integration.mosquitto import running as broker_running
from tests.integration.simulator.city import eventually, running
from tests.unit.simulator import small_city

pytestmark = pytest.mark.integration

HEARTBEAT = 1.0


def quick_city() -> Inventory:
    """The small city with a heartbeat that a test can wait for."""
    access = MqttAccess(ProfileName("native"), HEARTBEAT)
    return small_city.inventory(
        [replace(one, mqtt=access) if one.mqtt else one for one in small_city.devices()]
    )


class Heard:
    """What mosquitto_sub prints, by topic and in order."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []

    def of(self, topic: str) -> list[str]:
        return [payload for where, payload in self.messages if where == topic]


@contextlib.asynccontextmanager
async def listening(port: int) -> AsyncIterator[Heard]:
    command = [
        require("mosquitto_sub"),
        "-h",
        "127.0.0.1",
        "-p",
        str(port),
        "-q",
        "1",
        "-t",
        "city/v1/#",
        "-v",
    ]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    heard = Heard()

    async def read() -> None:
        assert process.stdout is not None
        async for line in process.stdout:
            topic, _, payload = line.decode().strip().partition(" ")
            heard.messages.append((topic, payload))

    async with asyncio.TaskGroup() as group:
        group.create_task(read())
        try:
            yield heard
        finally:
            process.terminate()
            await process.wait()


def status(code: str) -> str:
    return f"city/v1/{code}/vc-{code}/status"


def telemetry(code: str) -> str:
    return f"city/v1/{code}/vc-{code}/telemetry"


def is_online(heard: Heard, code: str) -> bool:
    return heard.of(status(code)) == ["online"]


def spoke_twice(heard: Heard, code: str) -> bool:
    return len(heard.of(telemetry(code))) > 1


async def test_every_endpoint_is_online_and_speaks_every_heartbeat():
    with broker_running() as broker:
        async with listening(broker.port) as heard, running(quick_city(), broker.port) as city:
            for code in ("00115", "00118", "00121"):
                await eventually(f"{code} online", partial(is_online, heard, code))
                await eventually(f"{code} twice", partial(spoke_twice, heard, code))
            await city.act("call", start="briefing", participants=["00115"])
            await city.act("break", device="vc-00115", part="camera")
            await eventually(
                "a call", lambda: json.loads(heard.of(telemetry("00115"))[-1])["fields"]["in_call"]
            )
        idle, in_call = (json.loads(heard.of(telemetry("00115"))[place]) for place in (0, -1))
    assert idle["name"] == "conference"
    assert idle["tags"]["device"] == "vc-00115"
    assert "rx_loss_ratio" not in idle["fields"]
    assert in_call["fields"]["camera_ok"] == 0
    assert 0 <= in_call["fields"]["rx_loss_ratio"] < 0.01
    assert in_call["fields"]["rx_kbps"] > 1000


async def test_who_is_cut_off_dies_by_last_will_and_comes_back_by_itself():
    with broker_running() as broker:
        async with listening(broker.port) as heard, running(quick_city(), broker.port) as city:
            await eventually("online", lambda: heard.of(status("00115")) == ["online"])
            await city.act("cut", device="rt-00115")
            await eventually("the Last Will", lambda: heard.of(status("00115")) == ["online", "offline"])
            assert heard.of(status("00118")) == ["online"]
            await city.act("repair", device="rt-00115")
            await eventually("online again", lambda: heard.of(status("00115"))[2:] == ["online"])
            before = len(heard.of(telemetry("00115")))
            await eventually("telemetry again", lambda: len(heard.of(telemetry("00115"))) > before)


async def test_who_is_switched_off_says_goodbye():
    with broker_running() as broker:
        async with listening(broker.port) as heard, running(quick_city(), broker.port) as city:
            await eventually("online", lambda: heard.of(status("00115")) == ["online"])
            await city.act("switch_off", endpoints=["vc-00115"])
            await eventually("goodbye", lambda: heard.of(status("00115")) == ["online", "offline"])
            await city.act("switch_on", endpoints=["vc-00115"])
            await eventually("online again", lambda: heard.of(status("00115"))[2:] == ["online"])


async def test_a_broker_that_is_away_is_one_line_and_no_end(tmp_path: Path):
    port = free_port()
    async with running(quick_city(), port) as city:
        await eventually("the line", lambda: any("is away" in line for line in city.said))
        with Mosquitto(tmp_path, port):
            async with listening(port) as heard:
                await eventually("all online", lambda: len(heard.messages) >= 3)
    assert sum("is away" in line for line in city.said) == 1
    assert sum("answers again" in line for line in city.said) == 1
