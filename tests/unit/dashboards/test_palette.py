"""Colours can be told apart with any colour vision, and every code of the catalogue has word and colour.

Colour vision deficiency is simulated by Machado, Oliveira and Fernandes' matrices (2009, severity 1.0) in linear RGB;
distances are CIE 1976 in L*a*b*, where 10 is a clear difference between areas.
"""

import itertools
import math

import pytest
from grafana_foundation_sdk.models.dashboard import ValueMap

from collector.metrics import CATALOG, Family
from collector.metrics.state import DEVICE_STATE, OUTAGE_SEVERITY, SITE_STATE
from dashboards import palette
from dashboards.words import Language, Speaker

Vector = tuple[float, float, float]

VISIONS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
WHITE = (0.95047, 1.0, 1.08883)


def times(matrix: tuple[tuple[float, ...], ...], vector: Vector) -> Vector:
    x, y, z = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return x, y, z


def seen(colour: str, vision: str) -> Vector:
    """The colour in L*a*b* as this vision sees it."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    def curve(share: float) -> float:
        return share ** (1 / 3) if share > 0.008856 else 7.787 * share + 16 / 116

    red, green, blue = (linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    simulated = times(VISIONS[vision], (red, green, blue))
    x, y, z = times(TO_XYZ, tuple(min(max(one, 0.0), 1.0) for one in simulated))  # type: ignore[arg-type] # three
    fx, fy, fz = (curve(one / white) for one, white in zip((x, y, z), WHITE, strict=True))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def distance(one: str, other: str, vision: str) -> float:
    return math.dist(seen(one, vision), seen(other, vision))


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize("family", [DEVICE_STATE, OUTAGE_SEVERITY], ids=lambda family: family.name)
def test_states_can_be_told_apart(vision: str, family: Family):
    colours = [palette.CODES[name][2] for _, name in family.states]
    for one, other in itertools.combinations(colours, 2):
        assert distance(one, other, vision) > 15, f"{one} and {other} look alike in {vision}"


def test_the_referee_knows_colours_that_are_confused():
    """Grafana's usual pair of green and red is what a deuteranope cannot tell apart as we ask."""
    assert distance("#73BF69", "#F2495C", "usual") > 80
    assert distance("#808000", "#C06000", "deuteranopia") < 15


def test_every_code_has_a_word_in_each_language_and_a_colour():
    coded = [family for family in CATALOG.values() if family.states]
    assert coded
    for family in coded:
        for _, name in family.states:
            english, vietnamese, colour = palette.CODES[name]
            assert english
            assert vietnamese != english
            assert colour.startswith("#")


def test_every_unit_of_the_catalogue_is_known_to_grafana():
    assert {family.unit for family in CATALOG.values()} <= set(palette.UNITS)


def test_mappings_and_thresholds_follow_the_codes():
    say = Speaker(Language.ENGLISH)
    (mapping,) = palette.states(SITE_STATE, say)
    assert isinstance(mapping, ValueMap)
    assert sorted(mapping.options) == [str(code) for code, _ in SITE_STATE.states]
    assert [step.value for step in palette.state_steps(SITE_STATE)] == [None, 1, 2, 3, 4, 5]
    with pytest.raises(ValueError, match="not coded"):
        palette.states(CATALOG["citynoc_blind"], say)
