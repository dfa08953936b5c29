"""What differs is said, and only that: equal dashboards differ in nothing, and every change has its line."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from citynoc.publishing.boards import Json, digest
from citynoc.publishing.difference import difference

values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=3),
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(("id", "name", "title", "x")), inside)
    ),
    max_leaves=12,
)
boards = st.dictionaries(st.sampled_from(("panels", "title", "tags", "time")), values)


@settings(max_examples=60)
@given(boards)
def test_equal_dashboards_differ_in_nothing(board: Json):
    assert difference(board, copy.deepcopy(board)) == []


@settings(max_examples=60)
@given(boards, boards)
def test_there_is_a_line_exactly_if_the_digest_differs(one: Json, other: Json):
    # Python holds 1 == True, which JSON does not.
    if (one == other) == (digest(one) == digest(other)):
        assert bool(difference(one, other)) == (digest(one) != digest(other))


@settings(max_examples=60)
@given(boards, st.integers(), st.integers())
def test_what_grafana_numbers_is_no_difference(board: Json, number: int, version: int):
    there = {**board, "id": number, "version": version}
    assert difference(there, board) == []
    assert digest(there) == digest(board)


def test_a_panel_put_in_between_changes_no_other():
    old = {"panels": [{"id": 1, "title": "A"}, {"id": 3, "title": "C"}]}
    new = {"panels": [{"id": 1, "title": "A"}, {"id": 2, "title": "B"}, {"id": 3, "title": "C"}]}
    assert difference(old, new) == ["+ panels[2]: 'B'"]
    assert difference(new, old) == ["- panels[2]: 'B'"]


def test_order_and_long_values():
    old = {"panels": [{"id": 1}, {"id": 2}], "description": "x" * 100}
    new = {"panels": [{"id": 2}, {"id": 1}], "description": "y" * 100}
    first, second = difference(old, new)
    assert first.startswith("~ description: 'xxx")
    assert len(first) < 150
    assert second == "~ panels: in another order"
