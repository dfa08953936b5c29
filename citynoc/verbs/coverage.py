"""`citynoc coverage`: how far the city is from its targets, and the list behind each number. The same files, the same bytes.

It asks no device: `--data` reads a month of links from the journal, and without it nothing is measured.
"""

import argparse
import csv
import io
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from citynoc.coverage_table import shown
from citynoc.printing import PrintError, print_pdf
from citynoc.tables import UNTERMINATED
from collector import atomic
from collector.config import load
from collector.config.problems import did_you_mean
from collector.coverage import diary
from collector.coverage.admin_map import AdminMap, Commune, CommuneCode
from collector.coverage.evidence import Evidence
from collector.coverage.links import Measured, Sight, links_over
from collector.coverage.reckoning import Reckoning
from collector.coverage.target import LinkRule
from collector.coverage.tell import (
    EVIDENCE_COLUMNS,
    LINK_COLUMNS,
    UNIT_COLUMNS,
    document,
    evidence_rows,
    link_rows,
    unit_rows,
)
from collector.model import Inventory, SiteCode
from collector.outages.history import Availability, History, NoJournalError
from exporters.coverage_map import geojson
from exporters.coverage_report.report import Asked, report
from exporters.coverage_report.texts import Writer
from exporters.live.maps import load as load_borders
from exporters.live.texts import Language

HELP = "say how far the city is from its broadband targets"
FOUND_SOMETHING, MISUSE = 1, 2


class MisuseError(Exception):
    """Something on the command line that does not exist: one sentence for the person who typed it."""


class Cut(NamedTuple):
    """What was asked for."""

    as_of: date
    on: AdminMap
    communes: Mapping[str, Commune]
    sight: Sight | None


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--as-of", metavar="DATE", help="what was known on that day (default: today)")
    parser.add_argument(
        "--map", metavar="NAME", help="administrative map: 579, 526, 126 (default: the day's)"
    )
    parser.add_argument("--target", metavar="NAME", help="one target instead of all")
    parser.add_argument("--tag", metavar="TAG", help="only communes whose site has this tag, as pilot")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="take measured links from the journal and the diary here"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="everything as JSON")
    form.add_argument("--csv", action="store_true", help="one line a target and unit")
    form.add_argument("--evidence", action="store_true", help="the claims behind each number, as CSV")
    form.add_argument(
        "--links", action="store_true", help="what was measured of each commune, as CSV; wants --data"
    )
    form.add_argument(
        "--report", choices=[*Language], metavar="LANGUAGE", help="the report as one HTML file: vi or en"
    )
    form.add_argument("--geojson", action="store_true", help="the map with each unit's numbers")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write there, whole or not at all; a report whose FILE ends in .pdf is printed by Chromium",
    )


def run(args: argparse.Namespace) -> int:
    """0; 1 if there are no targets, no journal or no browser; 2 for a day, map, target or tag that does not exist."""
    configuration = load(args.config, os.environ, need_secrets=False)
    evidence, inventory = configuration.coverage, configuration.inventory
    if evidence is None:
        sys.stderr.write(f"citynoc coverage: {args.config}/targets.yml does not exist: nothing is promised\n")
        return FOUND_SOMETHING
    try:
        _check(args)
        cut = _cut(args, evidence, inventory)
        found = evidence.reckon(cut.as_of, cut.on, target=args.target, communes=cut.communes, sight=cut.sight)
        _deliver(_told(args, evidence, inventory, cut, found), args.output)
    except MisuseError as error:
        sys.stderr.write(f"citynoc coverage: {error}\n")
        return MISUSE
    except (NoJournalError, diary.DiaryError, PrintError) as error:
        sys.stderr.write(f"citynoc coverage: {error}\n")
        return FOUND_SOMETHING
    return 0


def _check(args: argparse.Namespace) -> None:
    """Options that mean nothing without one another."""
    if args.links and args.data is None:
        raise MisuseError("--links wants --data: only a journal knows what was measured")
    if _on_paper(args.output) and not args.report:
        raise MisuseError("only a report is printed as PDF; add --report vi or --report en")


def _on_paper(output: Path | None) -> bool:
    return output is not None and output.suffix.lower() == ".pdf"


def _told(
    args: argparse.Namespace, evidence: Evidence, inventory: Inventory, cut: Cut, found: Sequence[Reckoning]
) -> str:
    """What was asked for, as text that ends its last line."""
    if args.json:
        told = document(evidence, found, cut.on, cut.as_of)
        told["selection"] = {"tag": args.tag, "communes": len(cut.communes)}
        return json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if args.csv or args.evidence or args.links:
        return _csv(*_rows(args, evidence, cut, found))
    if args.geojson:
        drawn = geojson(load_borders(), cut.on, found)
        return json.dumps(drawn, ensure_ascii=False, separators=(",", ":")) + "\n"
    if args.report:
        name = inventory.city.name
        asked = Asked(name, evidence, cut.on, cut.communes, found, load_borders(), args.tag)
        return report(asked, Writer(Language(args.report))) + "\n"
    cut_to = f", {len(cut.communes)} communes tagged {args.tag}" if args.tag else ""
    return shown(found, cut.on, cut_to, width=UNTERMINATED if args.output else None)


def _rows(
    args: argparse.Namespace, evidence: Evidence, cut: Cut, found: Sequence[Reckoning]
) -> tuple[Sequence[str], Iterable[Sequence[object]]]:
    """Heading and rows of the table that was asked for."""
    if args.csv:
        return UNIT_COLUMNS, unit_rows(found)
    if args.links:
        return LINK_COLUMNS, link_rows(evidence, found, cut.communes, cut.on)
    targets = [one.target for one in found]
    return EVIDENCE_COLUMNS, evidence_rows(evidence, targets, cut.communes, cut.on, cut.as_of)


def _deliver(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    content = print_pdf(text) if _on_paper(output) else text
    try:
        atomic.replace(output, content)
    except OSError as error:
        raise MisuseError(f"cannot write {output}: {error.strerror}") from None


def _cut(args: argparse.Namespace, evidence: Evidence, inventory: Inventory) -> Cut:
    zone = ZoneInfo(inventory.city.timezone)
    as_of = _day(args.as_of, zone)
    maps = evidence.maps
    on = maps.in_force(as_of) if args.map is None else maps.maps.get(args.map)
    if on is None:
        raise MisuseError(f"no map '{args.map}'; there are: {', '.join(maps.maps)}")
    if args.target is not None and args.target not in evidence.targets:
        hint = did_you_mean(args.target, evidence.targets) or f"there are: {', '.join(evidence.targets)}"
        raise MisuseError(f"no target '{args.target}'; {hint}")
    sites = evidence.sites(inventory)
    communes = maps.communes
    if args.tag is not None:
        communes = {
            code: one for code, one in communes.items() if code in sites and args.tag in sites[code].tags
        }
        if not communes:
            tags = sorted({tag for site in sites.values() for tag in site.tags})
            raise MisuseError(f"no commune is tagged '{args.tag}'; there are: {', '.join(tags) or 'no tags'}")
    sight = None
    if args.data is not None:
        found = {code: site.code for code, site in sites.items() if code in communes}
        sight = partial(_recorded, args.data, as_of, zone, found)
    return Cut(as_of, on, communes, sight)


def _day(text: str | None, zone: tzinfo) -> date:
    if text is None:
        return datetime.fromtimestamp(time.clock_gettime(time.CLOCK_REALTIME), zone).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MisuseError(f"cannot read --as-of {text!r}; write it like 2025-06-30") from None


def _recorded(
    data: Path, as_of: date, zone: tzinfo, sites: Mapping[CommuneCode, SiteCode], rule: LinkRule
) -> Measured:
    """The links over the rule's window of days, the last of them `as_of`."""
    first = as_of - timedelta(days=rule.window - 1)
    begin, end = (
        datetime.combine(day, datetime.min.time(), zone) for day in (first, as_of + timedelta(days=1))
    )
    reached: dict[SiteCode, Availability] = {}
    with History(data / "journal.sqlite") as history:
        for (site, _), seconds in history.sites(begin.timestamp(), end.timestamp(), zone).items():
            reached.setdefault(SiteCode(site), Availability()).plus(seconds)
    tallies = diary.read(data / diary.FILE, first, as_of)
    return links_over(reached, tallies, sites, rule, f"{first}/{as_of}")


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return written.getvalue()
