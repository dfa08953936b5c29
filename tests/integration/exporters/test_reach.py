"""The command asks a service that wants TLS and a login, and says in one line why it cannot."""

import asyncio
import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from citynoc.meetings.reaching import LOGIN, NotReachedError, NotThereError, Reach
from tests.integration.exporters.test_guard import PASSWORD, certificate, serving, users

pytestmark = pytest.mark.integration


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    certificate(tmp_path)
    users(tmp_path, an=PASSWORD)
    return tmp_path


async def get(reach: Reach, *path: str) -> dict[str, Any]:
    return await asyncio.get_running_loop().run_in_executor(None, partial(reach.get, *path))


def test_with_a_login_and_the_certificate_it_is_answered(folder: Path):
    async def play() -> None:
        async with serving(folder) as (_, server):
            url = f"https://localhost:{server.port}"
            reach = Reach(url, {LOGIN: f"an:{PASSWORD}"}, folder / "cert.pem")
            assert "devices" in await get(reach, "api", "v1", "devices")
            with pytest.raises(NotThereError, match="no meeting 'x' within sight"):
                await get(reach, "api", "v1", "meetings", "x")
            with pytest.raises(NotReachedError, match="wants a login: set CITYNOC_LOGIN=name:password"):
                await get(Reach(url, {}, folder / "cert.pem"), "api", "v1", "devices")
            with pytest.raises(NotReachedError, match=r"no service answers at .*certificate"):
                await get(Reach(url, {LOGIN: f"an:{PASSWORD}"}), "api", "v1", "devices")

    asyncio.run(play())


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (200, b"<html>", "is not citynoc: its answer is no JSON"),
        (200, b"[]", "is not citynoc of this version"),
        (500, b"oops", "answered 500"),
        (302, b"", "answered 302"),
        (503, json.dumps({"error": "too many requests at once"}).encode(), "too many requests at once"),
    ],
)
def test_whatever_else_answers_is_told_in_one_line(status: int, body: bytes, words: str):
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, body=body, headers={"Location": "http://127.0.0.1:1/"})

    async def play() -> None:
        application = web.Application()
        application.router.add_get("/{any:.*}", answer)
        runner = web.AppRunner(application)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            port = runner.addresses[0][1]
            with pytest.raises(NotReachedError, match=words) as told:
                await get(Reach(f"http://127.0.0.1:{port}", {}), "api")
            assert "\n" not in str(told.value)
        finally:
            await runner.cleanup()

    asyncio.run(play())


def test_a_certificate_that_cannot_be_read_is_told_with_its_name(folder: Path):
    url = "https://localhost:1"
    (folder / "empty.pem").write_text("")
    (folder / "other.pem").write_text("-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n")
    for name in ("empty.pem", "other.pem"):
        with pytest.raises(NotReachedError, match=f"{name} holds no certificate: web.tls_certificate"):
            Reach(url, {}, folder / name)
    with pytest.raises(NotReachedError, match=rf"cannot read {folder}: "):
        Reach(url, {}, folder)
    with pytest.raises(NotReachedError, match=r"cannot read .*cert.pem/below: Not a directory"):
        Reach(url, {}, folder / "cert.pem" / "below")
    Reach(url, {}, folder / "missing.pem")  # another machine's: what the system believes holds


def test_a_certificate_without_the_right_to_read_it_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")  # tests may run as root, who may read everything

    monkeypatch.setattr("ssl.SSLContext.load_verify_locations", denied)
    with pytest.raises(NotReachedError, match=r"cannot read .*cert.pem: Permission denied; who asks"):
        Reach("https://localhost:1", {}, folder / "cert.pem")


def test_a_login_that_is_no_text_is_sent_as_it_is():
    Reach("http://127.0.0.1:1", {LOGIN: "an:\udcff"})


@pytest.mark.parametrize(
    "url",
    [
        *("", "127.0.0.1:9579", "ftp://127.0.0.1", "file:///etc/passwd", "http://"),
        *("http://[::1:9579", "http://127.0.0.1:99579", "http://127.0.0.1:port"),
    ],
)
def test_what_is_no_address_of_a_service_is_not_asked(url: str):
    with pytest.raises(NotReachedError, match="is no address of a service"):
        Reach(url, os.environ)
