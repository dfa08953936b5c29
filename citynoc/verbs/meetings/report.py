"""`citynoc meeting report NAME`: a meeting afterwards, from the journal: a page that stands alone, CSV or JSON.

It asks no service, so it also tells of a meeting that is over for a year. The same journal gives the same bytes.
"""

import argparse
import difflib
import json
import os
import sys
import time
from datetime import date, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from collector import atomic
from collector.config import load
from collector.meetings.archive import Archive
from collector.meetings.report import Report, Sources, report
from collector.model import Inventory
from collector.outages.history import History, NoJournalError
from collector.outages.sittings import SittingRow
from exporters.live.texts import Language
from exporters.meeting_report.page import page
from exporters.meeting_report.table import as_csv, as_json
from exporters.meeting_report.texts import Writer

HELP = "what happened in a meeting: attendance, quality, incidents, worst links"
FOUND_SOMETHING, MISUSE = 1, 2


class MisuseError(Exception):
    """Something on the command line that does not exist: one sentence for the person who typed it."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("name", metavar="NAME", help="the meeting, as `citynoc meeting list` names it")
    parser.add_argument(
        "--on", metavar="DATE", help="the sitting of that day (default: the latest that began)"
    )
    parser.add_argument(
        "--format",
        choices=("html", "csv", "json"),
        default="html",
        help="html: a page; csv: a row a commune, a column a minute; json: everything (default: html)",
    )
    parser.add_argument("--output", type=Path, metavar="FILE", help="write there instead of to the terminal")
    parser.add_argument(
        "--lang", choices=[*Language], default="vi", help="language of the page (default: vi)"
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("data"),
        metavar="DIR",
        help="where the journal lives (default: ./data)",
    )


def run(args: argparse.Namespace) -> int:
    """0; 1 without a journal or if the file cannot be written; 2 for a name or a day of which nothing is known."""
    inventory = load(args.config, os.environ, need_secrets=False).inventory
    zone = ZoneInfo(inventory.city.timezone)
    now = time.clock_gettime(time.CLOCK_REALTIME)
    try:
        found = _read(args, inventory, zone, now)
        _write(_told(found, args, inventory, zone), args.output)
    except MisuseError as error:
        print(f"citynoc meeting report: {error}", file=sys.stderr)
        return MISUSE
    except NoJournalError as error:
        print(f"citynoc meeting report: {error}", file=sys.stderr)
        return FOUND_SOMETHING
    except OSError as error:
        print(f"citynoc meeting report: cannot write {args.output}: {error.strerror}", file=sys.stderr)
        return FOUND_SOMETHING
    return 0


def _read(args: argparse.Namespace, inventory: Inventory, zone: tzinfo, now: float) -> Report:
    file = args.data / "journal.sqlite"
    with Archive(file) as archive:
        sitting = _sitting(archive, args.name, args.on, zone, now)
        key = (sitting.meeting, sitting.key)
        rows, quality = archive.attendance(key), archive.quality(key)
    with History(file) as history:
        outages = history.outages(sitting.started)
        gaps = history.gaps(sitting.started, min(now, sitting.ended)) if now > sitting.started else []
    sites = [str(site) for site in json.loads(sitting.sites)]
    return report(Sources(sitting, sites, rows, quality, outages, gaps), inventory, now)


def _sitting(archive: Archive, name: str, on: str | None, zone: tzinfo, now: float) -> SittingRow:
    known = archive.sittings(name)
    if not known:
        names = sorted({one.meeting for one in archive.sittings()})
        close = difflib.get_close_matches(name, names, n=3)
        hint = f"did you mean {' or '.join(close)}?" if close else f"there are: {', '.join(names) or 'none'}"
        raise MisuseError(f"nothing is written down of a meeting '{name}'; {hint}")
    if on is None:
        return next((one for one in known if one.started <= now), known[0])
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise MisuseError(f"cannot read --on {on!r}; write it like 2026-11-30") from None
    there = [one for one in known if datetime.fromtimestamp(one.started, zone).date() == day]
    if not there:
        days = ", ".join(f"{datetime.fromtimestamp(one.started, zone):%Y-%m-%d}" for one in known[:5])
        raise MisuseError(f"nothing is written down of '{name}' on {day}; the latest: {days}")
    return there[0]


def _told(found: Report, args: argparse.Namespace, inventory: Inventory, zone: tzinfo) -> str:
    if args.format == "csv":
        return as_csv(found, zone)
    if args.format == "json":
        return json.dumps(as_json(found, zone), ensure_ascii=False, indent=1) + "\n"
    return page(found, inventory.city.name, Writer(Language(args.lang), zone))


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
    else:
        atomic.replace(output, text)
