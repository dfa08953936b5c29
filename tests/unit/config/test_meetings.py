"""`meetings.yml` as a whole: what it becomes, what calendars add to it, odd things that are told, and the verbs that show it."""

import json
import random
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from citynoc.__main__ import main
from collector.config import Configuration, ConfigurationError, load, load_city
from collector.config.keeping import keep
from collector.meetings.model import Occurrence
from tests.config.workshop import SECRETS, edit, small_city

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GOOD = """\
holidays: {2027-01-04: New Year}
lists: {pilots: {tags: [pilot]}}
meetings:
  briefing:
    title: {vi: Giao ban, en: Briefing}
    day: mon
    at: 08:00
    duration: 90m
    participants: all
    cancelled: [2027-01-11]
    moved:
      2027-01-18: 2027-01-19 14:00
      2027-01-25: {duration: 3h}
  drill:
    title: Drill
    day: 2027-01-20
    at: 09:00
    duration: 1h
    timezone: UTC
    participants: {lists: [pilots], districts: [004], except: [00115]}
"""
CALENDAR = """
calendars:
  office:
    file: office.ics
    rules:
      - when: {attendee: "vc-{site}@city.example"}
"""
EVENT = """\
BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
SUMMARY:Leaders
DTSTART;TZID=SE Asia Standard Time:20270106T080000
DURATION:PT1H
ATTENDEE:mailto:vc-00118@city.example
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_city(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMUNITY", "kept-elsewhere")
    path = Path("config")
    (path / "meetings.yml").write_text(GOOD)
    return path


def january(configuration: Configuration) -> tuple[Occurrence, ...]:
    begin, end = (datetime(2027, month, 1, tzinfo=ZONE).timestamp() for month in (1, 2))
    return configuration.meetings.between(begin, end)


def told(sittings: tuple[Occurrence, ...]) -> list[str]:
    return [
        f"{one.meeting} {datetime.fromtimestamp(one.start, ZONE):%d %H:%M} {(one.end - one.start) / 60:.0f} {one.place}"
        for one in sittings
    ]


def test_what_the_file_says(config: Path):
    configuration = load(config, SECRETS)
    found = january(configuration)
    assert told(found) == [
        "briefing 19 14:00 90 config/meetings.yml:12:7",
        "drill 20 16:00 60 config/meetings.yml:14:3",
        "briefing 25 08:00 180 config/meetings.yml:13:7",
    ]
    assert found[0].sites == {"00115", "00118"}
    assert found[0].endpoints == ("vc-00115", "vc-00118")
    assert found[1].sites == {"00118"}
    assert dict(found[1].title) == {"vi": "Drill", "en": "Drill"}
    assert configuration.warnings == ()


def test_who_has_no_endpoint_is_told_and_takes_part_all_the_same(config: Path):
    edit(config, "meetings.yml", "except: [00115]", "sites: [dc-1]")
    configuration = load(config, SECRETS)
    assert [str(one) for one in configuration.warnings] == [
        "config/meetings.yml:20:5: warning: 1 of 3 participants of meeting 'drill' have no endpoint: dc-1"
    ]
    (drill,) = (one for one in january(configuration) if one.meeting == "drill")
    assert drill.sites == {"00115", "00118", "dc-1"}


def test_who_asks_the_running_service_needs_no_more_of_the_files_than_where_it_listens(
    config: Path, capsys: pytest.CaptureFixture[str]
):
    edit(config, "meetings.yml", "participants: all", "participants: [99999]")
    with pytest.raises(ConfigurationError):
        load(config, SECRETS)
    edit(config, "city.yml", "listen: 127.0.0.1:9579", "listen: 127.0.0.1:1")  # where nobody listens
    assert main(["meeting", "readiness", "briefing"]) == 1
    assert "no service answers at http://127.0.0.1:1 (" in capsys.readouterr().err
    edit(config, "city.yml", "listen:", "listn:")
    with pytest.raises(ConfigurationError) as caught:
        load_city(config)
    assert any("listn" in str(problem) for problem in caught.value.problems)
    with pytest.raises(ConfigurationError) as caught:
        load_city(config / "nowhere")
    assert [problem.message for problem in caught.value.problems] == ["there is no such directory"]


def test_without_a_file_nobody_meets(config: Path):
    (config / "meetings.yml").unlink()
    assert not load(config, SECRETS).meetings


def test_a_calendar_adds_its_meetings_and_says_what_is_wrong_in_it(config: Path):
    (config / "meetings.yml").write_text(GOOD + CALENDAR)
    (config / "office.ics").write_text(EVENT)
    found = january(load(config, SECRETS))
    assert told(found)[0] == "office-leaders 06 08:00 60 config/office.ics:2:1"
    assert found[0].sites == {"00118"}
    edit(config, "office.ics", "ATTENDEE", "ATTENDEE:mailto:vc-00119@city.example\nATTENDEE")
    configuration = load(config, SECRETS)
    assert [str(one) for one in configuration.warnings] == [
        "config/office.ics:7:20: warning: there is no site '00119' — only who has this code is left out"
    ]
    assert january(configuration)[0].sites == {"00118"}
    (config / "office.ics").write_text(EVENT.replace("vc-00118", "vc-00119"))
    configuration = load(config, SECRETS)
    assert [one.message for one in configuration.warnings] == [
        "nobody takes part in this event",
        "there is no site '00119'",
    ]
    assert "office-leaders" not in {one.meeting for one in january(configuration)}
    (config / "office.ics").write_text(EVENT)
    edit(
        config,
        "office.ics",
        "DTSTART;TZID=SE Asia Standard Time:20270106T080000",
        "DTSTART;VALUE=DATE:20270106",
    )
    (warning,) = (one for one in load(config, SECRETS).warnings if "office.ics" in str(one))
    assert warning.message.startswith("an event of whole days")


def test_a_calendars_meeting_may_not_take_the_name_of_another(config: Path):
    (config / "meetings.yml").write_text(GOOD + CALENDAR + "        meeting: drill\n")
    (config / "office.ics").write_text(EVENT)
    with pytest.raises(ConfigurationError) as caught:
        load(config, SECRETS)
    assert "config/meetings.yml:27:18: meeting 'drill' is already in line 14" in str(caught.value)
    (config / "meetings.yml").write_text(GOOD.replace("  drill:", "  office-leaders:") + CALENDAR)
    configuration = load(config, SECRETS)
    (warning,) = configuration.warnings
    assert str(warning).startswith(
        "config/office.ics:2:1: warning: meeting 'office-leaders' is already in config/meetings.yml:14"
    )
    assert warning.hint is not None
    assert "the event is left out" in warning.hint
    assert [one.place.file for one in january(configuration) if one.place] == ["config/meetings.yml"] * 3


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "config/meetings.yml:24:11: warning: cannot read office.ics: No such file or directory"),
        (EVENT[:-30].encode(), "config/office.ics:2:1: warning: VEVENT that begins here never ends"),
        (b"<html>", "config/office.ics:1:1: warning: this is no iCalendar file"),
        (b"\xff\xfe", "config/office.ics:1:1: warning: byte 0xff is not UTF-8"),
        (b"", "config/office.ics:1:1: warning: the file is empty"),
        (b" " * (4 * 2**20 + 1), "config/office.ics:1:1: warning: the file is larger than 4 MiB"),
    ],
    ids=["missing", "half written", "another kind", "not text", "empty", "too large"],
)
def test_a_calendar_that_cannot_be_read_is_left_out_alone(
    config: Path, content: bytes | None, expected: str, capsys: pytest.CaptureFixture[str]
):
    (config / "meetings.yml").write_text(GOOD + CALENDAR)
    if content is not None:
        (config / "office.ics").write_bytes(content)
    configuration = load(config, SECRETS)
    (warning,) = configuration.warnings
    assert str(warning).startswith(expected)
    assert warning.hint is not None
    assert warning.hint.endswith("this calendar is left out, everything else counts")
    assert [(one.file, one.read, one.series) for one in configuration.calendars] == [
        ("office.ics", False, ())
    ]
    assert len(january(configuration)) == 3
    assert main(["check"]) == 0
    assert "1 warning\n" in capsys.readouterr().out
    assert main(["check", "--format", "github"]) == 0
    assert capsys.readouterr().out.startswith("::warning file=config/")
    assert main(["check", "--format", "sarif"]) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert [one["level"] for one in run["results"]] == ["warning"]


def test_a_calendar_that_can_no_longer_be_read_stays_as_it_was_last_read(config: Path):
    (config / "meetings.yml").write_text(GOOD + CALENDAR)
    (config / "office.ics").write_text(EVENT)
    old = load(config, SECRETS)
    assert keep(old, old) is old
    (config / "office.ics").write_text(EVENT[:100])
    for _ in range(2):  # from reload to reload
        new = keep(load(config, SECRETS), old)
        assert told(january(new)) == told(january(old))
        assert [one.read for one in new.calendars] == [False]
        messages = [str(one) for one in new.warnings]
        assert (
            "config/meetings.yml:24:11: warning: calendar 'office' cannot be read: its 1 events stay as they were last read"
            " — until it can be read and citynoc reloads, or is started anew"
        ) in messages
        old = new
    (config / "office.ics").write_text(EVENT.replace("00118", "00115"))
    mended = keep(load(config, SECRETS), old)
    assert january(mended)[0].sites == {"00115"}
    assert mended.warnings == ()


def test_what_is_kept_of_a_calendar_follows_the_files_that_can_be_read(config: Path):
    (config / "meetings.yml").write_text(GOOD + CALENDAR)
    (config / "office.ics").write_text(EVENT)
    old = load(config, SECRETS)
    (config / "office.ics").unlink()
    taken = GOOD.replace("  drill:", "  office-leaders:")
    (config / "meetings.yml").write_text(taken + CALENDAR)
    assert len(january(keep(load(config, SECRETS), old))) == 3
    (config / "meetings.yml").write_text(GOOD + CALENDAR.replace("office.ics", "another.ics"))
    assert len(january(keep(load(config, SECRETS), old))) == 3
    (config / "meetings.yml").write_text(GOOD)
    assert len(january(keep(load(config, SECRETS), old))) == 3


def test_a_date_on_a_holiday_is_odd_and_can_be_meant(config: Path):
    edit(config, "meetings.yml", "day: 2027-01-20", "day: 2027-01-04")
    said = [str(one) for one in load(config, SECRETS).warnings]
    assert any("meetings.yml:16:10: warning: 2027-01-04 is a holiday (New Year)" in one for one in said)
    edit(config, "meetings.yml", "timezone: UTC", "timezone: UTC\n    holidays: keep")
    assert not any("holiday" in str(one) for one in load(config, SECRETS).warnings)


def test_a_sitting_moved_onto_another_of_its_meeting_is_odd(config: Path):
    edit(config, "meetings.yml", "2027-01-18: 2027-01-19 14:00", "2027-01-18: 2027-01-25 10:30")
    found = [str(one) for one in load(config, SECRETS).warnings]
    assert found == [
        (
            "config/meetings.yml:12:7: warning: the sitting of 2027-01-18 is moved to where that of 2027-01-25 08:00 is held"
            " or prepared: the later one is not watched until the other ends — cancel one of them, or leave an hour between"
        ),
        (
            "config/meetings.yml:13:7: warning: the sitting of 2027-01-25 is moved to where that of 2027-01-25 10:30 is held"
            " or prepared: the later one is not watched until the other ends — cancel one of them, or leave an hour between"
        ),
    ]
    edit(config, "meetings.yml", "2027-01-25 10:30", "2027-01-25 12:00")
    assert load(config, SECRETS).warnings == ()


def test_a_list_with_a_mistake_is_no_stranger(config: Path):
    edit(config, "meetings.yml", "{tags: [pilot]}", "{tags: [pilot], town: 1}")
    with pytest.raises(ConfigurationError) as caught:
        load(config, SECRETS)
    assert [one.message for one in caught.value.problems if one.severity == "error"] == [
        "unknown key 'town' in choice 'pilots'"
    ]


def test_no_damage_to_the_file_does_more_than_be_said(config: Path):
    text = GOOD + CALENDAR
    (config / "office.ics").write_text(EVENT)
    chance = random.Random(5)  # noqa: S311 - the same damage every time
    for _ in range(150):
        at, cut = chance.randrange(len(text)), chance.randrange(6)
        noise = "".join(chance.choice(" :-[]{}0a\"'*&!?.,/|>#\n\té") for _ in range(chance.randrange(4)))
        (config / "meetings.yml").write_text(text[:at] + noise + text[at + cut :])
        try:
            january(load(config, SECRETS))
        except ConfigurationError as wrong:
            assert all(one.place.line >= 1 and one.message for one in wrong.problems)  # noqa: PT017 - of any kind


# -- verbs ---------------------------------------------------------------------------------------------------------


def test_the_list_of_sittings(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["meeting", "list", "--since", "2027-01-01", "--until", "2027-02-01", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["meeting"], row["start"], row["state"]) for row in rows] == [
        ("briefing", "2027-01-19T14:00:00+07:00", "planned"),
        ("drill", "2027-01-20T16:00:00+07:00", "planned"),
        ("briefing", "2027-01-25T08:00:00+07:00", "planned"),
    ]
    assert rows[0]["written_at"] == "config/meetings.yml:12:7"
    words = ["meeting", "list", "--since", "2027-01-01", "--until", "2027-02-01"]
    assert main([*words, "--lang", "vi"]) == 0
    out = capsys.readouterr().out
    assert "Tue 2027-01-19 14:00-15:30   briefing" in out
    assert "Giao ban" in out
    assert main([*words, "--meeting", "drill"]) == 0
    assert "briefing" not in capsys.readouterr().out
    assert main(["meeting", "list", "--since", "2028-01-05", "--until", "2028-01-06"]) == 0
    assert capsys.readouterr().out == "no meeting is planned\n"


def test_who_is_wanted_twice_is_said(config: Path, capsys: pytest.CaptureFixture[str]):
    edit(config, "meetings.yml", "2027-01-18: 2027-01-19 14:00", "2027-01-18: 2027-01-20 16:30")
    edit(config, "meetings.yml", "except: [00115]", "sites: [dc-1]")
    assert main(["meeting", "list", "--since", "2027-01-15", "--until", "2027-01-22", "--json"]) == 0
    assert [row["overlaps"] for row in json.loads(capsys.readouterr().out)] == [["briefing"], ["drill"]]


@pytest.mark.parametrize("times", [["--since", "soon"], ["--until", "2026-01-01"], ["--until", "9999w"]])
def test_times_that_cannot_be_used(config: Path, capsys: pytest.CaptureFixture[str], times: list[str]):
    assert main(["meeting", "list", *times]) == 2
    assert "citynoc meeting list: cannot use" in capsys.readouterr().err


def test_planned_work_in_a_meeting_is_refused_without_force(config: Path, capsys: pytest.CaptureFixture[str]):
    words = ["maintenance", "add", "w", "--from", "2027-01-25 07:00", "--for", "2h", "--device"]
    assert main([*words, "rt-00115"]) == 1
    assert "briefing meets at 2027-01-25 08:00 with 1 of these sites" in capsys.readouterr().err
    assert not (config / "maintenance.yml").exists()
    assert main([*words, "rt-00115", "--force"]) == 0
    assert main(["maintenance", "--json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out[out.index("[") :])[0]["not_during"] == []
    edit(config, "maintenance.yml", "    force: true\n", "")
    assert main(["maintenance", "list"]) == 0
    assert "but not for the sites of briefing 2027-01-25 08:00" in capsys.readouterr().out
    assert main(["check"]) == 0
    assert "does not cover 1 sites while briefing meets (2027-01-25 08:00)" in capsys.readouterr().out
