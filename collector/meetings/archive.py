"""What the journal remembers of meetings, for a restart and for reports. Reads only."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from collector.meetings.minutes import OVER, Kept
from collector.outages import sittings
from collector.outages.reading import opened, telling
from collector.outages.sittings import AttendanceRow, Key, QualityRow, SittingRow

T = TypeVar("T")


class Archive:
    """`with Archive(path)`: questions to a journal, also to one that a service is writing. Raises NoJournalError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Self:
        self._db, tables = opened(self._path, "SELECT name FROM sqlite_schema WHERE type = 'table'")
        self._empty = ("sitting",) not in tables
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    def sittings(self, meeting: str | None = None) -> list[SittingRow]:
        """All sittings that were written down, or a meeting's, the latest first."""
        return [] if self._empty else self._ask(lambda: sittings.sittings(self._db, meeting))

    def attendance(self, key: Key) -> list[AttendanceRow]:
        """Who came and went, in the order it happened."""
        return [] if self._empty else self._ask(lambda: sittings.attendance(self._db, key))

    def quality(self, key: Key) -> list[QualityRow]:
        """How good the calls were, by site."""
        return [] if self._empty else self._ask(lambda: sittings.quality(self._db, key))

    def unfinished(self, now: float) -> list[Kept]:
        """Sittings that no service has closed, the latest first; of those whose time is over only what was attended."""
        found = []
        for row in self.sittings():
            if row.cancelled or self._closed(row, now):
                continue
            key = (row.meeting, row.key)
            rows = self.attendance(key)
            counts: dict[str, int] = {}
            for one in rows:
                counts[one.site] = counts.get(one.site, 0) + 1
            quality = {one.site: one for one in self.quality(key)}
            found.append(Kept(row, sittings.last_words(rows), counts, quality))
        return found

    def _closed(self, row: SittingRow, now: float) -> bool:
        last = self._ask(lambda: sittings.last_verdict(self._db, (row.meeting, row.key), over=OVER))
        return last == OVER or (last is None and row.ended <= now)

    def ended(self, since: float, now: float) -> dict[str, tuple[float, list[AttendanceRow]]]:
        """By meeting, the start of the last sitting that ended between, and who came and went in it."""
        found: dict[str, tuple[float, list[AttendanceRow]]] = {}
        for row in self.sittings():
            if since < row.ended <= now and not row.cancelled and row.meeting not in found:
                found[row.meeting] = (row.started, self.attendance((row.meeting, row.key)))
        return found

    def _ask(self, question: Callable[[], T]) -> T:
        with telling(self._path):
            return question()
