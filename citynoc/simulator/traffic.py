"""How busy a city's lines are: integrals of weekly curves, the same for the same seed and time. Pure.

A wave is a week of levels between 0 and 1 in slots of a minute: office hours, a lunch dip, quiet nights and
weekends, slow drift and bursts. An interface is a wave times its own scale, so a counter at any time is one
look-up, without state, and never steps back.
"""

import math
import random
from array import array
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SLOT = 60.0
SLOTS_A_DAY = 1440
SLOTS_A_WEEK = 7 * SLOTS_A_DAY
WAVES = 12
HISTORY = timedelta(days=420)  # before the start: longer than any device has been up

# Share of the peak at each full hour of a working day; read between by a straight line.
_WORKDAY = (
    *(0.06, 0.05, 0.04, 0.04, 0.05, 0.08, 0.18, 0.45, 0.80, 0.92, 0.88, 0.62),
    *(0.38, 0.66, 0.90, 0.86, 0.74, 0.48, 0.30, 0.26, 0.22, 0.16, 0.11, 0.08),
)
_WEEKEND_SHARE = (1.0, 1.0, 1.0, 1.0, 1.0, 0.42, 0.30)
_BURST_CHANCE = 0.02
_FLOOR = 0.01


class Traffic:
    """All waves of one seed. `at` is memoised for one moment: a burst of questions is one moment."""

    def __init__(self, seed: int, start: float, timezone: str) -> None:
        """`start` in Unix seconds; days and hours are those of `timezone`."""
        local = datetime.fromtimestamp(start, ZoneInfo(timezone)) - HISTORY
        monday = (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
        self._origin = monday.timestamp()
        self._waves = tuple(_wave(random.Random(f"{seed}/wave/{number}")) for number in range(WAVES))
        self._moment = -math.inf
        self._levels: Sequence[float] = ()

    def at(self, now: float) -> Sequence[float]:
        """Seconds of full load since long ago, by wave: monotonic in `now`."""
        if now != self._moment:
            place = (now - self._origin) / SLOT
            slot = int(place)
            part = place - slot
            weeks, slot = divmod(slot, SLOTS_A_WEEK)
            self._levels = [
                (weeks * sums[-1] + sums[slot] + part * (sums[slot + 1] - sums[slot])) * SLOT
                for sums in self._waves
            ]
            self._moment = now
        return self._levels


def _wave(rng: random.Random) -> "array[float]":
    """Running sums of a week's levels, one more than there are slots."""
    sums = array("d", [0.0])
    total, drift, burst, left = 0.0, 0.0, 0.0, 0
    uniform = rng.random
    hours = (*_WORKDAY, _WORKDAY[0])
    per_hour = SLOTS_A_DAY // 24
    for day in range(7):
        share = _WEEKEND_SHARE[day]
        for slot in range(SLOTS_A_DAY):
            hour, minute = divmod(slot, per_hour)
            curve = hours[hour] + (hours[hour + 1] - hours[hour]) * (minute / per_hour)
            drift = 0.96 * drift + 0.16 * (uniform() - 0.5)
            if left:
                left -= 1
            elif uniform() < _BURST_CHANCE:
                burst, left = 0.15 + 0.45 * uniform(), 2 + int(8 * uniform())
            level = curve * share * 0.75 * math.exp(drift) + (burst * share if left else 0.0)
            total += min(1.0, max(_FLOOR, level))
            sums.append(total)
    return sums
