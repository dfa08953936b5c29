"""Every query of every dashboard on the real stack: `python -m tests.e2e.dashboards` holds a meeting and asks them all.

The meeting's scenario has what dashboards show: an endpoint in every state, poor calls, a dead bridge, an outage; added
are planned work and a repair. Each query is asked at a moment of the meeting at which it has something to tell, as
Grafana asks it. Prints one line: `score dashboards queries N unanswered N ok|wrong`.
"""

import asyncio
import contextlib
import io
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from citynoc.__main__ import main as citynoc
from citynoc.clock import Clock
from citynoc.demo.proof import LOOK_EVERY
from citynoc.demo.stack import Stack
from dashboards.build import DASHBOARDS, plain
from dashboards.words import Language, Speaker
from tests.e2e.city import living_city
from tests.e2e.meeting import hold, seven, small, whole
from tests.integration.dashboards.filled_prometheus import Prometheus

WORKED_ON = "ag-004-2"
CUT = "ag-268-2--core-2"
SILENT_HERE = {
    "citynoc-services-en panel 2 query D": "the simulated services have no certificate that could run out"
}
TOLD = 'count(ALERTS{alertname="MeetingNotReady",alertstate="firing"})'
BEYOND_A_MEETING = re.compile(
    r"citynoc-outages-en panel (2 query B|7|8|9|10 query [EF]|11)"  # lost redundancy, repairs
    r"|citynoc-wan-en panel 6"  # links that are down
    r"|citynoc-conference-en panel 1[12] query [BC]"  # fair calls
    r"|.* annotation Maintenance"
)
"""Questions that a meeting alone gives nothing to tell: `play` adds planned work, a cut link, a slow call and a repair."""
STEP = 15
SINCE = 300
"""Seconds before the meeting's worst moment that panels over time look back."""

Json = dict[str, Any]


class Question(NamedTuple):
    """One query of a dashboard, as it is sent."""

    place: str
    expr: str
    over_time: bool


def questions(board: Json, sent: Mapping[str, str]) -> Iterator[Question]:
    """Every query of the dashboard: of its panels, variables and annotations."""

    def asked(expr: str) -> str:
        for name, value in sent.items():
            expr = expr.replace(name, value)
        return expr

    for panel in board["panels"]:
        for target in panel["targets"]:
            place = f"{board['uid']} panel {panel['id']} query {target['refId']}"
            yield Question(place, asked(target["expr"]), not target.get("instant"))
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            query = variable["query"].removeprefix("query_result(").removesuffix(")")
            yield Question(f"{board['uid']} variable {variable['name']}", asked(query), over_time=False)
    for annotation in board["annotations"]["list"]:
        place = f"{board['uid']} annotation {annotation['name']}"
        yield Question(place, asked(annotation["expr"]), over_time=True)


def everything(site: str) -> list[Question]:
    """All questions of all dashboards, those of one site about this one."""
    sent = {
        "$__rate_interval": "2m",
        "$__range_s": str(SINCE),
        "$__range": f"{SINCE}s",
        "$site": site,
        "$map": "districts",
        **dict.fromkeys(("$district", "$carrier", "$role", "$meeting", "$target"), ".*"),
    }
    boards = [plain(make(Speaker(Language.ENGLISH))) for make in DASHBOARDS.values()]
    return [question for board in boards for question in questions(board, sent)]


def unanswered(server: Prometheus, ways: list[list[Question]], moments: list[float]) -> Iterator[str]:
    """Questions that are refused, or have no answer in any of the ways to ask them at any of the moments."""
    for alike in zip(*ways, strict=True):
        place = alike[0].place
        said = (answer(server, question, at) for at in moments for question in alike)
        refused = next((got for got in said if got is None or got), "nothing")
        if refused is not None and place not in SILENT_HERE:
            yield f"{place}: {refused}"


def answer(server: Prometheus, question: Question, at: float) -> str | None:
    """None if there is one, why it was refused, or an empty text if there is nothing."""
    if question.over_time:
        got = server.range(question.expr, at - SINCE, at, STEP)
    else:
        got = server.instant(question.expr, at)
    return None if got.series else got.error or ""


async def worst_moment(stack: Stack, now: float) -> float:
    """When most calls of the meeting were poor."""
    server = Prometheus(stack.room.url("prometheus", ""))
    counted = "count(max by (device) (citynoc_conference_quality) == 2)"
    steps = range(int(now) - 2 * SINCE, int(now), 5)
    answers = [(at, await asyncio.to_thread(server.instant, counted, at)) for at in steps]
    return max((got.series[0][1], at) for at, got in answers if got.series)[1]


async def silent_after(stack: Stack, now: float, *, more: Iterable[float] = ()) -> list[str]:
    """What of all dashboards has no answer at any moment of the meeting that was held last."""
    worst = await worst_moment(stack, now)
    dead, *_, last = (fault.site for fault in seven(stack.inventory))
    living = next(site for site in reversed(list(stack.inventory.sites)) if site < last)
    server = Prometheus(stack.room.url("prometheus", ""))
    asked = [everything(str(site)) for site in (dead, living)]
    moments = [worst, *more, *(worst - back for back in range(10, 70, 10))]
    return await asyncio.to_thread(lambda: list(unanswered(server, asked, moments)))


async def suffers_a_little(stack: Stack, endpoint: str) -> None:
    """One fair call before others are poor; not before the seven are told, for it is one more reason."""
    while not await stack.oracle.number(TOLD):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(LOOK_EVERY)
    slow = {"device": endpoint, "loss": "0.1%", "jitter": "1ms", "latency": "230ms"}
    await stack.control.act("congest", slow)


async def play(stack: Stack, config: Path) -> list[str]:
    """The meeting, planned work and a repair; what has no answer then."""
    clock = Clock().unix
    with contextlib.redirect_stdout(io.StringIO()):
        work = ["maintenance", "add", "fibre-work", "--device", WORKED_ON, "--for", "1h", "--force"]
        assert citynoc([*work, "--config", str(config)]) == 0
    dead, *_, last = (fault.site for fault in seven(stack.inventory))
    living = next(site for site in reversed(list(stack.inventory.sites)) if site < last)
    await stack.control.cut({"link": CUT})
    async with asyncio.TaskGroup() as both:
        both.create_task(hold(stack, config, clock))
        both.create_task(suffers_a_little(stack, f"vc-{living}"))
    await stack.control.act("repair", {"device": f"rt-{dead}"})
    repaired = f'count(count_over_time(outage:citynoc_outage_active:repair_seconds{{outage="device:rt-{dead}"}}[10m]))'
    while not await stack.oracle.number(repaired):
        stack.raise_deaths()
        await asyncio.sleep(LOOK_EVERY)
    missing = await silent_after(stack, clock(), more=[clock()])
    queries = len(everything(dead))
    print(
        f"score dashboards queries {queries} unanswered {len(missing)} {'wrong' if missing else 'ok'}",
        flush=True,
    )
    return missing


async def main(arguments: list[str]) -> int:
    """With two districts, or with `whole` the whole city; 1 if anything had no answer."""
    with tempfile.TemporaryDirectory(prefix="citynoc-dashboards-") as folder:
        config = (whole if "whole" in arguments else small)(Path(folder))
        async with living_city(config=config) as stack:
            missing = await play(stack, config)
    for sentence in missing:
        print(f"  {sentence}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
