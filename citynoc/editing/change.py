"""A change of several files: seen as a unified diff before, and written so that no file is ever half of one."""

import difflib
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from collector import atomic

LARGEST_FILE = 16 * 1024 * 1024  # bytes; what the reader of configurations takes
_LEFT_BEHIND = re.compile(rf"\..+\.yml\.[a-z0-9_]{{8}}{re.escape(atomic.DRAFT)}")

_TINTS = {"+": "32", "-": "31", "@": "36"}


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before (None: it is new) and after."""

    name: str
    old: str | None
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """Files of a directory by relative name."""

    directory: Path
    files: tuple[FileChange, ...]

    @property
    def texts(self) -> Mapping[str, str]:
        """What the files will hold."""
        return {one.name: one.new for one in self.files}

    def diff(self, *, colour: bool = False) -> Iterator[str]:
        """Lines of a unified diff, as `patch` takes them."""
        for one in self.files:
            path = str(self.directory / one.name)
            before = "/dev/null" if one.old is None else path
            lines = difflib.unified_diff(
                _lines(one.old or ""), _lines(one.new), before, path, n=2, lineterm=""
            )
            for line in lines:
                tint = _TINTS.get(line[:1])
                shown = _shown(line)
                yield f"\033[{tint}m{shown}\033[0m" if colour and tint else shown

    def write(self) -> None:
        """Put every file in its place. Raises OSError.

        All new texts are complete on disk before the first file is replaced; whenever the program ends, each file is
        the old one or the new one.
        """
        for one in self.files:
            (self.directory / one.name).parent.mkdir(parents=True, exist_ok=True)
        with ExitStack() as drafts:
            for one in reversed(
                self.files
            ):  # the stack unwinds from its end: files are replaced in their order
                drafts.enter_context(atomic.draft(self.directory / one.name, one.new))


def read_text(path: Path) -> str:
    """The file's text with its own line ends. Raises OSError; UnicodeDecodeError cannot happen after a check."""
    with path.open("rb") as stream:
        return stream.read(LARGEST_FILE).decode()


def sweep(folder: Path) -> None:
    """Remove what killed writers left. Only with the lock held: a living writer's draft looks the same."""
    for path in folder.glob(".*.yml.*"):
        if _LEFT_BEHIND.fullmatch(path.name):
            path.unlink(missing_ok=True)


def _lines(text: str) -> list[str]:
    return text.split("\n")[:-1] if text.endswith("\n") else text.split("\n") if text else []


def _shown(line: str) -> str:
    """A line without what could steer a terminal."""
    return "".join(
        sign if sign.isprintable() or sign == "\t" else "\N{SYMBOL FOR ESCAPE}" for sign in line.rstrip("\r")
    )
