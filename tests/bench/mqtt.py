"""Telemetry through a real mosquitto: `python -m tests.bench.mqtt`.

The listener runs in a process of its own, held to one core; broker and publishers have the other. A flood at QoS 1 gives
the rate; a steady 2,000 a second gives CPU per message and how late a 50 ms tick on the same loop runs (liveness is
sent by such a tick). Beside it the bare client libraries take the same flood and do nothing with it.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from pathlib import Path

import aiomqtt
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from citynoc.clock import Clock
from collector.config.telemetry import read_telemetry
from collector.model import Broker, Device, DeviceName, DistrictCode, MqttAccess, ProfileName, Role, SiteCode
from collector.outcome import Answer, Outcome
from collector.plan import PollKey
from collector.sources.mqtt import MqttSource
from tests.bench.figures import figure
from tests.integration.mosquitto import running

GOAL = 2_000
ENDPOINTS = 579
FLOOD = 30_000
STEADY_SECONDS = 10
CONNECTIONS = 8
WINDOW = 100  # unacknowledged messages of a connection
TICK = 0.05
LATE_MS = 100  # liveness goes out in batches of 50 to 100 ms
GIVE_UP = 5.0  # seconds without news
RUNS = 3
FIELDS = {
    "registered_sip": 1, "registered_h323": 0, "in_call": 1, "rx_loss_ratio": 0.004, "tx_loss_ratio": 0.001,
    "rx_jitter_ms": 12.5, "tx_jitter_ms": 8.25, "latency_ms": 41, "tx_kbps": 1856, "frame_rate": 30,
    "temperature_c": 41.5, "camera_ok": 1, "microphone_ok": 1, "display_ok": 1,
}  # fmt: skip


@dataclass
class Taken:
    """What a listener has to say when it is done."""

    received: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    late_ms: list[float] = field(default_factory=list)  # of the ticks while messages came
    idle_ms: list[float] = field(default_factory=list)  # and before: what the machine itself is late


def main() -> None:
    """Measure; with a role, be one of the processes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("role", nargs="?", choices=["publisher", *LISTENERS])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--rate", type=int, default=0)
    options = parser.parse_args()
    if options.role is None:
        measure()
    elif options.role == "publisher":
        os.sched_setaffinity(0, others())
        asyncio.run(publish(options.port, options.count, options.rate))
    else:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        print(json.dumps(asdict(LISTENERS[options.role](options.port, options.count))), flush=True)


def measure() -> None:
    """All runs, and the figures."""
    rates: dict[str, list[float]] = {}
    costs: dict[str, list[float]] = {}
    lost = 0
    for _ in range(RUNS):  # interleaved, so that a busy moment of the machine meets all of them
        for role in LISTENERS:
            taken = run(role, FLOOD, 0)
            rates.setdefault(role, []).append(taken.received / taken.seconds)
            costs.setdefault(role, []).append(taken.cpu / taken.received * 1e6)
            lost += FLOOD - taken.received if role == "citynoc" else 0
    steady = run("citynoc", GOAL * STEADY_SECONDS, GOAL)
    lost += GOAL * STEADY_SECONDS - steady.received
    for role in LISTENERS:
        rate, cost = statistics.median(rates[role]), statistics.median(costs[role])
        print(f"{role}: {rate:.0f} messages/s, {cost:.0f} µs of CPU a message")
    late, idle = (statistics.quantiles(ms, n=100)[98] for ms in (steady.late_ms, steady.idle_ms))
    print(
        f"citynoc at {GOAL} messages/s: {steady.cpu / steady.seconds:.1%} of a core; ticks p99 late {late:.1f} ms"
    )
    print(f"the same before the first message: p99 {idle:.1f} ms")
    figure("mqtt_messages_per_s", statistics.median(rates["citynoc"]), "msg/s", ">=", GOAL)
    figure("mqtt_messages_lost", lost, "messages", "==", 0)
    figure("mqtt_tick_late_p99_ms", late, "ms", "<=", LATE_MS)


def run(role: str, count: int, rate: int) -> Taken:
    """One listener, one broker, one flood or stream."""
    with running() as broker:
        arguments = ("--port", str(broker.port), "--count", str(count))
        command = (sys.executable, "-m", "tests.bench.mqtt")
        with subprocess.Popen([*command, role, *arguments], stdout=subprocess.PIPE, text=True) as listener:
            assert listener.stdout is not None
            if "ready\n" not in listener.stdout:  # reads up to it: the log goes the same way
                raise RuntimeError(f"{role} did not get ready")
            subprocess.run([*command, "publisher", *arguments, "--rate", str(rate)], check=True)
            said = listener.stdout.readlines()
        return Taken(**json.loads(said[-1]))


def others() -> set[int]:
    """The cores that are not the listener's."""
    cores = os.sched_getaffinity(0)
    return cores - {min(cores)} or cores


class Tally:
    """Counts messages from the first to the last, and the CPU between."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._received = 0
        self._first = self._last = 0.0
        self._cpu = 0.0
        self.done = False

    def add(self) -> None:
        if self._received == 0:
            self._first, self._cpu = time.perf_counter(), time.process_time()
        self._received += 1
        self._left -= 1
        if self._left == 0:
            self.close()

    def close(self) -> None:
        if not self.done:
            self._last, self._cpu = time.perf_counter(), time.process_time() - self._cpu
            self.done = True

    @property
    def received(self) -> int:
        return self._received

    def taken(self, late_ms: Sequence[float] = (), idle_ms: Sequence[float] = ()) -> Taken:
        return Taken(self._received, self._last - self._first, self._cpu, list(late_ms), list(idle_ms))


async def until_done(tally: Tally) -> tuple[list[float], list[float]]:
    """Tick until the last message, or until none comes any more; returns how late ticks were in ms, busy and idle."""
    late: list[float] = []
    idle: list[float] = []
    seen, quiet = -1, 0.0
    while not tally.done:
        due = time.perf_counter() + TICK
        await asyncio.sleep(TICK)
        (late if tally.received else idle).append(max(0.0, time.perf_counter() - due) * 1000)
        quiet = quiet + TICK if tally.received == seen and seen else 0.0
        seen = tally.received
        if quiet > GIVE_UP:
            tally.close()
    return late, idle


def with_citynoc(port: int, count: int) -> Taken:
    """The product's own listener, to typed values."""
    profiles, _ = read_telemetry(Path("config"))
    tally = Tally(count)

    def deliver(_key: PollKey, outcome: Outcome) -> None:
        if isinstance(outcome, Answer):
            tally.add()

    async def listen() -> tuple[list[float], list[float]]:
        devices = {device.name: device for device in endpoints()}
        source = MqttSource(Broker("127.0.0.1", port), None, devices, profiles, Clock().unix)
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(source.listen(deliver, lambda _device, _kind: None))
            while not source.stats().connected:  # noqa: ASYNC110 - looked at, as the service does
                await asyncio.sleep(0.01)
            print("ready", flush=True)
            late = await until_done(tally)
            task.cancel()
        return late

    return tally.taken(*asyncio.run(listen()))


def with_aiomqtt(port: int, count: int) -> Taken:
    """The bare client: its messages iterator, nothing done with them."""
    tally = Tally(count)

    async def listen() -> None:
        async with aiomqtt.Client("127.0.0.1", port) as client:
            await client.subscribe("city/v1/+/+/telemetry", qos=1)
            print("ready", flush=True)
            async for _ in client.messages:
                tally.add()
                if tally.done:
                    return

    asyncio.run(listen())
    return tally.taken()


def with_paho(port: int, count: int) -> Taken:
    """The library below it, in its own thread and loop."""
    tally = Tally(count)
    subscribed = threading.Event()
    client = paho.Client(CallbackAPIVersion.VERSION2)
    connected = threading.Event()
    client.on_connect = lambda *_: connected.set()
    client.on_subscribe = lambda *_: subscribed.set()
    client.on_message = lambda *_: tally.add()
    client.connect("127.0.0.1", port)
    client.loop_start()
    connected.wait(GIVE_UP)
    client.subscribe("city/v1/+/+/telemetry", qos=1)
    subscribed.wait(GIVE_UP)
    print("ready", flush=True)
    while not tally.done:
        time.sleep(TICK)
    client.loop_stop()
    return tally.taken()


LISTENERS: dict[str, Callable[[int, int], Taken]] = {
    "citynoc": with_citynoc,
    "aiomqtt": with_aiomqtt,
    "paho": with_paho,
}


def endpoints() -> Iterator[Device]:
    """The city's endpoints."""
    for number in range(1, ENDPOINTS + 1):
        yield Device(
            DeviceName(f"vc-{number:05}"),
            SiteCode(f"{number:05}"),
            DistrictCode("001"),
            Role.ENDPOINT,
            ip_address("127.0.2.1"),
            mqtt=MqttAccess(ProfileName("native"), 10.0),
        )


def connection_of(number: int) -> int:
    """The connection that message `number` goes over: always the same for an endpoint, whose order it keeps."""
    return number % ENDPOINTS % CONNECTIONS


def packet(number: int, identifier: int, wall: float) -> bytes:
    """The PUBLISH at QoS 1 of message `number`, round the endpoints; packet identifiers are per connection."""
    endpoint = number % ENDPOINTS + 1
    topic = f"city/v1/{endpoint:05}/vc-{endpoint:05}/telemetry".encode()
    document = {
        "name": "conference",
        "tags": {"software": "4.1.2"},
        "fields": FIELDS | {"rx_kbps": number},
        "timestamp": int((wall + number / 1000) * 1000),
    }
    payload = json.dumps(document).encode()
    body = len(topic).to_bytes(2) + topic + (identifier % 65_535 + 1).to_bytes(2) + payload
    length = bytes([len(body) % 128 + 128, len(body) // 128])
    return b"\x32" + length + body


async def publish(port: int, count: int, rate: int) -> None:
    """All messages over a few connections, as fast as acknowledged or `rate` a second; returns after the last PUBACK."""
    wall = Clock().unix() - count / 2000  # no message's time is further off our clock than the tolerance
    start = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as tasks:
        for connection in range(CONNECTIONS):
            numbers = [number for number in range(count) if connection_of(number) == connection]
            packets = [packet(number, place, wall) for place, number in enumerate(numbers)]
            times = [start + 1 + number / rate if rate else start for number in numbers]
            tasks.create_task(publish_one(port, packets, times, connection))


async def publish_one(port: int, packets: Sequence[bytes], times: Sequence[float], connection: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    client = f"publisher-{connection}".encode()
    head = b"\x00\x04MQTT\x04\x02\x00\x3c" + len(client).to_bytes(2) + client
    writer.write(b"\x10" + bytes([len(head)]) + head)
    await reader.readexactly(4)  # CONNACK
    acknowledged = 0
    for sent, (one, due) in enumerate(zip(packets, times, strict=True)):
        if due > asyncio.get_running_loop().time():
            await asyncio.sleep(due - asyncio.get_running_loop().time())
        writer.write(one)
        while sent + 1 - acknowledged >= WINDOW:
            await reader.readexactly(4)  # PUBACK
            acknowledged += 1
    while acknowledged < len(packets):
        await reader.readexactly(4)
        acknowledged += 1
    writer.write(b"\xe0\x00")
    await writer.drain()
    writer.close()


if __name__ == "__main__":
    main()
