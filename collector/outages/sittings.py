"""What the journal keeps of meetings: each sitting, who came and went, how good the calls were. Rows and their SQL.

One row per participant and change, never per minute; quality is one row per participant, added up. What it means
stands in `collector.meetings`; the ledger writes it in the same transaction as everything else, and a file of an
earlier version simply gets these tables too.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

SCHEMA = """
CREATE TABLE IF NOT EXISTS sitting (
  meeting TEXT NOT NULL, key REAL NOT NULL, started REAL NOT NULL, ended REAL NOT NULL, cancelled INTEGER NOT NULL,
  title_vi TEXT NOT NULL, title_en TEXT NOT NULL, sites TEXT NOT NULL, bridges TEXT NOT NULL, alarms TEXT NOT NULL,
  PRIMARY KEY (meeting, key)
) STRICT;
CREATE TABLE IF NOT EXISTS attendance (
  meeting TEXT NOT NULL, key REAL NOT NULL, at REAL NOT NULL, site TEXT NOT NULL, endpoint TEXT NOT NULL,
  verdict TEXT NOT NULL, reason TEXT NOT NULL, cause TEXT NOT NULL, connected INTEGER, grade INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS attendance_sitting ON attendance (meeting, key, at);
CREATE TABLE IF NOT EXISTS call_quality (
  meeting TEXT NOT NULL, key REAL NOT NULL, site TEXT NOT NULL, looks INTEGER NOT NULL, loss_sum REAL NOT NULL,
  loss_max REAL NOT NULL, jitter_max REAL NOT NULL, latency_max REAL NOT NULL,
  PRIMARY KEY (meeting, key, site)
) STRICT;
"""

Key = tuple[str, float]
"""A sitting for ever: its meeting and the start that it had when it was first written down."""


class SittingRow(NamedTuple):
    """A sitting as it is now. `sites` and `bridges` are JSON lists, `alarms` is what was told when, as JSON."""

    meeting: str
    key: float
    started: float
    ended: float
    cancelled: bool
    title_vi: str
    title_en: str
    sites: str
    bridges: str
    alarms: str


class AttendanceRow(NamedTuple):
    """A participant from `at` on. `connected` and `grade` (0 good, 1 fair, 2 poor) are None while unknown."""

    meeting: str
    key: float
    at: float
    site: str
    endpoint: str
    verdict: str
    reason: str
    cause: str
    connected: int | None
    grade: int | None


class QualityRow(NamedTuple):
    """A participant's calls so far: `looks` readings, their losses added up, and the worst of each."""

    meeting: str
    key: float
    site: str
    looks: int
    loss_sum: float
    loss_max: float
    jitter_max: float
    latency_max: float


@dataclass(slots=True)
class Notes:
    """What is to be written of meetings, in the order it happened; of a sitting and a quality the latest word counts."""

    sittings: dict[Key, SittingRow] = field(default_factory=dict)
    attendance: list[AttendanceRow] = field(default_factory=list)
    quality: dict[tuple[str, float, str], QualityRow] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.sittings or self.attendance or self.quality)

    def add(self, newer: "Notes") -> None:
        """Take what happened later."""
        self.sittings.update(newer.sittings)
        self.attendance.extend(newer.attendance)
        self.quality.update(newer.quality)


def statements(notes: Notes) -> Iterable[tuple[str, str, Iterable[tuple[object, ...]]]]:
    """Table, SQL and rows of everything that is to be written."""
    yield "sitting", _insert("OR REPLACE", "sitting", SittingRow), notes.sittings.values()
    yield "attendance", _insert("", "attendance", AttendanceRow), notes.attendance
    yield "call_quality", _insert("OR REPLACE", "call_quality", QualityRow), notes.quality.values()


def forget(db: sqlite3.Connection, before: float) -> None:
    """Drop sittings that ended before, inside the caller's transaction."""
    gone = db.execute("SELECT meeting, key FROM sitting WHERE ended < ?", (before,)).fetchall()
    for table in ("sitting", "attendance", "call_quality"):
        db.executemany(f"DELETE FROM {table} WHERE meeting = ? AND key = ?", gone)  # noqa: S608 - names above


def sittings(db: sqlite3.Connection, meeting: str | None = None) -> list[SittingRow]:
    """All sittings, or a meeting's, the latest first."""
    rows = db.execute(
        f"SELECT {_columns(SittingRow)} FROM sitting"  # noqa: S608 - names of ours
        " WHERE ?1 IS NULL OR meeting = ?1 ORDER BY started DESC, meeting",
        (meeting,),
    )
    return [SittingRow(*row)._replace(cancelled=bool(row[4])) for row in rows]


def attendance(db: sqlite3.Connection, key: Key) -> list[AttendanceRow]:
    """Who came and went in a sitting, in the order it happened."""
    rows = db.execute(
        f"SELECT {_columns(AttendanceRow)} FROM attendance"  # noqa: S608 - names of ours
        " WHERE meeting = ? AND key = ? ORDER BY at, rowid",
        key,
    )
    return [AttendanceRow(*row) for row in rows]


def last_verdict(db: sqlite3.Connection, key: Key, *, over: str) -> str | None:
    """The verdict that was written last in a sitting, None without any; `over` may be dated before others."""
    row = None
    for order in ("at DESC, rowid DESC", "rowid DESC"):  # the first is in the index, and is mostly enough
        row = db.execute(
            f"SELECT verdict FROM attendance WHERE meeting = ? AND key = ? ORDER BY {order} LIMIT 1",  # noqa: S608
            key,
        ).fetchone()
        if row is None or row[0] == over:
            break
    return None if row is None else str(row[0])


def quality(db: sqlite3.Connection, key: Key) -> list[QualityRow]:
    """How good the calls of a sitting were, by site."""
    rows = db.execute(
        f"SELECT {_columns(QualityRow)} FROM call_quality"  # noqa: S608 - names of ours
        " WHERE meeting = ? AND key = ? ORDER BY site",
        key,
    )
    return [QualityRow(*row) for row in rows]


def last_words(rows: Iterable[AttendanceRow]) -> dict[str, AttendanceRow]:
    """The latest row of each site."""
    return {row.site: row for row in rows}


def _columns(row: type[SittingRow | AttendanceRow | QualityRow]) -> str:
    return ", ".join(row._fields)


def _insert(how: str, table: str, row: type[SittingRow | AttendanceRow | QualityRow]) -> str:
    marks = ", ".join("?" * len(row._fields))
    return f"INSERT {how} INTO {table} ({_columns(row)}) VALUES ({marks})"  # noqa: S608 - names of ours
