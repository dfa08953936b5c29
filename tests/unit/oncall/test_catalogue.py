"""Every word of a message is there in both languages, and used."""

import re
from pathlib import Path

import pytest

from citynoc.oncall.catalogue import CLOCKS, TEXTS
from citynoc.oncall.templates import KINDS, Bases, templates
from collector.oncall import Language
from collector.outages.state import CauseKind

VIETNAMESE = re.compile(
    r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìĩóòõúùũý]", re.IGNORECASE
)
SOURCE = Path(__file__).parents[3] / "citynoc" / "oncall" / "messages.tmpl"
BASES = Bases("http://127.0.0.1:9579", "http://127.0.0.1:3000", None, "Asia/Ho_Chi_Minh")


@pytest.mark.parametrize("key", sorted(TEXTS))
@pytest.mark.parametrize("language", list(Language))
def test_a_text_is_in_its_language(key: str, language: Language):
    text = TEXTS[key].into(language)
    assert text.strip() == text != ""
    assert bool(VIETNAMESE.search(text)) is (language is Language.VIETNAMESE), text
    assert text in templates(BASES)


def test_the_template_asks_for_every_text_of_the_catalogue_and_no_other():
    asked = set(re.findall(r'lang\.say\("([\w.]+)"\)', SOURCE.read_text()))
    assert asked | {f"cause.{kind}" for kind in KINDS} == set(TEXTS)


def test_every_kind_of_cause_has_words_and_every_language_a_clock():
    assert set(KINDS) == {kind.value for kind in CauseKind}
    assert set(CLOCKS) == set(Language)


def test_no_word_stands_in_the_template_itself():
    """What is left without tags, expressions and HTML holds no letter."""
    text = SOURCE.read_text()
    for pattern in (r"\{\{.*?\}\}", r"<<.*?>>", r"<%.*?%>", r"<[^<>]*>"):
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    text = text.replace("/#/silences/new?filter=", "").replace("/#/alerts", "").replace("Alertmanager", "")
    text = text.replace("/runbook/", "")
    assert re.findall(r"[^\W\d_]{2,}", text) == []


@pytest.mark.parametrize(
    ("timezone", "nanoseconds", "zone"),
    [
        ("Asia/Ho_Chi_Minh", 25_200_000_000_000, "+07"),
        ("Asia/Kathmandu", 20_700_000_000_000, "+05:45"),
        ("America/Bogota", -18_000_000_000_000, "-05"),
        ("Europe/Oslo", 0, "UTC"),  # summer time: no fixed offset tells the truth all year
    ],
)
def test_times_are_told_in_the_citys_zone(timezone: str, nanoseconds: int, zone: str):
    text = templates(Bases("http://x", None, None, timezone))
    assert f"UTC.Add {nanoseconds})" in text
    assert f"}} ({zone}){{{{ end }}}}" in text


def test_an_address_is_never_taken_for_a_template():
    text = templates(Bases('http://x/{{ "a" }}"', None, None, "UTC"))
    assert r'"http://x/{{ \"a\" }}\""' in text
