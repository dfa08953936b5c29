"""Which implementation of `fast` is used: the compiled one where the installation has it, else the pure one."""

import socket

from collector.snmp import fast
from collector.snmp.fast import Codec, Datagram


class Pure:
    """The implementation that is always there."""

    name = "python"
    sift = staticmethod(fast.sift)
    read_row = staticmethod(fast.read_row)
    pairs = staticmethod(fast.pairs)
    receive = staticmethod(fast.receive)
    send = staticmethod(fast.send)


def pure() -> Codec:
    """The implementation that is always there."""
    return Pure()


def best() -> Codec:
    """The compiled implementation if this installation has it, else the pure one."""
    try:
        from collector.snmp import _speedups  # noqa: PLC0415 absent where no compiler was at hand
    except ImportError:
        return pure()

    class Compiled:
        """The twin in C; it wants a socket's number."""

        name = "compiled"
        sift = staticmethod(_speedups.sift)
        read_row = staticmethod(_speedups.read_row)
        pairs = staticmethod(_speedups.pairs)

        @staticmethod
        def receive(sock: socket.socket, limit: int) -> list[Datagram]:
            return _speedups.receive(sock.fileno(), limit)

        @staticmethod
        def send(sock: socket.socket, datagrams: list[Datagram]) -> int:
            return _speedups.send(sock.fileno(), datagrams)

    return Compiled()
