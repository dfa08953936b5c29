"""Every agent of the city on one UDP socket per port: who was asked is the datagram's own destination address.

The socket is bound to the `lo` device, so it can hear and answer nobody but this machine; the answer leaves from
the address that was asked (IP_PKTINFO, ip(7)). It never decides what a value is.
"""

import asyncio
import os
import random
import socket
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from citynoc.simulator.responder import Responder
from citynoc.simulator.world import World
from collector.model import Device, DeviceName

LOOPBACK = IPv4Network("127.0.0.0/8")
RECEIVE_BUFFER = 4 * 1024 * 1024  # a batch of questions to a whole city
MOST_A_WAKE_UP = 512  # datagrams; then others on the loop get their turn
_LARGEST_DATAGRAM = 65535
_IP_PKTINFO = 8  # Linux <bits/in.h>; Python's socket has no name for it
_PKTINFO = struct.Struct("=i4s4s")  # interface index, source to use, destination seen
_CONTROL_SPACE = socket.CMSG_SPACE(_PKTINFO.size)
_DESTINATION = slice(8, 12)
_ANY_INTERFACE = 0
_NOWHERE = bytes(4)

Control = Sequence[tuple[int, int, bytes]]


class PortInUseError(Exception):
    """Somebody else has the port; the message says which."""


def said(error: OSError) -> str:
    """Why the system refused, without the address that asyncio repeats."""
    return os.strerror(error.errno) if error.errno else str(error)


@dataclass(slots=True)
class Counts:
    """What the agents did since they started."""

    asked: int = 0
    answered: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class _Agent:
    name: DeviceName
    answer: Callable[[bytes, float], bytes | None]
    control: Control


def simulated(devices: Iterable[Device]) -> tuple[list[Device], list[Device]]:
    """Devices that can be answered for, and those with SNMP whose address is not this machine's own."""
    speaking = [device for device in devices if device.snmp is not None]
    ours = [device for device in speaking if _is_ours(device)]
    return ours, [device for device in speaking if not _is_ours(device)]


def _is_ours(device: Device) -> bool:
    return isinstance(device.address, IPv4Address) and device.address in LOOPBACK


class Agents:
    """Answers for the world's devices from `open` until `close`. `clock` gives Unix seconds."""

    def __init__(self, world: World, clock: Callable[[], float], port: int | None = None) -> None:
        """`port` takes the place of every device's own; 0 takes a free one."""
        self.counts = Counts()
        self._world, self._clock, self._port = world, clock, port
        self._rng = random.Random(f"{world.seed}/loss")
        self._sockets: list[socket.socket] = []

    def open(self, loop: asyncio.AbstractEventLoop) -> list[int]:
        """Start to answer; the ports that are listened on.

        Raises:
            PortInUseError: a port is taken.
            OSError: the system allows no such socket.
        """
        devices, _ = simulated(self._world.inventory.devices.values())
        by_port: dict[int, dict[bytes, _Agent]] = {}
        for device in devices:
            if device.snmp is None:
                continue
            port = device.snmp.port if self._port is None else self._port
            packed = device.address.packed
            responder = Responder(self._world.machines[device.name])
            control = [(socket.IPPROTO_IP, _IP_PKTINFO, _PKTINFO.pack(_ANY_INTERFACE, packed, _NOWHERE))]
            by_port.setdefault(port, {})[packed] = _Agent(device.name, responder.answer, control)
        ports = []
        for port, agents in by_port.items():
            sock = self._bound(port)
            self._sockets.append(sock)
            ports.append(sock.getsockname()[1])
            loop.add_reader(sock, self._drain, sock, agents)
        return ports

    def close(self, loop: asyncio.AbstractEventLoop) -> None:
        """Stop answering."""
        for sock in self._sockets:
            loop.remove_reader(sock)
            sock.close()
        self._sockets.clear()

    def _bound(self, port: int) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        try:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            sock.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
            sock.bind(("0.0.0.0", port))  # noqa: S104  of the device lo only
        except OSError as error:
            sock.close()
            if isinstance(error, PermissionError) or port == 0:
                raise
            raise PortInUseError(f"UDP port {port} on loopback cannot be used: {said(error)}") from error
        return sock

    def _drain(self, sock: socket.socket, agents: dict[bytes, _Agent]) -> None:
        """Answer all that has arrived; one moment for all of it, as the questions came in one batch."""
        now = self._clock()
        counts, world, receive = self.counts, self._world, sock.recvmsg
        answers = world.network.agent_answers
        for _ in range(MOST_A_WAKE_UP):
            try:
                data, control, _, sender = receive(_LARGEST_DATAGRAM, _CONTROL_SPACE)
            except BlockingIOError:
                return
            except OSError:  # an ICMP error to an earlier answer: whose asker went away
                continue
            counts.asked += 1
            agent = agents.get(_destination(control))
            if agent is None or not answers(agent.name):
                continue
            loss = world.loss_of(agent.name)
            if loss is not None and self._rng.random() < loss.there:
                counts.lost += 1
                continue
            response = agent.answer(data, now)
            if response is None:
                continue
            if loss is not None and self._rng.random() < loss.back:
                counts.lost += 1
                continue
            try:
                sock.sendmsg([response], agent.control, 0, sender)
            except OSError:  # a full buffer or an asker that went away: lost, as on a wire
                counts.lost += 1
            else:
                counts.answered += 1


def _destination(control: list[tuple[int, int, Any]]) -> bytes:
    """The address that was asked, in four octets."""
    for level, kind, data in control:
        if level == socket.IPPROTO_IP and kind == _IP_PKTINFO:
            return bytes(data[_DESTINATION])
    return _NOWHERE
