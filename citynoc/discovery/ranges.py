"""Which addresses a person means, and whether it is safe to ask them all. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from collector.model import Address

MOST = 65_536  # addresses of one command: a /16
Network = IPv4Network | IPv6Network


class WrongRangeError(ValueError):
    """A range that cannot be asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Ranges:
    """Networks, none of them within another."""

    networks: tuple[Network, ...]

    @property
    def size(self) -> int:
        """How many addresses will be asked."""
        return sum(_hosts(network) for network in self.networks)

    @property
    def loopback(self) -> bool:
        """Whether all of them are this machine."""
        return all(network.is_loopback for network in self.networks)

    @property
    def public(self) -> tuple[Network, ...]:
        """Those that are not a private network: their addresses belong to somebody, perhaps to somebody else."""
        return tuple(network for network in self.networks if network.is_global)

    def addresses(self) -> Iterator[Address]:
        """Every address, without those of the networks themselves and their broadcasts."""
        for network in self.networks:
            yield from network.hosts()

    def __str__(self) -> str:
        return ", ".join(map(str, self.networks))


def ranges_of(words: Sequence[str]) -> Ranges:
    """`127.14.0.0/24`, `127.0.0.1` or `fd00::/120`, each once. Raises WrongRangeError."""
    found = [_network(word) for word in words]
    for network in found:
        if network.is_multicast or network.is_unspecified:
            raise WrongRangeError(f"{network} holds no device's own address")
    kept = Ranges(tuple(_without_doubles(found)))
    if kept.size > MOST:
        raise WrongRangeError(f"{kept.size:,} addresses are more than {MOST:,}, a /16: name smaller ranges")
    return kept


def _network(word: str) -> Network:
    try:
        return ip_network(word)
    except ValueError:
        pass
    try:
        meant = ip_network(word, strict=False)
    except ValueError:
        raise WrongRangeError(
            f"'{word}' is not a range of addresses: write 127.14.0.0/24 or 127.14.0.7"
        ) from None
    raise WrongRangeError(f"'{word}' has bits behind its prefix: did you mean {meant}?")


def _without_doubles(networks: Iterable[Network]) -> Iterator[Network]:
    kept: list[Network] = []
    for network in sorted(networks, key=lambda each: (each.version, each.prefixlen, each)):
        if not any(type(each) is type(network) and network.subnet_of(each) for each in kept):  # type: ignore[arg-type]  # of one version
            kept.append(network)
    return iter(kept)


def _hosts(network: Network) -> int:
    spared = 2 if network.version == 4 and network.prefixlen < 31 else 0  # noqa: PLR2004  # RFC 3021
    spared = 1 if network.version == 6 and network.prefixlen < 127 else spared  # noqa: PLR2004  # RFC 4291 §2.6.1
    return network.num_addresses - spared
