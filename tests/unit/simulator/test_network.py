from dataclasses import replace
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from citynoc.simulator.network import Fault, FaultKind, Network
from collector.model import Device, DeviceName, Inventory, Role
from tests.unit.simulator import small_city


@st.composite
def cities(draw: st.DrawFn) -> Inventory:
    """Graphs of up to nine devices behind one first hop, loops included, with any, all or k of n."""
    size = draw(st.integers(1, 9))
    names = ["sw-dc1", *(f"d{number}" for number in range(size))]
    devices: list[Device] = [small_city.device("sw-dc1", "dc-1", Role.SWITCH, "127.77.0.1", "h3c-comware")]
    for number in range(size):
        parents = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
        parents = [name for name in parents if name != f"d{number}"] or ["sw-dc1"]
        cable = draw(st.sampled_from([None, "cb-1", "cb-2"]))
        needs = draw(st.integers(1, len(parents)))
        site = draw(st.sampled_from(["s1", "s2", "s3"]))
        address = f"127.77.1.{number + 1}"
        devices.append(
            small_city.device(
                f"d{number}", site, Role.ROUTER, address, "if-mib", *parents, needs=needs, cable=cable
            )
        )
    return small_city.inventory(devices)


def faults_of(city: Inventory) -> list[Fault]:
    links = [link for device in city.devices.values() for link in device.uplinks]
    return [
        Fault(FaultKind.VANTAGE),
        *(Fault(FaultKind.LINK, link.name) for link in links),
        *(Fault(FaultKind.CABLE, link.cable) for link in links if link.cable),
        *(
            Fault(kind, name)
            for name in city.devices
            for kind in (FaultKind.DEVICE, FaultKind.ISOLATED, FaultKind.AGENT)
        ),
        *(Fault(FaultKind.POWER, site) for site in city.sites),
    ]


def dead(city: Inventory, faults: frozenset[Fault], name: DeviceName) -> bool:
    return (
        Fault(FaultKind.DEVICE, name) in faults or Fault(FaultKind.POWER, city.devices[name].site) in faults
    )


def by_brute_force(city: Inventory, faults: frozenset[Fault], name: DeviceName) -> bool:
    """Whether a proof of at most as many steps as there are devices shows that it is reached."""

    @cache
    def shown(name: DeviceName, steps: int) -> bool:
        if dead(city, faults, name) or Fault(FaultKind.VANTAGE) in faults:
            return False
        if name in city.city.vantage.first_hop:
            return True
        if steps == 0 or Fault(FaultKind.ISOLATED, name) in faults:
            return False
        device = city.devices[name]
        ways = sum(
            Fault(FaultKind.LINK, link.name) not in faults
            and Fault(FaultKind.CABLE, link.cable or "") not in faults
            and shown(link.parent, steps - 1)
            for link in device.uplinks
        )
        return ways >= device.needs

    return shown(name, len(city.devices))


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_what_is_reached_is_what_brute_force_finds(data: st.DataObject):
    city = data.draw(cities())
    chosen = frozenset(data.draw(st.lists(st.sampled_from(faults_of(city)), max_size=5)))
    network = Network(city)
    network.change(0.0, broken=chosen)
    for name in city.devices:
        assert (name in network.reached) == by_brute_force(city, chosen, name)
        agent = name in network.reached and Fault(FaultKind.AGENT, name) not in chosen
        assert network.agent_answers(name) == agent


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_mending_everything_brings_everything_back(data: st.DataObject):
    city = data.draw(cities())
    chosen = data.draw(st.lists(st.sampled_from(faults_of(city)), max_size=5))
    fresh, used = Network(city), Network(city)
    for fault in chosen:
        used.change(0.0, broken=[fault])
    used.change(1.0, mended=chosen)
    assert used.reached == fresh.reached
    assert used.faults == {}


def test_the_active_path_goes_around_a_cut():
    network = Network(small_city.inventory())
    assert network.path(DeviceName("vc-00115"))[2:5] == ["rt-00115", "rt-00115--ag-004-1", "ag-004-1"]
    network.change(0.0, broken=[Fault(FaultKind.LINK, "rt-00115--ag-004-1")])
    assert network.path(DeviceName("vc-00115"))[2:5] == ["rt-00115", "rt-00115--ag-004-2", "ag-004-2"]


def test_a_site_is_reached_through_its_switch_before_anything_else():
    network = Network(small_city.inventory())
    site = network.inventory.devices[DeviceName("core-2")].site
    assert network.site_reached(site)
    network.change(0.0, broken=[Fault(FaultKind.DEVICE, "sw-dc2")])
    assert not network.site_reached(site)
    assert DeviceName("core-2") in network.reached


def test_a_device_without_uplinks_stands_beside_the_first_hop():
    lonely = replace(small_city.devices()[7], uplinks=())
    network = Network(small_city.inventory([small_city.devices()[0], lonely]))
    assert lonely.name in network.reached
