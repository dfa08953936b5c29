import asyncio
import gzip
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from collector.model import DeviceName
from collector.outcome import FailureKind
from collector.plan import Question
from collector.sources.mqtt_refusals import Refused, Result
from exporters import delivery, server, stream
from exporters.live.pages import POLICY
from exporters.server import INDEX, STREAM, Server
from exporters.views import Reloaded
from tests.unit.exporters.city import NOW, ROUTER, Entry, FakeViews, inventory, key, octets

pytestmark = pytest.mark.integration

PAGES = [path for path, _ in INDEX if path != STREAM]  # the stream does not end by itself
ASKED = b"GET /-/healthy HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}


@asynccontextmanager
async def serving(views: FakeViews) -> AsyncIterator[aiohttp.ClientSession]:
    async with (
        Server(views, "127.0.0.1", 0) as running,
        aiohttp.ClientSession(f"http://127.0.0.1:{running.port}", auto_decompress=False) as client,
    ):
        yield client


def loaded(devices: int = 3) -> FakeViews:
    views = FakeViews()
    for number in range(devices):
        name = DeviceName(f"rt-{number:05}")
        views.devices.put(key(Question.POLL, name), octets(1, 2, 3, device=name), 100)
    return views


async def get(client: aiohttp.ClientSession, path: str, **headers: str) -> tuple[aiohttp.ClientResponse, str]:
    async with client.get(path, headers={"Accept-Encoding": "identity", **headers}) as response:
        return response, await response.text()


async def test_every_listed_endpoint_answers():
    async with serving(loaded()) as client:
        for path in PAGES:
            response, text = await get(client, path)
            assert response.status == 200, path
            assert text
            assert response.headers["Server"] == "citynoc"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        response, text = await get(client, "/")
        machines = [path for path, _ in INDEX if path.startswith(("/metrics", "/api", "/sd", "/-/"))]
        assert all(f'href="{path}"' in text for path in machines)
        assert response.headers["Content-Security-Policy"] == POLICY


async def test_refused_messages_are_shown_with_their_topic_and_stay_text():
    views = loaded()
    bad = Refused("city/v1/00115/<script>/telemetry", Result.BAD_SYNTAX, "not JSON: line 1", NOW, 3)
    views.messages = (bad,)
    async with serving(views) as client:
        response, text = await get(client, "/api/v1/refused")
        assert response.headers["Content-Type"].startswith("application/json")
        [shown] = json.loads(text)
        assert (shown["topic"], shown["result"], shown["count"]) == (bad.topic, "bad_syntax", 3)


async def test_metrics_are_text_unless_openmetrics_is_preferred_and_device_samples_always():
    async with serving(loaded()) as client:
        for path, has_openmetrics in (
            ("/metrics", True),
            ("/metrics/state", True),
            ("/metrics/devices", False),
        ):
            response, text = await get(client, path)
            assert response.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
            assert list(text_string_to_metric_families(text))
            response, text = await get(client, path, **OPENMETRICS)
            assert response.headers["Content-Type"].startswith("application/openmetrics") is has_openmetrics
            assert text.endswith("# EOF\n") is has_openmetrics


async def test_gzip_carries_the_same_text():
    async with serving(loaded(2000)) as client:
        for path in ("/metrics/state", "/metrics/devices", "/api/v1/sites"):
            _, plain = await get(client, path)
            async with client.get(path, headers={"Accept-Encoding": "gzip"}) as response:
                body = await response.read()
            assert len(plain) < delivery.GZIP_FROM or response.headers["Content-Encoding"] == "gzip"
            text = gzip.decompress(body).decode() if "Content-Encoding" in response.headers else body.decode()
            assert text == plain
        _, small = await get(client, "/-/healthy", **{"Accept-Encoding": "gzip"})
        assert small == "citynoc is healthy\n"


async def test_head_has_the_headers_and_no_body():
    async with serving(loaded()) as client:
        for path in PAGES:
            async with client.head(path) as response:
                assert response.status == 200, path
                assert await response.read() == b""


async def test_no_sample_outlives_its_time():
    views = loaded()
    async with serving(views) as client:
        assert "ifHCInOctets{" in (await get(client, "/metrics/devices"))[1]
        views.now = 100
        assert (await get(client, "/metrics/devices"))[1] == ""


async def test_ready_only_after_the_first_round():
    views = FakeViews(is_ready=False)
    async with serving(views) as client:
        assert (await get(client, "/-/ready"))[0].status == 503
        assert (await get(client, "/-/healthy"))[0].status == 200
        views.is_ready = True
        assert (await get(client, "/-/ready"))[0].status == 200


async def test_a_reload_tells_its_problems():
    views = FakeViews(problems=["city.yml:3:1: unknown key 'listn'", "core.yml:9:2: no such site"])
    async with serving(views) as client:
        async with client.post("/-/reload") as response:
            assert response.status == 422
            assert (await response.text()).splitlines() == views.problems
        views.problems = ()
        async with client.post("/-/reload") as response:
            assert response.status == 200
        views.warned = ["office.ics:7:20: warning: there is no site '00119'"]
        async with client.post("/-/reload") as response:
            assert response.status == 200
            assert (await response.text()).splitlines() == [
                "the configuration was taken into use",
                *views.warned,
            ]
        assert (await get(client, "/-/reload"))[0].status == 405
        assert views.reloads == 3


async def test_a_page_of_another_site_cannot_reload():
    views = FakeViews()
    async with serving(views) as client:
        for headers in (
            {"Origin": "http://evil.example"},
            {"Origin": "http://["},
            {"Sec-Fetch-Site": "cross-site"},
        ):
            async with client.post("/-/reload", headers=headers) as response:
                assert response.status == 403
        assert views.reloads == 0


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example.:9579",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "[evil.example",
    ],
)
async def test_a_name_that_somebody_else_leads_here_gets_nothing(host: str):
    views = FakeViews()
    async with serving(views) as client:
        for path in PAGES:
            response, _ = await get(client, path, Host=host)
            assert response.status == 421, path
        async with client.post(
            "/-/reload", headers={"Host": host, "Sec-Fetch-Site": "same-origin"}
        ) as response:
            assert response.status == 421
        assert views.reloads == 0


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:9579", "127.8.8.8:1", "[::1]:9579", "noc.localhost", "192.0.2.1:80", "citynoc"],
)
async def test_our_own_names_are_answered(host: str):
    async with serving(FakeViews()) as client:
        response, _ = await get(client, "/-/healthy", Host=host)
        assert response.status == 200


async def test_the_public_name_is_answered():
    views = FakeViews()
    name = urlsplit(views.inventory().city.public_url).netloc
    async with serving(views) as client:
        response, _ = await get(client, "/-/healthy", Host=name)
        assert response.status == 200


@asynccontextmanager
async def connection(port: int) -> AsyncIterator[bytes]:
    """An open connection, and the first line of the answer on it: empty if it was closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(ASKED)
        try:
            yield await reader.readline()
        except ConnectionError:
            yield b""
    finally:
        writer.close()


async def test_connections_are_bounded_and_a_freed_one_can_be_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("exporters.doors.OPEN_CONNECTIONS", 2)
    async with Server(FakeViews(), "127.0.0.1", 0) as running:
        async with connection(running.port) as first, connection(running.port) as second:
            assert first.startswith(b"HTTP/1.1 200")
            assert second.startswith(b"HTTP/1.1 200")
            async with connection(running.port) as third:
                assert third == b"", "one too many is closed at once"
        async with asyncio.timeout(10):
            answer = b""
            while not answer:
                async with connection(running.port) as again:
                    answer = again
        assert answer.startswith(b"HTTP/1.1 200")


@dataclass
class SlowReload(FakeViews):
    may_finish: asyncio.Event = field(default_factory=asyncio.Event)
    began: asyncio.Event = field(default_factory=asyncio.Event)

    async def reload(self) -> Reloaded:
        self.began.set()
        await self.may_finish.wait()
        return Reloaded(taken=True)


async def test_reloads_do_not_overlap():
    views = SlowReload()
    async with serving(views) as client:
        first = asyncio.ensure_future(client.post("/-/reload"))
        await views.began.wait()
        async with client.post("/-/reload") as second:
            assert second.status == 409
        views.may_finish.set()
        assert (await first).status == 200


async def test_a_reload_changes_what_is_shown():
    views = FakeViews()
    async with serving(views) as client:
        assert "Phúc Lợi" in (await get(client, "/metrics/state"))[1]
        views.running = inventory(site_name="Việt Hưng")
        text = (await get(client, "/metrics/state"))[1]
        assert "Việt Hưng" in text
        assert "Phúc Lợi" not in text


async def test_a_wrong_path_or_name_gets_a_hint():
    async with serving(FakeViews()) as client:
        response, text = await get(client, "/metric")
        assert (response.status, text) == (404, "no such page: /metric; did you mean /metrics?\n")
        response, text = await get(client, "/api/v1/devices/rt-0115")
        assert response.status == 404
        assert json.loads(text) == {"error": "no device 'rt-0115'; did you mean rt-00115?"}
        response, text = await get(client, "/api/v1/devices?stat=up")
        assert response.status == 400
        assert "unknown filter 'stat'" in json.loads(text)["error"]
        response, text = await get(client, "/x" * 3000)
        assert response.status == 404


async def test_a_device_is_shown_with_its_failures():
    entry = Entry(
        NOW, Question.POLL, ok=False, kind=FailureKind.AUTH, detail="wrong community", log=("sent",)
    )
    async with serving(FakeViews(entries={ROUTER: [entry]}, known_facts={ROUTER: {"model": "m"}})) as client:
        answer = json.loads((await get(client, f"/api/v1/devices/{ROUTER}"))[1])
    assert answer["history"][0]["kind"] == "auth"
    assert answer["history"][0]["log"] == ["sent"]
    assert answer["facts"] == {"model": "m"}


async def test_the_server_counts_its_answers_by_route():
    async with serving(loaded()) as client:
        await get(client, "/metrics/devices")
        await get(client, "/api/v1/devices/rt-00115")
        await get(client, "/anything/a/client/makes/up")
        text = (await get(client, "/metrics"))[1]
    assert 'citynoc_http_requests_total{code="200",endpoint="/api/v1/devices/{name}"} 1.0' in text
    assert 'citynoc_http_requests_total{code="404",endpoint="unknown"} 1.0' in text
    assert 'citynoc_exposition_series{endpoint="/metrics/devices"} 9.0' in text
    assert 'citynoc_scrape_size_bytes{endpoint="/metrics/devices"}' in text
    assert "makes" not in text


async def test_a_client_that_does_not_read_is_cut_off_and_others_are_served(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(server, "ANSWER_SECONDS", 0.3)
    loop = asyncio.get_running_loop()
    async with Server(loaded(20_000), "127.0.0.1", 0) as running:
        with socket.socket() as slow:
            slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            slow.setblocking(False)
            await loop.sock_connect(slow, ("127.0.0.1", running.port))
            await loop.sock_sendall(slow, b"GET /metrics/devices HTTP/1.1\r\nHost: x\r\n\r\n")
            async with aiohttp.ClientSession(f"http://127.0.0.1:{running.port}") as client:
                await aborted(client, "/metrics/devices")
    assert not caplog.records


async def aborted(client: aiohttp.ClientSession, path: str) -> None:
    """Wait until the server has counted a client of this path as gone."""
    while f'citynoc_http_aborted_total{{endpoint="{path}"}} 1.0' not in (await get(client, "/metrics"))[1]:
        pass


@pytest.mark.parametrize("path", ["/metrics/devices", STREAM])
async def test_a_client_that_goes_away_harms_nobody_and_is_no_news(
    path: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(stream, "LOOK_EVERY", 0.01)
    async with Server(loaded(20_000), "127.0.0.1", 0) as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await reader.readexactly(100)
        writer.transport.abort()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{running.port}") as client:
            await aborted(client, path)
            assert (await get(client, "/-/healthy"))[0].status == 200
    assert not caplog.records


async def test_the_loop_runs_on_while_a_big_scrape_is_served():
    async with serving(loaded(20_000)) as client:
        turns = 0

        async def beat() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async with asyncio.TaskGroup() as group:
            beating = group.create_task(beat())
            await get(client, "/metrics/devices")
            beating.cancel()
    assert turns > 20


async def test_a_port_in_use_is_an_os_error():
    async with Server(FakeViews(), "127.0.0.1", 0) as running:
        with pytest.raises(OSError, match="address already in use"):
            async with Server(FakeViews(), "127.0.0.1", running.port):
                pass


async def test_a_compressed_scrape_shows_the_news_at_once():
    views = FakeViews()
    async with serving(views) as client:
        for blind in (False, False, True, True, False):
            views.state = replace(views.state, blind=blind)
            async with client.get("/metrics/state", headers={"Accept-Encoding": "gzip"}) as response:
                text = gzip.decompress(await response.read()).decode()
            assert f"\ncitynoc_blind {int(blind)}\n" in text


async def event(response: aiohttp.ClientResponse, wanted: str = "") -> tuple[str, dict[str, object]]:
    """The next event's name and value; signs of life are skipped unless they are wanted."""
    fields: dict[str, str] = {}
    async for line in response.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name in ("event", "data"):
            fields[name] = value
        elif not name and "data" in fields:
            if fields["event"] == "alive" != wanted:
                fields.clear()
                continue
            return fields["event"], json.loads(fields["data"])
    raise AssertionError("the stream ended")


async def test_a_watcher_gets_the_city_and_then_its_changes(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "LOOK_EVERY", 0.01)
    views = FakeViews()
    async with serving(views) as client, client.get(STREAM) as first, client.get(STREAM) as second:
        assert first.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        for watcher in (first, second):
            name, value = await event(watcher)
            assert (name, value["blind"]) == ("snapshot", False)
        for blind in (True, False):
            views.state = replace(views.state, blind=blind)
            for watcher in (first, second):
                name, value = await event(watcher)
                assert (name, value["blind"]) == ("change", blind)
        views.running = inventory(site_name="Việt Hưng")
        assert (await event(first))[0] == "snapshot"


async def test_a_watcher_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "LOOK_EVERY", 0.01)
    views = FakeViews()
    async with serving(views) as client:
        _, text = await get(client, "/")
        number = text.partition('data-number="')[2].partition('"')[0]
        async with client.get(STREAM, headers={"Last-Event-ID": number}) as watcher:
            views.state = replace(views.state, blind=True)
            assert (await event(watcher))[0] == "change"
        async with client.get(f"{STREAM}?since={number}") as watcher:
            assert (await event(watcher))[0] == "change"
        async with client.get(f"{STREAM}?since=another-life-7") as watcher:
            assert (await event(watcher))[0] == "snapshot"


async def test_watchers_end_with_the_server_and_do_not_hold_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "LOOK_EVERY", 0.01)
    async with aiohttp.ClientSession() as client:
        async with Server(FakeViews(), "127.0.0.1", 0) as running:
            response = await client.get(f"http://127.0.0.1:{running.port}{STREAM}")
            await event(response)
        with pytest.raises((AssertionError, aiohttp.ClientError)):
            await event(response)
        response.close()


async def test_too_many_watchers_are_refused_and_others_are_served(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "OPEN_STREAMS", 1)
    monkeypatch.setattr(server, "OPEN_REQUESTS", 1)
    async with serving(FakeViews()) as client, client.get(STREAM) as first:
        await event(first)
        async with client.get(STREAM) as second:
            assert second.status == 503
        assert (await get(client, "/-/healthy"))[0].status == 200


async def test_a_quiet_stream_shows_that_it_lives(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(stream, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(stream, "ALIVE_EVERY", 0.0)
    async with serving(FakeViews()) as client, client.get(STREAM) as response:
        await event(response)
        assert await event(response, "alive") == ("alive", {"at": NOW})


@pytest.mark.parametrize(
    "garbage",
    [
        b"GARBAGE\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/devices?state=up&state=down HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /api/v1/sites?%ff=%00 HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
)
async def test_garbage_gets_a_400_and_no_line_in_the_log(garbage: bytes, caplog: pytest.LogCaptureFixture):
    async with Server(FakeViews(), "127.0.0.1", 0) as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(garbage)
        assert b" 400 " in await reader.readline()
        writer.close()
    assert not caplog.records


async def test_a_bug_of_ours_is_a_500_with_a_line_in_the_log_and_nothing_told(
    caplog: pytest.LogCaptureFixture,
):
    views = FakeViews()
    views.running = None  # type: ignore[assignment]  # what no service gives
    async with serving(views) as client:
        response, text = await get(client, "/sd/blackbox")
    assert response.status == 500
    assert "Traceback" not in text
    assert "AttributeError" not in text
    assert [record.exc_info[0] for record in caplog.records if record.exc_info] == [AttributeError]
