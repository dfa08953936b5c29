"""An agent over real UDP that answers as badly as a test wants: a thread, a socket, and a function of the request."""

import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from collector.snmp import ber
from collector.snmp.ber import Message, Pdu, VarBind
from collector.snmp.oid import Oid

SYS_UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
IF_TABLE = (1, 3, 6, 1, 2, 1, 2, 2, 1)

Answer = bytes | tuple["Sender", bytes]
Behaviour = Callable[["Agent", Message], Sequence[Answer]]


class Sender:
    """Sends from somewhere else than the agent's own address and port."""

    def __init__(self, host: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((host, 0))


@dataclass
class Agent:
    """A running agent; `questions` are the requests it has seen."""

    behaviour: Behaviour
    port: int = 0
    host: str = "127.0.0.1"
    questions: list[Message] = field(default_factory=list)
    elsewhere: Sender = field(default_factory=lambda: Sender("127.0.0.9"))
    other_port: Sender = field(default_factory=lambda: Sender("127.0.0.1"))

    def serve(self, sock: socket.socket) -> None:
        while True:
            data, peer = sock.recvfrom(65_535)
            if data == b"stop":
                return
            request = ber.decode(data)
            self.questions.append(request)
            for answer in self.behaviour(self, request):
                if isinstance(answer, tuple):
                    answer[0].socket.sendto(answer[1], peer)
                else:
                    sock.sendto(answer, peer)


@contextmanager
def agent(behaviour: Behaviour) -> Iterator[Agent]:
    """Run an agent until the block ends."""
    running = Agent(behaviour)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        sock.bind((running.host, 0))
        running.port = sock.getsockname()[1]
        thread = threading.Thread(target=running.serve, args=(sock,))
        thread.start()
        try:
            yield running
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stopper:
                stopper.sendto(b"stop", (running.host, running.port))
            thread.join(10)
            running.elsewhere.socket.close()
            running.other_port.socket.close()


def good(request: Message, rows: int = 3) -> Message:
    """What an honest agent with `rows` interfaces answers."""
    return reply(request, [found_in(mib(rows), request.pdu, item.oid) for item in wanted(request)])


def wanted(request: Message) -> list[VarBind]:
    """The request's objects; a GETBULK's repeated as a GETNEXT would go on, at most 30 times."""
    if request.pdu != Pdu.GET_BULK:
        return list(request.varbinds)
    asked = []
    for item in request.varbinds:
        last = item
        table = mib(3)
        for _ in range(min(request.second, 30)):
            asked.append(last)
            last = found_in(table, Pdu.GET_NEXT, last.oid)
            if last.absent:
                break
    return asked


def mib(rows: int) -> dict[Oid, tuple[int, ber.Value]]:
    """sysUpTime, ifNumber and an ifTable and ifXTable of numbers."""
    table: dict[Oid, tuple[int, ber.Value]] = {
        SYS_UPTIME: (ber.TIME_TICKS, 4_711),
        (1, 3, 6, 1, 2, 1, 2, 1, 0): (ber.INTEGER, rows),
    }
    for row in range(1, rows + 1):
        for column in (1, 4, 7, 8):
            table[*IF_TABLE, column, row] = (ber.INTEGER, row if column == 1 else 1)
        table[*IF_TABLE, 2, row] = (ber.OCTET_STRING, b"port %d" % row)
        for column in (10, 11, 13, 14, 16, 17, 19, 20):
            table[*IF_TABLE, column, row] = (ber.COUNTER32, 1_000 * row + column)
    return dict(sorted(table.items()))


def found_in(table: dict[Oid, tuple[int, ber.Value]], pdu: int, oid: Oid) -> VarBind:
    """The object asked, or its successor for GETNEXT and GETBULK."""
    if pdu == Pdu.GET:
        tag, value = table.get(oid, (ber.NO_SUCH_INSTANCE, None))
        return VarBind(oid, tag, value)
    following = next((name for name in table if name > oid), None)
    if following is None:
        return VarBind(oid, ber.END_OF_MIB_VIEW, None)
    return VarBind(following, *table[following])


def reply(request: Message, varbinds: list[VarBind], status: int = 0, index: int = 0) -> Message:
    """A response to the request."""
    return Message(
        request.version, request.community, Pdu.RESPONSE, request.request_id, status, index, tuple(varbinds)
    )
