"""The example's meetings: a weekly briefing, a district's own, a drill, and a calendar as a mail server exports it. Pure.

No person is named in it: who takes part are sites and their endpoints.
"""

import re
from collections.abc import Callable, Sequence

from citynoc.importer.layout import Area

INVITED = 3

MEETINGS = """\
# When the city confers: `citynoc meeting list` prints what comes, docs/how-to/meetings.md says how each part works.
# From an hour before a meeting until its end its endpoints are watched, its sites' outages matter more, and no planned
# work covers them. A meeting's name is a label of metrics: it stays. Times are the city's (`timezone:` in city.yml).

# Recurring meetings do not take place on these days. What the Government announces each year is the example's guess.
holidays:
  2027-01-01: Tết Dương lịch
  2027-02-05..2027-02-11: Tết Nguyên đán
  2027-04-16: Giỗ Tổ Hùng Vương
  2027-04-30..2027-05-01: Ngày Giải phóng và Ngày Quốc tế Lao động
  2027-09-01..2027-09-02: Quốc khánh

# Choices of sites, for `participants`.
lists:
  pilots: {{tags: [pilot]}}

meetings:
  city-briefing:
    title: {{vi: Giao ban tuần toàn Thành phố, en: Weekly city briefing}}
    day: mon # mon … sun, daily, weekdays, first mon, last fri, 15, last, or dates
    at: 08:00
    duration: 90m
    participants: all
    bridges: [mcu-1, mcu-2] # the preferred first
    # cancelled: [2027-03-08]
    # moved: {{2027-03-15: 2027-03-16 14:00}}

  {slug}:
    title: {{vi: {vi}, en: {en}}}
    day: first wed
    at: 14:00
    duration: 1h
    participants: {{districts: [{code}]}}
    bridges: [mcu-2]

  flood-drill:
    title: {{vi: "Diễn tập phòng, chống thiên tai", en: Flood drill}}
    day: 2027-05-20
    at: 08:30
    duration: 3h
    participants: {{lists: [pilots]}}

# iCalendar files, as mail servers export them, and which of their events are meetings. Where several rules fit an event,
# their participants add up; {{site}} and {{district}} stand for codes in the event itself.
calendars:
  office:
    file: calendars/office.ics
    rules:
      - when: {{attendee: "vc-{{site}}@video.city.example"}}
      - when: {{category: họp trực tuyến, location: {place}}}
        participants: {{districts: [{code}]}}
"""

_EVENTS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//city.example//office calendar//VI
BEGIN:VEVENT
UID:reform@city.example
DTSTAMP:20261101T010000Z
SUMMARY:Họp cải cách hành chính
CATEGORIES:Họp trực tuyến
LOCATION:Phòng họp trực tuyến
DTSTART;TZID=SE Asia Standard Time:20261119T140000
DTEND;TZID=SE Asia Standard Time:20261119T153000
RRULE:FREQ=MONTHLY;BYDAY=3TH
EXDATE;TZID=SE Asia Standard Time:20270617T140000
{attendees}END:VEVENT
BEGIN:VEVENT
UID:reform@city.example
DTSTAMP:20261101T010000Z
RECURRENCE-ID;TZID=SE Asia Standard Time:20270121T140000
SUMMARY:Họp cải cách hành chính
CATEGORIES:Họp trực tuyến
LOCATION:Phòng họp trực tuyến
DTSTART;TZID=SE Asia Standard Time:20270122T083000
DTEND;TZID=SE Asia Standard Time:20270122T100000
{attendees}END:VEVENT
BEGIN:VEVENT
UID:clearance@city.example
DTSTAMP:20261101T010000Z
SUMMARY:Họp giải phóng mặt bằng
CATEGORIES:Họp trực tuyến
LOCATION:Điểm cầu {name}
DTSTART;TZID=SE Asia Standard Time:20261209T090000
DTEND;TZID=SE Asia Standard Time:20261209T110000
END:VEVENT
BEGIN:VEVENT
UID:canteen@city.example
DTSTAMP:20261101T010000Z
SUMMARY:Kiểm tra nhà ăn
DTSTART;TZID=SE Asia Standard Time:20261210T090000
DTEND;TZID=SE Asia Standard Time:20261210T100000
END:VEVENT
END:VCALENDAR
"""


def meetings_of(area: Area, scalar: Callable[[str], str]) -> str:
    """`meetings.yml`, with the district that has a meeting of its own; `scalar` writes a text as YAML."""
    return MEETINGS.format(
        code=scalar(area.code),
        slug=f"{area.slug}-monthly",
        vi=scalar(f"Giao ban {area.name}"),
        en=scalar(f"Monthly meeting of {area.name}"),
        place=scalar(f"*{area.name}*"),
    )


def calendar_of(area: Area, areas: Sequence[Area]) -> str:
    """The calendar: an event that invites the pilots of the first districts, and one at a district's site."""
    pilots = [placed for one in areas for placed in one.communes if "pilot" in placed.tags][:INVITED]
    lines = (f"ATTENDEE:mailto:vc-{placed.commune.code}@video.city.example\n" for placed in pilots)
    return _EVENTS.format(attendees="".join(lines), name=re.sub(r"([\\,;])", r"\\\1", area.name))
