"""What judging the city costs: `python -m tests.bench.verdict`.

Both cores fail in the example-shaped city. `verdict_city_cpu_ms` is the CPU time of all rounds of verdicts from the
failure to the outage with its 1,200 shadows; what the news themselves cost on arrival (a miss or an answer each) is
told beside it. The poller's own cost is in neither. `double_failures_wrong` are random double failures in the city,
`random_failures_wrong` random scenarios in all districts at once through random polls, whose causes are not those of
judges that share no code with the product (`tests/unit/outages`).
"""

import argparse
import statistics
import time
from typing import Any

from collector.config import load
from collector.outages.topology import Topology
from collector.outages.verdict import Round
from tests.bench.figures import figure
from tests.unit.outages.city import hanoi
from tests.unit.outages.oracle import Urn
from tests.unit.outages.test_chance import ROOT, wrongly_judged
from tests.unit.outages.test_rootcause import wrongly_named
from tests.unit.outages.world import STEP, World


class Timed(World):
    """A world that counts the CPU seconds spent inside the judge: in rounds, and in taking news."""

    def __init__(self, topology: Topology, seed: int) -> None:
        self.rounds = self.news = 0.0
        super().__init__(topology, seed)
        heard, missed, verdicts = self.judge.heard, self.judge.missed, self.judge.round

        def timed_heard(*args: Any) -> None:
            began = time.process_time()
            heard(*args)
            self.news += time.process_time() - began

        def timed_missed(*args: Any) -> None:
            began = time.process_time()
            missed(*args)
            self.news += time.process_time() - began

        def timed_round(*args: Any) -> Round:
            began = time.process_time()
            found = verdicts(*args)
            self.rounds += time.process_time() - began
            return found

        for name, timed in (("heard", timed_heard), ("missed", timed_missed), ("round", timed_round)):
            setattr(self.judge, name, timed)


def core_failure(net: Topology, seed: int) -> tuple[float, float, float, float]:
    """CPU ms: of all rounds to the verdict, of the dearest one, of the news meanwhile, of a healthy second."""
    world = Timed(net, seed)
    world.run(10)
    world.rounds = world.news = 0.0
    world.run(5)
    healthy = (world.rounds + world.news) / 5
    world.kill("core-1", "core-2")
    world.rounds = world.news = dearest = 0.0
    while not world.opened:
        before = world.rounds
        world.run(STEP)
        dearest = max(dearest, world.rounds - before)
    if [outage.id for _, outage in world.opened] != ["group:core-1+core-2"]:
        raise SystemExit(f"judged wrongly: {world.opened}")
    return 1e3 * world.rounds, 1e3 * dearest, 1e3 * world.news, 1e3 * healthy


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--pairs", type=int, default=1000, metavar="N", help="double failures")
    parser.add_argument("--rounds", type=int, default=40, metavar="N", help="times thirty random scenarios")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    net = Topology(hanoi(per_cable=6))
    core_failure(net, 0)
    rows = [core_failure(net, seed) for seed in range(1, args.runs + 1)]
    whole, dearest, news, healthy = (statistics.median(column) for column in zip(*rows, strict=True))
    figure("verdict_city_cpu_ms", whole, "ms", "<=", 50)
    figure("verdict_dearest_round_ms", dearest, "ms", "<=", 50)
    figure("verdict_news_cpu_ms", news, "ms", "<=", 100)
    figure("verdict_healthy_cpu_ms_per_s", healthy, "ms/s", "<=", 10)
    city = hanoi(per_cable=6)
    figure("double_failures_wrong", len(wrongly_named(city, args.pairs, args.seed)), "pairs", "==", 0)
    figure("random_failures_wrong", random_failures(args.rounds, args.seed), "causes", "==", 0)


def random_failures(rounds: int, seed: int) -> int:
    """Causes told wrongly in so many rounds of the shipped city, each with something in every district."""
    city = load(ROOT / "config", {}, need_secrets=False).inventory
    net, urn = Topology(city), Urn(city, seed)
    draws = ([urn.draw("", district) for district in urn.districts] for _ in range(rounds))
    return sum(len(wrongly_judged(net, drawn, number)) for number, drawn in enumerate(draws))


if __name__ == "__main__":
    main()
