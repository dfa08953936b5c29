"""A small city and a service's views of it, for the exporters' tests."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from types import MappingProxyType

from collector.coverage.standing import Standing
from collector.meetings.model import Occurrence
from collector.meetings.readiness import Evidence, Readiness, readiness
from collector.meetings.readings import NOTHING
from collector.meetings.report import Report
from collector.meetings.standing import Meetings, Sitting
from collector.metrics import CATALOG
from collector.model import (
    City,
    CityService,
    CredentialName,
    Device,
    DeviceName,
    District,
    DistrictCode,
    Inventory,
    Link,
    ProfileName,
    Role,
    Site,
    SiteCode,
    SiteKind,
    SnmpAccess,
    Vantage,
)
from collector.outages.state import CityState, DeviceVerdict, Outage, State
from collector.outcome import Answer, FailureKind, Measured, Number, SeriesSet
from collector.plan import PollKey, Question
from collector.sources.mqtt_refusals import Refused
from exporters.exposition import DeviceExposition
from exporters.views import Reloaded, ServiceStats

NOW = 1_790_000_000.0
ROUTER = DeviceName("rt-00115")
CORE = DeviceName("core-1")
ENDPOINT = DeviceName("vc-00115")
SITE = SiteCode("00115")
CENTRE = SiteCode("dc-1")
DISTRICT = DistrictCode("004")


def device(
    name: str, role: Role, site: SiteCode = SITE, parents: Sequence[str] = (), number: int = 1
) -> Device:
    access = SnmpAccess(1161, ProfileName("if-mib"), CredentialName("snmp-community"), 5.0, 30.0, 2.0)
    links = tuple(
        Link(f"{name}--{one}", DeviceName(name), DeviceName(one), "carrier-a", "cb-12", "ether1")
        for one in parents
    )
    address = IPv4Address(f"127.14.0.{number}")
    return Device(DeviceName(name), site, DISTRICT, role, address, snmp=access, uplinks=links)


def inventory(name: str = "Hà Nội", site_name: str = "Phúc Lợi") -> Inventory:
    devices = (
        device("core-1", Role.CORE, CENTRE, number=1),
        device("rt-00115", Role.ROUTER, parents=["core-1"], number=2),
        device("vc-00115", Role.ENDPOINT, parents=["rt-00115"], number=3),
    )
    sites = (
        Site(CENTRE, "Trung tâm dữ liệu 1", SiteKind.DATA_CENTRE, DISTRICT),
        Site(
            SITE,
            site_name,
            SiteKind.COMMUNE,
            DISTRICT,
            21.03,
            105.92,
            {"526": "00115", "126": "00118"},
            frozenset({"pilot"}),
        ),
    )
    services = (
        CityService("portal", "Cổng dịch vụ công", "http://127.0.0.1:8080/portal", CENTRE, DISTRICT),
        CityService("edoc", "Quản lý văn bản", "https://127.0.0.1:8443/", CENTRE, DISTRICT, "https_2xx"),
    )
    return Inventory(
        City(
            name,
            "Asia/Ho_Chi_Minh",
            "127.0.0.1",
            0,
            "http://127.0.0.1:9579",
            Vantage(CENTRE, (DeviceName("core-1"),)),
        ),
        {DISTRICT: District(DISTRICT, "Long Biên")},
        {one.code: one for one in sites},
        {one.name: one for one in devices},
        {one.name: one for one in services},
        {},
    )


def all_up(at: float = NOW) -> CityState:
    return CityState(
        at,
        {name: DeviceVerdict(State.UP, at - 60, answered=True) for name in (CORE, ROUTER, ENDPOINT)},
        {CENTRE: State.UP, SITE: State.UP},
        {"rt-00115--core-1": True, "vc-00115--rt-00115": True},
        {SITE: False},
    )


def measured(name: str, *rows: tuple[str, ...], values: Sequence[Number], device: str = ROUTER) -> Measured:
    identity = (device, SITE, DISTRICT, "router")
    return Measured(SeriesSet(CATALOG[name], [(*identity, *row) for row in rows]), tuple(values))


def key(question: Question, device: DeviceName = ROUTER) -> PollKey:
    return PollKey(device, question)


def octets(*values: int, device: str = ROUTER) -> Answer:
    rows = [("", f"ether{n}", str(n), f"ether{n}") for n, _ in enumerate(values, 1)]
    return Answer((measured("ifHCInOctets", *rows, values=values, device=device),))


@dataclass(frozen=True, slots=True)
class Entry:
    """One remembered question."""

    at: float
    question: Question
    ok: bool
    kind: FailureKind | None = None
    detail: str = ""
    log: tuple[str, ...] = ()


@dataclass
class FakeViews:
    """The service as the server sees it, with everything settable."""

    devices: DeviceExposition = field(default_factory=DeviceExposition)
    state: CityState = field(default_factory=all_up)
    running: Inventory = field(default_factory=inventory)
    known_facts: Mapping[DeviceName, Mapping[str, str]] = field(default_factory=dict)
    entries: Mapping[DeviceName, Sequence[Entry]] = field(default_factory=dict)
    problems: Sequence[str] = ()
    warned: Sequence[str] = ()
    is_ready: bool = True
    now: float = 0.0
    numbers: ServiceStats = field(default_factory=lambda: ServiceStats("1.2.3"))
    reloads: int = 0
    journal: Sequence[Outage] = ()
    standing: Standing | None = None
    messages: Sequence[Refused] = ()
    shown_meetings: Meetings = field(default_factory=Meetings)
    reports: Mapping[tuple[str, str | None], Report] = field(default_factory=dict)

    def monotonic(self) -> float:
        return self.now

    def ready(self) -> bool:
        return self.is_ready

    def city_state(self) -> CityState:
        return self.state

    def inventory(self) -> Inventory:
        return self.running

    def facts(self, device: DeviceName, /) -> Mapping[str, str]:
        return self.known_facts.get(device, MappingProxyType({}))

    def history(self, device: DeviceName, /) -> Sequence[Entry]:
        return self.entries.get(device, ())

    def past(self, since: float, /) -> Sequence[Outage]:
        return [one for one in self.journal if one.ended is None or one.ended >= since]

    def refused(self) -> Sequence[Refused]:
        return self.messages

    def plan(self) -> Callable[[], Mapping[str, object]]:
        return lambda: {"picture": {}}

    def coverage(self) -> Standing | None:
        return self.standing

    def meetings(self) -> Meetings:
        return self.shown_meetings

    def sitting(self, meeting: str, /) -> Sitting | None:
        return self.shown_meetings.of(meeting)

    def coming(self) -> Sequence[Sitting]:
        return self.shown_meetings.sittings

    def meeting_names(self) -> Sequence[str]:
        return [one.occurrence.meeting for one in self.shown_meetings.sittings]

    def look(self, occurrence: Occurrence, /) -> Readiness:
        evidence = Evidence(self.running, self.state, lambda _: NOTHING, lambda _: None, lambda _: None)
        return readiness(occurrence, evidence, self.state.at)

    def report(self, meeting: str, on: str | None, /) -> Report | None:
        return self.reports.get((meeting, on))

    def stats(self) -> ServiceStats:
        return self.numbers

    async def reload(self) -> Reloaded:
        self.reloads += 1
        return Reloaded(taken=not self.problems, said=self.problems or self.warned)
