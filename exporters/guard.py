"""Who may see anything when others than this machine can reach us: TLS, and a login for every path.

The users file is that of Prometheus' web configuration: `basic_auth_users:` with a bcrypt hash for each name. A
changed users file or certificate is taken at once; one that has become unreadable leaves the old one in force.
It never logs or keeps a password: a login that was right is remembered as a keyed digest.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import re
import secrets
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import bcrypt
import structlog
from aiohttp import hdrs, web

from collector.model import Web, only_here
from exporters.delivery import InThread

USERS = "basic_auth_users"
HASH = re.compile(r"\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}")
LONGEST_LOGIN = 512  # characters of the header's value
LONGEST_PASSWORD = 72  # bytes: bcrypt reads no more, and more would make it lie about what it compared
COSTLIEST = 16
REMEMBERED = 1000
WAITING = 16
"""Logins that may wait for bcrypt, which is slow on purpose; more are refused at once."""
NOBODY = b"$2b$10$abcdefghijklmnopqrstuuGFnFqJhxRkdvGXAEK4WnyHzAyBQ3nCy"
"""Compared with when there is no such user, so that the answer takes as long."""

CHALLENGE = 'Basic realm="citynoc", charset="UTF-8"'

log = structlog.get_logger(__name__)


class UnguardedError(Exception):
    """It may not be served like this; one sentence for the person who configured it."""


def guarded(host: str, configured: Web | None, folder: Path) -> "Guard | None":
    """The guard of a server bound to `host`; None where loopback is guard enough and nothing is configured.

    Paths in `configured` are relative to `folder`. Raises UnguardedError.
    """
    if configured is not None:
        files = (configured.tls_certificate, configured.tls_key, configured.users)
        return Guard(*(folder / one for one in files))
    if not only_here(host):
        raise UnguardedError(
            f"will not listen on {host} without TLS and a login: give city.yml a `web:` with tls_certificate, "
            "tls_key and users, or listen on 127.0.0.1"
        )
    return None


class Guard:
    """TLS and logins. Raises UnguardedError if a file cannot be used."""

    def __init__(self, certificate: Path, key: Path, users: Path) -> None:
        self._certificate, self._key, self._file = certificate, key, users
        self._secret = secrets.token_bytes(32)
        self._right: dict[bytes, None] = {}
        self._waiting = 0
        self._one_by_one = asyncio.Lock()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._stamps = self._stamped()
        self._load_certificate()
        self._users = read_users(users)

    def _load_certificate(self) -> None:
        try:
            # Tried elsewhere first: OpenSSL takes a certificate that does not fit the key, and then has neither.
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(
                self._certificate, self._key, password=_no_password
            )
            self.context.load_cert_chain(self._certificate, self._key, password=_no_password)
        except OSError as error:  # ssl.SSLError is one
            reason = error.strerror or str(error)
            raise UnguardedError(f"cannot use {self._certificate} with {self._key}: {reason}") from None

    def _stamped(self) -> tuple[object, ...]:
        found: list[object] = []
        for file in (self._certificate, self._key, self._file):
            try:
                stat = file.stat()
            except OSError:
                found.append(None)
            else:
                found.append((stat.st_mtime_ns, stat.st_size, stat.st_ino))
        return tuple(found)

    def _refresh(self) -> None:
        stamps = self._stamped()
        if stamps == self._stamps:
            return
        self._stamps = stamps
        # One by one: whoever lost their login is not let in because a certificate is wrong, too.
        if self._taken(self._load_users) & self._taken(self._load_certificate):
            log.info("web.taken", users=len(self._users))

    def _load_users(self) -> None:
        self._users = read_users(self._file)
        self._right.clear()

    def _taken(self, load: Callable[[], None]) -> bool:
        try:
            load()
        except UnguardedError as why:
            log.warning("web.not_taken", why=str(why))
            return False
        return True

    async def admits(self, authorization: str, in_thread: InThread) -> bool | None:
        """Whether this `Authorization` is a login of ours; None if too many are being compared already."""
        self._refresh()
        login = _login(authorization)
        if login is None:
            return False
        name, password = login
        known = self._users.get(name)
        digest = hmac.new(self._secret, f"{name}:".encode() + password, hashlib.sha256).digest()
        if known is not None and digest in self._right:
            return True
        if self._waiting >= WAITING:
            return None
        self._waiting += 1
        try:
            async with self._one_by_one:
                same = await in_thread(lambda: bcrypt.checkpw(password, known or NOBODY))
        finally:
            self._waiting -= 1
        if known is None or not same or self._users.get(name) != known:
            return False
        if len(self._right) >= REMEMBERED:
            self._right.clear()
        self._right[digest] = None
        return True


def refused(admitted: bool | None) -> web.Response:  # noqa: FBT001 - what `admits` said
    """The answer to a request that is not let in."""
    if admitted is None:
        return web.Response(status=503, text="too many logins at once\n")
    return web.Response(status=401, text="a login is needed\n", headers={hdrs.WWW_AUTHENTICATE: CHALLENGE})


def _no_password() -> str:
    """An encrypted key would make OpenSSL ask at the terminal: give it nothing to decrypt with instead."""
    return ""


def _login(authorization: str) -> tuple[str, bytes] | None:
    """User and password of HTTP's basic authentication (RFC 7617), or None."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic" or len(value) > LONGEST_LOGIN:
        return None
    try:
        name, colon, password = base64.b64decode(value.strip(), validate=True).partition(b":")
        user = name.decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    if not colon or not 0 < len(password) <= LONGEST_PASSWORD or b"\0" in password:
        return None
    return user, password


def read_users(file: Path) -> Mapping[str, bytes]:
    """Hash by user. Raises UnguardedError, which never repeats what stands in the file."""
    from collector.config import yaml  # noqa: PLC0415 - only where there is a login

    document = yaml.read(file, file.parent, secret=True)
    if document.problems:
        first = document.problems[0]
        raise UnguardedError(f"cannot use {file}: line {first.place.line}: {first.message}")
    written: Any = document.value
    users = written.get(USERS) if isinstance(written, dict) else None
    if not isinstance(users, dict) or not users or set(written) != {USERS}:
        raise UnguardedError(
            f"cannot use {file}: it holds `{USERS}:` with a bcrypt hash for each user, and no more"
        )
    found = {}
    for number, (name, hashed) in enumerate(users.items(), 1):
        if not isinstance(hashed, str) or not HASH.fullmatch(hashed) or int(hashed[4:6]) > COSTLIEST:
            raise UnguardedError(
                f"cannot use {file}: user number {number} has no bcrypt hash of cost {COSTLIEST} or less; "
                "`htpasswd -nB NAME` writes one"
            )
        found[str(name)] = hashed.encode()
    return found
