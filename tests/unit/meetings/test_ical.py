"""Calendars as mail servers export them: what becomes a meeting, what is wrong and where, and nothing that hangs or crashes."""

from calendar import monthrange
from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from collector.meetings import ical
from collector.meetings.ical import Reading, Source, read_calendar
from collector.meetings.ical_text import MOST_BYTES, take_apart
from collector.meetings.matching import EventRule, Words, match, pattern
from collector.meetings.model import Calendar, Occurrence
from collector.meetings.participants import Choice, Register
from collector.model import Inventory
from tests.unit.outages.city import hanoi

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
EVENT = """\
UID:1@city.example
SUMMARY:Giao ban
CATEGORIES:Họp,Trực tuyến
DTSTART;TZID=SE Asia Standard Time:20270104T080000
DTEND;TZID=SE Asia Standard Time:20270104T093000
"""


@cache
def inventory() -> Inventory:
    return hanoi(2, 4)


def source(*rules: EventRule, **changes: object) -> Source:
    base: dict[str, object] = {
        "name": "office",
        "file": "office.ics",
        "zone": HANOI,
        "rules": rules or (EVERYTHING,),
    }
    return Source(**{**base, **changes})  # type: ignore[arg-type]  # spelled out above


EVERYTHING = EventRule(summaries=(pattern("*"),), choice=Choice(everybody=True))


def text(*events: str, zones: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\n{event}END:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//VI\n{zones}{body}END:VCALENDAR\n".encode()


def read(raw: bytes, *rules: EventRule, **changes: object) -> Reading:
    city = inventory()
    return read_calendar(raw, source(*rules, **changes), Register(city), city)


def said(raw: bytes, *rules: EventRule) -> list[str]:
    return [f"{fault.line}: {fault.message}" for fault in read(raw, *rules).faults]


def starts(reading: Reading, since: str = "2027-01-01", until: str = "2027-03-01") -> list[str]:
    assert reading.faults == []
    begin, end = (datetime.fromisoformat(day).replace(tzinfo=HANOI).timestamp() for day in (since, until))
    found = Calendar(reading.series).between(begin, end)
    return [f"{datetime.fromtimestamp(one.start, HANOI):%a %d.%m. %H:%M}" for one in found]


def sites() -> list[str]:
    return sorted(code for code in inventory().sites if code.isdigit())


def test_an_event_in_a_windows_time_zone():
    reading = read(text(EVENT))
    assert starts(reading) == ["Mon 04.01. 08:00"]
    (one,) = Calendar(reading.series).between(0.0, 4e9)
    assert one.meeting == "office-giao-ban"
    assert one.end - one.start == 5400.0
    assert dict(one.title) == {"vi": "Giao ban", "en": "Giao ban"}
    assert str(one.place) == "office.ics:4:1"
    assert len(one.endpoints) == 4
    assert one.sites >= {*sites()}


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        (";TZID=Asia/Ho_Chi_Minh:20270104T080000", "Mon 04.01. 08:00"),
        (";TZID=W. Europe Standard Time:20270104T080000", "Mon 04.01. 14:00"),
        (";TZID=/Europe/Berlin:20270104T080000", "Mon 04.01. 14:00"),
        (":20270104T080000Z", "Mon 04.01. 15:00"),
        (":20270104T080000", "Mon 04.01. 08:00"),
        (';TZID="(UTC+07:00) Bangkok, Hanoi, Jakarta":20270104T080000', "Mon 04.01. 08:00"),
    ],
)  # fmt: skip
def test_time_zones(zone: str, expected: str):
    own = (
        "BEGIN:VTIMEZONE\nTZID:(UTC+07:00) Bangkok\\, Hanoi\\, Jakarta\nBEGIN:STANDARD\nDTSTART:16010101T000000\n"
        "TZOFFSETFROM:+0700\nTZOFFSETTO:+0700\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    event = f"UID:1\nSUMMARY:x\nDTSTART{zone}\nDURATION:PT1H\n"
    assert starts(read(text(event, zones=own.replace("\\,", ",")))) == [expected]


def test_recurrence_with_exceptions():
    base = f"{EVENT}RRULE:FREQ=WEEKLY;UNTIL=20270208T010000Z\nEXDATE;TZID=SE Asia Standard Time:20270111T080000\n"
    moved = (
        "UID:1@city.example\nSUMMARY:Giao ban đặc biệt\nRECURRENCE-ID;TZID=SE Asia Standard Time:20270118T080000\n"
        "DTSTART;TZID=SE Asia Standard Time:20270119T140000\nDTEND;TZID=SE Asia Standard Time:20270119T160000\n"
    )
    gone = (
        "UID:1@city.example\nSUMMARY:Giao ban\nRECURRENCE-ID;TZID=SE Asia Standard Time:20270125T080000\n"
        "STATUS:CANCELLED\nDTSTART;TZID=SE Asia Standard Time:20270125T080000\n"
        "DTEND;TZID=SE Asia Standard Time:20270125T093000\n"
    )
    reading = read(text(base, moved, gone))
    assert starts(reading) == ["Mon 04.01. 08:00", "Tue 19.01. 14:00", "Mon 01.02. 08:00", "Mon 08.02. 08:00"]
    found = Calendar(reading.series).between(0.0, 4e9)
    assert {one.meeting for one in found} == {"office-giao-ban"}  # one meeting, whatever a sitting is called
    assert [str(one.place) for one in found][:2] == ["office.ics:4:1", "office.ics:13:1"]


def test_holidays_count_where_the_calendar_says_so():
    weekly = f"{EVENT}RRULE:FREQ=WEEKLY;COUNT=3\n"
    off = frozenset({date(2027, 1, 11)})
    assert starts(read(text(weekly))) == ["Mon 04.01. 08:00", "Mon 11.01. 08:00", "Mon 18.01. 08:00"]
    assert starts(read(text(weekly), holidays=off)) == ["Mon 04.01. 08:00", "Mon 18.01. 08:00"]


def test_rules_choose_by_category_place_and_attendee_and_add_up():
    one, two, three, _ = sites()
    by_category = EventRule(categories=(pattern("trực tuyến"),), choice=Choice(sites=frozenset({one})))
    by_attendee = EventRule(attendees=(pattern("vc-{site}@video.city.example"),), meeting="leaders")
    by_place = EventRule(
        locations=(pattern("*điểm cầu*"),),
        choice=Choice(everybody=True),
        left_out=Choice(sites=frozenset({three})),
    )
    event = f"{EVENT}ATTENDEE;CN=Phòng họp:mailto:VC-{two}@video.city.example\nATTENDEE:mailto:someone@city.example\n"
    (sitting,) = Calendar(read(text(event), by_category, by_attendee, by_place).series).between(0.0, 4e9)
    assert sitting.meeting == "leaders"
    assert sitting.sites == {one, two}
    (sitting,) = Calendar(
        read(text(f"{event}LOCATION:Các điểm cầu\n"), by_category, by_place).series
    ).between(0.0, 4e9)
    assert sitting.sites & {*sites()} == {*sites()} - {three}
    assert read(text(event), by_place).series == []


def test_an_event_that_no_rule_knows_is_not_looked_at():
    other = EventRule(summaries=(pattern("họp*"),))
    broken = "UID:1\nSUMMARY:Sinh nhật\nDTSTART:when I like\nRRULE:FREQ=SECONDLY\n"
    assert read(text(broken), other) == Reading()


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("SUMMARY:x\n", "4: the event has no DTSTART"),
        ("SUMMARY:x\nDTSTART:2027-01-04\n", "6: DTSTART: Expected datetime, date, or time. Got: '2027-01-04'"),
        ("SUMMARY:x\nDTSTART;VALUE=DATE:20270104\n", "6: an event of whole days is no meeting: nobody can be ready for it"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\n", "4: the event does not say when it ends"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDTEND:20270104T070000Z\n", "7: the event ends before it starts"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDTEND:20270106T070000Z\n", "7: the event is longer than a day"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDTEND;VALUE=DATE:20270105\n", "7: the event starts at a time and ends on a day"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDURATION:an hour\n", "7: DURATION: Expected time, got: an hour"),
        ("SUMMARY:x\nDTSTART;TZID=Mars/Olympus:20270104T080000\nDURATION:PT1H\n", "6: no time zone is called 'Mars/Olympus'"),
        ("SUMMARY:x\nDTSTART;TZID=Asia:20270104T080000\nDURATION:PT1H\n", "6: the event cannot be read: it names a time zone that there is not"),
        (f"SUMMARY:x\nDTSTART;TZID={'a' * 300}:20270104T080000\nDURATION:PT1H\n", "6: the event cannot be read: it names a time zone that there is not"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDURATION:PT1H\nEXDATE;TZID=Asia:20270105T080000\n", "8: the event cannot be read: it names a time zone that there is not"),
        ("SUMMARY:x\nDTSTART:00010104T080000Z\nDURATION:PT1H\n", "6: the year 1 is not one of meetings"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY\n", "8: a meeting does not recur SECONDLY"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYHOUR=1,2,3\n", "8: a meeting does not recur by BYHOUR"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\n", "8: the event's start is not a day of its own rule"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;INTERVAL=100000\n", "8: the interval is not between 1 and 400"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY\nRRULE:FREQ=DAILY\n", "8: an event has one RRULE and no EXRULE"),
        ("SUMMARY:vc-99999\nDTSTART:20270104T080000Z\nDURATION:PT1H\n", "5: there is no site '99999'"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDURATION:PT1H\nATTENDEE:mailto:vc-0@city.example\n", "8: there is no site '0'"),
        ("SUMMARY:x\nDTSTART:20270104T080000Z\nDURATION:PT1H\n", "4: nobody takes part in this event"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(event: str, expected: str):
    rules = (
        EventRule(summaries=(pattern("x"),)),
        EventRule(summaries=(pattern("vc-{site}"),)),
        EventRule(attendees=(pattern("vc-{site}@city.example"),)),
    )
    assert said(text(event), *rules)[0] == expected


def hints(raw: bytes, *rules: EventRule) -> list[str]:
    return [f"{fault.line}: {fault.message} ({fault.hint})" for fault in read(raw, *rules).faults]


def days(reading: Reading) -> list[str]:
    reading.faults.clear()
    return starts(reading)


def test_a_broken_sitting_of_a_series_does_not_take_the_others_with_it():
    series = EVENT + "RRULE:FREQ=WEEKLY;COUNT=3\n"
    day = (
        "UID:1@city.example\nSUMMARY:Giao ban\nRECURRENCE-ID:20270111T010000Z\nDTSTART;VALUE=DATE:20270111\n"
    )
    (told,) = hints(text(series, day))
    assert told.startswith("16: an event of whole days is no meeting")
    assert told.endswith("; the sitting stays as its series has it)")
    assert days(read(text(series, day))) == ["Mon 04.01. 08:00", "Mon 11.01. 08:00", "Mon 18.01. 08:00"]
    (told,) = hints(text(day))
    assert told.endswith("; the event is left out with all its sittings, the others count)")


def test_a_broken_event_is_left_out_and_the_others_count():
    other = EVENT.replace("UID:1", "UID:2").replace("20270104", "20270105")
    backwards = EVENT.replace("T093000", "T073000")
    assert hints(text(backwards, other)) == [
        "9: the event ends before it starts (the event is left out with all its sittings, the others count)"
    ]
    assert days(read(text(backwards, other))) == ["Tue 05.01. 08:00"]


def test_who_is_unknown_is_left_out_and_the_others_of_the_event_take_part():
    one = sites()[0]
    rule = EventRule(attendees=(pattern("vc-{site}@city.example"),))
    place = EventRule(locations=(pattern("room {site}"),))
    event = f"{EVENT}LOCATION:room 99998\nATTENDEE:mailto:vc-99999@city.example\nATTENDEE:mailto:vc-{one}@city.example\n"
    assert hints(text(event), rule, place) == [
        "11: there is no site '99999' (only who has this code is left out)",
        "10: there is no site '99998' (only who has this code is left out)",
    ]
    (sitting,) = Calendar(read(text(event), rule, place).series).between(0.0, 4e9)
    assert sitting.sites == {one}


def test_an_event_with_nobody_left_is_left_out():
    one = sites()[0]
    rule = EventRule(attendees=(pattern("vc-{site}@city.example"),))
    strangers = f"{EVENT}ATTENDEE:mailto:vc-99999@city.example\n"
    reading = read(text(strangers), rule)
    assert [fault.message for fault in reading.faults] == [
        "there is no site '99999'",
        "nobody takes part in this event",
    ]
    assert not reading.series
    assert reading.whole
    # one sitting of a series without anybody: the series goes on without it
    series = f"{EVENT}RRULE:FREQ=WEEKLY;COUNT=3\nATTENDEE:mailto:vc-{one}@city.example\n"
    alone = f"{strangers}RECURRENCE-ID;TZID=SE Asia Standard Time:20270104T080000\n"
    assert days(read(text(series, alone), rule)) == ["Mon 11.01. 08:00", "Mon 18.01. 08:00"]
    # who is not invited to a sitting that was called off is nobody's business
    assert read(text(series, f"{alone}STATUS:CANCELLED\n".replace("vc-99999", "x")), rule).faults == []


def test_a_text_that_was_not_folded_does_not_cost_the_calendar():
    described = f"{EVENT}DESCRIPTION:one\ntwo\n"
    assert hints(text(described)) == [
        "11: a line without ':' (a property is NAME:value; this line is left out, its event counts)"
    ]
    assert days(read(text(described))) == ["Mon 04.01. 08:00"]


def test_thousands_of_broken_events_are_counted_and_hide_no_sound_one():
    backwards = EVENT.replace("T093000", "T073000")
    broken = [backwards.replace("UID:1", f"UID:{number}") for number in range(100, 300)]
    reading = read(text(*broken, EVENT))
    assert len(reading.faults) == 51
    assert reading.faults[-1].message == "150 more of such, not shown here"
    assert days(reading) == ["Mon 04.01. 08:00"]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", "1: the file is empty"),
        (b"\n\n", "1: the file is empty"),
        (b"\xff\xfe\x00", "1: byte 0xff is not UTF-8"),
        ("BEGIN:VCALENDAR\nSUMMARY:Họ".encode()[:-1], "2: the file breaks off within a character"),
        (b"<html>", "1: this is no iCalendar file"),
        (b"BEGIN:VEVENT\nEND:VEVENT\n", "1: this is no iCalendar file"),
        (b"BEGIN:VCALENDAR\nVERSION:2.0\n", "1: VCALENDAR that begins here never ends"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", "3: END:VCALENDAR where VEVENT of line 2 is open"),
        (b"BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nnonsense\nEND:VTIMEZONE\nEND:VCALENDAR\n", "3: a line without ':'"),
        (b"BEGIN:VCALENDAR\n" * 10, "9: nested too deeply"),
        (b"x" * (MOST_BYTES + 1), "1: the file is larger than 4 MiB"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 5_001 + b"END:VCALENDAR\n", "10002: more than 5000 events"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_no_calendar_is_said_with_its_line(raw: bytes, expected: str):
    assert said(raw) == [expected]
    assert not read(raw).whole


def test_folded_lines_count_where_they_begin():
    raw = text("SUMMARY:x\nDESCRIPTION:one\n two\n\tthree\nDTSTART:no\n")
    assert said(raw)[0].startswith("9: DTSTART:")
    assert take_apart(raw).events[0].values("DESCRIPTION") == ["onetwothree"]


def test_alarms_are_nobodys_business():
    alarm = "BEGIN:VALARM\nTRIGGER:whenever\nACTION:SING\nEND:VALARM\n"
    assert starts(read(text(EVENT + alarm))) == ["Mon 04.01. 08:00"]


def test_a_time_zone_that_changes_every_second_is_not_believed():
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Odd\nBEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE:FREQ=SECONDLY\n"
        "TZOFFSETFROM:+0700\nTZOFFSETTO:+0800\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    event = "SUMMARY:x\nDTSTART;TZID=Odd:20270104T080000\nDURATION:PT1H\n"
    assert said(text(event, zones=zone))[0] == "8: no time zone changes like this"


def test_patterns():
    words = Words(("A", "b"), ("Phòng HỌP 3",), ("x" * 600,), ("vc-00115@city.example",))
    assert match([EventRule(categories=(pattern("B"),))], words) is not None
    assert match([EventRule(locations=(pattern("phòng họp *"),))], words) is not None
    assert match([EventRule(locations=(pattern("họp"),))], words) is None
    assert match([EventRule(locations=(pattern("phòng.họp.3"),))], words) is None
    assert match([EventRule(categories=(pattern("a"),), locations=(pattern("x"),))], words) is None
    found = match([EventRule(attendees=(pattern("vc-{site}@*"),))], words)
    assert found is not None
    assert found.named == (("site", "00115", "vc-00115@city.example"),)
    assert match([EventRule(summaries=(pattern("*x*x*x*y"),))], words) is None
    assert match([EventRule(summaries=(pattern("*x*xx*"),))], words) is not None
    assert match([EventRule(attendees=(pattern("*-{site}@city*"),))], words) == found


# -- whatever is in the file ---------------------------------------------------------------------------------------

NAMES = st.sampled_from(
    ["DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "UID", "SUMMARY", "SEQUENCE",
     "STATUS", "CATEGORIES", "ATTENDEE", "LOCATION", "X-CITYNOC-LINE", "CLASS", "DTSTAMP", "GEO", "PRIORITY"]
)  # fmt: skip
VALUES = st.sampled_from(
    ["20270104T080000", "20270104T080000Z", "20270104", "99991231T235959Z", "00010101T000000", "20270230T080000", "PT1H",
     "-PT1H", "P1W", "P99999999999D", "FREQ=WEEKLY", "FREQ=WEEKLY;COUNT=0", "FREQ=MONTHLY;BYDAY=1MO", "FREQ=YEARLY;BYDAY=400MO",
     "FREQ=DAILY;UNTIL=20270104", "FREQ=DAILY;UNTIL=x;UNTIL=y", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;WKST=",
     "FREQ=MONTHLY;BYSETPOS=-1;BYDAY=MO,TU", "CANCELLED", "1", "-1", "x", "", "20270104T080000/PT2H", "20270104T080000/20270104T070000",
     "mailto:vc-00115@city.example", "1;2;3", "20270111T080000,20270118T080000", "FREQ=DAILY;INTERVAL=399"]
) | st.text(max_size=20).map(lambda value: value.replace("\n", "").replace("\r", ""))  # fmt: skip
PARAMETERS = st.sampled_from(
    ["", "", ";TZID=SE Asia Standard Time", ";TZID=Europe/Berlin", ";TZID=x", ";VALUE=DATE", ";VALUE=PERIOD", ";RANGE=THISANDFUTURE", ";TZID=", ";X"]
)  # fmt: skip
LINES = st.builds(lambda name, parameter, value: f"{name}{parameter}:{value}\n", NAMES, PARAMETERS, VALUES)
EVENTS = st.builds("".join, st.lists(LINES, max_size=9))
GOOD = st.sampled_from([EVENT, f"{EVENT}RRULE:FREQ=WEEKLY\n", f"{EVENT}RRULE:FREQ=MONTHLY;BYDAY=1MO\n"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.builds(lambda good, odd: good + odd, GOOD | st.just(""), EVENTS), max_size=3))
def test_no_event_gets_through_wrong(events: list[str]):
    raw = text(*events)
    reading = read(raw)
    last = raw.count(b"\n")
    assert all(1 <= fault.line <= last and fault.message for fault in reading.faults)
    for one in Calendar(reading.series).between(1.79e9, 1.83e9):
        assert one.start < one.end <= one.start + 86400.0
        assert one.meeting
        assert set("abcdefghijklmnopqrstuvwxyz0123456789-") >= set(one.meeting)
        assert len(one.meeting) <= 63


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 40))
@example(b"\x00", 30, 3)
@example("\u2028".encode(), 60, 0)
@example(b"\x0b", 60, 0)
def test_no_damage_to_a_calendar_does_more_than_be_said(noise: bytes, at: int, cut: int):
    raw = text(EVENT, f"{EVENT}RRULE:FREQ=WEEKLY;COUNT=4\n")
    damaged = raw[:at] + noise + raw[at + cut :]
    reading = read(damaged)
    assert all(fault.line >= 1 and fault.message for fault in reading.faults)
    Calendar(reading.series).between(1.79e9, 1.83e9)


def test_what_recurs_every_day_is_not_worked_out_for_years_at_the_door(monkeypatch: pytest.MonkeyPatch):
    worked_out, months = [], []

    def sitting(*values: object) -> object:
        worked_out.append(values)
        return Occurrence(*values)  # type: ignore[arg-type]  # as they came

    def month(year: int, number: int) -> tuple[int, int]:
        months.append(year)
        return monthrange(year, number)

    monkeypatch.setattr(ical, "Occurrence", sitting)
    monkeypatch.setattr("dateutil.rrule.calendar.monthrange", month)
    (series,) = read(text(EVENT + "RRULE:FREQ=DAILY\n")).series
    assert 20 < len(worked_out) < 50
    assert len(months) < 100
    assert len(list(series.starting(1_830_000_000.0, 1_830_000_000.0 + 70 * 86400))) == 70


def test_an_exception_years_later_is_worked_out_at_the_door():
    away = (
        EVENT.replace("20270104", "20290105") + "RECURRENCE-ID;TZID=SE Asia Standard Time:20290104T080000\n"
    )
    longer = away.replace(
        "DTEND;TZID=SE Asia Standard Time:20290105", "DTEND;TZID=SE Asia Standard Time:20290109"
    )
    assert read(text(EVENT + "RRULE:FREQ=DAILY\n", away)).faults == []
    assert said(text(EVENT + "RRULE:FREQ=DAILY\n", longer)) == ["17: the event is longer than a day"]


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        ("080000", "093000", True),
        ("090000", "100000", True),
        ("100000", "110000", True),  # it is prepared while the other one still runs
        ("103000", "110000", False),
        ("060000", "070000", False),
        ("060000", "073000", True),
    ],
)
def test_two_events_of_one_name_at_once_are_told_for_one_of_them_is_not_watched(
    begins: str, ends: str, *, expected: bool
):
    other = EVENT.replace("UID:1", "UID:2").replace("T080000", f"T{begins}").replace("T093000", f"T{ends}")
    weekly = EVENT + "RRULE:FREQ=WEEKLY\n"
    faults = read(text(weekly, other.replace("20270104", "20270118"))).faults
    assert bool(faults) is expected
    if faults:
        [fault] = faults
        assert fault.line in (4, 12)
        assert fault.message.startswith("the meeting 'office-giao-ban' is held or prepared ")
    assert len(read(text(weekly, other)).series) == 2
    renamed = other.replace("Giao ban", "Giao ban chiều")
    assert read(text(weekly, renamed)).faults == []
    assert read(text(weekly + f"RDATE;TZID=Asia/Ho_Chi_Minh:20270104T{begins}\n")).faults == []
