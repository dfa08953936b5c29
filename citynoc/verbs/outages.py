"""`citynoc outages`: what the journal remembers, as a table, CSV or JSON; and what that means as availability."""

import argparse
import csv
import json
import math
import os
import re
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from citynoc.tables import Column, drawn
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
from collector.outages.state import Outage
from collector.outages.topology import Topology

HELP = "list outages from the journal"
FOUND_SOMETHING, MISUSE = 1, 2
FOLDED = frozenset({"place", "notes", "site", "district", "carrier"})
"""Columns of words; of the others each is one word to be copied whole."""
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
COLUMNS = (
    "outage", "started", "ended", "seconds", "severity", "district", "site", "carrier",
    "devices", "sites", "causes", "acknowledged", "on_battery", "started_time", "ended_time",
)  # fmt: skip
FORMS = "write 90m, 12h, 7d, 2026-08-01 or '2026-08-01 14:00'"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        "--since",
        default="7d",
        metavar="TIME",
        help="how far back: 90m, 12h, 7d, 4w ago, or a date like 2026-08-01 or '2026-08-01 14:00' (default: 7d)",
    )
    parser.add_argument("--until", metavar="TIME", help="no later than this, written alike (default: now)")
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("data"),
        metavar="DIR",
        help="where the journal lives (default: ./data)",
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--open", action="store_true", help="only outages that are still on")
    what.add_argument(
        "--availability",
        choices=("site", "district", "carrier"),
        help="instead of outages: the share of known time in which sites were reachable, by month",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--csv", action="store_true", help="print CSV")


@dataclass(frozen=True, slots=True)
class Asked:
    """The span that was asked for, in whose time, and what is known of places."""

    since: float
    until: float
    now: float
    zone: tzinfo
    inventory: Inventory | None


def run(args: argparse.Namespace) -> int:
    """Print; 1 if there is no journal to read, 2 if a time cannot be read."""
    now = time.clock_gettime(time.CLOCK_REALTIME)
    inventory = _inventory(args.config)
    zone: tzinfo = ZoneInfo(inventory.city.timezone) if inventory is not None else UTC
    times = {}
    for name, text in (("--since", args.since), ("--until", args.until or "0s")):
        at = parse_time(text, now, zone)
        if at is None:
            print(f"citynoc outages: cannot read {name} {text!r}; {FORMS}", file=sys.stderr)
            return MISUSE
        times[name] = min(at, now)
    asked = Asked(times["--since"], times["--until"], now, zone, inventory)
    if asked.since >= asked.until:
        print("citynoc outages: --since is not before --until", file=sys.stderr)
        return MISUSE
    try:
        with History(args.data / "journal.sqlite") as history:
            if args.availability:
                rows = _availability(history, args.availability, asked)
                _print(rows, args, f"Availability by {args.availability} {_span_of(asked)}")
            else:
                _outages(history, args, asked)
    except NoJournalError as error:
        print(f"citynoc outages: {error}", file=sys.stderr)
        return FOUND_SOMETHING
    return 0


def parse_time(text: str, now: float, zone: tzinfo) -> float | None:
    """Unix time of `7d` ago or of a date's beginning, not before 1970; None for anything else."""
    match = re.fullmatch(r"([0-9]{1,6})([smhdw])", text)
    if match:
        return max(0.0, now - int(match[1]) * UNITS[match[2]])
    try:
        day = datetime.fromisoformat(text)
        return max(0.0, (day if day.tzinfo else day.replace(tzinfo=zone)).timestamp())
    except (ValueError, OverflowError):
        return None


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


def _outages(history: History, args: argparse.Namespace, asked: Asked) -> None:
    # What began before the clock was set back is dated in the future, and is on all the same.
    end = asked.until if asked.until < asked.now else math.inf
    found, gaps = history.outages(asked.since, end), history.gaps(asked.since, asked.until)
    if args.open:
        found = [past for past in found if past.outage.ended is None]
    rows = [_row(past, asked) for past in found]
    repair = mean_time_to_repair(found)
    if args.json:
        report = {
            "since": asked.since,
            "until": asked.until,
            "timezone": str(asked.zone),
            "outages": rows,
            "unreadable": history.unreadable,
            "gaps": [{"started": begin, "ended": end} for begin, end in gaps],
            "mean_time_to_repair_seconds": repair,
        }
        print(json.dumps(report, ensure_ascii=False, indent=2))
        return
    if history.unreadable:
        print(
            f"citynoc outages: {_count(history.unreadable)} cannot be read by this citynoc and is left out",
            file=sys.stderr,
        )
    if args.csv:
        _csv(rows, COLUMNS)
        return
    unseen = history.gaps(asked.since, asked.now)
    lost = unseen[-1][0] if unseen and unseen[-1][1] == asked.now else None
    _table([_shown(past, asked, lost) for past in found], f"Outages {_span_of(asked)}")
    still_on = sum(1 for past in found if past.outage.ended is None)
    mean = f", mean time to repair {_span(repair)}" if repair is not None else ""
    print(f"{_count(len(found))}, {still_on} still on{mean}")
    for begin, end in gaps:
        print(
            f"nobody watched from {_clock(begin, asked.zone)} to {_clock(end, asked.zone)} ({_span(end - begin)})"
        )
    if still_on and lost is not None:
        print(
            f"nobody watches since {_clock(lost, asked.zone)}: what was on then may be over, and other things broken"
        )


def _row(past: Past, asked: Asked) -> dict[str, object]:
    outage = past.outage
    return {
        "outage": outage.id,
        "started": outage.started,
        "ended": outage.ended,
        "seconds": round(past.seconds(asked.now), 1),
        "severity": outage.severity.name.lower(),
        "district": outage.district,
        "site": outage.site or "",
        "carrier": outage.carrier,
        "devices": past.most_devices,
        "sites": past.most_sites,
        "causes": " ".join(outage.causes),
        "acknowledged": outage.acknowledged,
        "on_battery": outage.on_battery,
        "started_time": _iso(outage.started, asked.zone),
        "ended_time": None if outage.ended is None else _iso(outage.ended, asked.zone),
    }


def _shown(past: Past, asked: Asked, lost: float | None) -> dict[str, object]:
    """A row of the table; `lost` is since when nobody watches, if nobody does."""
    outage = past.outage
    still_on = "still on" if lost is None else "on when last seen"
    notes = ["on battery"] * outage.on_battery + ["taken"] * outage.acknowledged
    return {
        "outage": outage.id,
        "place": _place(outage, asked.inventory),
        "started": _clock(outage.started, asked.zone),
        "ended": _clock(outage.ended, asked.zone) if outage.ended is not None else still_on,
        "lasted": _span(past.seconds(asked.now if lost is None else max(lost, outage.started))),
        "severity": outage.severity.name.lower(),
        "carrier": outage.carrier,
        "devices": past.most_devices,
        "sites": past.most_sites,
        "notes": ", ".join(notes),
    }


def _place(outage: Outage, inventory: Inventory | None) -> str:
    """The site's name and its district's, or their codes."""
    site = inventory.sites.get(outage.site) if inventory is not None and outage.site is not None else None
    district = inventory.districts.get(outage.district) if inventory is not None else None
    names = (
        site.name if site is not None else outage.site or "",
        district.name if district is not None else outage.district,
    )
    return ", ".join(name for name in names if name)


def _availability(history: History, kind: str, asked: Asked) -> list[dict[str, object]]:
    sites = history.sites(asked.since, asked.until, asked.zone)
    groups: Mapping[tuple[str, str], Availability] = sites
    if kind != "site":
        groups = grouped(sites, _groups(kind, asked.inventory) if asked.inventory is not None else {})
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
    if not rows:
        print(f"{title}: none")
        return
    columns = [Column(name.replace("_", " "), folds=name in FOLDED) for name in rows[0]]
    print(title)
    told = [["" if value is None else str(value) for value in row.values()] for row in rows]
    sys.stdout.write(drawn(columns, told))


def _clock(at: float, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M:%S}"


def _iso(at: float, zone: tzinfo) -> str:
    return datetime.fromtimestamp(at, zone).isoformat(timespec="seconds")


def _span(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


def _span_of(asked: Asked) -> str:
    begin, end = _clock(asked.since, asked.zone), _clock(asked.until, asked.zone)
    return f"since {begin}{f' to {end}' if asked.until < asked.now else ''}, times of {asked.zone}"


def _count(outages: int) -> str:
    return f"{outages} outage{'' if outages == 1 else 's'}"
