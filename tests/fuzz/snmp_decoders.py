"""Mutated packets by the million against the decoders: `python -m tests.fuzz.snmp_decoders [--packets N] [--seed N]`.

Each packet is read by the strict codec, the short cut and its compiled twin. They must agree, and nothing but BerError may
come out. What breaks that is written to tests/fuzz/corpus, which the unit tests read for ever after; exit code 1.
"""

import argparse
import hashlib
import random
import sys
import time
from pathlib import Path
from types import ModuleType

from collector.snmp import ber, fast
from collector.snmp.ber import Message, Pdu, VarBind, Version
from collector.snmp.errors import BerError
from collector.snmp.oid import Oid

CORPUS = Path(__file__).parent / "corpus"
SAY_EVERY = 500_000
SPECIAL = bytes(
    (0, 1, 2, 4, 5, 6, 0x30, 0x40, 0x41, 0x46, 0x7F, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0xA2, 0xFF)
)
IF_TABLE: Oid = (1, 3, 6, 1, 2, 1, 2, 2, 1)


def seeds() -> list[tuple[bytes, tuple[bytes, ...]]]:
    """Honest packets of every kind of value, each with the OIDs that were asked."""
    oids = [(*IF_TABLE, column, row) for column in (2, 7, 10, 200) for row in (1, 300)]
    kinds: list[list[tuple[int, ber.Value]]] = [
        [(ber.COUNTER32, 2**32 - 1), (ber.GAUGE32, 0), (ber.TIME_TICKS, 12345), (ber.INTEGER, -1)],
        [(ber.COUNTER64, 2**64 - 1), (ber.COUNTER64, 1), (ber.INTEGER, 2**31 - 1)],
        [(ber.OCTET_STRING, b"GigabitEthernet0/1"), (ber.INTEGER, 1), (ber.OCTET_STRING, bytes(200))],
        [
            (ber.OBJECT_IDENTIFIER, (1, 3, 6, 1, 4, 1, 9)),
            (ber.IP_ADDRESS, b"\x7f\0\0\1"),
            (ber.NO_SUCH_INSTANCE, None),
        ],
        [(ber.COUNTER32, 5)] * 8,
    ]
    found = []
    for values in kinds:
        items = tuple(VarBind(oid, tag, value) for oid, (tag, value) in zip(oids, values, strict=False))
        asked = tuple(ber.object_identifier(item.oid) for item in items)
        for version in (Version.V1, Version.V2C):
            message = Message(version, b"public", Pdu.RESPONSE, 0x40302010, 0, 0, items)
            found.append((ber.encode(message), asked))
    return found


def mutated(packet: bytes, dice: random.Random) -> bytes:
    """The packet with one to six octets changed, cut, doubled, moved or inserted."""
    data = bytearray(packet)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(data)) if data else 0
        how = dice.randrange(7)
        if how <= 1 and data:
            data[at] = dice.choice(SPECIAL)
        elif how == 2 and data:
            data[at] = dice.randrange(256)
        elif how == 3 and data:
            data[at] = (data[at] + dice.choice((-1, 1))) % 256
        elif how == 4:
            del data[at : at + dice.randint(1, 5)]
        elif how == 5:
            data[at:at] = dice.randbytes(dice.randint(1, 5))
        else:
            other = dice.randrange(len(data) + 1)
            data[at:at] = data[other : other + dice.randint(1, 20)]
    return bytes(data)


def complaint(packet: bytes, asked: tuple[bytes, ...], compiled: ModuleType | None) -> str | None:
    """What is wrong with how the packet was read, or None."""
    try:
        strict = ber.decode(packet)
    except BerError:
        strict = None
    except Exception as error:  # noqa: BLE001 anything else is what is looked for
        return f"the strict codec raised {error!r}"
    at = fast.locate(packet)
    values = fast.read_row(packet, at, asked) if at >= 0 else None
    if values is not None and (strict is None or [item.value for item in strict.varbinds] != values):
        return "the short cut reads what the strict codec does not"
    if compiled is not None and (compiled.locate(packet), compiled.read_row(packet, max(at, 0), asked)) != (
        at,
        fast.read_row(packet, max(at, 0), asked),
    ):
        return "the compiled twin disagrees"
    return None


def twin() -> ModuleType | None:
    """The compiled twin, if it is built."""
    try:
        from collector.snmp import _speedups  # noqa: PLC0415 absent where no compiler was at hand
    except ImportError:
        return None
    return _speedups


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--packets", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    dice = random.Random(options.seed)  # noqa: S311 mutations, not secrets
    compiled, start = twin(), time.monotonic()
    whole, found, plain = seeds(), 0, 0
    for number in range(options.packets):
        packet, asked = whole[number % len(whole)]
        packet = mutated(packet, dice)
        plain += fast.locate(packet) >= 0
        said = complaint(packet, asked, compiled)
        if said is not None:
            found += 1
            name = hashlib.sha256(packet).hexdigest()[:16]
            (CORPUS / f"{name}.hex").write_text(f"# {said}\n{packet.hex()}\n")
            print(f"{said}: {packet.hex()}")
        if (number + 1) % SAY_EVERY == 0:
            print(
                f"{number + 1} packets, {plain} located, {found} findings, {time.monotonic() - start:.0f} s",
                file=sys.stderr,
            )
    print(f"{options.packets} packets, {plain} of them located by the short cut, {found} findings")
    return min(found, 1)


if __name__ == "__main__":
    sys.exit(main())
