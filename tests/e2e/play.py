"""Plays a scenario file against the living city and counts who was told what, from the webhook's point of view.

The expectation is in the file; nothing here knows why a page is right.
"""

import asyncio
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from citynoc.demo.proof import all_up, describe
from citynoc.demo.sink import Notification
from citynoc.demo.stack import Stack
from citynoc.simulator import scenario
from citynoc.simulator.operations import Operation
from citynoc.simulator.scenario import Expected, Scenario
from collector.config import yaml
from tests.e2e.operations import carry_out, take_back

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
    """What a scenario wanted and what came; `slowest` is the longest time from a cause to its page, in seconds."""

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
    [score] = await play_at_once(stack, [path], clock)
    return score


async def play_at_once(stack: Stack, paths: list[Path], clock: Callable[[], float]) -> list[Score]:
    """Play files that have nothing to do with one another at the same time, from a calm city to a calm city.

    What nobody expects counts against the first of them.
    """
    await calm(stack)
    scenes = {path.stem: scenario.load(path, stack.inventory) for path in paths}
    told = Told(stack, len(stack.sink.notifications))
    began = clock()
    for path in paths:
        if scenes[path.stem].loss is not None:
            await stack.control.act("loss", {"share": _written(path)["loss"]})
    operations = await _carry_out(stack, paths, scenes, began, clock)
    await wait_for(stack, told, [one for played in scenes.values() for one in played.expect], began, clock)
    over = began + max(played.lasts or 0.0 for played in scenes.values())
    while clock() < over:
        stack.raise_deaths()
        await asyncio.sleep(0.2)
    await calm(stack, operations)
    print(f"  notifications: {describe(told.notifications)}", file=sys.stderr)
    heard = shared_out(scenes, told.notifications, paths[0].stem)
    return [judge(name, played, began, heard[name]) for name, played in scenes.items()]


async def _carry_out(
    stack: Stack, paths: list[Path], scenes: Mapping[str, Scenario], began: float, clock: Callable[[], float]
) -> list[Operation]:
    """Every step at its time; the operations among them."""
    operations: list[Operation] = []
    steps = [
        (step.at, step, written)
        for path in paths
        for step, written in zip(scenes[path.stem].steps, _written(path)["steps"], strict=True)
    ]
    for at, step, written in sorted(steps, key=lambda row: row[0]):
        await asyncio.sleep(max(0.0, began + at - clock()))
        if isinstance(step.action, Operation):
            operations.append(step.action)
            await carry_out(stack, step.action)
        else:
            what = written[step.verb]
            await stack.control.act(step.verb, what if isinstance(what, dict) else {what: "true"})
    return operations


def _written(path: Path) -> Any:
    return yaml.read(path, path.parent).value


def shared_out(
    scenes: Mapping[str, Scenario], notifications: list[Notification], other: str
) -> dict[str, list[Notification]]:
    """Each notification to the scenario that expects it, else to `other`."""
    heard: dict[str, list[Notification]] = {name: [] for name in scenes}
    owner = {one.subject: name for name, played in scenes.items() for one in played.expect}
    for told in notifications:
        heard[owner.get(subject(told), other)].append(told)
    return heard


class Told:
    """Notifications since a scenario began."""

    def __init__(self, stack: Stack, first: int) -> None:
        self._stack = stack
        self._first = first

    @property
    def notifications(self) -> list[Notification]:
        return self._stack.sink.notifications[self._first :]

    def awaited(self, expected: Iterable[Expected]) -> list[Expected]:
        """Those that have not come yet."""
        came = {(told.receiver, subject(told)) for told in self.notifications if told.status == "firing"}
        return [one for one in expected if (receiver_of(one), one.subject) not in came]


def receiver_of(expected: Expected) -> str:
    return PAGER if expected.page is not None else DESK


def judge(name: str, played: Scenario, began: float, notifications: list[Notification]) -> Score:
    """Hold what was sent against what should have been: none missing, none too many, each resolved once."""
    first: dict[str, float] = {}
    for told in notifications:
        if (told.receiver, told.status) == (PAGER, "firing"):
            first.setdefault(subject(told), told.at - began)
    delays = [first[one.subject] - one.after for one in played.pages if one.subject in first]
    faults = [
        *_faults("page", PAGER, played.pages, notifications),
        *_faults("warning", DESK, played.warnings, notifications),
        *(
            f"{told.receiver} was told of {subject(told)}, and nobody should be escalated to"
            for told in notifications
            if told.receiver not in {PAGER, DESK}
        ),
    ]
    if faults:
        faults.append(f"all notifications: {describe(notifications)}")
    firing = Counter(told.receiver for told in notifications if told.status == "firing")
    slowest = max(delays, default=None)
    return Score(name, len(played.pages), firing[PAGER], slowest, tuple(faults), firing[DESK])


def _faults(
    kind: str, receiver: str, expected: tuple[Expected, ...], notifications: list[Notification]
) -> list[str]:
    came, ended = (
        Counter(subject(told) for told in notifications if (told.receiver, told.status) == (receiver, status))
        for status in ("firing", "resolved")
    )
    wanted = Counter(one.subject for one in expected)
    allowed = wanted + Counter({one.subject: one.repeats for one in expected})
    return [
        *(f"no {kind} for {outage}" for outage in (wanted - came).elements()),
        *(f"a {kind} too many for {outage}" for outage in (came - allowed).elements()),
        *(
            f"the {kind} for {outage} was resolved {ended[outage]} times"
            for outage in wanted & came
            if ended[outage] != 1
        ),
    ]


def subject(told: Notification) -> str:
    """The outage that a page is about, or the alerts' names if it is about none."""
    subjects = {alert.labels.get("outage") or alert.name for alert in told.alerts}
    return "+".join(sorted(subjects))


async def calm(stack: Stack, operations: list[Operation] | None = None) -> None:
    """Repair everything; until all is up, no alert but the heartbeat fires, and everybody was told so.

    Raises:
        TimeoutError: the city did not become calm.
    """
    async with asyncio.timeout(CALM_WITHIN):
        await stack.control.repair(EVERYTHING)
        await take_back(stack, operations or [])
        await all_up(stack)
        while await stack.oracle.number(FIRING) != 0 or unresolved(stack.sink.notifications):
            stack.raise_deaths()
            await asyncio.sleep(0.5)


def unresolved(notifications: list[Notification]) -> set[tuple[str, str]]:
    """Receiver and subject of what was told to be firing and not yet to be over."""
    last = {(told.receiver, subject(told)): told.status for told in notifications}
    return {key for key, status in last.items() if status == "firing"}


async def wait_for(
    stack: Stack, told: Told, expected: Iterable[Expected], began: float, clock: Callable[[], float]
) -> None:
    """Until everything expected has come or is missing, then as long as one too many would take."""
    while any(clock() < began + one.after + max(one.within, LATEST) for one in told.awaited(expected)):
        stack.raise_deaths()
        await asyncio.sleep(0.1)
    over = clock() + QUIET
    while clock() < over:
        stack.raise_deaths()
        await asyncio.sleep(0.2)
