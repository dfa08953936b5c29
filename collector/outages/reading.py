"""Opens a journal for reading, beside a service that writes it, and says in one sentence why one cannot be read."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from collector.outages.ledger import SCHEMA_VERSION

LOCKED = 5.0
"""Seconds that a file held by another program is waited for."""


class NoJournalError(Exception):
    """There is no journal here, or it cannot be read."""


@contextmanager
def telling(path: Path) -> Iterator[None]:
    """Whatever SQLite finds wrong in here is a NoJournalError."""
    try:
        yield
    except sqlite3.Error as error:
        raise NoJournalError(_words(path, error)) from None


def opened(path: Path, question: str) -> tuple[sqlite3.Connection, list[tuple[object, ...]]]:
    """The journal, read-only, and its answer to a first question, which shows that it can be read.

    Raises:
        NoJournalError: there is none, or it cannot answer; nothing stays open then.
    """
    try:
        there = path.is_file()
    except OSError as error:
        raise NoJournalError(f"{path} cannot be read: {error.strerror}; ask as the service's user") from None
    if not there:
        raise NoJournalError(f"there is no journal at {path}: has `citynoc run` run with this --data?")
    if _nobody_writes(path):
        # Reading beside a writer needs a file that belongs to both, which this folder does not let us make.
        return _asked(path, "mode=ro&immutable=1", question)
    return _asked(path, "mode=ro", question)


def _nobody_writes(path: Path) -> bool:
    return not os.access(path.parent, os.W_OK, effective_ids=True) and not any(
        path.with_name(path.name + end).exists() for end in ("-wal", "-shm")
    )


def _asked(path: Path, how: str, question: str) -> tuple[sqlite3.Connection, list[tuple[object, ...]]]:
    with telling(path), ExitStack() as undo:
        journal = undo.enter_context(
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=LOCKED))
        )
        version = journal.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA_VERSION:
            raise NoJournalError(
                f"{path} was written by a later citynoc (schema {version}, this one knows {SCHEMA_VERSION}):"
                " read it with that one"
            )
        answer = journal.execute(question).fetchall()
        undo.pop_all()
        return journal, answer


def _words(path: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        why = f"another program holds it, `fuser` names which ({error})"
    elif code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        why = f"it is damaged ({error}); `citynoc run` puts such a file aside and begins another"
    elif code == sqlite3.SQLITE_ERROR:
        why = f"it is no journal of citynoc ({error})"
    elif not os.access(path, os.R_OK, effective_ids=True):
        why = "you may not, so ask as the service's user"
    else:
        why = str(error)
    return f"{path} cannot be read: {why}"
