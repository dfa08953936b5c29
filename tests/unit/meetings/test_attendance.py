"""Meetings and verdicts: who is watched when, what weighs more, what planned work does not cover; and reloads in between."""

from dataclasses import replace
from datetime import date, datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from collector.meetings.attendance import Attendance, Gathering
from collector.meetings.conflicts import conflicts, shifts, touched
from collector.meetings.model import Calendar, Occurrence
from collector.meetings.occurrences import Meeting, Moved, Rule, Unit
from collector.meetings.participants import Choice, Party, Register
from collector.meetings.risk import at_risk
from collector.model import DeviceName, DistrictCode, Inventory, SiteCode
from collector.outages.maintenance import Calendar as Work
from collector.outages.maintenance import Window
from collector.outages.rounds import Context
from collector.outages.state import CauseKind, CityState, Outage, Severity, State
from collector.outages.topology import Topology
from tests.unit.outages.city import hanoi
from tests.unit.outages.world import World

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = date(2027, 1, 11)
MONDAYS = (Rule(Unit.WEEKS, weekdays=((0, None),)),)
START = datetime(2027, 1, 11, 8, tzinfo=HANOI).timestamp()


def city() -> Inventory:
    """Two districts with two communes each, whose endpoints are switched off outside meetings."""
    return hanoi(2, 4)


def party(inventory: Inventory, *codes: str) -> Party:
    register = Register(inventory)
    return register.party(register.sites([Choice(sites=frozenset(codes))]))


def meeting(inventory: Inventory, *codes: str, **changes: object) -> Meeting:
    base: dict[str, object] = {
        "name": "briefing",
        "title": MappingProxyType({"vi": "Giao ban", "en": "Briefing"}),
        "zone": HANOI,
        "at": time(8),
        "duration": 5400.0,
        "party": party(inventory, *codes),
        "rules": MONDAYS,
    }
    return Meeting(**{**base, **changes})  # type: ignore[arg-type]  # spelled out above


def test_who_gathers_from_an_hour_before_until_the_end():
    attendance = Attendance(Calendar([meeting(city(), "00000")]))
    assert attendance.at(START - 3601) == Gathering()
    before = attendance.at(START - 3600)
    assert before.sites == {"00000"}
    assert before.endpoints == {"vc-00000"}
    assert not before.inside
    assert attendance.at(START - 1) is before
    during = attendance.at(START)
    assert during.inside == {"00000"}
    assert attendance.at(START + 5399) is during
    assert attendance.at(START + 5400) == Gathering()


def test_overlapping_meetings_add_up():
    inventory = city()
    both = [meeting(inventory, "00000"), meeting(inventory, "00000", "00002", name="drill", at=time(9))]
    attendance = Attendance(Calendar(both))
    assert attendance.at(START + 1800).endpoints == {"vc-00000", "vc-00002"}
    assert attendance.at(START + 1800).inside == {"00000"}
    assert attendance.at(START + 6000).inside == {"00000", "00002"}
    assert [one.meeting for one in attendance.at(START + 1800).sittings] == ["briefing", "drill"]


class Stage:
    """A judge with a calendar: the context of each round is what the calendar says of its moment."""

    def __init__(self, calendar: Calendar, *windows: Window, start: float = START - 3630) -> None:
        self.world = World(Topology(city()), start=start)
        self.attendance = Attendance(calendar)
        self.work = Work(windows, city())

    def run_until(self, until: float) -> CityState:
        while True:
            now = self.world.now
            meets = self.attendance.at(now)
            self.world.context = Context(
                maintenance=self.work.covered(now, meets.inside),
                watched=meets.endpoints,
                meeting_sites=meets.sites,
            )
            last = self.world.run(1.0)
            if self.world.now >= until:
                return last.state

    def skip(self, to: float) -> None:
        """Nothing happens for a while."""
        self.world.now = to - 30.0
        self.run_until(to)

    def open(self) -> dict[str, Outage]:
        return {one.id: one for one in self.world.last.state.outages if one.ended is None}


def test_an_endpoint_that_is_off_is_an_outage_only_while_its_meeting_counts():
    stage = Stage(Calendar([meeting(city(), "00000")]))
    stage.world.kill("vc-00000", "vc-00002")
    state = stage.run_until(START - 3602)
    assert stage.open() == {}
    assert state.devices[DeviceName("vc-00000")].state is State.UNKNOWN
    state = stage.run_until(START - 3580)
    assert [*stage.open()] == ["device:vc-00000"]
    assert state.devices[DeviceName("vc-00002")].state is State.UNKNOWN  # nobody waits for it
    stage.skip(START + 5400)
    assert [*stage.open()] == ["device:vc-00000"]
    stage.run_until(START + 5410)
    assert stage.open() == {}


def test_moved_while_it_runs_the_endpoint_is_let_go_and_wanted_again_at_the_new_time():
    stage = Stage(Calendar([meeting(city(), "00000")]), start=START + 600)
    stage.world.kill("vc-00000")
    stage.run_until(START + 630)
    assert [*stage.open()] == ["device:vc-00000"]
    later = MappingProxyType({DAY: Moved(START + 10_000, START + 12_000)})
    stage.attendance = Attendance(Calendar([meeting(city(), "00000", moved=later)]))
    stage.run_until(START + 640)
    assert stage.open() == {}
    stage.skip(START + 10_000 - 3600 + 30)
    assert [*stage.open()] == ["device:vc-00000"]


def test_cancelled_while_it_runs_nobody_is_wanted_any_more():
    stage = Stage(Calendar([meeting(city(), "00000")]), start=START + 600)
    stage.world.kill("vc-00000")
    stage.run_until(START + 630)
    stage.attendance = Attendance(Calendar([meeting(city(), "00000", cancelled=frozenset({DAY}))]))
    stage.run_until(START + 640)
    assert stage.open() == {}


def test_an_outage_weighs_more_once_a_meeting_is_near():
    stage = Stage(Calendar([meeting(city(), "00000")]), start=START - 3700)
    stage.world.kill("rt-00000", "rt-00002")
    stage.run_until(START - 3610)
    before = {name: one.severity for name, one in stage.open().items()}
    assert before == {"device:rt-00000": Severity.MAJOR, "device:rt-00002": Severity.MAJOR}
    stage.run_until(START - 3598)
    after = {name: one.severity for name, one in stage.open().items()}
    assert after == {"device:rt-00000": Severity.CRITICAL, "device:rt-00002": Severity.MAJOR}


def work(**named: object) -> Window:
    return Window("w", START - 7200, START + 7200, **named)  # type: ignore[arg-type]  # spelled out below


def test_planned_work_covers_no_site_in_a_meeting_and_nothing_that_takes_the_way_from_one():
    gathering = frozenset({SiteCode("00000")})
    for named, covered in (
        ({"sites": frozenset({"00000"})}, frozenset[str]()),
        ({"sites": frozenset({"00002"})}, {"rt-00002", "vc-00002"}),
        ({"devices": frozenset({"core-1"})}, {"core-1"}),  # the other core carries the meeting
        ({"devices": frozenset({"core-1", "core-2"})}, frozenset[str]()),
    ):
        assert Work([work(**named)], city()).covered(START, gathering) == covered
        forced = Work([work(force=True, **named)], city())
        assert forced.covered(START, gathering) == forced.named(forced.windows[0])


def test_work_in_a_meeting_is_an_outage_from_its_first_second():
    window = work(sites=frozenset({"00000"}))
    stage = Stage(Calendar([meeting(city(), "00000")]), window, start=START - 60)
    stage.world.kill("rt-00000")
    stage.run_until(START - 1)
    assert stage.open() == {}
    stage.run_until(START + 15)
    assert [*stage.open()] == ["device:rt-00000"]
    forced = Stage(Calendar([meeting(city(), "00000")]), replace(window, force=True), start=START - 60)
    forced.world.kill("rt-00000")
    forced.run_until(START + 15)
    assert forced.open() == {}


def test_which_sittings_a_window_meets_is_known_beforehand():
    inventory = city()
    calendar = Calendar([meeting(inventory, "00000", "00001")])
    window = work(districts=frozenset({"001"}))
    found = list(conflicts(window, Work([window], inventory), calendar, START - 86400))
    assert [(one.sitting.start, sorted(one.sites)) for one in found] == [(START, ["00000"])]
    assert not list(conflicts(window, Work([window], inventory), calendar, START + 7000))
    forced = replace(window, force=True)
    assert not list(conflicts(forced, Work([forced], inventory), calendar, START - 86400))
    other = replace(window, districts=frozenset({DistrictCode("002")}), start=START + 5400)
    assert not list(conflicts(other, Work([other], inventory), calendar, START - 86400))


def test_what_a_change_does_to_meetings():
    inventory = city()
    old = Calendar([meeting(inventory, "00000"), meeting(inventory, "00002", name="drill", at=time(9))])
    moved = MappingProxyType({DAY: Moved(START + 3600, START + 7200)})
    new = Calendar(
        [
            meeting(inventory, "00000", moved=moved),
            meeting(inventory, "00002", "00003", name="drill", at=time(9)),
        ]
    )
    found = {one.meeting: one for one in shifts(old, new, START - 86400, START + 86400)}
    assert [one.start for one in found["briefing"].added] == [START + 3600]
    assert [one.start for one in found["briefing"].removed] == [START]
    assert [(len(was.sites), len(now.sites)) for was, now in found["drill"].changed] == [(1, 2)]
    assert not list(shifts(old, old, START - 86400, START + 86400))
    near = touched(new, {"00003", "00009"}, START - 86400, START + 86400)
    assert [(one.meeting, sorted(sites)) for one, sites in near] == [("drill", ["00003"])]


def outage(*sites: str, **changes: object) -> Outage:
    base: dict[str, object] = {
        "id": "device:rt",
        "kind": CauseKind.DEVICE,
        "district": DistrictCode("001"),
        "started": START,
        "causes": ("rt",),
        "affected_devices": frozenset(),
        "affected_sites": frozenset(map(SiteCode, sites)),
        "severity": Severity.MAJOR,
    }
    return Outage(**{**base, **changes})  # type: ignore[arg-type]  # spelled out above


def test_a_meeting_is_at_risk_while_it_counts_and_the_outage_lasts():
    sittings: tuple[Occurrence, ...] = Calendar([meeting(city(), "00000")]).between(START, START + 1)
    assert at_risk(outage("00000", "00001"), sittings, START - 3600) == sittings
    assert at_risk(outage(site=SiteCode("00000")), sittings, START) == sittings
    assert at_risk(outage("00001"), sittings, START) == ()
    assert at_risk(outage("00000"), sittings, START - 3601) == ()
    assert at_risk(outage("00000"), sittings, START + 5400) == ()
    assert at_risk(outage("00000", ended=START), sittings, START) == ()
