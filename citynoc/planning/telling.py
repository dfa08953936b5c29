"""The service's side of a plan: what `/api/v1/plan` tells of it. It holds no secret and changes nothing.

What must be looked at on the event loop is looked at when it is asked; the rest may run in a thread.
"""

from collections.abc import Callable, Mapping
from typing import Any

from citynoc.meetings.changes import AHEAD
from citynoc.planning.picture import picture_of
from citynoc.settings import Endpoint, Settings
from collector.config import Configuration
from collector.outages.state import CityState
from collector.plan import Change

MARGIN = 3600.0
"""Seconds that the service looks farther than whoever asks it, whose clock is a little other."""
SHOWN = 1_000
"""Names of devices that the last reload's account keeps of each kind."""


def telling(
    configuration: Configuration,
    settings: Settings,
    state: CityState,
    now: float,
    *,
    series: int,
    applied: Mapping[str, Any] | None,
) -> Callable[[], Mapping[str, Any]]:
    """Makes the answer; what it returns may be called in another thread."""
    sittings = configuration.meetings.between(
        now - MARGIN, now + AHEAD + MARGIN
    )  # the calendar is the loop's alone
    outages = [
        {
            "outage": one.id,
            "causes": sorted(one.causes),
            "affected_devices": sorted(one.affected_devices),
        }
        for one in state.outages
        if one.ended is None
    ]

    def make() -> Mapping[str, Any]:
        return {
            "picture": picture_of(configuration, sittings).to_json(),
            "overrides": _overrides(settings),
            "outages": outages,
            "series": series,
            "applied": applied,
        }

    return make


def account(change: Change, before: Configuration, after: Configuration, at: float) -> dict[str, Any]:
    """What a reload did, for whoever asks later: which devices were touched, and how many questions."""
    old, new = before.inventory.devices, after.inventory.devices
    asked = {poll.device.name for poll in (*change.changed, *change.renewed)}
    said = {name for name, one in after.telemetry.items() if before.telemetry.get(name, one) != one}
    changed = {
        name
        for name in old.keys() & new.keys()
        if name in asked
        or old[name] != new[name]
        or ((mqtt := new[name].mqtt) is not None and mqtt.profile in said)
    }
    kinds = {"added": new.keys() - old.keys(), "removed": old.keys() - new.keys(), "changed": changed}
    return {
        "at": at,
        "devices": {kind: sorted(names)[:SHOWN] for kind, names in kinds.items()},
        "counts": {kind: len(names) for kind, names in kinds.items()},
        "polls": {"added": len(change.added), "removed": len(change.removed), "changed": len(change.changed)},
    }


def _overrides(settings: Settings) -> dict[str, str | int | None]:
    def shown(endpoint: Endpoint | None) -> str | None:
        if endpoint is None:
            return None
        return (
            f"[{endpoint.host}]:{endpoint.port}"
            if ":" in endpoint.host
            else f"{endpoint.host}:{endpoint.port}"
        )

    return {
        "listen": shown(settings.listen),
        "broker": shown(settings.broker),
        "snmp_port": settings.snmp_port,
        "traps": shown(settings.traps),
        "alertmanager": settings.alertmanager,
    }
