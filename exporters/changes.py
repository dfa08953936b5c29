"""What changed in the city from one moment to the next, as server-sent events. Pure; the past is bounded.

Every listener is given the same bytes, written once. A listener that fell too far behind gets a fresh snapshot
instead of what it missed, so that nothing is kept for anybody. Source of the format: WHATWG HTML, "Server-sent
events".
"""

import json
import zlib
from collections import deque
from collections.abc import Mapping, Sequence
from typing import TypeVar

from collector.meetings.readiness import Verdict
from collector.meetings.standing import Meetings, Sitting
from collector.model import Inventory
from collector.outages.state import CityState, DeviceVerdict, Outage
from exporters.api import Api, Json
from exporters.state import shown

KEPT = 64
"""Changes kept for those who are a little late."""
LONGEST_NUMBER = 18
NO_MEETINGS = Meetings()

K = TypeVar("K")
V = TypeVar("V")


def event(name: str, number: str, value: Json) -> bytes:
    """One event; JSON has no newline, so its data is one line."""
    return f"event: {name}\nid: {number}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


class Changes:
    """Numbers the city's changes: `observe` in order, from one place at a time; `since` from anywhere.

    `life` names this run of the collector, so that a number from before a restart is not mistaken for one of ours.
    """

    def __init__(self, life: str = "") -> None:
        self._life = life
        self._inventory: Inventory | None = None
        self._state: CityState | None = None
        self._standing: Meetings | None = None
        self._outages: dict[str, Outage] = {}
        self._meetings: dict[str, Json] = {}
        self._version = 0
        self._kept: deque[bytes] = deque(maxlen=KEPT)
        self._snapshot: tuple[int, bytes] | None = None

    @property
    def version(self) -> int:
        """Number of the latest change."""
        return self._version

    @property
    def number(self) -> str:
        """The latest change as its event's `id` has it."""
        return self._number(self._version)

    def version_of(self, number: str) -> int:
        """The version that an event's `id` stands for; -1, older than all, if it is none of ours."""
        life, _, version = number.rpartition("-")
        known = (
            life == self._life and version.isascii() and version.isdigit() and len(version) < LONGEST_NUMBER
        )
        return int(version) if known else -1

    def _number(self, version: int) -> str:
        return f"{self._life}-{version}"

    def seen(self, inventory: Inventory, state: CityState, standing: Meetings = NO_MEETINGS) -> bool:
        """Whether these very objects were the last observed."""
        return state is self._state and inventory is self._inventory and standing is self._standing

    def observe(self, inventory: Inventory, state: CityState, standing: Meetings = NO_MEETINGS) -> None:
        """Take the latest state; a change of inventory makes all that went before worthless."""
        before, outages = self._state, {one.id: one for one in shown(state)}
        meetings = {one.occurrence.meeting: _meeting(one) for one in standing.sittings}
        if before is None or inventory is not self._inventory:
            self._kept.clear()
            self._version += 1
            self._snapshot = None
        else:
            change = self._difference(Api(inventory, state), before, state, outages)
            told = dict(_changed(self._meetings, meetings))
            if told:
                change = {**change, "meetings": told, "at": Api(inventory, state).time(state.at)}
            if change:
                self._version += 1
                self._kept.append(event("change", self.number, change))
        self._inventory, self._state, self._outages = inventory, state, outages
        self._standing, self._meetings = standing, meetings

    def since(self, version: int) -> Sequence[bytes] | None:
        """The events after `version`, or None if they are no longer kept: then `snapshot` is the way on."""
        missed = self._version - version
        if not 0 <= missed <= len(self._kept):
            return None
        return list(self._kept)[len(self._kept) - missed :]

    def snapshot(self) -> bytes:
        """Everything, as of the last `observe`; ValueError before it."""
        if self._inventory is None or self._state is None:
            raise ValueError("nothing was observed yet")
        if self._snapshot is None or self._snapshot[0] != self._version:
            api = Api(self._inventory, self._state)
            value: Json = {
                "at": api.time(self._state.at),
                "blind": self._state.blind,
                "devices": {
                    name: _verdict(api, verdict)
                    for name, verdict in self._state.devices.items()
                    if name in self._inventory.devices
                },
                "sites": {code: site.name.lower() for code, site in self._state.sites.items()},
                "links": dict(self._state.links),
                "redundancy_lost": {str(code): lost for code, lost in self._state.redundancy_lost.items()},
                "outages": {key: api.outage(one) for key, one in self._outages.items()},
                "meetings": dict(self._meetings),
            }
            self._snapshot = (self._version, event("snapshot", self.number, value))
        return self._snapshot[1]

    def _difference(
        self, api: Api, before: CityState, state: CityState, outages: Mapping[str, Outage]
    ) -> dict[str, Json]:
        found: dict[str, Json] = {}
        devices = {
            name: None if verdict is None else _verdict(api, verdict)
            for name, verdict in _changed(before.devices, state.devices)
            if verdict is None or _told(verdict) != _told(before.devices.get(name))
        }
        sites = {
            code: None if site is None else site.name.lower()
            for code, site in _changed(before.sites, state.sites)
        }
        changed_outages = {
            key: None if one is None else api.outage(one) for key, one in _changed(self._outages, outages)
        }
        if devices:
            found["devices"] = {str(name): row for name, row in devices.items()}
        if sites:
            found["sites"] = {str(code): row for code, row in sites.items()}
        links = dict(_changed(before.links, state.links))
        redundancy = {
            str(code): lost for code, lost in _changed(before.redundancy_lost, state.redundancy_lost)
        }
        if links:
            found["links"] = {**links}
        if redundancy:
            found["redundancy_lost"] = {**redundancy}
        if changed_outages:
            found["outages"] = changed_outages
        if before.blind != state.blind:
            found["blind"] = state.blind
        if found:
            found["at"] = api.time(state.at)
        return found


def _changed(before: Mapping[K, V], after: Mapping[K, V]) -> list[tuple[K, V | None]]:
    """What is new or different, and with None what is gone."""
    if before is after:
        return []
    gone: list[tuple[K, V | None]] = [(key, None) for key in before if key not in after]
    return [(key, value) for key, value in after.items() if before.get(key) != value] + gone


def _told(verdict: DeviceVerdict | None) -> tuple[object, ...]:
    """What of a verdict is news; that the device was heard again is not."""
    return () if verdict is None else (verdict.state, verdict.since, verdict.cause)


def _verdict(api: Api, verdict: DeviceVerdict) -> Json:
    return {"state": verdict.state.name.lower(), "since": api.time(verdict.since), "cause": verdict.cause}


def _meeting(sitting: Sitting) -> Json:
    """A sitting in numbers; `list` changes whenever a participant's verdict or reasons do."""
    one, look = sitting.occurrence, sitting.look
    told: dict[str, Json] = {"state": sitting.phase.name.lower(), "start": one.start, "end": one.end}
    if look is not None:
        rows = [
            (each.site, each.verdict, each.connected, *(why.code for why in each.reasons))
            for each in look.participants
        ]
        told |= {
            "ready": look.count(Verdict.GO),
            "not_ready": look.count(Verdict.NO_GO),
            "unknown": look.count(Verdict.UNKNOWN),
            "connected": look.connected,
            "list": zlib.crc32(repr(rows).encode()),
        }
    return told
