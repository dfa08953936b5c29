"""Which line's indentation is wrong, where libyaml complains of a later one that no longer fits. Pure.

A parser notices only when a block goes on that an earlier line has ended. Each suspect is mended on trial: the one
after whose mending the file can be read is the culprit. Source: YAML 1.1 as libyaml parses it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import yaml

LARGEST = 1 << 20  # characters of a file in which anybody is suspected
MOST_DEPTHS = 16  # indentations that are tried on a line


class Suspect(NamedTuple):
    """A line (0-based), and whether another one is missing above it."""

    line: int
    parent_is_missing: bool = False


class _Line(NamedTuple):
    """A line that holds something."""

    number: int
    depth: int


def culprit(text: str, seen: int) -> Suspect | None:
    """The line to look at when the parser stumbled at line `seen` (0-based); None if no mending helps."""
    lines = text.split("\n")
    if len(text) > LARGEST or seen >= len(lines):
        return None
    content = [
        _Line(number, depth) for number, line in enumerate(lines) if (depth := _depth(line)) is not None
    ]
    here = next((line for line in content if line.number == seen), None)
    if here is None:
        return None
    depths = sorted({line.depth for line in content})[:MOST_DEPTHS]
    for suspect in _suspects(content, here):
        for mended in _mendings(lines, suspect, here, depths):
            if _can_be_read(mended):
                return suspect
    return None


def _depth(line: str) -> int | None:
    """How far a line is indented; None if it holds nothing."""
    bare = line.lstrip(" ")
    return None if not bare.strip() or bare.startswith("#") else len(line) - len(bare)


def _suspects(content: Sequence[_Line], here: _Line) -> Iterator[Suspect]:
    """The likely ones first: whoever stands alone with its indentation is likelier than who has company."""
    place = content.index(here)
    above = next((at for at in range(place - 1, -1, -1) if content[at].depth < here.depth), None)
    mine = Suspect(here.number)
    if above is None and content[0].depth > here.depth:  # a file's first key stands at the margin
        yield Suspect(content[0].number)
        yield Suspect(content[0].number, parent_is_missing=True)
    if sum(line.depth == here.depth for line in content) == 1:
        yield mine
    if above is not None and content[above].number + 1 < here.number:
        yield Suspect(content[above].number)
    if above is not None and above + 1 < place:
        yield Suspect(content[above + 1].number, parent_is_missing=True)
        yield Suspect(content[above + 1].number)
    yield mine


def _mendings(
    lines: Sequence[str], suspect: Suspect, here: _Line, depths: Sequence[int]
) -> Iterator[Sequence[str]]:
    if suspect.parent_is_missing:
        yield [*lines[: suspect.line], f"{' ' * here.depth}x:", *lines[suspect.line :]]
        return
    bare = lines[suspect.line].lstrip(" ")
    for depth in depths:
        mended = f"{' ' * depth}{bare}"
        if mended != lines[suspect.line]:
            yield [*lines[: suspect.line], mended, *lines[suspect.line + 1 :]]


def _can_be_read(lines: Sequence[str]) -> bool:
    try:
        for _ in yaml.parse("\n".join(lines), Loader=yaml.CBaseLoader):
            pass
    except yaml.YAMLError:
        return False
    return True
