"""The one place where a file of somebody else's is replaced: whole on disk first, then renamed over the old one.

Whenever the program is killed, the old file or the new one stands there, never a part. What is left of a killed
write is a hidden file beside it (`.NAME.…`), which nothing of ours reads. Source: rename(2), fsync(2).
"""

import errno
import os
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

PLAIN = 0o644
DRAFT = ".draft"
"""What the name of a draft ends with, so that a person's own hidden copy is never taken for one."""


def replace(path: Path, content: bytes | str, *, mode: int | None = None) -> None:
    """Put `content` at `path`. Raises OSError, and then nothing has changed.

    `mode` is the new file's; without it a file that is there keeps its own and a new one gets 0644. A file that is
    there keeps its owner and group as far as the system allows. Where `path` is a symbolic link, the file that it
    leads to is replaced.
    """
    with draft(path, content, mode=mode):
        pass


@contextmanager
def draft(path: Path, content: bytes | str, *, mode: int | None = None) -> Iterator[Path]:
    """As `replace`, with a look at it first: the block gets the complete draft, and may raise to take it back."""
    path = path.resolve() if path.is_symlink() else path
    there = path.stat() if path.exists() else None
    if there is not None and not stat.S_ISREG(
        there.st_mode
    ):  # root would put a file in the place of /dev/null
        raise OSError(errno.EINVAL, "it is no plain file that could be replaced", str(path))
    if mode is None:
        mode = PLAIN if there is None else there.st_mode & 0o777
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=DRAFT)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            if there is not None:
                _belong(stream.fileno(), there)
            os.fchmod(stream.fileno(), mode)  # before a byte of it is there, whatever the umask
            stream.write(content.encode() if isinstance(content, str) else content)
            stream.flush()
            os.fsync(stream.fileno())
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync(path.parent)


def _belong(handle: int, there: os.stat_result) -> None:
    """To whom the old file belongs: root edits a file that only the service's group may read, and it stays theirs."""
    own = os.fstat(handle)
    if (own.st_uid, own.st_gid) == (there.st_uid, there.st_gid):
        return
    try:
        os.fchown(handle, there.st_uid, there.st_gid)
    except PermissionError:  # not root: at least the group, where one is a member of it
        with suppress(PermissionError):
            os.fchown(handle, -1, there.st_gid)


def folder(path: Path, files: Mapping[str, bytes | str]) -> None:
    """A new directory with these files, by relative name: there whole or not at all. Raises OSError.

    An empty directory of that name is taken; anything else that stands there is an error. Nothing waits for the disk:
    what has no history yet is written again after a power cut.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as hidden:
        drafted = Path(hidden) / "new"
        drafted.mkdir(mode=0o755)
        for name, content in files.items():
            file = drafted / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        os.rename(drafted, path)  # noqa: PTH104  # over an empty directory, too: rename(2)


def sync(folder: Path) -> None:
    """Make the names in the folder last through a power cut. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
