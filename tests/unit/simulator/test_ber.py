import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from citynoc.simulator import ber

oids = st.builds(
    lambda first, second, rest: (first, second, *rest),
    st.integers(0, 2),
    st.integers(0, 39),
    st.lists(st.integers(0, ber.MAX_SUB_ID), max_size=40),
)


@given(oids)
def test_an_oid_survives_its_encoding(oid: ber.Oid):
    assert ber.parse_oid(ber.oid(oid)) == oid


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (0, "020100"),
        (127, "02017f"),
        (128, "02020080"),
        (-1, "0201ff"),
        (-128, "020180"),
        (-129, "0202ff7f"),
        (2147483647, "02047fffffff"),
        (-2147483648, "020480000000"),
    ],
)
def test_integers_take_the_fewest_octets(value: int, encoded: str):
    assert ber.integer(value).hex() == encoded


@pytest.mark.parametrize(
    ("tag", "value", "encoded"),
    [
        (ber.COUNTER32, 0xFFFFFFFF, "410500ffffffff"),
        (ber.COUNTER64, 0xFFFFFFFFFFFFFFFF, "460900ffffffffffffffff"),
        (ber.TIME_TICKS, 0, "430100"),
        (ber.GAUGE32, 255, "420200ff"),
    ],
)
def test_unsigned_values_never_read_as_negative(tag: int, value: int, encoded: str):
    assert ber.unsigned(tag, value).hex() == encoded


@pytest.mark.parametrize(("size", "encoded"), [(0, "00"), (127, "7f"), (128, "8180"), (256, "820100")])
def test_lengths_take_the_shortest_form(size: int, encoded: str):
    assert ber.length(size).hex() == encoded


@given(st.binary(max_size=200))
def test_noise_is_malformed_and_nothing_worse(noise: bytes):
    for data in (noise, ber.tlv(ber.SEQUENCE, noise), ber.tlv(ber.SEQUENCE, b"\x02\x01\x01" + noise)):
        with contextlib.suppress(ber.MalformedError):
            ber.parse_body(data, ber.parse_header(data))


@given(st.binary(min_size=1, max_size=40))
def test_a_spoilt_oid_is_malformed_and_nothing_worse(noise: bytes):
    with contextlib.suppress(ber.MalformedError):
        ber.parse_oid(ber.tlv(ber.OBJECT_IDENTIFIER, noise))
