"""`citynoc outages`: what the journal remembers, as a table, CSV or JSON; and what that means as availability."""

import argparse
import csv
import json
import os
import re
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table

from collector.config import load
from collector.config.problems import ConfigurationError
from collector.model import Inventory
from collector.outages.history import (
    Availability,
    History,
    NoJournalError,
    Past,
    grouped,
    mean_time_to_repair,
)
from collector.outages.topology import Topology

HELP = "list outages from the journal"
FOUND_SOMETHING = 1
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
COLUMNS = (
    "outage", "started", "ended", "seconds", "severity", "district", "site", "carrier",
    "devices", "sites", "causes", "acknowledged",
)  # fmt: skip


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        "--since",
        default="7d",
        metavar="TIME",
        help="how far back: 90m, 12h, 7d, 4w, or a date like 2026-08-01 (default: 7d)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("data"),
        metavar="DIR",
        help="where the journal lives (default: ./data)",
    )
    parser.add_argument(
        "--availability",
        choices=("site", "district", "carrier"),
        help="instead of outages: the share of known time in which sites were reachable, by month",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print CSV")


def run(args: argparse.Namespace) -> int:
    """Print; 1 if there is no journal to read, 2 if TIME cannot be read."""
    now = time.clock_gettime(time.CLOCK_REALTIME)
    inventory = _inventory(args.config) if args.availability or not (args.json or args.csv) else None
    zone: tzinfo = ZoneInfo(inventory.city.timezone) if inventory is not None else UTC
    since = parse_since(args.since, now, zone)
    if since is None:
        print(
            f"citynoc outages: cannot read --since {args.since!r}; write 90m, 12h, 7d or 2026-08-01",
            file=sys.stderr,
        )
        return 2
    try:
        with History(args.data / "journal.sqlite") as history:
            if args.availability:
                rows = _availability(history, args.availability, (since, now), zone, inventory)
                _print(rows, args, f"Availability by {args.availability}")
            else:
                _outages(history, args, since, now, zone)
    except NoJournalError as error:
        print(f"citynoc outages: {error}", file=sys.stderr)
        return FOUND_SOMETHING
    return 0


def parse_since(text: str, now: float, zone: tzinfo) -> float | None:
    """Unix time of `7d` ago or of a date's beginning; None for anything else."""
    match = re.fullmatch(r"([0-9]{1,6})([smhdw])", text)
    if match:
        return now - int(match[1]) * UNITS[match[2]]
    try:
        day = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (day if day.tzinfo else day.replace(tzinfo=zone)).timestamp()


def _inventory(config: Path) -> Inventory | None:
    """For names and the time zone; a broken configuration must not hide the journal at night."""
    try:
        return load(config, os.environ, need_secrets=False).inventory
    except ConfigurationError:
        print(
            f"citynoc outages: {config} cannot be used, so times are UTC; see `citynoc check`",
            file=sys.stderr,
        )
        return None


def _outages(history: History, args: argparse.Namespace, since: float, now: float, zone: tzinfo) -> None:
    found, gaps = history.outages(since), history.gaps(since, now)
    rows = [_row(past, now) for past in found]
    repair = mean_time_to_repair(found)
    if args.json:
        report = {
            "since": since,
            "until": now,
            "outages": rows,
            "gaps": [{"started": begin, "ended": end} for begin, end in gaps],
            "mean_time_to_repair_seconds": repair,
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    if args.csv:
        _csv(rows, COLUMNS)
        return
    shown = [
        {
            "outage": row["outage"],
            "started": _clock(row["started"], zone),
            "ended": _clock(row["ended"], zone) if row["ended"] is not None else "still on",
            "lasted": _span(row["seconds"]),
            "severity": row["severity"],
            "district": row["district"],
            "carrier": row["carrier"],
            "devices": row["devices"],
            "sites": row["sites"],
        }
        for row in rows
    ]
    _table(shown, f"Outages since {_clock(since, zone)}")
    open_now = sum(1 for past in found if past.outage.ended is None)
    mean = f", mean time to repair {_span(repair)}" if repair is not None else ""
    print(f"{len(found)} outage{'' if len(found) == 1 else 's'}, {open_now} still on{mean}")
    for begin, end in gaps:
        print(f"nobody watched from {_clock(begin, zone)} to {_clock(end, zone)} ({_span(end - begin)})")


def _row(past: Past, now: float) -> dict[str, object]:
    outage = past.outage
    return {
        "outage": outage.id,
        "started": outage.started,
        "ended": outage.ended,
        "seconds": round(past.seconds(now), 1),
        "severity": outage.severity.name.lower(),
        "district": outage.district,
        "site": outage.site or "",
        "carrier": outage.carrier,
        "devices": past.most_devices,
        "sites": past.most_sites,
        "causes": " ".join(outage.causes),
        "acknowledged": outage.acknowledged,
    }


def _availability(
    history: History, kind: str, span: tuple[float, float], zone: tzinfo, inventory: Inventory | None
) -> list[dict[str, object]]:
    sites = history.sites(*span, zone)
    groups: Mapping[tuple[str, str], Availability] = sites
    if kind != "site":
        groups = grouped(sites, _groups(kind, inventory) if inventory is not None else {})
    return [
        {
            kind: name,
            "month": month,
            "availability": None if seconds.ratio is None else round(seconds.ratio, 6),
            "up_seconds": round(seconds.up),
            "down_seconds": round(seconds.down),
            "maintenance_seconds": round(seconds.maintenance),
            "unknown_seconds": round(seconds.unknown),
        }
        for (name, month), seconds in sorted(groups.items())
    ]


def _groups(kind: str, inventory: Inventory) -> dict[str, Iterable[str]]:
    """The district of each site, or the carriers of the uplinks on its way out."""
    if kind == "district":
        return {site.code: (site.district,) for site in inventory.sites.values()}
    net = Topology(inventory)
    return {
        site: sorted({net.links[link].carrier or "" for i in path for link, _ in net.uplinks[i]} - {""})
        for site, path in net.path.items()
    }


def _print(rows: Sequence[Mapping[str, object]], args: argparse.Namespace, title: str) -> None:
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif args.csv:
        _csv(rows, tuple(rows[0]) if rows else ())
    else:
        _table(rows, title)


def _csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> None:
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _table(rows: Sequence[Mapping[str, object]], title: str) -> None:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for name in rows[0] if rows else ():
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200)
    console.print(table if rows else title + ": none")


def _clock(at: object, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(float(str(at)), zone):%Y-%m-%d %H:%M:%S}"


def _span(seconds: object) -> str:
    return str(timedelta(seconds=round(float(str(seconds)))))
