"""Listening to a real mosquitto: telemetry, statuses, Last Will, lost and late brokers, bursts."""

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import aiomqtt
import pytest
import structlog

from collector.outcome import Answer, Failure, FailureKind
from collector.sources import HintKind, mqtt_connection
from collector.sources.mqtt_refusals import Result
from tests.binaries import require
from tests.integration.mosquitto import Mosquitto, free_port, running
from tests.integration.mqtt_listening import NOW, STATUS, TELEMETRY, listening, publish, say
from tests.unit.mqtt.endpoints import by_name, endpoint, native, series, shipped
from tests.unit.mqtt.sparkplug import payload

pytestmark = pytest.mark.integration
OFFLINE, ONLINE = ("vc-00001", HintKind.OFFLINE), ("vc-00001", HintKind.ONLINE)


@pytest.fixture
def broker() -> Iterator[Mosquitto]:
    with running() as mosquitto:
        yield mosquitto


async def test_telemetry_arrives_as_an_answer(broker: Mosquitto):
    async with listening(broker.port) as heard:
        await heard.until_connected()
        say(broker.port, in_call=1, rx_jitter_ms=12)
        await heard.until(lambda: bool(heard.outcomes))
        ((key, answer),) = heard.outcomes
        assert key == ("vc-00001", "telemetry")
        assert isinstance(answer, Answer)
        assert series(answer) == {"in_call": 1, "jitter_seconds rx all": 0.012}


async def test_the_state_is_learned_from_retained_statuses_and_proves_no_life(broker: Mosquitto):
    publish(broker.port, STATUS, b"offline", "-r")
    publish(broker.port, TELEMETRY, native(NOW(), in_call=1), "-r")
    async with listening(broker.port) as heard:
        await heard.until(lambda: heard.source.stats().results[Result.RETAINED] == 1)
        await heard.until(lambda: heard.hints == [OFFLINE])
        assert heard.outcomes == []


async def test_a_last_will_is_a_hint(broker: Mosquitto):
    subscriber = require("mosquitto_sub")
    async with listening(broker.port) as heard:
        await heard.until_connected()
        will = ["--will-topic", STATUS, "--will-payload", "offline", "--will-retain"]
        command = [subscriber, "-p", str(broker.port), "-i", "vc-00001", "-t", "none", *will]
        with subprocess.Popen(command) as living:  # noqa: ASYNC220 - started, not waited for
            try:
                await heard.until(lambda: " as vc-00001 " in broker.log)
            finally:
                living.kill()
        await heard.until(lambda: heard.hints == [OFFLINE])


async def test_a_broker_restart_loses_no_state_change(broker: Mosquitto):
    publish(broker.port, STATUS, b"online", "-r")
    async with listening(broker.port) as heard:
        await heard.until_connected()
        await heard.until(lambda: heard.source.stats().results[Result.STATUS] == 1)
        broker.stop()
        await heard.until(lambda: heard.source.stats().lost == 1)
        broker.start()
        # Whoever comes first, the endpoint that changed or the collector that returned: the change arrives.
        publish(broker.port, STATUS, b"offline", "-r")
        await heard.until(lambda: heard.hints == [OFFLINE])
        # The state may be learned before the broker has confirmed the subscriptions.
        await heard.until_connected(2)
        broker.stop()
        await heard.until(lambda: heard.source.stats().lost == 2)
        broker.start()
        await heard.until_connected(3)
        say(broker.port, in_call=0)
        await heard.until(lambda: bool(heard.outcomes))
        assert heard.hints == [OFFLINE]  # the broker kept it, and it is no news


async def test_what_a_stopped_broker_kept_is_there_after_its_start(broker: Mosquitto):
    publish(broker.port, STATUS, b"offline", "-r")
    broker.stop()
    broker.start()
    async with listening(broker.port) as heard:
        await heard.until(lambda: heard.hints == [OFFLINE])


async def test_a_broker_that_is_not_there_is_said_once_and_waited_for(tmp_path: Path):
    port = free_port()
    with structlog.testing.capture_logs() as lines:
        async with listening(port) as heard:
            await heard.until(lambda: heard.source.stats().failed_attempts >= 3)
            assert not heard.source.stats().connected
            assert "refused" in heard.source.stats().last_error
            with Mosquitto(tmp_path, port):
                await heard.until_connected()
                say(port, in_call=0)
                await heard.until(lambda: bool(heard.outcomes))
    events = [line["event"] for line in lines]
    assert events.count("mqtt.unreachable") == 1
    assert events.count("mqtt.connected") == 1


async def test_a_broker_that_hangs_is_noticed(broker: Mosquitto, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mqtt_connection, "KEEPALIVE", 1)
    async with listening(broker.port) as heard:
        await heard.until_connected()
        broker.signal(signal.SIGSTOP)
        await heard.until(lambda: heard.source.stats().lost == 1)
        broker.signal(signal.SIGCONT)
        await heard.until_connected(2)


async def test_a_reload_subscribes_to_what_the_new_devices_need(broker: Mosquitto):
    async with listening(broker.port) as heard:
        await heard.until_connected()
        devices = by_name(endpoint(), endpoint("vc-00002", profile="influx"))
        heard.source.update(devices, shipped())
        await heard.until_connected(2)
        line = f"vc_call,device=vc-00002 rx_kbps=5i {NOW():.0f}".encode()
        publish(broker.port, "influx/gw/vc_call", line)
        await heard.until(lambda: bool(heard.outcomes))
        assert heard.outcomes[0][0].device == "vc-00002"
        assert heard.source.stats().lost == 0


async def test_wrong_messages_are_shown_and_harmless(broker: Mosquitto):
    async with listening(broker.port) as heard:
        await heard.until_connected()
        publish(broker.port, TELEMETRY, b" " * 1_000_000)
        publish(broker.port, TELEMETRY, b"{")
        publish(broker.port, TELEMETRY, native(0, in_call=1))
        publish(broker.port, "city/v1/00001/vc-99999/telemetry", native(NOW(), in_call=1))
        say(broker.port, in_call=0)
        await heard.until(lambda: bool(heard.outcomes))
        stats = heard.source.stats()
        assert [(each.result, each.topic) for each in stats.refused] == [
            (Result.UNKNOWN_DEVICE, "city/v1/00001/vc-99999/telemetry"),
            (Result.BAD_TIMESTAMP, TELEMETRY),
            (Result.BAD_SYNTAX, TELEMETRY),
            (Result.TOO_LARGE, TELEMETRY),
        ]
        assert stats.connects == 1


async def test_three_missed_heartbeats_are_told(broker: Mosquitto):
    async with listening(broker.port, endpoint(heartbeat=0.5)) as heard:
        await heard.until_connected()
        say(broker.port, in_call=0)
        await heard.until(lambda: len(heard.outcomes) == 2)
        assert isinstance(heard.outcomes[1][1], Failure)
        assert heard.outcomes[1][1].kind is FailureKind.TIMEOUT


async def test_a_gap_in_a_sparkplug_session_asks_the_node_over_the_wire(broker: Mosquitto):
    async with (
        listening(broker.port, endpoint(profile="sparkplug")) as heard,
        aiomqtt.Client("127.0.0.1", broker.port) as node,
    ):
        await heard.until_connected()
        await node.subscribe("spBv1.0/g/NCMD/gw-1")
        data = payload(5, {"Call/Active": True}, timestamp=NOW())
        await node.publish("spBv1.0/g/DDATA/gw-1/vc-00001", data)
        order = await anext(node.messages)
        assert b"Node Control/Rebirth" in order.payload


async def test_a_fault_of_ours_is_logged_and_costs_one_message(broker: Mosquitto):
    with structlog.testing.capture_logs() as lines:
        async with listening(broker.port) as heard:
            await heard.until_connected()
            heard.faulty = True
            say(broker.port, in_call=0)
            await heard.until_connected(2)
            heard.faulty = False
            say(broker.port, in_call=1)
            await heard.until(lambda: len(heard.outcomes) == 1)
    assert [line["event"] for line in lines].count("mqtt.bug") == 1


async def test_a_burst_while_we_do_not_read_is_queued_by_the_broker_and_not_lost(broker: Mosquitto):
    burst = 20_000
    lines = b"\n".join(native(NOW(), in_call=1, rx_kbps=n) for n in range(burst))
    command = [require("mosquitto_pub"), "-p", str(broker.port), "-q", "1", "-t", TELEMETRY, "-l"]
    async with listening(broker.port) as heard:
        await heard.until_connected()
        # Our own loop stands still all the while: nothing is read from the socket.
        subprocess.run(command, input=lines, check=True, timeout=30)  # noqa: ASYNC221
        await heard.until(lambda: len(heard.outcomes) == burst)
        assert heard.source.stats().lost == 0
