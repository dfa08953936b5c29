"""Plays outage scenarios with the real servers and prints one line each: `python -m tests.e2e.scores [NAME …]`.

Names are those of files in config/scenarios; none means all. `--random N --seed S` plays N random ones instead, each
with the expectation of a judge that shares no code with the product. Several cities play at once, `--lanes N`, each in
a network of its own. Exit code 1 if one went wrong, 2 if there is none of that name.
"""

import argparse
import asyncio
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from citynoc.clock import Clock
from citynoc.simulator import scenario
from collector.config import load
from tests.e2e import lanes
from tests.e2e.chance import batches, play_batch
from tests.e2e.city import ROOT, timeless_city
from tests.e2e.play import Score, play, play_at_once

SCENARIOS = ROOT / "config" / "scenarios"
LANES = 4
SOONER = 90.0
"""Seconds that a scenario takes at least; a longer one begins before shorter ones."""


async def scores_at_once(paths: list[Path]) -> list[Score]:
    """Play these at the same time in one city: they have nothing to do with one another."""
    async with timeless_city() as stack:
        return [told(score) for score in await play_at_once(stack, paths, Clock().unix)]


def told(score: Score) -> Score:
    """Print what came of a scenario."""
    print(score, flush=True)
    for fault in score.faults:
        print(f"  {score.name}: {fault}", file=sys.stderr)
    return score


async def spread(work: list[str], options: argparse.Namespace) -> list[Score]:
    """Play the work in as many cities as are allowed, the longest first."""
    apart = lanes.namespace()
    count = min(options.lanes, len(work)) if apart else 1
    if not apart and options.lanes > 1:
        print("no network namespaces here: one city, one scenario after the other", file=sys.stderr)
    command = [*apart, sys.executable, "-m", "tests.e2e.scores", "--lane", "--seed", str(options.seed)]
    command += ["--random", str(options.random)] if options.random else []
    command += ["--apart"] if apart else []
    played: list[Score] = []

    def take(_piece: str, answer: str) -> None:
        rows = json.loads(answer)
        played.extend(told(Score(**{**row, "faults": tuple(row["faults"])})) for row in rows)

    await lanes.spread(work, [command] * count, take)
    return played


async def lane(options: argparse.Namespace) -> None:
    """One of several cities: plays the names that it reads."""
    if options.apart:
        lanes.raise_loopback()
    clock = Clock()
    async with timeless_city() as stack:
        draws = batches(stack.inventory, options.seed, options.random)

        async def piece(name: str) -> str:
            if name.isdigit():
                found = await play_batch(stack, draws[int(name)], clock.unix)
            else:
                found = [await play(stack, SCENARIOS / f"{name}.yml", clock.unix)]
            return json.dumps([asdict(score) for score in found])

        await lanes.answer(piece)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--random", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lanes", type=int, default=LANES)
    parser.add_argument("--lane", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--apart", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.lane:
        asyncio.run(lane(options))
        return 0
    there = {path.stem: path for path in sorted(SCENARIOS.glob("*.yml"))}
    if unknown := sorted(set(options.names) - set(there)):
        print(f"no scenario {', '.join(unknown)}; there are: {', '.join(there)}", file=sys.stderr)
        return 2
    began = time.monotonic()
    inventory = load(ROOT / "config", {}, need_secrets=False).inventory
    if options.random:
        work = [str(number) for number in range(len(batches(inventory, options.seed, options.random)))]
    else:
        length = {name: scenario.load(there[name], inventory).duration for name in options.names or there}
        work = sorted(length, key=lambda name: (-max(length[name], SOONER), name))
    played = asyncio.run(spread(work, options))
    wrong = sum(bool(score.faults) for score in played)
    print(f"{len(played)} scenarios, {wrong} wrong, in {time.monotonic() - began:.0f} s", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
