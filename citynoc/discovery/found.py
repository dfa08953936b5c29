"""What a device said of itself and of its neighbours. Nothing of it is trusted: texts are one printable line, bounded."""

from dataclasses import dataclass

from collector.model import Address, CredentialName

LONGEST = 120


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One row of lldpRemTable; `port` is the asked device's own, `chassis` compares equal for one device only."""

    port: str
    chassis: str
    remote_port: str
    name: str
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered. `trouble` says why its neighbours could not be read."""

    address: Address
    port: int
    credential: CredentialName
    object_id: str = ""
    name: str = ""
    descr: str = ""
    location: str = ""
    services: int | None = None
    chassis: str = ""
    neighbours: tuple[Neighbour, ...] = ()
    trouble: str = ""


def line(raw: object) -> str:
    """Octets as one printable line, bounded; what is no text becomes nothing."""
    if isinstance(raw, bytes):
        raw = raw.decode("utf-8", "replace")
    if not isinstance(raw, str):
        return ""
    words = "".join(letter if letter.isprintable() else " " for letter in raw[: 4 * LONGEST]).split()
    return " ".join(words)[:LONGEST]
