"""Reading in rounds, with a real mosquitto: everything arrives, in few rounds; a lost connection leaves nothing."""

import asyncio
from collections.abc import Callable

import aiomqtt
import pytest

from collector.sources.mqtt_rounds import RoundsClient
from tests.integration.mosquitto import running

pytestmark = pytest.mark.integration

MESSAGES = 60
EVERY = 0.01


class Counted(RoundsClient):
    """Counts its rounds."""

    rounds = 0

    def _round(self, *about: object) -> None:
        self.rounds += 1
        super()._round(*about)  # type: ignore[arg-type]


async def test_what_trickles_in_is_read_together():
    with running() as broker:
        async with (
            Counted("127.0.0.1", broker.port) as client,
            aiomqtt.Client("127.0.0.1", broker.port) as sender,
        ):
            await client.subscribe("told", qos=1)
            before = client.rounds
            for number in range(MESSAGES):
                await sender.publish("told", str(number).encode(), qos=1)
                await asyncio.sleep(EVERY)
            heard = [int(bytes(message.payload)) async for _, message in _first(client, MESSAGES)]
            assert heard == list(range(MESSAGES))
            assert client.rounds - before < MESSAGES / 2


async def test_a_flood_is_read_without_a_pause():
    with running() as broker:
        async with (
            Counted("127.0.0.1", broker.port) as client,
            aiomqtt.Client("127.0.0.1", broker.port) as sender,
        ):
            await client.subscribe("told", qos=1)
            for number in range(3000):
                await sender.publish("told", str(number).encode(), qos=0)
            heard = [int(bytes(message.payload)) async for _, message in _first(client, 3000)]
            assert heard == list(range(3000))


async def test_a_lost_connection_is_an_error_and_no_reader_stays():
    with running() as broker:
        client = RoundsClient("127.0.0.1", broker.port)
        with pytest.raises(aiomqtt.MqttError):
            await _listening_until(client, broker.stop)
        assert client._pause is None


async def _listening_until(client: aiomqtt.Client, end: Callable[[], None]) -> None:
    async with client:
        await client.subscribe("told", qos=1)
        end()
        async for _ in client.messages:
            pass


async def _first(client: aiomqtt.Client, many: int):
    number = 0
    async for message in client.messages:
        yield number, message
        number += 1
        if number == many:
            return


async def test_a_broker_that_never_answers_is_hung_up_on():
    """Cancelled while it waits for the broker's first word: the other side sees the end of it at once."""
    heard: asyncio.Queue[bytes] = asyncio.Queue()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.put_nowait(await reader.read(1))
        while await reader.read(4096):
            pass
        heard.put_nowait(b"")
        writer.close()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        client = RoundsClient("127.0.0.1", port)
        waiting = asyncio.ensure_future(client.__aenter__())
        assert await heard.get() == b"\x10"  # CONNECT
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert await heard.get() == b""
