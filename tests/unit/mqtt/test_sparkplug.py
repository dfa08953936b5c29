"""Sparkplug B: decoding, sessions, gaps and rebirth, deaths."""

import struct

import pytest

from collector.sources import HintKind
from collector.sources.mqtt_refusals import MessageRefused, Result
from collector.sources.mqtt_sparkplug_wire import decode, rebirth_request
from tests.unit.mqtt.endpoints import WALL, Ear, endpoint, series
from tests.unit.mqtt.sparkplug import metric, payload, tagged, varint

NODE = "spBv1.0/HANOI-WAN/{}/gw-00001"
DEVICE = NODE + "/vc-00001"
CALL = {"Call/Active": True, "Call/RxLossPct": 0.5, "Call/RxJitterMs": 12.0}


def ear() -> Ear:
    return Ear(endpoint(profile="sparkplug"), endpoint("vc-00002", profile="sparkplug"))


def born() -> Ear:
    """A node and its device, born."""
    one = ear()
    one.hears(payload(0, {"bdSeq": 7}), NODE.format("NBIRTH"))
    aliased = [metric(name, value, alias) for alias, (name, value) in enumerate(CALL.items(), 1)]
    ((_, answer),) = one.hears(payload(1, {}, *aliased), DEVICE.format("DBIRTH")).answers
    assert series(answer) == {
        "in_call": 1, "packet_loss_ratio rx all": 0.005, "jitter_seconds rx all": 0.012,
    }  # fmt: skip
    return one


def test_the_standards_types_are_read():
    decoded = decode(
        payload(
            17,
            {"text": "a", "null": None, "yes": True, "float": 0.5},
            metric("int8", -5, datatype=1),
            metric("int32", -70000, datatype=3),
            metric("uint32", 4_000_000_000, datatype=7),
            metric("double", 0.1, datatype=10),
            tagged(1, 2, b"int64") + tagged(4, 0, b"\x04") + tagged(11, 0, varint(2**64 - 9)),
            tagged(1, 2, b"dataset") + tagged(4, 0, b"\x10") + tagged(17, 2, b"\x08\x01"),
            tagged(2, 0, b"\x05") + tagged(5, 0, b"\x01") + tagged(14, 0, b"\x01") + tagged(4, 0, b"\x0b"),
        )
    )
    assert (decoded.timestamp, decoded.seq) == (WALL * 1000, 17)
    assert {each.name: each.value for each in decoded.metrics[:-1]} == {
        "text": "a", "null": None, "yes": True, "float": 0.5, "int8": -5, "int32": -70000,
        "uint32": 4_000_000_000, "double": 0.1, "int64": -9, "dataset": None,
    }  # fmt: skip
    assert decoded.metrics[-1] == (None, 5, True, True, 11)


def test_the_rebirth_request_is_what_the_standard_says():
    decoded = decode(rebirth_request(1_700_000_000_123))
    assert decoded.timestamp == 1_700_000_000_123
    assert [(each.name, each.value) for each in decoded.metrics] == [("Node Control/Rebirth", True)]


@pytest.mark.parametrize(
    "encoded",
    [
        b"\x08",
        b"\x08" + b"\xff" * 10,
        b"\x12\x7f\x01",
        b"\x0b",
        b"\x0f",
        b"\x09\x01",
        b"\x0d\x01\x02",
        b"\xff" * 50,
    ],
)
def test_bytes_that_are_no_protobuf_are_refused(encoded: bytes):
    with pytest.raises(MessageRefused) as refused:
        decode(encoded)
    assert refused.value.result is Result.BAD_SYNTAX


def test_text_that_is_no_utf8_is_refused():
    with pytest.raises(MessageRefused) as refused:
        decode(tagged(2, 2, tagged(1, 2, b"\xff")))
    assert refused.value.result is Result.BAD_ENCODING


def test_data_by_exception_keeps_what_was_said_before():
    one = born()
    jitter = tagged(2, 0, b"\x03") + tagged(12, 5, struct.pack("<f", 20.0))
    ((_, answer),) = one.hears(payload(2, {}, jitter), DEVICE.format("DDATA")).answers
    assert series(answer)["jitter_seconds rx all"] == pytest.approx(0.02)
    assert series(answer)["in_call"] == 1
    ((_, answer),) = one.hears(payload(3, {"Call/Active": False}), DEVICE.format("DDATA")).answers
    assert series(answer) == {"in_call": 0}


def test_a_gap_stops_belief_and_asks_for_one_rebirth():
    one = born()
    taken = one.hears(payload(3, {"Call/Active": False}), DEVICE.format("DDATA"))
    assert taken.answers == ()
    ((topic, request),) = taken.orders
    assert topic == "spBv1.0/HANOI-WAN/NCMD/gw-00001"
    assert decode(request).metrics[0].name == "Node Control/Rebirth"
    assert one.hears(payload(4, {"Call/Active": False}), DEVICE.format("DDATA")).orders == ()
    assert one.ended()[Result.SEQUENCE] == 2
    one.now += 11
    assert len(one.hears(payload(5), DEVICE.format("DDATA")).orders) == 1
    one.hears(payload(0, {"bdSeq": 8}), NODE.format("NBIRTH"))
    ((_, answer),) = one.hears(payload(1, {"Call/Active": False}), DEVICE.format("DBIRTH")).answers
    assert series(answer) == {"in_call": 0}


def test_the_sequence_wraps_after_255():
    one = ear()
    one.hears(payload(254, {"bdSeq": 0}), NODE.format("NBIRTH"))
    one.hears(payload(255, CALL), DEVICE.format("DBIRTH"))
    assert one.hears(payload(0, {"Call/Active": False}), DEVICE.format("DDATA")).answers


def test_the_same_sequence_number_again_is_a_redelivery():
    one = born()
    for _ in range(2):
        one.hears(payload(2, {"Call/Active": False}), DEVICE.format("DDATA"))
    assert one.ended()[Result.DUPLICATE] == 1
    assert Result.SEQUENCE not in one.ended()


def test_data_before_birth_and_an_unknown_alias_ask_for_a_rebirth():
    one = ear()
    assert len(one.hears(payload(4, {"Call/Active": True}), DEVICE.format("DDATA")).orders) == 1
    one = born()
    stranger = tagged(2, 0, b"\x63") + tagged(14, 0, b"\x01")
    assert len(one.hears(payload(2, {}, stranger), DEVICE.format("DDATA")).orders) == 1


def test_a_nodes_death_is_a_hint_about_each_of_its_devices():
    one = born()
    one.hears(payload(2, CALL), "spBv1.0/HANOI-WAN/DBIRTH/gw-00001/vc-00002")
    assert one.hears(payload(None, {"bdSeq": 6}), NODE.format("NDEATH")).hints == ()  # of an earlier session
    taken = one.hears(payload(None, {"bdSeq": 7}), NODE.format("NDEATH"))
    assert set(taken.hints) == {("vc-00001", HintKind.OFFLINE), ("vc-00002", HintKind.OFFLINE)}
    assert one.hears(payload(3), DEVICE.format("DDATA")).answers == ()


def test_a_devices_death_is_a_hint_about_it_alone_and_its_birth_another():
    one = born()
    assert one.hears(payload(2), DEVICE.format("DDEATH")).hints == (("vc-00001", HintKind.OFFLINE),)
    assert one.hears(payload(3, CALL), DEVICE.format("DBIRTH")).hints == (("vc-00001", HintKind.ONLINE),)


def test_commands_the_nodes_own_data_and_strangers_are_told_apart():
    one = born()
    one.hears(b"", NODE.format("NCMD"))
    one.hears(payload(2, {"load": 0.5}), NODE.format("NDATA"))
    one.hears(payload(3, CALL), "spBv1.0/HANOI-WAN/DBIRTH/gw-00001/vc-99999")
    assert one.ended() == {Result.IGNORED: 3, Result.ACCEPTED: 1, Result.UNKNOWN_DEVICE: 1}
    # The stranger's message was counted in the sequence: nothing is missing after it.
    assert one.hears(payload(4, {"Call/Active": False}), DEVICE.format("DDATA")).answers


def test_what_a_node_may_make_us_keep_is_bounded():
    one = ear()
    one.hears(payload(0, {"bdSeq": 0}), NODE.format("NBIRTH"))
    for seq in range(1, 40):
        one.hears(payload(seq, {f"{seq}/{n}": n for n in range(1000)}), DEVICE.format("DBIRTH"))
    (node,) = one.intake._nodes._nodes.values()
    assert sum(map(len, node.devices.values())) <= 2000


RECORDED = {
    "NBIRTH": "0880d095ffbc3112120a0562645365711880d095ffbc312004580712210a144e6f646520436f6e74726f6c2f52656269727468"
    "1880d095ffbc31200b70001800",
    "DBIRTH": "0880d095ffbc31121a0a0b43616c6c2f41637469766510011880d095ffbc31200b700112200a0e43616c6c2f52784c6f7373506374"
    "10021880d095ffbc312009650000003f12250a0f43616c6c2f52784a69747465724d7310031880d095ffbc31200a690000000000802840"
    "12120a02693810041880d095ffbc31200150fb0112140a0369313610051880d095ffbc31200250d4fd0312160a0369333210061880d095"
    "ffbc3120035090ddfbff0f121b0a0369363410071880d095ffbc31200458f7ffffffffffffffff0112120a02753810081880d095ffbc31"
    "200550fa0112160a0375333210091880d095ffbc3120075080d0acf30e121b0a03753634100a1880d095ffbc3120085881808080808080"
    "808001121c0a0474657874100b1880d095ffbc31200c7a0948c3a0204ee1bb996912130a046e756c6c100c1880d095ffbc31200c380118"
    "01",
    "DDATA": "08909e96ffbc31121010021880d095ffbc312009650000403f1802",
    "NDEATH": "0880d095ffbc3112120a0562645365711880d095ffbc3120045807",
}  # what pysparkplug 0.6.1 (Apache-2.0) encodes; it also read our rebirth request


def test_another_implementations_session_is_understood():
    decoded = decode(bytes.fromhex(RECORDED["DBIRTH"]))
    assert {each.name: each.value for each in decoded.metrics} == {
        "Call/Active": True, "Call/RxLossPct": 0.5, "Call/RxJitterMs": 12.25, "i8": -5, "i16": -300, "i32": -70000,
        "i64": -9, "u8": 250, "u32": 4_000_000_000, "u64": 2**63 + 1, "text": "Hà Nội", "null": None,
    }  # fmt: skip
    one = ear()
    one.hears(bytes.fromhex(RECORDED["NBIRTH"]), NODE.format("NBIRTH"))
    one.hears(bytes.fromhex(RECORDED["DBIRTH"]), DEVICE.format("DBIRTH"))
    one.wall += 10
    ((_, answer),) = one.hears(bytes.fromhex(RECORDED["DDATA"]), DEVICE.format("DDATA")).answers
    assert series(answer) == pytest.approx(
        {"in_call": 1, "packet_loss_ratio rx all": 0.0075, "jitter_seconds rx all": 0.01225}
    )
    taken = one.hears(bytes.fromhex(RECORDED["NDEATH"]), NODE.format("NDEATH"))
    assert taken.hints == (("vc-00001", HintKind.OFFLINE),)


def test_a_type_said_at_birth_counts_for_data_without_one():
    one = ear()
    one.hears(payload(0, {"bdSeq": 1}), NODE.format("NBIRTH"))
    one.hears(payload(1, {}, metric("level", -5, 9, datatype=1)), DEVICE.format("DBIRTH"))
    one.hears(payload(2, {}, tagged(2, 0, b"\x09") + tagged(10, 0, varint(0xF0))), DEVICE.format("DDATA"))
    (node,) = one.intake._nodes._nodes.values()
    assert node.devices["vc-00001"]["level"] == -16
