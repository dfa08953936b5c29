"""Fenced blocks of our pages, with where they stand."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.tree import ROOT, files

SHELL = {"sh", "console", "", "bash"}
_FENCE = re.compile(r"^```(\S*)(?: \S+)?\s*$")


@dataclass(frozen=True)
class Block:
    """A block; `language` as its fence names it, `line` that of its first line."""

    file: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Command:
    """One `citynoc …` of a shell block, up to the first pipe, redirection or `&&`."""

    block: Block
    line: int
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.block.file}:{self.line} {' '.join(self.words)}"


def blocks() -> Iterator[Block]:
    """Every fenced block of the pages that people read; what is generated is left out."""
    for path in files("README.md", "docs/*.md", "docs/**/*.md", "deploy/README.md"):
        name = str(path.relative_to(ROOT))
        if name.startswith("docs/reference/"):
            continue
        language, begin, held = "", 0, list[str]()
        for number, line in enumerate(path.read_text().splitlines(), 1):
            fence = _FENCE.match(line.strip())
            if fence is None:
                held.append(line)
            elif begin:
                yield Block(name, begin, language, "\n".join(held))
                begin = 0
            else:
                language, begin, held = fence[1], number + 1, []


def commands() -> Iterator[Command]:
    """Every command of ours in a shell block."""
    for block in blocks():
        if block.language not in SHELL:
            continue
        for offset, line in enumerate(block.text.splitlines()):
            for part in _parts(line.removeprefix("$ ")):
                yield Command(block, block.line + offset, part)


def _parts(line: str) -> Iterator[tuple[str, ...]]:
    """The words of each `citynoc` on the line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;<>")
    lexer.whitespace_split = True
    words = list(lexer)
    while words:
        end = next((i for i, word in enumerate(words) if set(word) <= set("|&;<>")), len(words))
        part, words = words[:end], words[end + 1 :]
        if part and (part[0] == "citynoc" or part[0].endswith("/bin/citynoc")):
            yield tuple(part[1:])
