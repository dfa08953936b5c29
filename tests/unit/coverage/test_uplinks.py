"""The ways out of a site: what is the fastest, whether there is a second one, how long an answer takes."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from collector.coverage.uplinks import ANSWERS, Uplinks
from collector.model import DeviceName, Link
from collector.outages.state import CityState, Uplink
from tests.unit.exporters.city import NOW, ROUTER, SITE, inventory

FIRST, SECOND = "rt-00115--core-1", "rt-00115--core-2"


def seen(uplinks: Uplinks, links: dict[str, bool], now: float = 100.0) -> Uplink:
    found = uplinks.seen(CityState(NOW, links=MappingProxyType(links)), now)
    assert set(found) == {SITE}, "only communes, and only ways that lead out of the site"
    return found[SITE]


def two(cable: str = "cb-13") -> Uplinks:
    city = inventory()
    router = city.devices[ROUTER]
    second = Link(SECOND, ROUTER, DeviceName("core-1"), "carrier-b", cable, "ether2")
    devices = {**city.devices, ROUTER: replace(router, uplinks=(*router.uplinks, second))}
    return Uplinks(replace(city, devices=MappingProxyType(devices)))


def test_nothing_is_known_before_anybody_answers():
    assert seen(two(), {}) == Uplink(None, None, None)


def test_the_fastest_way_that_works_counts_while_its_reading_is_new():
    uplinks = two()
    uplinks.speed(FIRST, 1000, until=130.0)
    uplinks.speed(SECOND, 100, until=200.0)
    assert seen(uplinks, {FIRST: True, SECOND: True}).capacity == 1000
    assert seen(uplinks, {FIRST: False, SECOND: True}).capacity == 100
    assert seen(uplinks, {FIRST: True}, now=131.0).capacity is None
    uplinks.speed(SECOND, 0, until=200.0)
    assert seen(uplinks, {FIRST: False, SECOND: True}).capacity is None, (
        "0 is what agents say that do not know"
    )


@pytest.mark.parametrize(
    ("links", "backup"),
    [
        ({FIRST: True, SECOND: True}, True),
        ({FIRST: True, SECOND: False}, False),
        ({FIRST: True}, None),
        ({}, None),
        ({FIRST: False, SECOND: False}, False),
        ({FIRST: False}, False),
    ],
)
def test_a_second_way_out(links: dict[str, bool], backup: object):
    assert seen(two(), links).backup is backup


def test_two_ways_in_one_cable_are_one():
    assert seen(two("cb-12"), {FIRST: True, SECOND: True}).backup is False


def test_a_site_with_one_way_out_has_no_second():
    assert seen(Uplinks(inventory()), {FIRST: True}).backup is False


def test_the_delay_is_the_median_of_the_last_answers_and_grows_old():
    uplinks = two()
    for number in range(ANSWERS):
        uplinks.answered(ROUTER, 99.0, 99.0 + (5.0 if number == 2 else 0.020))
    assert seen(uplinks, {}, now=100.0).delay == pytest.approx(0.020), "one answer that waited says nothing"
    assert seen(uplinks, {}, now=120.1).delay is None
    uplinks.answered(DeviceName("vc-00115"), 99.0, 99.5)
    uplinks.answered(DeviceName("nobody"), 99.0, 99.5)


def test_a_reload_keeps_what_stays_and_drops_what_left():
    uplinks = two()
    uplinks.speed(FIRST, 1000, until=500.0)
    uplinks.speed(SECOND, 100, until=500.0)
    uplinks.answered(ROUTER, 99.99, 100.0)
    uplinks.reconfigure(inventory())
    assert seen(uplinks, {FIRST: True, SECOND: True})[:2] == (1000, False)
    uplinks.reconfigure(replace(inventory(), devices=MappingProxyType({})))
    assert uplinks.seen(CityState(NOW), 100.0) == {}
