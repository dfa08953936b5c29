"""What carriers declare: CSV text to claims, strictly. One wrong row refuses the file, and every wrong row is named.

A row is one carrier's word on one technology in one commune on one day. A later row of the same three takes the place of
an earlier one whole; earlier ones are kept as history. An empty cell says nothing; 0 says nobody.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from collector.coverage.admin_map import Commune
from collector.coverage.table import Fault, Row, read_table
from collector.coverage.target import COLUMNS, HOUSEHOLD_COLUMNS, Technology

HEADING = ("commune", "date", "carrier", "technology", *COLUMNS, "source")
_COMMUNE, _DATE, _CARRIER, _TECHNOLOGY = range(4)
_FIRST_VALUE = 4
_SOURCE = _FIRST_VALUE + len(COLUMNS)
_PASSED, _CONNECTED = 0, 1
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CODE = re.compile(r"\d{5}", re.ASCII)
FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_SOURCE = 200
ECHO = 40
_SPOKEN = tuple(
    tuple(at for at, column in enumerate(COLUMNS) if (column not in HOUSEHOLD_COLUMNS) is mobile)
    for mobile in (False, True)
)
"""The columns that a fixed technology speaks about, and those of a mobile one."""

Values = tuple[int | None, ...]
Key = tuple[str, str, str, date]


class Claim(NamedTuple):
    """One row. `values` stand in the order of `COLUMNS`; None is not stated."""

    date: date
    commune: str
    carrier: str
    technology: Technology
    values: Values
    source: str
    file: str
    line: int

    @property
    def key(self) -> Key:
        """What may be said once."""
        return self.commune, self.carrier, self.technology, self.date


Book = dict[str, dict[str, int | None]]
"""Commune to carrier to number, of one technology and column."""


class SurveyDay(NamedTuple):
    """What was declared on one day, by technology and column (its place in `COLUMNS`)."""

    date: date
    books: Mapping[tuple[Technology, int], Book]


@dataclass(frozen=True, slots=True)
class Surveys:
    """Every claim of every file, in order of date, commune, carrier and technology; and the same by day, to reckon with."""

    claims: tuple[Claim, ...] = ()
    days: tuple[SurveyDay, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def of(cls, claims: Iterable[Claim]) -> "Surveys":
        """The claims in order."""
        ordered = tuple(sorted(claims))
        days: dict[date, dict[tuple[Technology, int], Book]] = {}
        for claim in ordered:
            books = days.setdefault(claim.date, {})
            for column in _SPOKEN[claim.technology is Technology.MOBILE]:
                book = books.setdefault((claim.technology, column), {})
                book.setdefault(claim.commune, {})[claim.carrier] = claim.values[column]
        return cls(ordered, tuple(SurveyDay(day, books) for day, books in days.items()))

    @property
    def dates(self) -> tuple[date, ...]:
        """The days on which something was declared, each once."""
        return tuple(day.date for day in self.days)


def parse_survey(
    text: str, file: str, communes: Mapping[str, Commune], carriers: Collection[str]
) -> tuple[list[Claim], list[Fault]]:
    """The claims of one file, none if anything is wrong with it, and every mistake."""
    table = read_table(text, HEADING, only=True)
    faults = list(table.faults)
    reader = _Reader(file, communes, frozenset(carriers))
    claims: list[Claim] = []
    lines: dict[Key, int] = {}
    for row in table.rows:
        claim = reader.claim(row, faults)
        if claim is None:
            continue
        first = lines.setdefault(claim.key, row.line)
        if first != row.line:
            message = (
                f"{claim.carrier} has declared {claim.technology} in {claim.commune} on {claim.date}"
                f" already in line {first}"
            )
            faults.append(row.fault(_COMMUNE, message, "counting both would count households twice"))
            continue
        claims.append(claim)
    if not table.rows and not faults:
        faults.append(Fault(1, 1, "the survey has no rows"))
    return ([] if faults else claims), faults


class _Reader:
    """Rows to claims. Days and technologies repeat: each is read once."""

    def __init__(self, file: str, communes: Mapping[str, Commune], carriers: frozenset[str]) -> None:
        self.file, self.communes, self.carriers = file, communes, carriers
        self.days: dict[str, date] = {}
        self.technologies = {one.value: one for one in Technology}
        self.sources: dict[str, str] = {}

    def claim(self, row: Row, faults: list[Fault]) -> Claim | None:
        """The row's claim, or None and every mistake of the row."""
        cells, before = row.cells, len(faults)
        commune, carrier, source = cells[_COMMUNE], cells[_CARRIER], cells[_SOURCE]
        if commune not in self.communes:
            faults.append(row.fault(_COMMUNE, *_strange_commune(commune)))
        if carrier not in self.carriers:
            hint = f"there are: {', '.join(sorted(self.carriers))}"
            faults.append(row.fault(_CARRIER, f"unknown carrier '{carrier[:ECHO]}'", hint))
        day = self._day(row, faults)
        technology = self.technologies.get(cells[_TECHNOLOGY])
        if technology is None:
            hint = f"one of {', '.join(self.technologies)}"
            faults.append(row.fault(_TECHNOLOGY, f"unknown technology '{cells[_TECHNOLOGY][:ECHO]}'", hint))
        if not source.strip():
            faults.append(row.fault(_SOURCE, "a claim without a source proves nothing", "name the document"))
        elif len(source) > LONGEST_SOURCE:
            faults.append(row.fault(_SOURCE, f"the source is longer than {LONGEST_SOURCE} characters"))
        values = tuple(_number(row, at, faults) for at in range(_FIRST_VALUE, _SOURCE))
        if len(faults) == before and technology is not None:
            _check(row, technology, values, faults)
        if len(faults) > before or day is None or technology is None:
            return None
        source = self.sources.setdefault(source, source)
        return Claim(
            day, self.communes[commune].code, carrier, technology, values, source, self.file, row.line
        )

    def _day(self, row: Row, faults: list[Fault]) -> date | None:
        text = row.cells[_DATE]
        known = self.days.get(text)
        if known is not None:
            return known
        try:
            found = date.fromisoformat(text) if _DAY.fullmatch(text) else None
        except ValueError:
            found = None
        if found is None:
            faults.append(row.fault(_DATE, f"'{text[:ECHO]}' is not a day", "write it like 2025-06-30"))
            return None
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            faults.append(row.fault(_DATE, f"no survey is of {text}", "look at the year"))
            return None
        return self.days.setdefault(text, found)


def _strange_commune(code: str) -> tuple[str, str | None]:
    if _CODE.fullmatch(code):
        return f"there is no commune {code} on the base map", "surveys keep the codes of the 579"
    hint = "a spreadsheet has eaten its leading zeros" if code.isdecimal() else None
    return f"'{code[:ECHO]}' is not five digits", hint


def _number(row: Row, cell: int, faults: list[Fault]) -> int | None:
    text = row.cells[cell]
    if not text:
        return None
    if _NUMBER.fullmatch(text):
        return int(text)
    hint = (
        "write the digits alone" if re.fullmatch(r"[\d\s.,_]+", text) else "leave the cell empty if unknown"
    )
    faults.append(
        row.fault(cell, f"{HEADING[cell]}: '{text[:ECHO]}' is not a whole number of 0 or more", hint)
    )
    return None


def _check(row: Row, technology: Technology, values: Values, faults: list[Fault]) -> None:
    """Cells against one another."""
    mobile = technology is Technology.MOBILE
    for at, (column, value) in enumerate(zip(COLUMNS, values, strict=True)):
        if value is not None and (column in HOUSEHOLD_COLUMNS) == mobile:
            message = f"{technology} says nothing about {column}"
            faults.append(row.fault(_FIRST_VALUE + at, message, "leave the cell empty"))
    passed, connected = values[_PASSED], values[_CONNECTED]
    if passed is not None and connected is not None and connected > passed:
        message = f"{connected} households are connected, but only {passed} passed"
        faults.append(row.fault(_FIRST_VALUE + _CONNECTED, message))
    if all(value is None for value in values):
        faults.append(row.fault(_FIRST_VALUE, "the row declares nothing", "write 0 for nobody"))
