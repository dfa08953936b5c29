"""The endpoints' MQTT: one real connection each, a Last Will each, telemetry spread over the heartbeat at QoS 1.

An endpoint that is cut off falls silent and leaves its connection to die: the broker notices after one and a half
keepalives and speaks its Last Will. One that is switched off says goodbye. A broker that is away is one line, however
many endpoints miss it.
"""

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass

from citynoc.simulator import mqtt_wire, telemetry
from citynoc.simulator.machine import Machine
from citynoc.simulator.network import Fault, FaultKind
from citynoc.simulator.world import World
from collector.model import DeviceName

CONNECTORS = 8  # connections that are being opened at once
RETRY = 2.0  # seconds between tries while the broker is away
ANSWER_TIMEOUT = 10.0  # seconds for a CONNACK
TICK = 0.1
KEEPALIVE_SHARE = 1.5  # keepalive in heartbeats
MOST_UNANSWERED = 8  # messages without PUBACK; more are not sent
_WRAP = 0xFFFF

Talk = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BrokerAt:
    """Where the broker is: one of this machine's own, that lets anybody of this machine in."""

    host: str
    port: int


@dataclass(slots=True)
class Sent:
    """What the publisher did since it started."""

    connected: int = 0
    messages: int = 0
    acknowledged: int = 0


class _Connection(asyncio.Protocol):
    """One endpoint's conversation with the broker."""

    def __init__(self, hello: bytes, sent: Sent) -> None:
        self.accepted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.alive = False
        self._hello, self._sent = hello, sent
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._number = 0
        self._unanswered = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not isinstance(transport, asyncio.Transport):
            raise TypeError("a stream transport is wanted")
        self._transport = transport
        transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            for packet in mqtt_wire.packets(self._buffer):
                if packet.kind == mqtt_wire.PUBACK:
                    self._unanswered -= 1
                    self._sent.acknowledged += 1
                elif packet.kind == mqtt_wire.CONNACK:
                    self._greeted(packet.body)
        except mqtt_wire.ProtocolError:
            self.drop()

    def connection_lost(self, exc: Exception | None) -> None:
        self.alive = False
        if not self.accepted.done():
            self.accepted.set_exception(exc or ConnectionResetError("the broker closed the connection"))

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Send at QoS 1, unless the broker has stopped to answer."""
        if self._transport is None or not self.alive or self._unanswered >= MOST_UNANSWERED:
            return
        self._number = self._number % _WRAP + 1
        self._unanswered += 1
        self._sent.messages += 1
        self._transport.write(mqtt_wire.publish(topic, payload, self._number, retain=retain))

    def goodbye(self) -> None:
        """DISCONNECT: the broker forgets the Last Will."""
        if self._transport is not None and self.alive:
            self._transport.write(mqtt_wire.DISCONNECT)
            self._transport.close()
        self.alive = False

    def drop(self) -> None:
        """The connection ends without a word: the broker speaks the Last Will."""
        if self._transport is not None:
            self._transport.abort()
        self.alive = False

    def _greeted(self, body: bytes) -> None:
        if self.accepted.done():
            return
        if body[1:2] == b"\x00":
            self.alive = True
            self.accepted.set_result(None)
        else:
            code = body[1] if len(body) > 1 else -1
            self.accepted.set_exception(ConnectionRefusedError(f"the broker refused the login (code {code})"))


class _Endpoint:
    """One endpoint and its connection, if it has one. `starts` is the machine's when it connected."""

    __slots__ = ("connection", "heartbeat", "machine", "queued", "starts")

    def __init__(self, machine: Machine, heartbeat: float) -> None:
        self.machine, self.heartbeat = machine, heartbeat
        self.connection: _Connection | None = None
        self.queued = False
        self.starts = machine.starts

    @property
    def alive(self) -> bool:
        return self.connection is not None and self.connection.alive


class Publisher:
    """Speaks for every device of the inventory that has MQTT."""

    def __init__(self, world: World, broker: BrokerAt, clock: Callable[[], float], talk: Talk) -> None:
        self.sent = Sent()
        self._world, self._broker, self._clock, self._talk = world, broker, clock, talk
        self._endpoints = [
            _Endpoint(machine, machine.device.mqtt.heartbeat)
            for machine in world.machines.values()
            if machine.device.mqtt is not None
        ]
        self._wanting: asyncio.Queue[_Endpoint] = asyncio.Queue()
        self._away = False

    async def run(self) -> None:
        """Until cancelled; then every endpoint drops its connection."""
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(CONNECTORS, len(self._endpoints))):
                    group.create_task(self._connect_wanting())
                group.create_task(self._beat())
        finally:
            for endpoint in self._endpoints:
                if endpoint.connection is not None:
                    endpoint.connection.drop()

    async def _beat(self) -> None:
        """Each endpoint's turn comes once a heartbeat, at its own place in it."""
        now = self._clock()
        turns = [
            (now + endpoint.machine.phase * endpoint.heartbeat, place)
            for place, endpoint in enumerate(self._endpoints)
        ]
        heapq.heapify(turns)
        for endpoint in self._endpoints:
            self._want(endpoint)
        changes = self._world.network.changes
        while turns:
            now = self._clock()
            while turns[0][0] <= now:
                when, place = turns[0]
                endpoint = self._endpoints[place]
                missed = int((now - when) / endpoint.heartbeat)  # a pause is skipped, never made up for
                heapq.heapreplace(turns, (when + (missed + 1) * endpoint.heartbeat, place))
                self._turn(endpoint, now)
            if changes != self._world.network.changes:
                changes = self._world.network.changes
                self._look_around()
            await asyncio.sleep(TICK)

    def _turn(self, endpoint: _Endpoint, now: float) -> None:
        machine = endpoint.machine
        if machine.device.name not in self._world.network.reached:
            return
        if not endpoint.alive:
            self._want(endpoint)
        elif endpoint.connection is not None and "telemetry" not in machine.faulty:
            message = telemetry.payload(self._world, machine, now)
            endpoint.connection.publish(telemetry.topic(machine, "telemetry"), message)

    def _look_around(self) -> None:
        """The network changed: who was switched off says so, who started anew begins a new conversation."""
        network = self._world.network
        for endpoint in self._endpoints:
            machine = endpoint.machine
            name = machine.device.name
            if endpoint.alive and Fault(FaultKind.OFF, name) in network.faults:
                if endpoint.connection is not None and self._had_a_way(name):
                    endpoint.connection.publish(
                        telemetry.topic(machine, "status"), telemetry.OFFLINE, retain=True
                    )
                    endpoint.connection.goodbye()
            elif name in network.reached and machine.starts != endpoint.starts:
                if endpoint.connection is not None:
                    endpoint.connection.drop()
                self._want(endpoint)

    def _had_a_way(self, name: DeviceName) -> bool:
        """Whether a word of this endpoint could still leave: its router is reached."""
        uplinks = self._world.machines[name].device.uplinks
        return not uplinks or any(link.parent in self._world.network.reached for link in uplinks)

    def _want(self, endpoint: _Endpoint) -> None:
        if not endpoint.queued:
            endpoint.queued = True
            self._wanting.put_nowait(endpoint)

    async def _connect_wanting(self) -> None:
        while True:
            endpoint = await self._wanting.get()
            while endpoint.machine.device.name in self._world.network.reached and not endpoint.alive:
                try:
                    await self._connect(endpoint)
                except (OSError, TimeoutError) as why:
                    if not self._away:
                        self._away = True
                        self._talk(
                            f"MQTT broker {self._broker.host}:{self._broker.port} is away ({_said(why)}); trying again"
                        )
                    await asyncio.sleep(RETRY)
            endpoint.queued = False

    async def _connect(self, endpoint: _Endpoint) -> None:
        machine = endpoint.machine
        endpoint.starts = machine.starts
        hello = mqtt_wire.connect(
            machine.device.name,
            max(1, round(endpoint.heartbeat * KEEPALIVE_SHARE)),
            (telemetry.topic(machine, "status"), telemetry.OFFLINE),
        )
        async with asyncio.timeout(ANSWER_TIMEOUT):
            _, connection = await asyncio.get_running_loop().create_connection(
                lambda: _Connection(hello, self.sent),
                self._broker.host,
                self._broker.port,
            )
            try:
                await connection.accepted
            except BaseException:
                connection.drop()
                raise
        endpoint.connection = connection
        self.sent.connected += 1
        if self._away:
            self._away = False
            self._talk(f"MQTT broker {self._broker.host}:{self._broker.port} answers again")
        connection.publish(telemetry.topic(machine, "status"), telemetry.ONLINE, retain=True)


def _said(why: BaseException) -> str:
    if isinstance(why, TimeoutError):
        return "no answer in time"
    return getattr(why, "strerror", None) or str(why) or type(why).__name__
