"""What a change of the configuration does to the meetings of the coming weeks, as rows and as lines. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from collector.config import Configuration
from collector.meetings.conflicts import shifts, touched
from collector.meetings.model import Occurrence

AHEAD = 14 * 86400.0
"""Seconds ahead that a change is compared; a sitting farther away is a matter for the next change."""


def meeting_changes(
    old: Configuration, new: Configuration, sites: Iterable[str], now: float
) -> list[dict[str, Any]]:
    """A row for each meeting that changes itself, or whose next sitting has some of `sites` in it."""
    rows = {
        shift.meeting: {
            "meeting": shift.meeting,
            "sittings": {
                "added": [_moment(one, new) for one in shift.added],
                "removed": [_moment(one, old) for one in shift.removed],
                "changed": [
                    {"start": _moment(after, new), "what": _what(before, after)}
                    for before, after in shift.changed
                ],
            },
        }
        for shift in shifts(old.meetings, new.meetings, now, now + AHEAD)
    }
    for one, both in touched(new.meetings, frozenset(sites), now, now + AHEAD):
        row = rows.setdefault(one.meeting, {"meeting": one.meeting})
        row["touched"] = {"next": _moment(one, new), "sites": sorted(both)}
    return [rows[name] for name in sorted(rows)]


def lines(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The rows as a person reads them."""
    for row in rows:
        name, sittings = row["meeting"], row.get("sittings", {})
        for mark, kind in (("+", "added"), ("-", "removed")):
            if sittings.get(kind):
                yield f"{mark} meeting {name}: {', '.join(sittings[kind])}"
        alike: dict[str, list[str]] = {}
        for one in sittings.get("changed", ()):
            alike.setdefault(", ".join(one["what"]), []).append(one["start"])
        for what, starts in alike.items():
            more = f" and {len(starts) - 1} more" if len(starts) > 1 else ""
            yield f"~ meeting {name}: {starts[0]}{more}: {what}"
        if "touched" in row:
            count = len(row["touched"]["sites"])
            yield f"! meeting {name} ({row['touched']['next']}): {count} of its sites are in this change"


def _moment(one: Occurrence, configuration: Configuration) -> str:
    zone = ZoneInfo(configuration.inventory.city.timezone)
    return f"{datetime.fromtimestamp(one.start, zone):%Y-%m-%d %H:%M}"


def _what(before: Occurrence, after: Occurrence) -> list[str]:
    found = []
    if before.end != after.end:
        found.append(
            f"{(after.end - after.start) / 60:.0f} minutes instead of {(before.end - before.start) / 60:.0f}"
        )
    for word, was, now in (
        ("sites", before.sites, after.sites),
        ("endpoints", frozenset(before.endpoints), frozenset(after.endpoints)),
    ):
        if was != now:
            found.append(f"{len(now)} {word} instead of {len(was)} (+{len(now - was)} -{len(was - now)})")
    if before.bridges != after.bridges:
        found.append(f"bridges {', '.join(after.bridges) or 'none'}")
    if dict(before.title) != dict(after.title):
        found.append("title")
    return found
