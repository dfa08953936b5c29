"""What the city has promised and planned, for the generated history: meetings with bridges, targets with surveys."""

from collections.abc import Iterator

from collector.metrics import conference, coverage, meeting
from tests.integration.dashboards.history import END, START, STORM, Series

DISTRICTS = 30
TARGETS = (("fibre-communes", "communes", 1.0, 1.0), ("fibre-households", "households", 0.7, 0.8))
LACKING = 40


def series() -> Iterator[Series]:
    """In the storm the weekly meeting runs and the next is planned."""
    yield from _meeting("weekly", "Weekly briefing", "Giao ban tuần", START + 15 * 60, (0, 2))
    yield from _meeting("drill", "Flood drill", "Diễn tập chống lụt", END + 3600, (None, 0))
    for name in ("mcu-1", "mcu-2"):
        bridge = {"device": name, "site": "dc-1", "district": "000", "role": "bridge", "instance": name}
        yield Series(conference.BRIDGE_PORTS_CAPACITY, bridge, 400, 400)
        yield Series(conference.BRIDGE_PORTS_USED, bridge, 0, 300)
        yield Series(conference.BRIDGE_CONFERENCES, bridge, 0, 1)
        yield Series(conference.BRIDGE_REGISTRATIONS, bridge, 300, 290)
    yield from _coverage()


def _meeting(
    name: str, english: str, vietnamese: str, start: int, states: tuple[int | None, int]
) -> Iterator[Series]:
    key = {"meeting": name}
    quiet, storm = states
    known = None if quiet is None else 1
    yield Series(meeting.STATE, key, quiet, storm)
    yield Series(meeting.INFO, {**key, "title_en": english, "title_vi": vietnamese}, known, 1)
    yield Series(meeting.START, key, known and start, start)
    yield Series(meeting.END, key, known and start + 7200, start + 7200)
    yield Series(meeting.PARTICIPANTS, key, known and 40, 40)
    if storm != 2:
        return
    for family, number in (
        (meeting.READY, 37),
        (meeting.NOT_READY, 2),
        (meeting.UNKNOWN, 1),
        (meeting.CONNECTED, 30),
    ):
        yield Series(family, key, None, number)
    risk = {"outage": "device:rt-00001", "meeting": name}
    yield Series(meeting.OUTAGE_MEETING, risk, None, start)
    for reason, number in (("unreachable", 1), ("not_registered", 1)):
        yield Series(meeting.NOT_READY_REASON, {**key, "reason": reason}, None, number)
        words = {"words_en": f"is {reason}", "words_vi": f"đang {reason}"}
        yield Series(meeting.REASON_INFO, {"reason": reason, **words}, None, 1)
    for number in range(40):
        site, district = f"{number + 1:05d}", f"{number % DISTRICTS + 1:03d}"
        ready = 0 if number in {0, 30, 31} else 1
        yield Series(meeting.SITE_READY, {**key, "site": site, "district": district}, None, ready)


def _coverage() -> Iterator[Series]:
    for name, counts, share, promised in TARGETS:
        key = {"target": name}
        for basis in ("declared", "measured") if counts == "communes" else ("declared",):
            both = {**key, "basis": basis}
            proven = share if basis == "declared" else share - 0.05
            yield Series(coverage.RATIO, both, proven, proven - 0.01)
            yield Series(coverage.UNKNOWN, both, 10, 12)
            for number in range(DISTRICTS):
                unit = {"unit": f"{number + 1:03d}", "unit_name": f"Quận {number + 1:03d}"}
                yield Series(coverage.UNIT_RATIO, {**both, "map": "districts", **unit}, share, share)
        for number in range(DISTRICTS):
            unit = {"map": "districts", "unit": f"{number + 1:03d}", "unit_name": f"Quận {number + 1:03d}"}
            yield Series(coverage.UNIT_MISSING, {**key, **unit}, LACKING, LACKING)
        today = {"map": "126", "unit": "00127", "unit_name": "Phường Long Biên"}
        yield Series(coverage.UNIT_RATIO, {**key, "basis": "declared", **today}, share, share)
        yield Series(coverage.TARGET_RATIO, key, promised, promised)
        yield Series(coverage.AT_MOST, key, share + 0.1, share + 0.1)
        yield Series(coverage.DEADLINE, key, STORM + 30 * 86400, STORM + 30 * 86400)
        yield Series(coverage.EXPECTED, key, STORM + 60 * 86400, STORM + 60 * 86400)
        yield Series(coverage.LATE, key, 1, 1)
        info = {"name": f"Target {name}", "name_vi": f"Mục tiêu {name}", "of": counts, "owner": "office"}
        yield Series(coverage.INFO, {**key, **info}, 1, 1)
    yield Series(coverage.DISAGREEMENTS, {"target": TARGETS[0][0]}, 3, 3)
    for carrier, overdue in (("carrier-a", 0), ("carrier-b", 1)):
        yield Series(coverage.SURVEY_TIME, {"carrier": carrier}, START - 86400, START - 86400)
        yield Series(coverage.SURVEY_OVERDUE, {"carrier": carrier}, overdue, overdue)
