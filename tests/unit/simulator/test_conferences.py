"""Who gets in, on which bridge, and what bridges and endpoints say of it over both protocols."""

import json

import pytest

from citynoc.simulator import actions, telemetry
from citynoc.simulator.director import Director
from citynoc.simulator.machine import Load, Machine
from citynoc.simulator.network import Fault, FaultKind
from citynoc.simulator.objects import bridge as dma
from citynoc.simulator.objects import endpoint as poly
from citynoc.simulator.world import Congestion, World
from collector.model import DeviceName, Role
from tests.unit.simulator.small_city import MIDNIGHT as START
from tests.unit.simulator.small_city import device, devices, inventory

WHO = [DeviceName(f"vc-{code}") for code in ("00115", "00118", "00121")]


@pytest.fixture
def world() -> World:
    bridges = [
        device("mcu-1", "dc-1", Role.BRIDGE, "127.77.0.5", "poly-dma", "sw-dc1"),
        device("mcu-2", "dc-2", Role.BRIDGE, "127.77.0.6", "poly-dma", "sw-dc2"),
    ]
    return World(inventory([*devices(), *bridges]), 1, START)


def loads(world: World) -> list[Load]:
    return [machine.load for machine in world.bridges()]


def calls(world: World) -> list[str | None]:
    """Each endpoint's bridge, None if it is in no call."""
    return [call.bridge if (call := world.machines[name].call) else None for name in WHO]


def number(machine: Machine, object_: tuple[int, ...], now: float = START) -> int:
    (leaf,) = [leaf for leaf in machine.shape.leaves if leaf.oid[:-1] == object_]
    return int.from_bytes(leaf.read(machine, leaf.arg, now)[2:])


def test_a_bridge_counts_what_is_on_it_and_says_so(world: World):
    assert loads(world) == [Load(0, 0, 3), Load()]
    world.start_call("briefing", WHO, START)
    assert calls(world) == ["mcu-1"] * 3
    assert loads(world) == [Load(3, 1, 3), Load()]
    one = world.machines[DeviceName("mcu-1")]
    assert number(one, (*dma.USAGE, 3)) == 1
    assert number(one, (*dma.USAGE, 5)) == 640
    assert number(one, (*dma.USAGE, 6)) == 3
    assert number(one, (*dma.REGISTRATIONS, 3)) == 3
    world.end_call("briefing", START + 9)
    assert loads(world) == [Load(0, 0, 3), Load()]


def test_the_next_bridge_carries_on_and_then_nobody_gets_in(world: World):
    one, two = world.bridges()
    world.seat(one, 1, START)
    world.seat(two, 1, START)
    world.start_call("briefing", WHO, START)
    assert calls(world) == ["mcu-1", "mcu-2", None]
    assert [load.conferences for load in loads(world)] == [1, 1]
    world.seat(two, 2, START + 5)
    assert calls(world) == ["mcu-1", "mcu-2", "mcu-2"]
    world.seat(one, 0, START + 6)  # who is on it stays
    assert calls(world) == ["mcu-1", "mcu-2", "mcu-2"]


def test_when_a_bridge_dies_its_calls_drop_and_dial_in_at_the_other(world: World):
    world.start_call("briefing", WHO, START)
    world.change(START + 5, broken=[Fault(FaultKind.DEVICE, "mcu-1")])
    assert calls(world) == ["mcu-2"] * 3
    assert loads(world)[1] == Load(3, 1, 3)
    call = world.machines[WHO[0]].call
    assert call is not None
    assert call.started == START + 5


def test_who_is_registered_nowhere_cannot_be_called(world: World):
    endpoint = world.machines[WHO[0]]
    for part in ("sip", "h323"):
        world.mark(endpoint, part, faulty=True)
    assert loads(world)[0].registered == 2
    world.start_call("briefing", WHO, START)
    assert calls(world) == [None, "mcu-1", "mcu-1"]
    world.mark(endpoint, "sip", faulty=False)
    world.change(START + 1)
    assert calls(world) == ["mcu-1"] * 3


def test_some_leave_and_the_others_go_on(world: World):
    world.start_call("briefing", WHO, START)
    world.end_call("briefing", START + 1, WHO[:1])
    world.change(START + 2)  # nobody who left dials in by itself
    assert calls(world) == [None, "mcu-1", "mcu-1"]
    assert loads(world)[0].used == 2
    world.end_call("briefing", START + 3, WHO)
    assert world.calls == {}


def test_they_join_one_after_another(world: World):
    director = Director(world)
    director.apply("call", actions.Call(start="briefing", over="30s"), START)
    assert loads(world)[0].used == 1
    director.advance(START + 10)
    assert loads(world)[0].used == 2
    director.advance(START + 20)
    assert loads(world)[0].used == 3
    director.apply("call", actions.Call(end="briefing", over="3s"), START + 60)
    director.advance(START + 62)
    assert world.calls == {}
    assert director.state(START + 62)["bridges"]["mcu-1"] == {
        "ports": 640,
        "used": 0,
        "conferences": 0,
        "registered": 3,
    }


def test_snmp_and_mqtt_say_the_same_of_a_call(world: World):
    world.start_call("briefing", WHO, START)
    world.congested["rt-00115--ag-004-1"] = Congestion(0.1, 40.0, 60.0)
    for name in WHO:
        machine = world.machines[name]
        fields = json.loads(telemetry.payload(world, machine, START))["fields"]
        entry = poly.CALL_ENTRY
        assert number(machine, (*entry, 16)) == round(fields["rx_loss_ratio"] * 100)
        assert number(machine, (*entry, 17)) == round(fields["tx_loss_ratio"] * 100)
        assert number(machine, (*entry, 20)) == round(fields["rx_jitter_ms"])
        assert number(machine, (*entry, 18)) == round(fields["latency_ms"])
        (picture,) = [leaf for leaf in machine.shape.leaves if leaf.oid[:-1] == (*entry, 42)]
        assert picture.read(machine, 0, START).endswith(f"x{fields['rx_height_px']}".encode())


def test_a_clock_that_is_wrong_shows_in_the_timestamps_and_is_repaired(world: World):
    director = Director(world)
    machine = world.machines[WHO[0]]
    director.apply("clock", actions.SetClock(device="vc-00115", behind="90s"), START)
    assert json.loads(telemetry.payload(world, machine, START))["timestamp"] == int(START - 90)
    director.apply("limit", actions.Limit(bridge="mcu-1", ports="7"), START)
    assert director.state(START)["clocks"] == {"vc-00115": -90.0}
    director.apply("repair", actions.Repair(all="true"), START)
    assert json.loads(telemetry.payload(world, machine, START))["timestamp"] == int(START)
    assert world.machines[DeviceName("mcu-1")].seats == 640
