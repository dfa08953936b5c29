"""An encoder of Sparkplug payloads for tests, written apart from the decoder under test."""

import struct
from collections.abc import Mapping

from tests.unit.mqtt.endpoints import WALL

DATATYPES = {bool: 11, float: 9, int: 3, str: 12}


def varint(value: int) -> bytes:
    out = []
    while True:
        value, low = divmod(value, 128)
        out.append(low + 128 if value else low)
        if not value:
            return bytes(out)


def tagged(number: int, wire: int, content: bytes) -> bytes:
    return varint(number * 8 + wire) + (varint(len(content)) if wire == 2 else b"") + content


def metric(name: str | None, value: object, alias: int | None = None, datatype: int | None = None) -> bytes:
    """One metric; a value of None is null."""
    out = b"" if name is None else tagged(1, 2, name.encode())
    if alias is not None:
        out += tagged(2, 0, varint(alias))
    if value is None:
        return out + tagged(7, 0, b"\x01")
    out += tagged(4, 0, varint(datatype or DATATYPES[type(value)]))
    match value:
        case bool():
            return out + tagged(14, 0, varint(value))
        case int():
            return out + tagged(10, 0, varint(value & 0xFFFFFFFF))
        case float() if datatype == 10:
            return out + tagged(13, 1, struct.pack("<d", value))
        case float():
            return out + tagged(12, 5, struct.pack("<f", value))
        case _:
            return out + tagged(15, 2, str(value).encode())


def payload(
    seq: int | None, metrics: Mapping[str, object] | None = None, *encoded: bytes, timestamp: float = WALL
) -> bytes:
    """A message."""
    body = tagged(1, 0, varint(int(timestamp * 1000)))
    for name, value in (metrics or {}).items():
        body += tagged(2, 2, metric(name, value))
    for one in encoded:
        body += tagged(2, 2, one)
    return body + (b"" if seq is None else tagged(3, 0, varint(seq)))
