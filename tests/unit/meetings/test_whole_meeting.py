"""One meeting from an hour before to its report, on a fake clock: looked at, told, written down, and taken up again."""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path

import pytest

from citynoc.__main__ import main
from citynoc.meetings.conferring import Conferring, foresee
from collector.meetings.alarm import Alarm
from collector.meetings.alarm import Stage as Told
from collector.meetings.archive import Archive
from collector.meetings.minutes import MOST, Minutes
from collector.meetings.model import Calendar, Occurrence
from collector.meetings.readiness import Participant, Phase, Readiness, Verdict
from collector.meetings.readings import Reading
from collector.meetings.reasons import Code, Reason, Weight
from collector.meetings.room import LOSS
from collector.meetings.standing import Sitting
from collector.model import Inventory, SiteCode
from collector.outages.journal import Journal
from collector.outages.sittings import SittingRow
from tests.config.workshop import small_city
from tests.unit.meetings.stage import CALL, HEARTBEAT, START, Plan, Stage, city, meeting

NAME = "giao-ban"
LENGTH = 900.0


class Desk:
    """The city, the service's loop over it, and the journal: one process' life."""

    def __init__(self, stage: Stage, plan: Plan, journal: Journal, path: Path) -> None:
        self.stage, self.path = stage, path
        self.conferring: Conferring = stage.conferring(plan, journal)
        self.conferring.resume(path)

    async def wait(self, seconds: float) -> None:
        """Time passes; the meetings are looked at every five seconds."""
        end = self.stage.now + seconds
        while self.stage.now < end:
            self.stage.run(min(5.0, end - self.stage.now))
            await self.conferring.step()

    async def until(self, when: float) -> None:
        await self.wait(when - self.stage.now)

    @property
    def sitting(self) -> Sitting:
        found = self.conferring.standing.of(NAME)
        assert found is not None
        return found

    @property
    def look(self) -> Readiness:
        assert self.sitting.look is not None
        return self.sitting.look

    def phase(self) -> Phase:
        return self.sitting.phase

    def told(self) -> tuple[bool, bool]:
        return self.sitting.alarms[Told.FIRST], self.sitting.alarms[Told.LAST]


Play = Callable[[Desk], Coroutine[None, None, None]]


def lived(path: Path, stage: Stage, plan: Plan, play: Play) -> None:
    """One life of the service, from opening the journal to closing it."""

    async def life() -> None:
        async with Journal(path, lambda: stage.now) as journal:
            await play(Desk(stage, plan, journal, path))

    asyncio.run(life())


@pytest.fixture(scope="module")
def small() -> Inventory:
    return city(2, 12)


def kept(path: Path) -> SittingRow:
    """The one sitting that the journal holds."""
    with Archive(path) as archive:
        (row,) = archive.sittings()
    return row


def standing(path: Path, sitting: Occurrence) -> list[tuple[str, str, str, int | None]]:
    """Site, verdict, reason and connected of every row, in order."""
    with Archive(path) as archive:
        rows = archive.attendance((sitting.meeting, sitting.start))
    return [(row.site, row.verdict, row.reason, row.connected) for row in rows]


async def prepared(desk: Desk, stage: Stage) -> None:
    """From an hour before: a NO-GO that is fixed, and one that is left ten minutes before."""
    await desk.wait(30)
    assert desk.phase() == Phase.PLANNED
    assert desk.sitting.look is None
    await desk.until(START - 3590)
    assert desk.phase() == Phase.PREPARING
    assert desk.look.count(Verdict.GO) == 12
    assert desk.told() == (False, False)
    # a NO-GO appears, and is told once
    stage.says("vc-00007", registered_sip=0)
    await desk.wait(30)
    assert desk.look.by_reason() == {Code.NOT_REGISTERED: 1}
    assert desk.told() == (True, False)
    # it is fixed: over, and the next one is not told again
    stage.says("vc-00007", registered_sip=1)
    await desk.wait(90)
    assert desk.look.ready
    assert desk.told() == (False, False)
    stage.kill("rt-00011")
    await desk.wait(60)
    assert desk.look.by_reason() == {Code.ROUTER_DOWN: 1}
    assert desk.told() == (False, False)
    # ten minutes before it is told once more
    await desk.until(START - 610)
    assert desk.told() == (False, False)
    await desk.until(START - 590)
    assert desk.told() == (False, True)
    stage.revive("rt-00011")
    await desk.until(START - 300)
    assert desk.look.ready
    assert desk.told() == (False, False)


async def held(desk: Desk, stage: Stage) -> None:
    """Everybody joins, one drops and rejoins, one suffers, and it ends."""
    # everybody joins, one drops and rejoins, and leaves early
    for device in stage.endpoints:
        stage.says(device.name, **CALL)
    await desk.until(START + 60)
    assert desk.phase() == Phase.RUNNING
    assert desk.look.connected == 12
    stage.says("vc-00003", in_call=0)
    await desk.wait(120)
    assert desk.look.connected == 11
    stage.says("vc-00003", in_call=1)
    stage.says("vc-00005", rx_loss_ratio=0.04)
    await desk.wait(120)
    assert desk.look.connected == 12
    assert desk.look.by_reason() == {Code.CALL_LOSS: 1}
    await desk.until(START + LENGTH + 10)
    assert desk.phase() == Phase.ENDED
    assert desk.sitting.look is None


@pytest.mark.timeout(120)
def test_a_whole_meeting(small: Inventory, path: Path):
    sitting = meeting(small, length=LENGTH)
    stage = Stage(small, start=START - 3660)

    async def play(desk: Desk) -> None:
        await prepared(desk, stage)
        await held(desk, stage)

    lived(path, stage, Plan(sitting), play)
    rows = standing(path, sitting)
    mine = [(verdict, reason, connected) for site, verdict, reason, connected in rows if site == "00003"]
    assert mine == [
        ("GO", "", 0),
        ("GO", "", 1),
        ("GO", "not_in_call", 0),
        ("GO", "", 1),
        ("ended", "", None),
    ]
    assert "router_down" in {reason for site, _, reason, _ in rows if site == "00011"}
    assert len(rows) < 12 * 7  # a row a change, not a row a minute
    with Archive(path) as archive:
        (row,) = archive.sittings(NAME)
        worst = max(archive.quality((NAME, START)), key=lambda one: one.loss_sum / one.looks)
    assert (row.started, row.ended, row.cancelled) == (START, START + LENGTH, False)
    assert worst.site == "00005"
    assert worst.loss_max == 0.04


@pytest.mark.timeout(120)
def test_a_restart_in_the_middle_loses_no_attendance_and_tells_nobody_twice(small: Inventory, path: Path):
    sitting = meeting(small, length=LENGTH)
    stage, plan = Stage(small, start=START - 1200), Plan(sitting)

    async def before(desk: Desk) -> None:
        stage.says("vc-00001", camera_ok=0)
        await desk.wait(60)
        assert desk.told() == (True, False)
        for device in stage.endpoints[2:]:
            stage.says(device.name, **CALL)
        await desk.until(START + 60)
        assert desk.told() == (True, True)

    async def after(desk: Desk) -> None:
        await desk.wait(30)
        assert desk.told() == (True, True)
        stage.says("vc-00001", camera_ok=1)
        await desk.wait(120)
        assert desk.told() == (False, False)
        stage.says("vc-00001", camera_ok=0)
        await desk.wait(60)
        assert desk.told() == (False, False)
        stage.says("vc-00008", in_call=0)
        await desk.until(START + LENGTH + 20)

    lived(path, stage, plan, before)
    written = standing(path, sitting)
    stage.run(20)  # nobody looks
    lived(path, stage, plan, after)
    rows = standing(path, sitting)
    assert rows[: len(written)] == written
    added = rows[len(written) :]
    assert [row for row in added if row[1] != "ended"] == [
        ("00001", "GO", "not_in_call", 0),
        ("00001", "NO-GO", "camera", 0),
        ("00008", "GO", "not_in_call", 0),
    ]
    assert len([row for row in added if row[1] == "ended"]) == 12


@pytest.mark.timeout(120)
def test_a_meeting_that_is_moved_while_it_runs_stays_one_sitting(small: Inventory, path: Path):
    sitting = meeting(small, length=LENGTH)
    stage, plan = Stage(small, start=START - 300), Plan(sitting)

    async def play(desk: Desk) -> None:
        for device in stage.endpoints:
            stage.says(device.name, **CALL)
        await desk.until(START + 300)
        moved = replace(sitting, start=START + 120, end=START + 1500)
        desk.conferring.reconfigure(Calendar((Plan(moved),)), small)
        await desk.until(START + 1000)
        assert desk.phase() == Phase.RUNNING
        assert desk.look.connected == 12
        await desk.until(START + 1520)

    lived(path, stage, plan, play)
    row = kept(path)
    assert (row.key, row.started, row.ended) == (START, START + 120, START + 1500)
    assert standing(path, sitting)[-1][1] == "ended"


@pytest.mark.timeout(120)
def test_a_meeting_that_is_cancelled_while_prepared_is_closed(small: Inventory, path: Path):
    sitting = meeting(small, length=LENGTH)
    stage, plan = Stage(small, start=START - 1200), Plan(sitting)

    async def play(desk: Desk) -> None:
        await desk.wait(60)
        desk.conferring.reconfigure(Calendar(()), small)
        await desk.wait(30)
        assert desk.conferring.standing.sittings == ()

    lived(path, stage, plan, play)
    row = kept(path)
    assert row.cancelled


@pytest.mark.timeout(120)
def test_a_meeting_that_is_put_off_for_hours_is_not_written_down_as_held(small: Inventory, path: Path):
    sitting = meeting(small, length=LENGTH)
    stage, plan = Stage(small, start=START - 1200), Plan(sitting)
    later = replace(sitting, start=START + 7200, end=START + 7200 + LENGTH)

    async def play(desk: Desk) -> None:
        await desk.wait(60)
        desk.conferring.reconfigure(Calendar((Plan(later),)), small)
        await desk.wait(30)
        assert desk.phase() == Phase.PLANNED

    lived(path, stage, plan, play)
    row = kept(path)
    assert (row.key, row.ended, row.cancelled) == (START, START, True)


@pytest.mark.timeout(120)
def test_a_meeting_that_is_cut_short_while_it_runs_is_over_when_it_was(small: Inventory, path: Path):
    sitting = meeting(small, length=LENGTH)
    stage, plan = Stage(small, start=START - 300), Plan(sitting)

    async def play(desk: Desk) -> None:
        await desk.until(START + 300)
        shorter = replace(sitting, end=START + 240)
        desk.conferring.reconfigure(Calendar((Plan(shorter),)), small)
        await desk.wait(30)
        assert desk.phase() == Phase.ENDED

    lived(path, stage, plan, play)
    row = kept(path)
    assert (row.ended, row.cancelled) == (START + 240, False)


def test_what_was_foreseen_is_not_reckoned_again_by_those_who_look(small: Inventory, path: Path):
    asked: list[float] = []

    class Slow(Plan):
        def starting(self, since: float, until: float) -> list[Occurrence]:
            asked.append(since)
            return super().starting(since, until)

    stage = Stage(small, start=START - 1200)
    calendar = Calendar((Slow(meeting(small, length=LENGTH)),))
    foresee(calendar, stage.now)
    asked.clear()

    async def play(desk: Desk) -> None:
        desk.conferring.reconfigure(calendar, small)
        await desk.conferring.step()
        assert desk.conferring.names() == [NAME]
        assert len(desk.conferring.coming()) == 1

    lived(path, stage, Plan(), play)
    assert asked == []


def test_the_week_that_comes_in_sight_is_reckoned_away_from_the_loop(small: Inventory, path: Path):
    threads: list[int] = []

    class Slow(Plan):
        def starting(self, since: float, until: float) -> list[Occurrence]:
            threads.append(threading.get_ident())
            return super().starting(since, until)

    stage = Stage(small, start=START - 1200)
    calendar = Calendar((Slow(meeting(small, length=LENGTH)),))

    async def play(desk: Desk) -> None:
        await asyncio.to_thread(foresee, calendar, stage.now)
        desk.conferring.reconfigure(calendar, small)
        for _ in range(5):
            stage.now += 7 * 86400
            async with asyncio.TaskGroup() as tasks:
                looking = tasks.create_task(desk.conferring.run())
                while desk.conferring.standing.at < stage.now:  # noqa: ASYNC110 - it has no bell
                    await asyncio.sleep(0.01)
                looking.cancel()
            desk.conferring.names()
            desk.conferring.coming()

    lived(path, stage, Plan(), play)
    assert len(threads) > 10
    assert threading.get_ident() not in threads


def test_who_comes_and_goes_all_the_time_is_written_down_so_often_and_no_more(small: Inventory):
    minutes, rows = Minutes(meeting(small)), 0
    for turn in range(3000):
        reason = Reason(list(Code)[turn % 7], {"vi": "", "en": ""})
        one = Participant(SiteCode("00001"), "vc-00001", Verdict.NO_GO, (reason,), connected=turn % 2 > 0)
        look = Readiness(minutes.occurrence, START + turn, Phase.RUNNING, (one,))
        rows += len(minutes.take(look, {}).attendance)
    assert rows == 2 * MOST
    assert [row.verdict for row in minutes.close(START + 9999).attendance] == ["ended"]


def test_who_is_taken_out_while_it_runs_is_there_no_longer_and_may_come_back(small: Inventory):
    minutes = Minutes(meeting(small))

    def look(at: float, *sites: str) -> list[tuple[str, str]]:
        found = tuple(Participant(SiteCode(site), f"vc-{site}", Verdict.GO, connected=True) for site in sites)
        rows = minutes.take(Readiness(minutes.occurrence, START + at, Phase.RUNNING, found), {}).attendance
        return [(row.site, row.verdict) for row in rows]

    assert look(0, "00001", "00002") == [("00001", "GO"), ("00002", "GO")]
    assert look(60, "00001") == [("00002", "taken out")]
    assert look(65, "00001") == []
    assert look(120, "00001", "00002") == [("00002", "GO")]
    assert [row.site for row in minutes.close(START + 9999).attendance] == ["00001", "00002"]


def test_who_waits_for_a_port_is_written_down_as_that(small: Inventory):
    minutes = Minutes(meeting(small))
    outside = Reason(Code.NOT_IN_CALL, {"vi": "", "en": ""}, Weight.NOTE)
    broken = Reason(Code.CAMERA, {"vi": "", "en": ""})
    waiting = (
        Participant(SiteCode("00001"), "vc-00001", Verdict.GO, connected=True),
        Participant(SiteCode("00002"), "vc-00002", Verdict.GO, (outside,), connected=False),
        Participant(SiteCode("00003"), "vc-00003", Verdict.NO_GO, (broken, outside), connected=False),
    )

    def look(at: float, phase: Phase, short: int) -> list[tuple[str, str, str]]:
        found = Readiness(minutes.occurrence, START + at, phase, waiting, (), short)
        return [(row.site, row.verdict, row.reason) for row in minutes.take(found, {}).attendance]

    before = look(-60, Phase.PREPARING, 2)
    assert before == [("00001", "GO", ""), ("00002", "GO", "not_in_call"), ("00003", "NO-GO", "camera")]
    assert look(0, Phase.RUNNING, 2) == [("00002", "GO", "bridge_short")]
    assert look(60, Phase.RUNNING, 0) == [("00002", "GO", "not_in_call")]


def test_only_calls_of_the_meeting_itself_are_measured(small: Inventory):
    minutes = Minutes(meeting(small))
    reading: dict[str, Reading] = {"vc-00001": {(LOSS, "rx", "all"): 0.5}}

    def measured(at: float, phase: Phase, *, connected: bool) -> list[float]:
        one = Participant(SiteCode("00001"), "vc-00001", Verdict.GO, connected=connected)
        notes = minutes.take(Readiness(minutes.occurrence, START + at, phase, (one,)), reading)
        return [row.loss_max for row in notes.quality.values()]

    assert measured(-300, Phase.PREPARING, connected=True) == []
    assert measured(60, Phase.RUNNING, connected=False) == []
    assert measured(180, Phase.RUNNING, connected=True) == [0.5]


def test_what_was_said_is_over_when_its_time_is(small: Inventory):
    stage = Stage(small)
    stage.run(20)
    device = stage.endpoints[0].name
    assert stage.dispatch.readings.of(device, stage.now)
    assert not stage.dispatch.readings.of(device, stage.now + 3 * HEARTBEAT)


def test_a_blip_is_not_told_and_a_stage_is_told_once(small: Inventory):
    sitting, alarm = meeting(small), Alarm()
    alarm.update(sitting, 3, START - 3600)
    alarm.update(sitting, 0, START - 3595)
    assert not any(alarm.stages().values())
    for now in range(-3000, 3600, 5):
        alarm.update(sitting, 3, START + now)
        if now in (-700, -500, 0, 3000):
            assert alarm.stages() == {Told.FIRST: True, Told.LAST: now > -600}
    alarm.update(sitting, 3, START + 3600)
    assert not any(alarm.stages().values())
    assert not any(Alarm(alarm.as_text()).stages().values())


def test_half_a_minute_without_any_is_no_end_of_it(small: Inventory):
    sitting, alarm = meeting(small), Alarm()

    def told(*looks: tuple[int, int]) -> bool:
        for now, missing in looks:
            alarm.update(sitting, missing, START + now)
        return alarm.stages()[Told.FIRST]

    assert told((-3000, 1), (-2990, 1), (-2985, 0), (-2930, 0), (-2926, 1), (-2921, 0), (-2866, 0))
    assert not told((-2861, 0))


def test_what_first_appears_in_the_last_ten_minutes_is_told_once_and_not_twice(small: Inventory):
    sitting, alarm = meeting(small), Alarm()
    for now in range(-500, 0, 5):
        alarm.update(sitting, 1, START + now)
    assert alarm.stages() == {Told.FIRST: True, Told.LAST: False}


@pytest.mark.parametrize("kept", ["", "nonsense", "[]", '{"first": 3}', '{"other": [1, null]}'])
def test_an_alarm_that_cannot_be_read_again_was_told_to_nobody(kept: str):
    assert not any(Alarm(kept).stages().values())


@pytest.fixture
def written(small: Inventory, tmp_path: Path) -> Path:
    """The folder of a journal with one short meeting in it."""
    stage, plan = Stage(small, start=START - 60), Plan(meeting(small, length=120))

    async def play(desk: Desk) -> None:
        for device in stage.endpoints[1:]:
            stage.says(device.name, **CALL)
        await desk.until(START + 130)

    lived(tmp_path / "journal.sqlite", stage, plan, play)
    return tmp_path


def test_the_command_writes_the_report_of_a_day(written: Path, capsys: pytest.CaptureFixture[str]):
    (written / "city").mkdir()
    said = ["meeting", "report", NAME, "--config", str(small_city(written / "city")), "--data", str(written)]
    assert main([*said, "--on", "2023-11-15", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["participants"], document["joined"]) == (12, 11)
    assert document["by_minute"] == [11, 11]
    assert main([*said, "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 13
    assert main([*said, "--output", str(written / "r.html"), "--lang", "en"]) == 0
    assert "15 November 2023</title>" in (written / "r.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["giaoban"], 2, "nothing is written down of a meeting 'giaoban'; did you mean giao-ban?"),
        ([NAME, "--on", "2023-11-16"], 2, "on 2023-11-16; the latest: 2023-11-15"),
        ([NAME, "--on", "yesterday"], 2, "cannot read the day 'yesterday'; write it like 2026-11-30"),
        ([NAME, "--output", "/nowhere/r.html"], 1, "cannot write /nowhere/r.html: No such file or directory"),
        ([NAME, "--data", "/nowhere"], 1, "there is no journal at /nowhere/journal.sqlite"),
    ],
)
def test_what_cannot_be_reported_is_one_line(
    written: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
):
    (written / "city").mkdir()
    given = [
        "meeting",
        "report",
        "--config",
        str(small_city(written / "city")),
        "--data",
        str(written),
        *arguments,
    ]
    assert main(given) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert words in said.err
    assert said.err.count("\n") == 1
