"""`citynoc plan --against` a service that has TLS and a login, over real handshakes; and one that answers nonsense."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from citynoc.__main__ import main
from citynoc.access import LOGIN, Access
from citynoc.planning.picture import picture_of
from citynoc.planning.running import NotRunningError, Running, ask
from collector.config import load
from collector.model import Secret
from exporters.guard import guarded
from exporters.server import Server
from tests.config.workshop import SECRETS, edit, small_city
from tests.integration.exporters.test_guard import PASSWORD, WEB, certificate, users
from tests.unit.exporters.city import FakeViews

pytestmark = pytest.mark.integration


class Telling(FakeViews):
    """Views with a plan to tell."""

    answer: Mapping[str, object] = {}

    def plan(self) -> Callable[[], Mapping[str, object]]:
        return lambda: self.answer


@pytest.fixture
def views(tmp_path: Path) -> Telling:
    found = Telling()
    picture = picture_of(load(small_city(tmp_path), SECRETS)).to_json()
    overrides = {"listen": "[::1]:9", "snmp_port": 1161, "broker": None, "traps": None, "alertmanager": None}
    outages = [{"outage": "device:rt-00115", "causes": ["rt-00115"], "affected_devices": []}]
    found.answer = {
        "picture": picture,
        "overrides": overrides,
        "outages": outages,
        "series": 7,
        "applied": None,
    }
    return found


async def asked(url: str, login: str | None = None, ca_file: Path | None = None) -> Running:
    access = Access(url, None if login is None else Secret(login), ca_file)
    return await asyncio.to_thread(ask, access)


async def test_a_login_and_a_certificate_are_what_it_takes(views: Telling, tmp_path: Path):
    certificate(tmp_path)
    users(tmp_path, an=PASSWORD)
    ca = tmp_path / "cert.pem"
    async with Server(views, "127.0.0.1", 0, guarded("127.0.0.1", WEB, tmp_path)) as server:
        url = f"https://127.0.0.1:{server.port}"
        found = await asked(url, f"an:{PASSWORD}", ca)
        assert (len(found.picture.devices), found.series, found.settings.snmp_port) == (8, 7, 1161)
        assert found.settings.listen is not None
        assert found.settings.listen.host == "::1"
        for login in (None, "an:wrong", "nobody"):
            with pytest.raises(NotRunningError, match="it wants a login"):
                await asked(url, login, ca)
        with pytest.raises(NotRunningError, match="its certificate is not trusted"):
            await asked(url, f"an:{PASSWORD}")
        with pytest.raises(NotRunningError, match="--ca-file: there is no file"):
            await asked(url, None, tmp_path / "nowhere.pem")


@pytest.mark.parametrize("how", ["nothing", "environment", "env", "file"])
async def test_every_verb_that_asks_a_protected_service_logs_in_the_same_way(
    how: str,
    views: Telling,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    certificate(tmp_path)
    users(tmp_path, an=PASSWORD)
    (tmp_path / "login").write_text(f"an:{PASSWORD}\n")
    (tmp_path / "login").chmod(0o600)
    monkeypatch.setenv("COMMUNITY", "x")
    monkeypatch.delenv(LOGIN, raising=False)
    if how in {"environment", "env"}:
        monkeypatch.setenv(LOGIN if how == "environment" else "OTHER", f"an:{PASSWORD}")
    more = {"env": ["--login", "env:OTHER"], "file": ["--login", f"file:{tmp_path / 'login'}"]}.get(how, [])
    config = tmp_path / "config"
    async with Server(views, "127.0.0.1", 0, guarded("127.0.0.1", WEB, tmp_path)) as server:
        edit(config, "city.yml", "http://127.0.0.1:9579", f"https://localhost:{server.port}")
        web = {
            key: tmp_path / name for key, name in (("tls_certificate", "cert.pem"), ("tls_key", "key.pem"))
        }
        text = ", ".join(f"{key}: {path}" for key, path in {**web, "users": tmp_path / "users.yml"}.items())
        with (config / "city.yml").open("a") as file:
            file.write(f"web: {{{text}}}\n")
        plan = ["plan", "--config", str(config), "--against", "running", *more]
        ready = ["meeting", "readiness", "--config", str(config), "x", *more]
        codes = [await asyncio.to_thread(main, words) for words in (plan, ready)]
    said = capsys.readouterr()
    if how == "nothing":
        assert codes == [1, 1]
        assert said.err.count("it wants a login") == 2
    else:
        assert codes == [0, 2], said.err
        assert "no meeting 'x' within sight" in said.err


@pytest.mark.parametrize(
    "spoilt",
    [
        {"picture": None},
        {"outages": {}},
        {"outages": [{"outage": "x", "causes": [["rt-00115"]]}]},
        {"outages": [{"outage": "x", "affected_devices": None}]},
        {"series": "many"},
        {"overrides": {"listen": "nowhere"}},
        {"overrides": []},
        {"applied": 1},
    ],
)
async def test_nonsense_is_no_plan(spoilt: dict[str, object], views: Telling):
    views.answer = {**views.answer, **spoilt}
    async with Server(views, "127.0.0.1", 0) as server:
        with pytest.raises(NotRunningError):
            await asked(f"http://127.0.0.1:{server.port}")


async def test_a_login_goes_to_no_other_machine_in_the_clear():
    with pytest.raises(NotRunningError, match="a login goes over https only"):
        await asked("http://noc.city.example:9579", "an:b")


async def test_names_of_the_service_do_not_steer_a_terminal(
    views: Telling, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    config = tmp_path / "config"
    picture = json.loads(json.dumps(views.answer["picture"]))
    picture["devices"]["rt-\x1b[2Jx"] = next(iter(picture["devices"].values()))
    views.answer = {**views.answer, "picture": picture}
    async with Server(views, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.port}"
        assert await asyncio.to_thread(main, ["plan", "--config", str(config), "--against", url]) == 0
    said = capsys.readouterr().out
    assert "- rt-?[2Jx\n" in said
    assert "\x1b" not in said
