from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.coverage.admin_map import Commune
from collector.coverage.survey import HEADING, Surveys, parse_survey
from collector.coverage.table import Fault, read_table
from collector.coverage.target import Technology

COMMUNES = {
    code: Commune(code, f"Xã {code}", "001", "Quận", 100, 400) for code in ("00115", "00118", "00121")
}
CARRIERS = ("carrier-a", "carrier-b")
HEAD = ",".join(HEADING)
GOOD = "00115,2025-06-30,carrier-a,fibre,80,60,,,letter 12"


def faults(*rows: str) -> list[Fault]:
    claims, found = parse_survey("\n".join((HEAD, *rows)) + "\n", "x.csv", COMMUNES, CARRIERS)
    assert not (claims and found), "one wrong row refuses the file"
    return found


def test_a_sound_row_says_what_it_says():
    text = f'\ufeff# a remark\r\n{HEAD}\r\n{GOOD}\r\n00118,2025-06-30,carrier-b,mobile,,,400,0,"letter, of June"\r\n'
    claims, found = parse_survey(text, "x.csv", COMMUNES, CARRIERS)
    assert not found
    assert claims[0][:6] == (
        date(2025, 6, 30),
        "00115",
        "carrier-a",
        Technology.FIBRE,
        (80, 60, None, None),
        "letter 12",
    )
    assert (claims[0].file, claims[0].line) == ("x.csv", 3)
    assert claims[1].values == (None, None, 400, 0)
    assert claims[1].source == "letter, of June"


SEEDED = [
    ("115,2025-06-30,carrier-a,fibre,80,60,,,s", 1, "'115' is not five digits"),
    ("99999,2025-06-30,carrier-a,fibre,80,60,,,s", 1, "there is no commune 99999"),
    ("00115,30/06/2025,carrier-a,fibre,80,60,,,s", 7, "'30/06/2025' is not a day"),
    ("00115,2025-02-30,carrier-a,fibre,80,60,,,s", 7, "'2025-02-30' is not a day"),
    ("00115,0205-06-30,carrier-a,fibre,80,60,,,s", 7, "no survey is of 0205-06-30"),
    ("00115,2025-06-30,carrier-z,fibre,80,60,,,s", 18, "unknown carrier 'carrier-z'"),
    ("00115,2025-06-30,carrier-a,fiber,80,60,,,s", 28, "unknown technology 'fiber'"),
    ("00115,2025-06-30,carrier-a,fibre,-80,60,,,s", 34, "'-80' is not a whole number"),
    ("00115,2025-06-30,carrier-a,fibre,8.5,60,,,s", 34, "'8.5' is not a whole number"),
    ('00115,2025-06-30,carrier-a,fibre,"8,500",60,,,s', 34, "'8,500' is not a whole number"),
    ("00115,2025-06-30,carrier-a,fibre,80,many,,,s", 37, "'many' is not a whole number"),
    ("00115,2025-06-30,carrier-a,fibre,80,90,,,s", 37, "90 households are connected, but only 80 passed"),
    ("00115,2025-06-30,carrier-a,fibre,80,60,400,,s", 40, "fibre says nothing about population_4g"),
    ("00115,2025-06-30,carrier-a,mobile,80,,400,,s", 35, "mobile says nothing about households_passed"),
    ("00115,2025-06-30,carrier-a,fibre,,,,,s", 34, "the row declares nothing"),
    ("00115,2025-06-30,carrier-a,fibre,80,60,,,", 42, "a claim without a source proves nothing"),
    ("00115,2025-06-30,carrier-a,fibre,80,60,,s", 41, "8 cells where the heading has 9"),
    ("00115,2025-06-30,carrier-a,fibre,8,500,60,,,s", 45, "10 cells where the heading has 9"),
    ('00115,2025-06-30,carrier-a,fibre,80,60,,,"s', 42, "a quotation mark is not closed"),
    ("", 1, "an empty line inside the table"),
]


def test_twenty_seeded_mistakes_are_all_named_and_nothing_is_imported():
    rows = [text for text, _, _ in SEEDED]
    text = "\n".join((HEAD, GOOD, *rows, "00118,2025-06-30,carrier-a,fibre,80,60,,,s")) + "\n"
    claims, found = parse_survey(text, "x.csv", COMMUNES, CARRIERS)
    assert claims == []
    assert len(SEEDED) == 20
    assert [(one.line, one.column) for one in sorted(found)] == [
        (number, column) for number, (_, column, _) in enumerate(SEEDED, start=3)
    ]
    for one, (_, _, said) in zip(sorted(found), SEEDED, strict=True):
        assert said in one.message


def test_the_same_word_twice_is_refused_not_added_up():
    (found,) = faults(GOOD, GOOD)
    assert "already in line 2" in found.message
    assert (found.line, found.column) == (3, 1)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no heading"),
        ("\n", "columns are missing"),
        ("# only a remark\n", "no heading"),
        (HEAD, "no rows"),
        (HEAD.replace(",", ";"), "parted by semicolons"),
        (HEAD.replace(",", "\t"), "parted by tabs"),
        (HEAD.replace("source", "remark"), "unknown column 'remark'"),
        (HEAD + ",source", "column 'source' is there twice"),
        (HEAD + "\n00115\x00,", "U+0000"),
        (HEAD + "\n" + "x" * 5000, "longer than"),
    ],
)
def test_what_is_no_survey_is_told(text: str, said: str):
    claims, found = parse_survey(text, "x.csv", COMMUNES, CARRIERS)
    assert claims == []
    assert any(said in one.message for one in found), found


def test_columns_may_stand_in_any_order():
    table = read_table("b,a\n1,2\n", ("a", "b"))
    assert table.rows[0].cells == ("2", "1")
    assert table.rows[0].fault(0, "wrong").column == 3


def test_surveys_are_in_order_of_date():
    late = parse_survey(f"{HEAD}\n{GOOD}\n", "x.csv", COMMUNES, CARRIERS)[0]
    early = parse_survey(f"{HEAD}\n{GOOD.replace('2025', '2024')}\n", "y.csv", COMMUNES, CARRIERS)[0]
    assert Surveys.of([*late, *early]).dates == (date(2024, 6, 30), date(2025, 6, 30))


@given(st.text(alphabet=st.sampled_from('0151,"\n\r#;\t-carier ăé\x00fbm'), max_size=200))
def test_any_text_is_answered_with_places_inside_it(text: str):
    claims, found = parse_survey(f"{HEAD}\n{text}", "x.csv", COMMUNES, CARRIERS)
    assert not (claims and found)
    for one in found:
        assert 1 <= one.line <= text.count("\n") + 2
        assert one.column >= 1
