"""`citynoc meeting report NAME`: a meeting afterwards, from the journal: a page that stands alone, CSV or JSON.

It asks no service, so it also tells of a meeting that is over for a year. The same journal gives the same bytes.
"""

import argparse
import json
import os
import sys
import time
from datetime import tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from citynoc.meetings.reporting import NoSittingError, report_of
from collector import atomic
from collector.config import load
from collector.meetings.report import Report
from collector.model import Inventory
from collector.outages.history import NoJournalError
from exporters.live.texts import Language
from exporters.meeting_report.page import page
from exporters.meeting_report.table import as_csv, as_json
from exporters.meeting_report.texts import Writer

HELP = "what happened in a meeting: attendance, quality, incidents, worst links"
FOUND_SOMETHING, MISUSE = 1, 2


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
        found = report_of(args.data / "journal.sqlite", inventory, args.name, args.on, now)
        _write(_told(found, args, inventory, zone), args.output)
    except NoSittingError as error:
        print(f"citynoc meeting report: {error}", file=sys.stderr)
        return MISUSE
    except NoJournalError as error:
        print(f"citynoc meeting report: {error}", file=sys.stderr)
        return FOUND_SOMETHING
    except OSError as error:
        print(f"citynoc meeting report: cannot write {args.output}: {error.strerror}", file=sys.stderr)
        return FOUND_SOMETHING
    return 0


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
