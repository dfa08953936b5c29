"""An outage as a row of the journal and back, and what became of sites as rows. Pure.

What a row holds stands in the ledger's schema; a file of an earlier version may lack the later column.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping

from collector.model import DeviceName, DistrictCode, SiteCode
from collector.outages.state import CauseKind, Outage, Severity, State

COLUMNS = (
    "id, kind, district, started, causes, affected_devices, affected_sites, severity, site, carrier, ended,"
    " acknowledged"
)
LATER = "on_battery"
"""A column that files of an earlier version lack."""
UPSERT = (
    f"INSERT INTO outage ({COLUMNS}, {LATER}, most_devices, most_sites)"  # noqa: S608 - the names above
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"
    " ON CONFLICT (id, started) DO UPDATE SET ended = ?11, severity = ?8, acknowledged = ?12,"
    " causes = ?5, affected_devices = ?6, affected_sites = ?7, on_battery = ?13,"
    " most_devices = max(most_devices, ?14), most_sites = max(most_sites, ?15)"
)


def columns(db: sqlite3.Connection) -> str:
    """What to select of `outage` for `outage_of`, also from a file of an earlier version."""
    there = {row[1] for row in db.execute("PRAGMA table_info(outage)")}
    return f"{COLUMNS}, {LATER if LATER in there else 0}"


def outage_of(row: tuple[object, ...]) -> Outage:
    """An outage from its row, columns as `columns` orders them.

    Raises:
        ValueError: the row is of a later version, or damaged.
    """
    name, kind, district, started, causes, devices, sites, severity, site, carrier, ended, taken, battery = (
        row
    )
    try:
        return Outage(
            id=str(name),
            kind=CauseKind(str(kind)),
            district=DistrictCode(str(district)),
            started=float(str(started)),
            causes=tuple(json.loads(str(causes))),
            affected_devices=frozenset(map(DeviceName, json.loads(str(devices)))),
            affected_sites=frozenset(map(SiteCode, json.loads(str(sites)))),
            severity=Severity(int(str(severity))),
            site=SiteCode(str(site)) if site is not None else None,
            carrier=str(carrier),
            ended=None if ended is None else float(str(ended)),
            acknowledged=bool(taken),
            on_battery=bool(battery),
        )
    except (ValueError, TypeError) as wrong:
        raise ValueError(f"{name}: {wrong}") from None


def row_of(outage: Outage) -> tuple[object, ...]:
    """The values of `UPSERT`."""
    return (
        outage.id,
        outage.kind.value,
        outage.district,
        outage.started,
        json.dumps(outage.causes),
        json.dumps(sorted(outage.affected_devices)),
        json.dumps(sorted(outage.affected_sites)),
        int(outage.severity),
        outage.site,
        outage.carrier,
        outage.ended,
        int(outage.acknowledged),
        int(outage.on_battery),
        len(outage.affected_devices),
        len(outage.affected_sites),
    )


def changes(
    at: float, old: Mapping[SiteCode, State], new: Mapping[SiteCode, State]
) -> Iterable[tuple[float, str, int]]:
    """Sites whose state differs, as rows of `site_change`; of one that left the city nothing is known any more."""
    if old is new:
        return []
    found = [(at, site, int(state)) for site, state in new.items() if old.get(site) is not state]
    return found + [(at, site, int(State.UNKNOWN)) for site in old if site not in new]
