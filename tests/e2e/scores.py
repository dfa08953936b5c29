"""Plays outage scenarios with the real servers and prints one line each: `python -m tests.e2e.scores [NAME …]`.

Names are those of files in config/scenarios; none means all. Exit code 1 if one went wrong, 2 if there is none of
that name.
"""

import asyncio
import sys
from pathlib import Path

from citynoc.clock import Clock
from tests.e2e.city import ROOT, living_city
from tests.e2e.play import Score, play

SCENARIOS = ROOT / "config" / "scenarios"


async def scores(paths: list[Path]) -> list[Score]:
    """Play one after the other in one city; each begins when everything is calm."""
    clock = Clock()
    played = []
    async with living_city() as stack:
        for path in paths:
            print(f"playing {path.stem} …", file=sys.stderr)
            score = await play(stack, path, clock.unix)
            print(score, flush=True)
            for fault in score.faults:
                print(f"  {fault}", file=sys.stderr)
            played.append(score)
    return played


def main(names: list[str]) -> int:
    there = {path.stem: path for path in sorted(SCENARIOS.glob("*.yml"))}
    if unknown := sorted(set(names) - set(there)):
        print(f"no scenario {', '.join(unknown)}; there are: {', '.join(there)}", file=sys.stderr)
        return 2
    played = asyncio.run(scores([there[name] for name in names or there]))
    return 1 if any(score.faults for score in played) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
