import pytest
from hypothesis import given

from collector.snmp import oid as oids
from collector.snmp.oid import OidError
from tests.unit.snmp.packets import OIDS


@given(OIDS)
def test_text_and_octets_give_back_what_was_put_in(oid: tuple[int, ...]):
    assert oids.parse(oids.dotted(oid)) == oid
    assert oids.parse("." + oids.dotted(oid)) == oid
    assert oids.decode(oids.encode(oid)) == oid


@pytest.mark.parametrize("oid", [(0, 0), (2, 999, 3), (2, 2**32 - 1), (1, 39, 128), (1, 3, 16384, 2097152)])
def test_edges_of_the_encoding(oid: tuple[int, ...]):
    assert oids.decode(oids.encode(oid)) == oid


@pytest.mark.parametrize(
    "text",
    ["", "1", ".", "1..3", "1.3.a", "1.3.-1", "1.3.4294967296", "3.1", "1.40", "1.3.٣", "1.3. 4", "1." * 200],
)
def test_text_that_names_no_object_is_refused_in_words(text: str):
    with pytest.raises(OidError, match=r"object identifier|begins with|at most"):
        oids.parse(text)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x2b\x86",
        b"\x2b\x80\x01",
        b"\x2b\xff\xff\xff\xff\xff\x7f",
        b"\x2b\x9f\xff\xff\xff\x7f",
        b"\x2b" * 200,
    ],
)
def test_octets_that_are_no_object_identifier_are_refused(content: bytes):
    with pytest.raises(OidError):
        oids.decode(content)


def test_a_subtree_holds_its_root_and_what_is_under_it():
    assert oids.within((1, 3, 6), (1, 3))
    assert oids.within((1, 3), (1, 3))
    assert not oids.within((1, 4), (1, 3))
    assert not oids.within((1,), (1, 3))
