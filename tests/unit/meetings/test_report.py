"""What is told of a meeting afterwards, from a hand-made journal: small enough to reckon in one's head."""

import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from collector.meetings.report import Report, Sources, report
from collector.model import Inventory, SiteCode
from collector.outages.history import Past
from collector.outages.sittings import AttendanceRow, QualityRow, SittingRow
from collector.outages.state import CauseKind, Outage, Severity
from exporters.live.texts import Language
from exporters.meeting_report.page import page
from exporters.meeting_report.table import COLUMNS, as_csv, as_json
from exporters.meeting_report.texts import TEXTS, Writer
from tests.house.tree import ROOT
from tests.unit.meetings.stage import START, city

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
END = START + 600
SITTING = SittingRow("giao-ban", START, START, END, False, "Giao ban", "Briefing", "[]", "[]", "{}")
SITES = ("00000", "00001", "00002", "00003")


def row(at: float, site: str, connected: int | None, *why: str, grade: int | None = None) -> AttendanceRow:
    """`why` is verdict, reason and cause, GO if not given."""
    verdict, reason, cause = (*why, *("GO", "", "")[len(why) :])
    return AttendanceRow("giao-ban", START, at, site, f"vc-{site}", verdict, reason, cause, connected, grade)


ROUTER = Outage(
    "device:rt-00001", CauseKind.DEVICE, "002", START + 120, ("rt-00001",), frozenset(),  # type: ignore[arg-type]
    frozenset({SiteCode("00001")}), Severity.CRITICAL, SiteCode("00001"), "carrier-a", START + 300,
)  # fmt: skip
ROWS = (
    row(START - 3600, "00000", 0), row(START - 30, "00000", 1, grade=0), row(END, "00000", None, "ended"),
    row(START - 3600, "00001", 0), row(START + 60, "00001", 1, grade=0),
    row(START + 125, "00001", None, "NO-GO", "router_down", "device:rt-00001"),
    row(START + 310, "00001", 0, "GO", "not_in_call"), row(START + 330, "00001", 1, grade=2), row(END, "00001", None, "ended"),
    row(START - 3600, "00002", 0, "NO-GO", "not_registered"), row(END, "00002", None, "ended"),
    row(START - 3600, "00003", 0), row(START, "00003", 1), row(START + 200, "00003", 0, "GO", "not_in_call"),
    row(START + 260, "00003", 1), row(END - 60, "00003", 0, "GO", "not_in_call"), row(END, "00003", None, "ended"),
)  # fmt: skip
QUALITY = (
    QualityRow("giao-ban", START, "00000", 100, 0.0, 0.0, 0.01, 0.02),
    QualityRow("giao-ban", START, "00001", 50, 2.0, 0.2, 0.08, 0.09),
    QualityRow("giao-ban", START, "00003", 50, 0.1, 0.01, 0.01, 0.02),
)


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return city(2, 4)


@pytest.fixture
def told(inventory: Inventory) -> Report:
    sources = Sources(SITTING, SITES, ROWS, QUALITY, (Past(ROUTER, 2, 1),))
    return report(sources, inventory, END + 5000)


def of(told: Report, site: str) -> list[bool | None]:
    return [*next(one.minutes for one in told.attendance if one.site == site)]


def test_attendance_by_commune_and_minute(told: Report):
    assert of(told, "00000") == [True] * 10
    assert of(told, "00001") == [False, True, False, False, False, True, True, True, True, True]
    assert of(told, "00002") == [False] * 10
    assert of(told, "00003") == [True, True, True, False, True, True, True, True, True, False]
    assert told.by_minute == (2, 3, 2, 1, 2, 3, 3, 3, 3, 2)
    assert told.joined == 3
    one = next(one for one in told.attendance if one.site == "00001")
    assert (one.joined, one.left, one.drops, one.attended) == (START + 60, END, 1, 6)


def test_who_hangs_up_at_the_end_did_not_drop(told: Report):
    assert next(one.drops for one in told.attendance if one.site == "00003") == 1


def test_incidents_have_causes_and_an_outage_is_told_once(told: Report):
    assert [(one.kind, one.cause, one.sites) for one in told.incidents] == [
        ("absent", "not_registered", ("00002",)),
        ("outage", "device:rt-00001", ("00001",)),
        ("left", "", ("00003",)),
    ]
    assert (told.incidents[1].begin, told.incidents[1].end) == (START + 120, START + 300)
    assert (told.incidents[2].begin, told.incidents[2].end) == (START + 200, START + 260)


def test_poor_calls_of_a_district_at_once_are_one_incident(inventory: Inventory):
    whole = city(1, 4)
    rows = [row(START, site, 1, "NO-GO", "call_loss", grade=2) for site in SITES[:3]]
    rows.append(row(START + 60, SITES[3], 1, "NO-GO", "jitter", grade=2))
    rows += [row(START + 120 + 30 * n, site, 1, grade=0) for n, site in enumerate(SITES)]
    told = report(Sources(SITTING, SITES, rows, ()), whole, END)
    assert [(one.kind, one.begin, one.end, one.cause, one.sites) for one in told.incidents] == [
        ("poor", START, START + 150, "call_loss", SITES)
    ]
    assert "nhiều cuộc gọi kém" in page(told, "Hà Nội", Writer(Language.VIETNAMESE, ZONE))


def test_poor_calls_stay_one_incident_when_the_reason_changes():
    rows = [row(START, site, 1, "NO-GO", "call_loss", grade=2) for site in SITES[:3]]
    rows += [row(START + 60, SITES[0], 1, "NO-GO", "jitter", grade=2), row(START + 120, SITES[0], 1, grade=0)]
    told = report(Sources(SITTING, SITES[:3], rows, ()), city(1, 4), END)
    assert [(one.kind, one.begin, one.end) for one in told.incidents] == [("poor", START, START + 120)]


def test_quality_by_district(told: Report):
    first, second = told.districts
    assert (first.communes, first.joined) == (2, 1)
    assert first.graded == (600, 0, 0)
    assert second.graded == (65, 0, 270)
    assert second.loss == pytest.approx(2.1 / 100)
    assert second.attended == 14 / 20


def test_the_worst_link_is_the_one_whose_calls_were_cut_or_poor_for_longest(told: Report):
    assert [one.site for one in told.worst] == ["00001", "00003"]
    worst = told.worst[0]
    assert worst.links == ("rt-00001--ag-002-1", "rt-00001--ag-002-2")
    assert worst.carriers == ("carrier-a",)
    assert (worst.cut, worst.poor, worst.loss) == (185, 270, 0.04)


def test_a_link_whose_calls_were_poor_is_worse_than_one_that_was_cut_for_less(inventory: Inventory):
    rows = (
        row(START, "00000", 1, grade=2),
        row(START, "00001", 1, grade=0), row(END - 300, "00001", None, "NO-GO", "router_down", "device:rt-00001"),
        row(START, "00002", 1, grade=1),
    )  # fmt: skip
    told = report(Sources(SITTING, SITES[:3], rows, ()), inventory, END + 1)
    assert [(one.site, one.cut, one.poor) for one in told.worst] == [("00000", 0, 600), ("00001", 300, 0)]


def test_who_never_came_for_want_of_a_port_are_one_incident(inventory: Inventory):
    rows = (
        *ROWS[:3],
        row(START - 3600, "00001", 0), row(START, "00001", 0, "GO", "bridge_short"),
        row(START - 3600, "00002", 0), row(START, "00002", 0, "GO", "bridge_short"),
        row(START - 3600, "00003", 0, "NO-GO", "camera"), row(START + 300, "00003", 0, "NO-GO", "not_registered"),
    )  # fmt: skip
    told = report(Sources(SITTING, SITES, rows, ()), inventory, END + 1)
    assert [(one.kind, one.cause, one.sites) for one in told.incidents] == [
        ("absent", "bridge_short", ("00001", "00002")),
        ("absent", "camera", ("00003",)),
    ]


def test_time_that_nobody_watched_is_neither_attended_nor_missed(inventory: Inventory):
    gaps = ((START + 60, START + 240),)
    told = report(Sources(SITTING, SITES, ROWS, QUALITY, (), gaps), inventory, END + 1)
    assert of(told, "00000") == [True, None, None, None, *[True] * 6]
    assert of(told, "00002")[:5] == [False, None, None, None, False]


def test_who_was_taken_out_was_there_until_then_and_not_at_all_if_that_was_before(inventory: Inventory):
    rows = (
        row(START - 3600, "00001", 1), row(START - 60, "00001", None, "taken out"),
        row(START - 3600, "00002", 1), row(START + 120, "00002", None, "taken out"), *ROWS[:3],
    )  # fmt: skip
    told = report(Sources(SITTING, ("00000",), rows, ()), inventory, END + 1)
    assert [one.site for one in told.attendance] == ["00000", "00002"]
    assert of(told, "00002") == [True, True, *[None] * 8]
    assert told.incidents == ()


def test_a_meeting_that_still_runs_is_told_up_to_now(inventory: Inventory):
    told = report(Sources(SITTING, SITES, ROWS[:-2], QUALITY), inventory, START + 150)
    assert told.until == START + 150
    assert len(told.by_minute) == 3
    assert "số liệu đến 08:02" in page(told, "Hà Nội", Writer(Language.VIETNAMESE, ZONE))


def test_a_meeting_of_which_nothing_is_written_has_a_report_too(inventory: Inventory):
    told = report(Sources(SITTING, SITES, (), ()), inventory, END)
    assert told.joined == 0
    assert of(told, "00000") == [None] * 10
    assert not told.incidents
    assert not told.worst
    assert page(told, "Hà Nội", Writer(Language.ENGLISH, ZONE))


class Tags(HTMLParser):
    """Every tag closes, and nothing leads out of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "srcset")]
        if tag not in ("meta", "br", "link"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("language", [*Language])
def test_the_page_stands_alone_and_escapes_what_it_is_given(inventory: Inventory, language: Language):
    sitting = SITTING._replace(title_vi="<b>Giao ban</b>", title_en="<b>Briefing</b>")
    told = report(Sources(sitting, SITES, ROWS, QUALITY, (Past(ROUTER, 2, 1),)), inventory, END)
    text = page(told, "Hà Nội", Writer(language, ZONE))
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert tags.links == []
    assert "<b>" not in text
    assert "<script" not in text
    assert "url(http" not in text
    assert text == page(told, "Hà Nội", Writer(language, ZONE))
    assert {"vi": "chưa đăng ký", "en": "not registered"}[language] in text


def test_the_table_has_a_row_a_commune_and_a_column_a_minute(told: Report):
    rows = list(csv.reader(io.StringIO(as_csv(told, ZONE))))
    assert rows[0] == [*COLUMNS, *(f"08:{n:02}" for n in range(10))]
    assert len(rows) == 5
    assert rows[3][0] == "00001"
    assert rows[3][-10:] == ["0", "1", "0", "0", "0", "1", "1", "1", "1", "1"]


def test_the_document_holds_the_same_numbers(told: Report):
    document = json.loads(json.dumps(as_json(told, ZONE)))
    assert document["joined"] == 3
    assert document["by_minute"] == [*told.by_minute]
    assert document["incidents"][1]["begin"] == "2023-11-15T08:02:00+07:00"
    assert document["attendance"][2]["minutes_attended"] == 6


def test_every_text_is_in_both_languages_and_used():
    folder = ROOT / "exporters" / "meeting_report"
    source = "".join(file.read_text() for file in (folder / "page.py", folder / "templates" / "report.html"))
    for key, words in TEXTS.items():
        assert words.vi != words.en
        assert f'"{key}"' in source or key in {"outage", "left", "absent"}, key
        assert set(re.findall(r"{(\w+)}", words.vi)) == set(re.findall(r"{(\w+)}", words.en))


def test_an_attendance_row_of_a_site_that_left_the_inventory_is_still_told(inventory: Inventory):
    gone = replace(inventory, sites={})
    told = report(Sources(SITTING, SITES, ROWS, QUALITY), gone, END)
    assert len(told.attendance) == 4
    assert page(told, "Hà Nội", Writer(Language.ENGLISH, ZONE))
