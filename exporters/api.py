"""The city as plain JSON values for `/api/v1`: devices, sites, outages. Pure; never shows a credential.

Times are RFC 3339 with the city's own offset, so that an operator reads the local clock and a program knows the
moment. What is not known is null.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from collector.meetings.model import Occurrence
from collector.meetings.risk import at_risk
from collector.model import Device, DeviceName, Inventory, Site, SiteCode
from collector.outages.state import CityState, Outage, State
from collector.zones import zone_of
from exporters.state import shown
from exporters.views import RefusedMessage, Remembered

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

SUGGESTED_FROM = 5_000
"""Names looked through for one that resembles a mistyped one: a tenth of a second's work."""

TYPED_WRONG = 2
ENDS_ALIKE = 3


class UnknownFilterError(ValueError):
    """A query parameter or value that the listing does not have; the message is for the person who typed it."""


def near(name: str, names: Iterable[str]) -> list[str]:
    """Up to three names that resemble `name`, the best first: about as long, and alike at one end."""
    head, tail = name[:ENDS_ALIKE], name[-ENDS_ALIKE:]
    candidates = [
        known
        for known in names
        if abs(len(known) - len(name)) <= TYPED_WRONG and (known.startswith(head) or known.endswith(tail))
    ]
    return difflib.get_close_matches(name, candidates[:SUGGESTED_FROM], n=3, cutoff=0.7)


class Api:
    """Answers about one moment: an inventory, the judgement of it, and the meetings that outages may put at risk."""

    def __init__(self, inventory: Inventory, state: CityState, sittings: tuple[Occurrence, ...] = ()) -> None:
        self._inventory = inventory
        self._state = state
        self._sittings = sittings
        self._zone = zone_of(inventory.city.timezone)

    def devices(self, wanted: Mapping[str, str]) -> Json:
        """All devices in short, or those that match every filter of `wanted`.

        Filters: `state`, `site`, `district`, `role`, `tag`. Raises UnknownFilterError.
        """
        check = _Filter(wanted, ("state", "site", "district", "role", "tag"))
        rows: list[Json] = [
            self._device(device)
            for device in self._inventory.devices.values()
            if check.device(device, self._state_name(device.name))
        ]
        return {"at": self.time(self._state.at), "devices": rows}

    def device(
        self, name: DeviceName, facts: Mapping[str, str], history: Sequence[Remembered]
    ) -> dict[str, Json]:
        """All about one device; KeyError if the inventory does not hold it."""
        device = self._inventory.devices[name]
        verdict = self._state.devices.get(name)
        cause = verdict.cause if verdict else None
        outage = next((one for one in shown(self._state) if one.id == cause), None)
        return {
            "at": self.time(self._state.at),
            **self._device(device),
            "needs": device.needs,
            "watch": str(device.watch),
            "vendor": device.vendor,
            "model": device.model,
            "tags": [*sorted(device.tags)],
            "written_at": str(device.place) if device.place else None,
            "snmp": None
            if device.snmp is None
            else {
                "port": device.snmp.port,
                "profile": device.snmp.profile,
                "credential": device.snmp.credential,
                "liveness_interval": device.snmp.liveness_interval,
                "poll_interval": device.snmp.poll_interval,
            },
            "mqtt": None
            if device.mqtt is None
            else {"profile": device.mqtt.profile, "heartbeat": device.mqtt.heartbeat},
            "uplinks": [
                {
                    "link": link.name,
                    "parent": link.parent,
                    "parent_state": self._state_name(link.parent),
                    "up": self._state.links.get(link.name),
                    "carrier": link.carrier,
                    "cable": link.cable,
                    "interface": link.interface,
                }
                for link in device.uplinks
            ],
            "dependants": [
                other.name
                for other in self._inventory.devices.values()
                if any(link.parent == name for link in other.uplinks)
            ],
            "outage": self.outage(outage) if outage else None,
            "facts": dict(sorted(facts.items())),
            "history": [self._remembered(one) for one in history],
        }

    def sites(self, wanted: Mapping[str, str]) -> Json:
        """All sites, or those that match every filter. Filters: `state`, `district`, `kind`, `tag`."""
        check = _Filter(wanted, ("state", "district", "kind", "tag"))
        devices: dict[SiteCode, list[Json]] = {}
        for device in self._inventory.devices.values():
            devices.setdefault(device.site, []).append(device.name)
        return {
            "at": self.time(self._state.at),
            "sites": [
                self._site(site, devices.get(site.code, []))
                for site in self._inventory.sites.values()
                if check.site(site, self._site_state_name(site.code))
            ],
        }

    def outages(self, wanted: Mapping[str, str]) -> Json:
        """Open outages, the longest first, then those that ended within the hour. Filters: `kind`, `district`."""
        check = _Filter(wanted, ("kind", "district"))
        rows = sorted(shown(self._state), key=lambda one: (one.ended is not None, one.started))
        return {
            "at": self.time(self._state.at),
            "blind": self._state.blind,
            "outages": [self.outage(one) for one in rows if check.outage(one)],
        }

    def _device(self, device: Device) -> dict[str, Json]:
        verdict = self._state.devices.get(device.name)
        return {
            "device": device.name,
            "site": device.site,
            "district": device.district,
            "role": str(device.role),
            "address": str(device.address),
            "state": self._state_name(device.name),
            "since": self.time(verdict.since) if verdict else None,
            "answered": verdict.answered if verdict else None,
            "last_heard": self.time(verdict.last_heard) if verdict else None,
            "cause": verdict.cause if verdict else None,
        }

    def _site(self, site: Site, devices: list[Json]) -> Json:
        district = self._inventory.districts.get(site.district)
        return {
            "site": site.code,
            "name": site.name,
            "kind": str(site.kind),
            "district": site.district,
            "district_name": district.name if district else None,
            "latitude": site.latitude,
            "longitude": site.longitude,
            "units": dict(site.units),
            "tags": [*sorted(site.tags)],
            "state": self._site_state_name(site.code),
            "redundancy_lost": self._state.redundancy_lost.get(site.code),
            "devices": devices,
        }

    def outage(self, outage: Outage) -> Json:
        """All about one outage."""
        return {
            "outage": outage.id,
            "kind": str(outage.kind),
            "district": outage.district,
            "site": outage.site,
            "carrier": outage.carrier,
            "severity": outage.severity.name.lower(),
            "acknowledged": outage.acknowledged,
            "on_battery": outage.on_battery,
            "started": self.time(outage.started),
            "ended": self.time(outage.ended),
            "causes": [*outage.causes],
            "affected_devices": [*sorted(outage.affected_devices)],
            "affected_sites": [*sorted(outage.affected_sites)],
            "meetings": [one.meeting for one in at_risk(outage, self._sittings, self._state.at)],
        }

    def refused(self, messages: Iterable[RefusedMessage]) -> Json:
        """MQTT messages that could not be used, by topic and reason."""
        return [
            {
                "topic": one.topic,
                "result": str(one.result),
                "detail": one.detail,
                "at": self.time(one.at),
                "count": one.count,
            }
            for one in messages
        ]

    def _remembered(self, one: Remembered) -> Json:
        return {
            "at": self.time(one.at),
            "question": str(one.question),
            "ok": one.ok,
            "kind": None if one.kind is None else str(one.kind),
            "detail": one.detail,
            "log": [*one.log],
        }

    def _state_name(self, device: DeviceName) -> str | None:
        verdict = self._state.devices.get(device)
        return verdict.state.name.lower() if verdict else None

    def _site_state_name(self, site: SiteCode) -> str | None:
        state = self._state.sites.get(site)
        return None if state is None else state.name.lower()

    def time(self, seconds: float | None) -> str | None:
        """Unix seconds as RFC 3339 in the city's zone."""
        if seconds is None:
            return None
        return datetime.fromtimestamp(seconds, self._zone).isoformat(timespec="milliseconds")


class _Filter:
    """Query parameters of a listing: a name or value that cannot match anything is refused, not ignored."""

    def __init__(self, wanted: Mapping[str, str], known: Sequence[str]) -> None:
        for name in wanted:
            if name not in known:
                raise UnknownFilterError(f"unknown filter '{name}'; there are: {', '.join(known)}")
        state = wanted.get("state")
        names = [one.name.lower() for one in State]
        if state is not None and state not in names:
            raise UnknownFilterError(f"unknown state '{state}'; there are: {', '.join(names)}")
        self._wanted = wanted

    def _match(self, tags: frozenset[str], **values: str | None) -> bool:
        return all(
            want in tags if name == "tag" else values[name] == want for name, want in self._wanted.items()
        )

    def device(self, device: Device, state: str | None) -> bool:
        return self._match(
            device.tags, state=state, site=device.site, district=device.district, role=device.role
        )

    def site(self, site: Site, state: str | None) -> bool:
        return self._match(site.tags, state=state, district=site.district, kind=site.kind)

    def outage(self, outage: Outage) -> bool:
        return self._match(frozenset(), kind=outage.kind, district=outage.district)
