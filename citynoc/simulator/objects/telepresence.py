"""CISCO-TELEPRESENCE-CALL-MIB and -MIB: peripherals, the connection to call management, and a call's streams.

Loss is in micropercent (100,000,000 is all), frame rate in millifps, jitter and latency in milliseconds, rates in
kbit/s. Rows of a call are there only during it: a simulated endpoint has had none before.
"""

from collections.abc import Callable, Iterator

from citynoc.simulator import ber
from citynoc.simulator.ber import Oid
from citynoc.simulator.machine import HEIGHT, Machine, Quality
from citynoc.simulator.mib import Read, Row
from citynoc.simulator.objects.gauges import fixed, of

CALLS = (1, 3, 6, 1, 4, 1, 9, 9, 644, 1)
CONNECTION = (*CALLS, 2, 6, 1, 4)
CALL_STATE = (*CALLS, 4, 8, 1, 11)
LATENCY = (*CALLS, 4, 9, 1, 2)
STREAM = (*CALLS, 4, 10, 1)
PERIPHERAL = (1, 3, 6, 1, 4, 1, 9, 9, 643, 1, 2, 1, 1)
_PERIPHERALS = (("camera", 4), ("display", 5), ("microphone", 13))  # CtpPeripheralDeviceCategoryCode
_NO_ERROR, _DEVICE_ERROR = 0, 6

_COMMUNICATION_OK, _COMMUNICATION_LOST = 5, 4
_IN_PROGRESS = 8
_SENDING = 1
_VIDEO, _AUDIO = 1, 2
_MICROPERCENT = 100_000_000
_SHARE = {_VIDEO: 0.95, _AUDIO: 0.05}  # of the bit rate


def _part(part: str) -> Read:
    return of(lambda machine: ber.integer(_DEVICE_ERROR if part in machine.faulty else _NO_ERROR))


def _whole(measure: Callable[[Quality], float], tag: int = ber.GAUGE32) -> Read:
    def read(machine: Machine, _: int, now: float) -> bytes:
        return ber.unsigned(tag, round(measure(machine.quality(machine, now))))

    return read


def _rate(measure: Callable[[Quality], int]) -> Read:
    """The medium's part of the call's rate; the row's number is the medium."""

    def read(machine: Machine, medium: int, now: float) -> bytes:
        return ber.unsigned(ber.GAUGE32, round(measure(machine.quality(machine, now)) * _SHARE[medium]))

    return read


def _video(measure: Callable[[Quality], int]) -> Read:
    """Of the picture: 0 for sound."""

    def read(machine: Machine, medium: int, now: float) -> bytes:
        return ber.unsigned(ber.GAUGE32, measure(machine.quality(machine, now)) if medium == _VIDEO else 0)

    return read


_JITTER = 22
_STREAM: tuple[tuple[int, Read, bool], ...] = (
    (2, fixed(ber.integer(_SENDING)), False),
    (6, _whole(lambda quality: quality.tx_loss * _MICROPERCENT), True),
    (14, _whole(lambda quality: quality.rx_loss * _MICROPERCENT), True),
    (_JITTER, _whole(lambda quality: quality.rx_jitter_ms, ber.COUNTER64), True),  # CounterBasedGauge64
    (28, _video(lambda _: 30_000), True),
    (30, _video(lambda quality: quality.frame_rate * 1000), True),  # millifps
    (32, _video(lambda _: HEIGHT), True),
    (34, _video(lambda quality: quality.height), True),
    (36, _rate(lambda quality: quality.tx_kbps), True),
    (38, _rate(lambda quality: quality.rx_kbps), True),
)
CALL_COLUMNS: tuple[Oid, ...] = (CALL_STATE, LATENCY, *((*STREAM, column) for column, _, _ in _STREAM))
"""Columns that exist whether or not there is a call."""


def rows() -> Iterator[Row]:
    """What is there always: the connection to call management, and a camera, a display and a microphone."""
    for index, (part, category) in enumerate(_PERIPHERALS, 1):
        yield Row((*PERIPHERAL, 3), (index,), _part(part))
        yield Row((*PERIPHERAL, 4), (index,), fixed(ber.integer(category)))
    yield Row(
        CONNECTION,
        (1,),
        of(
            lambda machine: ber.integer(_COMMUNICATION_LOST if "sip" in machine.faulty else _COMMUNICATION_OK)
        ),
    )


def call_rows() -> Iterator[Row]:
    """What is there in a call: its state, and a video and an audio stream."""
    yield Row(CALL_STATE, (1,), fixed(ber.integer(_IN_PROGRESS)))
    for medium in (_VIDEO, _AUDIO):
        yield Row(LATENCY, (1, medium), _whole(lambda quality: quality.latency_ms), live=True)
        for column, read, live in _STREAM:
            yield Row((*STREAM, column), (1, medium, 1), read, medium, live=live, wide=column == _JITTER)
