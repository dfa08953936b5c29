"""The shape of `credentials.yml`: names, and references to secrets that are kept elsewhere."""

from typing import Annotated, ClassVar, Self

from pydantic import BeforeValidator, Field, model_validator

from collector.config.fields import Name, Text, as_json, one_of
from collector.config.secrets import SecretReference
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError
from collector.model import SnmpVersion

_AUTH = ("md5", "sha", "sha224", "sha256", "sha384", "sha512")
_PRIV = ("des", "aes128", "aes192", "aes256", "aes192c", "aes256c")


def _protocol(words: tuple[str, ...]) -> BeforeValidator:
    def read(value: object) -> str:
        if not isinstance(value, str) or value.lower() not in words:
            raise WrittenWrongError("this protocol is not known", f"one of {', '.join(words)}")
        return value.lower()

    return BeforeValidator(read)


class CredentialShape(Shape):
    """One way to be allowed: SNMP v1/v2c community, SNMP v3 user, or the broker's login."""

    noun: ClassVar[str] = "credential"

    version: (
        Annotated[
            SnmpVersion,
            BeforeValidator(one_of(SnmpVersion, "an SNMP version")),
            as_json(enum=["1", "2c", "3", 1, 3]),
        ]
        | None
    ) = None
    """SNMP version: 1, 2c or 3; left out for a login of the broker. Example: 2c"""
    community: SecretReference | None = None
    """Where the community of v1 and v2c is kept. Example: env:CITYNOC_SNMP_COMMUNITY"""
    user: Text | None = None
    """Name of the v3 user (RFC 3414). Example: citynoc"""
    auth: Annotated[str, _protocol(_AUTH)] | None = None
    """Authentication protocol of the v3 user: md5, sha, sha224, sha256, sha384 or sha512. Example: sha256"""
    auth_key: SecretReference | None = None
    """Where its passphrase is kept; at least 8 characters. Example: env:AUTH_KEY"""
    priv: Annotated[str, _protocol(_PRIV)] | None = None
    """Privacy protocol: des, aes128, aes192, aes256; aes192c and aes256c make longer keys Cisco's way.

    Example: aes128
    """
    priv_key: SecretReference | None = None
    """Where its passphrase is kept; at least 8 characters. Example: file:/etc/citynoc/priv-key"""
    context: Text | None = None
    """v3 context, where an agent has several collections of objects. Example: vrf-management"""
    username: Text | None = None
    """Login name at the MQTT broker. Example: citynoc"""
    password: SecretReference | None = None
    """Where the broker's password is kept. Example: file:/etc/citynoc/broker.password"""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        """RFC 3414: privacy needs authentication; each protocol needs its key."""
        v3_keys = ("user", "auth", "auth_key", "priv", "priv_key", "context")
        given = {name for name in type(self).model_fields if getattr(self, name) is not None}
        if self.version is None:
            wanted, allowed = {"username"}, {"username", "password"}
            if not given & allowed:
                raise WrittenWrongError(
                    "it has no 'version'", "1, 2c or 3; a login of the broker has 'username'"
                )
        elif self.version is SnmpVersion.V3:
            wanted, allowed = {"user"}, {"version", *v3_keys}
        else:
            wanted, allowed = {"community"}, {"version", "community"}
        for name in sorted(wanted - given):
            raise WrittenWrongError(f"it has no '{name}'")
        for name in sorted(given - allowed):
            kind = f"SNMP version {self.version}" if self.version else "a login of the broker"
            raise WrittenWrongError(f"'{name}' has no meaning for {kind}")
        for protocol, key in (("auth", "auth_key"), ("priv", "priv_key")):
            if (protocol in given) != (key in given):
                missing, there = (key, protocol) if protocol in given else (protocol, key)
                raise WrittenWrongError(f"'{there}' is written without '{missing}'")
        if "priv" in given and "auth" not in given:
            raise WrittenWrongError("'priv' needs 'auth': privacy without authentication does not exist")
        return self


class CredentialsFile(Shape):
    """Credentials by name; devices and the broker refer to them."""

    noun: ClassVar[str] = "file"

    credentials: dict[Name, CredentialShape] = Field(default_factory=dict)
    """Ways to be allowed, by name; devices and the broker refer to them.

    Example: {snmp-community: {version: 2c, community: env:CITYNOC_SNMP_COMMUNITY}}
    """
