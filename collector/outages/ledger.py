"""The journal's file: its schema, how one round is written and what a restart reads. The only file that writes state.

SQLite in WAL mode with synchronous=FULL: a committed round survives a power cut. A file that cannot be read as a
database is renamed and kept, never deleted. Synchronous; its owner gives it a thread (`journal.py`).
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from collector.outages import sittings
from collector.outages.rows import LATER, UPSERT, columns, outage_of, row_of
from collector.outages.sittings import Notes
from collector.outages.state import Outage, State

SCHEMA_VERSION = 1
KEEP = 400 * 86400.0
"""Seconds of history that stay in the file: a year and a month to compare it with."""
SHOWN = 3600.0
"""An ended outage is shown this long, so a restart reads it too."""
LOCK_WAIT = 0.4

SCHEMA = """
CREATE TABLE outage (
  id TEXT NOT NULL, started REAL NOT NULL, ended REAL,
  kind TEXT NOT NULL, district TEXT NOT NULL, site TEXT, carrier TEXT NOT NULL,
  severity INTEGER NOT NULL, acknowledged INTEGER NOT NULL,
  causes TEXT NOT NULL, affected_devices TEXT NOT NULL, affected_sites TEXT NOT NULL,
  most_devices INTEGER NOT NULL, most_sites INTEGER NOT NULL, maintenance INTEGER NOT NULL DEFAULT 0,
  on_battery INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (id, started)
) STRICT;
CREATE INDEX outage_ended ON outage (ended);
CREATE TABLE device_change (
  at REAL NOT NULL, device TEXT NOT NULL, state INTEGER NOT NULL, cause TEXT
) STRICT;
CREATE INDEX device_change_at ON device_change (at);
CREATE TABLE site_change (at REAL NOT NULL, site TEXT NOT NULL, state INTEGER NOT NULL) STRICT;
CREATE INDEX site_change_at ON site_change (at);
CREATE TABLE watch (started REAL PRIMARY KEY, seen REAL NOT NULL, stopped INTEGER NOT NULL DEFAULT 0) STRICT;
"""


WATCHED = "INSERT INTO watch VALUES (?1, ?2, ?3) ON CONFLICT (started) DO UPDATE SET seen = ?2, stopped = ?3"

ROW_FAULTS = (
    sqlite3.IntegrityError,  # a NULL (also a NaN, which SQLite takes for one) or a text where none may be
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    ArithmeticError,  # a whole number beyond 64 bits
    ValueError,  # a text that is no UTF-8
    TypeError,
    LookupError,
    AttributeError,
)
"""What a row does that no file would ever take, however often it is tried."""

TABLES = frozenset({"outage", "device_change", "site_change", "watch"})
LATER_TABLES = frozenset({"sitting", "attendance", "call_quality"})


class NewerJournalError(Exception):
    """The file was written by a later version of citynoc; it is left alone."""


@dataclass(slots=True)
class Entry:
    """What one or more rounds have to say, in the order it happened."""

    outages: dict[tuple[str, float], Outage] = field(default_factory=dict)
    devices: list[tuple[float, str, int, str | None]] = field(default_factory=list)
    sites: list[tuple[float, str, int]] = field(default_factory=list)
    meetings: Notes = field(default_factory=Notes)
    watches: dict[float, float] = field(default_factory=dict)
    """Watches that are over: when each began, and when somebody last looked."""

    def __bool__(self) -> bool:
        return bool(self.outages or self.devices or self.sites or self.meetings or self.watches)

    def __len__(self) -> int:
        """How many rows it is."""
        notes = self.meetings
        return sum(
            map(len, (self.outages, self.devices, self.sites, self.watches,
                      notes.sittings, notes.attendance, notes.quality))
        )  # fmt: skip


class Refused(NamedTuple):
    """A row that no file would take. `key` is the outage's, if it is one."""

    table: str
    error: str
    key: tuple[str, float] | None = None


Statement = tuple[str, str, Iterable[Any], Callable[[Any], tuple[object, ...]]]
"""Table, SQL, things, and how one of them becomes a row."""


def _statements(entry: Entry) -> Iterator[Statement]:
    yield "outage", UPSERT, entry.outages.values(), row_of
    yield "device_change", "INSERT INTO device_change VALUES (?, ?, ?, ?)", entry.devices, tuple
    yield "site_change", "INSERT INTO site_change VALUES (?, ?, ?)", entry.sites, tuple
    for table, sql, rows in sittings.statements(entry.meetings):
        yield table, sql, rows, tuple
    yield "watch", WATCHED, ((began, seen, 0) for began, seen in entry.watches.items()), tuple


class Ledger:
    """An open journal file. Raises sqlite3.Error and OSError as they come; the owner decides what they mean."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.fresh = False
        """Whether there was no such file before."""
        self.unreadable: tuple[str, ...] = ()
        """What `remembered` could not make an outage of."""
        self.set_aside: Path | None = None
        """Where an unreadable predecessor was put."""
        self._db = self._open()
        self._file = _identity(path)

    def _open(self) -> sqlite3.Connection:
        try:
            return self._connect()
        except sqlite3.OperationalError:  # locked, full or not permitted: not the file's fault
            raise
        except sqlite3.DatabaseError:
            self.set_aside = set_aside(self.path)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=LOCK_WAIT, isolation_level=None, check_same_thread=False)
        try:
            self.fresh = _prepare(db, self.path)
        except BaseException:
            db.close()
            raise
        return db

    def in_place(self) -> bool:
        """Is it still the file of that name? One that was deleted takes rows that nobody will find again."""
        return _identity(self.path) == self._file

    def close(self) -> None:
        """Close the file; every committed round is in it."""
        self._db.close()

    def remembered(self, now: float) -> tuple[Outage, ...]:
        """Outages that are open, or ended so lately that they are still shown; `unreadable` are left where they are."""
        rows = self._db.execute(
            f"SELECT {columns(self._db)} FROM outage WHERE ended IS NULL OR ended > ? ORDER BY started",  # noqa: S608
            (now - SHOWN,),
        )
        latest: dict[str, Outage] = {}
        unreadable = []
        for row in rows:
            try:
                outage = outage_of(row)
            except ValueError as why:
                unreadable.append(str(why))
            else:
                latest[outage.id] = outage
        self.unreadable = tuple(unreadable)
        return tuple(latest.values())

    def write(self, entry: Entry) -> tuple[Refused, ...]:
        """On the disk when this returns: all of it, but for rows that no file would take, or nothing."""
        try:
            with self._transaction() as db:
                for _, sql, things, row in _statements(entry):
                    db.executemany(sql, map(row, things))
        except ROW_FAULTS:
            return self._write_one_by_one(entry)
        return ()

    def _write_one_by_one(self, entry: Entry) -> tuple[Refused, ...]:
        refused = []
        with self._transaction() as db:
            for table, sql, things, row in _statements(entry):
                for thing in things:
                    try:
                        db.execute(sql, row(thing))
                    except ROW_FAULTS as why:
                        key = (thing.id, thing.started) if isinstance(thing, Outage) else None
                        refused.append(Refused(table, f"{type(why).__name__}: {why}", key))
        return tuple(refused)

    def begin_life(self, at: float, *, seen: bool) -> int:
        """A service begins: nothing is known of any site, and of a cause that is open twice the earlier outage is over.

        Unless `seen`, the service has begun without what the file held, so that whatever is open in it was given up when
        somebody last looked. Returns how many outages that ended.
        """
        with self._transaction() as db:
            db.execute(
                "INSERT INTO site_change SELECT ?1, site, ?2 FROM"
                " (SELECT site, max(at), state FROM site_change GROUP BY site) WHERE state != ?2",
                (at, int(State.UNKNOWN)),
            )
            db.execute(
                "UPDATE outage SET ended = (SELECT min(later.started) FROM outage later"
                "  WHERE later.id = outage.id AND later.started > outage.started)"
                " WHERE ended IS NULL AND EXISTS (SELECT 1 FROM outage later"
                "  WHERE later.id = outage.id AND later.started > outage.started)"
            )
            if seen:
                return 0
            return db.execute(
                "UPDATE outage SET ended = max(started, coalesce((SELECT max(seen) FROM watch), ?))"
                " WHERE ended IS NULL",
                (at,),
            ).rowcount

    def begin_watch(self, at: float) -> None:
        """From now on somebody looks; history older than `KEEP` goes."""
        with self._transaction() as db:
            db.execute("INSERT OR IGNORE INTO watch VALUES (?, ?, 0)", (at, at))
            for table in ("device_change", "site_change"):
                db.execute(f"DELETE FROM {table} WHERE at < ?", (at - KEEP,))  # noqa: S608 - names above
            db.execute("DELETE FROM outage WHERE ended < ?", (at - KEEP,))
            db.execute("DELETE FROM watch WHERE seen < ?", (at - KEEP,))
            sittings.forget(db, at - KEEP)

    def still_watching(self, began: float, at: float, *, stopped: bool = False) -> None:
        """Somebody looked until now."""
        with self._transaction() as db:
            db.execute(WATCHED, (began, at, int(stopped)))

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._db)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _prepare(db: sqlite3.Connection, path: Path) -> bool:
    """Create the tables of a new file, refuse a later one, make sure that an old one can be read; True if it is new."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise NewerJournalError(
            f"{path} has schema {version}, this citynoc knows {SCHEMA_VERSION}: it is not touched"
        )
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    if version == 0:
        script = f"{SCHEMA} {sittings.SCHEMA} PRAGMA user_version={SCHEMA_VERSION};"
        db.executescript(f"BEGIN IMMEDIATE; {script} COMMIT;")
        return True
    found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if found != "ok" or not tables >= TABLES:
        raise sqlite3.DatabaseError(f"quick_check says {found}, tables are {sorted(tables)}")
    if not columns(db).endswith(LATER):
        db.execute(f"ALTER TABLE outage ADD COLUMN {LATER} INTEGER NOT NULL DEFAULT 0")
    if (
        not tables >= LATER_TABLES
    ):  # an earlier version reads such a file as before, so the schema keeps its number
        db.executescript(f"BEGIN IMMEDIATE; {sittings.SCHEMA} COMMIT;")
    return False


class _Transaction:
    """BEGIN IMMEDIATE … COMMIT, rolled back when anything fails."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> sqlite3.Connection:
        self._db.execute("BEGIN IMMEDIATE")
        return self._db

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            try:
                self._db.execute("COMMIT")
            except sqlite3.Error:
                self._rollback()
                raise
        else:
            self._rollback()

    def _rollback(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")


def set_aside(path: Path) -> Path:
    """Rename the file and what belongs to it, so that nothing is lost and nothing is in the way."""
    stamp = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y%m%dT%H%M%SZ")
    name, number = f"{path.name}.unreadable-{stamp}", 0
    target = path.with_name(name)
    while target.exists():
        number += 1
        target = path.with_name(f"{name}-{number}")
    for suffix in ("-wal", "-shm"):
        side = path.with_name(path.name + suffix)
        if side.exists():
            side.rename(target.with_name(target.name + suffix))
    path.rename(target)
    return target
