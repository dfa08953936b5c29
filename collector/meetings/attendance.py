"""Who is in a meeting now or will be within the hour, kept for as long as that does not change. Pure; no clock.

The same objects come back while the same sittings count, so that who asks ten times a second sees a change at once.
"""

from dataclasses import dataclass

from collector.meetings.model import PREPARATION, Calendar, Occurrence
from collector.model import DeviceName, SiteCode


@dataclass(frozen=True, slots=True)
class Gathering:
    """Who meets.

    `sittings` are prepared or running, `sites` and `endpoints` take part in them; `inside` are sites of those that run.
    """

    sittings: tuple[Occurrence, ...] = ()
    sites: frozenset[SiteCode] = frozenset()
    endpoints: frozenset[DeviceName] = frozenset()
    inside: frozenset[SiteCode] = frozenset()


NOBODY_MEETS = Gathering()


class Attendance:
    """The gatherings of one calendar."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._running: tuple[Occurrence, ...] = ()
        self._last = NOBODY_MEETS

    def at(self, now: float) -> Gathering:
        """Who meets now or within the hour."""
        counting = self._calendar.between(now, now + PREPARATION + 1.0)
        sittings = tuple(one for one in counting if one.counts(now))
        running = tuple(one for one in sittings if one.running(now))
        if sittings != self._last.sittings or running != self._running:
            self._running = running
            self._last = Gathering(
                sittings,
                frozenset(SiteCode(code) for one in sittings for code in one.sites),
                frozenset(DeviceName(name) for one in sittings for name in one.endpoints),
                frozenset(SiteCode(code) for one in running for code in one.sites),
            )
        return self._last
