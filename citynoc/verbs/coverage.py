"""`citynoc coverage`: how far the city is from its targets, and the list behind each number. The same files, the same bytes.

It asks no device: `--data` reads a month of links from the journal, and without it nothing is measured.
"""

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table

from collector.config import load
from collector.config.problems import did_you_mean
from collector.coverage.admin_map import AdminMap, Commune
from collector.coverage.evidence import Evidence
from collector.coverage.measure import Measured, links_in_month
from collector.coverage.reckoning import Reckoning, Share
from collector.coverage.target import Denominator
from collector.coverage.tell import EVIDENCE_COLUMNS, UNIT_COLUMNS, document, evidence_rows, unit_rows
from collector.model import Inventory
from collector.outages.history import History, NoJournalError
from exporters.coverage_map import geojson
from exporters.coverage_report.report import Asked, report
from exporters.coverage_report.texts import Writer
from exporters.live.maps import load as load_borders
from exporters.live.texts import Language

HELP = "say how far the city is from its broadband targets"
FOUND_SOMETHING, MISUSE = 1, 2
DAYS_A_MONTH = 30
NEXT_SHOWN = 5
COUNTED = {
    Denominator.HOUSEHOLDS: "households",
    Denominator.POPULATION: "people",
    Denominator.COMMUNES: "communes",
}


class MisuseError(Exception):
    """Something on the command line that does not exist: one sentence for the person who typed it."""


class Cut(NamedTuple):
    """What was asked for."""

    as_of: date
    on: AdminMap
    communes: Mapping[str, Commune]
    measured: Measured | None


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--as-of", metavar="DATE", help="what was known on that day (default: today)")
    parser.add_argument(
        "--map", metavar="NAME", help="administrative map: 579, 526, 126 (default: the day's)"
    )
    parser.add_argument("--target", metavar="NAME", help="one target instead of all")
    parser.add_argument("--tag", metavar="TAG", help="only communes whose site has this tag, as pilot")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="take the month's working links from the journal here"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="everything as JSON")
    form.add_argument("--csv", action="store_true", help="one line a target and unit")
    form.add_argument("--evidence", action="store_true", help="the claims behind each number, as CSV")
    form.add_argument(
        "--report", choices=[*Language], metavar="LANGUAGE", help="the report as one HTML file: vi or en"
    )
    form.add_argument("--geojson", action="store_true", help="the map with each unit's numbers")


def run(args: argparse.Namespace) -> int:
    """0; 1 if there are no targets or no journal; 2 for a day, map, target or tag that does not exist."""
    configuration = load(args.config, os.environ, need_secrets=False)
    evidence, inventory = configuration.coverage, configuration.inventory
    if evidence is None:
        sys.stderr.write(f"citynoc coverage: {args.config}/targets.yml does not exist: nothing is promised\n")
        return FOUND_SOMETHING
    try:
        cut = _cut(args, evidence, inventory)
    except MisuseError as error:
        sys.stderr.write(f"citynoc coverage: {error}\n")
        return MISUSE
    except NoJournalError as error:
        sys.stderr.write(f"citynoc coverage: {error}\n")
        return FOUND_SOMETHING
    found = evidence.reckon(
        cut.as_of, cut.on, target=args.target, communes=cut.communes, measured=cut.measured
    )
    if args.json:
        told = document(evidence, found, cut.on, cut.as_of)
        told["selection"] = {"tag": args.tag, "communes": len(cut.communes)}
        print(json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True))
    elif args.csv:
        _csv(UNIT_COLUMNS, unit_rows(found))
    elif args.evidence:
        targets = [one.target for one in found]
        _csv(EVIDENCE_COLUMNS, evidence_rows(evidence, targets, cut.communes, cut.on, cut.as_of))
    elif args.geojson:
        print(json.dumps(geojson(load_borders(), cut.on, found), ensure_ascii=False, separators=(",", ":")))
    elif args.report:
        name = inventory.city.name
        asked = Asked(name, evidence, cut.on, cut.communes, found, load_borders(), args.tag)
        print(report(asked, Writer(Language(args.report))))
    else:
        _show(found, cut, args.tag)
    return 0


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
    measured = None
    if args.data is not None:
        measured = _month(args.data, as_of, zone, {code: site.code for code, site in sites.items()}, evidence)
    return Cut(as_of, on, communes, measured)


def _day(text: str | None, zone: tzinfo) -> date:
    if text is None:
        return datetime.fromtimestamp(time.clock_gettime(time.CLOCK_REALTIME), zone).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MisuseError(f"cannot read --as-of {text!r}; write it like 2025-06-30") from None


def _month(data: Path, as_of: date, zone: tzinfo, sites: Mapping[str, str], evidence: Evidence) -> Measured:
    """The links of the day's month, up to the end of the day."""
    begin = datetime(as_of.year, as_of.month, 1, tzinfo=zone)
    end = datetime(as_of.year, as_of.month, as_of.day, 23, 59, 59, tzinfo=zone)
    with History(data / "journal.sqlite") as history:
        seconds = history.sites(begin.timestamp(), end.timestamp(), zone)
    return links_in_month(seconds, f"{as_of:%Y-%m}", sites, evidence.rules.available)


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)


def _show(found: Sequence[Reckoning], cut: Cut, tag: str | None) -> None:
    cut_to = f", {len(cut.communes)} communes tagged {tag}" if tag else ""
    table = Table(
        title=f"Coverage on {cut.as_of}, map {cut.on.name}{cut_to}", title_justify="left", box=box.SIMPLE_HEAD
    )
    for name in ("target", "promised", "by", "declared", "at most", "missing", "unknown", "measured"):
        table.add_column(name, overflow="fold", justify="left" if name == "target" else "right")
    table.add_column("a month", justify="right")
    table.add_column("at that pace")
    for one in found:
        table.add_row(*_summary(one))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 160)
    console.print(table)
    if len(found) == 1:
        _details(found[0], console)


def _summary(one: Reckoning) -> tuple[str, ...]:
    threshold = one.target.threshold
    monthly = "" if one.pace is None else f"{float(one.pace.per_day * DAYS_A_MONTH):+,.0f}"
    return (
        one.target.key,
        f"{float(threshold):.0%}",
        f"{one.target.deadline}",
        _percent(one.declared),
        "" if one.declared.at_most_ratio is None else f"{float(one.declared.at_most_ratio):.1%}",
        f"{one.declared.missing(threshold):,} {COUNTED[one.target.denominator]}",
        f"{one.declared.unknown:,}",
        "" if one.measured is None else _percent(one.measured),
        monthly,
        _outlook(one),
    )


def _percent(share: Share) -> str:
    if share.ratio is None:
        return "nothing to count"
    return f"{float(share.ratio):.2%}{' (above 100 %!)' if share.ratio > 1 else ''}"


def _outlook(one: Reckoning) -> str:
    if one.reached_on is not None:
        return f"kept since {one.reached_on}"
    if one.expected_on is None:
        return "never"
    return f"{one.expected_on}{', too late' if one.late else ''}"


def _details(one: Reckoning, console: Console) -> None:
    for each in one.next[:NEXT_SHOWN]:
        console.print(
            f"next: {each.code} {each.name}: {each.gain:,} to gain, {each.together:,} together",
            highlight=False,
        )
    above = [unit for unit in one.units if unit.above_one]
    for unit in above:
        console.print(
            f"above the census: {unit.code} {unit.name}: {unit.declared.numerator:,} of {unit.declared.denominator:,}",
            highlight=False,
        )
    if one.unknown:
        console.print(f"nobody speaks about: {', '.join(one.unknown)}", highlight=False)
    for odd in one.disagreements:
        said = ("declared, but its link fails", "its link works, but nothing is declared")[odd.measured]
        console.print(f"disagreement: {odd.commune} {odd.name}: {said}", highlight=False)
