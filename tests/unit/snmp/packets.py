"""Responses for tests: built by the strict codec, and broken in many ways."""

from hypothesis import strategies as st

from collector.snmp import ber
from collector.snmp.ber import Message, Pdu, VarBind, Version

OIDS = st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=12).map(lambda tail: (1, 3, *tail))
NUMBERS = st.one_of(
    st.tuples(st.just(ber.INTEGER), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.sampled_from([ber.COUNTER32, ber.GAUGE32, ber.TIME_TICKS]), st.integers(0, 2**32 - 1)),
    st.tuples(st.just(ber.COUNTER64), st.integers(0, 2**64 - 1)),
)
OTHERS = st.one_of(
    st.tuples(st.sampled_from([ber.OCTET_STRING, ber.OPAQUE]), st.binary(max_size=300)),
    st.tuples(st.just(ber.OBJECT_IDENTIFIER), OIDS),
    st.tuples(st.just(ber.IP_ADDRESS), st.binary(min_size=4, max_size=4)),
    st.tuples(st.sampled_from([ber.NULL, *sorted(ber.EXCEPTIONS)]), st.none()),
)
REQUEST_IDS = st.integers(0x40000000, 0x7FFFFFFF)


def varbinds(values: st.SearchStrategy[tuple[int, ber.Value]]) -> st.SearchStrategy[tuple[VarBind, ...]]:
    """Lists of objects with such values."""
    pair = st.builds(lambda oid, value: VarBind(oid, value[0], value[1]), OIDS, values)
    return st.lists(pair, max_size=8).map(tuple)


def responses(values: st.SearchStrategy[tuple[int, ber.Value]]) -> st.SearchStrategy[Message]:
    """Error-free responses with such values."""
    return st.builds(
        lambda version, community, number, items: Message(
            version, community, Pdu.RESPONSE, number, 0, 0, items
        ),
        st.sampled_from([Version.V1, Version.V2C]),
        st.binary(max_size=200),
        REQUEST_IDS,
        varbinds(values),
    )


@st.composite
def broken(draw: st.DrawFn, whole: st.SearchStrategy[bytes]) -> bytes:
    """A packet with some octets changed, cut off, doubled or inserted."""
    data = bytearray(draw(whole))
    for _ in range(draw(st.integers(0, 4))):
        if not data:
            break
        at = draw(st.integers(0, len(data) - 1))
        how = draw(st.integers(0, 4))
        if how == 0:
            data[at] = draw(st.integers(0, 255))
        elif how == 1:
            data[at] = draw(
                st.sampled_from([0, 1, 0x7F, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0xFF, 0x30, 0x02, 0x06])
            )
        elif how == 2:
            del data[at : at + draw(st.integers(1, 4))]
        elif how == 3:
            data[at:at] = draw(st.binary(min_size=1, max_size=4))
        else:
            del data[at:]
    return bytes(data)
