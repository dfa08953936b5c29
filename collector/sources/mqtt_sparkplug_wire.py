"""Sparkplug B payloads: the one protobuf message that its gateways send, decoded, and the rebirth request encoded. Pure.

A decoder of one's own because one message with nine fields is all there is: a protobuf runtime would be a dependency
of compiled code for 100 lines. Unknown fields are passed over, as protobuf prescribes; data sets, templates,
properties and bytes are passed over too. Sources: Eclipse Sparkplug 3.0 §6.4 (payload definition), the protobuf
encoding document (wire types 0 varint, 1 64-bit, 2 length-delimited, 5 32-bit).
"""

import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from collector.sources.mqtt_refusals import MessageRefused, Result

REBIRTH = "Node Control/Rebirth"
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_INT8, _INT16, _INT32, _INT64, _BOOLEAN = 1, 2, 3, 4, 11
_SIGNED_BITS = {_INT8: 8, _INT16: 16, _INT32: 32, _INT64: 64}
_VALUE_FIELDS = MappingProxyType({10: "whole", 11: "whole", 12: "<f", 13: "<d", 14: "boolean", 15: "text"})
_FLOATS = ("<f", "<d")
_LONGEST_VARINT = 10

Value = int | float | bool | str | None


class Metric(NamedTuple):
    """One reading. A birth gives name, alias and type, data may give the alias alone; None is null or no scalar."""

    name: str | None
    alias: int | None
    value: Value
    historical: bool = False
    datatype: int = 0


class Payload(NamedTuple):
    """One message. `timestamp` is in milliseconds; NDEATH has no `seq`."""

    timestamp: int | None
    seq: int | None
    metrics: tuple[Metric, ...]


def decode(payload: bytes) -> Payload:
    """The payload's message.

    Raises:
        MessageRefused: the bytes are no protobuf, or a text in them is no UTF-8.
    """
    timestamp = seq = None
    metrics: list[Metric] = []
    for number, value in _fields(payload):
        if number == 1 and isinstance(value, int):
            timestamp = value
        elif number == 2 and isinstance(value, bytes):  # noqa: PLR2004 - field numbers of the message
            metrics.append(_metric(value))
        elif number == 3 and isinstance(value, int):  # noqa: PLR2004
            seq = value
    return Payload(timestamp, seq, tuple(metrics))


def rebirth_request(milliseconds: int) -> bytes:
    """The NCMD payload that asks an edge node to send its births again (Sparkplug 3.0 §6.4.20)."""
    name = REBIRTH.encode()
    metric = b"\x0a" + _varint(len(name)) + name + b"\x20" + _varint(_BOOLEAN) + b"\x70\x01"
    return b"\x08" + _varint(milliseconds) + b"\x12" + _varint(len(metric)) + metric


def _metric(encoded: bytes) -> Metric:
    given = dict(_fields(encoded))  # of a field sent twice the last counts, as protobuf has it
    name, alias = given.get(1), given.get(2)
    datatype = _number(given, 4)
    return Metric(
        _text(name) if isinstance(name, bytes) else None,
        alias if isinstance(alias, int) else None,
        None if _number(given, 7) else typed(_value(given), datatype),
        bool(_number(given, 5)),
        datatype,
    )


def typed(value: Value, datatype: int) -> Value:
    """The value as its type has it: negative integers travel as two's complement in an unsigned field (§6.4.16)."""
    bits = _SIGNED_BITS.get(datatype)
    if bits is None or type(value) is not int or value < 0:
        return value
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


def _value(given: Mapping[int, int | bytes]) -> Value:
    """The metric's value, whichever of the fields of the oneof holds it."""
    for number, kind in _VALUE_FIELDS.items():
        raw = given.get(number)
        if kind == "whole" and isinstance(raw, int):
            return raw
        if kind == "boolean" and isinstance(raw, int):
            return bool(raw)
        if kind == "text" and isinstance(raw, bytes):
            return _text(raw)
        if kind in _FLOATS and isinstance(raw, bytes) and len(raw) == struct.calcsize(kind):
            return float(struct.unpack(kind, raw)[0])
    return None


def _number(given: Mapping[int, int | bytes], field: int) -> int:
    raw = given.get(field)
    return raw if isinstance(raw, int) else 0


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise MessageRefused(Result.BAD_ENCODING, "a text is not UTF-8") from None


def _fields(encoded: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field numbers and values in order: a varint as int, all else as its bytes."""
    position, end = 0, len(encoded)
    while position < end:
        key, position = _read_varint(encoded, position)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            value, position = _read_varint(encoded, position)
            yield number, value
            continue
        if wire == _BYTES:
            size, position = _read_varint(encoded, position)
        elif wire in (_FIXED32, _FIXED64):
            size = 4 if wire == _FIXED32 else 8
        else:
            raise MessageRefused(Result.BAD_SYNTAX, f"not protobuf: wire type {wire} at byte {position}")
        if size > end - position:
            raise MessageRefused(Result.BAD_SYNTAX, f"not protobuf: cut off at byte {position}")
        yield number, encoded[position : position + size]
        position += size


def _read_varint(encoded: bytes, position: int) -> tuple[int, int]:
    value = 0
    for index in range(_LONGEST_VARINT):
        if position + index >= len(encoded):
            break
        byte = encoded[position + index]
        value |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:  # noqa: PLR2004 - the continuation bit
            return value & 0xFFFF_FFFF_FFFF_FFFF, position + index + 1
    raise MessageRefused(Result.BAD_SYNTAX, f"not protobuf: no end of a number at byte {position}")


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:  # noqa: PLR2004
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
