"""`citynoc meeting list`: the sittings that the configuration plans, and which of them want the same endpoint at once.

It asks no service: what is printed is what `meetings.yml` and its calendars say.
"""

import argparse
import json
import os
import re
import sys
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from citynoc.tables import Column, drawn
from collector.config import load
from collector.meetings.model import Occurrence
from collector.model import Inventory

HELP = "the sittings that are planned"
MISUSE = 2
COLUMNS = (
    Column("state"),
    Column("when"),
    Column("meeting"),
    Column("sites", right=True),
    Column("title", folds=True),
    Column("bridges", folds=True),
)
UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
LONGEST = 3 * 366 * 86400.0


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    times = "a date like 2026-12-01, or how long {}: 12h, 7d, 4w"
    parser.add_argument(
        "--since", default="0m", metavar="TIME", help=f"{times.format('ago')} (default: what is on now)"
    )
    parser.add_argument(
        "--until", default="2w", metavar="TIME", help=f"{times.format('ahead')} (default: 2w)"
    )
    parser.add_argument("--meeting", metavar="NAME", help="only this one")
    parser.add_argument("--lang", choices=("en", "vi"), default="en", help="language of titles (default: en)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Print; 2 if a time cannot be read."""
    configuration = load(args.config, os.environ, need_secrets=False)
    zone = ZoneInfo(configuration.inventory.city.timezone)
    now = time.clock_gettime(time.CLOCK_REALTIME)
    since, until = _moment(args.since, now, -1, zone), _moment(args.until, now, 1, zone)
    if since is None or until is None or not since < until <= since + LONGEST:
        wrong = args.since if since is None else args.until
        why = "write 12h, 7d, 4w or 2026-12-01; three years at most, and the end after the beginning"
        print(f"citynoc meeting list: cannot use {wrong!r}: {why}", file=sys.stderr)
        return MISUSE
    sittings = configuration.meetings.between(since, until)
    clashes = overlapping(sittings)
    if args.meeting is not None:
        sittings = tuple(one for one in sittings if one.meeting == args.meeting)
    rows = [as_json(one, now, zone, clashes.get(_key(one), ())) for one in sittings]
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif rows:
        _table(sittings, rows, configuration.inventory, args.lang)
    else:
        print("no meeting is planned" if args.meeting is None else f"no sitting of {args.meeting} is planned")
    return 0


def _moment(text: str, now: float, direction: int, zone: tzinfo) -> float | None:
    """Unix seconds of a date in the city's time, or of a length from now; None if it is neither."""
    length = re.fullmatch(r"(\d{1,4})([mhdw])", text, re.ASCII)
    if length is not None:
        return now + direction * int(length[1]) * UNITS[length[2]]
    try:
        day = date.fromisoformat(text)
        return datetime(day.year, day.month, day.day, tzinfo=zone).timestamp()
    except (ValueError, OverflowError):
        return None


def overlapping(sittings: Sequence[Occurrence]) -> dict[tuple[str, float], tuple[str, ...]]:
    """By sitting the names of those at the same time that an endpoint of it is in as well."""
    found: dict[tuple[str, float], list[str]] = {}
    for number, one in enumerate(sittings):
        for other in sittings[number + 1 :]:
            if other.start >= one.end:
                break
            if not set(one.endpoints).isdisjoint(other.endpoints):
                found.setdefault(_key(one), []).append(other.meeting)
                found.setdefault(_key(other), []).append(one.meeting)
    return {key: tuple(names) for key, names in found.items()}


def _key(one: Occurrence) -> tuple[str, float]:
    return one.meeting, one.start


def as_json(one: Occurrence, now: float, zone: tzinfo, clashes: Sequence[str]) -> dict[str, object]:
    """A sitting for programs."""
    return {
        "meeting": one.meeting,
        "title": dict(one.title),
        "state": "running" if one.running(now) else "planned" if now < one.start else "ended",
        "start": datetime.fromtimestamp(one.start, zone).isoformat(),
        "end": datetime.fromtimestamp(one.end, zone).isoformat(),
        "start_timestamp": one.start,
        "sites": sorted(one.sites),
        "endpoints": list(one.endpoints),
        "bridges": list(one.bridges),
        "written_at": str(one.place) if one.place else None,
        "overlaps": sorted(clashes),
    }


def _table(
    sittings: Sequence[Occurrence], rows: Sequence[dict[str, object]], inventory: Inventory, language: str
) -> None:
    zone = ZoneInfo(inventory.city.timezone)
    told: list[tuple[str, ...]] = []
    for one, row in zip(sittings, rows, strict=True):
        begin, end = (datetime.fromtimestamp(at, UTC).astimezone(zone) for at in (one.start, one.end))
        clash = row["overlaps"]
        note = f" (overlaps {', '.join(map(str, clash))})" if isinstance(clash, list) and clash else ""
        told.append(
            (
                str(row["state"]),
                f"{begin:%a %Y-%m-%d %H:%M}-{end:%H:%M}",
                one.meeting,
                f"{len(one.sites)}",
                f"{one.title.get(language, one.meeting)}{note}",
                ", ".join(one.bridges),
            )
        )
    sys.stdout.write(drawn(COLUMNS, told))
