"""Who has taken an outage, as a real Alertmanager tells it; and what becomes of one that tells nothing useful."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from collector.sources.silences import LARGEST, Result, SilenceReader
from tests.integration.alertmanager import alertmanager
from tests.integration.prometheus import free_port

pytestmark = pytest.mark.integration

NOWHERE = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


def outage(identity: str, district: str = "004", alert: str = "CitynocOutage") -> dict[str, str]:
    return {
        "alertname": alert,
        "outage": identity,
        "kind": identity.partition(":")[0],
        "district": district,
        "severity": "page",
    }


class Taken:
    """What a reader said last."""

    def __init__(self) -> None:
        self.last: frozenset[str] | None = None

    def __call__(self, outages: frozenset[str]) -> None:
        self.last = outages


async def look(reader: SilenceReader) -> None:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        await reader.look(session)


def test_a_silence_that_names_an_outage_takes_it_and_no_other_does(tmp_path: Path):
    async def story() -> None:
        config = tmp_path / "alertmanager.yml"
        config.write_text(NOWHERE)
        async with alertmanager(config, tmp_path / "data") as server:
            for one in ("device:rt-00115", "device:rt-00118", "cable:cb-12"):
                await server.fire(outage(one), {})
            await server.fire(outage("device:rt-00577", "018"), {})
            heard = Taken()
            reader = SilenceReader(server.url, heard)
            await look(reader)
            assert heard.last == frozenset()

            first = await server.silence({"outage": "device:rt-00115"})
            await server.silence({"outage": "cable:.*|device:none", "district": "0.4"}, regex=True)
            await server.silence({"district": "018"})  # planned quiet of a district is nobody's work
            await server.silence({"outage": "device:rt-00115"}, equal=False)  # names what it is not
            await look(reader)
            assert heard.last == {"device:rt-00115", "cable:cb-12"}

            await server.end(first)
            await look(reader)
            assert heard.last == {"cable:cb-12"}
            assert reader.results == {**dict.fromkeys(Result, 0), Result.ANSWERED: 3}
        await look(reader)
        assert reader.results[Result.UNREACHABLE] == 1
        assert heard.last == {"cable:cb-12"}, "what was known is kept"
        reader.url = None
        await look(reader)
        assert heard.last == frozenset()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ((503, "no"), Result.REFUSED),
        ((302, ""), Result.REFUSED),
        ((200, "<html>"), Result.PROTOCOL),
        ((200, "[" * 100_000), Result.PROTOCOL),
        ((200, '[{"status": 1}]'), Result.PROTOCOL),
        ((200, '{"a": 1}'), Result.PROTOCOL),
        ((200, " " * (LARGEST + 1)), Result.PROTOCOL),
        (None, Result.TIMEOUT),
    ],
)
def test_a_useless_answer_is_counted_and_changes_nothing(answer: tuple[int, str] | None, result: Result):
    async def story() -> None:
        over = asyncio.Event()

        async def handle(_: web.Request) -> web.Response:
            if answer is None:
                await over.wait()
                return web.Response()
            return web.Response(status=answer[0], text=answer[1], headers={"Location": "/elsewhere"})

        app = web.Application()
        app.router.add_get("/{path:.*}", handle)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        port = free_port()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        heard = Taken()
        reader = SilenceReader(f"http://127.0.0.1:{port}", heard)
        try:
            await look(reader)
        finally:
            over.set()
            await runner.cleanup()
        assert heard.last is None
        assert {one for one, count in reader.results.items() if count} == {result}

    asyncio.run(story())
