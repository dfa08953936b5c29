"""Sittings that change alike are one line."""

from citynoc.meetings.changes import lines


def test_a_meeting_of_every_day_is_one_line_and_another_change_one_more():
    changed = [
        {"start": f"2026-12-{day:02} 08:00", "what": ["7 sites instead of 6 (+1 -0)"]} for day in (1, 2, 3)
    ]
    changed.append({"start": "2026-12-04 08:00", "what": ["60 minutes instead of 90"]})
    row = {
        "meeting": "morning",
        "sittings": {"added": [], "removed": ["2026-12-05 08:00"], "changed": changed},
    }
    assert list(lines([row])) == [
        "- meeting morning: 2026-12-05 08:00",
        "~ meeting morning: 2026-12-01 08:00 and 2 more: 7 sites instead of 6 (+1 -0)",
        "~ meeting morning: 2026-12-04 08:00: 60 minutes instead of 90",
    ]
