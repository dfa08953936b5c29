"""An authoritative engine's clock as others know it, and whether a message is in time. Pure.

Source: RFC 3414 §2.2, §3.2 (7). Times are the engine's whole seconds; `now` is our monotonic seconds.
"""

from collector.snmp.usm_message import MAX_NUMBER

WINDOW = 150  # seconds


class EngineTime:
    """What is known of one engine's boots and time; only what an authentic message said may be told to it."""

    __slots__ = ("_heard_at", "boots", "latest")

    def __init__(self) -> None:
        self.boots = 0
        self.latest = 0
        self._heard_at = 0.0

    @property
    def known(self) -> bool:
        """Whether the engine's clock has been heard."""
        return self.boots > 0 or self.latest > 0

    def at(self, now: float) -> int:
        """The engine's time now; 0 while it is not known."""
        return min(self.latest + int(now - self._heard_at), MAX_NUMBER) if self.known else 0

    def take(self, boots: int, time: int, now: float) -> None:
        """Believe the engine, also if its clock went back: for news that is fresh by other proof."""
        self.boots, self.latest, self._heard_at = boots, time, now

    def forget(self) -> None:
        """Know nothing again."""
        self.boots = self.latest = 0

    def heard(self, boots: int, time: int, now: float) -> bool:
        """Follow an authentic message's clock forward; True if the message is in the time window."""
        if boots > self.boots or (boots == self.boots and time > self.latest):
            self.take(boots, time, now)
        if boots == MAX_NUMBER or boots < self.boots:
            return False
        return time >= self.at(now) - WINDOW


def in_window(boots: int, time: int, mine: tuple[int, int]) -> bool:
    """Whether a message is in time for the engine whose boots and time are `mine`: §3.2 (7a)."""
    return boots == mine[0] != MAX_NUMBER and abs(time - mine[1]) <= WINDOW
