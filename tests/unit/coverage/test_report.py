import re
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from html import unescape
from pathlib import Path

import pytest

from collector.coverage.links import Measured
from collector.coverage.target import LinkRule, Quality
from exporters.coverage_report import texts
from exporters.coverage_report.report import Asked, report
from exporters.coverage_report.texts import TEXTS, Writer
from exporters.live.maps import Borders, load
from exporters.live.texts import Language
from tests.unit.coverage.test_admin_map import example
from tests.unit.coverage.test_by_hand import JUNE, LINKS, city

TEMPLATE = Path(texts.__file__).parent / "templates" / "report.html"
CODE = sorted(Path(texts.__file__).parent.glob("*.py"))


@cache
def borders() -> Borders:
    return load()


def small(on: str = "003", measured: Measured | None = LINKS) -> Asked:
    chosen = city().maps.maps[on]
    found = city().reckon(JUNE, chosen, sight=None if measured is None else lambda _: measured)
    return Asked("Thử <nghiệm>", city(), chosen, city().maps.communes, found, borders())


def said(asked: Asked, language: Language = Language.ENGLISH) -> str:
    page = report(asked, Writer(language))
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.partition("<body>")[2])))


def test_the_numbers_are_those_worked_out_by_hand():
    text = said(small())
    assert (
        "Fibre past 80 % of households 80% 31 December 2025 75.00% 156 / 208 households 99.04% 5.00 points "
        "11 households 7 not measured 15 expected on 22 July 2025" in text
    )
    assert "Fibre in every commune 100% 30 June 2025 75.00% 3 / 4 communes" in text
    assert "00002 B (declared, but its link lacks: availability)" in text
    assert (
        "Measured, now 50.00% (2 / 4, unknown 1). The link of a commune's office counts with: 99% of" in text
    )
    assert "Lacking availability: 1" in text
    assert "10001 North: gains 44, together 44" in text
    assert "10001 North 65.35% ≈ 83 / 127" in text
    assert "10003 South 98.51% ? 66 / 67" in text


def test_vietnamese_has_its_own_words_and_commas():
    text = said(small(), Language.VIETNAMESE)
    assert "75,00 % 156 / 208 hộ" in text
    assert "dự kiến đạt ngày 22/07/2025" in text
    assert "households" not in text


def test_every_claim_that_counts_is_listed_with_its_place():
    text = said(small())
    assert (
        "Evidence: Fibre past 80 % of households; Fibre in every commune Every claim that counts, by commune of the base map. After each number stands where it is written: the file's number, and the line in it. 4 claims that count. After each commune's "
        "name: households of the 2019 census; after each carrier: households passed." in text
    ), "targets that look at the same claims have one list"
    assert "00001 A, 100: carrier-a fibre 70 [5:2] ; carrier-b fibre 50 [5:3]" in text
    assert "00004 D, 7: unknown" in text
    assert "5. surveys/2-june.csv" in text


def test_a_rule_is_told_in_words_and_a_window_as_days():
    rule = LinkRule(Fraction(199, 200), capacity=1000, backup=True, latency=50)
    shares = {"00001": {quality: Fraction(1) for quality in Quality}, "00002": {Quality.BACKUP: Fraction(0)}}
    text = said(small(measured=Measured.of(rule, "2025-06-01/2025-06-30", shares)), Language.VIETNAMESE)
    assert f"Đo được, 01/06/2025 {texts.NOTHING} 30/06/2025 25,00 % (1 / 4, chưa rõ 2)." in text
    assert (
        "hoạt động 99,5 % thời gian theo dõi, ít nhất 1.000 Mbit/s, có đường dự phòng, trễ không quá 50 ms"
        in text
    )
    assert "Thiếu đường dự phòng: 1" in text


def test_a_figure_reads_the_same_wherever_it_stands_and_a_promise_as_it_was_made():
    page = report(small(), Writer(Language.ENGLISH))
    assert page.count("75.00%") > 2, "the table, the target's own line and the end of its trend"
    assert not re.search(r"\b\d+\.\d%", page)
    asked = small()
    one = asked.reckonings[0]
    nearly = replace(one, target=replace(one.target, threshold=Fraction(995, 1000)))
    assert "households 99.5% 31 December 2025" in said(replace(asked, reckonings=[nearly]))


def test_above_the_census_is_said_on_the_base_map():
    assert "00002 B (110.00%)" in said(small("004"))


def test_what_people_wrote_is_escaped_and_nothing_is_fetched():
    page = report(small(), Writer(Language.ENGLISH))
    assert "Thử &lt;nghiệm&gt;" in page
    assert "<nghiệm>" not in page
    assert not re.search(r"(src|href)=\"(?!#)|url\((?!#)|@import|<script", page)


def test_the_same_reckoning_has_the_same_bytes():
    assert report(small(), Writer(Language.VIETNAMESE)) == report(small(), Writer(Language.VIETNAMESE))


def test_a_city_before_its_first_survey_has_a_report_too():
    asked = small()
    found = city().reckon(date(2025, 1, 1), asked.on)
    assert "0.00% 0 / 208 households" in said(replace(asked, reckonings=found))


def test_invented_surveys_are_announced_and_every_unit_is_drawn():
    evidence = example()
    for name, drawn in (("126", 126), ("579", 579)):
        on = evidence.maps.maps[name]
        found = evidence.reckon(JUNE, on, target="fibre-households-2030")
        page = report(
            Asked("Hà Nội", evidence, on, evidence.maps.communes, found, borders()), Writer(Language.ENGLISH)
        )
        assert "INVENTED" in page
        assert page.count('<use href="#m') == drawn
        table = page.partition('<table id="units">')[2].partition("</table>")[0]
        assert table.count("<tr>") - 1 == (126 if name == "126" else 30)
    assert "INVENTED" not in report(small(), Writer(Language.ENGLISH))


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_every_text_is_used_and_in_both_languages(key: str):
    title = TEXTS[key]
    assert title.vi
    assert title.en
    assert title.vi != title.en
    written = TEMPLATE.read_text() + "".join(path.read_text() for path in CODE if path.name != "texts.py")
    family, dot, _ = key.partition(".")
    chosen = dot and f'f"{family}.{{' in written  # one of a family, as the numbers have it
    assert f'"{key}"' in written or chosen or key.startswith("of.") or key == "points"
