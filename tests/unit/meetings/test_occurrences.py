"""Days that recur, over holidays, clock changes, moves and cancellations; and a calendar that any question agrees with."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.meetings.model import LAST, Calendar, Occurrence
from collector.meetings.occurrences import Meeting, Moved, Rule, Unit, days_of
from collector.meetings.participants import Party

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
BERLIN = ZoneInfo("Europe/Berlin")
PARTY = Party(frozenset({"00115"}), ("vc-00115",), ("mcu-1",))
WEEKLY = Rule(Unit.WEEKS, weekdays=((0, None),))


def meeting(name: str = "briefing", **changes: object) -> Meeting:
    base: dict[str, object] = {
        "name": name,
        "title": MappingProxyType({"vi": "Giao ban", "en": "Briefing"}),
        "zone": HANOI,
        "at": time(8),
        "duration": 5400.0,
        "party": PARTY,
        "rules": (WEEKLY,),
    }
    return Meeting(**{**base, **changes})  # type: ignore[arg-type]  # spelled out above


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, *, zone: ZoneInfo = HANOI) -> float:
    return datetime(year, month, day, hour, minute, tzinfo=zone).timestamp()


def starts(one: Meeting, since: float, until: float) -> list[str]:
    found = Calendar([one]).between(since, until)
    return [f"{datetime.fromtimestamp(each.start, one.zone):%a %d.%m. %H:%M}" for each in found]


def test_every_monday_but_not_on_holidays():
    one = meeting(holidays=days_of([(date(2027, 2, 5), date(2027, 2, 11))]))
    assert starts(one, at(2027, 1, 25), at(2027, 2, 20)) == [
        "Mon 25.01. 08:00",
        "Mon 01.02. 08:00",
        "Mon 15.02. 08:00",
    ]


def test_who_keeps_holidays_has_none():
    assert len(starts(meeting(), at(2027, 1, 25), at(2027, 2, 20))) == 4


def test_a_sitting_that_runs_into_a_holiday_falls_out():
    late = meeting(at=time(23), duration=7200.0, holidays=days_of([(date(2027, 1, 12), date(2027, 1, 12))]))
    assert starts(late, at(2027, 1, 4), at(2027, 1, 20)) == ["Mon 04.01. 23:00", "Mon 18.01. 23:00"]
    to_midnight = meeting(
        at=time(23), duration=3600.0, holidays=days_of([(date(2027, 1, 12), date(2027, 1, 12))])
    )
    assert len(starts(to_midnight, at(2027, 1, 4), at(2027, 1, 20))) == 3


def test_a_date_once_written_down_stands_on_a_holiday():
    day = date(2027, 1, 1)
    one = meeting(rules=(), dates=frozenset({day}), holidays=frozenset({day}))
    assert starts(one, at(2027, 1, 1), at(2027, 1, 2)) == ["Fri 01.01. 08:00"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (Rule(Unit.MONTHS, weekdays=((0, 1),)), ["01-04", "02-01", "03-01", "04-05"]),
        (Rule(Unit.MONTHS, weekdays=((4, -1),)), ["01-29", "02-26", "03-26", "04-30"]),
        (Rule(Unit.MONTHS, month_days=(31,)), ["01-31", "03-31"]),
        (Rule(Unit.MONTHS, month_days=(-1,)), ["01-31", "02-28", "03-31", "04-30"]),
        (Rule(Unit.MONTHS, 3, month_days=(15,), first=date(2026, 11, 1)), ["02-15"]),
        (Rule(Unit.WEEKS, 4, ((2, None),), first=date(2027, 1, 5)), ["01-06", "02-03", "03-03", "03-31", "04-28"]),
        (Rule(Unit.DAYS, 40, first=date(2027, 1, 1)), ["01-01", "02-10", "03-22"]),
        (Rule(Unit.WEEKS, weekdays=((0, None),), first=date(2027, 4, 6), last=date(2027, 4, 26)), ["04-12", "04-19", "04-26"]),
    ],
)  # fmt: skip
def test_rules(rule: Rule, expected: list[str]):
    days = rule.days(date(2027, 1, 1), date(2027, 4, 30))
    assert [f"{day:%m-%d}" for day in days] == expected


def test_local_time_stays_where_the_clock_is_changed():
    one = meeting(zone=BERLIN)
    found = Calendar([one]).between(at(2027, 3, 20), at(2027, 4, 1))
    assert [datetime.fromtimestamp(each.start, BERLIN).hour for each in found] == [8, 8]
    assert found[1].start - found[0].start == 7 * 86400 - 3600


def test_an_hour_that_is_skipped_and_one_that_comes_twice():
    sunday = Rule(Unit.WEEKS, weekdays=((6, None),))
    early = meeting(zone=BERLIN, at=time(2, 30), rules=(sunday,))
    skipped = Calendar([early]).between(at(2027, 3, 27, zone=BERLIN), at(2027, 3, 29, zone=BERLIN))
    assert [datetime.fromtimestamp(one.start, BERLIN).hour for one in skipped] == [3]
    twice = Calendar([early]).between(at(2027, 10, 30, zone=BERLIN), at(2027, 11, 1, zone=BERLIN))
    assert [datetime.fromtimestamp(one.start, UTC).hour for one in twice] == [0]  # the first, in summer time
    assert twice[0].end - twice[0].start == 5400.0


def test_a_moved_sitting_is_where_it_was_moved_to_and_nowhere_else():
    moved = MappingProxyType({date(2027, 1, 11): Moved(at(2027, 1, 12, 14), at(2027, 1, 12, 16))})
    one = meeting(moved=moved, holidays=days_of([(date(2027, 1, 11), date(2027, 1, 12))]))
    assert starts(one, at(2027, 1, 4), at(2027, 1, 19)) == [
        "Mon 04.01. 08:00",
        "Tue 12.01. 14:00",
        "Mon 18.01. 08:00",
    ]


def test_moved_while_it_runs_and_cancelled_while_it_runs():
    now = at(2027, 1, 11, 8, 30)
    day = date(2027, 1, 11)
    before = Calendar([meeting()]).current(now)
    assert [(one.meeting, one.start, one.end) for one in before] == [
        ("briefing", at(2027, 1, 11, 8), at(2027, 1, 11, 9, 30))
    ]
    longer = meeting(moved=MappingProxyType({day: Moved(at(2027, 1, 11, 8), at(2027, 1, 11, 11))}))
    after = Calendar([longer]).current(now)
    assert [(one.meeting, one.end) for one in after] == [("briefing", at(2027, 1, 11, 11))]
    later = meeting(moved=MappingProxyType({day: Moved(at(2027, 1, 11, 14), at(2027, 1, 11, 15))}))
    assert [(one.meeting, one.start) for one in Calendar([later]).current(now)] == [
        ("briefing", at(2027, 1, 11, 14))
    ]
    gone = meeting(cancelled=frozenset({day}))
    assert Calendar([gone]).current(now) == ()


def test_meetings_at_the_same_time_are_both_current():
    calendar = Calendar([meeting(), meeting("drill", at=time(8, 30))])
    assert [one.meeting for one in calendar.current(at(2027, 1, 11, 8, 45))] == ["briefing", "drill"]


def test_an_ended_sitting_is_shown_for_an_hour_or_until_the_next_is_prepared():
    two = meeting(dates=frozenset({date(2027, 1, 13)}), rules=(), at=time(8))
    again = meeting(dates=frozenset({date(2027, 1, 13)}), rules=(), at=time(10, 15))
    calendar = Calendar([two, again])
    assert [one.start for one in calendar.shown(at(2027, 1, 13, 9, 10))] == [
        at(2027, 1, 13, 8)
    ]  # ends at 09:30
    assert [one.start for one in calendar.shown(at(2027, 1, 13, 9, 40))] == [at(2027, 1, 13, 10, 15)]
    assert [one.start for one in calendar.shown(at(2027, 1, 13, 12, 44))] == [at(2027, 1, 13, 10, 15)]
    assert calendar.shown(at(2027, 1, 13, 12, 46)) == ()


def test_no_question_is_too_wide_or_odd():
    calendar = Calendar([meeting(rules=(Rule(Unit.MONTHS, month_days=(29,)),))])
    assert calendar.between(5.0, 5.0) == ()
    assert calendar.between(-1e12, 0.0) == ()
    assert calendar.between(LAST, float("inf")) == ()
    assert len(calendar.between(at(2027, 1, 1), at(2028, 1, 1))) == 11
    assert not Calendar()
    assert Calendar().current(0.0) == ()


# -- properties ----------------------------------------------------------------------------------------------------

ZONES = st.sampled_from(
    [HANOI, BERLIN, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]
)
DAYS = st.dates(date(2026, 1, 1), date(2028, 12, 31))
TIMES = st.builds(time, st.integers(0, 23), st.integers(0, 59))


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    unit = draw(st.sampled_from(Unit))
    every = draw(st.integers(1, 6))
    weekday = draw(st.integers(0, 6))
    number = draw(st.sampled_from([1, 2, 3, 4, -1]))
    first = draw(DAYS) if every > 1 else draw(st.none() | DAYS)
    if unit is Unit.MONTHS:
        if draw(st.booleans()):
            return Rule(unit, every, ((weekday, number),), first=first)
        return Rule(unit, every, month_days=(draw(st.sampled_from([1, 15, 29, 31, -1])),), first=first)
    return Rule(unit, every, ((weekday, None),) if unit is Unit.WEEKS else (), first=first)


@st.composite
def meetings(draw: st.DrawFn) -> Meeting:
    first = draw(DAYS)
    holidays = days_of([(first, first + timedelta(days=draw(st.integers(0, 30))))])
    return meeting(
        zone=draw(ZONES),
        at=draw(TIMES),
        duration=float(draw(st.integers(1, 1440)) * 60),
        rules=tuple(draw(st.lists(rules(), max_size=2))),
        dates=draw(st.frozensets(DAYS, max_size=3)),
        holidays=draw(st.sampled_from([frozenset(), holidays])),
        cancelled=draw(st.frozensets(DAYS, max_size=3)),
    )


MOMENTS = st.floats(at(2026, 3, 1), at(2028, 10, 1))


@settings(max_examples=60, deadline=None)
@given(meetings())
def test_no_sitting_that_recurs_touches_a_holiday_and_none_is_cancelled(one: Meeting):
    for sitting in Calendar([one]).between(at(2026, 2, 1), at(2028, 11, 1)):
        day = datetime.fromtimestamp(sitting.start, one.zone).date()
        last = datetime.fromtimestamp(sitting.end - 1.0, one.zone).date()
        assert one.dates & {day, day - timedelta(days=1)} or not one.holidays & {day, last}
        assert day not in one.cancelled or one.start_on(day) != sitting.start


@settings(max_examples=60, deadline=None)
@given(
    st.lists(meetings(), min_size=1, max_size=3),
    MOMENTS,
    st.lists(st.floats(0, 60 * 86400), min_size=1, max_size=4),
)
def test_however_an_interval_is_cut_the_sittings_are_the_same(
    many: list[Meeting], since: float, steps: list[float]
):
    edges = [since, *(since + step for step in sorted(steps))]
    if edges[-1] <= since:
        return
    whole = Calendar(many).between(since, edges[-1])
    calendar = Calendar(many)
    pieces: set[Occurrence] = set()
    for begin, end in pairwise(edges):
        found = calendar.between(begin, end)
        assert list(found) == sorted(found, key=lambda one: (one.start, one.meeting, one.end))
        assert all(one.start < end and one.end > begin for one in found)
        pieces |= {_bare(one) for one in found}
    assert pieces == {_bare(one) for one in whole}


def _bare(one: Occurrence) -> Occurrence:
    """Without the title, which is a mapping and so has no hash."""
    return Occurrence(one.meeting, (), one.start, one.end, one.sites, one.endpoints, one.bridges)  # type: ignore[arg-type]  # for its hash


@settings(max_examples=60, deadline=None)
@given(rules(), DAYS, st.integers(0, 400), st.integers(0, 400))
def test_a_rule_says_the_same_of_a_day_whatever_it_is_asked_with(
    rule: Rule, since: date, width: int, offset: int
):
    until = since + timedelta(days=width)
    wide = set(rule.days(since - timedelta(days=offset), until + timedelta(days=offset)))
    assert set(rule.days(since, until)) == {day for day in wide if since <= day <= until}


@settings(max_examples=80, deadline=None)
@given(meetings(), MOMENTS)
def test_current_is_the_running_sitting_or_the_next(one: Meeting, now: float):
    calendar = Calendar([one])
    near = calendar.between(now, now + 86400.0)
    current = calendar.current(now)
    assert current == near[:1]
    running = [each for each in near if each.running(now)]
    if running:
        assert current[0].start == min(each.start for each in running)
    shown = calendar.shown(now)
    assert len(shown) <= 1
    if any(each.counts(now) for each in near):
        assert shown[0].counts(now)
