"""From a person's passphrase to the keys of one user on one engine. Pure; holds secrets and never shows them.

Sources: RFC 3414 §2.6 and A.2 (passphrase to key, localisation), RFC 7860 (SHA-2), RFC 3826 (AES-128). AES with
192 and 256 bits was never standardised: keys that are too short are extended as draft-blumenthal-aes-usm-04 does
(net-snmp and others) or as draft-reeder-snmpv3-usm-3desede-00 does (Cisco and others; a trailing `c` in the name).
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, repeat
from typing import NamedTuple

_EXPANDED = 1 << 20  # octets of the repeated passphrase, RFC 3414 A.2


class Auth(NamedTuple):
    """A keyed digest: hashlib's name for it, and how many octets of it are sent."""

    hash: str
    sent: int


class Extension(NamedTuple):
    """How a localised key becomes longer: from it, the engine and the digest, the octets that follow it."""

    further: Callable[[bytes, bytes, Auth], bytes]


class Priv(NamedTuple):
    """A cipher: the octets of its key, and how a shorter one is extended."""

    cipher: str
    key_octets: int
    extension: Extension


def master_key(passphrase: bytes, auth: Auth) -> bytes:
    """The digest of the passphrase repeated to 1,048,576 octets: takes a millisecond or two, so keep it.

    ValueError for an empty passphrase.
    """
    if not passphrase:
        raise ValueError("an empty passphrase makes no key")
    whole, rest = divmod(_EXPANDED, len(passphrase))
    digest = hashlib.new(auth.hash, usedforsecurity=True)
    block = passphrase * max(1, 8192 // len(passphrase))
    blocks, left = divmod(whole, len(block) // len(passphrase))
    for part in islice(repeat(block), blocks):
        digest.update(part)
    digest.update(passphrase * left + passphrase[:rest])
    return digest.digest()


def localised(master: bytes, engine_id: bytes, auth: Auth) -> bytes:
    """The user's key on one engine, useless on any other."""
    return hashlib.new(auth.hash, master + engine_id + master).digest()


def digest_of(key: bytes, message: bytes, auth: Auth) -> bytes:
    """What proves that a message comes from who has the key."""
    return hmac.digest(key, message, auth.hash)[: auth.sent]


def _blumenthal(key: bytes, _engine_id: bytes, auth: Auth) -> bytes:
    return hashlib.new(auth.hash, key).digest()


def _reeder(key: bytes, engine_id: bytes, auth: Auth) -> bytes:
    # The last part of the key is taken for a passphrase and goes the whole way again.
    last = key[-hashlib.new(auth.hash).digest_size :]
    return localised(master_key(last, auth), engine_id, auth)


BLUMENTHAL, REEDER = Extension(_blumenthal), Extension(_reeder)

AUTHS = {
    "md5": Auth("md5", 12),
    "sha": Auth("sha1", 12),
    "sha224": Auth("sha224", 16),
    "sha256": Auth("sha256", 24),
    "sha384": Auth("sha384", 32),
    "sha512": Auth("sha512", 48),
}
"""By the names that credentials use."""

PRIVS = {
    "des": Priv("des", 16, BLUMENTHAL),  # eight octets of key, eight from which the IV is made
    "aes128": Priv("aes", 16, BLUMENTHAL),
    "aes192": Priv("aes", 24, BLUMENTHAL),
    "aes256": Priv("aes", 32, BLUMENTHAL),
    "aes192c": Priv("aes", 24, REEDER),
    "aes256c": Priv("aes", 32, REEDER),
}
"""By the names that credentials use."""


class Keys(NamedTuple):
    """One user's keys on one engine; empty where the user's level needs none."""

    auth: bytes
    priv: bytes

    def __repr__(self) -> str:
        return "Keys(***)"


@dataclass(frozen=True, eq=False)
class User:
    """A USM user. Passphrases and keys are in no repr. ValueError for privacy without authentication."""

    name: bytes
    auth: Auth | None = None
    auth_passphrase: bytes = field(default=b"", repr=False)
    priv: Priv | None = None
    priv_passphrase: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        if self.priv is not None and self.auth is None:
            raise ValueError("privacy without authentication does not exist")  # RFC 3414 §1.4.3
        if self.auth is not None and not self.auth_passphrase:
            raise ValueError("the authentication passphrase is empty")
        if self.priv is not None and not self.priv_passphrase:
            raise ValueError("the privacy passphrase is empty")

    @property
    def level(self) -> str:
        """The security level by its name."""
        if self.auth is None:
            return "noAuthNoPriv"
        return "authNoPriv" if self.priv is None else "authPriv"

    @cached_property
    def _masters(self) -> tuple[bytes, bytes]:
        if self.auth is None:
            return b"", b""
        return (
            master_key(self.auth_passphrase, self.auth),
            b"" if self.priv is None else master_key(self.priv_passphrase, self.auth),
        )

    def keys(self, engine_id: bytes) -> Keys:
        """The user's keys on this engine; slow once a user, fast from then on (but for Reeder's extension)."""
        if self.auth is None:
            return Keys(b"", b"")
        auth, priv = self._masters
        return Keys(
            localised(auth, engine_id, self.auth),
            b"" if self.priv is None else extended(localised(priv, engine_id, self.auth), engine_id, self),
        )


def extended(key: bytes, engine_id: bytes, user: User) -> bytes:
    """The localised key, made as long as the user's cipher needs it."""
    assert user.auth is not None  # noqa: S101 privacy has authentication, see User
    assert user.priv is not None  # noqa: S101 only called with privacy
    while len(key) < user.priv.key_octets:
        key += user.priv.extension.further(key, engine_id, user.auth)
    return key[: user.priv.key_octets]
