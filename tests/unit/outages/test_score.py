"""The scenarios that the product is judged by, in simulated time."""

import pytest

from collector.model import DeviceName, SiteCode
from collector.outages.state import Severity, State
from collector.outages.topology import Topology
from collector.outages.verdict import Context
from tests.unit.outages.city import hanoi
from tests.unit.outages.world import World


@pytest.fixture(scope="module")
def net() -> Topology:
    return Topology(hanoi(4, 48, per_cable=12))


@pytest.fixture
def world(net: Topology) -> World:
    city = World(net)
    city.run(12)
    assert city.states() == {State.UP}
    return city


def test_one_commune_cut(world: World):
    world.kill("rt-00005")
    cut = world.now
    last = world.run(12)
    assert world.pages() == ["device:rt-00005"]
    assert not world.warnings()
    assert world.opened[0][0] - cut < 5 + 0.7 + 3.5
    assert world.state("vc-00005") is State.UNREACHABLE
    assert world.site("00005") is State.DOWN
    assert last.state.outages[0].affected_sites == {"00005"}
    assert cut <= last.state.outages[0].started <= cut + 6
    world.revive("rt-00005")
    last = world.run(60)
    assert [outage.id for _, outage in world.closed] == ["device:rt-00005"]
    assert world.state("vc-00005") is State.UP
    assert world.pages() == ["device:rt-00005"]


def test_one_aggregation_router_is_a_warning(world: World):
    world.kill("ag-002-1")
    world.run(30)
    assert world.pages() == []
    assert world.warnings() == ["device:ag-002-1"]
    assert world.redundancy_lost("d-002")
    assert world.redundancy_lost("00001")
    assert world.site("d-002") is State.UP


def test_both_aggregation_routers(world: World):
    world.kill("ag-002-1", "ag-002-2")
    last = world.run(30)
    assert world.pages() == ["group:ag-002-1+ag-002-2"]
    assert not world.warnings()
    assert len(last.state.outages[0].affected_sites) == 13


def test_second_aggregation_router_a_minute_later(world: World):
    world.kill("ag-002-1")
    world.run(60)
    world.kill("ag-002-2")
    world.run(30)
    assert world.warnings() == ["device:ag-002-1"]
    assert world.pages() == ["device:ag-002-2"]


def test_one_core(world: World):
    world.kill("core-1")
    world.run(30)
    assert world.pages() == []
    assert world.warnings() == ["device:core-1"]


def test_both_cores(world: World):
    world.kill("core-1", "core-2")
    last = world.run(30)
    assert world.pages() == ["group:core-1+core-2"]
    assert not world.warnings()
    assert world.state("vc-00001") is State.UNREACHABLE
    assert not last.state.blind
    world.revive("core-1", "core-2")
    world.run(80)
    assert len(world.opened) == 1
    assert len(world.closed) == 1


def test_shared_cable(world: World):
    world.cut_cable("cb-001")
    last = world.run(30)
    assert world.pages() == ["cable:cb-001"]
    assert len(last.state.outages[0].affected_sites) == 12
    world.splice("cb-001")
    world.run(60)
    assert len(world.opened) == len(world.closed) == 1


def test_two_independent_causes(world: World):
    world.kill("rt-00001", "rt-00030")
    world.run(15)
    assert world.pages() == ["device:rt-00001", "device:rt-00030"]


def test_parent_fails_after_its_child(world: World):
    world.kill("rt-00001")
    world.run(60)
    world.kill("ag-002-1", "ag-002-2")
    world.run(30)
    assert world.pages() == ["device:rt-00001", "group:ag-002-1+ag-002-2"]
    world.revive("ag-002-1", "ag-002-2")
    world.run(90)
    assert len(world.opened) == 2
    assert [outage.id for _, outage in world.closed] == ["group:ag-002-1+ag-002-2"]
    assert world.state("rt-00001") is State.DOWN


def test_parent_repaired_before_child(world: World):
    world.kill("ag-002-1", "ag-002-2")
    world.run(20)
    world.kill("rt-00001")
    world.run(20)
    world.revive("ag-002-1", "ag-002-2")
    world.run(90)
    assert world.pages() == ["device:rt-00001", "group:ag-002-1+ag-002-2"]
    assert [outage.id for _, outage in world.closed] == ["group:ag-002-1+ag-002-2"]


@pytest.mark.parametrize("seed", range(6))
def test_who_emerges_from_a_shadow_by_anothers_answer_has_time_too(net: Topology, seed: int):
    """The bridge answers first and proves its switch alive; the UPS beside it has not been asked yet."""
    world = World(net, seed)
    world.run(12)
    world.fail("site", "dc-2")
    world.run(20)
    assert world.pages() == ["site:dc-2"]
    world.deafen("sw-dc2", "ups-dc2")
    world.revive(*(net.names[i] for i in net.at_site[SiteCode("dc-2")]))
    world.run(6)
    world.deaf.clear()
    world.run(60)
    assert [outage.id for _, outage in world.opened] == ["site:dc-2"]
    assert [outage.id for _, outage in world.closed] == ["site:dc-2"]


def test_who_emerges_from_a_shadow_and_stays_silent_is_told(world: World):
    world.fail("site", "dc-2")
    world.run(20)
    world.deafen("sw-dc2")
    world.revive("core-2", "sw-dc2", "gov-2", "mcu-2")
    world.run(30)
    assert world.warnings() == []
    world.run(15)
    assert world.warnings() == ["device:ups-dc2"]


def test_agent_dead_device_alive(world: World):
    world.deafen("rt-00001")
    world.run(30)
    assert world.opened == []
    assert world.state("rt-00001") is State.AGENT_DOWN
    assert world.state("vc-00001") is State.UP


def test_agent_of_an_endpoint_dead(net: Topology):
    world = World(net, telemetry=True)
    world.context = Context(watched=frozenset(n for n in net.names if n.startswith("vc-")))
    world.run(15)
    world.deafen("vc-00003")
    world.run(30)
    assert world.opened == []
    assert world.state("vc-00003") is State.AGENT_DOWN


def test_vantage_gone(world: World):
    world.kill("sw-dc1")
    last = world.run(30)
    assert world.opened == []
    assert last.state.blind
    assert world.states() == {State.UNKNOWN}
    world.revive("sw-dc1")
    last = world.run(30)
    assert not last.state.blind
    assert world.opened == []
    assert world.states() == {State.UP}


def test_endpoints_switched_off(world: World):
    world.kill(*(n for n in world.net.names if n.startswith("vc-")))
    world.run(30)
    assert world.opened == []
    assert world.state("vc-00001") is State.UNKNOWN
    assert world.verdict("vc-00001").answered is False


def test_flapping(world: World):
    for _ in range(20):
        world.kill("rt-00007")
        world.run(15)
        world.revive("rt-00007")
        world.run(15)
    assert world.pages() == ["device:rt-00007"]
    assert world.closed == []
    world.run(320)
    assert len(world.closed) == 1


def test_stopped_for_a_minute(world: World):
    for _ in range(5):
        world.run(3)
        world.sleep(60)
    world.run(30)
    assert world.opened == []


@pytest.mark.parametrize("seed", [1, 2])
def test_loss_blames_nobody(net: Topology, seed: int):
    world = World(net, seed, loss=0.05)
    world.run(120)
    assert world.opened == []


def test_a_reload_keeps_outages_and_states(world: World):
    world.kill("rt-00005", "ag-001-1")
    world.run(15)
    started = {outage.id: outage.started for outage in world.last.state.outages}
    world.judge.update(Topology(hanoi(4, 47, per_cable=12)), world.now)
    world.net = world.judge.topology
    world.kill("rt-00005", "ag-001-1")
    world.last = world.judge.round(world.now, world.context)
    assert State.UNKNOWN not in world.states()
    assert world.state("rt-00005") is State.DOWN
    assert world.state("rt-00006") is State.UP
    assert {outage.id: outage.started for outage in world.last.state.outages} == started
    assert world.last.closed == ()


def test_a_restart_goes_on_with_the_same_outages(world: World):
    world.kill("core-1", "core-2", "rt-00003")
    world.run(20)
    before = world.last.state.outages
    again = World(world.net, 7, restored=before, start=world.now + 5)
    again.kill("core-1", "core-2", "rt-00003")
    assert again.judge.round(again.now).state.outages == before
    last = again.run(40)
    assert again.opened == []
    assert again.closed == []
    assert [(o.id, o.started) for o in last.state.outages] == [(o.id, o.started) for o in before]
    again.revive("core-1", "core-2", "rt-00003")
    again.run(60)
    assert [o.id for _, o in again.closed] == [o.id for o in before]


def test_a_repair_while_nobody_looked(world: World):
    world.kill("rt-00003")
    world.run(20)
    again = World(world.net, 7, restored=world.last.state.outages, start=world.now + 5)
    again.run(60)
    assert again.opened == []
    assert [o.id for _, o in again.closed] == ["device:rt-00003"]


def test_maintenance(world: World):
    inside = frozenset(n for n in world.net.names if world.net.devices[world.net.index[n]].district == "002")
    world.context = Context(maintenance=inside)
    world.run(1)
    world.kill("ag-002-1", "ag-002-2", "rt-00000")
    world.run(30)
    assert world.pages() == ["device:rt-00000"]
    assert world.state("rt-00001") is State.MAINTENANCE
    assert world.state("rt-00004") is State.UP
    assert world.last.state.maintenance == inside
    world.context = Context()
    over = world.now
    world.run(30)
    assert world.pages() == ["device:rt-00000", "group:ag-002-1+ag-002-2"]
    assert world.opened[-1][1].started >= over


def test_an_endpoint_is_missed_when_its_meeting_begins(world: World):
    world.kill("vc-00003")
    world.run(20)
    assert world.opened == []
    world.context = Context(
        watched=frozenset({DeviceName("vc-00003")}), meeting_sites=frozenset({SiteCode("00003")})
    )
    began = world.now
    world.run(5)
    assert [one.id for _, one in world.opened] == ["device:vc-00003"]
    assert world.opened[0][1].started >= began
    assert world.severity() is Severity.NOTICE
    assert world.pages() == []


def test_a_meeting_raises_an_outage(world: World):
    world.kill("rt-00003")
    world.run(20)
    assert world.severity() is Severity.MAJOR
    world.context = Context(meeting_sites=frozenset({SiteCode("00003")}))
    world.run(1)
    assert world.severity() is Severity.CRITICAL
    world.context = Context()
    world.run(1)
    assert world.severity() is Severity.CRITICAL


def test_a_clock_that_is_set_back(world: World):
    world.judge.stalled(world.now - 3600)
    world.now -= 3600
    world._events = [(at - 3600, n, action) for at, n, action in world._events]
    world.run(10)
    assert world.opened == []
    world.kill("rt-00003")
    world.run(12)
    assert world.pages() == ["device:rt-00003"]


def test_acknowledged(world: World):
    world.kill("rt-00003")
    world.run(20)
    world.context = Context(acknowledged=frozenset({"device:rt-00003"}))
    last = world.run(1)
    assert last.state.outages[0].acknowledged


def test_a_restart_in_a_meeting_keeps_its_outage(world: World):
    meeting = Context(watched=frozenset({DeviceName("vc-00003")}))
    world.context = meeting
    world.kill("vc-00003")
    world.run(20)
    assert [one.id for _, one in world.opened] == ["device:vc-00003"]
    again = World(world.net, 7, restored=world.last.state.outages, start=world.now + 5)
    again.kill("vc-00003")
    assert again.judge.round(again.now).closed == ()
    again.context = meeting
    again.run(20)
    assert again.opened == again.closed == []
    again.context = Context()
    again.run(1)
    assert [outage.id for _, outage in again.closed] == ["device:vc-00003"]
