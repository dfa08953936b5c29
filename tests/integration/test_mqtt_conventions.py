"""Every convention through a real mosquitto: good messages arrive once, wrong ones are shown, a lost birth is asked for."""

from collections.abc import Iterator

import aiomqtt
import pytest

from collector.outcome import Answer
from collector.sources.mqtt_refusals import Result
from tests.integration.mosquitto import Mosquitto, running
from tests.integration.mqtt_listening import NOW, listening, publish
from tests.unit.mqtt.endpoints import endpoint, series
from tests.unit.mqtt.sparkplug import payload
from tests.unit.mqtt.test_conformance import CONVENTIONS as EACH
from tests.unit.mqtt.test_conformance import influx, senml, telegraf

pytestmark = pytest.mark.integration
PROFILES = [one.profile for one in EACH]
NAMES = {profile: f"vc-0000{number}" for number, profile in enumerate(PROFILES, 1)}
DEVICES = [endpoint(NAMES[profile], profile=profile) for profile in PROFILES]
NODE = "spBv1.0/HANOI-WAN"


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with running() as mosquitto:
        yield mosquitto


def good(profile: str) -> tuple[str, bytes]:
    """Topic and payload of now."""
    name, now = NAMES[profile], NOW()
    match profile:
        case "telegraf":
            return "telegraf/cpe-1/vc_call", telegraf(0.4, now, name)
        case "influx":
            return "influx/cpe-1/vc_call", influx(0.4, now, name)
        case "senml":
            return f"senml/{name}", senml(0.4, now)
        case "sparkplug":
            born = {"Call/Active": True, "Call/RxLossPct": 0.4}
            return f"{NODE}/DBIRTH/gw-1/{name}", payload(1, born, timestamp=now)
        case _:
            (native,) = [one for one in EACH if one.profile == profile]
            return native.topic.replace("DEVICE", name), native.write(0.4, now)


async def test_each_arrives_once_however_often_it_is_delivered(broker: Mosquitto):
    async with listening(broker.port, *DEVICES) as heard:
        await heard.until_connected()
        publish(broker.port, f"{NODE}/NBIRTH/gw-1", payload(0, {"bdSeq": 1}, timestamp=NOW()))
        for profile in PROFILES:
            topic, message = good(profile)
            for _ in range(3):  # what QoS 1 may do
                assert publish(broker.port, topic, message) == 0
        await heard.until(lambda: heard.source.stats().results[Result.DUPLICATE] == 2 * len(PROFILES))
        told = {key.device: answer for key, answer in heard.outcomes}
        assert len(heard.outcomes) == len(PROFILES)
        assert set(told) == set(NAMES.values())
        for answer in told.values():
            assert isinstance(answer, Answer)
            assert series(answer)["packet_loss_ratio rx all"] == pytest.approx(0.004)
        assert heard.source.stats().refused == ()


async def test_each_wrong_one_is_shown_with_its_topic_and_the_connection_lives(broker: Mosquitto):
    async with listening(broker.port, *DEVICES) as heard:
        await heard.until_connected()
        publish(broker.port, f"{NODE}/NBIRTH/gw-1", payload(0, {"bdSeq": 1}, timestamp=NOW()))
        topics = {profile: good(profile)[0] for profile in PROFILES}
        for topic in topics.values():
            publish(broker.port, topic, b"\x08")  # no JSON, no line, no protobuf
            publish(broker.port, topic, b" " * 1_000_000)
        for profile in PROFILES:
            publish(broker.port, *good(profile))
        await heard.until(lambda: len(heard.outcomes) == len(PROFILES))
        stats = heard.source.stats()
        assert stats.connects == 1
        shown = {(each.topic, each.result) for each in stats.refused}
        assert {(topic, Result.TOO_LARGE) for topic in topics.values()} <= shown
        assert {(topic, Result.BAD_SYNTAX) for topic in topics.values()} <= shown


async def test_after_a_gap_the_node_is_asked_for_its_births_and_believed_again(broker: Mosquitto):
    name = NAMES["sparkplug"]
    device = endpoint(name, profile="sparkplug")
    async with listening(broker.port, device) as heard, aiomqtt.Client("127.0.0.1", broker.port) as node:
        await heard.until_connected()
        await node.subscribe(f"{NODE}/NCMD/gw-1", qos=1)

        async def send(kind: str, seq: int, **metrics: object) -> None:
            topic = f"{NODE}/{kind}/gw-1" + ("" if kind[0] == "N" else f"/{name}")
            told = {key.replace("_", "/"): value for key, value in metrics.items()}
            await node.publish(topic, payload(seq, told, timestamp=NOW()), qos=1)

        await send("NBIRTH", 0, bdSeq=1)
        await send("DBIRTH", 1, Call_Active=True)
        await send("DDATA", 2, Call_RxLossPct=0.5)
        await heard.until(lambda: len(heard.outcomes) == 2)
        await send("DDATA", 4, Call_RxLossPct=9.9)  # 3 was lost
        order = await anext(node.messages)
        assert b"Node Control/Rebirth" in order.payload
        await send("DDATA", 5, Call_RxLossPct=9.9)
        await send("NBIRTH", 0, bdSeq=2)
        await send("DBIRTH", 1, Call_Active=True, Call_RxLossPct=0.7)
        await heard.until(lambda: len(heard.outcomes) == 3)
        losses = [
            series(one).get("packet_loss_ratio rx all")
            for _, one in heard.outcomes
            if isinstance(one, Answer)
        ]
        assert losses == [None, pytest.approx(0.005), pytest.approx(0.007)]
        assert heard.source.stats().results[Result.SEQUENCE] == 2
