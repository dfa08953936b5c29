"""Each convention's own sample payload is accepted through its profile; influx and SenML in their details."""

import dataclasses
import json

import pytest

from collector.model import ProfileName
from collector.sources.mqtt_influx import influx_lines
from collector.sources.mqtt_point import Point
from collector.sources.mqtt_refusals import MessageRefused, Result
from collector.sources.mqtt_senml import senml_json
from collector.telemetry import TopicPattern
from tests.unit.mqtt.endpoints import WALL, Ear, endpoint, shipped

LINE = (
    b"vc_call,commune=00001,device=vc-00001 rx_loss_pct=0.4,rx_jitter_ms=12,rx_kbps=1920i 1700000000000000000"
)
TELEGRAF = {
    "name": "vc_call",
    "tags": {"commune": "00001", "device": "vc-00001", "host": "cpe-00001"},
    "fields": {"rx_loss_pct": 0.4, "rx_jitter_ms": 12, "rx_kbps": 1920},
    "timestamp": 1700000000,
}
SENML = [
    {"bn": "urn:dev:mac:00e0db607724:", "bt": 1700000000, "n": "rx-loss", "u": "%", "v": 0.4},
    {"n": "rx-bitrate", "u": "bit/s", "v": 1920000},
    {"n": "in-call", "vb": True},
]
IN_CALL = {
    "packet_loss_ratio rx all": 0.004,
    "jitter_seconds rx all": 0.012,
    "bitrate_bits_per_second rx all": 1_920_000,
}


def test_influx_lines_through_a_gateway():
    ear = Ear(endpoint(profile="influx"))
    assert ear.values(LINE, "influx/cpe-00001/vc_call") == pytest.approx(IN_CALL)


def test_influx_lines_on_the_topic_that_telegraf_gives_them():
    profile = dataclasses.replace(
        shipped()[ProfileName("influx")],
        telemetry=TopicPattern("telegraf/{gateway}/vc_call"),
    )
    ear = Ear(endpoint(profile="influx"), profiles={profile.name: profile})
    assert ear.values(LINE, "telegraf/cpe-00001/vc_call") == pytest.approx(IN_CALL)


@pytest.mark.parametrize("document", [TELEGRAF, {"metrics": [TELEGRAF]}])
def test_telegraf_json_through_a_gateway(document: object):
    ear = Ear(endpoint(profile="telegraf"))
    assert ear.values(json.dumps(document).encode(), "telegraf/cpe-00001/vc_call") == pytest.approx(IN_CALL)


def test_senml_packs():
    ear = Ear(endpoint(profile="senml"))
    assert ear.values(json.dumps(SENML).encode(), "senml/vc-00001") == pytest.approx(
        {"in_call": 1, "packet_loss_ratio rx all": 0.004, "bitrate_bits_per_second rx all": 1_920_000}
    )


def test_a_gateways_batch_is_taken_device_by_device():
    ear = Ear(endpoint(profile="telegraf"), endpoint("vc-00002", profile="telegraf"))
    batch = [
        TELEGRAF,
        TELEGRAF | {"tags": {"device": "vc-00002"}, "fields": {"rx_kbps": "fast"}},
        TELEGRAF | {"tags": {"device": "vc-00003"}},
        TELEGRAF | {"tags": {}},
    ]
    taken = ear.hears(json.dumps({"metrics": batch}).encode(), "telegraf/cpe-00001/vc_call")
    assert [key.device for key, _ in taken.answers] == ["vc-00001"]
    assert ear.ended() == {Result.ACCEPTED: 1, Result.NOT_A_NUMBER: 1, Result.UNKNOWN_DEVICE: 2}


def test_influx_syntax_in_full():
    text = (
        "# a comment\n"
        'm\\,1,t\\ ag=v\\=1,b=2 f=1.5e3,i=-7i,u=8u,yes=t,no=FALSE,s="a \\"b\\", \n c" 1700000000000\r\n'
        "\n"
        "m2 f=1\n"
    )
    fields = {"f": 1500.0, "i": -7, "u": 8, "yes": True, "no": False, "s": 'a "b", \n c'}
    assert influx_lines(text.encode()) == [
        Point("m,1", {"t ag": "v=1", "b": "2"}, fields, 1_700_000_000.0),
        Point("m2", {}, {"f": 1.0}, None),
    ]


@pytest.mark.parametrize(
    ("line", "result"),
    [
        (b"m", Result.BAD_SYNTAX),
        (b"m,t=1", Result.BAD_SYNTAX),
        (b"m f", Result.BAD_SYNTAX),
        (b"m f=", Result.BAD_SYNTAX),
        (b"m f=1,", Result.BAD_SYNTAX),
        (b"m f=1_0", Result.BAD_SYNTAX),
        (b'm f="open', Result.BAD_SYNTAX),
        (b"m f=1 soon", Result.BAD_SYNTAX),
        (b"m f=1 1700000000 x", Result.BAD_SYNTAX),
        (b"m f=NaN", Result.NOT_FINITE),
        (b"m f=-inf", Result.NOT_FINITE),
        (b"\xff f=1", Result.BAD_ENCODING),
    ],
)
def test_lines_that_are_wrong(line: bytes, result: Result):
    with pytest.raises(MessageRefused) as refused:
        influx_lines(b"m f=1\n" + line)
    assert refused.value.result is result


@pytest.mark.parametrize(
    "evil", [b"\\" * 60_000, b"m,a=" * 15_000, b'm f="' + b'\\"' * 30_000, b"m " + b"f=1," * 15_000]
)
def test_no_line_is_slow(evil: bytes):
    with pytest.raises(MessageRefused):
        influx_lines(evil)


def test_senml_base_values_and_relative_times():
    pack = [
        {"bn": "a/", "bv": 20, "bver": 10, "n": "t", "v": 1.5, "t": -5},
        {"n": "t", "v": 2.5},
        {"bn": "b/", "bt": 1.7e9, "n": "s", "vs": "idle", "unknown": 1},
        {"bu": "Cel"},
    ]
    assert senml_json(json.dumps(pack).encode(), WALL + 60) == [
        Point("senml", {"base": "a/"}, {"t": 22.5}, WALL + 60),
        Point("senml", {"base": "b/"}, {"s": "idle"}, 1.7e9),
    ]


@pytest.mark.parametrize(
    ("pack", "result"),
    [
        ("{}", Result.WRONG_SHAPE),
        ("[]", Result.WRONG_SHAPE),
        ("[1]", Result.WRONG_SHAPE),
        ('[{"n":"a","v":"1"}]', Result.NOT_A_NUMBER),
        ('[{"n":"a","v":true}]', Result.NOT_A_NUMBER),
        ('[{"n":"a","v":1e999}]', Result.NOT_FINITE),
        ('[{"n":"a","v":1,"vb":true}]', Result.WRONG_SHAPE),
        ('[{"v":1}]', Result.WRONG_SHAPE),
        ('[{"bn":"a:","v":1}]', Result.WRONG_SHAPE),
        ('[{"n":1,"v":1}]', Result.WRONG_SHAPE),
        ('[{"bver":11,"n":"a","v":1}]', Result.WRONG_SHAPE),
        ('[{"bver":"10","n":"a","v":1}]', Result.WRONG_SHAPE),
        ('[{"n":"a","v":1,"must_":1}]', Result.WRONG_SHAPE),
        ('[{"bt":NaN}]', Result.NOT_FINITE),
    ],
)
def test_packs_that_are_wrong(pack: str, result: Result):
    with pytest.raises(MessageRefused) as refused:
        senml_json(pack.encode(), WALL)
    assert refused.value.result is result
