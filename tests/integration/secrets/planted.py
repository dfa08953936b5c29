"""A city with a secret in every place that takes one, and the word that gives each away."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import bcrypt

from tests.config.workshop import edit, small_city

MARK = "pl4nted"
"""In every secret, so that one that nobody listed is found as well."""


@dataclass(frozen=True)
class City:
    """The configuration, what its environment holds, and every secret by what it is for."""

    config: Path
    environ: Mapping[str, str]
    secrets: Mapping[str, str]
    password: str


def secret(what: str) -> str:
    return f"{MARK}-{what}-phrase"


def planted(folder: Path, *, broker: int, certificate: Path, key: Path) -> City:
    """Community, v3 keys, broker's password, receivers' tokens, web users, and tokens of commands."""
    config = small_city(folder)
    kept = folder / "kept"
    handed = folder / "handed"
    for each in (kept, handed):
        each.mkdir(mode=0o700)

    def filed(what: str, where: Path = kept) -> str:
        path = where / what
        path.write_text(f"{secret(what)}\n")
        path.chmod(0o600)
        return f"file:{path}"

    environ = {
        name: secret(name.lower())
        for name in ("COMMUNITY", "PRIV_KEY", "TELEGRAM", "SMTP", "NETBOX", "GRAFANA", "GIVEN")
    }
    environ["CREDENTIALS_DIRECTORY"] = str(handed)
    environ["LOGIN"] = f"operator:{secret('login')}"
    environ["CITYNOC_LOGIN"] = f"operator:{secret('standing')}"
    filed("heartbeat", handed)
    (config / "credentials.yml").write_text(
        "credentials:\n"
        "  snmp-community: {version: 2c, community: env:COMMUNITY}\n"
        f"  v3: {{version: 3, user: noc, auth: sha256, auth_key: {filed('auth')}, priv: aes128, priv_key: env:PRIV_KEY}}\n"
        f"  broker: {{username: citynoc, password: {filed('broker')}}}\n"
    )
    password = secret("web")
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()
    users = kept / "users.yml"
    users.write_text(f"basic_auth_users:\n  operator: {hashed}\n")
    users.chmod(0o600)
    edit(
        config,
        "city.yml",
        "  address: 127.0.0.1:1883\n",
        f"  address: 127.0.0.1:{broker}\n  credential: broker\n",
    )
    with (config / "city.yml").open("a") as file:
        file.write(f"web: {{tls_certificate: {certificate}, tls_key: {key}, users: {users}}}\n")
        file.write("traps: {listen: '127.0.0.1:1162', credentials: [v3]}\n")
    edit(
        config,
        "districts/004-long-bien.yml",
        "vc-00118: {address",
        "vc-00118: {snmp: {credential: v3}, address",
    )
    (config / "oncall.yml").write_text(
        "smtp: {server: 'mail.city.example:587', from: noc@city.example, username: noc, password: env:SMTP}\n"
        "receivers:\n"
        "  all:\n"
        f"    webhook: {{url: 'http://127.0.0.1:9/x', token: {filed('webhook')}}}\n"
        f"    slack: {{url: {filed('slack')}}}\n"
        "    telegram: {chat: 1, token: env:TELEGRAM}\n"
        "    email: {to: noc@city.example}\n"
        "shifts: [{to: all}]\n"
        "warnings: {to: all}\n"
        "heartbeat: {url: 'http://127.0.0.1:9/y', token: credential:heartbeat}\n"
    )
    (kept / "slack").write_text(f"https://hooks.example/{secret('slack')}\n")
    names = ["auth", "broker", "webhook", "slack", "heartbeat"]
    secrets = {name: secret(name) for name in names} | {
        name: value for name, value in environ.items() if MARK in value
    }
    return City(config, environ, secrets | {"web": password, "hash": hashed}, password)


def betrayed(city: City, said: bytes | str) -> list[str]:
    """Which secrets what was said gives away: plain, in base64, in hexadecimal or quoted for a URL."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    found = [name for name, value in city.secrets.items() if any(form in text for form in forms(value))]
    return found or (["a secret that nobody listed"] if re.search(MARK, text) else [])


def forms(value: str) -> Iterator[str]:
    raw = value.encode()
    yield value
    yield quote(value, safe="")
    yield raw.hex()
    yield raw.hex(" ")
    for start in range(3):  # base64 of it at any place of a longer text
        yield base64.b64encode(raw[start:])[: -4 or None].decode()[:24]


def files_below(*folders: Path) -> Iterable[Path]:
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]
