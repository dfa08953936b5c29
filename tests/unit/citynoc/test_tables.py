from hypothesis import given
from hypothesis import strategies as st

from citynoc.tables import Column, drawn

COLUMNS = (Column("outage"), Column("place", folds=True), Column("sites", right=True))
ROWS = (
    ("device:rt-00115", "Phường Thượng Thanh, Quận Long Biên", "1"),
    ("group:ag-004-1+ag-004-2", "Quận Long Biên", "14"),
)


def test_columns_where_everything_fits():
    lines = drawn(COLUMNS, ROWS, 100).splitlines()
    assert lines[1].split() == ["outage", "place", "sites"]
    assert lines[3].split()[0] == "device:rt-00115"
    assert lines[3].endswith(" 1")
    assert len(lines) == 6, "an empty line before and after"


def test_words_go_on_in_the_next_line_and_names_stay_whole():
    text = drawn(COLUMNS, ROWS, 60)
    assert "group:ag-004-1+ag-004-2" in text
    assert max(map(len, text.splitlines())) <= 60
    assert "Thượng" in text


def test_a_block_a_row_where_a_name_would_have_to_be_cut():
    assert drawn(COLUMNS, ROWS, 30) == (
        "\noutage  device:rt-00115\nplace   Phường Thượng Thanh, Quận Long Biên\nsites   1\n"
        "\noutage  group:ag-004-1+ag-004-2\nplace   Quận Long Biên\nsites   14\n\n"
    )


def test_nothing_without_rows():
    assert drawn(COLUMNS, (), 80) == ""


@given(
    st.lists(
        st.tuples(*[st.from_regex(r"[a-zư0-9]{1,20}( [a-z0-9]{1,20})?", fullmatch=True)] * 3), max_size=4
    ),
    st.integers(20, 160),
)
def test_no_word_is_ever_cut(rows: list[tuple[str, str, str]], width: int):
    words = drawn(COLUMNS, rows, width).split()
    for row in rows:
        assert set(" ".join(row).split()) <= set(words)
