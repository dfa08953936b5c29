"""One editor of a directory at a time: an advisory lock that the kernel drops when its holder ends, however it ends.

The lock is on the directory itself, so that no file of ours lies among the files that people own. Source: flock(2).
"""

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 60.0
"""Seconds to wait for another editor."""

_LOOK_AGAIN = 0.05


class BusyError(Exception):
    """Somebody else has been editing for too long; one sentence for a person."""


@contextmanager
def locked(directory: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Nobody else edits the directory inside the block. Raises BusyError, OSError."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _take(handle, directory, patience)
        yield
    finally:
        os.close(
            handle
        )  # ends the lock; the file stays, or a third editor would lock another file of that name


def _take(handle: int, directory: Path, patience: float) -> None:
    until = time.monotonic() + patience
    said = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise BusyError(f"another command has been editing {directory} for {patience:g} s") from None
            if not said:
                sys.stderr.write(f"waiting for another command that edits {directory}\n")
                said = True
            time.sleep(_LOOK_AGAIN)
        else:
            return
