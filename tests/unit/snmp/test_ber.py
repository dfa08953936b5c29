import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.snmp import ber
from collector.snmp.ber import Message, Pdu, VarBind, Version
from collector.snmp.errors import BerError
from tests.unit.snmp.packets import NUMBERS, OTHERS, broken, responses

EVERY = responses(st.one_of(NUMBERS, OTHERS))
# `snmpget -v2c -c public HOST sysUpTime.0` of net-snmp 5.9.3 and snmpd's answer, taken from the wire
NET_SNMP_GET = bytes.fromhex(
    "302902010104067075626c6963a01c0204164fbd22020100020100300e300c06082b060102010103000500"
)
NET_SNMP_RESPONSE = bytes.fromhex(
    "302b02010104067075626c6963a21e0204164fbd220201000201003010300e06082b0601020101030043020ae7"
)
SYS_UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)


@given(EVERY)
def test_what_is_written_reads_back(message: Message):
    assert ber.decode(ber.encode(message)) == message


@given(broken(EVERY.map(ber.encode)))
def test_broken_bytes_are_read_or_refused_and_nothing_else(data: bytes):
    try:
        message = ber.decode(data)
    except BerError:
        return
    assert ber.decode(ber.encode(message)) == message


@given(st.binary(max_size=200))
def test_random_bytes_are_read_or_refused_and_nothing_else(data: bytes):
    with contextlib.suppress(BerError):
        ber.decode(data)


def test_the_bytes_of_net_snmp_are_understood():
    asked = ber.decode(NET_SNMP_GET)
    assert (asked.pdu, asked.varbinds) == (Pdu.GET, (VarBind(SYS_UPTIME, ber.NULL, None),))
    answer = ber.decode(NET_SNMP_RESPONSE)
    assert answer.request_id == asked.request_id
    assert answer.varbinds == (VarBind(SYS_UPTIME, ber.TIME_TICKS, 2791),)
    assert ber.encode(answer) == NET_SNMP_RESPONSE


def response(value: bytes) -> bytes:
    """A whole response whose only value is this TLV."""
    varbind = ber.tlv(ber.SEQUENCE, ber.object_identifier(SYS_UPTIME) + value)
    body = ber.integer(0x40000001) + ber.integer(0) * 2 + ber.tlv(ber.SEQUENCE, varbind)
    outer = ber.integer(Version.V2C) + ber.tlv(ber.OCTET_STRING, b"public") + ber.tlv(Pdu.RESPONSE, body)
    return ber.tlv(ber.SEQUENCE, outer)


def value_of(tlv: bytes) -> ber.Value:
    return ber.decode(response(tlv)).varbinds[0].value


@pytest.mark.parametrize(
    ("tlv", "value"),
    [
        ("4104ffffffff", 2**32 - 1),  # several agents leave out the leading zero
        ("410500ffffffff", 2**32 - 1),
        ("460900ffffffffffffffff", 2**64 - 1),
        ("4608ffffffffffffffff", 2**64 - 1),
        ("020180", -128),
        ("0204ffffffff", -1),
        ("0600", (0, 0)),
        ("40047f000001", b"\x7f\x00\x00\x01"),
        ("048103616263", b"abc"),  # lengths need not be minimal
        ("04820003616263", b"abc"),
        ("048400000003616263", b"abc"),
        ("8000", None),
    ],
)
def test_lenient_where_the_field_is_known_to_be(tlv: str, value: ber.Value):
    assert value_of(bytes.fromhex(tlv)) == value


@pytest.mark.parametrize(
    ("tlv", "complaint"),
    [
        ("410180", "negative counter"),
        ("4602ff00", "negative counter"),
        ("4105ffffffffff", "beyond 32 bits"),
        ("410600ffffffffff", "6 octets"),
        ("460901ffffffffffffffff", "beyond 64 bits"),
        ("4100", "0 octets"),
        ("0200", "INTEGER of 0"),
        ("02050000000001", "INTEGER of 5"),
        ("0485000000000161", "length of 5 octets"),
        ("0480616200", "indefinite length"),
        ("047f61", "overflows"),
        ("0484ffffffff61", "overflows"),
        ("050100", "with content"),
        ("820100", "with content"),
        ("4003010203", "IpAddress of 3"),
        ("1f8101", "multi-octet tag"),
        ("0901ff", "unknown value type"),
        ("06022b80", "ends in the middle"),
        ("020101020102", "octets after a value"),
    ],
)
def test_what_the_rules_forbid_is_refused_with_a_reason(tlv: str, complaint: str):
    with pytest.raises(BerError, match=complaint):
        value_of(bytes.fromhex(tlv))


def test_octets_after_the_message_and_other_versions_are_refused():
    with pytest.raises(BerError, match="after the message"):
        ber.decode(NET_SNMP_RESPONSE + b"\x00")
    with pytest.raises(BerError, match="neither v1 nor v2c"):
        ber.decode(NET_SNMP_RESPONSE.replace(b"\x02\x01\x01", b"\x02\x01\x03", 1))


def test_every_cut_of_a_message_is_refused():
    for size in range(len(NET_SNMP_RESPONSE)):
        with pytest.raises(BerError):
            ber.decode(NET_SNMP_RESPONSE[:size])


def test_a_list_without_end_is_bounded():
    varbind = ber.tlv(ber.SEQUENCE, ber.object_identifier((1, 3)) + b"\x05\x00")
    with pytest.raises(BerError, match="more than 4096"):
        ber.varbinds_at(ber.tlv(ber.SEQUENCE, varbind * 5000), 0, len(ber.tlv(ber.SEQUENCE, varbind * 5000)))
