"""CSV files of the configuration: bounded reading, every mistake a `Problem` with its place, and the files' digests."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from collector.config.document import shown_name
from collector.config.problems import Problem
from collector.coverage.evidence import InputFile
from collector.coverage.table import Fault, Row, read_table
from collector.model import Place

LARGEST_FILE = 64 * 1024 * 1024  # bytes


class Tables:
    """Reads tables and collects what is wrong with them. `current` is the file that faults belong to."""

    def __init__(self, directory: Path, root: Path) -> None:
        self._directory, self._root = directory, root
        self._current = ""
        self.problems: list[Problem] = []
        self.inputs: dict[str, InputFile] = {}

    def text(self, path: Path) -> str | None:
        """The file's text; None and a problem if it cannot be read. It becomes the current file."""
        self._current = shown_name(path, self._root)
        try:
            if path.exists() and not path.is_file():
                self._refuse("cannot read the file: it is a directory or a device")
                return None
            with path.open("rb") as stream:
                raw = stream.read(LARGEST_FILE + 1)
        except OSError as error:
            self._refuse(f"cannot read the file: {error.strerror}")
            return None
        if len(raw) > LARGEST_FILE:
            self._refuse(f"the file is larger than {LARGEST_FILE // 1024 // 1024} MiB")
            return None
        name = path.relative_to(self._directory).as_posix()
        self.inputs[name] = InputFile(name, hashlib.sha256(raw).hexdigest())
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            self.wrong(
                Fault(line, 1, f"byte 0x{raw[error.start]:02x} is not UTF-8", "save the file as UTF-8")
            )
            return None

    def rows(self, path: Path, columns: Sequence[str]) -> list[Row]:
        """The table's rows with the cells of `columns`."""
        text = self.text(path)
        if text is None:
            return []
        table = read_table(text, columns)
        for fault in table.faults:
            self.wrong(fault)
        return table.rows

    def wrong(self, fault: Fault) -> None:
        """A mistake in the current file."""
        place = Place(self._current, fault.line, fault.column)
        self.problems.append(
            Problem(place, fault.message, fault.hint, excerpt=fault.excerpt, width=fault.width)
        )

    def _refuse(self, message: str) -> None:
        self.wrong(Fault(1, 1, message))
