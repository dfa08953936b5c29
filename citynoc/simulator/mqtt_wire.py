"""MQTT 3.1.1 packets for a device that only speaks: CONNECT with a Last Will, PUBLISH, PING, DISCONNECT. Pure.

Five hundred endpoints in one process need five hundred connections, because a Last Will belongs to one; a full
client library for each would cost more than the city. Source: MQTT 3.1.1 (OASIS), chapters 2 and 3.
"""

from collections.abc import Iterator
from typing import NamedTuple

CONNACK, PUBACK, PINGRESP = 2, 4, 13
PINGREQ = b"\xc0\x00"
DISCONNECT = b"\xe0\x00"
LARGEST_ANSWER = 4096  # octets; a broker has nothing long to say to a device without subscriptions

_CONNECT, _PUBLISH = 0x10, 0x30
_RETAIN, _QOS_1 = 0x01, 0x02
_CLEAN, _WILL, _WILL_QOS_1, _WILL_RETAIN = 0x02, 0x04, 0x08, 0x20
_CONTINUES = 0x80
_LENGTH_OCTETS = 4


class ProtocolError(ValueError):
    """The other side does not speak MQTT 3.1.1, or says more than a device wants to hear."""


class Packet(NamedTuple):
    """A packet from the broker: its type and what follows the fixed header."""

    kind: int
    body: bytes


def _string(value: bytes) -> bytes:
    return len(value).to_bytes(2) + value


def _packet(first: int, body: bytes) -> bytes:
    size, length = len(body), bytearray()
    while True:
        size, part = size >> 7, size & 0x7F
        length.append(part | (_CONTINUES if size else 0))
        if not size:
            return bytes((first,)) + bytes(length) + body


def connect(client: str, keepalive: int, will: tuple[str, bytes]) -> bytes:
    """CONNECT with a clean session and a retained Last Will (topic, message) at QoS 1."""
    topic, message = will
    payload = _string(client.encode()) + _string(topic.encode()) + _string(message)
    flags = _CLEAN | _WILL | _WILL_QOS_1 | _WILL_RETAIN
    head = _string(b"MQTT") + bytes((4, flags)) + keepalive.to_bytes(2)
    return _packet(_CONNECT, head + payload)


def publish(topic: str, payload: bytes, number: int, *, retain: bool = False) -> bytes:
    """PUBLISH at QoS 1; `number` is the packet identifier, 1 to 65535."""
    body = _string(topic.encode()) + number.to_bytes(2) + payload
    return _packet(_PUBLISH | _QOS_1 | (_RETAIN if retain else 0), body)


def packets(buffer: bytearray) -> Iterator[Packet]:
    """Whole packets at the head of the buffer, taken out of it.

    Raises:
        ProtocolError: a length that is none, or longer than `LARGEST_ANSWER`.
    """
    while len(buffer) > 1:
        size, shift, at = 0, 0, 1
        while True:
            if at > _LENGTH_OCTETS:
                raise ProtocolError("a packet without a length")
            if at >= len(buffer):
                return
            octet = buffer[at]
            size |= (octet & 0x7F) << shift
            shift, at = shift + 7, at + 1
            if not octet & _CONTINUES:
                break
        if size > LARGEST_ANSWER:
            raise ProtocolError(f"a packet of {size} octets")
        if len(buffer) < at + size:
            return
        packet = Packet(buffer[0] >> 4, bytes(buffer[at : at + size]))
        del buffer[: at + size]
        yield packet
