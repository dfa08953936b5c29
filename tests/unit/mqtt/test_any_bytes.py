"""Whatever arrives: an outcome with a name, never an exception, never an answer that cannot be published."""

import json
import math

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.metrics.conference import IN_CALL
from tests.unit.mqtt.endpoints import WALL, Ear, endpoint
from tests.unit.mqtt.sparkplug import payload

TOPICS = st.sampled_from([
    "city/v1/00001/vc-1/telemetry", "city/v1/00001/vc-1/status", "influx/gw/vc_call", "telegraf/gw/vc_call",
    "senml/vc-4", "spBv1.0/g/NBIRTH/gw", "spBv1.0/g/DBIRTH/gw/vc-5", "spBv1.0/g/DDATA/gw/vc-5", "spBv1.0/g/NDEATH/gw",
])  # fmt: skip
FIELDS = st.sampled_from([
    "name", "tags", "fields", "timestamp", "metrics", "in_call", "rx_kbps", "device", "n", "v", "bn", "bt", "t", "vb",
])  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(FIELDS, inner, max_size=4),
    max_leaves=12,
)
FULL = st.fixed_dictionaries({
    "name": st.sampled_from(["conference", "vc_call"]), "tags": st.just({"device": "vc-3"}) | JSON,
    "fields": st.dictionaries(FIELDS, st.floats() | st.integers() | JSON), "timestamp": st.just(WALL) | JSON,
})  # fmt: skip
LINES = st.text(alphabet='vc_call,device=vc-2 rx_kbps=1.5i"\\\n\t#té', max_size=60)


def listener() -> Ear:
    kinds = ("native", "influx", "telegraf", "senml", "sparkplug")
    return Ear(*(endpoint(f"vc-{n}", profile=kind) for n, kind in enumerate(kinds, 1)))


def check(ear: Ear, topic: str, encoded: bytes, *, retained: bool) -> None:
    before = sum(ear.ledger.counts.values())
    taken = ear.hears(encoded, topic, retained=retained)
    assert sum(ear.ledger.counts.values()) > before
    for _, answer in taken.answers:
        for block in answer.measured:
            assert block.text().endswith(b"\n")
            assert all(math.isfinite(value) for value in block.values)
            assert block.series.family is not IN_CALL or block.values[0] in (0, 1)


@settings(deadline=None)
@given(topic=TOPICS, encoded=st.binary(max_size=300), retained=st.booleans())
def test_any_bytes(*, topic: str, encoded: bytes, retained: bool):
    check(listener(), topic, encoded, retained=retained)


@settings(deadline=None)
@given(st.text(max_size=60), st.binary(max_size=20))
def test_any_topic(topic: str, encoded: bytes):
    check(listener(), topic, encoded, retained=False)


@settings(deadline=None)
@given(TOPICS, JSON | FULL)
def test_any_json(topic: str, document: object):
    check(listener(), topic, json.dumps(document).encode(), retained=False)


@settings(deadline=None)
@given(LINES)
def test_any_lines(text: str):
    check(listener(), "influx/gw/vc_call", text.encode(), retained=False)


@settings(deadline=None)
@given(st.lists(st.tuples(TOPICS, st.integers(0, 3), st.binary(max_size=30)), max_size=8))
def test_any_sparkplug_session(messages: list[tuple[str, int, bytes]]):
    ear = listener()
    for topic, seq, tail in messages:
        check(ear, topic, payload(seq, {"bdSeq": 1, "Call/Active": True}) + tail, retained=False)
