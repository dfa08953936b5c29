"""The journal's file: its schema, how one round is written and what a restart reads. The only file that writes state.

SQLite in WAL mode with synchronous=FULL: a committed round survives a power cut. A file that cannot be read as a
database is renamed and kept, never deleted. Synchronous; its owner gives it a thread (`journal.py`).
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from collector.model import DeviceName, DistrictCode, SiteCode
from collector.outages import sittings
from collector.outages.sittings import Notes
from collector.outages.state import CauseKind, Outage, Severity, State

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

    def __bool__(self) -> bool:
        return bool(self.outages or self.devices or self.sites or self.meetings)


class Ledger:
    """An open journal file. Raises sqlite3.Error and OSError as they come; the owner decides what they mean."""

    def __init__(self, path: Path) -> None:
        self.path = path
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
            _prepare(db, self.path)
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
        """Outages that are open, or ended so lately that they are still shown."""
        rows = self._db.execute(
            f"SELECT {columns(self._db)} FROM outage WHERE ended IS NULL OR ended > ? ORDER BY started",  # noqa: S608
            (now - SHOWN,),
        )
        latest = {outage.id: outage for outage in map(outage_of, rows)}
        return tuple(latest.values())

    def write(self, entry: Entry) -> None:
        """All of it or nothing, and on the disk when this returns."""
        with self._transaction() as db:
            db.executemany(UPSERT, map(_row_of, entry.outages.values()))
            db.executemany("INSERT INTO device_change VALUES (?, ?, ?, ?)", entry.devices)
            db.executemany("INSERT INTO site_change VALUES (?, ?, ?)", entry.sites)
            sittings.write(db, entry.meetings)

    def begin_watch(self, at: float) -> None:
        """From now on somebody looks; history older than `KEEP` goes."""
        with self._transaction() as db:
            db.execute("INSERT OR REPLACE INTO watch VALUES (?, ?, 0)", (at, at))
            for table in ("device_change", "site_change"):
                db.execute(f"DELETE FROM {table} WHERE at < ?", (at - KEEP,))  # noqa: S608 - names above
            db.execute("DELETE FROM outage WHERE ended < ?", (at - KEEP,))
            db.execute("DELETE FROM watch WHERE seen < ?", (at - KEEP,))
            sittings.forget(db, at - KEEP)

    def still_watching(self, began: float, at: float, *, stopped: bool = False) -> None:
        """Somebody looked until now."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO watch VALUES (?1, ?2, ?3)"
                " ON CONFLICT (started) DO UPDATE SET seen = ?2, stopped = ?3",
                (began, at, int(stopped)),
            )

    def _transaction(self) -> "_Transaction":
        return _Transaction(self._db)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Create the tables of a new file, refuse a later one, make sure that an old one can be read."""
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
        return
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


COLUMNS = (
    "id, kind, district, started, causes, affected_devices, affected_sites, severity, site, carrier, ended,"
    " acknowledged"
)
LATER = "on_battery"
"""A column that files of an earlier version lack."""
UPSERT = (
    f"INSERT INTO outage ({COLUMNS}, {LATER}, most_devices, most_sites)"  # noqa: S608 - the names above
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
    " ON CONFLICT (id, started) DO UPDATE SET ended = ?11, severity = ?8, acknowledged = ?12,"
    " causes = ?5, affected_devices = ?6, affected_sites = ?7, on_battery = ?13,"
    " most_devices = max(most_devices, ?14), most_sites = max(most_sites, ?15)"
)


def columns(db: sqlite3.Connection) -> str:
    """What to select of `outage` for `outage_of`, also from a file of an earlier version."""
    there = {row[1] for row in db.execute("PRAGMA table_info(outage)")}
    return f"{COLUMNS}, {LATER if LATER in there else 0}"


def outage_of(row: tuple[object, ...]) -> Outage:
    """An outage from its row, columns as `columns` orders them."""
    name, kind, district, started, causes, devices, sites, severity, site, carrier, ended, taken, battery = (
        row
    )
    return Outage(
        id=str(name),
        kind=CauseKind(str(kind)),
        district=DistrictCode(str(district)),
        started=float(str(started)),
        causes=tuple(json.loads(str(causes))),
        affected_devices=frozenset(map(DeviceName, json.loads(str(devices)))),
        affected_sites=frozenset(map(SiteCode, json.loads(str(sites)))),
        severity=Severity(int(str(severity))),
        site=SiteCode(str(site)) if site is not None else None,
        carrier=str(carrier),
        ended=None if ended is None else float(str(ended)),
        acknowledged=bool(taken),
        on_battery=bool(battery),
    )


def _row_of(outage: Outage) -> tuple[object, ...]:
    return (
        outage.id,
        outage.kind.value,
        outage.district,
        outage.started,
        json.dumps(outage.causes),
        json.dumps(sorted(outage.affected_devices)),
        json.dumps(sorted(outage.affected_sites)),
        int(outage.severity),
        outage.site,
        outage.carrier,
        outage.ended,
        int(outage.acknowledged),
        int(outage.on_battery),
        len(outage.affected_devices),
        len(outage.affected_sites),
    )


def changes(
    at: float, old: Mapping[SiteCode, State], new: Mapping[SiteCode, State]
) -> Iterable[tuple[float, str, int]]:
    """Sites whose state differs, as rows of `site_change`."""
    if old is new:
        return []
    return [(at, site, int(state)) for site, state in new.items() if old.get(site) is not state]


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
