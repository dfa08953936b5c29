"""Secrets are planted in every place that takes one; whatever the product emits is searched for them."""

import asyncio
import contextlib
import os
import signal
import ssl
import subprocess
import sys
import traceback
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from citynoc.__main__ import VERBS, main
from collector.config import ConfigurationError, load
from tests.binaries import require
from tests.config.workshop import ROOT, edit
from tests.integration.exporters.test_guard import certificate
from tests.integration.mosquitto import Mosquitto, free_port
from tests.integration.secrets.planted import City, betrayed, files_below, planted
from tests.integration.service.process import eventually, free_udp_port

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

QUICK = ["--timeout", "0.2"]
ASKED = ["--address", "127.0.0.1:9", "--community-env", "GIVEN"]
GRAFANA = ["publish", "--url", "http://127.0.0.1:9", "--token", "env:GRAFANA", "--yes"]
SERVICE = "http://127.0.0.1:9"
LOGINS = [[], ["--login", "env:LOGIN"], ["--login", "env:GIVEN"], ["--login", "operator:pl4nted-z"]]
WORDS: dict[str, list[list[str]]] = {
    "init": [["{out}/new", "--yes"], ["{out}/new", "--yes"]],
    "discover": [["127.14.1.0/30", *QUICK], ["127.14.1.0/30", *QUICK, "--credential", "v3", "--json"]],
    "check": [[], ["--secrets"], ["--json"], ["--format", "sarif"], ["--show", "vc-00118"]],
    "plan": [[], ["--json"], ["--all"], *(["--against", SERVICE, *login] for login in LOGINS)],
    "run": [["--data", "/proc/nowhere", "-v"]],
    "poll": [["rt-00115", "-v", *QUICK], ["vc-00118", "-v", *QUICK], [*ASKED, "-v", *QUICK]],
    "walk": [["rt-00115", *QUICK], ["vc-00118", *QUICK], [*ASKED, *QUICK]],
    "profiles": [["list"], ["match", "vc-00118", *QUICK]],
    "outages": [["--data", "{out}"], ["--data", "{out}", "--open", "--until", "1h"]],
    "coverage": [[]],
    "maintenance": [[], ["add", "work", "--device", "rt-00115", "--for", "1h"], ["end", "work"]],
    "meeting": [["list"], *(["readiness", "x", "--url", SERVICE, *login] for login in LOGINS)],
    "alertmanager": [["--output", "{out}/am", "--check"], ["--output", "{out}/am"], ["--output", "{out}/am"]],
    "simulate": [["--scenario", "nowhere.yml"]],
    "demo": [["--data", "{out}/demo", "--deploy", "{out}/nowhere"]],
    "import": [
        ["http://127.0.0.1:9", "--token", "env:NETBOX"],
        ["http://127.0.0.1:9", "--token", "pl4nted-x"],
    ],
    "export": [[], ["--format", "json"], ["--format", "file_sd"]],
    "schema": [["credentials"]],
    "dashboards": [GRAFANA, ["publish", "--url", "http://127.0.0.1:9", "--token", "pl4nted-y"]],
}


@pytest.fixture
def city(tmp_path: Path) -> City:
    certificate(tmp_path)
    return planted(tmp_path, broker=free_port(), certificate=tmp_path / "cert.pem", key=tmp_path / "key.pem")


def test_every_verb_is_tried():
    assert set(WORDS) == set(VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_says_no_secret(  # noqa: PLR0917  # fixtures
    verb: str,
    city: City,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
):
    for name, value in city.environ.items():
        monkeypatch.setenv(name, value)
    out = tmp_path / "out"
    out.mkdir()
    for words in WORDS[verb]:
        filled = [word.replace("{out}", str(out)) for word in words]
        with contextlib.suppress(SystemExit):
            main([verb, "--config", str(city.config), *filled])
        said = capfd.readouterr()
        assert betrayed(city, said.out + said.err + caplog.text) == [], (verb, words)
    for path in files_below(out):
        if (
            path.name != "alertmanager.yml"
        ):  # the one file that holds some: it says so, and is its owner's alone
            assert betrayed(city, path.read_bytes()) == [], path
        else:
            assert path.stat().st_mode & 0o077 == 0


def test_a_configuration_and_its_mistakes_say_no_secret(city: City):
    configuration = load(city.config, city.environ)
    assert betrayed(city, f"{configuration!r}{configuration}") == []
    for old, new in (
        ("env:COMMUNITY", city.secrets["COMMUNITY"]),
        ("env:PRIV_KEY", f"[{city.secrets['PRIV_KEY']}]"),
        ("version: 2c", f"{city.secrets['COMMUNITY']}: 2c"),
    ):
        before = (city.config / "credentials.yml").read_text()
        edit(city.config, "credentials.yml", old, new)
        with pytest.raises(ConfigurationError) as wrong:
            load(city.config, city.environ)
        told = "".join(traceback.format_exception(wrong.value))
        assert betrayed(city, f"{told}{wrong.value!r}{wrong.value.problems!r}") == []
        (city.config / "credentials.yml").write_text(before)


@contextlib.contextmanager
def broker(folder: Path, port: int, password: str) -> Iterator[None]:
    """A real mosquitto that wants the planted login."""
    known = folder / "passwords"
    known.touch(mode=0o600)
    made = [require("mosquitto_passwd"), "-b", str(known), "citynoc", password]
    subprocess.run(made, check=True, capture_output=True)
    config = folder / "mosquitto.conf"
    user = "user root\n" if os.geteuid() == 0 else ""
    config.write_text(f"{user}listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {known}\n")
    server = Mosquitto(folder, port, config)
    server.start()
    try:
        yield
    finally:
        server.stop()


def pages(port: int, city: City) -> Iterator[tuple[str, bytes]]:
    """Every page and every answer to a wrong question, with the login and without."""
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # the certificate is not what is tested
    right = b64encode(f"operator:{city.password}".encode()).decode()
    paths = [
        "/", "/wall", "/site/00115", "/device/rt-00115", "/device/vc-00118", "/district/004", "/search?q=rt",
        "/metrics", "/metrics/state", "/metrics/devices", "/sd/blackbox", "/api/v1/devices", "/api/v1/refused",
        "/api/v1/devices/rt-00115", "/api/v1/devices/vc-00118", "/api/v1/sites", "/api/v1/outages", "/api/v1/plan",
        "/api/v1/meetings", "/api/v1/coverage", "/-/healthy", "/-/ready", "/nowhere",
    ]  # fmt: skip
    for path in paths:
        for login in (right, b64encode(b"operator:wrong").decode(), None):
            request = urllib.request.Request(f"https://127.0.0.1:{port}{path}")
            if login is not None:
                request.add_header("Authorization", f"Basic {login}")
            try:
                with urllib.request.urlopen(  # noqa: S310 - always https
                    request, timeout=10, context=trust
                ) as answer:
                    yield path, answer.read() + str(answer.headers).encode()
            except urllib.error.HTTPError as refused:
                with refused:
                    yield path, refused.read() + str(refused.headers).encode()


def test_the_service_says_no_secret(city: City, tmp_path: Path):
    port, traps = free_port(), free_udp_port()
    text = (city.config / "city.yml").read_text()
    broker_port = int(text.split("  address: 127.0.0.1:")[1].split("\n")[0])
    log = tmp_path / "service.log"
    command = [sys.executable, "-m", "citynoc", "run", "--config", str(city.config), "-v"]
    command += ["--data", str(tmp_path / "data"), "--listen", f"127.0.0.1:{port}"]
    command += ["--snmp-port", str(free_udp_port()), "--traps", f"127.0.0.1:{traps}"]
    environ = {**os.environ, **city.environ}
    with (
        broker(tmp_path, broker_port, city.secrets["broker"]),
        log.open("wb") as written,
        subprocess.Popen(command, cwd=ROOT, env=environ, stdout=written, stderr=written) as child,
    ):
        try:
            eventually("it is connected to the broker", lambda: b"mqtt.connected" in log.read_bytes())
            assert betrayed(city, Path(f"/proc/{child.pid}/cmdline").read_bytes()) == []
            asyncio.run(strange_traps(traps, city))
            for path, said in pages(port, city):
                assert betrayed(city, said) == [], path
            edit(city.config, "credentials.yml", "env:COMMUNITY", city.secrets["COMMUNITY"])
            child.send_signal(signal.SIGHUP)
            eventually("a reload is refused", lambda: b"a secret is never written" in log.read_bytes())
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(30)
    assert betrayed(city, log.read_bytes()) == []
    for kept in files_below(tmp_path / "data"):
        assert betrayed(city, kept.read_bytes()) == [], kept


async def strange_traps(port: int, city: City) -> None:
    """Datagrams that hold the community and mean nothing: their refusal must not quote them."""
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=("127.0.0.1", port)
    )
    community = city.secrets["COMMUNITY"].encode()
    for head in (b"\x30\x40\x02\x01\x01\x04", b"\x30\x80\x02\x01\x01\x04", b""):
        transport.sendto(head + bytes([len(community)]) + community + b"\xa7\x00")
    transport.close()
