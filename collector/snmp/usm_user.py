"""One user on one engine: seals and opens messages with the keys that both ends have. Sends nothing, reads no clock.

Whether a message is in time and who is asked for what is for those who use it: `usm` asks, `usm_receiver` listens.
Source: RFC 3414 §3.1, §3.2, §6 to §8.
"""

import hmac
import os
from typing import TYPE_CHECKING

from collector.snmp import usm_message
from collector.snmp.errors import BerError
from collector.snmp.usm_keys import User, digest_of
from collector.snmp.usm_message import AUTH, PRIV, Parameters, Scoped, Sealed

if TYPE_CHECKING:
    from collector.snmp.usm_ciphers import Channel


def flags_of(user: User) -> int:
    """The message flags of the user's security level."""
    return (AUTH if user.auth is not None else 0) | (PRIV if user.priv is not None else 0)


class EngineUser:
    """A user's keys on the engine `engine_id`."""

    __slots__ = ("_channel", "_keys", "engine_id", "flags", "user")

    def __init__(self, user: User, engine_id: bytes) -> None:
        self.user = user
        self.engine_id = engine_id
        self.flags = flags_of(user)
        self._keys = user.keys(engine_id)
        self._channel = None if user.priv is None else _channel(user.priv.cipher, self._keys.priv)

    def seal(self, msg_id: int, flags: int, clock: tuple[int, int], scoped: bytes) -> bytes:
        """A message as secure as its flags say, which must not be more than the user can.

        `clock` is the authoritative engine's boots and time.
        """
        user, salt, digest_octets = self.user, b"", 0
        if flags & PRIV and self._channel is not None:
            scoped, salt = self._channel.encrypt(scoped, *clock)
        if flags & AUTH and user.auth is not None:
            digest_octets = user.auth.sent
        parameters = Parameters(self.engine_id, *clock, user.name, digest_octets, salt)
        raw, at = usm_message.write(msg_id, flags, parameters, scoped)
        if not digest_octets or user.auth is None:
            return raw
        return raw[:at] + digest_of(self._keys.auth, raw, user.auth) + raw[at + digest_octets :]

    def is_authentic(self, sealed: Sealed) -> bool:
        """Whether who sent the message names this user and engine and has the key."""
        user = self.user
        if sealed.engine_id != self.engine_id or sealed.user != user.name:
            return False
        if user.auth is None or len(sealed.digest) != user.auth.sent:
            return False
        return hmac.compare_digest(digest_of(self._keys.auth, sealed.blank(), user.auth), sealed.digest)

    def plain(self, sealed: Sealed) -> bytes:
        """The scopedPDU's bytes, with padding after them where the cipher pads. Raises BerError."""
        content = usm_message.content_of(sealed)
        if not sealed.flags & PRIV:
            return content
        if self._channel is None:
            raise BerError("encrypted, for a user without privacy")
        return self._channel.decrypt(content, sealed.boots, sealed.time, sealed.salt)

    def scoped(self, sealed: Sealed) -> Scoped:
        """The scopedPDU. Raises BerError, also where another key encrypted it."""
        return usm_message.read_scoped(self.plain(sealed))


def _channel(cipher: str, key: bytes) -> "Channel":
    # Here, because the library takes seven megabytes, which a city without privacy keys need not pay.
    from collector.snmp.usm_ciphers import Channel  # noqa: PLC0415

    return Channel(cipher, key, int.from_bytes(os.urandom(8)))
