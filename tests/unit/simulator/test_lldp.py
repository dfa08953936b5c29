"""What each device says of its neighbours is what the inventory says of its links, seen from both ends."""

import pytest

from citynoc.simulator import ber
from citynoc.simulator.ber import Oid
from citynoc.simulator.objects import KINDS, lldp, neighbours_of, shape_of
from citynoc.simulator.responder import Responder
from citynoc.simulator.world import World
from collector.model import DeviceName
from tests.unit.simulator import small_city
from tests.unit.simulator.requests import answer, request


def column(world: World, name: str, root: Oid) -> dict[Oid, bytes]:
    """A column's values by their index."""
    agent, at = Responder(world.machines[DeviceName(name)]), root
    found: dict[Oid, bytes] = {}
    while True:
        ((oid, tag, value),) = answer(agent.answer(request(ber.GET_NEXT, at), small_city.MIDNIGHT))[2]
        if tag == 0x82 or oid[: len(root)] != root:
            return found
        found[oid[len(root) :]] = value
        at = oid


def test_both_ends_of_a_link_name_each_other():
    world = World(small_city.inventory(), 1, small_city.MIDNIGHT)
    seen: set[tuple[str, str]] = set()
    for name, machine in world.machines.items():
        names = column(world, name, (*lldp.REMOTE, 9))
        ports = column(world, name, (*lldp.REMOTE, 7))
        chassis = column(world, name, (*lldp.REMOTE, 5))
        own = column(world, name, (*lldp.LOCAL_PORTS, 3))
        assert set(names) == set(ports) == {(0, *index, 1) for index in own}
        for index, far in names.items():
            other = world.machines[DeviceName(far.decode())]
            assert chassis[index] == other.ports[0].mac
            here = next(port for port in machine.ports if port.index == index[1])
            there = next(port for port in other.ports if port.link == here.link)
            assert ports[index] == there.name.encode()
            seen.add((name, far.decode()))
    links = {(d.name, link.parent) for d in world.inventory.devices.values() for link in d.uplinks}
    assert seen == links | {(parent, child) for child, parent in links}


def test_objects_that_do_not_lie_before_are_refused():
    kind = KINDS["if-mib"]
    with pytest.raises(ValueError, match="do not lie before"):
        neighbours_of(kind, 1).behind(shape_of(kind, 2, in_call=False))
