"""Random scenarios on the real stack: many at once, each in a district of its own, held against the oracle's word."""

import sys
from collections.abc import Callable
from itertools import count

from citynoc.demo.proof import describe
from citynoc.demo.sink import Notification
from citynoc.demo.stack import Stack
from citynoc.simulator.scenario import Expected, Scenario
from collector.model import Inventory
from tests.e2e.play import Score, Told, calm, judge, subject, wait_for
from tests.unit.outages.oracle import CORE, Drawn, Urn

AT_ONCE = 15
"""Districts in which something happens at the same time; then one scenario has the core, and the city, for itself."""
ACTS = {"device": "kill", "cable": "cut", "site": "power_off"}
WARNED_WITHIN = "30s"


def batches(inventory: Inventory, seed: int, number: int) -> list[list[Drawn]]:
    """So many scenarios in groups that can be played at once: the same for the same seed."""
    urn = Urn(inventory, seed)
    names = (f"random-{seed}-{index:03}" for index in count(1))
    places: list[str] = []
    found: list[list[Drawn]] = []
    while number > 0:
        if len(found) % 2:
            here = [CORE]
        else:
            places = places if len(places) >= AT_ONCE else urn.shuffled()
            here, places = places[: min(AT_ONCE, number)], places[AT_ONCE:]
        found.append([urn.draw(next(names), place) for place in here])
        number -= len(here)
    return found


async def play_batch(stack: Stack, batch: list[Drawn], clock: Callable[[], float]) -> list[Score]:
    """Play them at once, from a calm city to a calm city."""
    await calm(stack)
    told = Told(stack, len(stack.sink.notifications))
    began = clock()
    scenarios: dict[str, Scenario] = {}
    for drawn in batch:
        scenarios[drawn.name] = expected(drawn, clock() - began)
        for kind, name in sorted(drawn.failures):
            await stack.control.act(ACTS[kind], {kind: name})
    print(f"  {sum(len(drawn.failures) for drawn in batch)} failures at once", file=sys.stderr)
    await wait_for(stack, told, [one for played in scenarios.values() for one in played.expect], began, clock)
    await calm(stack)
    heard = shared_out(batch, scenarios, told.notifications)
    scores = [judge(drawn.name, scenarios[drawn.name], began, heard[drawn.name]) for drawn in batch]
    for drawn, score in zip(batch, scores, strict=True):
        if score.faults:
            failed = ", ".join(f"{kind} {name}" for kind, name in sorted(drawn.failures))
            print(f"  {drawn.name} in {drawn.district}: {failed} failed", file=sys.stderr)
    return scores


def expected(drawn: Drawn, after: float) -> Scenario:
    """What the oracle says, as a scenario file would."""
    rows = [{"page": name, "after": f"{1000 * after:.0f}ms"} for name in sorted(drawn.told.pages)]
    rows += [
        {"warning": name, "after": f"{1000 * after:.0f}ms", "within": WARNED_WITHIN}
        for name in sorted(drawn.told.warnings)
    ]
    return Scenario.model_construct(
        title=drawn.name, steps=(), lasts=None, expect=tuple(map(Expected.model_validate, rows))
    )


def shared_out(
    batch: list[Drawn], scenarios: dict[str, Scenario], notifications: list[Notification]
) -> dict[str, list[Notification]]:
    """Each notification to the scenario that expects it, else to the one in its district, else to the first."""
    heard: dict[str, list[Notification]] = {drawn.name: [] for drawn in batch}
    owner = {one.subject: name for name, played in scenarios.items() for one in played.expect}
    places = {drawn.district: drawn.name for drawn in batch}
    for told in notifications:
        district = told.alerts[0].labels.get("district", "")
        name = owner.get(subject(told)) or places.get(district) or batch[0].name
        if subject(told) not in owner:
            print(f"  nobody expected: {describe([told])}", file=sys.stderr)
        heard[name].append(told)
    return heard
