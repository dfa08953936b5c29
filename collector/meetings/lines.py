"""How much an uplink loses, from what is polled anyway: interface counters, and our own questions that got lost. Pure.

Counters (RFC 2863: ifInErrors, ifInDiscards, ifOutErrors, ifOutDiscards against unicast packets) tell the share of
packets that the interface itself lost in the last minutes. Questions tell what the line loses end to end; a run of
five or more misses is a silence, which is the judge's business, and not loss.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from collector.metrics import ietf
from collector.model import Device
from collector.outcome import Measured

WINDOW = 120
"""Questions looked back on: ten minutes at one every five seconds."""
ENOUGH = 6
"""So many lost questions are no chance at half a percent of loss: about one in a hundred thousand windows."""
SILENCE = 5
POLLS = 5
"""Counter readings until the window moves on: it is between one and two times as long, five minutes at most."""
PACKETS = 1000
"""Fewer packets than this say nothing about a share."""

LOST = frozenset(
    {
        "ifInErrors",
        "ifInDiscards",
        "ifOutErrors",
        "ifOutDiscards",
    }
)
CARRIED = frozenset({"ifHCInUcastPkts", "ifHCOutUcastPkts"})
COLUMN = ietf.IF_OPER_STATUS.labels.index("ifName")


class Loss(NamedTuple):
    """A share of packets, of which link; `asked` if our own questions say so and not the interface."""

    share: float
    link: str
    asked: bool


class _Counts(NamedTuple):
    """One reading: packets lost and carried since the agent counts."""

    lost: float
    carried: float


class _Window(NamedTuple):
    """Readings at its beginning, in its middle and at its end, and how many there were since the middle."""

    first: _Counts
    middle: _Counts
    last: _Counts
    since: int

    def moved(self, now: _Counts) -> "_Window":
        """The window with one more reading; a new one if the agent counts anew."""
        if now.lost < self.last.lost or now.carried < self.last.carried:
            return _Window(now, now, now, 0)
        if self.since >= POLLS:
            return _Window(self.middle, self.last, now, 1)
        return _Window(self.first, self.middle, now, self.since + 1)


class Line:
    """What one router's uplinks lose lately."""

    __slots__ = ("_bits", "_counts", "_known", "_run", "_unread")

    def __init__(self) -> None:
        self._bits = 0  # one a question, 1 for a lost one, the latest lowest
        self._known = 0
        self._run = 0
        self._counts: dict[str, _Window] = {}
        self._unread = 0

    def answered(self) -> None:
        """The router answered a question of liveness."""
        if 0 < self._run < SILENCE:
            self._push(self._run, (1 << self._run) - 1)
        self._run = 0
        self._push(1, 0)

    def missed(self) -> None:
        """It did not."""
        self._run += 1

    def counted(self, device: Device, measured: Sequence[Measured]) -> None:
        """Take the counters of a full poll."""
        self._unread = 0
        wanted = {link.interface: link.name for link in device.uplinks if link.interface}
        for link in self._counts.keys() - wanted.values():  # a reload took it out
            del self._counts[link]
        if not wanted:
            return
        found: dict[str, list[float]] = {}
        for link, is_loss, value in _counters(wanted, measured):
            found.setdefault(link, [0.0, 0.0])[0 if is_loss else 1] += value
        for link, (lost, carried) in found.items():
            now, kept = _Counts(lost, carried), self._counts.get(link)
            self._counts[link] = _Window(now, now, now, 0) if kept is None else kept.moved(now)

    def uncounted(self) -> None:
        """A full poll failed. After as many as move a window on, what was counted is not of the last minutes any more."""
        self._unread += 1
        if self._unread >= POLLS:
            self._counts.clear()

    def loss(self, limit: float) -> Loss | None:
        """The worst loss at or above `limit`, from the interfaces first; None if there is none."""
        worst = max(self._interfaces(), default=None)
        if worst is not None and worst.share >= limit:
            return worst
        lost = self._bits.bit_count()
        if self._known and lost >= ENOUGH and lost / self._known >= limit:
            return Loss(lost / self._known, "", asked=True)
        return None

    def _interfaces(self) -> Iterator[Loss]:
        for link, kept in self._counts.items():
            lost = kept.last.lost - kept.first.lost
            carried = kept.last.carried - kept.first.carried
            if lost + carried >= PACKETS:
                yield Loss(lost / (lost + carried), link, asked=False)

    def _push(self, number: int, bits: int) -> None:
        self._bits = (self._bits << number | bits) & ((1 << WINDOW) - 1)
        self._known = min(self._known + number, WINDOW)


def _counters(wanted: dict[str, str], measured: Sequence[Measured]) -> Iterator[tuple[str, bool, float]]:
    """Each counter of an uplink's interface: the link, whether it counts losses, the value."""
    for block in measured:
        name = block.series.family.name
        if name not in LOST and name not in CARRIED:
            continue
        for row, value in zip(block.series.labels, block.values, strict=True):
            link = wanted.get(row[COLUMN])
            if link is not None:
                yield link, name in LOST, value
