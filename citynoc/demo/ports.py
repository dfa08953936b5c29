"""Loopback ports for the servers: the usual ones if they are free, others if not, and never a collision.

Holds every socket it tried until all are chosen, so that no number is given twice.
"""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

HOST = "127.0.0.1"

USUAL: Mapping[str, int] = {
    "citynoc": 9579,
    "prometheus": 9090,
    "alertmanager": 9093,
    "blackbox": 9115,
    "mosquitto": 1883,
    "webhook": 9580,
    "control": 9581,
}


TRAPS = 1162

UNASKED = range(10_240, 32_768)
"""Ports below those that Linux gives to outgoing connections (ip_local_port_range), one of which could take a port
between its choice and its server's start."""

SHARE = 32
"""Ports that a process tries before those of another: stacks that start side by side choose apart."""


@dataclass(frozen=True, slots=True)
class Ports:
    """TCP ports by server name, the UDP ports of all simulated agents and of their traps, and which usual ones were taken."""

    tcp: Mapping[str, int]
    snmp: int
    traps: int
    taken: tuple[str, ...] = ()

    def address(self, name: str) -> str:
        """`HOST:PORT` of a server."""
        return f"{HOST}:{self.tcp[name]}"


def usual(snmp: int) -> Ports:
    """The usual ports, and `snmp` for the agents, each replaced by a free one where another program has it."""
    with ExitStack() as held:
        taken = []
        tcp = {}
        for name, number in USUAL.items():
            tcp[name] = _hold(held, socket.SOCK_STREAM, HOST, number) or _free(held, socket.SOCK_STREAM, HOST)
            if tcp[name] != number:
                taken.append(f"port {number} is in use: {name} gets {tcp[name]}")
        udp = _hold(held, socket.SOCK_DGRAM, "0.0.0.0", snmp)  # noqa: S104 - agents stand on all of 127/8
        if udp is None:
            udp = _free(held, socket.SOCK_DGRAM, "0.0.0.0")  # noqa: S104 - the same
            taken.append(f"UDP port {snmp} is in use: the simulated agents get {udp}")
        traps = _hold(held, socket.SOCK_DGRAM, HOST, TRAPS)
        if traps is None:
            traps = _free(held, socket.SOCK_DGRAM, HOST)
            taken.append(f"UDP port {TRAPS} is in use: traps are taken on {traps}")
        return Ports(tcp, udp, traps, tuple(taken))


def free() -> Ports:
    """Ports that nobody has: several stacks run side by side."""
    with ExitStack() as held:
        tcp = {name: _free(held, socket.SOCK_STREAM, HOST) for name in USUAL}
        agents = _free(held, socket.SOCK_DGRAM, "0.0.0.0")  # noqa: S104 - agents stand on all of 127/8
        return Ports(tcp, agents, _free(held, socket.SOCK_DGRAM, HOST))


def _hold(held: ExitStack, kind: socket.SocketKind, host: str, port: int) -> int | None:
    """Bind until `held` closes; None if somebody has the port."""
    sock = socket.socket(socket.AF_INET, kind)
    if kind is socket.SOCK_STREAM:
        sock.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # connections of an earlier run do not count
    try:
        sock.bind((host, port))
        if kind is socket.SOCK_STREAM:
            sock.listen(1)  # with SO_REUSEADDR only listening tells a listener on the wildcard address
    except OSError:
        sock.close()
        return None
    number: int = held.enter_context(sock).getsockname()[1]
    return number


def _free(held: ExitStack, kind: socket.SocketKind, host: str) -> int:
    for port in _candidates(os.getpid()):
        if _hold(held, kind, host, port) is not None:
            return port
    raise OSError(f"no free port on {host}")


def _candidates(process: int) -> Iterator[int]:
    """Every port of `UNASKED`, beginning with the process's own share."""
    first = process * SHARE % len(UNASKED)
    yield from UNASKED[first:]
    yield from UNASKED[:first]
