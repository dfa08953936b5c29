"""Wrong addresses, tokens, files and servers: each is one sentence, and nothing is changed."""

import datetime as dt
import ipaddress
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from citynoc.__main__ import main
from tests.integration.publishing.conftest import Publish
from tests.integration.publishing.fake_grafana import EDITOR, FakeGrafana, running, serving

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://grafana.example.org", "use https"),
        ("http://192.0.2.7:3000", "use https"),
        ("grafana.example.org", "write the address as https://"),
        ("ftp://grafana.example.org", "write the address as https://"),
        ("https://admin:admin@grafana.example.org", "leave the login out"),
        ("https://grafana.example.org/?orgId=1", "leave out what follows the path"),
        ("https://grafana.example.org:99999", "Port out of range"),
    ],
)
def test_an_address_that_would_give_the_token_away_or_is_none(publish: Publish, url: str, said: str):
    refused = publish(url=url)
    assert refused.code == 2
    assert said in refused.err


def test_a_token_is_never_an_argument(grafana: FakeGrafana, built: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--url", grafana.address, "--output", str(built), "--yes"]
    assert main(["dashboards", "publish", *arguments, "--token", EDITOR]) == 2
    said = capsys.readouterr()
    assert "env:NAME or file:PATH" in said.err
    assert EDITOR not in said.out + said.err
    assert grafana.writes == []


def test_a_token_in_a_file(
    grafana: FakeGrafana, built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    kept = tmp_path / "token"
    kept.write_text(f"{EDITOR}\n")
    arguments = ["--url", grafana.address, "--output", str(built), "--yes", "--token", f"file:{kept}"]
    kept.chmod(0o644)
    assert main(["dashboards", "publish", *arguments]) == 1
    assert "can be read by everybody" in capsys.readouterr().err
    kept.chmod(0o600)
    assert main(["dashboards", "publish", *arguments]) == 0
    assert len(grafana.boards) == 4


@pytest.mark.parametrize(
    "token", ["with a space 0123", "glsa_line\nbreak-0123", "short", "glsa_đ-0123456789"]
)
def test_what_is_no_token_is_not_sent(grafana: FakeGrafana, publish: Publish, token: str):
    said = publish(token=token)
    assert said.code == 1
    assert "no token" in said.err or "not accept" in said.err
    assert grafana.writes == []


def test_a_variable_that_is_not_set(grafana: FakeGrafana, built: Path, capsys: pytest.CaptureFixture[str]):
    arguments = ["--url", grafana.address, "--token", "env:NOBODY_SETS_THIS", "--output", str(built)]
    assert main(["dashboards", "publish", *arguments]) == 1
    assert "NOBODY_SETS_THIS is not set" in capsys.readouterr().err


def test_files_that_are_not_there_or_no_dashboards(publish: Publish, built: Path, tmp_path: Path):
    assert "run 'citynoc dashboards build'" in publish("--output", str(tmp_path / "nowhere")).err
    broken = built / "en" / "citynoc-city-en.json"
    broken.write_text("{")
    assert f"{broken}: no JSON" in publish().err
    broken.write_text('{"uid": "another"}')
    assert "a dashboard with the uid citynoc-city-en is expected here" in publish().err


def answering(
    status: int, body: bytes, kind: str = "text/html", **headers: str
) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    return Handler


@pytest.mark.parametrize(
    ("handler", "said"),
    [
        (answering(200, b"<html>Welcome</html>"), "is no Grafana"),
        (answering(200, b'{"status": "green"}', "application/json"), "is no Grafana"),
        (answering(200, b'["database"]', "application/json"), "is no Grafana"),
        (answering(200, b'{"database": ', "application/json"), "127.0.0.1"),
        (answering(500, b"<html>oops</html>"), "answers 500"),
        (answering(502, b'{"message": "bad gateway"}', "application/json"), "answers 502: "),
        (answering(302, b"", Location="http://127.0.0.1:1/login"), "redirect"),
    ],
)  # fmt: skip
def test_a_server_that_is_something_else(publish: Publish, handler: type[BaseHTTPRequestHandler], said: str):
    with serving(handler) as address:
        refused = publish(url=address)
    assert refused.code == 1
    assert said in refused.err


@pytest.mark.parametrize(
    ("question", "odd"),
    [
        ("_folder", ["x"]),
        ("_search", [1]),
        ("_board", {}),
        ("_board", {"dashboard": 1, "meta": 2}),
        ("_version", 7),
        ("_version", {"version": "x"}),
    ],
)
def test_an_answer_that_is_json_and_not_what_was_asked(
    grafana: FakeGrafana, publish: Publish, monkeypatch: pytest.MonkeyPatch, question: str, odd: object
):
    assert publish().code == 0
    grafana.writes.clear()
    monkeypatch.setattr(grafana, question, lambda *_: odd)
    refused = publish()
    assert refused.code == 1
    assert refused.err == f"{grafana.address} answers something else than Grafana does\n"
    assert grafana.writes == []


def test_the_token_for_this_machine_goes_through_no_proxy(
    grafana: FakeGrafana, publish: Publish, monkeypatch: pytest.MonkeyPatch
):
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with serving(answering(200, b'{"database": "ok"}', "application/json")) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy)
        assert publish().code == 0
    assert len(grafana.boards) == 4


def test_nobody_listens(publish: Publish):
    with serving(answering(200, b"")) as address:
        pass
    refused = publish(url=address)
    assert refused.code == 1
    assert address in refused.err


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "citynoc test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / "chain.pem", folder / "key.pem"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return chain, secret


def test_https_trusts_the_given_certificate_and_no_strange_one(
    publish: Publish, certificate: tuple[Path, Path], tmp_path: Path
):
    with running(FakeGrafana(), certificate) as fake:
        refused = publish(url=fake.address)
        assert refused.code == 1
        assert "certificate" in refused.err.lower()
        assert fake.writes == []
        assert publish("--ca", str(tmp_path / "nowhere.pem"), url=fake.address).code == 1
        assert publish("--ca", str(certificate[0]), url=fake.address).code == 0
        assert len(fake.boards) == 4
