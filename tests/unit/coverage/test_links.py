"""What is measured: each quality for its share of the known time, three answers, and nothing guessed."""

from collections import Counter
from fractions import Fraction
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.coverage.links import DELAYS, SLOWER, Measured, Tally, links_now, links_over, rounded_up
from collector.coverage.target import LinkRule, Quality
from collector.model import SiteCode
from collector.outages.history import Availability
from collector.outages.state import CityState, State, Uplink

SITE = SiteCode("s")
SITES = {"00001": SITE}
DAY = 86400
EVERYTHING = LinkRule(window=10, capacity=100, backup=True, latency=50)


def now(state: State, uplink: Uplink | None, rule: LinkRule = EVERYTHING) -> Measured:
    uplinks = {} if uplink is None else {SITE: uplink}
    seen = CityState(0.0, sites=MappingProxyType({SITE: state}), uplinks=MappingProxyType(uplinks))
    return links_now(seen, SITES, rule)


@pytest.mark.parametrize(
    ("state", "uplink", "works", "fails"),
    [
        (State.UP, Uplink(100, True, 0.050), True, ()),
        (State.AGENT_DOWN, Uplink(1000, True, 0.001), True, ()),
        (State.UP, Uplink(99, True, 0.050), False, (Quality.CAPACITY,)),
        (State.UP, Uplink(10, False, 0.051), False, (Quality.CAPACITY, Quality.BACKUP, Quality.LATENCY)),
        # One thing that is known to be wrong is enough, whatever else is not known.
        (State.UP, Uplink(None, False, None), False, (Quality.BACKUP,)),
        # What is not known is not guessed, neither way.
        (State.UP, Uplink(100, True, None), None, ()),
        (State.UP, Uplink(None, None, None), None, ()),
        (State.UP, None, None, ()),
        (State.DOWN, Uplink(100, True, 0.01), False, (Quality.AVAILABILITY,)),
        (State.UNREACHABLE, None, False, (Quality.AVAILABILITY,)),
        (State.UNKNOWN, Uplink(100, True, 0.01), None, ()),
        (State.MAINTENANCE, Uplink(100, True, 0.01), None, ()),
    ],
)
def test_a_link_now(state: State, uplink: Uplink | None, works: object, fails: tuple[Quality, ...]):
    found = now(state, uplink)
    assert found.links.get("00001") is works
    assert found.fails("00001") == fails
    assert dict(found.lacking()) == {quality: int(quality in fails) for quality in EVERYTHING.asked}


def test_what_is_not_asked_for_is_not_looked_at():
    assert now(State.UP, Uplink(1, False, 9.0), LinkRule()).links == {"00001": True}
    assert now(State.UP, None, LinkRule()).links == {"00001": True}


def over(up: Availability, tally: Tally, rule: LinkRule = EVERYTHING) -> Measured:
    return links_over({SITE: up}, {SITE: tally}, SITES, rule, "2025-06-21/2025-06-30")


def good(seconds: int = 10 * DAY) -> Tally:
    return Tally(Counter({1000: seconds}), Counter({1: seconds}), Counter({50: seconds}))


def test_a_window_of_good_days_counts():
    assert over(Availability(up=10 * DAY), good()).links == {"00001": True}


@pytest.mark.parametrize(
    ("up", "down", "works"),
    [(99, 1, True), (98.9, 1.1, False), (0, 100, False)],
)
def test_the_asked_share_of_the_known_time_is_enough_exactly(up: float, down: float, works: object):
    # 99 of 100 is 0.99, and the nearest float is a little less: in seconds it is exact.
    rule = LinkRule(window=1, known=Fraction(0))
    found = over(Availability(up=up, down=down, unknown=500, maintenance=900), Tally(), rule)
    assert found.links == {"00001": works}
    assert found.period == "2025-06-21/2025-06-30"


def test_what_was_hardly_watched_is_unknown_and_never_covered():
    half = Availability(up=5 * DAY, unknown=5 * DAY)
    assert over(half, good()).links == {"00001": True}
    assert over(Availability(up=5 * DAY - 1, unknown=5 * DAY + 1), good()).links == {}
    assert over(half, good(5 * DAY - 1)).links == {}
    assert over(half, good(1), LinkRule(window=10, known=Fraction(0), capacity=100)).links == {"00001": True}
    assert over(half, Tally(), LinkRule(window=10, known=Fraction(0), capacity=100)).links == {}
    assert links_over({}, {}, SITES, LinkRule(known=Fraction(0)), "x").links == {}


def test_each_quality_has_its_own_share():
    tally = Tally(
        Counter({100: 99 * DAY, 10: DAY}),
        Counter({1: 98 * DAY, 0: 2 * DAY}),
        Counter({20: 50 * DAY, 70: 50 * DAY}),
    )
    found = over(
        Availability(up=100 * DAY), tally, LinkRule(window=100, capacity=100, backup=True, latency=60)
    )
    assert found.shares["00001"] == {
        Quality.AVAILABILITY: 1,
        Quality.CAPACITY: Fraction(99, 100),
        Quality.BACKUP: Fraction(98, 100),
        Quality.LATENCY: Fraction(1, 2),
    }
    assert found.fails("00001") == (Quality.BACKUP, Quality.LATENCY)


@given(st.floats(0, 10))
def test_a_delay_is_never_rounded_down(delay: float):
    bound = rounded_up(delay)
    assert bound in (*DELAYS, SLOWER)
    assert bound >= delay * 1000


def test_seconds_of_a_day_add_up():
    one, other = Tally(), Tally()
    one.add(Uplink(100, True, 0.004), 5)
    one.add(Uplink(None, None, None), 5)
    other.add(Uplink(100, False, 2.0), 7)
    one.plus(other)
    assert one == Tally(Counter({100: 12}), Counter({1: 5, 0: 7}), Counter({5: 5, SLOWER: 7}))
    assert not Tally()
