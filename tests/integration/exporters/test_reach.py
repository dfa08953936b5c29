"""The command asks a service that wants TLS and a login, and says in one line why it cannot."""

import asyncio
import json
import re
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from citynoc.access import LOGIN, Access, NoLoginError, login_of
from citynoc.meetings.reaching import NotReachedError, NotThereError, Reach
from collector.model import Secret
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
            login, own = Secret(f"an:{PASSWORD}"), folder / "cert.pem"
            reach = Reach(Access(url, login, certificate=own))
            assert "devices" in await get(reach, "api", "v1", "devices")
            with pytest.raises(NotThereError, match="no meeting 'x' within sight"):
                await get(reach, "api", "v1", "meetings", "x")
            assert "devices" in await get(Reach(Access(url, login, ca_file=own)), "api", "v1", "devices")
            with pytest.raises(
                NotReachedError, match=r"wants a login: --login .*CITYNOC_LOGIN=user:password"
            ):
                await get(Reach(Access(url, certificate=own)), "api", "v1", "devices")
            with pytest.raises(NotReachedError, match=r"its certificate is not trusted: .*see --ca-file"):
                await get(Reach(Access(url, login)), "api", "v1", "devices")

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
                await get(Reach(Access(f"http://127.0.0.1:{port}")), "api")
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
            Reach(Access(url, certificate=folder / name))
    with pytest.raises(NotReachedError, match=rf"cannot read {folder}: "):
        Reach(Access(url, certificate=folder))
    with pytest.raises(NotReachedError, match=r"cannot read .*cert.pem/below: Not a directory"):
        Reach(Access(url, certificate=folder / "cert.pem" / "below"))
    Reach(
        Access(url, certificate=folder / "missing.pem")
    )  # another machine's: what the system believes holds


def test_a_certificate_without_the_right_to_read_it_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")  # tests may run as root, who may read everything

    monkeypatch.setattr("ssl.SSLContext.load_verify_locations", denied)
    with pytest.raises(NotReachedError, match=r"cannot read .*cert.pem: Permission denied; who asks"):
        Reach(Access("https://localhost:1", certificate=folder / "cert.pem"))


@pytest.mark.parametrize(
    ("reference", "environ", "login"),
    [
        (None, {}, None),
        (None, {LOGIN: ""}, None),
        (None, {LOGIN: "an:a"}, "an:a"),
        ("env:OTHER", {LOGIN: "an:a", "OTHER": "binh:b:c"}, "binh:b:c"),
    ],
)
def test_the_option_goes_before_the_environment(
    reference: str | None, environ: dict[str, str], login: str | None
):
    found = login_of(reference, environ)
    assert (None if found is None else found.reveal()) == login


@pytest.mark.parametrize(
    ("reference", "environ", "said"),
    [
        (None, {LOGIN: "hidden"}, "CITYNOC_LOGIN: it is not user:password, there is no ':' in it"),
        ("env:OTHER", {"OTHER": "hidden"}, "--login: it is not user:password, there is no ':' in it"),
        ("an:hidden", {}, "--login takes env:NAME or file:PATH, never the login"),
        ("env:NONE", {LOGIN: "an:hidden"}, "--login: environment variable NONE is not set"),
    ],
)
def test_what_is_no_login_is_told_without_it(reference: str | None, environ: dict[str, str], said: str):
    with pytest.raises(NoLoginError, match=re.escape(said)) as told:
        login_of(reference, environ)
    assert "hidden" not in str(told.value)


def test_a_login_goes_to_no_other_machine_in_the_clear():
    with pytest.raises(NotReachedError, match="a login goes over https only"):
        Reach(Access("http://noc.city.example:9579", Secret("an:a")))


def test_an_authority_that_is_not_there_is_told(folder: Path):
    with pytest.raises(NotReachedError, match=r"--ca-file: there is no file .*missing.pem"):
        Reach(Access("https://localhost:1", ca_file=folder / "missing.pem"))
    with pytest.raises(NotReachedError, match=r"users.yml holds no certificate: --ca-file"):
        Reach(Access("https://localhost:1", ca_file=folder / "users.yml"))


def test_a_login_that_is_no_text_is_sent_as_it_is():
    login = login_of(None, {LOGIN: "an:\udcff"})
    assert Access("http://127.0.0.1:1", login).headers()["Authorization"] == "Basic YW46/w=="


@pytest.mark.parametrize(
    "url",
    [
        *("", "127.0.0.1:9579", "ftp://127.0.0.1", "file:///etc/passwd", "http://"),
        *("http://[::1:9579", "http://127.0.0.1:99579", "http://127.0.0.1:port"),
    ],
)
def test_what_is_no_address_of_a_service_is_not_asked(url: str):
    with pytest.raises(NotReachedError, match="is no address of a service"):
        Reach(Access(url))
