"""Whatever carriers declare, every map has the same sums, and nothing is covered that nobody speaks about."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.coverage.evidence import Evidence
from collector.coverage.links import Measured
from collector.coverage.survey import Claim, Surveys
from collector.coverage.target import LinkRule, Quality, Technology
from tests.unit.coverage.test_admin_map import MAPS, example

BEGAN = date(2025, 1, 1)
SOME = sorted(example().maps.communes)[::37]


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    found = {}
    for _ in range(draw(st.integers(0, 30))):
        day = BEGAN + timedelta(days=30 * draw(st.integers(0, 3)))
        technology = draw(st.sampled_from((Technology.FIBRE, Technology.MOBILE)))
        numbers = st.none() | st.integers(0, 20_000)
        first, second = draw(numbers), draw(numbers)
        fixed = technology is Technology.FIBRE
        values = (first, second, None, None) if fixed else (None, None, first, second)
        one = Claim(
            day, draw(st.sampled_from(SOME)), draw(st.sampled_from("abc")), technology, values, "s", "f", 1
        )
        found[one.key] = one
    return list(found.values())


@settings(max_examples=25, deadline=None)
@given(claims(), st.sets(st.sampled_from(SOME)))
def test_sums_are_the_same_on_every_map(declared: list[Claim], working: set[str]):
    evidence = Evidence(example().maps, example().targets, example().rules, Surveys.of(declared))
    links = Measured.of(LinkRule(), "now", {code: {Quality.AVAILABILITY: Fraction(1)} for code in working})
    spoken = {claim.commune for claim in declared}
    totals = []
    for name in MAPS:
        found = evidence.reckon(date(2025, 12, 31), evidence.maps.maps[name], sight=lambda _: links)
        for one in found:
            for share, units in (
                (one.declared, [unit.declared for unit in one.units]),
                (one.measured, [unit.measured for unit in one.units if unit.measured is not None]),
            ):
                if share is not None:
                    assert share.numerator == sum(unit.numerator for unit in units)
                    assert share.at_most == sum(unit.at_most for unit in units)
                    assert share.denominator == sum(unit.denominator for unit in units)
                    assert share.unknown == sum(unit.unknown for unit in units)
            assert one.declared.numerator <= one.declared.at_most
            assert set(one.unknown) >= set(evidence.maps.communes) - spoken
            threshold = one.target.threshold
            missing = one.declared.missing(threshold)
            reached = Fraction(one.declared.numerator + missing, one.declared.denominator)
            assert reached >= threshold
            assert not missing or reached - Fraction(1, one.declared.denominator) < threshold
        totals.append([(one.declared, one.measured, one.trend, one.pace, one.expected_on) for one in found])
    assert totals[0] == totals[1] == totals[2]
