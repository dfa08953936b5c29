"""Strict CSV (RFC 4180) with the place of every cell: text to rows, or every mistake with line and column.

A record is one line. Lines that begin with `#` before the heading are remarks. It knows nothing of what cells mean.
"""

import csv
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

LONGEST_LINE = 4_000  # characters
MOST_ROWS = 2_000_000
MOST_FAULTS = 10_000
_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


class Fault(NamedTuple):
    """A mistake: 1-based line and column, how wide the culprit is, and the line as written."""

    line: int
    column: int
    message: str
    hint: str | None = None
    width: int = 1
    excerpt: str = ""


class Row(NamedTuple):
    """One record: its line number, the line as written, and its cells in the order that was asked for."""

    line: int
    text: str
    cells: tuple[str, ...]
    positions: tuple[int, ...]
    """Which cell of the line each of `cells` is."""

    def fault(self, cell: int, message: str, hint: str | None = None) -> Fault:
        """A mistake at a cell, by its position in `cells`."""
        column, width = _place(self.text, self.positions[cell])
        return Fault(self.line, column, message, hint, width, self.text)


class Table(NamedTuple):
    """What was read: sound rows, and every mistake of form."""

    rows: list[Row]
    faults: list[Fault]


def read_table(text: str, columns: Sequence[str], *, only: bool = False) -> Table:
    """The rows of `text` with their cells in the order of `columns`; with `only` no other column may stand there."""
    faults: list[Fault] = []
    lines = unicodedata.normalize("NFC", text).removeprefix("\ufeff").split("\n")
    if not lines[-1]:
        lines.pop()
    numbered = ((number, line.removesuffix("\r")) for number, line in enumerate(lines, start=1))
    for number, line in numbered:
        if line.startswith("#"):
            continue
        cells = _cells(line, number, faults)
        positions = None
        if cells is not None:
            positions = _heading(line, number, cells, columns, faults, only=only)
        if cells is None or positions is None:
            return Table([], faults)
        return Table(_rows(numbered, len(cells), positions, faults), faults)
    hint = f"the columns are {','.join(columns)}"
    return Table([], [Fault(1, 1, "the file has no heading", hint)])


def _rows(
    lines: Iterator[tuple[int, str]], count: int, positions: tuple[int, ...], faults: list[Fault]
) -> list[Row]:
    rows: list[Row] = []
    for number, line in lines:
        cells = _cells(line, number, faults)
        if cells is None:
            continue
        if not line:
            faults.append(Fault(number, 1, "an empty line inside the table", "take the line out"))
        elif len(cells) != count:
            faults.append(_wrong_count(line, number, len(cells), count))
        else:
            rows.append(Row(number, line, tuple(cells[at] for at in positions), positions))
        if len(faults) >= MOST_FAULTS or len(rows) > MOST_ROWS:
            faults.append(Fault(number, 1, "there is more, but here reading ended"))
            break
    return rows


def _cells(line: str, number: int, faults: list[Fault]) -> list[str] | None:
    if len(line) > LONGEST_LINE:
        faults.append(Fault(number, 1, f"the line is longer than {LONGEST_LINE} characters"))
        return None
    if not line.isprintable():
        strange = next((i for i, sign in enumerate(line) if sign != "\t" and not sign.isprintable()), None)
        if strange is not None:
            message = f"character U+{ord(line[strange]):04X} is not allowed in a table"
            faults.append(Fault(number, strange + 1, message, None, 1, line))
            return None
    if '"' not in line:
        return line.split(",")
    try:
        return next(csv.reader([line], strict=True))
    except csv.Error:
        message = "a quotation mark is not closed in its line, or text stands beside it"
        faults.append(Fault(number, line.index('"') + 1, message, 'write a " inside a text twice', 1, line))
        return None


def _heading(
    line: str, number: int, cells: list[str], columns: Sequence[str], faults: list[Fault], *, only: bool
) -> tuple[int, ...] | None:
    """Where each wanted column stands, or None and what is wrong."""
    before = len(faults)
    if len(cells) == 1 and len(columns) > 1:
        for sign, name in _SEPARATORS.items():
            if sign in line:
                hint = "save the file with commas"
                faults.append(
                    Fault(number, line.index(sign) + 1, f"cells are parted by {name}", hint, 1, line)
                )
                return None
    seen: dict[str, int] = {}
    for at, name in enumerate(cells):
        column, width = _place(line, at)
        if name in seen:
            faults.append(Fault(number, column, f"column '{name}' is there twice", None, width, line))
        elif only and name not in columns:
            hint = f"the columns are {','.join(columns)}"
            faults.append(Fault(number, column, f"unknown column '{name[:60]}'", hint, width, line))
        seen.setdefault(name, at)
    missing = [name for name in columns if name not in seen]
    if missing:
        faults.append(Fault(number, 1, f"columns are missing: {', '.join(missing)}", None, 1, line))
    return None if len(faults) > before else tuple(seen[name] for name in columns)


def _wrong_count(line: str, number: int, found: int, wanted: int) -> Fault:
    column, width = _place(line, min(found, wanted) - 1 if found < wanted else wanted)
    hint = "a number with a comma in it is two cells" if found > wanted else None
    return Fault(number, column, f"{found} cells where the heading has {wanted}", hint, width, line)


def _place(line: str, cell: int) -> tuple[int, int]:
    """Column (from 1) and width of a cell as written."""
    start, quoted, at = 0, False, 0
    for position, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            if at == cell:
                return start + 1, max(position - start, 1)
            at, start = at + 1, position + 1
    return start + 1, max(len(line) - start, 1)
