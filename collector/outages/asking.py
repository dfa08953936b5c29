"""Whom to ask besides the regular schedule: re-asks of what missed, and of all whose evidence matters. Pure.

One who missed is asked again at once and then every `interval` seconds, not waiting for outcomes, until it has
answered a question sent since or `reasks` questions are out. The number of devices with open re-asks is bounded
by the city's size, the asks of one round by `BURST`.
"""

import heapq
from collections.abc import Iterable, Sequence

BURST = 256
"""Questions per round at most; the rest waits its turn, those near the vantage first."""

LASTING = 3
"""Re-asks, after the first, at which a device counts as lasting: by the last its first outcome is known."""

JUST = 0.9
"""Share of the interval within which a device counts as asked just now."""


class Asking:
    """The re-ask schedule of all devices."""

    def __init__(self, askable: Sequence[bool], reasks: int, interval: float) -> None:
        self._askable = askable
        self._reasks = reasks
        self._interval = interval
        self._due: list[tuple[float, int]] = []
        self._next: dict[int, float] = {}
        self._left: dict[int, int] = {}
        self._since: dict[int, float] = {}
        self._asked = [float("-inf")] * len(askable)
        self._waiting: dict[int, None] = {}

    def draw(self, device: int, since: float, now: float) -> None:
        """Ask until a question sent after `since` is answered."""
        if device in self._left or not self._askable[device]:
            return
        self._left[device] = self._reasks
        self._since[device] = since
        self._plan(device, now)

    def once(self, devices: Iterable[int]) -> None:
        """Ask each of these one question, unless one went out just now."""
        self._waiting.update((device, None) for device in sorted(devices) if self._askable[device])

    def drop(self, device: int) -> None:
        """No more re-asks."""
        self._left.pop(device, None)
        self._since.pop(device, None)
        self._next.pop(device, None)

    def _plan(self, device: int, at: float) -> None:
        self._next[device] = at
        heapq.heappush(self._due, (at, device))

    def due(self, now: float, life: Sequence[float]) -> tuple[list[int], list[int]]:
        """(devices to ask now, devices that have been asked at least once more and stay silent)."""
        lasting = []
        heap, planned, asked, recent = self._due, self._next, self._asked, self._recently(now)
        earliest = now + JUST * self._interval
        while heap and heap[0][0] <= now:
            at, device = heapq.heappop(heap)
            if planned.get(device) != at:  # dropped, and perhaps drawn anew
                continue
            if life[device] >= self._since[device]:
                self.drop(device)
                continue
            if asked[device] > recent:  # a late round: two asks must not become one
                self._plan(device, asked[device] + self._interval)
                continue
            left = self._left[device]
            self._waiting[device] = None
            if 0 < self._reasks - left <= LASTING:
                lasting.append(device)
            if left > 1:
                self._left[device] = left - 1
                # Kept to the schedule of the first miss, except after a late round of our own.
                again = at + self._interval
                self._plan(device, max(earliest, again))
            else:
                self.drop(device)
        return self._take(now), lasting

    def _recently(self, now: float) -> float:
        """Whoever was asked after this moment was asked just now."""
        return now - JUST * self._interval

    def _take(self, now: float) -> list[int]:
        recent = self._recently(now)
        asks = [device for device in self._waiting if self._asked[device] <= recent]
        if len(asks) > BURST:
            asks = sorted(asks)[:BURST]
            for device in asks:
                del self._waiting[device]
        else:
            self._waiting.clear()
        for device in asks:
            self._asked[device] = now
        return asks
