"""When somebody is told that a meeting is not ready: once when the first NO-GO appears, once more ten minutes before. Pure.

Each stage is told at most once a sitting, however often participants come and go; it is over when nobody is NO-GO for
a minute, or when the meeting is. A stage remembers what it told, in the journal, so a restart repeats nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from collector.meetings.model import PREPARATION, Occurrence

HOLD = 10.0
"""Seconds that a NO-GO must last: two looks, so that a blip is not told."""
CALM = 60.0
"""Seconds without any NO-GO after which the alarm is over."""
LAST_CALL = 600.0
"""Seconds before the start at which whoever is left is told of once more."""


class Stage(StrEnum):
    """The two occasions; also the `stage` label of `citynoc_meeting_alarm`."""

    FIRST = "first"
    LAST = "last"


@dataclass(slots=True)
class _Told:
    at: float | None = None
    over: float | None = None

    @property
    def active(self) -> bool:
        return self.at is not None and self.over is None


class Alarm:
    """The alarm of one sitting. `update` is given every look at it."""

    def __init__(self, kept: str = "") -> None:
        """`kept` is what `as_text` gave before a restart; anything unreadable is as nothing told."""
        self._told = {stage: _Told() for stage in Stage}
        self._since: float | None = None
        self._calm: float | None = None
        for stage, (at, over) in _read(kept).items():
            self._told[stage] = _Told(at, over)

    def update(self, occurrence: Occurrence, missing: int, now: float) -> None:
        """`missing` participants or ports are known to be lacking at `now`."""
        if not occurrence.start - PREPARATION <= now < occurrence.end:
            self._end(now)
            return
        if missing:
            self._calm = None
            self._since = now if self._since is None else self._since
        else:
            self._since = None
            self._calm = now if self._calm is None else self._calm
            if now - self._calm >= CALM:
                self._end(now)
        if self._since is not None and now - self._since >= HOLD:
            self._tell(occurrence, now)

    def stages(self) -> Mapping[Stage, bool]:
        """Whether each stage has to be told now."""
        return {stage: told.active for stage, told in self._told.items()}

    def moved(self) -> None:
        """The meeting begins at another time: ten minutes before that are still to come."""
        self._told[Stage.LAST] = _Told()

    def as_text(self) -> str:
        """What was told when, for the journal."""
        return json.dumps({stage: [told.at, told.over] for stage, told in self._told.items()})

    def _tell(self, occurrence: Occurrence, now: float) -> None:
        first, last = self._told[Stage.FIRST], self._told[Stage.LAST]
        near = occurrence.start - LAST_CALL
        if first.at is None:
            first.at = now
        elif last.at is None and near <= now < occurrence.start and first.at < near:
            last.at = now

    def _end(self, now: float) -> None:
        for told in self._told.values():
            if told.active:
                told.over = now


def _read(text: str) -> dict[Stage, tuple[float | None, float | None]]:
    try:
        kept = json.loads(text) if text else {}
        return {Stage(name): (_number(times[0]), _number(times[1])) for name, times in dict(kept).items()}
    except (ValueError, TypeError, LookupError):
        return {}


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
