"""One question to one agent: where it goes, what it asks, and what becomes of its end. Sends nothing itself."""

import socket
from abc import ABC, abstractmethod
from ipaddress import IPv4Address, IPv6Address
from typing import ClassVar, NamedTuple, Self

from collector.snmp import fast, usm_message
from collector.snmp.ber import Message, Value
from collector.snmp.errors import Fault, FaultKind, refusal
from collector.snmp.templates import Template
from collector.snmp.usm import Security

BUFFER = 16 << 20  # octets of socket buffer asked of the kernel
_SNDBUFFORCE, _RCVBUFFORCE = 32, 33  # Linux asm-generic/socket.h; Python does not name them


class Endpoint(NamedTuple):
    """Where an agent listens, as the kernel spells it when a datagram comes from there."""

    family: socket.AddressFamily
    address: fast.Address

    @classmethod
    def of(cls, address: IPv4Address | IPv6Address, port: int) -> Self:
        """The endpoint of an address and a UDP port."""
        if isinstance(address, IPv4Address):
            return cls(socket.AF_INET, (str(address), port))
        text = socket.inet_ntop(socket.AF_INET6, address.packed)
        scope = socket.if_nametoindex(address.scope_id) if address.scope_id else 0
        return cls(socket.AF_INET6, (text, port, 0, scope))

    def __str__(self) -> str:
        host, port = self.address[:2]
        return f"[{host}]:{port}" if self.family == socket.AF_INET6 else f"{host}:{port}"


class Exchange(ABC):
    """One question and what to do with its end. May be asked again, with another template, once it has ended.

    `plain` exchanges take numbers without their types: the short cut of `fast`. `security` is that of v3.
    """

    __slots__ = (
        "address",
        "endpoint",
        "request_id",
        "resealed",
        "security",
        "sent_at",
        "template",
        "timeout",
    )
    plain: ClassVar[bool] = True

    def __init__(
        self, endpoint: Endpoint, template: Template, timeout: float, security: Security | None = None
    ) -> None:
        self.endpoint = endpoint
        self.address = endpoint.address
        self.template = template
        self.timeout = timeout
        self.security = security
        self.resealed = 0
        self.request_id = b""
        self.sent_at = 0.0

    @abstractmethod
    def answered(self, values: list[Value]) -> None:
        """One value per object asked by a GET; None where the agent has none."""

    @abstractmethod
    def failed(self, fault: Fault) -> None:
        """No answer, or none that can be used."""

    def refused(self, status: int, index: int) -> None:
        """The agent set an error-status."""
        self.failed(refusal(status, index))

    def read(self, message: Message) -> None:
        """A response that is not plain numbers: for a GET, check that it answers what was asked."""
        if message.first:
            self.refused(message.first, message.second)
            return
        if tuple(item.oid for item in message.varbinds) != self.template.names:
            self.failed(Fault(FaultKind.PROTOCOL, "the answer names other objects than were asked"))
            return
        self.answered([item.value for item in message.varbinds])

    def opened(self, pdu: bytes, request_id: bytes, codec: fast.Codec) -> None:
        """The authentic answer's PDU to a secured question, as if it had come plain. Raises BerError."""
        at = usm_message.request_id_at(pdu)
        if at > 0 and self.plain and pdu[at : at + len(request_id)] == request_id:
            values = codec.read_row(pdu, at, self.template.asked)
            if values is not None:
                self.answered(values)  # type: ignore[arg-type] # a list of numbers is read, not written
                return
        message = usm_message.read_pdu(pdu)
        if message.request_id == int.from_bytes(request_id):
            self.read(message)
        else:
            self.failed(Fault(FaultKind.PROTOCOL, "the answer is to another question"))


def open_socket(family: socket.AddressFamily, source: IPv4Address | IPv6Address | None) -> socket.socket:
    """A non-blocking UDP socket with large buffers, bound to `source` if that is of this family. Raises OSError."""
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.setblocking(False)
        for forced, plain in ((_RCVBUFFORCE, socket.SO_RCVBUF), (_SNDBUFFORCE, socket.SO_SNDBUF)):
            try:
                sock.setsockopt(socket.SOL_SOCKET, forced, BUFFER)
            except PermissionError:
                sock.setsockopt(socket.SOL_SOCKET, plain, BUFFER)
        if source is not None and (source.version == 6) == (family == socket.AF_INET6):  # noqa: PLR2004
            sock.bind((str(source), 0))
    except OSError:
        sock.close()
        raise
    return sock
