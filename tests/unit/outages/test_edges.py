"""Clocks that are set, pauses in a hold, restarts and maintenance of what is rarer than a device that fails."""

from dataclasses import replace

import pytest

from collector.model import Device, DeviceName, Role
from collector.outages.rounds import Context, Hint
from collector.outages.state import CauseKind, Severity, State
from collector.outages.topology import Topology
from tests.unit.outages.city import device, hanoi, inventory
from tests.unit.outages.test_links import network, polls
from tests.unit.outages.world import World

HOUR = 3600.0


@pytest.fixture
def world() -> World:
    city = World(Topology(hanoi(2, 12)))
    city.run(10)
    return city


def set_clock(world: World, seconds: float) -> None:
    """The time of day is set; what was on its way is dated by the clock of its arrival."""
    world.now += seconds
    world._events = [(at + seconds, n, action) for at, n, action in world._events]
    world.judge.stalled(world.now)


def pause(world: World, seconds: float) -> None:
    """The process is stopped: time passes, and nothing is asked."""
    world.now += seconds
    world._events = [(at + seconds, n, action) for at, n, action in world._events]


def settled(world: World) -> None:
    """Nothing is on its way, so that no answer carries a time from before the clock is set."""
    world._events = [event for event in world._events if "poll" in event[2].__qualname__]


def test_a_question_that_a_pause_made_void_is_asked_again(world: World):
    """Asked because of a trap, while the schedule asks every ten minutes: nobody else would ask soon."""
    router = DeviceName("rt-00003")
    judge, now = world.judge, world.now
    judge.hint(router, Hint.RESTARTED, now)
    assert router in judge.round(now).asks
    judge.stalled(now + 1)
    assert router not in judge.round(now + 1).asks
    judge.missed(router, now, now + 2)
    assert router in judge.round(now + 2).asks


@pytest.mark.parametrize("step", [-HOUR, HOUR])
def test_an_outage_ends_although_the_clock_was_set_in_it(world: World, step: float):
    world.kill("rt-00003")
    world.run(20)
    settled(world)
    set_clock(world, step)
    world.run(20)
    world.revive("rt-00003")
    world.run(60)
    assert [one.id for _, one in world.closed] == ["device:rt-00003"]
    assert len(world.opened) == 1


@pytest.mark.parametrize("step", [-HOUR, HOUR])
def test_a_hold_is_lived_through_although_the_clock_was_set_in_it(world: World, step: float):
    world.kill("rt-00003")
    world.run(20)
    world.revive("rt-00003")
    world.run(10)
    settled(world)
    set_clock(world, step)
    world.run(5)
    assert world.closed == []
    world.run(60)
    assert [one.id for _, one in world.closed] == ["device:rt-00003"]


def test_a_link_that_is_still_down_after_maintenance_is_a_new_outage():
    world = World(Topology(inventory(network())))
    world.context = Context(maintenance=frozenset({DeviceName("rt-3")}))
    world.run(10)
    polls(world, {"rt-3--ag-1"})
    assert world.opened == []
    world.context, over = Context(), world.now
    world.run(1)
    assert [one.id for _, one in world.opened] == ["link:rt-3--ag-1"]
    assert world.opened[0][1].started >= over


def test_a_pause_of_ours_proves_no_repair(world: World):
    """Whether it lasted, nobody saw: what has failed again meanwhile is the same outage, and no second page."""
    world.kill("rt-00003")
    world.run(20)
    world.revive("rt-00003")
    world.run(10)
    world.kill("rt-00003")
    pause(world, 120)
    world.run(30)
    assert world.closed == []
    assert [one.id for _, one in world.opened] == ["device:rt-00003"]
    world.revive("rt-00003")
    repaired = world.now
    world.run(200)
    [(_, ended)] = world.closed
    assert ended.ended == pytest.approx(repaired, abs=6)


def test_the_end_that_is_told_is_when_the_repair_began_also_with_a_pause_in_the_hold(world: World):
    world.kill("rt-00003")
    world.run(20)
    world.revive("rt-00003")
    repaired = world.now
    world.run(10)
    pause(world, 10)
    world.run(60)
    [(_, ended)] = world.closed
    assert ended.ended == pytest.approx(repaired, abs=6)


def test_who_was_in_a_shadow_is_blamed_soon_although_the_clock_was_set_back(world: World):
    world.kill("ag-001-1", "ag-001-2", "rt-00002")
    world.run(30)
    world.revive("ag-001-1", "ag-001-2")
    world.run(6)
    settled(world)
    set_clock(world, -HOUR)
    world.run(60)
    assert world.pages() == ["device:rt-00002", "group:ag-001-1+ag-001-2"]


def test_a_ups_is_believed_although_the_clock_was_set_back(world: World):
    ups = DeviceName("ups-dc2")
    world.judge.power(ups, on_battery=False, at=world.now)
    settled(world)
    set_clock(world, -HOUR)
    world.run(20)
    world.judge.power(ups, on_battery=True, at=world.now)
    world.fail("site", "dc-2")
    world.run(20)
    assert [one.on_battery for one in world.last.state.outages] == [True]


def test_a_link_is_watched_although_the_clock_was_set_back():
    world = World(Topology(inventory(network())))
    world.run(10)
    polls(world, set(), 1)
    settled(world)
    set_clock(world, -HOUR)
    polls(world, {"rt-3--ag-1"})
    assert world.warnings() == ["link:rt-3--ag-1"]


def test_a_link_in_maintenance_is_no_outage_any_more():
    world = World(Topology(inventory(network())))
    world.context = Context()
    world.run(10)
    polls(world, {"rt-3--ag-1"})
    assert world.warnings() == ["link:rt-3--ag-1"]
    world.context = Context(maintenance=frozenset({DeviceName("rt-3")}))
    world.run(1)
    assert [one.id for _, one in world.closed] == ["link:rt-3--ag-1"]
    polls(world, {"rt-3--ag-1"})
    assert len(world.opened) == 1


def stood_in() -> list[Device]:
    """Two aggregation routers on one cable, and two that stand in for them."""
    cable = {"core-1": "cb-1", "core-2": "cb-1"}
    return [
        device("sw-dc1", role=Role.SWITCH, site="dc-1"),
        *(device(f"core-{i}", ["sw-dc1"], role=Role.CORE, site=f"dc-{i}") for i in (1, 2)),
        *(
            device(f"ag-{n}-1", ["core-1", "core-2"], site=f"d-{n}", cables=cable, role=Role.AGGREGATION)
            for n in (1, 2)
        ),
        *(device(f"ag-{n}-2", ["core-1", "core-2"], site=f"d-{n}", role=Role.AGGREGATION) for n in (1, 2)),
        *(device(f"rt-{n}", [f"ag-{n}-1", f"ag-{n}-2"]) for n in (1, 2)),
    ]


def test_a_cable_that_others_stand_in_for_is_repaired_after_a_restart_too():
    world = World(Topology(inventory(stood_in())))
    world.run(10)
    world.cut_cable("cb-1")
    world.run(30)
    [outage] = world.last.state.outages
    assert (outage.id, outage.kind, outage.severity) == ("cable:cb-1", CauseKind.CABLE, Severity.WARNING)
    again = World(world.net, 7, restored=[outage], start=world.now + 5)
    again.cut_cable("cb-1")
    again.run(60)
    assert again.opened == again.closed == []
    again.splice("cb-1")
    again.run(120)
    assert [one.id for _, one in again.closed] == ["cable:cb-1"]


def test_a_cable_that_was_repaired_while_nobody_looked_does_not_last():
    world = World(Topology(inventory(stood_in())))
    world.run(10)
    world.cut_cable("cb-1")
    world.run(30)
    again = World(world.net, 7, restored=world.last.state.outages, start=world.now + 5)
    again.run(120)
    assert [one.id for _, one in again.closed] == ["cable:cb-1"]


def test_a_cable_between_living_ends_lasts_over_a_restart_until_its_links_work():
    world = World(Topology(inventory(network())))
    world.run(10)
    cut = {f"rt-{i}--ag-1" for i in range(3)}
    polls(world, cut)
    assert world.warnings() == ["cable:cb-1"]
    again = World(world.net, 7, restored=world.last.state.outages, start=world.now + 5)
    polls(again, cut, 4)
    assert again.opened == again.closed == []
    polls(again, set(), 3)
    assert [one.id for _, one in again.closed] == ["cable:cb-1"]


def test_a_device_that_can_only_speak_is_unknown_as_soon_as_the_broker_is_gone():
    rows = [
        device("sw-dc1", role=Role.SWITCH, site="dc-1"),
        device("rt-1", ["sw-dc1"]),
        device("vc-1", ["rt-1"], role=Role.ENDPOINT, site="s-vc", snmp=False, mqtt=True),
    ]
    world = World(Topology(inventory(rows)), telemetry=True)
    world.run(30)
    assert (world.state("vc-1"), world.site("s-vc")) == (State.UP, State.UP)
    world.judge.broker(world.now, connected=False)
    world._events = [event for event in world._events if "speak" not in event[2].__qualname__]
    changed: set[str] = set()
    for _ in range(30):
        changed |= set(world.run(0.1).changed)
    assert world.state("vc-1") is State.UNKNOWN
    assert world.site("s-vc") is State.UNKNOWN
    assert changed == {"vc-1"}
    assert replace(world.verdict("vc-1"), since=0.0).answered is None
