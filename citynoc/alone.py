"""One service in one data folder: a second one would write the same journal over the first one's head.

The kernel holds the claim and drops it when the process ends, however it ends, so none outlives a crash.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LOCK = "running.lock"
LONGEST = 20
"""Characters of a process number."""


class NotAloneError(Exception):
    """Another service works in this folder; the message says which."""


@contextmanager
def claimed(data: Path) -> Iterator[None]:
    """The folder is ours inside the context. Raises NotAloneError if another process has it.

    Where no claim can be written (no right, a file system without locks) the service goes on without one: what that
    costs it says itself.
    """
    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o750)
        file = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError:
        yield
        return
    try:
        _lock(file, data)
        yield
    finally:
        os.close(file)


def _lock(file: int, data: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(file, LONGEST).decode("ascii", "replace").strip()
        number = f" (process {holder})" if holder.isdigit() else ""
        raise NotAloneError(
            f"another citynoc run works in {data}{number}; end it, or name another folder with --data"
        ) from None
    except OSError:
        return
    with suppress(OSError):  # a full disk
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
