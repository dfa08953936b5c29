from pathlib import Path

import pytest

from collector.config import ConfigurationError, Severity, draw_all, load
from collector.config.secrets import Reference, UnresolvedError, read_reference, resolve
from collector.config.words import WrittenWrongError
from collector.model import CredentialName, Secret
from tests.config.workshop import SECRETS, edit, small_city

LITERAL = "pl4nted-secret"


@pytest.mark.parametrize(
    "text", [LITERAL, "", "env:", "env:1X", "env:A B", "file:", "ENV:X", f"env:{LITERAL}"]
)
def test_a_literal_is_refused_and_not_repeated(text: str):
    with pytest.raises(WrittenWrongError) as caught:
        read_reference(text)
    assert LITERAL not in f"{caught.value} {caught.value.hint}"


def test_a_secret_from_the_environment(tmp_path: Path):
    assert resolve(Reference(variable="X"), tmp_path, {"X": LITERAL}) == Secret(LITERAL)
    for environ in ({}, {"X": ""}):
        with pytest.raises(UnresolvedError):
            resolve(Reference(variable="X"), tmp_path, environ)


def test_a_secret_from_a_file_that_others_cannot_read(tmp_path: Path):
    path = tmp_path / "community"
    path.write_text(f"{LITERAL}\nsecond line\n")
    path.chmod(0o640)
    assert resolve(Reference(file="community"), tmp_path, {}) == Secret(LITERAL)
    assert resolve(Reference(file=str(path)), Path("/nowhere"), {}) == Secret(LITERAL)
    for mode in (0o644, 0o642):
        path.chmod(mode)
        with pytest.raises(UnresolvedError) as caught:
            resolve(Reference(file="community"), tmp_path, {})
        assert caught.value.hint == f"chmod o-rwx {path}"
        assert not caught.value.waits


@pytest.mark.parametrize("content", [b"", b"\nx", b"\xff\xfe", b"x" * 5000])
def test_a_file_without_a_usable_secret(content: bytes, tmp_path: Path):
    path = tmp_path / "community"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(UnresolvedError):
        resolve(Reference(file="community"), tmp_path, {})
    with pytest.raises(UnresolvedError):
        resolve(Reference(file="."), tmp_path, {})


def test_a_missing_secret_is_a_warning_only_where_it_is_not_needed(tmp_path: Path):
    config = small_city(tmp_path)
    configuration = load(config, {}, need_secrets=False)
    assert [problem.severity for problem in configuration.warnings] == [Severity.WARNING]
    credential = configuration.inventory.credentials[CredentialName("snmp-community")]
    assert credential.community is None
    with pytest.raises(ConfigurationError):
        load(config, {})


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("env:COMMUNITY", LITERAL),
        ("version: 2c", f"version: {LITERAL}"),
        ("community: env", f"comunity: {LITERAL}, community: env"),
        ("{version: 2c, community: env:COMMUNITY}", LITERAL),
        ("{version: 2c, community: env:COMMUNITY}", f"{{version: 3, user: noc, auth: {LITERAL}}}"),
        ("{version: 2c, community: env:COMMUNITY}", f"[{LITERAL}]"),
        ("{version: 2c, community: env:COMMUNITY}", f"{{version: 2c, community: {LITERAL}"),
        ("env:COMMUNITY", f'"{LITERAL}'),
        ("env:COMMUNITY", f"@{LITERAL}"),
        ("env:COMMUNITY", f"{LITERAL}: x"),
        ("env:COMMUNITY", f"!{LITERAL} x"),
        ("env:COMMUNITY", f"*{LITERAL}"),
        ("env:COMMUNITY", f"[{LITERAL}]"),
    ],
)
def test_no_mistake_in_credentials_shows_what_is_written_there(old: str, new: str, tmp_path: Path):
    config = small_city(tmp_path)
    edit(config, "credentials.yml", old, new)
    with pytest.raises(ConfigurationError) as caught:
        load(config, SECRETS)
    assert LITERAL not in draw_all(caught.value.problems)
    assert LITERAL not in str(caught.value)


def test_a_login_in_a_url_is_never_shown(tmp_path: Path):
    config = small_city(tmp_path)
    edit(config, "core.yml", "http://127.10.1.1:1180/portal", f"http://noc:{LITERAL}@127.10.1.1/portal")
    with pytest.raises(ConfigurationError) as caught:
        load(config, SECRETS)
    assert LITERAL not in draw_all(caught.value.problems)


def test_secrets_do_not_show_in_what_is_loaded(tmp_path: Path):
    configuration = load(small_city(tmp_path), SECRETS)
    assert SECRETS["COMMUNITY"] not in repr(configuration)


def test_a_secret_that_systemd_hands_to_the_service(tmp_path: Path):
    handed = tmp_path / "credentials"
    handed.mkdir()
    for name in ("community", "secrets_broker"):
        (handed / name).write_text(f"{LITERAL}-{name}\n")
        (handed / name).chmod(0o440)
    environ = {"CREDENTIALS_DIRECTORY": str(handed)}
    for word, name in (("community", "community"), ("broker", "secrets_broker")):
        reference = read_reference(f"credential:{word}")
        assert str(reference) == f"credential:{word}"
        assert resolve(reference, tmp_path, environ) == Secret(f"{LITERAL}-{name}")
    with pytest.raises(UnresolvedError) as outside:
        resolve(Reference(credential="community"), tmp_path, {})
    assert outside.value.waits
    with pytest.raises(UnresolvedError):
        resolve(Reference(credential="nobody"), tmp_path, environ)


@pytest.mark.parametrize("text", ["credential:", "credential:../etc/passwd", f"credential:{LITERAL} x"])
def test_a_credential_is_named_and_never_a_path(text: str):
    with pytest.raises(WrittenWrongError) as caught:
        read_reference(text)
    assert LITERAL not in str(caught.value)
