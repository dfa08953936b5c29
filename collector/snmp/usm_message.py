"""SNMP v3 messages: bytes to their parts and back. Pure; checks the shape, not who sent it.

Sources: RFC 3412 §6 (message), RFC 3414 §2.4 (security parameters). As strict as `ber`, which reads what is inside.
"""

import re
from typing import NamedTuple

from collector.snmp import ber
from collector.snmp.ber import INTEGER, OCTET_STRING, SEQUENCE, Version
from collector.snmp.errors import BerError

AUTH, PRIV, REPORTABLE = 1, 2, 4  # msgFlags
USM = 3  # msgSecurityModel
MAX_SIZE = 65_507  # of a UDP datagram: what we say that we take
MAX_NUMBER = 2**31 - 1
ENGINE_ID_OCTETS = range(5, 33)  # RFC 3411, SnmpEngineID
_MAX_USER = 32  # octets, RFC 3414 usmUserName
_V3 = ber.integer(Version.V3)
_LOOKS_V3 = re.compile(rb"\x30(?:[\x00-\x7f]|\x81.|\x82..|\x83...|\x84....)\x02\x01\x03", re.DOTALL)
_SIZE_AND_FLAGS = ber.integer(MAX_SIZE) + bytes((OCTET_STRING, 1))
_MODEL = ber.integer(USM)


class Sealed(NamedTuple):
    """A message as it came. `at` and `end` bound the TLV of the data: a scopedPDU, or an OCTET STRING of ciphertext.

    Which of them is looked at by `content_of`. `digest` is msgAuthenticationParameters and `digest_at` its place in `raw`.
    """

    raw: bytes
    msg_id: int
    flags: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    digest: bytes
    digest_at: int
    salt: bytes
    at: int
    end: int

    @property
    def level(self) -> int:
        """Its flags without the reportable one."""
        return self.flags & (AUTH | PRIV)

    def blank(self) -> bytes:
        """The message with zeros for the digest: what the digest was made of."""
        after = self.digest_at + len(self.digest)
        return self.raw[: self.digest_at] + bytes(len(self.digest)) + self.raw[after:]


class Scoped(NamedTuple):
    """A scopedPDU: whose management information, and the PDU's TLV."""

    engine_id: bytes
    context: bytes
    tag: int
    pdu: bytes


def is_v3(data: bytes) -> bool:
    """Whether a datagram says that it is of version 3."""
    return _LOOKS_V3.match(data) is not None


def read(data: bytes) -> Sealed:
    """A message's parts. BerError for anything but one v3 message of the user-based security model."""
    if len(data) > ber.MAX_MESSAGE:
        raise BerError(f"message of {len(data)} octets")
    at, end = ber.expect(data, 0, len(data), SEQUENCE)
    if end != len(data):
        raise BerError(f"{len(data) - end} octets after the message")
    version, at = _number(data, at, end)
    if version != Version.V3:
        raise BerError(f"version field {version} is not v3")
    start, stop = ber.expect(data, at, end, SEQUENCE)
    msg_id, at = _number(data, start, stop)
    _, at = _number(data, at, stop)
    flags, at = _string(data, at, stop)
    model, at = _number(data, at, stop)
    if at != stop or len(flags) != 1:
        raise BerError("msgGlobalData has another shape")
    if model != USM:
        raise BerError(f"security model {model} is not the user-based one")
    if flags[0] & PRIV and not flags[0] & AUTH:
        raise BerError("privacy without authentication")  # RFC 3412 §7.2 (5d)
    start, data_at = ber.expect(data, stop, end, OCTET_STRING)
    start, stop = ber.expect(data, start, data_at, SEQUENCE)
    if stop != data_at:
        raise BerError("octets after the security parameters")
    engine_id, at = _string(data, start, stop)
    boots, at = _number(data, at, stop)
    time, at = _number(data, at, stop)
    user, at = _string(data, at, stop)
    digest, at = _string(data, at, stop)
    salt, salt_end = _string(data, at, stop)
    if salt_end != stop or len(user) > _MAX_USER or (engine_id and len(engine_id) not in ENGINE_ID_OCTETS):
        raise BerError("security parameters have another shape")
    _, _, data_end = ber.read_tlv(data, data_at, end)
    if data_end != end:
        raise BerError("octets after the message's data")
    return Sealed(
        data, msg_id, flags[0], engine_id, boots, time, user, digest, at - len(digest), salt, data_at, end
    )


def read_scoped(data: bytes) -> Scoped:
    """A scopedPDU; padding after it is no fault. BerError for anything else."""
    at, end = ber.expect(data, 0, len(data), SEQUENCE)
    engine_id, at = _string(data, at, end)
    context, at = _string(data, at, end)
    tag, _, stop = ber.read_tlv(data, at, end)
    if stop != end:
        raise BerError(f"{end - stop} octets after the PDU")
    return Scoped(engine_id, context, tag, data[at:end])


def content_of(sealed: Sealed) -> bytes:
    """The ciphertext, if the flags say that there is one, else the TLV of the scopedPDU. BerError if it is not there."""
    if not sealed.flags & PRIV:
        return sealed.raw[sealed.at : sealed.end]
    start, stop = ber.expect(sealed.raw, sealed.at, sealed.end, OCTET_STRING)
    return sealed.raw[start:stop]


def scoped_bytes(engine_id: bytes, context: bytes, pdu: bytes) -> bytes:
    """A scopedPDU as TLV."""
    return ber.tlv(SEQUENCE, ber.tlv(OCTET_STRING, engine_id) + ber.tlv(OCTET_STRING, context) + pdu)


class Parameters(NamedTuple):
    """msgSecurityParameters, but for the digest itself: of that, how many octets it has."""

    engine_id: bytes
    boots: int = 0
    time: int = 0
    user: bytes = b""
    digest_octets: int = 0
    salt: bytes = b""


class Written(NamedTuple):
    """A message to be sent, with zeros where the digest belongs."""

    raw: bytes
    digest_at: int


def write(msg_id: int, flags: int, parameters: Parameters, data: bytes) -> Written:
    """A message's bytes. `data` is the scopedPDU's TLV, or the ciphertext alone if the flags say privacy."""
    if flags & PRIV:
        data = ber.tlv(OCTET_STRING, data)
    after = ber.tlv(OCTET_STRING, parameters.salt)
    security = ber.tlv(
        SEQUENCE,
        ber.tlv(OCTET_STRING, parameters.engine_id)
        + ber.integer(parameters.boots)
        + ber.integer(parameters.time)
        + ber.tlv(OCTET_STRING, parameters.user)
        + ber.tlv(OCTET_STRING, bytes(parameters.digest_octets))
        + after,
    )
    top = ber.tlv(SEQUENCE, ber.integer(msg_id) + _SIZE_AND_FLAGS + bytes((flags,)) + _MODEL)
    raw = ber.tlv(SEQUENCE, _V3 + top + ber.tlv(OCTET_STRING, security) + data)
    return Written(raw, len(raw) - len(data) - len(after) - parameters.digest_octets)


def legible(sealed: Sealed, scoped: bytes) -> bytes:
    """The message as it would be without privacy, for people: no engine takes it, the digest is another's."""
    start, _ = ber.expect(sealed.raw, 0, len(sealed.raw), SEQUENCE)
    return ber.tlv(SEQUENCE, sealed.raw[start : sealed.at] + scoped)


def _number(data: bytes, at: int, end: int) -> tuple[int, int]:
    """A number of 0 to 2³¹-1 and what follows it: nothing in these headers is negative."""
    start, stop = ber.expect(data, at, end, INTEGER)
    number = ber.integer_at(data, start, stop)
    if number < 0:
        raise BerError(f"negative number at octet {start}")
    return number, stop


def _string(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    start, stop = ber.expect(data, at, end, OCTET_STRING)
    return data[start:stop], stop


def read_pdu(pdu: bytes) -> ber.Message:
    """A PDU of the common shape, as the message it would be; its community is empty. BerError."""
    tag, at, end = ber.read_tlv(pdu, 0, len(pdu))
    if end != len(pdu):
        raise BerError(f"{len(pdu) - end} octets after the PDU")
    numbers = []
    for _ in range(3):
        start, at = ber.expect(pdu, at, end, INTEGER)
        numbers.append(ber.integer_at(pdu, start, at))
    return ber.Message(
        Version.V3, b"", tag, numbers[0], numbers[1], numbers[2], ber.varbinds_at(pdu, at, end)
    )


def request_id_at(pdu: bytes) -> int:
    """Where a PDU's request-id begins if it has four octets, as all of ours have; else -1."""
    if len(pdu) < 2:  # noqa: PLR2004 tag and length
        return -1
    first = pdu[1]
    at = 2 + (first & 0x7F if first & 0x80 else 0)
    return at + 2 if pdu[at : at + 2] == b"\x02\x04" else -1
