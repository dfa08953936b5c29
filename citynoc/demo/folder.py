"""The demo's data folder: marked as ours, locked while in use, with configuration, logs, secrets and stores.

Never touches a folder that holds other people's files, and clears only the subfolders it made itself.
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from citynoc.demo.supervisor import DemoError

MARK = ".citynoc-demo"
COMMUNITY = "CITYNOC_SNMP_COMMUNITY"
STORES = ("prometheus", "alertmanager", "citynoc", "mosquitto")


@dataclass(frozen=True, slots=True)
class Folder:
    """Paths in the data folder, and the secrets made for this run."""

    root: Path
    community: str
    token: str

    @property
    def etc(self) -> Path:
        """Server configurations made for this run."""
        return self.root / "etc"

    @property
    def logs(self) -> Path:
        """One log per program."""
        return self.root / "log"

    @property
    def environment_file(self) -> Path:
        """What another terminal sources to speak to the simulated devices; mode 0600."""
        return self.root / "env"

    def store(self, name: str) -> Path:
        """Where a server keeps its data."""
        return self.root / name


@contextmanager
def opened(root: Path, *, fresh: bool) -> Iterator[Folder]:
    """The data folder, made or taken up again, locked until the context ends; `fresh` clears the servers' stores.

    Raises:
        DemoError: it holds other files, another demo uses it, or it cannot be written.
    """
    root = root.resolve()
    try:
        root.mkdir(parents=True, exist_ok=True)
        mark = root / MARK
        if not mark.exists() and any(root.iterdir()):
            raise DemoError(
                f"{root} holds other files: give --data an empty folder or one of an earlier demo"
            )
        with mark.open("w", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise DemoError(
                    f"another demo runs in {root}: stop it first, or give --data another folder"
                ) from None
            yield _furnish(root, fresh=fresh)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise DemoError(f"{error.filename or root}: {error.strerror}") from error


def _furnish(root: Path, *, fresh: bool) -> Folder:
    folder = Folder(root, community=secrets.token_hex(12), token=secrets.token_hex(24))
    if fresh:
        for name in STORES:
            shutil.rmtree(folder.store(name), ignore_errors=True)
    for name in (*STORES, "etc", "etc/secrets", "log"):
        (root / name).mkdir(exist_ok=True, mode=0o700)
    write_secret(folder.etc / "secrets" / "webhook-token", folder.token)
    write_secret(folder.environment_file, f"export {COMMUNITY}={folder.community}\n")
    return folder


def write_secret(path: Path, text: str) -> None:
    """Replace the file by one that only its owner can read, from its first byte on."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
