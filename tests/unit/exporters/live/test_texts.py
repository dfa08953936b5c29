"""Both languages are complete, and no page says what the catalogue does not hold."""

import re
import string
from importlib import resources

import pytest

from collector.meetings.readiness import Phase, Verdict
from collector.model import Role, SiteKind
from collector.outages.state import Severity, State
from collector.outcome import FailureKind
from collector.plan import Question
from exporters.live.language import chosen
from exporters.live.texts import TEXTS, Language, Speech
from tests.house.tree import ROOT, files

SAID = re.compile(r"\bsay\(\s*[\"']([a-z0-9_.-]*[a-z0-9])[\"']")
MADE = {
    *(f"state.{one.name.lower()}" for one in State),
    *(f"means.{one.name.lower()}" for one in State),
    *(f"severity.{one.name.lower()}" for one in Severity),
    *(f"role.{one}" for one in Role),
    *(f"kind.{one}" for one in SiteKind),
    *(f"failure.{one}" for one in FailureKind),
    *(f"question.{one}" for one in Question),
    *(
        f"missing.{one}"
        for one in ("page", "site", "device", "district", "unit", "meeting", "report", "runbook")
    ),
    *(f"phase.{one.name.lower()}" for one in Phase),
    *(f"verdict.{one.name.lower()}" for one in Verdict),
    *(f"weekday.{number}" for number in range(7)),
    *("tomorrow", "meeting.in", "meeting.ends.in", "meeting.call.no"),
    *("language", "cause.link", "cause.cable", "days", "hours", "minutes", "seconds"),
    *("target.reached", "target.late", "target.short"),
    *("redundancy.cut", "redundancy.none", "redundancy.lost", "redundancy.kept"),
}


def written() -> str:
    templates = resources.files("exporters.live").joinpath("templates")
    pages = [one.read_text("utf-8") for one in templates.iterdir()]
    return "\n".join(pages + [path.read_text() for path in files("exporters/live/*.py")])


@pytest.mark.parametrize("key", TEXTS)
def test_a_text_is_there_in_both_languages_with_the_same_holes(key: str):
    text = TEXTS[key]
    assert text.vi.strip()
    assert text.en.strip()
    holes = [
        {name for _, name, _, _ in string.Formatter().parse(one) if name}
        for one in (text.vi, text.en, text.one or text.en)
    ]
    assert holes[0] == holes[1] == holes[2]


def test_nothing_is_said_that_is_not_written_and_nothing_written_that_is_not_said():
    assert (ROOT / "exporters" / "live" / "texts.py").is_file()
    said = set(SAID.findall(written())) | MADE
    assert said - set(TEXTS) == set()
    assert set(TEXTS) - said == set()


def test_english_counts_one_apart_and_vietnamese_does_not():
    english, vietnamese = Speech(Language.ENGLISH), Speech(Language.VIETNAMESE)
    assert english("communes", n=1) == "1 commune"
    assert english("communes", n=2) == "2 communes"
    assert vietnamese("communes", n=1) == "1 xã, phường"


@pytest.mark.parametrize(
    ("seconds", "age"),
    [
        (-3, "0 seconds"),
        (1, "1 second"),
        (59.9, "59 seconds"),
        (60, "1 minute"),
        (7199, "119 minutes"),
        (7200, "2 hours"),
        (172800, "2 days"),
    ],
)
def test_an_age_has_the_unit_that_matters(seconds: float, age: str):
    assert Speech(Language.ENGLISH).age(seconds) == age


@pytest.mark.parametrize(
    ("query", "cookie", "header", "language"),
    [
        (None, None, "", "vi"),
        (None, None, "en-US,en;q=0.9", "en"),
        (None, None, "fr,vi;q=0.8,en;q=0.9", "en"),
        (None, None, "de", "vi"),
        (None, None, ";;q=x,\x00", "vi"),
        (None, "en", "vi", "en"),
        ("vi", "en", "en", "vi"),
        ("xx", "yy", "en", "en"),
    ],
)
def test_the_reader_chooses_the_language(query: str | None, cookie: str | None, header: str, language: str):
    assert chosen(query, cookie, header) == language
