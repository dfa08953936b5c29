from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.config.coverage import read_coverage
from collector.coverage.admin_map import AdminMap, Part, largest_remainder, later_map
from collector.coverage.evidence import Evidence

CONFIG = Path(__file__).parents[3] / "config"
MAPS = ("579", "526", "126")


@cache
def example() -> Evidence:
    evidence, problems = read_coverage(CONFIG, CONFIG)
    assert evidence is not None, problems
    return evidence


def sums(on: AdminMap, figures: dict[str, int]) -> dict[str, int]:
    found: dict[str, int] = dict.fromkeys(on.units, 0)
    for commune, number in figures.items():
        for unit, piece in on.spread(commune, number).items():
            found[unit] += piece
    return found


@pytest.mark.parametrize("name", MAPS)
def test_totals_are_the_same_on_every_map_and_no_unit_is_empty(name: str):
    maps = example().maps
    on = maps.maps[name]
    assert len(on.units) == int(name)
    households = sums(on, {code: one.households for code, one in maps.communes.items()})
    people = sums(on, {code: one.population for code, one in maps.communes.items()})
    assert (len(maps.communes), sum(households.values()), sum(people.values())) == (579, 2_224_107, 8_053_663)
    assert min(households.values()) > 0
    assert min(people.values()) > 0
    assert set(on.home) == set(maps.communes)
    assert set(on.home.values()) == set(on.units)


def test_units_that_got_the_smaller_part_of_everything_are_not_empty():
    maps = example().maps
    on = maps.maps["126"]
    households = sums(on, {code: one.households for code, one in maps.communes.items()})
    assert (households["00340"], households["00634"]) == (11_562, 7_817)
    homes = {unit: [code for code, home in on.home.items() if home == unit] for unit in ("00340", "00634")}
    assert homes == {"00340": ["00340"], "00634": ["00628"]}


def test_who_took_all_the_people_has_them_whatever_the_area():
    on = example().maps.maps["126"]
    split = {code for code, parts in on.parts.items() if len(parts) > 1}
    # 211 communes were cut; 43 of them lost land only, and in 13 more all parts but one have no area to speak of.
    assert len(split) == 155
    assert on.estimated == split
    assert on.spread("00112", 100) == {"00103": 100}


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2019-04-01", "579"),
        ("2024-12-31", "579"),
        ("2025-01-01", "526"),
        ("2025-06-30", "526"),
        ("2025-07-01", "126"),
    ],
)
def test_the_map_of_the_day(day: str, name: str):
    assert example().maps.in_force(date.fromisoformat(day)).name == name


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_parts_add_up_and_lie_within_one_of_their_due(number: int, weights: list[int]):
    parts = largest_remainder(number, weights)
    assert sum(parts) == number
    total = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        if total:
            assert abs(part * total - number * weight) < total
            assert weight or not part


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any), st.data())
def test_what_is_covered_never_exceeds_the_people_it_is_divided_by(people: list[int], data: st.DataObject):
    covered = data.draw(st.integers(0, sum(people)))
    assert all(part <= one for part, one in zip(largest_remainder(covered, people), people, strict=True))


def test_largest_remainder_by_hand():
    assert largest_remainder(10, [1, 1, 1]) == [4, 3, 3]
    assert largest_remainder(100, [575, 282, 143]) == [58, 28, 14]
    assert largest_remainder(7, [0, 0]) == [7, 0]


@given(
    st.dictionaries(
        st.sampled_from("abcdefghij"),
        st.lists(st.tuples(st.sampled_from("XYZ"), st.integers(0, 1000)), min_size=1, max_size=4),
        min_size=3,
    ),
    st.integers(0, 10**7),
)
def test_any_map_conserves_any_number(relation: dict[str, list[tuple[str, int]]], number: int):
    merged = {
        commune: {unit: sum(w for u, w in pieces if u == unit) for unit, _ in pieces}
        for commune, pieces in relation.items()
    }
    units = {unit: unit for pieces in merged.values() for unit in pieces}
    parts = {code: [Part(unit, weight) for unit, weight in pieces.items()] for code, pieces in merged.items()}
    try:
        on = later_map("3", date(2025, 1, 1), units, parts)
    except ValueError:
        return
    figures = {commune: number + i for i, commune in enumerate(sorted(merged))}
    assert sum(sums(on, figures).values()) == sum(figures.values())
    assert set(on.home) == set(merged)


def test_a_unit_without_anything_is_refused():
    with pytest.raises(ValueError, match="units would be empty: Y"):
        later_map("2", date(2025, 1, 1), {"X": "X", "Y": "Y"}, {"a": [Part("X", 1), Part("Y", 0)]})
    with pytest.raises(ValueError, match="no unit takes anything of a"):
        later_map("1", date(2025, 1, 1), {"X": "X"}, {"a": [Part("X", 0)]})
