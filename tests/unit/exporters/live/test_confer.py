"""What the live page says of meetings: tiles, a page by district with reasons, and which meetings an outage puts at risk."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pytest

from collector.meetings.model import Occurrence
from collector.meetings.readiness import Participant, Phase, Readiness, Verdict
from collector.meetings.reasons import Code, Reason, Weight
from collector.meetings.standing import Meetings, Sitting
from collector.model import SiteCode
from collector.outages.state import CauseKind, Outage, Severity
from exporters.changes import Changes
from exporters.live.confer import meeting, near, tiles
from exporters.live.scene import Scene
from exporters.live.texts import Language, Speech
from tests.unit.exporters.city import CENTRE, DISTRICT, NOW, ROUTER, SITE, all_up, inventory

TITLE: Mapping[str, str] = MappingProxyType({"vi": "Giao ban", "en": "Briefing"})
START = NOW + 1800
DOWN = Reason(Code.ROUTER_DOWN, {"vi": "bộ định tuyến hỏng", "en": "router down since 08:12"}, Weight.STOP)


def occurrence(name: str = "briefing", start: float = START) -> Occurrence:
    return Occurrence(name, TITLE, start, start + 5400, frozenset({SITE, CENTRE}), ("vc-00115",), ("mcu-1",))


def look(*participants: Participant, phase: Phase = Phase.PREPARING) -> Readiness:
    return Readiness(occurrence(), NOW, phase, participants)


def sitting(*participants: Participant) -> Sitting:
    return Sitting(occurrence(), Phase.PREPARING, look(*participants))


BAD = Participant(SITE, "vc-00115", Verdict.NO_GO, (DOWN,), None)
GOOD = Participant(CENTRE, "", Verdict.GO, (), connected=True)


def scene(language: Language = Language.ENGLISH, *sittings: Occurrence, **changed: object) -> Scene:
    state = replace(all_up(), **changed)  # type: ignore[arg-type]  # fields of the dataclass
    return Scene(inventory(), state, Speech(language), sittings=sittings)


def test_a_tile_says_when_and_who_can_join():
    later = Sitting(occurrence("drill", NOW + 86400), Phase.PLANNED)
    first, second = tiles(scene(), [later, sitting(BAD, GOOD)])
    assert (first.name, first.title, first.phase_text, first.bad) == (
        "briefing",
        "Briefing",
        "Preparing",
        True,
    )
    assert first.until is not None
    assert (first.until_text, first.until.age_until) == ("in", "30 minutes")
    assert first.in_words == "NO-GO 1, GO 1"
    assert [(one.key, one.x, one.width) for one in first.bar] == [("down", 0, 1), ("up", 1, 1)]
    assert (second.name, second.day, second.counts, second.bad) == ("drill", "tomorrow", [], False)
    [spoken] = tiles(scene(Language.VIETNAMESE), [sitting(GOOD)])
    assert (spoken.title, spoken.phase_text, spoken.in_words) == ("Giao ban", "Đang chuẩn bị", "Sẵn sàng 1")


def test_what_runs_says_when_it_ends_and_what_is_over_waits_for_nothing():
    running = Sitting(occurrence(start=NOW - 5400 + 600), Phase.RUNNING, look(GOOD, phase=Phase.RUNNING))
    over = Sitting(occurrence(start=NOW - 6000), Phase.ENDED)
    ended, now = tiles(scene(), [running, over])
    assert now.until is not None
    assert (now.until_text, now.until.age_until) == ("ends in", "10 minutes")
    assert (ended.phase, ended.until) == ("ended", None)


def test_the_page_lists_districts_with_reasons():
    page = meeting(scene(), sitting(BAD, GOOD), look(BAD, GOOD))
    [district] = page.districts
    assert (district.name, page.shown, page.early) == ("Long Biên", 2, False)
    [bad], [good] = district.rows, district.folded
    assert (bad.place.name, bad.chip.text, bad.reasons) == ("Phúc Lợi", "NO-GO", ["router down since 08:12"])
    assert (good.connected, good.reasons) == (True, [])
    assert page.reasons == [("router down", 1)]


@pytest.mark.parametrize(
    ("show", "question", "sites"),
    [
        ("", "", [SITE]),
        ("NO-GO", "", [SITE]),
        ("GO", "", [CENTRE]),
        ("UNKNOWN", "", []),
        ("", "phuc loi", [SITE]),
        ("", "LONG biên 00115", [SITE]),
        ("", "08:12", [SITE]),
        ("GO", "08:12", []),
    ],
)
def test_a_filter_takes_verdicts_and_words_without_accents(show: str, question: str, sites: list[str]):
    page = meeting(scene(), sitting(BAD, GOOD), look(BAD, GOOD), show, question)
    assert [row.place.code for one in page.districts for row in one.rows] == sites
    folded = [row.place.code for one in page.districts for row in one.folded]
    assert folded == ([] if show or question else [CENTRE]), "who was asked for is not hidden"
    assert all([count.number for count in one.counts] == [1, 0, 1] for one in page.districts)


def test_of_those_who_are_ready_it_is_said_how_many_have_a_note():
    noted = replace(GOOD, reasons=(replace(DOWN, weight=Weight.NOTE),))
    [district] = meeting(scene(), sitting(BAD, noted), look(BAD, noted)).districts
    assert [row.place.code for row in district.folded] == [CENTRE]
    assert district.folded[0].reasons == ["router down since 08:12"]
    assert district.noted == 1


def test_a_look_before_it_counts_says_so():
    planned = Sitting(occurrence(), Phase.PLANNED)
    assert meeting(scene(), planned, look(GOOD)).early
    gone = Participant(SiteCode("99999"), "", Verdict.UNKNOWN)
    [district] = meeting(scene(), planned, look(gone)).districts
    assert (district.code, district.rows[0].place.name) == ("", "99999")


def test_the_outage_behind_a_reason_is_told_in_words():
    outage = Outage(
        "device:rt-00115",
        CauseKind.DEVICE,
        DISTRICT,
        NOW,
        (ROUTER,),
        frozenset(),
        frozenset(),
        Severity.MAJOR,
    )
    text = "in the shadow of outage device:rt-00115 since 08:12"
    cut = replace(BAD, reasons=(Reason(Code.SHADOW, {"vi": text, "en": text}, cause=outage.id),))
    [district] = meeting(scene(outages=(outage,)), sitting(cut), look(cut)).districts
    assert district.rows[0].reasons == [
        "in the shadow of outage “Router rt-00115 does not answer” since 08:12"
    ]


def test_near_names_of_meetings():
    found = near(scene(), "brefing", [Sitting(occurrence("drill"), Phase.PLANNED), sitting(GOOD)])
    assert [one.href for one in found] == ["/meeting/briefing", "/meeting/drill"]


def test_an_outage_names_the_meeting_that_it_puts_at_risk():
    outage = Outage(
        "device:rt",
        CauseKind.DEVICE,
        DISTRICT,
        NOW - 9,
        ("rt",),
        frozenset({ROUTER}),
        frozenset({SITE}),
        Severity.CRITICAL,
    )
    [row] = scene(Language.ENGLISH, occurrence(), outages=(outage,)).outages()
    [risk] = row.meetings
    assert (risk.name, risk.title, risk.sites) == ("briefing", "Briefing", 1)
    [far] = scene(Language.ENGLISH, occurrence(start=NOW + 9999), outages=(outage,)).outages()
    assert far.meetings == ()


def test_a_change_of_a_participant_is_news():
    changes, city, state = Changes("a"), inventory(), all_up()
    standing = Meetings(NOW, (sitting(BAD, GOOD),))
    changes.observe(city, state, standing)
    version = changes.version
    assert changes.seen(city, state, standing)
    assert b'"not_ready": 1' in changes.snapshot()
    same = Meetings(NOW + 5, (sitting(BAD, GOOD),))
    assert not changes.seen(city, state, same)
    changes.observe(city, state, same)
    assert changes.version == version
    other = replace(BAD, reasons=(replace(DOWN, code=Code.SHADOW),))
    changes.observe(city, state, Meetings(NOW + 10, (sitting(other, GOOD),)))
    assert changes.version == version + 1
    changes.observe(city, state, Meetings(NOW + 15))
    [event] = changes.since(version + 1) or ()
    assert b'"meetings": {"briefing": null}' in event
