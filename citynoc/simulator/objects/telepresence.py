"""CISCO-TELEPRESENCE-CALL-MIB: the connection to call management, and a call's streams.

Loss is in micropercent (100,000,000 is all), jitter and latency in milliseconds, rates in kbit/s. Rows are there
only during a call: a simulated endpoint has had none before. Source: CISCO-TELEPRESENCE-CALL-MIB.
"""

from collections.abc import Callable, Iterator

from citynoc.simulator import ber
from citynoc.simulator.ber import Oid
from citynoc.simulator.machine import Machine, Quality
from citynoc.simulator.mib import Read, Row
from citynoc.simulator.objects.gauges import fixed, of

CALLS = (1, 3, 6, 1, 4, 1, 9, 9, 644, 1)
CONNECTION = (*CALLS, 2, 6, 1, 4)
CALL_STATE = (*CALLS, 4, 8, 1, 11)
LATENCY = (*CALLS, 4, 9, 1, 2)
STREAM = (*CALLS, 4, 10, 1)

_COMMUNICATION_OK, _COMMUNICATION_LOST = 5, 4
_IN_PROGRESS = 8
_SENDING = 1
_VIDEO, _AUDIO = 1, 2
_MICROPERCENT = 100_000_000
_SHARE = {_VIDEO: 0.95, _AUDIO: 0.05}  # of the bit rate


def _whole(measure: Callable[[Quality], float], tag: int = ber.GAUGE32) -> Read:
    def read(machine: Machine, _: int, now: float) -> bytes:
        return ber.unsigned(tag, round(measure(machine.quality(machine, now))))

    return read


def _rate(measure: Callable[[Quality], int]) -> Read:
    """The medium's part of the call's rate; the row's number is the medium."""

    def read(machine: Machine, medium: int, now: float) -> bytes:
        return ber.unsigned(ber.GAUGE32, round(measure(machine.quality(machine, now)) * _SHARE[medium]))

    return read


_JITTER = 22
_STREAM: tuple[tuple[int, Read, bool], ...] = (
    (2, fixed(ber.integer(_SENDING)), False),
    (6, _whole(lambda quality: quality.tx_loss * _MICROPERCENT), True),
    (14, _whole(lambda quality: quality.rx_loss * _MICROPERCENT), True),
    (_JITTER, _whole(lambda quality: quality.rx_jitter_ms, ber.COUNTER64), True),  # CounterBasedGauge64
    (36, _rate(lambda quality: quality.tx_kbps), True),
    (38, _rate(lambda quality: quality.rx_kbps), True),
)
CALL_COLUMNS: tuple[Oid, ...] = (CALL_STATE, LATENCY, *((*STREAM, column) for column, _, _ in _STREAM))
"""Columns that exist whether or not there is a call."""


def rows() -> Iterator[Row]:
    """What is there always."""
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
