"""POLYCOM-ENDPOINT-MIB: identity, hardware, registration and the table of active calls.

The call table has a row only while the endpoint is in a call. Percentages are whole numbers and jitter and latency
are milliseconds, as the MIB gives them. Source: POLYCOM-ENDPOINT-MIB (revision of 2017-06-09).
"""

from collections.abc import Callable, Iterator

from citynoc.simulator import ber
from citynoc.simulator.ber import Oid
from citynoc.simulator.machine import HEIGHT, Machine, Quality
from citynoc.simulator.mib import Read, Row
from citynoc.simulator.objects.gauges import fixed, of

POLY = (1, 3, 6, 1, 4, 1, 13885, 101, 1)
CALL_ENTRY = (*POLY, 4, 1, 1)
OK, FAILED = 2, 3
CALL_ROW = 1
_TRUE, _FALSE = 1, 2  # TruthValue, RFC 2579

_ok = fixed(ber.integer(OK))


def _status(part: str) -> Read:
    return of(lambda machine: ber.integer(FAILED if part in machine.faulty else OK))


def _whole(measure: Callable[[Quality], float]) -> Read:
    """A live Unsigned32 of the running call."""

    def read(machine: Machine, _: int, now: float) -> bytes:
        return ber.unsigned(ber.GAUGE32, round(measure(machine.quality(machine, now))))

    return read


def _live_text(measure: Callable[[Quality], str]) -> Read:
    def read(machine: Machine, _: int, now: float) -> bytes:
        return ber.text(measure(machine.quality(machine, now)))

    return read


_IDENTITY: tuple[tuple[Oid, Read], ...] = (
    ((1, 1, 1), of(lambda machine: ber.text(machine.kind.software))),
    ((1, 1, 4), of(lambda machine: ber.text(machine.kind.model_of(machine.device)))),
    ((1, 1, 5), of(lambda machine: ber.text(f"SIM{int(machine.phase * 1e9):010d}"))),
    ((1, 1, 6), _ok),
    ((1, 2, 7, 1), _ok),
    ((1, 2, 7, 2), _status("h323")),
    ((1, 2, 8, 1), _ok),
    (
        (1, 3, 1),
        of(
            lambda machine: ber.integer(
                FAILED if machine.faulty & {"camera", "microphone", "display"} else OK
            )
        ),
    ),
    ((1, 3, 5, 1), _status("microphone")),
    ((1, 3, 6, 1), _status("camera")),
    ((1, 3, 10, 1), _ok),
    ((1, 5, 1), of(lambda machine: ber.unsigned(ber.GAUGE32, 1 if machine.call else 0))),
)
_COLUMNS_OF_ONE: tuple[tuple[Oid, Read], ...] = (
    ((1, 2, 7, 3, 1, 2), _status("h323")),
    ((1, 2, 8, 2, 1, 2), _status("sip")),
    ((1, 2, 8, 3, 1, 2), _status("sip")),
    ((1, 3, 10, 2, 1, 4), of(lambda machine: ber.unsigned(ber.GAUGE32, machine.ports[0].mbps))),
    ((1, 3, 10, 2, 1, 5), fixed(ber.text("full"))),
    ((1, 3, 10, 2, 1, 6), _ok),
)


def _percent_lost(quality: Quality) -> float:
    return quality.rx_loss * 100


_VOICE_SHARE = 0.05  # of the bit rate; voice loses less than video
_CALL_LIVE: tuple[tuple[int, Read], ...] = (
    (4, _whole(lambda quality: quality.rx_jitter_ms * 0.7)),
    (6, _whole(lambda quality: quality.latency_ms)),
    (8, _whole(lambda quality: quality.rx_loss * 50)),
    (16, _whole(_percent_lost)),
    (17, _whole(lambda quality: quality.tx_loss * 100)),
    (18, _whole(lambda quality: quality.latency_ms)),
    (19, _whole(lambda quality: quality.latency_ms)),
    (20, _whole(lambda quality: quality.rx_jitter_ms)),
    (21, _whole(lambda quality: quality.tx_jitter_ms)),
    (30, _whole(_percent_lost)),
    (42, _live_text(lambda quality: f"{quality.height * 16 // 9}x{quality.height}")),
    (43, _live_text(lambda _: f"{HEIGHT * 16 // 9}x{HEIGHT}")),
    (44, _live_text(lambda quality: str(quality.frame_rate))),
    (45, _live_text(lambda _: "30")),
    (46, _whole(lambda quality: quality.rx_jitter_ms)),
    (50, _whole(_percent_lost)),
    (56, _whole(lambda quality: quality.rx_kbps * (1 - _VOICE_SHARE))),
    (57, _whole(lambda quality: quality.tx_kbps * (1 - _VOICE_SHARE))),
)


def _lost_so_far(*, received: bool) -> Read:
    """Packets lost since the call began, at the loss of now: a call's mean loss is steady enough for that."""

    def read(machine: Machine, _: int, now: float) -> bytes:
        call, quality = machine.call, machine.quality(machine, now)
        share = quality.rx_loss if received else quality.tx_loss
        seconds = now - call.started if call else 0.0
        return ber.unsigned(ber.GAUGE32, int(seconds * 200 * share))

    return read


def _call_text(text: Callable[[Machine], str]) -> Read:
    return of(lambda machine: ber.text(text(machine)))


_CALL: tuple[tuple[int, Read, bool], ...] = (
    (2, _call_text(lambda machine: str(machine.call.number) if machine.call else ""), False),
    (10, _call_text(lambda _: "G.722.1C"), False),
    (14, _lost_so_far(received=True), True),
    (15, _lost_so_far(received=False), True),
    (36, fixed(ber.unsigned(ber.GAUGE32, 0)), False),
    (52, _call_text(lambda _: "H.264"), False),
    (58, _call_text(lambda machine: machine.call.name if machine.call else ""), False),
    (60, _call_text(lambda _: "SIP"), False),
    (61, _call_text(lambda _: "AES-128"), False),
    (63, fixed(ber.integer(_FALSE)), False),
    *((column, read, True) for column, read in _CALL_LIVE),
)

CALL_COLUMNS: tuple[Oid, ...] = tuple((*CALL_ENTRY, column) for column, _, _ in _CALL)
"""Columns that exist whether or not there is a call: asked outside one they are noSuchInstance."""


def rows() -> Iterator[Row]:
    """What is there always."""
    for object_, read in _IDENTITY:
        yield Row((*POLY[:-1], *object_), (0,), read)
    for object_, read in _COLUMNS_OF_ONE:
        yield Row((*POLY[:-1], *object_), (1,), read)


def call_rows() -> Iterator[Row]:
    """The call's row, only in a call."""
    for column, read, live in _CALL:
        yield Row((*CALL_ENTRY, column), (CALL_ROW,), read, live=live)
