"""The list of communes: CSV to typed rows, or every problem of it at once.

It reads one file and knows nothing of networks. Columns that it does not need are left alone.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from collector.config import ConfigurationError, Problem
from collector.model import Place

LARGEST_FILE = 16 * 1024 * 1024  # bytes
MOST_COMMUNES = 100_000
COLUMNS = (
    "commune_code",
    "commune_name",
    "district_code",
    "district_name",
    "lat",
    "lon",
    "households_2019",
    "unit_526_code",
    "unit_2025_code",
)


@dataclass(frozen=True, slots=True)
class Commune:
    """One row. Codes are strings; latitude and longitude are degrees as they are written."""

    code: str
    name: str
    district: str
    district_name: str
    latitude: str
    longitude: str
    households: int
    unit_526: str
    unit_126: str

    @property
    def point(self) -> tuple[float, float]:
        """Latitude and longitude as numbers."""
        return float(self.latitude), float(self.longitude)


def read_communes(path: Path) -> list[Commune]:
    """The communes in the order of the file. Raises ConfigurationError with every wrong row."""
    try:
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _refused(path, f"cannot read the file: {error.strerror}") from None
    if len(raw) > LARGEST_FILE:
        raise _refused(path, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MiB")
    try:
        text = unicodedata.normalize("NFC", raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refused(path, "the file is not UTF-8", line) from None
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise _refused(path, f"columns are missing: {', '.join(missing)}")
        return _communes(path, rows)
    except csv.Error as error:
        raise _refused(path, f"not CSV: {error}", rows.line_num) from None


def _communes(path: Path, rows: "csv.DictReader[str]") -> list[Commune]:
    communes: list[Commune] = []
    problems: list[Problem] = []
    lines: dict[str, int] = {}
    districts: dict[str, str] = {}
    for row in rows:
        line = rows.line_num
        if len(communes) >= MOST_COMMUNES:
            raise _refused(path, f"more than {MOST_COMMUNES} communes", line)
        wrong = _wrong(row)
        code, district = row["commune_code"] or "", row["district_code"] or ""
        if wrong is None and code in lines:
            wrong = f"commune {code} is already in line {lines[code]}"
        if wrong is None and districts.setdefault(district, row["district_name"]) != row["district_name"]:
            wrong = f"district {district} is called '{districts[district]}' above"
        if wrong is not None:
            problems.append(Problem(Place(str(path), line, 1), wrong))
            continue
        lines[code] = line
        communes.append(
            Commune(
                code,
                row["commune_name"].strip(),
                district,
                row["district_name"].strip(),
                row["lat"],
                row["lon"],
                int(row["households_2019"]),
                row["unit_526_code"],
                row["unit_2025_code"],
            )
        )
    if problems:
        raise ConfigurationError(problems)
    if not communes:
        raise _refused(path, "the list is empty")
    return communes


def _wrong(row: Mapping[str, str | None]) -> str | None:
    """What is wrong with one row, or None."""
    for name in COLUMNS:
        if not (row[name] or "").strip():
            return f"column '{name}' is empty"
    for name, pattern, what in (
        ("commune_code", r"\d{5}", "five digits"),
        ("district_code", r"\d{3}", "three digits"),
        ("unit_526_code", r"\d{5}", "five digits"),
        ("unit_2025_code", r"\d{5}", "five digits"),
        ("households_2019", r"\d{1,9}", "a whole number"),
        ("lat", r"-?\d{1,2}(\.\d{1,8})?", "degrees of latitude"),
        ("lon", r"-?\d{1,3}(\.\d{1,8})?", "degrees of longitude"),
    ):
        if re.fullmatch(pattern, row[name] or "", re.ASCII) is None:
            return f"column '{name}': '{(row[name] or '')[:40]}' is not {what}"
    if None in row:
        return "the row has more fields than the heading"
    return None


def _refused(path: Path, message: str, line: int = 1) -> ConfigurationError:
    return ConfigurationError([Problem(Place(str(path), line, 1), message)])
