"""TLS and logins in front of every path, with real certificates and real handshakes."""

import base64
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import bcrypt
import pytest

from collector.model import Web
from exporters import guard as guards
from exporters.guard import Guard, UnguardedError, guarded, read_users
from exporters.server import INDEX, STREAM, Server
from tests.binaries import require
from tests.unit.exporters.city import FakeViews

pytestmark = pytest.mark.integration

WEB = Web("cert.pem", "key.pem", "users.yml")
PASSWORD = "đường dài 123"


def hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def certificate(folder: Path, name: str = "localhost") -> None:
    made = [
        require("openssl"),
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
    ]
    made += ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"), "-days", "2"]
    made += ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1"]
    subprocess.run(made, check=True, capture_output=True)


def users(folder: Path, **passwords: str) -> Path:
    file = folder / "users.yml"
    lines = [f"  {name}: {hashed(password)}\n" for name, password in passwords.items()]
    file.write_text("basic_auth_users:\n" + "".join(lines))
    return file


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    certificate(tmp_path)
    users(tmp_path, an=PASSWORD, binh="b")
    return tmp_path


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[tuple[aiohttp.ClientSession, Server]]:
    trusted = ssl.create_default_context(cafile=str(folder / "cert.pem"))
    connector = aiohttp.TCPConnector(ssl=trusted, force_close=True)
    async with (
        Server(FakeViews(), "127.0.0.1", 0, guarded("127.0.0.1", WEB, folder)) as running,
        aiohttp.ClientSession(f"https://127.0.0.1:{running.port}", connector=connector) as client,
    ):
        yield client, running


def login(name: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


async def status(client: aiohttp.ClientSession, path: str, headers: dict[str, str] | None = None) -> int:
    async with client.get(path, headers=headers) as response:
        return response.status


async def test_no_path_is_open_without_a_login(folder: Path):
    async with serving(folder) as (client, _):
        for path in (
            *(path for path, _ in INDEX),
            "/static/live.js",
            "/site/00115",
            "/runbook/CitynocOutage",
            "/nowhere",
        ):
            async with client.get(path) as response:
                assert response.status == 401, path
                assert response.headers["WWW-Authenticate"] == guards.CHALLENGE
                assert await response.text() == "a login is needed\n"
        async with client.post("/-/reload") as response:
            assert response.status == 401
        for path in ("/", "/metrics", "/metrics/state", "/-/healthy", STREAM):
            assert await status(client, path, login("an", PASSWORD)) == 200


@pytest.mark.parametrize(
    "headers",
    [
        login("an", "wrong"),
        login("nobody", PASSWORD),
        login("an", ""),
        login("an", "x" * 73),
        login("", ""),
        {"Authorization": "Basic"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic " + base64.b64encode(b"an").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"\xff:x").decode()},
        {"Authorization": "Basic " + base64.b64encode(b"an:a\0b").decode()},
        {"Authorization": "Bearer " + base64.b64encode(b"an:x").decode()},
        {"Authorization": "Basic " + "A" * 5000},
    ],
)
async def test_a_wrong_login_is_no_login(folder: Path, headers: dict[str, str]):
    async with serving(folder) as (client, _):
        assert await status(client, "/metrics", headers) == 401


async def test_plain_http_gets_nothing(folder: Path):
    async with serving(folder) as (_, running), aiohttp.ClientSession() as plain:
        with pytest.raises(aiohttp.ClientError):
            await plain.get(f"http://127.0.0.1:{running.port}/metrics", headers=login("an", PASSWORD))


async def test_changed_users_and_certificates_count_at_once_and_broken_ones_do_not(folder: Path):
    async with serving(folder) as (client, running):
        assert await status(client, "/-/healthy", login("binh", "b")) == 200
        users(folder, an="new")
        assert await status(client, "/-/healthy", login("binh", "b")) == 401
        assert await status(client, "/-/healthy", login("an", "new")) == 200
        (folder / "users.yml").write_text("basic_auth_users: {an: plain}\n")
        assert await status(client, "/-/healthy", login("an", "new")) == 200
        certificate(folder)
        users(folder, an="newer")
        await status(client, "/-/healthy", login("an", "newer"))
        trusted = ssl.create_default_context(cafile=str(folder / "cert.pem"))
        async with aiohttp.ClientSession() as fresh:
            url = f"https://127.0.0.1:{running.port}/-/healthy"
            async with fresh.get(url, headers=login("an", "newer"), ssl=trusted) as response:
                assert response.status == 200


async def test_a_certificate_that_does_not_fit_its_key_leaves_the_old_pair_in_force(folder: Path):
    async with serving(folder) as (client, _):
        key = (folder / "key.pem").read_bytes()
        certificate(folder)
        (folder / "key.pem").write_bytes(key)
        for _ in range(2):  # every request shakes hands anew
            assert await status(client, "/-/healthy", login("binh", "b")) == 200
        users(folder, an=PASSWORD)
        assert await status(client, "/-/healthy", login("binh", "b")) == 401


async def test_a_right_login_is_compared_once_and_a_storm_of_wrong_ones_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    compared = 0
    genuine = bcrypt.checkpw

    def counted(password: bytes, known: bytes) -> bool:
        nonlocal compared
        compared += 1
        return genuine(password, known)

    monkeypatch.setattr(bcrypt, "checkpw", counted)
    async with serving(folder) as (client, _):
        for _ in range(5):
            assert await status(client, "/-/healthy", login("an", PASSWORD)) == 200
        assert compared == 1
        monkeypatch.setattr(guards, "WAITING", 0)
        assert await status(client, "/-/healthy", login("an", "guess")) == 503
        assert await status(client, "/-/healthy", login("an", PASSWORD)) == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "127.0.0.1.example", "example", "", "2001:db8::1"])
def test_reachable_by_others_needs_a_guard(host: str, folder: Path):
    with pytest.raises(UnguardedError, match="without TLS and a login") as caught:
        guarded(host, None, folder)
    assert "\n" not in str(caught.value)
    assert isinstance(guarded(host, WEB, folder), Guard)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_is_guard_enough(host: str, folder: Path):
    assert guarded(host, None, folder) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it holds `basic_auth_users:`"),
        ("basic_auth_users:\n", "it holds `basic_auth_users:`"),
        ("tls_server_config: {}\n", "it holds `basic_auth_users:`"),
        ("basic_auth_users: {an: secret}\n", "user number 1 has no bcrypt hash"),
        ("basic_auth_users: {an: [x]}\n", "user number 1 has no bcrypt hash"),
        ("basic_auth_users: {an: $2b$31$" + "a" * 53 + "}\n", "of cost 16 or less"),
        ("basic_auth_users: {an: [\n", "line 1"),
    ],
)
def test_a_wrong_users_file_is_one_line_without_its_content(tmp_path: Path, text: str, words: str):
    file = tmp_path / "users.yml"
    file.write_text(text)
    with pytest.raises(UnguardedError) as caught:
        read_users(file)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "secret" not in str(caught.value)


def test_missing_or_unfit_files_are_one_line(folder: Path):
    with pytest.raises(UnguardedError, match="No such file"):
        Guard(folder / "none.pem", folder / "key.pem", folder / "users.yml")
    (folder / "key.pem").write_text("no key")
    with pytest.raises(UnguardedError, match="cannot use"):
        Guard(folder / "cert.pem", folder / "key.pem", folder / "users.yml")


def test_an_encrypted_key_does_not_ask_at_the_terminal(folder: Path):
    encrypted = folder / "key.pem"
    command = [require("openssl"), "ec", "-aes128", "-passout", "pass:abcd", "-in", str(encrypted)]
    subprocess.run([*command, "-out", str(folder / "locked.pem")], check=True, capture_output=True)
    with pytest.raises(UnguardedError):
        Guard(folder / "cert.pem", folder / "locked.pem", folder / "users.yml")
