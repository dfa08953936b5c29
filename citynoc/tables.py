"""A table for a person: columns where every word fits, else one block a row.

It never cuts a name or a number in two: what stands here is copied into the next command.
"""

import io
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table

UNTERMINATED = 200
"""Characters a line where there is no terminal."""
AROUND = 3
"""Characters that a column takes beside its content."""


@dataclass(frozen=True, slots=True)
class Column:
    """A heading. What `folds` may go on in a next line, between words; numbers stand `right`."""

    name: str
    folds: bool = False
    right: bool = False


def drawn(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int | None = None) -> str:
    """The rows as text, with a line's end; nothing without rows. `width` None is the terminal's."""
    if not rows:
        return ""
    width = width or _width()
    needed = sum(_needed(column, number, rows) + AROUND for number, column in enumerate(columns))
    return _table(columns, rows, width) if needed <= width else _blocks(columns, rows)


def _width() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else UNTERMINATED


def _needed(column: Column, number: int, rows: Sequence[Sequence[str]]) -> int:
    texts = [column.name, *(row[number] for row in rows)]
    parts = [part for text in texts for part in (text.split() if column.folds else text.splitlines())]
    return max(map(cell_len, parts), default=0)


def _table(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> str:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(
            column.name,
            no_wrap=not column.folds,
            overflow="fold",
            justify="right" if column.right else "left",
        )
    for row in rows:
        table.add_row(*row)
    written = io.StringIO()
    Console(file=written, width=width, highlight=False, markup=False).print(table)
    return "".join(f"{line.rstrip()}\n" for line in written.getvalue().splitlines())


def _blocks(columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    first = max(cell_len(column.name) for column in columns)
    lines: list[str] = []
    for row in rows:
        pairs = zip(columns, row, strict=True)
        lines += [
            "",
            *(f"{column.name:<{first}}  {', '.join(text.splitlines())}" for column, text in pairs if text),
        ]
    return "\n".join([*lines, "", ""])
