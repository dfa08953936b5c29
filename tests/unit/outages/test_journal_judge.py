"""Judge and journal together: what a killed and restarted service shows."""

import asyncio
from pathlib import Path

from collector.outages.journal import Journal
from collector.outages.topology import Topology
from tests.unit.outages.city import hanoi
from tests.unit.outages.world import World

NET = Topology(hanoi(2, 12))


def test_a_restart_shows_the_same_outages_and_ends_them_once(tmp_path: Path):
    path = tmp_path / "journal.sqlite"

    async def life(kill: tuple[str, ...], start: float, seed: int) -> World:
        async with Journal(path, lambda: start) as journal:
            world = World(NET, seed, start=start, restored=journal.open_outages)
            world.kill(*kill)
            for _ in range(400):
                verdicts = world.run(0.1)
                if verdicts.news:
                    await journal.record(verdicts)
                    assert not journal.behind
            return world

    broken = ("ag-001-1", "ag-001-2", "rt-00001")
    first = asyncio.run(life(broken, 1_000_000.0, 1))
    assert len(first.opened) == 2
    second = asyncio.run(life(broken, 1_000_050.0, 2))
    assert second.opened == second.closed == []
    assert second.last.state.outages == first.last.state.outages
    third = asyncio.run(life((), 1_000_100.0, 3))
    assert third.opened == []
    assert {outage.id for _, outage in third.closed} == {outage.id for _, outage in first.opened}
    with_nothing_open = asyncio.run(life((), 1_000_200.0, 4))
    assert with_nothing_open.opened == with_nothing_open.closed == []
    assert all(outage.ended for outage in with_nothing_open.last.state.outages)
