"""The shipped mosquitto.conf and acl.conf with a real certificate: who gets in, and who may say what."""

import gc
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.model import Credential, CredentialName, Secret
from collector.sources.mqtt_refusals import Result
from tests.binaries import require
from tests.integration.mosquitto import SHIPPED, Mosquitto, free_port
from tests.integration.mqtt_listening import NOW, STATUS, TELEMETRY, listening, publish
from tests.unit.mqtt.endpoints import endpoint, native

pytestmark = pytest.mark.integration
PASSWORDS = {"citynoc": "reads-all", "vc-00001": "one", "vc-00002": "two", "cpe-1": "gateway"}


def run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True)


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """The production configuration: only its port, paths and user are this test's."""
    openssl, passwd = require("openssl"), require("mosquitto_passwd")
    subject = ("-nodes", "-newkey", "rsa:2048", "-days", "1")
    names = ("-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost")
    run(
        openssl,
        "req",
        "-x509",
        *subject,
        "-subj",
        "/CN=Test CA",
        "-keyout",
        "ca.key",
        "-out",
        "ca.crt",
        cwd=tmp_path,
    )
    run(
        openssl,
        "req",
        *subject,
        "-subj",
        "/CN=127.0.0.1",
        *names,
        "-keyout",
        "server.key",
        "-out",
        "server.csr",
        cwd=tmp_path,
    )
    signing = (
        "-CA",
        "ca.crt",
        "-CAkey",
        "ca.key",
        "-CAcreateserial",
        "-days",
        "1",
        "-copy_extensions",
        "copy",
    )
    run(openssl, "x509", "-req", "-in", "server.csr", *signing, "-out", "server.crt", cwd=tmp_path)
    (tmp_path / "passwords").write_text("".join(f"{user}:{word}\n" for user, word in PASSWORDS.items()))
    run(passwd, "-U", "passwords", cwd=tmp_path)
    port = free_port()
    text = (SHIPPED / "mosquitto.conf").read_text()
    for shipped, ours in {
        "listener 8883\n": f"listener {port} 127.0.0.1\nuser root\n",
        "/etc/mosquitto/tls/": f"{tmp_path}/",
        "/etc/mosquitto/passwords\n": f"{tmp_path}/passwords\n",
        "/etc/mosquitto/acl.conf\n": f"{SHIPPED}/acl.conf\n",
        "/var/lib/mosquitto/": f"{tmp_path}/",
    }.items():
        assert shipped in text
        text = text.replace(shipped, ours)
    config = tmp_path / "mosquitto.conf"
    config.write_text(text)
    with Mosquitto(tmp_path, port, config) as mosquitto:
        yield mosquitto


def login(user: str = "citynoc", word: str | None = None) -> Credential:
    return Credential(CredentialName("broker"), username=user, password=Secret(word or PASSWORDS[user]))


def publish_as(user: str, broker: Mosquitto, folder: Path, topic: str, payload: bytes) -> int:
    options = ("--cafile", str(folder / "ca.crt"), "-u", user, "-P", PASSWORDS[user])
    return publish(broker.port, topic, payload, *options)


async def test_an_endpoint_may_say_only_what_is_its_own(broker: Mosquitto, tmp_path: Path):
    devices = endpoint(), endpoint("vc-00002"), endpoint("vc-00003", profile="telegraf")
    async with listening(broker.port, *devices, credential=login(), ca_file=tmp_path / "ca.crt") as heard:
        await heard.until_connected()
        payload = native(NOW(), in_call=0)
        publish_as("vc-00002", broker, tmp_path, TELEMETRY, payload)
        publish_as("vc-00002", broker, tmp_path, STATUS, b"offline")
        publish_as("vc-00001", broker, tmp_path, "city/v1/00001/vc-00001/other", payload)
        publish_as("citynoc", broker, tmp_path, TELEMETRY, payload)
        publish_as("cpe-1", broker, tmp_path, "telegraf/cpe-2/vc_call", payload)
        publish_as(
            "cpe-1", broker, tmp_path, "telegraf/cpe-1/vc_call", payload
        )  # allowed: another measurement
        publish_as("vc-00001", broker, tmp_path, STATUS, b"online")
        publish_as("vc-00001", broker, tmp_path, TELEMETRY, payload)
        await heard.until(lambda: bool(heard.outcomes))
        counted = {result: count for result, count in heard.source.stats().results.items() if count}
        assert counted == {Result.UNKNOWN_DEVICE: 1, Result.STATUS: 1, Result.ACCEPTED: 1}
        assert heard.hints == []


async def test_nobody_gets_in_without_a_login(broker: Mosquitto, tmp_path: Path):
    assert publish(broker.port, TELEMETRY, b"x", "--cafile", str(tmp_path / "ca.crt")) != 0
    for credential in (None, login(word="wrong")):
        async with listening(broker.port, credential=credential, ca_file=tmp_path / "ca.crt") as heard:
            await heard.until(lambda: heard.source.stats().failed_attempts >= 1)
            assert "authori" in heard.source.stats().last_error
            assert "wrong" not in heard.source.stats().last_error


async def test_an_endpoint_may_not_listen(broker: Mosquitto, tmp_path: Path):
    publish_as("vc-00001", broker, tmp_path, TELEMETRY, native(NOW(), in_call=0))
    async with listening(broker.port, credential=login("vc-00002"), ca_file=tmp_path / "ca.crt") as spy:
        await spy.until(lambda: spy.source.stats().connected or spy.source.stats().failed_attempts > 0)
        async with listening(broker.port, credential=login(), ca_file=tmp_path / "ca.crt") as heard:
            await heard.until_connected()
            publish_as("vc-00001", broker, tmp_path, TELEMETRY, native(NOW(), in_call=0))
            await heard.until(lambda: bool(heard.outcomes))
        assert spy.outcomes == []


@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket")
async def test_a_broker_with_another_certificate_is_not_trusted(broker: Mosquitto, tmp_path: Path):
    run(
        require("openssl"), "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "1",
        "-subj", "/CN=Another CA", "-keyout", "other.key", "-out", "other.crt", cwd=tmp_path,
    )  # fmt: skip
    for ca_file, reason in (("other.crt", "certificate verify failed"), ("none.crt", "No such file")):
        async with listening(broker.port, credential=login(), ca_file=tmp_path / ca_file) as heard:
            await heard.until(lambda: heard.source.stats().failed_attempts >= 1)
            assert reason in heard.source.stats().last_error
    gc.collect()  # paho leaves the socket of a failed handshake to the collector, which warns: let it do so here
