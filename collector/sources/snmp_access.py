"""From a credential to what the SNMP engine needs: a community, or a v3 user's security. It reveals them to nobody else."""

from typing import NamedTuple
from weakref import WeakValueDictionary

from collector.model import Credential, SnmpV3User, SnmpVersion
from collector.outcome import Failure, FailureKind
from collector.snmp.ber import Version
from collector.snmp.usm import Security
from collector.snmp.usm_keys import AUTHS, PRIVS, User

_VERSIONS = {SnmpVersion.V1: Version.V1, SnmpVersion.V2C: Version.V2C, SnmpVersion.V3: Version.V3}


class Access(NamedTuple):
    """How one agent is spoken to; the community is empty where there is `security`, which is one agent's own."""

    version: Version
    community: bytes
    security: Security | None = None

    def __repr__(self) -> str:
        return f"Access({self.version.name})"


class Users:
    """v3 users, one object per credential in use: making keys out of a passphrase takes milliseconds, once."""

    def __init__(self) -> None:
        self._kept: WeakValueDictionary[SnmpV3User, User] = WeakValueDictionary()

    def access(self, credential: Credential) -> Access | Failure:
        """How to speak with one agent, or why this credential does not allow it."""
        if credential.version is None:
            return Failure(FailureKind.AUTH, f"credential {credential.name!r} is not for SNMP")
        version = _VERSIONS[credential.version]
        if version is not Version.V3:
            if credential.community is None:
                return Failure(FailureKind.AUTH, f"credential {credential.name!r} has no community")
            return Access(version, credential.community.reveal().encode())
        user = self.user(credential)
        if isinstance(user, Failure):
            return user
        assert credential.v3 is not None  # noqa: S101 `user` looked
        return Access(version, b"", Security(user, credential.v3.context.encode()))

    def user(self, credential: Credential) -> User | Failure:
        """The credential's v3 user, or why it has none."""
        v3 = credential.v3
        if v3 is None:
            return Failure(FailureKind.AUTH, f"credential {credential.name!r} has no SNMP v3 user")
        user = self._kept.get(v3)
        if user is None:
            try:
                user = _user_of(v3)
            except (KeyError, ValueError) as wrong:
                return Failure(FailureKind.AUTH, f"credential {credential.name!r}: {wrong}")
            self._kept[v3] = user
        return user


def _user_of(v3: SnmpV3User) -> User:
    """Raises KeyError for a protocol that is not known, ValueError for what is no user."""
    auth = AUTHS[v3.auth_protocol] if v3.auth_protocol is not None else None
    priv = PRIVS[v3.priv_protocol] if v3.priv_protocol is not None else None
    auth_passphrase = v3.auth_key.reveal().encode() if v3.auth_key is not None else b""
    priv_passphrase = v3.priv_key.reveal().encode() if v3.priv_key is not None else b""
    return User(v3.user.encode(), auth, auth_passphrase, priv, priv_passphrase)
