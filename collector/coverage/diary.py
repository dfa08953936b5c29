"""What was seen of the communes' ways out, kept by day: a small file beside the journal. Synchronous.

A row a site and day, written again every few minutes while the day lasts: 579 communes and 400 days are some 20 MB. A
crash loses what was seen since the last time, and what is lost is unknown. A file that cannot be read as a database is
renamed and kept, never deleted.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

from collector.coverage.links import Tally
from collector.model import SiteCode
from collector.outages.ledger import set_aside

FILE = "uplinks.sqlite"
KEEP = timedelta(days=400)
"""As long as the journal's history."""
SCHEMA_VERSION = 1
LOCK_WAIT = 5.0
SCHEMA = """
CREATE TABLE seen (
  day TEXT NOT NULL, site TEXT NOT NULL, capacity TEXT NOT NULL, backup TEXT NOT NULL, delay TEXT NOT NULL,
  PRIMARY KEY (day, site)
) STRICT, WITHOUT ROWID;
"""

Day = Mapping[SiteCode, Tally]


class DiaryError(Exception):
    """The file cannot be written or read: one sentence for an operator."""


def write(path: Path, day: date, tallies: Day) -> Path | None:
    """Put down the whole day as it is known now; history older than `KEEP` goes. Raises DiaryError.

    Returns where an unreadable predecessor was put, if there was one.
    """
    try:
        _write(path, day, tallies)
    except sqlite3.OperationalError as error:  # locked, full or not permitted: not the file's fault
        raise DiaryError(f"{path}: {error}") from None
    except sqlite3.DatabaseError:
        try:
            aside = set_aside(path)
            _write(path, day, tallies)
        except (sqlite3.Error, OSError) as error:
            raise DiaryError(f"{path}: {error}") from None
        return aside
    return None


def read(path: Path, first: date, last: date) -> dict[SiteCode, Tally]:
    """What was seen of each site from the first day to the last; nothing if there is no file. Raises DiaryError."""
    found: dict[SiteCode, Tally] = {}
    if not path.is_file():
        return found
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=LOCK_WAIT)
        ) as db:
            for site, *seconds in db.execute(
                "SELECT site, capacity, backup, delay FROM seen WHERE day BETWEEN ? AND ? ORDER BY day, site",
                (f"{first}", f"{last}"),
            ):
                found.setdefault(SiteCode(site), Tally()).plus(Tally(*map(_counter, seconds)))
    except (sqlite3.Error, ValueError) as error:
        raise DiaryError(f"{path} cannot be read: {error}") from None
    return found


def _write(path: Path, day: date, tallies: Day) -> None:
    with closing(sqlite3.connect(path, timeout=LOCK_WAIT)) as db:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise DiaryError(
                f"{path} has schema {version}, this citynoc knows {SCHEMA_VERSION}: it is not touched"
            )
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        if version == 0:
            db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version={SCHEMA_VERSION}; COMMIT;")
        with db:
            rows = [_row(day, site, tally) for site, tally in tallies.items() if tally]
            db.executemany("INSERT OR REPLACE INTO seen VALUES (?, ?, ?, ?, ?)", rows)
            db.execute("DELETE FROM seen WHERE day < ?", (f"{day - KEEP}",))


def _row(day: date, site: SiteCode, tally: Tally) -> tuple[str, ...]:
    return f"{day}", site, _text(tally.capacity), _text(tally.backup), _text(tally.delay)


def _text(seconds: Counter[int]) -> str:
    """As `1000:86395 100:5`."""
    return " ".join(f"{what}:{seconds[what]}" for what in sorted(seconds))


def _counter(text: str) -> Counter[int]:
    """Raises ValueError for what we did not write."""
    pairs = (pair.split(":") for pair in text.split())
    return Counter({int(what): int(seconds) for what, seconds in pairs})
