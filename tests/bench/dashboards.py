"""How long each dashboard's questions take on a real Prometheus with a day of the whole city: `python -m tests.bench.dashboards`.

Every series that the dashboards use, every 120 s for 24 h (at most 20 million samples, backfilled by promtool); recorded
series are written as the rules would have. A dashboard is asked as Grafana asks it when it is opened: panels, variables
and annotations, ranges of a day in 1,440 steps. Beside the time: how many series the widest single query reads.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from collector.metrics import Kind
from dashboards import queries
from dashboards.build import DASHBOARDS, plain
from dashboards.words import Language, Speaker
from tests.bench.figures import figure
from tests.integration.dashboards import city_history as city
from tests.integration.dashboards import city_promises
from tests.integration.dashboards.answers import SENT
from tests.integration.dashboards.filled_prometheus import Prometheus, backfill, running
from tests.promql import selectors

DAY = 24 * 3600
STEP = 120
BLOCK = 2 * 3600  # promtool reads a file once a block: a file a block is read once
START = 1_760_004_000 // BLOCK * BLOCK
END = START + DAY
POINTS = 1440
MOST_SAMPLES = 20e6
RUNS = 3
ENDED = 200
"""Outages that ended in the day."""


def recorded() -> Iterator[tuple[str, float]]:
    """What the recording rules make of the city, as constant series."""
    districts = [f"{number + 1:03d}" for number in range(city.DISTRICTS)]
    for district in districts:
        yield f'{queries.DISTRICT_STATE.name}{{district="{district}"}}', 0
        yield f'{queries.DISTRICT_CONNECTED.name}{{district="{district}"}}', 19
        yield f'{queries.IN_CALLS.name}{{district="{district}"}}', 19
        for quality, number in enumerate((15, 3, 1)):
            yield f'{queries.QUALITY_SHARE.name}{{district="{district}",quality="{quality}"}}', number
        yield f'{queries.SITE_WORKED_ON.name}{{site="00{district}",district="{district}"}}', 1
    for number in range(ENDED):
        outage = f'outage="device:rt-{number:05d}",kind="device",district="001",carrier="carrier-a"'
        yield f"{queries.REPAIR.name}{{{outage}}}", 600
    for target, _, share, promised in city_promises.TARGETS:
        yield f'{queries.TARGET_SHARE.name}{{target="{target}",basis="declared"}}', share
        yield f'{queries.TARGET_PROMISED.name}{{target="{target}"}}', promised
    for carrier in "abc":
        yield f'{queries.CARRIER_WORKING.name}{{carrier="carrier-{carrier}"}}', 0.99
    for one in city.series(everywhere=True):
        for counter, family in (("ifHCInOctets", queries.IN_USE), ("ifHCOutOctets", queries.OUT_USE)):
            if one.family.name == counter:
                yield family.name + one.text().removeprefix(counter), 0.3


def lines(start: int, everything: list[tuple[str, float, float]]) -> Iterator[str]:
    """One block of history."""
    moments = range(start, start + BLOCK, STEP)
    for name, value, growth in everything:
        yield "".join(f"{name} {value + growth * (moment - START)!r} {moment}\n" for moment in moments)
    yield "# EOF\n"


def asked(query: str) -> str:
    sent = SENT | {"$district": ".*", "$__rate_interval": "5m", "$__range": "24h"}
    for name, value in sent.items():
        query = query.replace(name, value)
    return query


def questions(board: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Every query of the dashboard, and whether it is asked over the whole range."""
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield asked(target["expr"]), not target["instant"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield asked(variable["query"].removeprefix("query_result(").removesuffix(")")), False
    for annotation in board["annotations"]["list"]:
        yield asked(annotation["expr"]), True


def opened(server: Prometheus, board: dict[str, Any]) -> float:
    """Seconds for all the questions, one after another, as on a machine with one core to spare."""
    began = time.perf_counter()
    for query, over_range in questions(board):
        if over_range:
            got = server.range(query, END - DAY, END - STEP, DAY / POINTS)
        else:
            got = server.instant(query, END - STEP)
        if got.error is not None:
            raise SystemExit(f"{query}: {got.error}")
    return time.perf_counter() - began


def widest(server: Prometheus, board: dict[str, Any]) -> int:
    """Series that the widest query reads, over all its selectors."""
    return max(
        sum(
            int(sum(figure for _, figure in server.instant(f"count({selector})", END - STEP).series))
            for selector in selectors(query)
        )
        for query, _ in questions(board)
    )


def main() -> None:
    everything = [
        (
            one.text(),
            0.0 if one.family.kind is Kind.COUNTER else float(value),
            float(value) if one.family.kind is Kind.COUNTER else 0.0,
        )
        for one in city.series(everywhere=True)
        if (value := one.quiet if one.quiet is not None else one.storm) is not None
    ]
    everything += [(name, float(value), 0.0) for name, value in recorded()]
    samples = len(everything) * DAY // STEP
    print(f"{len(everything)} series, {samples / 1e6:.1f} million samples", file=sys.stderr)
    if samples > MOST_SAMPLES:
        raise SystemExit("more samples than agreed")
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "tsdb"
        folder.mkdir()
        for start in range(START, END, BLOCK):
            backfill(folder, lines(start, everything))
        with running(folder) as server:
            slowest, series = 0.0, 0
            for name, make in DASHBOARDS.items():
                board = plain(make(Speaker(Language.ENGLISH)))
                opened(server, board)
                seconds = sorted(opened(server, board) for _ in range(RUNS))[RUNS // 2]
                touched = widest(server, board)
                print(f"{name}: {seconds:.2f} s, widest query {touched} series", file=sys.stderr)
                slowest, series = max(slowest, seconds), max(series, touched)
    figure("dashboard_slowest_s", slowest, "s", "<=", 2)
    figure("dashboard_widest_query_series", series, "series", "<=", 12_000)


if __name__ == "__main__":
    main()
