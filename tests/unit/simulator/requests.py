"""Requests and answers in bytes, for tests that need no socket."""

from citynoc.simulator import ber
from citynoc.simulator.ber import Oid

NULL = b"\x05\x00"


def request(
    kind: int,
    *oids: Oid,
    community: str = "small-city",
    version: int = ber.V2C,
    request_id: int = 4711,
    first: int = 0,
    second: int = 0,
) -> bytes:
    varbinds = b"".join(ber.tlv(ber.SEQUENCE, ber.oid(oid) + NULL) for oid in oids)
    head = ber.integer(request_id) + ber.integer(first) + ber.integer(second)
    pdu = ber.tlv(kind, head + ber.tlv(ber.SEQUENCE, varbinds))
    return ber.tlv(ber.SEQUENCE, ber.integer(version) + ber.text(community) + pdu)


def answer(data: bytes | None) -> tuple[int, int, list[tuple[Oid, int, bytes]]]:
    """error-status, error-index and (name, value's tag, value's content) of each varbind."""
    assert data is not None
    header = ber.parse_header(data)
    assert header.kind == ber.RESPONSE
    status, index, names = ber.parse_body(data, header)
    rest, found = ber.varbinds(data, header), []
    for name in names:
        at, end = ber._content(rest, 0, len(rest), ber.SEQUENCE)
        value = rest[at + len(name) : end]
        start, stop = ber._content(value, 0, len(value), value[0])
        found.append((ber.parse_oid(name), value[0], value[start:stop]))
        rest = rest[end:]
    return status, index, found


def number(content: bytes) -> int:
    return int.from_bytes(content, signed=True)
