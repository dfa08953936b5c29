"""Every convention with every way to be wrong: counted by its reason, shown with its topic, and harmless to what follows.

One row a convention: how a good message of now looks, and how each wrong one does. The samples themselves, as their
conventions print them, are in test_conventions and test_sparkplug.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from collector.sources.mqtt_refusals import Result
from tests.unit.mqtt.endpoints import WALL, Ear, endpoint, native
from tests.unit.mqtt.sparkplug import metric, payload

TOMORROW, DAY_ONE = WALL + 86_400, 0.0
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Convention:
    """`write` makes a message about loss (in the convention's unit) at a time; `topic` takes the device's name."""

    profile: str
    topic: str
    write: Callable[[Any, float], bytes]
    broken: tuple[tuple[bytes, Result], ...]

    def of(self, device: str) -> str:
        return self.topic.replace("DEVICE", device)


def telegraf(loss: Any, at: float, device: str = "vc-00001") -> bytes:
    return json.dumps(
        {"name": "vc_call", "tags": {"device": device}, "fields": {"rx_loss_pct": loss}, "timestamp": at}
    ).encode()


def influx(loss: Any, at: float, device: str = "vc-00001") -> bytes:
    shown = json.dumps(loss) if isinstance(loss, str) else repr(loss)
    return f"vc_call,device={device} rx_loss_pct={shown} {int(at * 1e9)}".encode()


def senml(loss: Any, at: float) -> bytes:
    """RFC 8428 has no absolute time before 1978: what is smaller counts from now."""
    key = "vs" if isinstance(loss, str) else "v"
    return json.dumps(
        [{"bn": "urn:dev:x:", "bt": at or 2**28, "n": "in-call", "vb": True}, {"n": "rx-loss", key: loss}]
    ).encode()


def sparkplug(loss: Any, at: float) -> bytes:
    told = metric("Call/RxLossPct", loss)
    return payload(2, {"Call/Active": True}, told, timestamp=at)


NAN = float("nan")
CONVENTIONS = [
    Convention(
        "native",
        "city/v1/00001/DEVICE/telemetry",
        lambda loss, at: native(at, in_call=1, rx_loss_ratio=loss if isinstance(loss, str) else loss / 100),
        ((b'{"name":', Result.BAD_SYNTAX), (b"[]", Result.WRONG_SHAPE)),
    ),
    Convention(
        "telegraf",
        "telegraf/cpe-1/vc_call",
        telegraf,
        ((b"not JSON", Result.BAD_SYNTAX), (b'{"metrics":7}', Result.WRONG_SHAPE)),
    ),
    Convention(
        "influx",
        "influx/cpe-1/vc_call",
        influx,
        ((b"vc_call rx_loss_pct", Result.BAD_SYNTAX), (b'{"name":"vc_call"}', Result.BAD_SYNTAX)),
    ),
    Convention(
        "senml",
        "senml/DEVICE",
        senml,
        ((b"[{", Result.BAD_SYNTAX), (b'{"n":"rx-loss","v":1}', Result.WRONG_SHAPE)),
    ),
    Convention(
        "sparkplug",
        "spBv1.0/HANOI-WAN/DDATA/gw-1/DEVICE",
        sparkplug,
        ((b"\x08", Result.BAD_SYNTAX), (b'{"seq":2}', Result.BAD_SYNTAX)),
    ),
]
each = pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda one: one.profile)


def ear_of(convention: Convention) -> Ear:
    """A listener that knows vc-00001 by this convention; a Sparkplug session is born."""
    ear = Ear(endpoint(profile=convention.profile))
    if convention.profile == "sparkplug":
        ear.hears(payload(0, {"bdSeq": 1}), "spBv1.0/HANOI-WAN/NBIRTH/gw-1")
        ear.hears(
            payload(1, {"Call/Active": False}, timestamp=WALL - 1), "spBv1.0/HANOI-WAN/DBIRTH/gw-1/vc-00001"
        )
    return ear


def refused(convention: Convention, message: bytes, topic: str = "") -> Result:
    """How the message is counted, once it is proven to be shown with its topic and to do no harm to the next one."""
    ear = ear_of(convention)
    topic = topic or convention.of("vc-00001")
    before = ear.ended()
    assert ear.hears(message, topic).answers == ()
    (result,) = [name for name, count in ear.ended().items() if count != before.get(name, 0)]
    (shown,) = ear.ledger.refused
    assert (shown.topic, shown.result, shown.count) == (topic, result, 1)
    assert 0 < len(shown.detail) <= 200
    good = (
        payload(3, {"Call/Active": True, "Call/RxLossPct": 0.4})
        if "spB" in topic
        else convention.write(0.4, WALL)
    )
    taken = ear.hears(good, convention.of("vc-00001"))
    if (
        not taken.answers
    ):  # a Sparkplug session that lost a message is asked to begin anew, and then is heard again
        assert convention.profile == "sparkplug"
        assert [topic for topic, _ in taken.orders] == ["spBv1.0/HANOI-WAN/NCMD/gw-1"]
        ear.hears(payload(0, {"bdSeq": 2}), "spBv1.0/HANOI-WAN/NBIRTH/gw-1")
        born = payload(1, {"Call/Active": True, "Call/RxLossPct": 0.4})
        taken = ear.hears(born, "spBv1.0/HANOI-WAN/DBIRTH/gw-1/vc-00001")
    ((key, _),) = taken.answers
    assert key.device == "vc-00001"
    return result


@each
def test_a_good_message_is_taken(convention: Convention):
    values = ear_of(convention).values(convention.write(0.4, WALL), convention.of("vc-00001"))
    assert values["packet_loss_ratio rx all"] == pytest.approx(0.004)


@each
def test_what_is_not_the_format(convention: Convention):
    for message, result in convention.broken:
        assert refused(convention, message) is result


@each
def test_text_for_a_number(convention: Convention):
    assert refused(convention, convention.write("0.4", WALL)) is Result.NOT_A_NUMBER


@each
def test_nan(convention: Convention):
    assert refused(convention, convention.write(NAN, WALL)) is Result.NOT_FINITE


@each
def test_infinity(convention: Convention):
    assert refused(convention, convention.write(float("inf"), WALL)) is Result.NOT_FINITE


@each
def test_more_than_all_is_lost(convention: Convention):
    assert refused(convention, convention.write(120.0, WALL)) is Result.OUT_OF_RANGE


@each
def test_a_megabyte(convention: Convention):
    assert refused(convention, b"\x20" * MEGABYTE) is Result.TOO_LARGE
    assert refused(convention, convention.write(0.4, WALL) + b" " * MEGABYTE) is Result.TOO_LARGE


@each
def test_a_clock_in_1970_or_in_tomorrow(convention: Convention):
    assert refused(convention, convention.write(0.4, DAY_ONE)) is Result.BAD_TIMESTAMP
    assert refused(convention, convention.write(0.4, TOMORROW)) is Result.BAD_TIMESTAMP


@each
def test_a_device_that_nobody_knows(convention: Convention):
    if "DEVICE" in convention.topic:
        message = convention.write(0.4, WALL)
    else:
        stranger = telegraf if convention.profile == "telegraf" else influx
        message = stranger(0.4, WALL, "vc-99999")
    topic = convention.of("vc-99999").replace(
        "DDATA", "DBIRTH"
    )  # else it is data before birth, whoever sends it
    assert refused(convention, message, topic) is Result.UNKNOWN_DEVICE


@each
def test_the_same_message_again_counts_once(convention: Convention):
    """QoS 1 promises at least once; a gateway that reconnects sends again what it saw no PUBACK for."""
    ear = ear_of(convention)
    topic, message = convention.of("vc-00001"), convention.write(0.4, WALL)
    assert ear.hears(message, topic).answers
    for _ in range(3):
        taken = ear.hears(message, topic)
        assert taken.answers == ()
        assert taken.hints == ()
        assert taken.orders == ()
    assert ear.ended()[Result.DUPLICATE] == 3
    assert ear.ledger.refused == ()  # nobody has to look into that


@each
def test_from_the_brokers_memory_nothing_is_believed(convention: Convention):
    ear = ear_of(convention)
    (one,) = ear.intake.publishers
    heard = one.heard
    taken = ear.hears(convention.write(0.4, WALL), convention.of("vc-00001"), retained=True)
    assert taken.answers == ()
    assert ear.ended()[Result.RETAINED] == 1
    assert one.heard == heard  # no proof of life
