"""A table of somebody else's (CSV, RFC 4180) as rows: any order of columns, comma, semicolon, tab or bar between cells.

UTF-8, or the UTF-16 that spreadsheets write as "Unicode text". A record is one line. It knows nothing of cells.
"""

import codecs
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from citynoc.importer.columns import Columns
from citynoc.importer.wanted import MOST_PROBLEMS, Row, is_field, printable
from collector.config import ConfigurationError, Problem
from collector.config.problems import did_you_mean
from collector.model import Place

LARGEST_FILE = 64 * 1024 * 1024  # bytes
MOST_ROWS = 500_000
LONGEST_LINE = 20_000  # characters
SEPARATORS = (",", ";", "\t", "|")


class Cell(NamedTuple):
    """A value and where it stands in its line, from 0."""

    text: str
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file: its number from 1, as written, and its cells."""

    file: str
    number: int
    text: str
    cells: tuple[Cell, ...]

    def problem(self, position: int | None, message: str, hint: str | None = None) -> Problem:
        """A problem at a cell, or at the line."""
        cell = self.cells[position] if position is not None and position < len(self.cells) else Cell("", 0, 1)
        place = Place(self.file, self.number, cell.start + 1)
        return Problem(
            place, printable(message), hint and printable(hint), excerpt=self.text, width=max(cell.width, 1)
        )


def read_rows(path: Path, columns: Columns) -> list[Row]:
    """The file's rows by our fields. Raises ConfigurationError with every mistake of form."""
    text = _text(path)
    numbered = ((at, line.removesuffix("\r")) for at, line in enumerate(text.split("\n"), start=1))
    heading = next(((at, line) for at, line in numbered if line.strip() and not line.startswith("#")), None)
    if heading is None:
        raise _refused(path, "the file has no heading")
    separator = max(SEPARATORS, key=heading[1].count)
    first = _line(path, *heading, separator)
    records = _records(path, numbered, len(first.cells), separator)
    positions = _positions(first, columns)
    return [_row(line, positions, columns) for line in records]


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _refused(path, f"cannot read the file: {error.strerror}") from None
    if len(raw) > LARGEST_FILE:
        raise _refused(path, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MiB")
    wide = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = raw.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refused(path, "the file is not UTF-8", line, "save it as “CSV UTF-8”") from None
    return unicodedata.normalize("NFC", text)


def _positions(first: Line, columns: Columns) -> Mapping[str, int]:
    """Field of ours to the column that has it."""
    there: dict[str, int] = {}
    problems = []
    for at, cell in enumerate(first.cells):
        name = _folded(cell.text)
        if name and name in there:
            problems.append(first.problem(at, f"column '{cell.text.strip()}' is there twice"))
        there.setdefault(name, at)
    found = {name: at for name, at in there.items() if is_field(name) and name not in columns.theirs}
    for ours, theirs in columns.theirs.items():
        at = there.get(_folded(theirs), -1)
        if at < 0:
            names = [cell.text.strip() for cell in first.cells]
            listed = ", ".join(name for name in names if name)
            hint = did_you_mean(theirs, names) or f"the columns are {listed}"
            problems.append(first.problem(None, f"no column is called '{theirs}'", hint))
        found[ours] = at
    if not problems and not found.keys() & {"site", "device", "address"}:
        listed = ", ".join(cell.text.strip() for cell in first.cells if cell.text.strip())
        hint = f"say which is which: --map site=COLUMN,name=COLUMN,router=COLUMN; the columns are {listed}"
        problems.append(first.problem(None, "no column says which site or device a row is about", hint))
    if problems:
        raise ConfigurationError(problems)
    return found


def _records(path: Path, lines: Iterator[tuple[int, str]], width: int, separator: str) -> list[Line]:
    """Every line with something in it. Raises ConfigurationError with every line that is no record."""
    problems: list[Problem] = []
    found: list[Line] = []
    for number, text in lines:
        if not text.strip():
            continue
        try:
            line = _line(path, number, text, separator)
        except ConfigurationError as wrong:
            problems.extend(wrong.problems)
            continue
        if len(line.cells) > width:
            message = f"{len(line.cells)} cells where the heading has {width}"
            hint = "a value with a separator in it stands between quotation marks"
            problems.append(line.problem(width, message, hint))
        found.append(line)
        if len(found) > MOST_ROWS:
            raise _refused(path, f"more than {MOST_ROWS} rows", number)
    if problems:
        raise ConfigurationError(problems[:MOST_PROBLEMS])
    return found


def _line(path: Path, number: int, text: str, separator: str) -> Line:
    return Line(str(path), number, text, _cells(str(path), number, text, separator))


def _row(line: Line, positions: Mapping[str, int], columns: Columns) -> Row:
    values = {
        name: columns.translated(name, line.cells[at].text) if at < len(line.cells) else ""
        for name, at in positions.items()
    }

    def complain(name: str, message: str, hint: str | None) -> Problem:
        return line.problem(positions.get(name), message, hint)

    return Row(values, complain)


def _cells(file: str, number: int, text: str, separator: str) -> tuple[Cell, ...]:
    """Raises ConfigurationError for quotation marks that do not fit and for lines without end."""
    if len(text) > LONGEST_LINE:
        raise ConfigurationError([Problem(Place(file, number, 1), f"longer than {LONGEST_LINE} characters")])
    found: list[Cell] = []
    at = 0
    while True:
        if text[at : at + 1] == '"':
            cell, end = _quoted(file, number, text, at)
        else:
            end = text.find(separator, at)
            end = len(text) if end < 0 else end
            cell = Cell(text[at:end], at, end - at)
        found.append(cell)
        if end >= len(text):
            return tuple(found)
        if text[end] != separator:
            problem = Problem(
                Place(file, number, end + 1), "text stands beside a quotation mark", excerpt=text
            )
            raise ConfigurationError([problem])
        at = end + 1


def _quoted(file: str, number: int, text: str, start: int) -> tuple[Cell, int]:
    at = start + 1
    while True:
        end = text.find('"', at)
        if end < 0:
            message = "the quotation mark is not closed in its line"
            hint = 'a record is one line; a " inside a text is written twice'
            raise ConfigurationError([Problem(Place(file, number, start + 1), message, hint, excerpt=text)])
        if text[end + 1 : end + 2] != '"':
            whole = text[start + 1 : end].replace('""', '"')
            return Cell(whole, start, end + 1 - start), end + 1
        at = end + 2


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip().casefold()


def _refused(path: Path, message: str, line: int = 1, hint: str | None = None) -> ConfigurationError:
    return ConfigurationError([Problem(Place(str(path), line, 1), message, hint)])
