import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citynoc.simulator import ber, telemetry
from citynoc.simulator.machine import Machine, Port
from citynoc.simulator.network import Fault, FaultKind
from citynoc.simulator.traffic import Traffic
from citynoc.simulator.world import Congestion, World
from collector.model import DeviceName
from tests.unit.simulator import small_city

START = small_city.MIDNIGHT
DAY = 86400.0
ROOT = Path(__file__).parents[3]


TRAFFIC = {seed: Traffic(seed, START, "Asia/Ho_Chi_Minh") for seed in (1, 2)}


def city(seed: int = 1, start: float = START) -> World:
    return World(small_city.inventory(), seed, start, TRAFFIC[seed])


def read_all(machine: Machine, now: float) -> dict[tuple[int, ...], bytes]:
    return {leaf.oid: leaf.read(machine, leaf.arg, now) for leaf in machine.shape.leaves}


def counters(machine: Machine, now: float) -> list[int]:
    levels = machine.levels(now)
    return [int(port.octets_in(levels, now)) for port in machine.ports] + [
        int(port.octets_out(levels, now)) for port in machine.ports
    ]


def test_the_same_seed_is_the_same_city_and_another_is_not():
    here, elsewhere = city(), city(seed=2)
    there = World(small_city.inventory(), 1, START)
    for name in here.machines:
        now = START + 1234.5
        assert read_all(here.machines[name], now) == read_all(there.machines[name], now)
    router = DeviceName("rt-00115")
    assert read_all(here.machines[router], START) != read_all(elsewhere.machines[router], START)


def test_a_simulator_that_starts_again_is_no_reboot_of_the_city():
    early, late = city(), city(start=START + 120)
    for name, machine in early.machines.items():
        assert late.machines[name].uptime(START + 300) == pytest.approx(machine.uptime(START + 300), abs=1)


events = st.lists(
    st.tuples(st.floats(0.01, 3 * DAY), st.sampled_from(["down", "up", "call", "quiet", "nothing"])),
    max_size=12,
)


@given(events, st.floats(0, 1e8), st.floats(0, 1e8))
@settings(deadline=None)
def test_counters_never_step_back_and_never_outrun_the_line(
    steps: list[tuple[float, str]], inward: float, outward: float
):
    port = Port(
        1, "ge0", "ge0", "", bytes(6), 10_000, wave_in=3, wave_out=5, scale_in=inward, scale_out=outward
    )
    extra, now, read = 240_000.0, START, TRAFFIC[1].at
    port.zero(read(now - 10 * DAY), now - 10 * DAY)
    last = (port.octets_in(read(now), now), port.octets_out(read(now), now))
    for wait, what in steps:
        now += wait
        levels = read(now)
        match what:
            case "down" | "up":
                port.turn(levels, now, up=what == "up")
            case "call" | "quiet":
                port.load(levels, now, extra * (what == "call"), extra * (what == "call"))
        here = (port.octets_in(levels, now), port.octets_out(levels, now))
        most = (wait * (inward + extra) + 10, wait * (outward + extra) + 10)
        assert all(
            int(old) <= int(new) <= old + more for old, new, more in zip(last, here, most, strict=True)
        )
        last = here


def test_a_routers_counters_move_through_cuts_and_calls():
    world = city()
    machine = world.machines[DeviceName("rt-00115")]
    fault = Fault(FaultKind.LINK, "rt-00115--ag-004-1")
    last = counters(machine, START)
    happenings: list[Callable[[float], None]] = [
        lambda now: world.change(now, broken=[fault]),
        lambda now: world.start_call("briefing", [DeviceName("vc-00115")], now),
        lambda now: world.change(now, mended=[fault]),
        lambda now: world.end_call("briefing", now),
    ]
    for number, happen in enumerate(happenings, 1):
        happen(START + number * 60)
        here = counters(machine, START + number * 60)
        assert all(old <= new for old, new in zip(last, here, strict=True))
        assert here != last
        last = here


def test_offices_are_busy_by_day_and_quiet_by_night():
    world = city()
    monday = 1_760_313_600.0  # 2025-10-13 00:00 UTC, 07:00 in Hanoi
    port = world.machines[DeviceName("rt-00115")].ports[0]

    def octets(since: float, seconds: float) -> float:
        read = world.machines[DeviceName("rt-00115")].levels
        return port.octets_in(read(since + seconds), 0) - port.octets_in(read(since), 0)

    morning, night = octets(monday + 2 * 3600, 3600), octets(monday + 19 * 3600, 3600)
    assert morning > 4 * night > 0


def test_both_ends_of_a_link_carry_the_same_traffic():
    world = city()
    child = next(p for p in world.machines[DeviceName("rt-00115")].ports if p.link == "rt-00115--ag-004-1")
    parent = next(p for p in world.machines[DeviceName("ag-004-1")].ports if p.link == "rt-00115--ag-004-1")
    levels = world.machines[DeviceName("rt-00115")].levels

    before, after = list(levels(START)), list(levels(START + 600))
    received = child.octets_in(after, START + 600) - child.octets_in(before, START)
    sent = parent.octets_out(after, START + 600) - parent.octets_out(before, START)
    assert received == pytest.approx(sent, rel=1e-6)


def test_a_cut_link_is_down_at_both_ends_and_its_counters_stand_still():
    world = city()
    world.change(START + 10, broken=[Fault(FaultKind.CABLE, "cb-00115")])
    for name, place in (("rt-00115", 0), ("ag-004-1", 2)):
        port = world.machines[DeviceName(name)].ports[place]
        assert not port.up
        levels = world.machines[DeviceName(name)].levels
        assert port.octets_in(levels(START + 20), START + 20) == port.octets_in(
            levels(START + 90), START + 90
        )
        assert world.machines[DeviceName(name)].ticks_at(port.changed) == world.machines[
            DeviceName(name)
        ].uptime(START + 10)


def test_a_dead_neighbour_takes_the_port_down():
    world = city()
    world.change(START, broken=[Fault(FaultKind.DEVICE, "ag-004-1")])
    ports = world.machines[DeviceName("rt-00115")].ports
    assert [port.up for port in ports[:2]] == [False, True]


def test_what_starts_again_counts_from_zero():
    world = city()
    machine = world.machines[DeviceName("rt-00115")]
    world.change(START, broken=[Fault(FaultKind.REBOOT, "rt-00115")])
    world.change(START + 60, mended=[Fault(FaultKind.REBOOT, "rt-00115")])
    assert machine.uptime(START + 61.5) == 150
    assert all(count < 20 for count in counters(machine, START + 60))
    assert machine.ticks_at(machine.ports[0].changed) == 0


def test_an_agent_that_starts_again_loses_its_uptime_and_keeps_its_counters():
    world = city()
    machine = world.machines[DeviceName("rt-00115")]
    before = counters(machine, START)
    world.change(START, broken=[Fault(FaultKind.AGENT, "rt-00115")])
    world.change(START + 60, mended=[Fault(FaultKind.AGENT, "rt-00115")])
    assert machine.uptime(START + 61) == 100
    assert counters(machine, START + 61) >= before


def test_port_names_are_those_of_the_inventory():
    world = city()
    ports = world.machines[DeviceName("rt-00115")].ports
    assert [(port.name, port.link) for port in ports[:3]] == [
        ("ether1", "rt-00115--ag-004-1"),
        ("ether2", "rt-00115--ag-004-2"),
        ("ether3", "vc-00115--rt-00115"),
    ]
    for machine in world.machines.values():
        names = [port.name for port in machine.ports]
        assert len(set(names)) == len(names)
        assert len({port.index for port in machine.ports}) == len(names)


def test_a_call_follows_the_network():
    world = city()
    who = [DeviceName("vc-00115"), DeviceName("vc-00118")]
    world.change(START, broken=[Fault(FaultKind.DEVICE, "rt-00118")])
    world.start_call("briefing", who, START)
    here, there = (world.machines[name] for name in who)
    assert here.call is not None
    assert there.call is None
    world.change(START + 5, mended=[Fault(FaultKind.DEVICE, "rt-00118")])
    assert there.call is not None
    world.change(START + 9, broken=[Fault(FaultKind.ISOLATED, "rt-00115")])
    assert here.call is None
    world.end_call("briefing", START + 20)
    assert there.call is None


def test_a_collector_that_is_cut_off_ends_no_call():
    world = city()
    world.start_call("briefing", [DeviceName("vc-00115")], START)
    world.change(START, broken=[Fault(FaultKind.VANTAGE)])
    assert world.network.reached == frozenset()
    assert world.machines[DeviceName("vc-00115")].call is not None


def test_congestion_is_felt_only_along_the_path():
    world = city()
    near, far = world.machines[DeviceName("vc-00115")], world.machines[DeviceName("vc-00118")]
    world.congested["rt-00115--ag-004-1"] = Congestion(0.1, 40.0, 60.0)
    assert world.quality(near, START).rx_loss > 0.05
    assert world.quality(far, START).rx_loss < 0.001
    world.change(START, broken=[Fault(FaultKind.LINK, "rt-00115--ag-004-1")])
    assert world.quality(near, START).rx_loss < 0.001


def test_every_value_of_every_machine_is_well_formed():
    world = city()
    world.start_call("briefing", [machine.device.name for machine in world.endpoints()], START)
    for machine in world.machines.values():
        for now in (START, START + DAY):
            for value in read_all(machine, now).values():
                start, end = ber._content(value, 0, len(value), value[0])
                assert end == len(value)
                assert end > start or value[0] == ber.OCTET_STRING


def test_telemetry_has_every_field_that_the_native_convention_names():
    world = city()
    endpoint = world.machines[DeviceName("vc-00115")]
    documented = set(
        re.findall(r"^\| (`.+?`) \|", (ROOT / "docs" / "mqtt.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    names = {name for row in documented for name in re.findall(r"`(\w+)`", row)}
    idle = json.loads(telemetry.payload(world, endpoint, START))["fields"]
    world.start_call("briefing", [endpoint.device.name], START)
    in_call = json.loads(telemetry.payload(world, endpoint, START))["fields"]
    assert set(in_call) <= names
    assert set(idle) < set(in_call)
    assert "rx_loss_ratio" in set(in_call) - set(idle)
