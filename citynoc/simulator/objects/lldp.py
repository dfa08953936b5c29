"""LLDP-MIB: what a device says of itself and of the neighbour on each linked port. Source: IEEE 802.1AB-2005.

One neighbour a port, the other end of its link, from when the city is built: a real table forgets a neighbour two
minutes after its link is cut, this one does not.
"""

from collections.abc import Callable, Iterator

from citynoc.simulator import ber
from citynoc.simulator.machine import Machine, Peer, Port
from citynoc.simulator.mib import Read, Row

LLDP_OBJECTS = (1, 0, 8802, 1, 1, 2, 1)
LOCAL = (*LLDP_OBJECTS, 3)
LOCAL_PORTS = (*LOCAL, 7, 1)
REMOTE = (*LLDP_OBJECTS, 4, 1, 1)
MAC_ADDRESS, INTERFACE_NAME = 4, 5  # LldpChassisIdSubtype, LldpPortIdSubtype
_FIRST = 1  # lldpRemIndex of the only neighbour


def _local(of_port: Callable[[Port], bytes]) -> Read:
    def read(machine: Machine, place: int, _: float) -> bytes:
        return of_port(machine.ports[place])

    return read


def _remote(of_peer: Callable[[Peer], bytes]) -> Read:
    def read(machine: Machine, place: int, _: float) -> bytes:
        peer = machine.ports[place].peer
        return ber.text("") if peer is None else of_peer(peer)

    return read


_LOCAL_PORT = (
    (2, _local(lambda _: ber.integer(INTERFACE_NAME))),
    (3, _local(lambda port: ber.text(port.name))),
    (4, _local(lambda port: ber.text(port.descr))),
)
_REMOTE_COLUMNS = (
    (4, _remote(lambda _: ber.integer(MAC_ADDRESS))),
    (5, _remote(lambda peer: ber.octets(peer.chassis))),
    (6, _remote(lambda _: ber.integer(INTERFACE_NAME))),
    (7, _remote(lambda peer: ber.text(peer.port))),
    (8, _remote(lambda peer: ber.text(peer.port))),
    (9, _remote(lambda peer: ber.text(peer.name))),
    (10, _remote(lambda peer: ber.text(peer.descr))),
)


def rows(indexes: tuple[int, ...]) -> Iterator[Row]:
    """The local system, and for each linked port itself and its neighbour; lldpLocPortNum is the ifIndex."""
    yield Row((*LOCAL, 1), (0,), lambda _, __, ___: ber.integer(MAC_ADDRESS))
    yield Row((*LOCAL, 2), (0,), lambda machine, _, __: ber.octets(machine.ports[0].mac))
    yield Row((*LOCAL, 3), (0,), lambda machine, _, __: ber.text(machine.device.name))
    yield Row((*LOCAL, 4), (0,), lambda machine, _, __: ber.text(machine.kind.description(machine.device)))
    for place, index in enumerate(indexes):
        for column, read in _LOCAL_PORT:
            yield Row((*LOCAL_PORTS, column), (index,), read, place)
        for column, read in _REMOTE_COLUMNS:
            yield Row((*REMOTE, column), (0, index, _FIRST), read, place)
