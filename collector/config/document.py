"""A file that was read: plain values beside a tree of marks, and problems placed by path.

It knows nothing of YAML's grammar and reads no files.
"""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from collector.config.problems import Problem, Severity
from collector.model import Place

Steps = tuple[str | int, ...]
"""The way to a node: mapping keys and list positions from the top."""

_LOGIN = re.compile(r"://[^/\s]*@")


class Mark:
    """Where a node stands, and the key that leads to it; a tree beside the values. 0-based inside."""

    __slots__ = ("children", "column", "key_column", "key_line", "line", "size", "width")

    def __init__(self, line: int, column: int, width: int) -> None:
        self.line = self.key_line = line
        self.column = self.key_column = column
        self.width = width
        self.size = 1
        self.children: dict[str, Mark] | list[Mark] | None = None

    def child(self, step: str | int) -> "Mark | None":
        """The mark one step down, or None."""
        children = self.children
        if isinstance(children, dict):
            return children.get(str(step))
        if isinstance(children, list) and isinstance(step, int) and 0 <= step < len(children):
            return children[step]
        return None


@dataclass(frozen=True, slots=True)
class Document:
    """One file, read. `value` holds only str, None, list and dict; `problems` is what reading found.

    With `secret` no line of the file is ever shown.
    """

    file: str
    value: Any
    marks: Mark
    text: str = ""
    problems: tuple[Problem, ...] = ()
    readable: bool = True
    secret: bool = False

    def place(self, path: Steps = (), *, key: bool = False) -> Place:
        """Where the value at `path` (or its key) is written; the longest known prefix of the path counts."""
        line, column, _ = self._position(path, key=key)
        return Place(self.file, line + 1, column + 1)

    def problem(
        self,
        path: Steps,
        message: str,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
        *,
        key: bool = False,
    ) -> Problem:
        """A problem at the value (or key) at `path`. A line with a login in a URL is not shown."""
        line, column, width = self._position(path, key=key)
        excerpt = "" if self.secret else line_of(self.text, line)
        if _LOGIN.search(excerpt):
            excerpt = ""
        return Problem(Place(self.file, line + 1, column + 1), message, hint, severity, excerpt, width)

    def _position(self, path: Steps, *, key: bool) -> tuple[int, int, int]:
        mark, width, depth = self.marks, 1, 0
        for step in path:
            below = mark.child(step)
            if below is None:
                break
            mark, depth = below, depth + 1
            width = len(str(step)) if isinstance(step, str) else 1
        # A container is best seen at its key: "devices:" rather than the first entry below it.
        if (key and depth == len(path)) or (mark.children is not None and depth):
            return mark.key_line, mark.key_column, width
        return mark.line, mark.column, mark.width


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with one file, gathered while its references are followed."""

    document: Document
    problems: list[Problem] = field(default_factory=list)

    def add(
        self,
        steps: Steps,
        message: str,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
        *,
        key: bool = False,
    ) -> None:
        """A problem at the value (or key) at `steps`."""
        self.problems.append(self.document.problem(steps, message, hint, severity, key=key))


def shown_name(path: Path, root: Path) -> str:
    """The file's name as a person would open it, relative to `root` if it lies under it; always printable."""
    name = str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
    text = os.fsencode(name).decode("utf-8", "replace")
    return "".join(character if character.isprintable() else "?" for character in text)


def end_of(text: str) -> Mark:
    """Where the character after `text` stands."""
    lines = text.split("\n")
    return Mark(len(lines) - 1, len(lines[-1]), 1)


def line_of(text: str, number: int) -> str:
    """Line `number` (0-based) as written; empty past the end."""
    start = 0
    for _ in range(number):
        start = text.find("\n", start) + 1
        if start == 0:
            return ""
    end = text.find("\n", start)
    return text[start : end if end >= 0 else len(text)].rstrip("\r")


def unreadable(
    file: str, mark: Mark, message: str, hint: str | None = None, text: str = "", *, secret: bool = False
) -> Document:
    """The document of a file that cannot be read at all: one problem and no value."""
    excerpt = "" if secret else line_of(text, mark.line)
    place = Place(file, mark.line + 1, mark.column + 1)
    problem = Problem(place, message, hint, Severity.ERROR, excerpt, mark.width)
    return Document(file, None, mark, text, (problem,), readable=False, secret=secret)
