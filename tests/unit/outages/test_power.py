"""A site that goes dark while its UPS runs on the battery has lost its power, and the outage says so."""

import sqlite3
from pathlib import Path

import pytest

from collector.model import DeviceName
from collector.outages.ledger import Entry, Ledger
from collector.outages.topology import Topology
from tests.unit.outages.city import hanoi
from tests.unit.outages.test_journal import OUTAGE
from tests.unit.outages.world import World

UPS = DeviceName("ups-dc2")


@pytest.fixture
def world() -> World:
    city = World(Topology(hanoi(2, 6)))
    city.run(10)
    return city


def said(world: World) -> dict[str, bool]:
    return {outage.id: outage.on_battery for outage in world.last.state.outages}


def test_a_dark_site_on_battery(world: World):
    world.judge.power(UPS, on_battery=True, at=world.now)
    world.run(60)
    world.fail("site", "dc-2")
    world.run(20)
    assert said(world) == {"site:dc-2": True}


@pytest.mark.parametrize(("on_battery", "before"), [(False, 60), (True, 600)])
def test_a_ups_on_the_mains_or_an_old_word_says_nothing(world: World, *, on_battery: bool, before: float):
    world.judge.power(UPS, on_battery=on_battery, at=world.now)
    world.run(before)
    world.fail("site", "dc-2")
    world.run(20)
    assert said(world) == {"site:dc-2": False}


def test_a_word_that_comes_later_and_is_kept(world: World):
    world.kill("core-2")
    world.run(20)
    assert said(world) == {"device:core-2": False}
    world.judge.power(UPS, on_battery=True, at=world.now)
    world.run(1)
    world.judge.power(UPS, on_battery=False, at=world.now)
    world.run(1)
    assert said(world) == {"device:core-2": True}


def test_another_site_is_not_meant(world: World):
    world.judge.power(UPS, on_battery=True, at=world.now)
    world.kill("rt-00001")
    world.run(20)
    assert said(world) == {"device:rt-00001": False}


def test_a_journal_of_an_earlier_version_is_taken_up(tmp_path: Path):
    path = tmp_path / "journal.sqlite"
    ledger = Ledger(path)
    ledger.write(Entry(outages={(OUTAGE.id, OUTAGE.started): OUTAGE}))
    ledger.close()
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE outage DROP COLUMN on_battery")
    db.close()
    ledger = Ledger(path)
    assert ledger.remembered(1002.0) == (OUTAGE,)
    ledger.close()
