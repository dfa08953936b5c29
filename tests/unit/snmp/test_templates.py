import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.snmp import ber
from collector.snmp.ber import Pdu, Version
from collector.snmp.templates import Template, Templates
from tests.unit.snmp.packets import OIDS, REQUEST_IDS


@given(
    st.sampled_from([Version.V1, Version.V2C]),
    st.binary(max_size=200),
    st.sampled_from([Pdu.GET, Pdu.GET_NEXT, Pdu.GET_BULK]),
    st.lists(OIDS, max_size=60),
    st.tuples(REQUEST_IDS, st.integers(0, 5)),
)
def test_a_template_with_a_request_id_is_the_request(
    version: Version, community: bytes, pdu: Pdu, oids: list[tuple[int, ...]], numbers: tuple[int, int]
):
    request_id, second = numbers
    template = Template(version, community, pdu, [ber.object_identifier(oid) for oid in oids], second=second)
    message = ber.decode(template.head + request_id.to_bytes(4) + template.tail)
    assert (message.version, message.community, message.pdu) == (version, community, pdu)
    assert (message.request_id, message.first, message.second) == (request_id, 0, second)
    assert tuple(item.oid for item in message.varbinds) == template.names == tuple(oids)
    answer = ber.encode(message._replace(pdu=Pdu.RESPONSE))
    start = 2 if answer[1] < 128 else answer[1] - 126
    assert answer.startswith(template.opening, start)


def test_equal_requests_are_one_object_while_somebody_holds_it():
    templates = Templates()
    asked = (ber.object_identifier((1, 3, 6)),)
    one = templates.get(Version.V2C, b"c", asked)
    assert templates.get(Version.V2C, b"c", asked) is one
    assert templates.get(Version.V2C, b"d", asked) is not one
    del one
    gc.collect()
    assert len(templates._kept) == 0


def test_a_repr_holds_no_community():
    assert "secret" not in repr(Template(Version.V2C, b"secret", Pdu.GET, ()))


@pytest.mark.parametrize("size", [0, 1, 127, 128, 255, 256, 65_535])
def test_lengths_take_their_shortest_form(size: int):
    encoded = ber.tlv(ber.OCTET_STRING, bytes(size))
    assert ber.read_tlv(encoded, 0, len(encoded)) == (ber.OCTET_STRING, len(encoded) - size, len(encoded))
