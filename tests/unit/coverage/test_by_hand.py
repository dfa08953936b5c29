"""The small city of docs/coverage.md, worked out there by hand: every number to the last digit."""

from datetime import date
from fractions import Fraction
from functools import cache

from collector.config.coverage import read_coverage
from collector.coverage.evidence import Evidence
from collector.coverage.links import Measured
from collector.coverage.measure import standing
from collector.coverage.reckoning import Disagreement, Next, Pace, Reckoning, Share
from collector.coverage.target import LinkRule, Quality
from tests.house.tree import ROOT

SMALL = ROOT / "tests" / "unit" / "coverage" / "small"
JUNE = date(2025, 6, 30)
WORKS, FAILS = {Quality.AVAILABILITY: Fraction(1)}, {Quality.AVAILABILITY: Fraction(0)}
LINKS = Measured.of(LinkRule(), "now", {"00001": WORKS, "00002": FAILS, "00004": WORKS})


@cache
def city() -> Evidence:
    evidence, problems = read_coverage(SMALL, SMALL)
    assert evidence is not None, problems
    return evidence


def one(target: str, on: str = "004", as_of: date = JUNE, measured: Measured | None = LINKS) -> Reckoning:
    sight = None if measured is None else lambda _: measured
    (found,) = city().reckon(as_of, city().maps.maps[on], target=target, sight=sight)
    return found


def test_share_gap_and_what_is_missing():
    found = one("fibre-households")
    assert found.declared == Share(numerator=156, at_most=206, denominator=208, unknown=7)
    assert found.declared.ratio == Fraction(3, 4)
    assert found.declared.gap(found.target.threshold) == Fraction(1, 20)
    assert found.declared.missing(found.target.threshold) == 11
    assert found.unknown == ("00004",)
    assert found.measured is None, "an office's link proves nothing about households"


def test_pace_counts_only_communes_known_at_both_ends():
    found = one("fibre-households")
    assert found.pace == Pace(date(2025, 3, 31), JUNE, 46)
    assert found.pace.per_day == Fraction(46, 91)
    assert found.expected_on == date(2025, 7, 22)
    assert not found.late
    assert [point.share.numerator for point in found.trend] == [90, 156]


def test_a_ratio_above_one_is_flagged_and_not_clipped():
    units = {unit.code: unit for unit in one("fibre-households").units}
    assert units["00002"].declared == Share(66, 66, 60, 0)
    assert units["00002"].declared.ratio == Fraction(11, 10)
    assert [code for code, unit in units.items() if unit.above_one] == ["00002"]
    assert [code for code, unit in units.items() if unit.overlap] == ["00001", "00002"]


def test_the_later_map():
    found = one("fibre-households", on="003")
    assert [(unit.code, unit.declared, unit.estimated) for unit in found.units] == [
        ("10001", Share(83, 133, 127, 0), True),
        ("10002", Share(7, 7, 14, 0), True),
        ("10003", Share(66, 66, 67, 7), False),
    ]
    assert found.declared == one("fibre-households").declared
    assert found.next == (Next("10001", "North", 44, 44), Next("10002", "Middle", 7, 51))


def test_what_to_do_next_on_the_base_map():
    assert one("fibre-households").next == (Next("00001", "A", 30, 30), Next("00003", "C", 21, 51))


def test_communes_have_two_bases_and_a_list_of_disagreements():
    found = one("fibre-communes")
    assert found.declared == Share(3, 3, 4, 1)
    assert found.measured == Share(2, 2, 4, 1)
    assert found.disagreements == (
        Disagreement("00002", "B", declared=True, measured=False, fails=(Quality.AVAILABILITY,)),
    )
    assert found.late
    assert found.expected_on is None
    later = one("fibre-communes", on="003")
    assert [(unit.code, unit.declared, unit.measured) for unit in later.units] == [
        ("10001", Share(1, 1, 1, 0), Share(1, 1, 1, 0)),
        ("10002", Share(1, 1, 1, 0), Share(0, 0, 1, 1)),
        ("10003", Share(1, 1, 2, 1), Share(1, 1, 2, 0)),
    ]


def test_people_within_either_technology():
    assert one("mobile-people").declared == Share(410, 810, 830, 400)


def test_an_earlier_day_knows_only_what_was_known():
    found = one("fibre-households", as_of=date(2025, 6, 29))
    assert found.declared == Share(90, 130, 208, 48)
    assert found.pace is None
    nothing = one("fibre-households", as_of=date(2025, 3, 30))
    assert nothing.declared == Share(0, 0, 208, 208)
    assert not nothing.late, "one survey, or none, has no pace"
    assert one("fibre-communes", as_of=date(2025, 7, 1)).late


def test_the_list_behind_a_number_is_what_stands():
    found = standing(city().targets["fibre-households"], city().surveys.claims, JUNE)
    assert [(code, [claim.source for claim in claims]) for code, claims in found.items()] == [
        ("00001", ["letter 3", "letter 4"]),
        ("00002", ["letter 3"]),
        ("00003", ["letter 4"]),
    ]


def test_a_cut_to_some_communes_is_a_city_of_its_own():
    some = {code: city().maps.communes[code] for code in ("00001", "00003")}
    (found,) = city().reckon(JUNE, city().maps.maps["003"], target="fibre-households", communes=some)
    assert found.declared == Share(90, 140, 141, 0)
    assert sum(unit.declared.numerator for unit in found.units) == 90


def test_carriers_are_known_by_their_last_survey():
    assert city().last_survey(date(2025, 5, 1)) == {
        "carrier-a": date(2025, 3, 31),
        "carrier-b": date(2025, 3, 31),
    }
    assert city().last_survey(date(2025, 1, 1)) == {"carrier-a": None, "carrier-b": None}
