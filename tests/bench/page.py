"""From a cut to the delivered page at 5 % packet loss each way: `python -m tests.bench.page`.

Commune routers are cut one after the other, each of another district than the ones before, and repaired when
their page has come. Every notification at the pager that is not the one page of a cut is a false page.
"""

import argparse
import asyncio
import math
import statistics
import sys
from collections import Counter, defaultdict
from itertools import zip_longest

from citynoc.clock import Clock
from citynoc.demo.stack import Stack
from collector.model import Role, SiteKind
from tests.bench.figures import figure
from tests.e2e.city import timeless_city
from tests.e2e.play import PAGER, calm

CUTS = 300
APART = 1.0  # seconds between cuts
LOSS = "5%"
PATIENCE = 60.0
REPAIR_AFTER = 3.0  # seconds after the page: the repair must not race with it
P99 = 0.99


def targets(stack: Stack, cuts: int) -> list[str]:
    """Commune routers, districts in turn: neighbours are far apart in time, so that each cut is a cause of its own."""
    by_district: dict[str, list[str]] = defaultdict(list)
    for device in stack.inventory.devices.values():
        if device.role is Role.ROUTER and stack.inventory.sites[device.site].kind is SiteKind.COMMUNE:
            by_district[device.district].append(device.name)
    turns = zip_longest(*by_district.values())
    return [router for turn in turns for router in turn if router is not None][:cuts]


async def one_cut(stack: Stack, router: str, clock: Clock, delays: dict[str, float]) -> None:
    await stack.control.cut({"device": router})
    began = clock.unix()
    code = stack.inventory.devices[router].site  # type: ignore[index]  # names of the inventory itself
    while clock.unix() < began + PATIENCE:
        stack.raise_deaths()
        for told in stack.sink.notifications:
            if (
                told.receiver == PAGER
                and told.status == "firing"
                and any(code in one for one in told.outages())
            ):
                delays[router] = told.at - began
                break
        if router in delays:
            break
        await asyncio.sleep(0.25)
    await asyncio.sleep(REPAIR_AFTER)
    await stack.control.repair({"device": router})


def percentile(values: list[float], share: float) -> float:
    """The smallest value that is at least `share` of all values."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


async def measure(cuts: int, apart: float) -> None:
    clock = Clock()
    delays: dict[str, float] = {}
    async with timeless_city() as stack:
        await calm(stack)
        chosen = targets(stack, cuts)
        await stack.control.act("loss", {"share": LOSS})
        async with asyncio.TaskGroup() as group:
            for number, router in enumerate(chosen, 1):
                group.create_task(one_cut(stack, router, clock, delays))
                if number % 50 == 0:
                    print(f"  {number} of {len(chosen)} cut, {len(delays)} pages", file=sys.stderr)
                await asyncio.sleep(apart)
        await calm(stack)
        pages = [
            told for told in stack.sink.notifications if told.receiver == PAGER and told.status == "firing"
        ]
    codes = {stack.inventory.devices[router].site for router in chosen}  # type: ignore[index]  # as above
    paged = Counter(
        next((code for code in codes if any(code in one for one in told.outages())), "") for told in pages
    )
    false = sum(count if code == "" else count - 1 for code, count in paged.items())
    for router in chosen:
        if router not in delays:
            print(f"  no page for {router} within {PATIENCE:g} s", file=sys.stderr)
    for told in pages:
        if not any(code in one for one in told.outages() for code in codes):
            print(f"  false: {[dict(alert.labels) for alert in told.alerts]}", file=sys.stderr)
    if not delays:
        sys.exit("no page arrived at all")
    late = [delays.get(router, PATIENCE) for router in chosen]
    print(
        f"  {len(chosen)} cuts, {len(delays)} pages, median {statistics.median(late):.1f} s, worst {max(late):.1f} s",
        file=sys.stderr,
    )
    figure("cut_to_page_p99_s", percentile(late, P99), "s", "<=", 15)
    figure("false_pages", false, "pages", "==", 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cuts", type=int, default=CUTS)
    parser.add_argument("--apart", type=float, default=APART, metavar="SECONDS")
    args = parser.parse_args()
    asyncio.run(measure(args.cuts, args.apart))


if __name__ == "__main__":
    main()
