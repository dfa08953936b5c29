"""NetBox into the files, over real HTTP from a server that pages and refuses as NetBox does."""

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from citynoc.__main__ import main
from citynoc.importer import netbox as client
from citynoc.importer.columns import Columns
from collector.config import load
from collector.model import DeviceName, Secret
from tests.config.workshop import DISTRICT, SECRETS, small_city
from tests.integration.importer.server import NetBoxServer

pytestmark = pytest.mark.integration

WORDS = ["--word", "role:access=router"]


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMUNITY", SECRETS["COMMUNITY"])
    return small_city(tmp_path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[NetBoxServer]:
    with NetBoxServer().running() as server:
        monkeypatch.setenv("NETBOX_TOKEN", server.token)
        yield server


def fetched(server: NetBoxServer, config: Path, *more: str) -> int:
    return main(["import", server.url, "--config", str(config), "--token", "env:NETBOX_TOKEN", *WORDS, *more])


def test_what_netbox_has_comes_in(server: NetBoxServer, config: Path, capsys: pytest.CaptureFixture[str]):
    before = (config / DISTRICT).read_text()
    assert fetched(server, config, "--write") == 0
    text = (config / DISTRICT).read_text()
    entry = """
  00121:
    name: Phường Giang Biên
    location: [21.06473, 105.9186]
    devices:
      rt-00121: {address: 127.14.1.3, profile: mikrotik-routeros}
      vc-00121: {address: 127.14.2.3}
"""
    changed = before.replace("address: 127.14.1.1\n", "address: 127.14.1.99\n")
    changed = changed.replace("long-bien-b1}\n", "long-bien-b1}\n        profile: mikrotik-routeros\n", 1)
    assert text == changed + entry
    said = capsys.readouterr()
    assert "/dcim/devices/235/ (None): it has no name: left out" in said.err
    assert "/dcim/devices/236/ (rt-00124): it has no primary address: left out" in said.err
    assert server.token not in said.out + said.err
    device = load(config, SECRETS).inventory.devices[DeviceName("rt-00121")]
    assert (device.district, [link.parent for link in device.uplinks]) == ("004", ["ag-004-1", "ag-004-2"])


def test_a_second_time_is_no_difference(
    server: NetBoxServer, config: Path, capsys: pytest.CaptureFixture[str]
):
    assert fetched(server, config, "--write") == 0
    text = (config / DISTRICT).read_bytes()
    capsys.readouterr()
    assert fetched(server, config, "--write") == 0
    assert capsys.readouterr().out == "no difference\n"
    assert (config / DISTRICT).read_bytes() == text


def test_every_page_is_read_and_what_is_not_needed_is_not_asked(server: NetBoxServer, config: Path):
    assert fetched(server, config, "--filter", "tag=wan") == 1
    asked = [path for path, _ in server.asked]
    assert [path.partition("?")[0] for path in asked] == ["/api/dcim/devices/"] * 3 + ["/api/dcim/sites/"] * 2
    assert "tag=wan" in asked[0]
    assert "status=active" in asked[0]
    assert "exclude=config_context" in asked[0]
    assert {authorization for _, authorization in server.asked} == {f"Token {server.token}"}


def test_a_custom_field_and_a_region_of_another_name(server: NetBoxServer, config: Path):
    for site in server.sites:
        site["slug"] = f"site-{site['id']}"
        if site["region"] is not None:
            site["region"]["slug"] = "dong-bac"
    maps = [
        "--map",
        "site=site.custom_fields.ma_xa,port=custom_fields.snmp_port",
        "--word",
        "district:dong-bac=004",
    ]
    assert fetched(server, config, *maps, "--write") == 0
    device = load(config, SECRETS).inventory.devices[DeviceName("rt-00121")]
    assert device.snmp is not None
    assert (device.site, device.snmp.port) == ("00121", 161)


def test_tokens_of_netbox_4_5_are_bearers(config: Path, monkeypatch: pytest.MonkeyPatch):
    with NetBoxServer(
        token="nbt_4F9DAouzURLb.zjebxBPzICiPbWz0Wtx0fTL7bCKXKGTYhNzkgC2S", scheme="Bearer"
    ).running() as server:
        monkeypatch.setenv("NETBOX_TOKEN", server.token)
        assert fetched(server, config) == 1
        assert len(server.asked) == 5


def test_older_netboxes_say_device_role(server: NetBoxServer, config: Path):
    for device in server.devices:
        device["device_role"] = device.pop("role")
    assert fetched(server, config, "--write") == 0


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("redirect http://127.0.0.1:9/api/", "answered 302"),
        ("body <html>", "the answer is not JSON"),
        ("body [1]", "this is no list of NetBox's"),
        ('body {"results": []}', "no 'results' and 'count'"),
        ('body {"count": 1, "next": null, "results": [1]}', "an object without 'id'"),
        ('body {"count": 900000, "next": null, "results": []}', "more than 200000 objects"),
        ("body " + "[" * 200_000, "the answer is not JSON"),
        ("circle", "the pages go in a circle"),
        ("shrinks", "it changed while it was read; try again"),
    ],
)
def test_what_is_no_netbox_is_one_line(
    fault: str, said: str, server: NetBoxServer, config: Path, capsys: pytest.CaptureFixture[str]
):
    server.fault = fault
    before = (config / DISTRICT).read_bytes()
    assert fetched(server, config, "--write") == 1
    told = capsys.readouterr().err
    assert said in told
    assert len(told.splitlines()) == 1
    assert server.token not in told
    assert (config / DISTRICT).read_bytes() == before


def test_a_token_goes_to_no_other_server(server: NetBoxServer, config: Path):
    with NetBoxServer().running() as other:
        server.fault = f"redirect {other.url}/api/dcim/devices/"
        assert fetched(server, config) == 1
        assert other.asked == []


def test_a_page_without_end_and_an_answer_that_never_comes(
    server: NetBoxServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(client, "LARGEST_PAGE", 1_000_000)
    server.fault = "endless"
    with pytest.raises(client.NetBoxError, match="a page is larger than"):
        client.read_netbox(client.NetBox(server.url, Secret(server.token)), Columns())
    server.fault = "slow"
    with pytest.raises(client.NetBoxError, match=r"no answer within 0\.2 s"):
        client.read_netbox(client.NetBox(server.url, Secret(server.token), seconds=0.2), Columns())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["https://user:pass@127.0.0.1/"], "a login does not belong in the address"),
        (["http://netbox.city.example/"], "the token goes over https only"),
        (["https://127.0.0.1:1/", "--ca-file", "nowhere.pem"], "cannot use nowhere.pem"),
        (["https://127.0.0.1:1/"], "cannot connect"),
        (["https://netbox..example/"], "no machine can have this name"),
    ],
)
def test_an_address_that_will_not_do(
    arguments: list[str], said: str, config: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["import", *arguments, "--config", str(config)]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert "pass" not in told


def test_a_token_that_is_no_header(
    server: NetBoxServer, config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NETBOX_TOKEN", "first-half\nsecond-half")
    assert fetched(server, config) == 1
    said = capsys.readouterr().err
    assert "no token of NetBox's" in said
    assert "half" not in said
    assert server.asked == []


def test_a_site_whose_number_is_none(server: NetBoxServer, config: Path):
    for device in server.devices:
        device["site"]["id"] = [1]
    found = client.read_netbox(client.NetBox(server.url, Secret(server.token)), Columns())
    assert found.rows


def test_pages_that_bring_nothing_new_end(server: NetBoxServer, monkeypatch: pytest.MonkeyPatch):
    genuine = server.answer

    def turning(path: str, query: dict[str, list[str]]) -> tuple[int, object]:
        status, body = genuine(path, {**query, "offset": ["0"]})
        return status, {**body, "next": f"{server.url}{path}?offset={len(server.asked)}"}

    monkeypatch.setattr(server, "answer", turning)
    with pytest.raises(client.NetBoxError, match="the pages go in a circle"):
        client.read_netbox(client.NetBox(server.url, Secret(server.token)), Columns())
    assert len(server.asked) == 2


def test_no_token_and_a_wrong_one(
    server: NetBoxServer, config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    assert main(["import", server.url, "--config", str(config)]) == 1
    assert "NetBox refused (403)" in capsys.readouterr().err
    monkeypatch.setenv("NETBOX_TOKEN", "wrong-token")
    assert fetched(server, config) == 1
    assert "wrong-token" not in capsys.readouterr().err
    monkeypatch.delenv("NETBOX_TOKEN")
    assert fetched(server, config) == 2
    assert "environment variable NETBOX_TOKEN is not set" in capsys.readouterr().err


def authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that only its own file vouches for, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "netbox")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca, private = folder / "ca.pem", folder / "key.pem"
    ca.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca, private)
    return ca, context


def test_a_certificate_is_checked(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    ca, context = authority(tmp_path)
    with NetBoxServer().running(context) as server:
        monkeypatch.setenv("NETBOX_TOKEN", server.token)
        assert fetched(server, config) == 1
        assert "its certificate is not trusted" in capsys.readouterr().err
        assert server.asked == []
        assert fetched(server, config, "--ca-file", str(ca)) == 1
        assert "1 site added" in capsys.readouterr().out
