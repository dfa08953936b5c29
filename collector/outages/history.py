"""What the journal remembers, for people and reports: outages, gaps in watching, availability. Reads only.

Availability is up ÷ (up + down) of the time in which it was known: planned maintenance and time that nobody
watched are told apart and are in neither. A device whose agent is dead still serves its site, so that is up.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Self

from collector.outages.reading import NoJournalError, opened, telling
from collector.outages.rows import columns, outage_of
from collector.outages.state import Outage, State

UP_STATES = frozenset({State.UP, State.AGENT_DOWN})
DOWN_STATES = frozenset({State.UNREACHABLE, State.DOWN})
HEARTBEAT_MISSED = 15.0
"""A watcher that was killed was last seen up to a heartbeat before: shorter pauses are no gap."""

Span = tuple[float, float]

__all__ = ["Availability", "History", "NoJournalError", "Past", "Span", "grouped", "mean_time_to_repair"]


@dataclass(frozen=True, slots=True)
class Past:
    """An outage with the most it ever affected."""

    outage: Outage
    most_devices: int
    most_sites: int

    def seconds(self, now: float) -> float:
        """How long it lasted, or lasts; nothing, if the clock was set back past its start."""
        return max(0.0, (now if self.outage.ended is None else self.outage.ended) - self.outage.started)


@dataclass(slots=True)
class Availability:
    """Seconds of one thing in one period, by what they were."""

    up: float = 0.0
    down: float = 0.0
    maintenance: float = 0.0
    unknown: float = 0.0

    @property
    def ratio(self) -> float | None:
        """Share of the known time that it was up; None if nothing is known."""
        known = self.up + self.down
        return self.up / known if known > 0 else None

    def add(self, state: State, seconds: float) -> None:
        """Count some seconds in a state."""
        if state in UP_STATES:
            self.up += seconds
        elif state in DOWN_STATES:
            self.down += seconds
        elif state is State.MAINTENANCE:
            self.maintenance += seconds
        else:
            self.unknown += seconds

    def plus(self, other: "Availability") -> None:
        """Count another's seconds too."""
        self.up += other.up
        self.down += other.down
        self.maintenance += other.maintenance
        self.unknown += other.unknown


class History:
    """`with History(path)`: questions to a journal, also to one that a service is writing. All raise NoJournalError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.unreadable = 0
        """Outages of the last list that a later version wrote, or that are damaged."""

    def __enter__(self) -> Self:
        self._db, _ = opened(self._path, "SELECT count(*) FROM watch")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def outages(self, since: float, until: float = math.inf) -> list[Past]:
        """Outages that lasted at some time between, the oldest first; what cannot be read is counted as `unreadable`."""
        with telling(self._path):
            rows = self._db.execute(
                f"SELECT {columns(self._db)}, most_devices, most_sites FROM outage"  # noqa: S608 - names of ours
                " WHERE (ended IS NULL OR ended >= ?) AND started < ? ORDER BY started, id",
                (since, until),
            ).fetchall()
        found = []
        for row in rows:
            with suppress(ValueError):
                found.append(Past(outage_of(row[:-2]), row[-2], row[-1]))
        self.unreadable = len(rows) - len(found)
        return found

    def gaps(self, since: float, until: float) -> list[Span]:
        """Spans in which nobody watched."""
        with telling(self._path):
            rows = self._db.execute(
                "SELECT started, seen FROM watch WHERE started < ? AND seen >= ? ORDER BY started",
                (until, since),
            ).fetchall()
        gaps, edge = [], since
        for started, seen in rows:
            if started - edge > (HEARTBEAT_MISSED if edge > since else 0.0):
                gaps.append((edge, started))
            edge = max(edge, seen)
        if until - edge > HEARTBEAT_MISSED:
            gaps.append((edge, until))
        return gaps

    def sites(self, since: float, until: float, zone: tzinfo) -> dict[tuple[str, str], Availability]:
        """(site, month as YYYY-MM) → seconds by state, between two times."""
        gaps = self.gaps(since, until)
        found: dict[tuple[str, str], Availability] = {}
        for site, spans in self._site_spans(since, until):
            for state, begin, end in spans:
                for known, part in _without(gaps, begin, end):
                    for month, seconds in _by_month(part, zone):
                        found.setdefault((site, month), Availability()).add(
                            state if known else State.UNKNOWN, seconds
                        )
        return found

    def _site_spans(
        self, since: float, until: float
    ) -> Iterator[tuple[str, list[tuple[State, float, float]]]]:
        with telling(self._path):
            rows = self._db.execute(
                "SELECT site, max(at), state FROM site_change WHERE at <= ?1 GROUP BY site"
                " UNION ALL SELECT site, at, state FROM site_change WHERE at > ?1 AND at < ?2"
                " ORDER BY 1, 2",
                (since, until),
            )
            for site, changes in groupby(rows, key=itemgetter(0)):
                spans, state, begin = [], State.UNKNOWN, since
                for _, at, code in changes:
                    if at > begin:
                        spans.append((state, begin, at))
                    state, begin = _state(code), max(at, since)
                spans.append((state, begin, until))
                yield site, spans


def _state(code: int) -> State:
    """The state of a number; of one that this version does not have nothing is known."""
    try:
        return State(code)
    except ValueError:
        return State.UNKNOWN


def mean_time_to_repair(outages: Iterable[Past]) -> float | None:
    """Mean seconds from start to end of those that ended; None if none did."""
    ended = [past.seconds(past.outage.ended) for past in outages if past.outage.ended is not None]
    return sum(ended) / len(ended) if ended else None


def grouped(
    sites: Mapping[tuple[str, str], Availability], names: Mapping[str, Iterable[str]]
) -> dict[tuple[str, str], Availability]:
    """(group, month) → seconds of all its sites together; `names` gives the groups that each site is in."""
    found: dict[tuple[str, str], Availability] = {}
    for (site, month), seconds in sites.items():
        for name in names.get(site, ()):
            found.setdefault((name, month), Availability()).plus(seconds)
    return found


def _without(gaps: list[Span], begin: float, end: float) -> Iterator[tuple[bool, Span]]:
    """The span in parts: (watched, part)."""
    for gap_begin, gap_end in gaps:
        if gap_end <= begin or gap_begin >= end:
            continue
        if gap_begin > begin:
            yield True, (begin, gap_begin)
        yield False, (max(begin, gap_begin), min(end, gap_end))
        begin = min(end, gap_end)
    if begin < end:
        yield True, (begin, end)


def _by_month(span: Span, zone: tzinfo) -> Iterator[tuple[str, float]]:
    begin, end = span
    while begin < end:
        day = datetime.fromtimestamp(begin, zone)
        following = datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=zone).timestamp()
        yield f"{day:%Y-%m}", min(end, following) - begin
        begin = following
