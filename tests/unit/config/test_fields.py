from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.config.fields import (
    read_address,
    read_date,
    read_duration,
    read_integer,
    read_number,
    read_text,
    read_truth,
)
from collector.config.words import WrittenWrongError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("500ms", 0.5), ("30s", 30), ("5m", 300), ("2h", 7200), ("1d", 86400), ("0.4s", 0.4), ("1.5m", 90)],
)
def test_durations_are_seconds(text: str, seconds: float):
    assert read_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["30", "s", "-5s", "0s", "5 s", "5sec", "1h30m", "\u0661s", "1e3s", "", "99999999999s"]
)
def test_what_is_no_duration_is_refused(text: str):
    with pytest.raises(WrittenWrongError):
        read_duration(text)


def test_the_hint_completes_a_bare_number():
    with pytest.raises(WrittenWrongError) as caught:
        read_duration("30")
    assert caught.value.hint == "write 30s"


def test_an_integer_is_decimal_whatever_its_zeros():
    assert read_integer("010") == 10
    assert read_integer("-3") == -3
    for text in ("1.0", "1_000", "0x10", "ten", "", " 1"):
        with pytest.raises(WrittenWrongError):
            read_integer(text)


def test_a_number_is_finite():
    assert read_number("-21.5") == -21.5
    assert read_number(".5") == 0.5
    for text in ("nan", "inf", ".inf", "1,5", "", "1 2"):
        with pytest.raises(WrittenWrongError):
            read_number(text)


def test_truth_has_two_words():
    assert read_truth("true") is True
    assert read_truth("false") is False
    for text in ("yes", "no", "on", "True", "1", ""):
        with pytest.raises(WrittenWrongError):
            read_truth(text)


def test_the_same_name_typed_on_two_systems_is_the_same():
    assert read_text("Phu\u031bo\u031b\u0300ng") == read_text("Phường")
    for text in ("", "  ", "a\tb", "x" * 501):
        with pytest.raises(WrittenWrongError):
            read_text(text)


@pytest.mark.parametrize("value", [None, [], {}, ["a"]])
@pytest.mark.parametrize(
    "read", [read_duration, read_integer, read_truth, read_text, read_address, read_date]
)
def test_only_one_value_is_a_value(read: object, value: object):
    with pytest.raises(WrittenWrongError):
        read(value)  # type: ignore[operator]


@given(st.ip_addresses())
def test_an_address_is_read_or_refused(address: object):
    text = str(address)
    if ip_address(text).is_multicast or ip_address(text).is_unspecified:
        with pytest.raises(WrittenWrongError):
            read_address(text)
    else:
        assert read_address(text) == address


def test_days():
    assert read_date("2025-07-01").isoformat() == "2025-07-01"
    for text in ("2025-02-30", "1/7/2025", "20250701"):
        with pytest.raises(WrittenWrongError):
            read_date(text)
