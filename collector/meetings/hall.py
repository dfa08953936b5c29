"""The bridges of a meeting: whether they answer, and whether their ports suffice. Pure.

A bridge that does not say how many ports it has is not counted for or against: nothing is known of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from collector.meetings.readings import Reading
from collector.meetings.reasons import Code, Reason, Teller, Weight
from collector.metrics.conference import BRIDGE_PORTS_CAPACITY, BRIDGE_PORTS_USED, IN_CALL
from collector.model import DeviceName
from collector.outages.state import CityState, State

USED_KEY = (BRIDGE_PORTS_USED.name,)
CAPACITY_KEY = (BRIDGE_PORTS_CAPACITY.name,)
CONNECTED_KEY = (IN_CALL.name,)
GONE = frozenset({State.DOWN, State.UNREACHABLE, State.MAINTENANCE})


@dataclass(frozen=True, slots=True)
class Hall:
    """What is to be said of the bridges. `nobody` is there if none answers: then nobody can join."""

    reasons: tuple[Reason, ...] = ()
    short: int = 0
    nobody: Reason | None = None


def ports(bridges: Sequence[str], reading: Callable[[DeviceName], Reading]) -> int | None:
    """How many ports the bridges have in all, used or not; None unless each of them says."""
    said = [reading(name).get(CAPACITY_KEY) for name in map(DeviceName, bridges)]
    known = [int(one) for one in said if one is not None]
    return sum(known) if bridges and len(known) == len(said) else None


def hall(
    bridges: Sequence[str],
    waiting: int,
    reading: Callable[[DeviceName], Reading],
    state: CityState,
    tell: Teller,
    *,
    others: int = 0,
    leaving: int = 0,
) -> Hall:
    """`waiting` participants want a port, beside those that have one, and `others` of meetings at the same time.

    `leaving` ports are taken by whoever will have left when the meeting begins.

    Of the ports that are missing then nobody knows whose they are: each meeting lacks them, and none more than it wants.
    """
    if not bridges or state.blind:
        return Hall()
    reasons: list[Reason] = []
    free, taken, counted, alive = 0, 0, True, 0
    for name in map(DeviceName, bridges):
        verdict = state.devices.get(name)
        if verdict is not None and verdict.state in GONE:
            since = next((one.started for one in state.outages if one.id == verdict.cause), verdict.since)
            reasons.append(tell.say(Code.BRIDGE_DOWN, device=name, since=since, cause=verdict.cause or ""))
            continue
        alive += 1
        said = reading(name)
        capacity = said.get(CAPACITY_KEY)
        if capacity is None:
            counted = False
            continue
        used = int(said.get(USED_KEY, 0))
        free += max(0, int(capacity) - used)
        taken += min(int(capacity), used)
    if not alive:
        return Hall(tuple(reasons), nobody=reasons[0])
    free += min(leaving, taken)
    wanted = waiting + others
    short = min(wanted - free, waiting) if counted and wanted > free else 0
    if short:
        variant = "shared" if others else "one" if short == 1 else ""
        reasons.append(
            tell.say(Code.BRIDGE_SHORT, variant, short=short, wanted=wanted, free=free, others=others)
        )
    lighter = [
        one
        if one.code is not Code.BRIDGE_DOWN
        else Reason(one.code, one.text, Weight.NOTE, one.since, one.cause)
        for one in reasons
    ]
    return Hall(tuple(sorted(lighter, key=lambda one: -one.weight)), short)
