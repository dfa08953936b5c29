"""Plays a scenario file against the living city and counts who was told what, from the webhook's point of view.

The expectation is in the file; nothing here knows why a page is right.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citynoc.demo.proof import all_up, describe
from citynoc.demo.sink import Notification
from citynoc.demo.stack import Stack
from citynoc.simulator import scenario
from citynoc.simulator.scenario import Scenario
from collector.config import yaml

PAGER = "on-call"
DESK = "operations"  # warnings, for the day shift
LATEST = (
    60.0  # seconds after its cause at which a page that has not come is missing, if it may not take longer
)
QUIET = 20.0  # seconds in which one page too many would have come
CALM_WITHIN = 420.0  # a line that flapped must hold for five minutes before it counts as repaired
FIRING = 'count(ALERTS{alertstate="firing",alertname!="Watchdog"}) or vector(0)'
EVERYTHING: Mapping[str, Any] = {"all": "true"}


@dataclass(frozen=True, slots=True)
class Score:
    """What a scenario wanted and what came; `slowest` is the longest time from a cause to its page, in seconds.

    Warnings are counted and judged by nobody but a test that knows how many there should be.
    """

    name: str
    expected: int
    got: int
    slowest: float | None
    faults: tuple[str, ...]
    warnings: int

    def __str__(self) -> str:
        slowest = "-" if self.slowest is None else f"{self.slowest:.1f}"
        verdict = "wrong" if self.faults else "ok"
        return f"score {self.name} expected_pages {self.expected} got_pages {self.got} cut_to_page_s {slowest} {verdict}"


async def play(stack: Stack, path: Path, clock: Callable[[], float]) -> Score:
    """Play the file from a calm city to a calm city."""
    await calm(stack)
    played = scenario.load(path, stack.inventory)
    raw: Any = yaml.read(path, path.parent).value
    told = Told(stack, len(stack.sink.notifications))
    began = clock()
    if played.loss is not None:
        await stack.control.act("loss", {"share": raw["loss"]})
    for step, written in zip(played.steps, raw["steps"], strict=True):
        await asyncio.sleep(max(0.0, began + step.at - clock()))
        what = written[step.verb]
        await stack.control.act(step.verb, what if isinstance(what, dict) else {what: "true"})
    await _wait_for_pages(stack, told, played, began, clock)
    await calm(stack)
    print(f"  notifications: {describe(told.notifications)}", file=sys.stderr)
    return judge(path.stem, played, began, told.notifications)


class Told:
    """Notifications since a scenario began."""

    def __init__(self, stack: Stack, first: int) -> None:
        self._stack = stack
        self._first = first

    @property
    def notifications(self) -> list[Notification]:
        return self._stack.sink.notifications[self._first :]

    def pages(self, status: str) -> list[Notification]:
        return [told for told in self.notifications if told.receiver == PAGER and told.status == status]


def judge(name: str, played: Scenario, began: float, notifications: list[Notification]) -> Score:
    """Hold what was sent against what should have been: none missing, none too many, each resolved once."""
    pages = [told for told in notifications if told.receiver == PAGER and told.status == "firing"]
    resolved = [told for told in notifications if told.receiver == PAGER and told.status == "resolved"]
    wanted = Counter(expected.page for expected in played.expect)
    came = Counter(_subject(told) for told in pages)
    ended = Counter(_subject(told) for told in resolved)
    faults = [f"no page for {outage}" for outage in (wanted - came).elements()]
    faults += [f"a page too many for {outage}" for outage in (came - wanted).elements()]
    faults += [f"{outage}: resolved {ended[outage]} times" for outage in wanted & came if ended[outage] != 1]
    delays = [
        told.at - began - expected.after
        for expected in played.expect
        for told in pages
        if _subject(told) == expected.page
    ]
    if faults:
        faults.append(f"all notifications: {describe(notifications)}")
    warnings = sum(told.receiver == DESK and told.status == "firing" for told in notifications)
    return Score(name, wanted.total(), len(pages), max(delays, default=None), tuple(faults), warnings)


def _subject(told: Notification) -> str:
    """The outage that a page is about, or the alerts' names if it is about none."""
    subjects = {alert.labels.get("outage") or alert.name for alert in told.alerts}
    return "+".join(sorted(subjects))


async def calm(stack: Stack) -> None:
    """Repair everything; until all is up, no alert but the heartbeat fires, and everybody was told so.

    Raises:
        TimeoutError: the city did not become calm.
    """
    async with asyncio.timeout(CALM_WITHIN):
        await stack.control.repair(EVERYTHING)
        await all_up(stack)
        while await stack.oracle.number(FIRING) != 0 or unresolved(stack.sink.notifications):
            stack.raise_deaths()
            await asyncio.sleep(0.5)


def unresolved(notifications: list[Notification]) -> set[tuple[str, str]]:
    """Receiver and subject of what was told to be firing and not yet to be over."""
    last = {(told.receiver, _subject(told)): told.status for told in notifications}
    return {key for key, status in last.items() if status == "firing"}


async def _wait_for_pages(
    stack: Stack, told: Told, played: Scenario, began: float, clock: Callable[[], float]
) -> None:
    """Until every expected page has come or is missing, then as long as one too many would take."""
    late = max((expected.after + max(expected.within, LATEST) for expected in played.expect), default=0.0)
    while len(told.pages("firing")) < len(played.expect) and clock() < began + late:
        stack.raise_deaths()
        await asyncio.sleep(0.1)
    over = began + played.lasts if played.lasts is not None else clock() + QUIET
    while clock() < over:
        stack.raise_deaths()
        await asyncio.sleep(0.2)
