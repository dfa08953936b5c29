"""What a native message gives, when it is news, and how each wrong one is refused."""

import json

import pytest

from collector.outcome import Answer
from collector.sources import HintKind
from collector.sources.mqtt_refusals import Result
from tests.unit.mqtt.endpoints import WALL, Ear, endpoint, native, series

STATUS = "city/v1/00001/vc-00001/status"
IN_CALL = {
    "registered_sip": 1, "registered_h323": 0, "in_call": 1, "rx_loss_ratio": 0.004, "tx_loss_ratio": 0.0,
    "rx_jitter_ms": 12, "tx_jitter_ms": 8.5, "latency_ms": 40, "rx_kbps": 1920, "tx_kbps": 1856, "frame_rate": 30,
    "rx_height_px": 1080, "temperature_c": 41.5, "camera_ok": 1, "microphone_ok": 1, "display_ok": 0,
}  # fmt: skip


def test_every_native_field_is_one_series_in_base_units():
    assert Ear().values(native(**IN_CALL)) == {
        "registered sip": 1,
        "registered h323": 0,
        "in_call": 1,
        "packet_loss_ratio rx all": 0.004,
        "packet_loss_ratio tx all": 0.0,
        "jitter_seconds rx all": 0.012,
        "jitter_seconds tx all": 0.0085,
        "latency_seconds rx all": 0.04,
        "bitrate_bits_per_second rx all": 1_920_000,
        "bitrate_bits_per_second tx all": 1_856_000,
        "frame_rate_hertz rx video": 30,
        "video_height_pixels rx video": 1080,
        "device_temperature_celsius system": 41.5,
        "component_ok camera": 1,
        "component_ok microphone": 1,
        "component_ok display": 0,
    }


def test_no_call_no_call_series():
    values = Ear().values(native(**IN_CALL | {"in_call": 0}))
    assert set(values) == {
        "registered sip", "registered h323", "in_call", "device_temperature_celsius system",
        "component_ok camera", "component_ok microphone", "component_ok display",
    }  # fmt: skip


def test_a_message_that_does_not_say_whether_there_is_a_call_gives_no_call_series():
    assert Ear().values(native(registered_sip=1, rx_jitter_ms=3)) == {"registered sip": 1}


def test_series_carry_the_identity_and_the_text_renders():
    ((key, answer),) = Ear().hears(native(in_call=1)).answers
    assert key == ("vc-00001", "telemetry")
    assert answer.measured[0].text() == (
        b'citynoc_conference_in_call{device="vc-00001",site="00001",district="001",role="endpoint"} 1\n'
    )


def test_clock_offset_and_heartbeat_come_with_each_message():
    ear = Ear()
    ear.wall = WALL + 90
    ((_, answer),) = ear.hears(native(WALL, in_call=0)).answers
    found = {sample.family.name: sample.value for sample in answer.samples()}
    assert found["citynoc_conference_clock_offset_seconds"] == -90
    assert found["citynoc_conference_heartbeat_timestamp_seconds"] == WALL + 90


def test_series_are_built_once_for_a_steady_stream():
    ear = Ear()
    first, second = (
        ear.hears(native(WALL + n, in_call=1, rx_kbps=n)).answers[0][1].measured for n in range(2)
    )
    assert [block.series for block in first] == [block.series for block in second]


def test_software_is_a_fact_and_no_label():
    payload = json.dumps(
        {"name": "conference", "tags": {"software": "4.2"}, "fields": {"in_call": 0}, "timestamp": WALL}
    )
    ((_, answer),) = Ear().hears(payload.encode()).answers
    assert answer.facts == {"software": "4.2"}


def test_a_batch_is_one_answer_and_the_later_reading_counts():
    metrics = [
        {"name": "conference", "tags": {}, "fields": {"in_call": 1, "rx_kbps": 2}, "timestamp": WALL},
        {"name": "conference", "tags": {}, "fields": {"in_call": 1, "rx_kbps": 1}, "timestamp": WALL - 10},
        {"name": "mem", "tags": {}, "fields": {"used": "a lot"}, "timestamp": WALL},
    ]
    assert Ear().values(json.dumps({"metrics": metrics}).encode()) == {
        "in_call": 1,
        "bitrate_bits_per_second rx all": 2000,
    }


def test_other_measurements_and_unknown_fields_do_no_harm():
    ear = Ear()
    assert ear.values(native(in_call=0, mood="good")) == {"in_call": 0}
    assert not ear.hears(b'{"name":"mem","tags":{},"fields":{"used":1},"timestamp":1}').answers
    assert ear.ended() == {Result.ACCEPTED: 1, Result.IGNORED: 1}


@pytest.mark.parametrize("scale", [1, 1e3, 1e6, 1e9])
def test_timestamps_of_any_telegraf_unit_are_read(scale: float):
    assert Ear().values(native(int(WALL * scale), in_call=1)) == {"in_call": 1}


@pytest.mark.parametrize(
    ("payload", "result"),
    [
        (b'{"name":"conference","fields":', Result.BAD_SYNTAX),
        (b"", Result.BAD_SYNTAX),
        (b"\xff\xfe\x00", Result.BAD_ENCODING),
        (b"[" * 60_000, Result.TOO_DEEP),
        (b" " * 1_000_000, Result.TOO_LARGE),
        (b"[]", Result.WRONG_SHAPE),
        (b"null", Result.WRONG_SHAPE),
        (b'{"metrics":{}}', Result.WRONG_SHAPE),
        (b'{"metrics":[]}', Result.WRONG_SHAPE),
        (b'{"name":1,"fields":{},"timestamp":1}', Result.WRONG_SHAPE),
        (b'{"name":"conference","fields":[],"timestamp":1}', Result.WRONG_SHAPE),
        (b'{"name":"conference","tags":{"a":1},"fields":{},"timestamp":1}', Result.WRONG_SHAPE),
        (b'{"name":"conference","fields":{"in_call":1}}', Result.WRONG_SHAPE),
        (b'{"name":"conference","fields":{"in_call":NaN},"timestamp":1}', Result.NOT_FINITE),
        (b'{"name":"conference","fields":{"in_call":-Infinity},"timestamp":1}', Result.NOT_FINITE),
        (native(in_call=1, rx_kbps="1920"), Result.NOT_A_NUMBER),
        (native(in_call=1, rx_kbps=[1]), Result.NOT_A_NUMBER),
        (native(in_call=1, rx_kbps=True), Result.NOT_A_NUMBER),
        (native(in_call="yes"), Result.NOT_A_NUMBER),
        (native(in_call=2), Result.OUT_OF_RANGE),
        (native(in_call=1, rx_loss_ratio=1.2), Result.OUT_OF_RANGE),
        (native(in_call=1, rx_jitter_ms=-1), Result.OUT_OF_RANGE),
        (native(in_call=1, rx_kbps=10**400), Result.OUT_OF_RANGE),
        (b'{"name":"conference","fields":{"rx_kbps":1e999,"in_call":1},"timestamp":1700000000}', Result.NOT_FINITE),
        (b'{"name":"conference","fields":{"rx_kbps":' + b"1" * 5000 + b'},"timestamp":1}', Result.OUT_OF_RANGE),
        (native(0, in_call=1), Result.BAD_TIMESTAMP),
        (native(WALL - 86_400, in_call=1), Result.BAD_TIMESTAMP),
        (native(WALL + 86_400, in_call=1), Result.BAD_TIMESTAMP),
        (native(WALL + 301, in_call=1), Result.BAD_TIMESTAMP),
    ],
)  # fmt: skip
def test_a_wrong_message_is_counted_by_its_reason_and_shown_with_its_topic(payload: bytes, result: Result):
    ear = Ear()
    taken = ear.hears(payload)
    assert taken.answers == ()
    assert ear.ended() == {result: 1}
    (refused,) = ear.ledger.refused
    assert (refused.topic, refused.result, refused.at, refused.count) == (
        "city/v1/00001/vc-00001/telemetry", result, WALL, 1,
    )  # fmt: skip
    assert len(refused.detail) <= 200
    assert refused.detail.isprintable()


@pytest.mark.parametrize(
    ("topic", "result"),
    [
        ("city/v1/00001/vc-00002/telemetry", Result.UNKNOWN_DEVICE),
        ("city/v1/00002/vc-00001/telemetry", Result.SITE_MISMATCH),
        ("city/v1/00001/vc-00001/humidity", Result.BAD_TOPIC),
        ("city/v2/00001/vc-00001/telemetry", Result.BAD_TOPIC),
        ("x", Result.BAD_TOPIC),
    ],
)
def test_a_topic_that_leads_nowhere_says_why(topic: str, result: Result):
    ear = Ear()
    assert ear.hears(native(in_call=1), topic).answers == ()
    assert ear.ended() == {result: 1}


def test_refused_topics_are_few_short_and_harmless_to_a_terminal():
    ear = Ear()
    for n in range(5000):
        ear.hears(b"", f"city/v1/{n}/\x1b[31m{'x' * 500}/telemetry")
    assert len(ear.ledger.refused) == 200
    assert all(len(each.topic) <= 120 and each.topic.isascii() for each in ear.ledger.refused)
    assert not any("\x1b" in each.topic for each in ear.ledger.refused)


def test_a_repeated_refusal_is_news_once_and_counted():
    ear = Ear()
    assert ear.hears(b"{").refused is not None
    assert ear.hears(b"{").refused is None
    assert ear.ledger.refused[0].count == 2


def test_redelivery_never_counts_twice():
    ear = Ear()
    first, second = native(WALL, in_call=1), native(WALL + 10, in_call=0)
    for payload in (first, first, second, first, second):
        ear.hears(payload)
    assert ear.ended() == {Result.ACCEPTED: 2, Result.DUPLICATE: 3}
    assert ear.ledger.refused == ()


def test_two_different_messages_within_a_second_both_count():
    ear = Ear()
    assert ear.values(native(WALL, in_call=0)) == {"in_call": 0}
    assert ear.values(native(WALL, in_call=1)) == {"in_call": 1}


def test_an_older_message_is_not_the_present():
    ear = Ear()
    ear.hears(native(WALL, in_call=1))
    assert not ear.hears(native(WALL - 1, in_call=0)).answers
    assert ear.ended() == {Result.ACCEPTED: 1, Result.OUT_OF_ORDER: 1}


def test_a_clock_that_was_ahead_and_is_set_right_is_believed_at_once():
    ear = Ear()
    ear.hears(native(WALL + 120, in_call=1))
    ear.wall += 10
    assert ear.values(native(WALL + 10, in_call=0)) == {"in_call": 0}


def test_retained_telemetry_is_no_news():
    ear = Ear()
    assert ear.hears(native(in_call=1), retained=True).answers == ()
    assert ear.ended() == {Result.RETAINED: 1}
    assert ear.intake.last_heard is None


def test_status_is_a_hint_when_it_changes_and_never_an_answer():
    ear = Ear()
    assert ear.hears(b"online", STATUS, retained=True).hints == ()
    assert ear.hears(b"offline", STATUS).hints == (("vc-00001", HintKind.OFFLINE),)
    assert ear.hears(b"offline", STATUS).hints == ()
    assert ear.hears(b"online", STATUS).hints == (("vc-00001", HintKind.ONLINE),)
    assert ear.hears(b"offline", STATUS, retained=True).hints == (("vc-00001", HintKind.OFFLINE),)
    assert ear.hears(b"", STATUS).hints == ()
    assert ear.hears(b"asleep", STATUS).refused is not None
    assert ear.ended() == {Result.STATUS: 6, Result.BAD_STATUS: 1}
    assert ear.intake.last_heard is None


def test_a_reload_keeps_what_is_known_of_a_device_that_did_not_change():
    ear = Ear(endpoint("vc-00001"), endpoint("vc-00002"))
    payload = native(in_call=1)
    ear.hears(payload)
    ear.intake.update({endpoint().name: endpoint()}, {profile.name: profile for profile in _profiles(ear)})
    ear.hears(payload)
    ear.hears(payload, "city/v1/00001/vc-00002/telemetry")
    assert ear.ended() == {Result.ACCEPTED: 1, Result.DUPLICATE: 1, Result.UNKNOWN_DEVICE: 1}


def test_a_device_that_moves_is_another():
    ear = Ear()
    moved = endpoint(site="00002")
    ear.intake.update({moved.name: moved}, {profile.name: profile for profile in _profiles(ear)})
    ((_, answer),) = ear.hears(native(in_call=1), "city/v1/00002/vc-00001/telemetry").answers
    assert isinstance(answer, Answer)
    assert series(answer) == {"in_call": 1}


def _profiles(ear: Ear):
    return [publisher.profile for publisher in ear.intake.publishers]
