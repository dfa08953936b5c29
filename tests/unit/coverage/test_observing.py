"""The service's looks at the ways out: what they count, what they do not, and what is on disk after a day and a restart."""

import asyncio
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import cast

import pytest

from citynoc.clock import Clock
from citynoc.judging import Judging
from citynoc.observing import Observing
from collector.coverage.diary import FILE, read
from collector.coverage.links import Tally
from collector.coverage.uplinks import Uplinks
from collector.outages.state import CityState, State
from tests.unit.exporters.city import NOW, SITE, inventory

LINK = "rt-00115--core-1"
DAY = 86400


@dataclass
class Hands(Clock):
    """A clock that stands until it is moved."""

    at: float = 0.0

    def steady(self) -> float:
        return self.at

    def unix(self) -> float:
        return NOW + self.at


class World:
    """One commune whose link works, looked at through time."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.path = path
        self.clock = Hands()
        self.steps: list[float] = []
        self.state = CityState(
            NOW,
            sites=MappingProxyType({SITE: State.UP}),
            links=MappingProxyType({LINK: True}),
        )
        monkeypatch.setattr(asyncio, "sleep", self._sleep)

    async def _sleep(self, _: float) -> None:
        if not self.steps:
            raise asyncio.CancelledError
        self.clock.at += self.steps.pop(0)

    def look(self, *steps: float) -> None:
        """Run until all steps are over."""
        self.steps = list(steps)
        uplinks = Uplinks(inventory())
        uplinks.speed(LINK, 1000, until=1e9)
        judging = cast("Judging", SimpleNamespace(state=self.state, uplinks={}))
        looking = Observing(uplinks, judging, inventory(), self.path, self.clock)
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(looking.run())

    def seen(self, first: date, last: date) -> Tally:
        return read(self.path, first, last).get(SITE, Tally())


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(tmp_path / FILE, monkeypatch)


TODAY = date(2026, 9, 21)
"""The day of NOW in Hanoi."""


def test_looks_count_for_the_time_between_them_but_not_for_a_pause(world: World):
    world.look(5.0, 5.0, 5.0)
    assert world.seen(TODAY, TODAY) == Tally(Counter({1000: 15}), Counter({0: 15}))
    world.look(5.0, 600.0, 5.0)  # a restart the same day goes on; for ten minutes nobody looked
    assert world.seen(TODAY, TODAY).capacity == {1000: 25}


def test_what_is_cut_off_is_not_counted_as_bad_once_more(world: World):
    world.state = replace(world.state, sites=MappingProxyType({SITE: State.DOWN}))
    world.look(5.0, 5.0)
    assert world.seen(TODAY, TODAY) == Tally()


def test_midnight_in_the_city_begins_another_day(world: World):
    left = DAY - (NOW + 7 * 3600) % DAY
    world.clock.at = left - 8.0
    world.look(5.0, 5.0, 5.0)
    tomorrow = date(2026, 9, 22)
    assert world.seen(TODAY, TODAY).capacity == {1000: 5}
    assert world.seen(tomorrow, tomorrow).capacity == {1000: 10}


def test_a_file_that_cannot_be_written_costs_nothing_but_what_it_would_hold(world: World):
    world.path = world.path.parent / "nowhere" / FILE
    world.look(5.0, 5.0)
    assert not world.path.exists()
    world.path.parent.mkdir()
    world.look(5.0)
    assert world.seen(TODAY, TODAY).capacity == {1000: 5}
