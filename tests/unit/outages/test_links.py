"""Links that fail between living ends, and reports of links that prove nothing."""

import pytest

from collector.model import Device, Role
from collector.outages.state import Severity, State
from collector.outages.topology import Topology
from tests.unit.outages.city import device, inventory
from tests.unit.outages.world import World

SHARED = {"ag-1": "cb-1"}


def network() -> list[Device]:
    return [
        device("sw-dc1", role=Role.SWITCH, site="dc-1"),
        device("ag-1", ["sw-dc1"], role=Role.AGGREGATION, site="d-1"),
        device("ag-2", ["sw-dc1"], role=Role.AGGREGATION, site="d-1"),
        *(device(f"rt-{i}", ["ag-1", "ag-2"], cables=SHARED) for i in range(3)),
        device("rt-3", ["ag-1", "ag-2"]),
    ]


@pytest.fixture
def world() -> World:
    city = World(Topology(inventory(network())))
    city.run(10)
    return city


def polls(world: World, down: set[str], rounds: int = 3) -> None:
    """Full polls every 30 s, reporting these links down and the others up."""
    for _ in range(rounds):
        for link in world.net.links:
            if link.child.startswith("rt-") and world.net.index[link.child] not in world.gone():
                world.judge.link_status(link.name, up=link.name not in down, at=world.now)
        world.run(30)


def test_one_link(world: World):
    polls(world, {"rt-3--ag-1"})
    assert world.warnings() == ["link:rt-3--ag-1"]
    assert world.pages() == []
    assert world.last.state.links["rt-3--ag-1"] is False
    assert world.redundancy_lost("s-rt-3") is True
    assert world.state("rt-3") is State.UP
    polls(world, set(), 3)
    assert [outage.id for _, outage in world.closed] == ["link:rt-3--ag-1"]
    assert world.redundancy_lost("s-rt-3") is False


def test_a_cable_of_redundant_links(world: World):
    polls(world, {f"rt-{i}--ag-1" for i in range(3)})
    assert world.warnings() == ["cable:cb-1"]
    assert world.last.state.outages[0].severity is Severity.WARNING
    assert world.last.state.outages[0].carrier == "carrier-a"


def test_one_link_of_a_cable(world: World):
    polls(world, {"rt-1--ag-1"}, 4)
    assert world.warnings() == ["link:rt-1--ag-1"]


def test_links_of_a_dead_parent_are_its_shadow(world: World):
    world.kill("ag-1")
    polls(world, {f"rt-{i}--ag-1" for i in range(4)}, 4)
    assert world.warnings() == ["device:ag-1"]
    world.revive("ag-1")
    world.run(20)
    polls(world, set(), 3)
    assert [outage.id for _, outage in world.closed] == ["device:ag-1"]
    assert len(world.opened) == 1


def test_the_last_link_goes(world: World):
    polls(world, {"rt-3--ag-1"})
    world.cut_links |= {world.net.link_index["rt-3--ag-1"], world.net.link_index["rt-3--ag-2"]}
    world._gone = None
    world.run(12)
    assert world.pages() == ["device:rt-3"]


def test_an_old_report_does_not_revive_a_dead_parent(world: World):
    polls(world, {"rt-3--ag-1"}, 1)  # repaired right after, and not read again yet
    world.kill("ag-2")
    world.run(12)
    assert world.warnings() == ["device:ag-2"]
    assert world.state("ag-2") is State.DOWN
    assert world.state("rt-3") is State.UP


def test_flapping_link(world: World):
    for _ in range(6):
        polls(world, {"rt-3--ag-1"}, 2)
        polls(world, set(), 1)
    assert world.warnings().count("link:rt-3--ag-1") <= 2
