"""Random storms of failures and repairs under loss: everything ends as it began, and nothing shown is out of date."""

import random

import pytest

from collector.outages.state import State
from collector.outages.topology import Topology
from collector.outages.view import Bench
from tests.unit.outages.city import hanoi
from tests.unit.outages.world import World

NET = Topology(hanoi(4, 48, per_cable=12))


def untold(world: World) -> tuple[int, ...]:
    """Devices whose shown verdict differs from what a fresh look at the same evidence says."""
    judge = world.judge
    bench = Bench(judge._hearing, judge._docket, judge._covered, judge._ignored)
    return judge._view.refresh(world.now, set(range(len(NET))), set(), bench)


@pytest.mark.parametrize("seed", range(4))
def test_a_storm_passes(seed: int):
    world = World(NET, seed, loss=0.02, telemetry=True)
    draw = random.Random(seed)  # noqa: S311 - a repeatable storm
    world.run(12)
    dead: list[str] = []
    for _ in range(20):
        if draw.random() < 0.6 or not dead:
            dead.append(draw.choice(NET.names))
            world.kill(dead[-1])
        else:
            world.revive(dead.pop(draw.randrange(len(dead))))
        world.run(draw.uniform(1, 12))
        assert untold(world) == ()
    for name in dead:
        world.revive(name)
    world.run(400)
    assert world.states() == {State.UP}
    assert all(outage.ended is not None for outage in world.last.state.outages)
    assert len(world.opened) == len(world.closed)
    assert len(world.pages()) == len(set(world.pages()))
