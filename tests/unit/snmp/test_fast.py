"""The short cut against the strict codec, and the compiled short cut against the pure one, on every kind of input."""

import importlib
import os
from dataclasses import dataclass
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.snmp import ber, fast
from collector.snmp.ber import Message, Version
from collector.snmp.codec import best, pure
from collector.snmp.errors import BerError
from collector.snmp.templates import Template
from tests.unit.snmp.packets import NUMBERS, OTHERS, broken, responses

PLAIN = responses(NUMBERS)
EVERY = st.one_of(PLAIN, responses(st.one_of(NUMBERS, OTHERS)))
SOURCE = ("127.0.0.1", 161)


@pytest.fixture(scope="module")
def compiled() -> ModuleType:
    try:
        return importlib.import_module("collector.snmp._speedups")
    except ImportError:
        if os.environ.get("CITYNOC_REQUIRE_BINARIES") == "1":
            pytest.fail("the compiled twin is not built: python hatch_build.py")
        pytest.skip("the compiled twin is not built")


def asked_of(message: Message) -> tuple[bytes, ...]:
    return tuple(ber.object_identifier(item.oid) for item in message.varbinds)


@given(PLAIN)
def test_plain_answers_take_the_short_cut(message: Message):
    data = ber.encode(message)
    at = fast.locate(data)
    if len(message.community) >= 128:
        assert at == fast.NOT_PLAIN
        return
    assert data[at : at + 4] == message.request_id.to_bytes(4)
    assert fast.read_row(data, at, asked_of(message)) == [item.value for item in message.varbinds]


@given(EVERY, st.data())
def test_the_short_cut_never_says_what_the_strict_codec_would_not(message: Message, data: st.DataObject):
    packet = data.draw(broken(st.just(ber.encode(message))))
    at = fast.locate(packet)
    values = fast.read_row(packet, at, asked_of(message)) if at >= 0 else None
    if values is not None:
        read = ber.decode(packet)
        assert [item.value for item in read.varbinds] == values
        assert [item.oid for item in read.varbinds] == [item.oid for item in message.varbinds]
        assert (read.first, read.second) == (0, 0)


@given(EVERY, st.data())
def test_compiled_and_pure_say_the_same(compiled: ModuleType, message: Message, data: st.DataObject):
    packet = data.draw(st.one_of(broken(st.just(ber.encode(message))), st.binary(max_size=64)))
    at = fast.locate(packet)
    assert compiled.locate(packet) == at
    for start in {max(at, 0), data.draw(st.integers(0, len(packet) + 2))}:
        asked = data.draw(
            st.sampled_from([asked_of(message), asked_of(message)[:1], (), (b"",), (b"\x06\x01\x2b",)])
        )
        assert compiled.read_row(packet, start, asked) == fast.read_row(packet, start, asked)


@dataclass(frozen=True)
class Question:
    """An open question as the transport has it."""

    address: fast.Address
    template: Template
    plain: bool = True


@given(st.lists(st.tuples(EVERY, st.booleans(), st.booleans(), st.booleans()), max_size=6), st.data())
def test_both_sift_alike(
    compiled: ModuleType, messages: list[tuple[Message, bool, bool, bool]], data: st.DataObject
):
    pending: dict[bytes, Question] = {}
    datagrams: list[fast.Datagram] = []
    for message, is_open, known, plain in messages:
        community = message.community if known else b"other"
        template = Template(Version(message.version), community, ber.Pdu.GET, asked_of(message))
        if is_open:
            pending[message.request_id.to_bytes(4)] = Question(SOURCE, template, plain)
        packet = data.draw(st.one_of(st.just(ber.encode(message)), broken(st.just(ber.encode(message)))))
        datagrams.append(
            (packet, data.draw(st.sampled_from([SOURCE, ("127.0.0.1", 162), ("127.0.0.2", 161)])))
        )
    left, right = dict(pending), dict(pending)
    noted: tuple[dict[bytes, bool], dict[bytes, bool]] = ({}, {})
    assert compiled.sift(datagrams, left, noted[0]) == fast.sift(datagrams, right, noted[1])
    assert left == right
    assert noted[0] == noted[1]


@given(st.lists(st.integers(), min_size=1, max_size=20), st.data())
def test_both_take_the_same_columns(compiled: ModuleType, values: list[int], data: st.DataObject):
    places = data.draw(st.lists(st.lists(st.integers(0, len(values) - 1), max_size=5).map(tuple), max_size=4))

    def picker(at: tuple[int, ...]) -> fast.Column:
        return (lambda row: tuple(row[place] for place in at)), at

    columns = tuple(picker(at) for at in places)
    heads = tuple(f"head {number}" for number in range(len(columns)))
    expected = fast.pairs(tuple, heads, columns, values)
    assert compiled.pairs(tuple, heads, columns, values) == expected
    assert [list(column) for _, column in expected] == [[values[place] for place in at] for at in places]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("locate", ("text",)),
        ("read_row", (b"", "0", ())),
        ("read_row", (b"", 0, [])),
        ("read_row", (b"", 0)),
        ("sift", ([b"x"], {}, {})),
        ("sift", ([(b"x",)], {}, {})),
        ("sift", ((), {}, {})),
        ("pairs", (int, (), (), [])),
        ("pairs", (tuple, ("h",), (), [])),
        ("pairs", (tuple, ("h",), (1,), [])),
        ("pairs", (tuple, ("h",), ((None, (5,)),), [1])),
        ("pairs", (tuple, ("h",), ((None, ("x",)),), [1])),
        ("receive", (0,)),
        ("receive", (-1, 1)),
        ("send", (0, [b"x"])),
        ("send", (0, [(b"x", ("host", 1))])),
        ("send", (-1, [(b"x", ("127.0.0.1", 1))])),
    ],
)
def test_misuse_of_the_compiled_twin_raises_and_does_not_crash(
    compiled: ModuleType, name: str, arguments: tuple[object, ...]
):
    with pytest.raises((TypeError, ValueError, IndexError, OSError)):
        getattr(compiled, name)(*arguments)


def test_the_best_codec_is_the_compiled_one_where_it_is_built(compiled: ModuleType):
    assert best().name == "compiled"
    assert pure().name == "python"


def test_refused_by_the_strict_codec_means_refused_by_the_short_cut():
    negative = bytes.fromhex(
        "302a02010104067075626c6963a21d0204464fbd22020100020100300f300d06082b0601020101030041018f"
    )
    with pytest.raises(BerError):
        ber.decode(negative)
    assert (
        fast.read_row(negative, fast.locate(negative), (ber.object_identifier((1, 3, 6, 1, 2, 1, 1, 3, 0)),))
        is None
    )
