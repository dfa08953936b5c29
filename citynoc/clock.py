"""The one place that reads the clocks: a steady one to schedule by, and the time of day to speak of.

Everything else takes the time as an argument.
"""

import time

STEP = 1.0
"""Seconds by which the time of day must jump before it is taken for a step (NTP, an operator)."""


class Clock:
    """Steady seconds and their Unix time.

    The steady clock counts on while the machine sleeps (CLOCK_BOOTTIME), so that a pause is seen as one. Unix
    time is derived from it and follows the time of day only when that was stepped: `stepped` says so once.
    """

    def __init__(self) -> None:
        self._offset = self._time_of_day() - self.steady()

    def steady(self) -> float:
        """Seconds that never go back."""
        return time.clock_gettime(time.CLOCK_BOOTTIME)

    def unix(self) -> float:
        """Unix seconds now."""
        return self.steady() + self._offset

    def unix_of(self, steady: float) -> float:
        """Unix seconds of a steady time."""
        return steady + self._offset

    def stepped(self) -> float:
        """Seconds by which the time of day was stepped since the last call, or 0; from now on it is followed."""
        offset = self._time_of_day() - self.steady()
        step = offset - self._offset
        if abs(step) < STEP:
            return 0.0
        self._offset = offset
        return step

    @staticmethod
    def _time_of_day() -> float:
        return time.clock_gettime(time.CLOCK_REALTIME)
