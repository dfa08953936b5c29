"""Meetings as metrics and as JSON: absent before they count, exact while they do, whatever their titles are."""

from dataclasses import replace
from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

from collector.meetings.alarm import Stage as Told
from collector.meetings.model import Occurrence
from collector.meetings.readiness import Phase, Verdict
from collector.meetings.reasons import SHORT
from collector.meetings.standing import Meetings, Sitting
from collector.metrics.meeting import FAMILIES, OUTAGE_MEETING
from collector.model import Inventory
from exporters.api import Api
from exporters.exposition import Form, header
from exporters.readiness import MeetingExposition, document
from tests.unit.meetings.stage import START, Stage, city, meeting

Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


@cache
def looked() -> tuple[Inventory, Sitting]:
    """A meeting with a dead router and two broken cameras."""
    inventory = city(3, 36)
    stage = Stage(inventory)
    stage.kill("rt-00003")
    for name in ("vc-00001", "vc-00002"):
        stage.says(name, camera_ok=0)
    stage.run(40)
    look = stage.look()
    return inventory, Sitting(meeting(inventory), look.phase, look, {Told.FIRST: True, Told.LAST: False})


def text(*sittings: Sitting, form: Form = Form.TEXT) -> str:
    inventory, _ = looked()
    bodies = MeetingExposition(Meetings(START, sittings), inventory).bodies()
    assert {family for family, _ in bodies} == set(FAMILIES) - {OUTAGE_MEETING}
    lines = b"".join(header(family, form) + body for family, body in bodies if body)
    return lines.decode() + ("# EOF\n" if form is Form.OPENMETRICS else "")


def read(content: str) -> Series:
    found: Series = {}
    for family in text_string_to_metric_families(content):
        for sample in family.samples:
            series = (sample.name, frozenset(sample.labels.items()))
            assert series not in found
            found[series] = sample.value
    return found


def value(series: Series, name: str, **labels: str) -> float | None:
    return series.get((f"citynoc_meeting_{name}", frozenset({"meeting": "giao-ban", **labels}.items())))


def test_a_meeting_that_counts_tells_who_can_join():
    series = read(text(looked()[1]))
    counts = {
        name: value(series, name) for name in ("participants", "ready", "not_ready", "unknown", "connected")
    }
    assert counts == {"participants": 36, "ready": 33, "not_ready": 3, "unknown": 0, "connected": 0}
    assert value(series, "state") == 1
    assert value(series, "start_timestamp_seconds") == START
    assert value(series, "not_ready_reason", reason="router_down") == 1
    assert value(series, "not_ready_reason", reason="camera") == 2
    assert value(series, "site_ready", site="00003", district="001") == 0
    assert value(series, "site_ready", site="00004", district="002") == 1
    assert value(series, "alarm", stage="first") == 1
    assert value(series, "alarm", stage="last") == 0
    words = {dict(labels)["words_vi"] for (name, labels) in series if name == "citynoc_meeting_reason_info"}
    assert words == {"bộ định tuyến hỏng", "hỏng camera"}
    assert len([name for name, _ in series if name == "citynoc_meeting_site_ready"]) == 36


def test_a_site_of_which_nothing_is_known_has_no_series_of_its_own():
    _, sitting = looked()
    assert sitting.look is not None
    first, *others = sitting.look.participants
    unknown = replace(first, verdict=Verdict.UNKNOWN)
    look = replace(sitting.look, participants=(unknown, *others))
    series = read(text(replace(sitting, look=look)))
    assert value(series, "unknown") == 1
    told = {dict(labels)["site"] for name, labels in series if name == "citynoc_meeting_site_ready"}
    assert told == {one.site for one in others}


def test_before_and_after_it_counts_only_the_calendar_is_told():
    _, sitting = looked()
    series = read(text(Sitting(sitting.occurrence, Phase.PLANNED)))
    assert {name.removeprefix("citynoc_meeting_") for name, _ in series} == {
        "info", "start_timestamp_seconds", "end_timestamp_seconds", "state", "participants"
    }  # fmt: skip


def test_no_meeting_has_no_lines():
    assert text() == ""


titles = st.text(st.characters(blacklist_categories=["Cs"]), max_size=20)


@given(titles, titles)
def test_any_title_can_be_read_back(vi: str, en: str):
    _, sitting = looked()
    odd = replace(sitting.occurrence, title={"vi": vi, "en": en})
    series = read(text(Sitting(odd, Phase.PLANNED)).replace("\r", " "))
    ((_, labels),) = [one for one in series if one[0] == "citynoc_meeting_info"]
    assert dict(labels).get("title_vi", "") == vi.replace("\r", " ")


def test_openmetrics_takes_it_too():
    assert list(openmetrics_families(text(looked()[1], form=Form.OPENMETRICS)))  # type: ignore[no-untyped-call]  # as it is


def test_the_document_lists_everybody_worst_first_with_words():
    inventory, sitting = looked()
    assert sitting.look is not None
    told = document(sitting, sitting.look, inventory, Api(inventory, Stage(inventory).last.state))
    assert (told["state"], told["participants"], told["not_ready"]) == ("preparing", 36, 3)
    assert told["reasons"] == [
        {"code": "router_down", "count": 1, "vi": "bộ định tuyến hỏng", "en": "router down"},
        {"code": "camera", "count": 2, "vi": "hỏng camera", "en": "camera"},
    ]
    rows = told["list"]
    assert isinstance(rows, list)
    first = rows[0]
    assert isinstance(first, dict)
    assert (first["site"], first["verdict"]) == ("00003", "NO-GO")
    assert isinstance(first["reasons"], list)
    reason = first["reasons"][0]
    assert isinstance(reason, dict)
    assert (reason["code"], reason["weight"], reason["outage"]) == ("router_down", "stop", "device:rt-00003")
    assert reason["vi"] == "bộ định tuyến rt-00003 mất kết nối từ 07:00"
    assert reason["en"] == "router rt-00003 down since 07:00"
    assert str(reason["since"]).startswith("2023-11-15T07:00:0")


def test_a_title_in_one_language_alone_is_told_in_both():
    _, sitting = looked()
    one: Occurrence = replace(sitting.occurrence, title={"vi": "Giao ban"})
    assert 'title_en="Giao ban"' in text(Sitting(one, Phase.PLANNED))


def test_short_words_are_short():
    assert max(len(words.en) for words in SHORT.values()) <= 24
