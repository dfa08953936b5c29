"""An agent over real UDP that answers as a recorded device did: `OID|tag|value` lines, as snmpsim writes them.

Comment lines begin with `#`. Answers GET, GETNEXT and GETBULK of v1 and v2c; sysUpTime stands still.
"""

import bisect
import bz2
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.snmp import ber
from collector.snmp import oid as oids
from collector.snmp.ber import Message, Pdu, Value, VarBind, Version
from collector.snmp.errors import ErrorStatus
from collector.snmp.oid import Oid

Objects = dict[Oid, tuple[int, Value]]
LARGEST = 1_400  # octets of an answer's varbinds, as a device with a plain Ethernet would keep to
_HEX = "x"


def objects_of(lines: list[str], *, lenient: bool = False) -> Objects:
    """The objects of a recording, in order of their OIDs.

    Raises ValueError for a line that is none; leaves it out if `lenient` (long recordings hold some).
    """
    found: Objects = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, tag, raw = line.rstrip("\n").split("|", 2)
            found[oids.parse(name)] = _value(tag, raw)
        except ValueError as error:
            if lenient:
                continue
            raise ValueError(f"line {number}: {error}") from None
    return dict(sorted(found.items()))


def read(path: Path, *, lenient: bool = False) -> Objects:
    """The objects of a file, which may be packed with bzip2."""
    data = bz2.decompress(path.read_bytes()) if path.suffix == ".bz2" else path.read_bytes()
    return objects_of(data.decode("latin-1").split("\n"), lenient=lenient)


def _value(tag: str, raw: str) -> tuple[int, Value]:
    code = int(tag.removesuffix(_HEX))
    octets = bytes.fromhex(raw.removeprefix("0x")) if tag.endswith(_HEX) else raw.encode("latin-1")
    if code in (ber.OCTET_STRING, ber.OPAQUE):
        return code, octets
    if code == ber.OBJECT_IDENTIFIER:
        return code, oids.parse(raw) if raw else (0, 0)
    if code == ber.IP_ADDRESS:
        return code, octets if tag.endswith(_HEX) else bytes(int(part) for part in raw.split("."))
    if code == ber.NULL:
        return code, None
    if code in (ber.INTEGER, ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS, ber.COUNTER64):
        return code, int(raw)
    raise ValueError(f"unknown tag {tag}")


class Device:
    """What a recorded device answers."""

    def __init__(self, objects: Objects) -> None:
        self.objects = objects
        self._names = list(objects)

    def answer(self, request: Message) -> Message:
        """The response to a request."""
        if request.pdu == Pdu.GET_BULK:
            return self._response(request, self._bulk(request))
        varbinds = [self._one(request.pdu, item.oid) for item in request.varbinds]
        if request.version == Version.V1:
            for place, item in enumerate(varbinds, 1):
                if item.absent:
                    refused = self._response(request, list(request.varbinds))
                    return refused._replace(first=ErrorStatus.NO_SUCH_NAME, second=place)
        return self._response(request, varbinds)

    def _one(self, pdu: int, oid: Oid) -> VarBind:
        if pdu == Pdu.GET:
            return VarBind(oid, *self.objects.get(oid, (ber.NO_SUCH_INSTANCE, None)))
        place = bisect.bisect_right(self._names, oid)
        if place == len(self._names):
            return VarBind(oid, ber.END_OF_MIB_VIEW, None)
        return VarBind(self._names[place], *self.objects[self._names[place]])

    def _bulk(self, request: Message) -> list[VarBind]:
        names = [item.oid for item in request.varbinds]
        found = [self._one(Pdu.GET_NEXT, name) for name in names[: request.first]]
        names, size = names[request.first :], 0
        for _ in range(request.second):
            row = [self._one(Pdu.GET_NEXT, name) for name in names]
            size += len(ber.varbind_list(row))
            if size > LARGEST and found:
                break
            found += row
            names = [item.oid for item in row]
            if all(item.absent for item in row):
                break
        return found

    @staticmethod
    def _response(request: Message, varbinds: list[VarBind]) -> Message:
        return Message(
            request.version, request.community, Pdu.RESPONSE, request.request_id, 0, 0, tuple(varbinds)
        )


@contextmanager
def agent(objects: Objects, community: bytes = b"example", host: str = "127.0.0.1") -> Iterator[int]:
    """Answer for a recorded device on a free loopback port, which is given, until the block ends."""
    device = Device(objects)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))
        port = int(sock.getsockname()[1])

        def serve() -> None:
            while True:
                data, peer = sock.recvfrom(65_535)
                if not data:
                    return
                request = ber.decode(data)
                if request.community == community:
                    sock.sendto(ber.encode(device.answer(request)), peer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield port
        finally:
            with socket.socket(family, socket.SOCK_DGRAM) as stopper:
                stopper.sendto(b"", (host, port))
            thread.join(10)
