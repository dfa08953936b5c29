"""What citynoc's own measurements say of each commune: the links of their offices, now or over a window of days. Pure.

Each quality that a target asks for has a share of the known time in which it held; now it holds or not. A commune counts
when each holds for long enough, fails as soon as one does not, and is unknown as long as one that is asked for is.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from collector.coverage.admin_map import CommuneCode
from collector.coverage.target import LinkRule, Quality
from collector.model import SiteCode
from collector.outages.history import Availability
from collector.outages.state import CityState, State, Uplink

LINK_WORKS = frozenset({State.UP, State.AGENT_DOWN})
LINK_FAILS = frozenset({State.UNREACHABLE, State.DOWN})
NOW = "now"
DAY = 86400
DELAYS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000)
"""Milliseconds that a delay is rounded up to when it is counted: rounding down would flatter."""
SLOWER = 1_000_000
"""Stands for a delay beyond the last of them."""

Shares = Mapping[Quality, Fraction]
"""For which share of the time in which it was known each quality held; an unknown one is absent."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What citynoc saw of the communes' links, against one rule."""

    rule: LinkRule
    period: str
    """`now`, or the first and last day of the window, as 2025-06-01/2025-06-30."""
    shares: Mapping[CommuneCode, Shares]
    links: Mapping[CommuneCode, bool]
    """Whether the link is as it was asked for; unknown ones are absent."""

    @classmethod
    def of(cls, rule: LinkRule, period: str, shares: Mapping[CommuneCode, Shares]) -> "Measured":
        """The verdict on each commune."""
        links = {}
        for commune, seen in shares.items():
            if any(share < rule.availability for share in seen.values()):
                links[commune] = False
            elif len(seen) == len(rule.asked):
                links[commune] = True
        return cls(rule, period, MappingProxyType(shares), MappingProxyType(links))

    def fails(self, commune: CommuneCode) -> tuple[Quality, ...]:
        """What of the commune's link is known not to be as asked."""
        return tuple(
            quality
            for quality, share in self.shares.get(commune, {}).items()
            if share < self.rule.availability
        )

    def lacking(self) -> Iterable[tuple[Quality, int]]:
        """How many communes' links lack each thing that is asked for; a link may lack several."""
        for quality in self.rule.asked:
            yield (
                quality,
                sum(seen.get(quality, 1) < self.rule.availability for seen in self.shares.values()),
            )


Sight = Callable[[LinkRule], Measured]
"""What is seen, as a rule looks at it."""


@dataclass(slots=True)
class Tally:
    """Seconds in which something was known of a site's way out, by what it was."""

    capacity: Counter[int] = field(default_factory=Counter)
    """By Mbit/s."""
    backup: Counter[int] = field(default_factory=Counter)
    """By 1 for a working second uplink, 0 for none."""
    delay: Counter[int] = field(default_factory=Counter)
    """By milliseconds, rounded up to one of `DELAYS`."""

    def add(self, seen: Uplink, seconds: int) -> None:
        """Count some seconds in which the way out was so."""
        if seen.capacity is not None:
            self.capacity[seen.capacity] += seconds
        if seen.backup is not None:
            self.backup[int(seen.backup)] += seconds
        if seen.delay is not None:
            self.delay[rounded_up(seen.delay)] += seconds

    def plus(self, other: "Tally") -> None:
        """Count another's seconds too."""
        self.capacity.update(other.capacity)
        self.backup.update(other.backup)
        self.delay.update(other.delay)

    def __bool__(self) -> bool:
        return bool(self.capacity or self.backup or self.delay)


def rounded_up(delay: float) -> int:
    """Seconds as the milliseconds that they are counted under."""
    return next((bound for bound in DELAYS if delay * 1000 <= bound), SLOWER)


def links_now(state: CityState, sites: Mapping[CommuneCode, SiteCode], rule: LinkRule) -> Measured:
    """Communes by whether their office's link is now as the rule asks. `sites` gives each commune's site."""
    yes, no = Fraction(1), Fraction(0)
    asked = rule.asked
    found: dict[CommuneCode, Shares] = {}
    for commune, site in sites.items():
        reached = state.sites.get(site)
        if reached in LINK_FAILS:
            found[commune] = {Quality.AVAILABILITY: no}
        elif reached in LINK_WORKS:
            seen = {Quality.AVAILABILITY: yes}
            uplink = state.uplinks.get(site)
            if uplink is not None and len(asked) > 1:
                for quality, holds in _holds(rule, uplink):
                    seen[quality] = yes if holds else no
            found[commune] = seen
    return Measured.of(rule, NOW, found)


def _holds(rule: LinkRule, uplink: Uplink) -> Iterable[tuple[Quality, bool]]:
    """What is asked of the way out and known."""
    if rule.capacity is not None and uplink.capacity is not None:
        yield Quality.CAPACITY, uplink.capacity >= rule.capacity
    if rule.backup and uplink.backup is not None:
        yield Quality.BACKUP, uplink.backup
    if rule.latency is not None and uplink.delay is not None:
        yield Quality.LATENCY, uplink.delay * 1000 <= rule.latency


def links_over(
    reached: Mapping[SiteCode, Availability],
    tallies: Mapping[SiteCode, Tally],
    sites: Mapping[CommuneCode, SiteCode],
    rule: LinkRule,
    period: str,
) -> Measured:
    """Communes by whether their office's link was as the rule asks for long enough of the window that both are of."""
    least = rule.known * rule.window * DAY
    found: dict[CommuneCode, Shares] = {}
    for commune, site in sites.items():
        up = reached.get(site, Availability())
        seen = {
            quality: Fraction(good) / Fraction(known)
            for quality, good, known in (
                # In seconds, not by `up.ratio`: 99 of 100 is 0.99, and the nearest float is a little less.
                (Quality.AVAILABILITY, up.up, up.up + up.down),
                *_held(rule, tallies.get(site, Tally())),
            )
            if known > 0 and Fraction(known) >= least
        }
        if seen:
            found[commune] = seen
    return Measured.of(rule, period, found)


def _held(rule: LinkRule, tally: Tally) -> Iterable[tuple[Quality, int, int]]:
    """What is asked of the way out: seconds in which it held, and in which it was known."""
    if (wanted := rule.capacity) is not None:
        good = sum(seconds for mbps, seconds in tally.capacity.items() if mbps >= wanted)
        yield Quality.CAPACITY, good, tally.capacity.total()
    if rule.backup:
        yield Quality.BACKUP, tally.backup[1], tally.backup.total()
    if (limit := rule.latency) is not None:
        good = sum(seconds for bound, seconds in tally.delay.items() if bound <= limit)
        yield Quality.LATENCY, good, tally.delay.total()
