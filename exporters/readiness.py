"""Meetings and their readiness as Prometheus text, and one meeting as JSON, from the last look at it. Pure."""

from collections.abc import Iterator, Sequence

from collector.meetings.alarm import Stage
from collector.meetings.readiness import Participant, Phase, Readiness, Verdict
from collector.meetings.reasons import RANK, SHORT, Reason
from collector.meetings.risk import at_risk
from collector.meetings.standing import Meetings, Sitting
from collector.metrics import Family
from collector.metrics import meeting as families
from collector.model import Inventory
from collector.outages.state import CityState
from collector.outcome import Number
from exporters.api import Api, Json
from exporters.state import label_text, shown

Rows = Sequence[tuple[tuple[str, ...], Number]]


class MeetingExposition:
    """The families of one look; the next look makes a new one, and scrapes in between get the same text."""

    def __init__(self, standing: Meetings, inventory: Inventory) -> None:
        self.standing = standing
        self._inventory = inventory
        self._bodies = tuple(self._made())

    def bodies(self) -> Sequence[tuple[Family, bytes]]:
        """Each family with its lines."""
        return self._bodies

    def _made(self) -> Iterator[tuple[Family, bytes]]:
        sittings = self.standing.sittings
        yield _body(families.INFO, [(_info(one), 1) for one in sittings])
        yield _body(families.START, [(_name(one), one.occurrence.start) for one in sittings])
        yield _body(families.END, [(_name(one), one.occurrence.end) for one in sittings])
        yield _body(families.STATE, [(_name(one), int(one.phase)) for one in sittings])
        yield _body(families.PARTICIPANTS, [(_name(one), len(one.occurrence.sites)) for one in sittings])
        yield _body(
            families.BRIDGE_PORTS, [(_name(one), one.ports) for one in sittings if one.ports is not None]
        )
        yield _body(
            families.BRIDGE_PORTS_WANTED,
            [(_name(one), one.booked) for one in sittings if one.booked is not None],
        )
        looked = [(_name(one), one.look) for one in sittings if one.look is not None]
        for family, verdict in (
            (families.READY, Verdict.GO),
            (families.NOT_READY, Verdict.NO_GO),
            (families.UNKNOWN, Verdict.UNKNOWN),
        ):
            yield _body(family, [(name, look.count(verdict)) for name, look in looked])
        yield _body(families.CONNECTED, [(name, look.connected) for name, look in looked])
        yield _body(
            families.NOT_READY_REASON,
            [((*name, code), count) for name, look in looked for code, count in look.by_reason().items()],
        )
        codes = {code for _, look in looked for code in look.by_reason()}
        yield _body(
            families.REASON_INFO, [((code, *SHORT[code]), 1) for code in sorted(codes, key=RANK.__getitem__)]
        )
        yield _body(families.SITE_READY, [row for name, look in looked for row in self._sites(name, look)])
        yield _body(
            families.ALARM,
            [
                ((one.occurrence.meeting, stage), int(one.alarms[stage]))
                for one in sittings
                for stage in Stage
                if stage in one.alarms
            ],
        )

    def _sites(self, name: tuple[str, ...], look: Readiness) -> Iterator[tuple[tuple[str, ...], Number]]:
        for one in look.participants:
            if one.verdict is not Verdict.UNKNOWN:
                site = self._inventory.sites.get(one.site)
                district = site.district if site is not None else ""
                yield (*name, one.site, district), int(one.verdict is Verdict.GO)


def risks(standing: Meetings, state: CityState) -> tuple[Family, bytes]:
    """The meetings that each outage puts at risk, as of the state."""
    sittings = [one.occurrence for one in standing.sittings]
    rows = [
        ((outage.id, one.meeting), one.start)
        for outage in shown(state)
        for one in at_risk(outage, sittings, state.at)
    ]
    return _body(families.OUTAGE_MEETING, rows)


def listing(standing: Meetings, api: Api) -> dict[str, Json]:
    """The sitting of each meeting that is shown now, in short, by start."""
    return {"at": api.time(standing.at), "meetings": [_short(one, api) for one in standing.sittings]}


def _short(sitting: Sitting, api: Api) -> Json:
    one, look = sitting.occurrence, sitting.look
    counts: dict[str, Json] = dict.fromkeys(("ready", "not_ready", "unknown", "connected", "ports_missing"))
    if look is not None:
        counts = {
            "ready": look.count(Verdict.GO),
            "not_ready": look.count(Verdict.NO_GO),
            "unknown": look.count(Verdict.UNKNOWN),
            "connected": look.connected,
            "ports_missing": look.short,
        }
    return {
        "meeting": one.meeting,
        "title": dict(one.title),
        "start": api.time(one.start),
        "end": api.time(one.end),
        "state": sitting.phase.name.lower(),
        "participants": len(one.sites),
        "endpoints": len(one.endpoints),
        "bridges": [*one.bridges],
        "bridge_ports": sitting.ports,
        **counts,
        "written_at": str(one.place) if one.place else None,
    }


def document(sitting: Sitting, look: Readiness, inventory: Inventory, api: Api) -> dict[str, Json]:
    """All about one meeting now: counts, reasons, and every participant, worst first."""
    one = sitting.occurrence
    return {
        "at": api.time(look.at),
        "meeting": one.meeting,
        "title": dict(one.title),
        "start": api.time(one.start),
        "end": api.time(one.end),
        "state": sitting.phase.name.lower(),
        "counts_from": None if sitting.phase is not Phase.PLANNED else api.time(one.start - 3600.0),
        "bridges": [*one.bridges],
        "bridge_ports": sitting.ports,
        "participants": len(look.participants),
        "ready": look.count(Verdict.GO),
        "not_ready": look.count(Verdict.NO_GO),
        "unknown": look.count(Verdict.UNKNOWN),
        "connected": look.connected,
        "ports_missing": look.short,
        "reasons": [
            {"code": str(code), "count": count, "vi": SHORT[code].vi, "en": SHORT[code].en}
            for code, count in look.by_reason().items()
        ],
        "alarms": {str(stage): active for stage, active in sitting.alarms.items()},
        "hall": [_reason(reason, api) for reason in look.hall],
        "list": [_participant(each, inventory, api) for each in look.participants],
    }


def _participant(one: Participant, inventory: Inventory, api: Api) -> Json:
    site = inventory.sites.get(one.site)
    district = inventory.districts.get(site.district) if site is not None else None
    return {
        "site": one.site,
        "name": site.name if site is not None else None,
        "district": site.district if site is not None else None,
        "district_name": district.name if district is not None else None,
        "endpoint": one.endpoint or None,
        "verdict": str(one.verdict),
        "connected": one.connected,
        "reasons": [_reason(reason, api) for reason in one.reasons],
    }


def _reason(reason: Reason, api: Api) -> Json:
    return {
        "code": str(reason.code),
        "weight": reason.weight.name.lower(),
        "vi": reason.text["vi"],
        "en": reason.text["en"],
        "since": api.time(reason.since),
        "outage": reason.cause or None,
    }


def _name(one: Sitting) -> tuple[str, ...]:
    return (one.occurrence.meeting,)


def _info(one: Sitting) -> tuple[str, ...]:
    occurrence = one.occurrence
    title = occurrence.title
    return (
        occurrence.meeting,
        title.get("vi", occurrence.meeting),
        title.get("en", title.get("vi", occurrence.meeting)),
    )


def _body(family: Family, rows: Rows) -> tuple[Family, bytes]:
    lines = (f"{family.name}{label_text(family.labels, labels)} {value!r}\n" for labels, value in rows)
    return family, "".join(lines).encode()
