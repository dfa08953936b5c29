"""Object identifiers: dotted text, tuples of integers and BER content octets. Pure.

An OID is a plain tuple of integers, so that comparing and prefix-testing are the language's own. Bounds are
those of RFC 2578 §3.5: at most 128 sub-identifiers of at most 32 bits. Source of the encoding: X.690 §8.19.
"""

from collections.abc import Sequence

Oid = tuple[int, ...]

MAX_SUBIDS = 128
MAX_SUBID = 2**32 - 1
_LONGEST_SUBID = 5  # octets of seven bits that hold 32 bits
_FEWEST = 2  # the first octet holds two sub-identifiers
_BASE = 40  # X.690 §8.19.4: first * 40 + second
_MAX_ROOT = 2


class OidError(ValueError):
    """Text, numbers or octets that are no object identifier."""


def parse(text: str) -> Oid:
    """The OID that dotted text names; a leading dot is allowed.

    Raises OidError for anything but 2 to 128 decimal sub-identifiers of 32 bits under 0, 1 or 2.
    """
    parts = text.removeprefix(".").split(".")
    if not all(part.isascii() and part.isdigit() and len(part) <= len(str(MAX_SUBID)) for part in parts):
        raise OidError(
            f"{text!r} is not an object identifier: want numbers with dots between, like 1.3.6.1.2.1"
        )
    return check(tuple(int(part) for part in parts))


def check(oid: Sequence[int]) -> Oid:
    """`oid` as a tuple if it can be encoded. Raises OidError."""
    if not _FEWEST <= len(oid) <= MAX_SUBIDS:
        raise OidError(f"an object identifier has 2 to {MAX_SUBIDS} numbers, this has {len(oid)}")
    if oid[0] > _MAX_ROOT or (oid[0] < _MAX_ROOT and oid[1] >= _BASE):
        raise OidError(f"no object identifier begins with {oid[0]}.{oid[1]}")
    if min(oid) < 0 or max(oid) > MAX_SUBID:
        raise OidError(f"{dotted(oid)}: each number is at most {MAX_SUBID}")
    return tuple(oid)


def dotted(oid: Sequence[int]) -> str:
    """Dotted text without a leading dot."""
    return ".".join(map(str, oid))


def encode(oid: Oid) -> bytes:
    """BER content octets (without tag and length). Raises OidError."""
    check(oid)
    out = bytearray()
    for subid in (oid[0] * _BASE + oid[1], *oid[2:]):
        if subid < 128:  # noqa: PLR2004 seven bits an octet
            out.append(subid)
            continue
        octets = [subid & 127]
        while subid := subid >> 7:
            octets.append(subid & 127 | 128)
        out += bytes(reversed(octets))
    return bytes(out)


def decode(content: bytes) -> Oid:
    """The OID of BER content octets.

    Raises OidError for empty, unfinished, padded or oversized content (X.690 §8.19.2, RFC 2578 §3.5).
    """
    if not content or content[-1] & 128:
        raise OidError("object identifier is empty or ends in the middle of a number")
    subids: list[int] = []
    subid = octets = 0
    for octet in content:
        if octets == 0 and octet == 128:  # noqa: PLR2004 a leading 0x80 is padding
            raise OidError("object identifier pads a number with zeros")
        octets += 1
        subid = subid << 7 | octet & 127
        if octet & 128:
            if octets == _LONGEST_SUBID:
                raise OidError("object identifier holds a number beyond 32 bits")
            continue
        subids.append(subid)
        subid = octets = 0
    first = subids[0]
    root = min(first // _BASE, _MAX_ROOT)
    oid = (root, first - root * _BASE, *subids[1:])
    if len(oid) > MAX_SUBIDS or max(oid) > MAX_SUBID:
        raise OidError("object identifier is longer than 128 numbers or holds one beyond 32 bits")
    return oid


def within(oid: Oid, root: Oid) -> bool:
    """Whether `oid` is `root` or lies under it."""
    return oid[: len(root)] == root
