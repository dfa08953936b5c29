"""The instants at which all who work in rounds wake up: the same for everybody, so that one waking serves all.

A process that is woken twenty times a second for four things each pays for eighty times: caches are cold each time.
"""

JUST_NOW = 0.001
"""Seconds before an instant at which it counts as reached: timers may be early by their resolution."""


def until_next(period: float, now: float) -> float:
    """Seconds from `now` to the next multiple of `period` on the same clock; more than 0, at most a little over `period`."""
    left = period - now % period
    return left if left > JUST_NOW else left + period
