"""A sitting's report out of the journal: which sitting is meant, and everything that was written down of it. Reads only."""

import difflib
import json
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from collector.meetings.archive import Archive
from collector.meetings.report import Report, Sources, report
from collector.model import Inventory
from collector.outages.history import History
from collector.outages.sittings import SittingRow


class NoSittingError(Exception):
    """Nothing is written down of it: one sentence for the person who asked."""


def report_of(journal: Path, inventory: Inventory, name: str, on: str | None, now: float) -> Report:
    """The sitting of the day `on` (2026-11-30, in the city's time), or the latest that began.

    Raises:
        NoSittingError: the journal has no such sitting.
        NoJournalError: there is no journal that can be read.
    """
    with Archive(journal) as archive:
        sitting = _sitting(archive, name, on, ZoneInfo(inventory.city.timezone), now)
        key = (sitting.meeting, sitting.key)
        rows, quality = archive.attendance(key), archive.quality(key)
    with History(journal) as history:
        outages = history.outages(sitting.started)
        gaps = history.gaps(sitting.started, min(now, sitting.ended)) if now > sitting.started else []
    sites = [str(site) for site in json.loads(sitting.sites)]
    return report(Sources(sitting, sites, rows, quality, outages, gaps), inventory, now)


def _sitting(archive: Archive, name: str, on: str | None, zone: ZoneInfo, now: float) -> SittingRow:
    known = archive.sittings(name)
    if not known:
        names = sorted({one.meeting for one in archive.sittings()})
        close = difflib.get_close_matches(name, names, n=3)
        hint = f"did you mean {' or '.join(close)}?" if close else f"there are: {', '.join(names) or 'none'}"
        raise NoSittingError(f"nothing is written down of a meeting '{name}'; {hint}")
    if on is None:
        return next((one for one in known if one.started <= now), known[0])
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise NoSittingError(f"cannot read the day {on!r}; write it like 2026-11-30") from None
    there = [one for one in known if datetime.fromtimestamp(one.started, zone).date() == day]
    if not there:
        days = ", ".join(f"{datetime.fromtimestamp(one.started, zone):%Y-%m-%d}" for one in known[:5])
        raise NoSittingError(f"nothing is written down of '{name}' on {day}; the latest: {days}")
    return there[0]
