"""Encryption of one scopedPDU, in place. Pure. Sources: RFC 3414 §8 (DES), RFC 3826 §3 (AES, for longer keys too).

DES and CFB are called decrepit by the library, and rightly: they are what the standards and the devices have.
"""

from collections.abc import Callable

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from collector.snmp.errors import BerError

SALT_OCTETS = 8
_DES_BLOCK = 8
_HALF = 4


class Channel:
    """What one key encrypts and decrypts. `salt` is where the counter starts: random, so that a restart repeats none."""

    def __init__(self, cipher: str, key: bytes, salt: int) -> None:
        self._salt = salt
        self._key = key
        self._aes = AES(key) if cipher == "aes" else None
        self._des = TripleDES(key[:8] * 3) if cipher == "des" else None

    def encrypt(self, plain: bytes, boots: int, time: int) -> tuple[bytes, bytes]:
        """Ciphertext and msgPrivacyParameters, never the same for the same key."""
        self._salt += 1
        if self._aes is not None:
            salt = (self._salt & 0xFFFF_FFFF_FFFF_FFFF).to_bytes(SALT_OCTETS)
            sealed = Cipher(self._aes, CFB(_aes_iv(boots, time, salt))).encryptor().update(plain)
            return sealed, salt
        salt = boots.to_bytes(_HALF) + (self._salt & 0xFFFF_FFFF).to_bytes(_HALF)
        padded = plain + bytes(-len(plain) % _DES_BLOCK)
        return self._of_des(salt, lambda cipher: cipher.encryptor().update(padded)), salt

    def decrypt(self, sealed: bytes, boots: int, time: int, salt: bytes) -> bytes:
        """Plaintext, with padding after it if the cipher pads. BerError for what cannot be ciphertext."""
        if len(salt) != SALT_OCTETS:
            raise BerError(f"privacy parameters of {len(salt)} octets")
        if self._aes is not None:
            return Cipher(self._aes, CFB(_aes_iv(boots, time, salt))).decryptor().update(sealed)
        if len(sealed) % _DES_BLOCK:
            raise BerError(f"DES ciphertext of {len(sealed)} octets")
        return self._of_des(salt, lambda cipher: cipher.decryptor().update(sealed))

    def _of_des(self, salt: bytes, work: "Callable[[Cipher[CBC]], bytes]") -> bytes:
        # RFC 3414 §8.1.1.1: the last eight octets of the key, XORed with the salt, are the IV.
        iv = bytes(one ^ other for one, other in zip(self._key[8:16], salt, strict=True))
        assert self._des is not None  # noqa: S101 a channel is either
        return work(Cipher(self._des, CBC(iv)))


def _aes_iv(boots: int, time: int, salt: bytes) -> bytes:
    return boots.to_bytes(_HALF) + time.to_bytes(_HALF) + salt  # RFC 3826 §3.1.2.1
