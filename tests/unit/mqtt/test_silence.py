"""Silence: when it counts, whose fault it looks like, and that it is told once."""

from collector.outcome import Failure, FailureKind
from collector.sources.mqtt_silence import Hearing
from tests.unit.mqtt.endpoints import Ear, endpoint, native
from tests.unit.mqtt.sparkplug import payload

STALLED, TIMEOUT, DECODE = FailureKind.STALLED, FailureKind.TIMEOUT, FailureKind.DECODE
START = 1000.0


class Room:
    """An ear, the connection and a clock that is moved second by second, as the listener does."""

    def __init__(self, *names: str, profile: str = "native", connected: bool = True) -> None:
        self.ear = Ear(*(endpoint(name, profile=profile) for name in names or ("vc-1",)))
        self.hearing = Hearing("127.0.0.1:1883", START)
        self.told: list[tuple[float, str, Failure]] = []
        self.ear.now = START
        if connected:
            self.hearing.opened(START)

    def wait(self, seconds: int, *speaking: str) -> None:
        """Time passes; who is `speaking` does so every 10 s."""
        for _ in range(seconds):
            self.ear.now += 1
            self.ear.wall += 1
            if self.ear.now % 10 == 0:
                for name in speaking:
                    self.speak(name)
            for key, failure in self.hearing.check(self.ear.intake, self.ear.now):
                self.told.append((self.ear.now - START, key.device, failure))

    def speak(self, name: str = "vc-1") -> None:
        assert self.ear.hears(native(self.ear.wall, in_call=0), f"city/v1/00001/{name}/telemetry").answers

    @property
    def kinds(self) -> list[tuple[float, str, FailureKind]]:
        return [(at, device, failure.kind) for at, device, failure in self.told]


def test_three_heartbeats_of_silence_are_a_timeout_told_once():
    room = Room()
    room.speak()
    room.wait(29)
    assert room.told == []
    room.wait(100)
    assert room.kinds == [(30, "vc-1", TIMEOUT)]
    assert "endpoint" in room.told[0][2].detail


def test_a_voice_ends_the_silence_and_the_next_one_is_told_again():
    room = Room()
    room.speak()
    room.wait(40)
    room.speak()
    room.wait(40)
    assert room.kinds == [(30, "vc-1", TIMEOUT), (70, "vc-1", TIMEOUT)]


def test_one_who_was_never_heard_is_told_too():
    room = Room("vc-1", "vc-2")
    room.wait(60, "vc-2")
    assert room.kinds == [(30, "vc-1", TIMEOUT)]
    assert room.told[0][2].detail.startswith("no telemetry yet")


def test_without_a_broker_nothing_is_known_and_that_is_said_once():
    room = Room(connected=False)
    room.hearing.closed("connection refused")
    room.wait(100)
    assert room.kinds == [(30, "vc-1", STALLED)]
    assert "127.0.0.1:1883" in room.told[0][2].detail
    assert "connection refused" in room.told[0][2].detail


def test_silence_counts_anew_from_our_return_to_the_broker():
    room = Room()
    room.speak()
    room.wait(10)
    room.hearing.closed("gone")
    room.wait(10)
    room.hearing.opened(room.ear.now)
    room.wait(60)
    assert room.kinds == [(30, "vc-1", STALLED), (50, "vc-1", TIMEOUT)]


def test_time_that_our_own_loop_was_late_does_not_count():
    room = Room()
    room.speak()
    room.wait(20)
    room.hearing.overslept(25)
    assert room.hearing.attended(room.ear.now + 25) == room.ear.now


def test_everybody_silent_is_the_broker_and_the_first_voice_blames_nobody():
    room = Room("vc-1", "vc-2", "vc-3")
    room.wait(20, "vc-1", "vc-2", "vc-3")
    room.wait(60)
    assert [kind for _, _, kind in room.kinds] == [STALLED] * 3
    assert "the broker" in room.told[0][2].detail
    room.speak("vc-1")
    room.wait(29, "vc-1", "vc-3")
    assert len(room.told) == 3
    room.wait(5, "vc-1", "vc-3")
    assert room.kinds[3:] == [(110, "vc-2", TIMEOUT)]


def test_a_last_will_explains_the_silence():
    room = Room("vc-1", "vc-2", "vc-3")
    room.speak()
    room.ear.hears(b"offline", "city/v1/00001/vc-1/status")
    room.wait(40)
    assert room.kinds[0] == (30, "vc-1", TIMEOUT)
    assert "; the endpoint: offline by its status topic" in room.told[0][2].detail


def test_messages_that_are_refused_show_a_living_endpoint_with_a_fault():
    room = Room("vc-1", "vc-2")
    room.speak()
    for _ in range(5):
        room.ear.hears(native(0, in_call=1), "city/v1/00001/vc-1/telemetry")
        room.wait(10, "vc-2")
    assert room.kinds == [(30, "vc-1", DECODE)]
    assert "bad_timestamp" in room.told[0][2].detail


def test_a_gateway_that_is_gone_or_silent_is_named():
    room = Room("vc-1", "vc-2", profile="sparkplug")
    births: list[tuple[str, dict[str, object]]] = [
        ("NBIRTH/gw-1", {"bdSeq": 1}),
        ("DBIRTH/gw-1/vc-1", {"Call/Active": False}),
    ]
    for seq, (topic, metrics) in enumerate(births):
        room.ear.hears(payload(seq, metrics), f"spBv1.0/g/{topic}")
    room.wait(35)
    assert "the gateway: gw-1 is silent too" in room.told[0][2].detail
    other = Room("vc-1", profile="sparkplug")
    for seq, (topic, metrics) in enumerate(births):
        other.ear.hears(payload(seq, metrics), f"spBv1.0/g/{topic}")
    other.ear.hears(payload(None, {"bdSeq": 1}), "spBv1.0/g/NDEATH/gw-1")
    other.wait(35)
    assert "; the gateway: gw-1 is gone, known for " in other.told[0][2].detail
