"""Surveys for the example, every number of them invented: `python -m citynoc.importer.surveys LIST DIR`.

Made from the list of communes alone, so that the same list gives the same bytes. Only the commune's code and its 2019
census figures are real; carriers, shares and growth are not, and every row says so.
"""

import sys
import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from collector import atomic
from collector.coverage.admin_map import Commune
from collector.coverage.survey import HEADING
from collector.coverage.table import read_table
from collector.coverage.target import Technology

CARRIERS = ("carrier-a", "carrier-b", "carrier-c")
DAYS = (date(2024, 9, 30), date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30))
SOURCE = "INVENTED for the example"
REMARK = """\
# INVENTED. No carrier has declared any of this. The numbers were made by a program so that there is something to reckon
# with: nothing here says anything about Hanoi or about any firm. Households and population behind the shares are those
# of the 2019 census.
"""
_COLUMNS = (
    "commune_code",
    "commune_name",
    "district_code",
    "district_name",
    "households_2019",
    "population_2019",
)
_START = {"Phường": 715, "Thị": 610}
_ELSEWHERE = 545
SILENT, ABOVE = 193, 97  # one commune in so many is never spoken of; or declares more than the census counts
THOUSAND = 1000


def surveys(communes: Sequence[Commune]) -> Iterator[tuple[str, str]]:
    """File name and text of each survey."""
    for number, day in enumerate(DAYS):
        rows = (row for commune in communes for row in _rows(commune, number, day))
        text = "".join(f"{','.join(row)}\n" for row in (HEADING, *rows))
        yield f"{day}-invented.csv", REMARK + text


def _rows(commune: Commune, number: int, day: date) -> Iterator[tuple[str, ...]]:
    draw = zlib.crc32(commune.code.encode())
    if draw % SILENT == 0:
        return
    kind = commune.name.partition(" ")[0]
    for place in (0, 1):  # the leader and the follower
        carrier = CARRIERS[(draw + place) % len(CARRIERS)]
        luck = (draw >> (4 + 8 * place)) % 200
        passed = min(_START.get(kind, _ELSEWHERE) + luck + number * (16 + luck % 25), 995)
        if place:
            passed = passed * 45 // 100
        elif draw % ABOVE == 0:
            passed = 1040
        four = 955 + luck % 45
        five = max(0, (320 if kind == "Phường" else 60) + luck + number * 45 - place * 150)
        homes = commune.households * passed // THOUSAND
        head = (commune.code, f"{day}", carrier)
        yield (*head, Technology.FIBRE, f"{homes}", f"{homes * (55 + luck % 20) // 100}", "", "", SOURCE)
        people = (f"{commune.population * share // THOUSAND}" for share in (four, five))
        yield (*head, Technology.MOBILE, "", "", *people, SOURCE)


def communes_of(path: Path) -> list[Commune]:
    """The list's communes, which the importer of configurations has checked."""
    table = read_table(path.read_text("utf-8-sig"), _COLUMNS)
    return [
        Commune(code, name, district, district_name, int(households), int(population))
        for code, name, district, district_name, households, population in (row.cells for row in table.rows)
    ]


def main(arguments: Sequence[str]) -> int:
    """Write every survey; 2 if it was called without its two arguments."""
    if len(arguments) != 2:  # noqa: PLR2004  # the list, the directory
        sys.stderr.write("usage: python -m citynoc.importer.surveys LIST DIR\n")
        return 2
    for name, text in surveys(communes_of(Path(arguments[0]))):
        atomic.replace(Path(arguments[1]) / name, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
