"""How much an uplink loses, from what is polled anyway: interface counters, and our own questions that got lost. Pure.

Counters (RFC 2863: ifInErrors, ifInDiscards, ifOutErrors, ifOutDiscards against unicast packets) tell the share of
packets that the interface itself lost in the last minutes, each direction for itself. Only what two readings in a row
have is a difference: a counter that was not read, or that begins anew, says nothing until it is read again. Questions
tell what the line loses end to end; a run of five or more misses is a silence, which is the judge's business, and not
loss.
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
"""Differences until the window moves on: it is between one and two times as long, five minutes at most."""
PACKETS = 1000
"""Fewer packets than this say nothing about a share."""
WRAP = 2**32
"""Where a Counter32 begins anew (RFC 2578 §7.1.6); a Counter64 does not in a lifetime."""

IN, OUT = 0, 1
LOST = {"ifInErrors": IN, "ifInDiscards": IN, "ifOutErrors": OUT, "ifOutDiscards": OUT}
CARRIED = {"ifHCInUcastPkts": IN, "ifHCOutUcastPkts": OUT}
COLUMN = ietf.IF_OPER_STATUS.labels.index("ifName")

Counters = dict[str, float]
"""Values of one interface by the counter's name."""


class Loss(NamedTuple):
    """A share of packets, of which link; `asked` if our own questions say so and not the interface."""

    share: float
    link: str
    asked: bool


class _Packets(NamedTuple):
    """Packets of one direction."""

    lost: float = 0.0
    carried: float = 0.0

    def with_more(self, other: "_Packets") -> "_Packets":
        return _Packets(self.lost + other.lost, self.carried + other.carried)


NONE = (_Packets(), _Packets())


class _Window(NamedTuple):
    """The counters as last read, and what went by in this and in the former stretch of polls, each direction."""

    last: Counters
    former: tuple[_Packets, _Packets] = NONE
    latest: tuple[_Packets, _Packets] = NONE
    polls: int = 0

    def moved(self, now: Counters) -> "_Window":
        """The window with one more reading."""
        came = _between(self.last, now)
        if self.polls >= POLLS:
            return _Window(now, self.latest, came, 1)
        there = self.latest
        both = (there[IN].with_more(came[IN]), there[OUT].with_more(came[OUT]))
        return _Window(now, self.former, both, self.polls + 1)

    def packets(self) -> Iterator[_Packets]:
        """What went by in all of it, each direction."""
        for before, after in zip(self.former, self.latest, strict=True):
            yield before.with_more(after)


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

    def rebooted(self) -> None:
        """It counts from nothing again: no reading before is compared with one after."""
        for link, window in self._counts.items():
            self._counts[link] = window._replace(last={})

    def counted(self, device: Device, measured: Sequence[Measured]) -> None:
        """Take the counters of a full poll."""
        self._unread = 0
        wanted = {link.interface: link.name for link in device.uplinks if link.interface}
        for link in self._counts.keys() - wanted.values():  # a reload took it out
            del self._counts[link]
        if not wanted:
            return
        found: dict[str, Counters] = {}
        for link, name, value in _counters(wanted, measured):
            found.setdefault(link, {})[name] = value
        for link in wanted.values():
            kept, now = self._counts.get(link), found.get(link, {})
            self._counts[link] = _Window(now) if kept is None else kept.moved(now)

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
            for lost, carried in kept.packets():
                if lost + carried >= PACKETS:
                    yield Loss(lost / (lost + carried), link, asked=False)

    def _push(self, number: int, bits: int) -> None:
        self._bits = (self._bits << number | bits) & ((1 << WINDOW) - 1)
        self._known = min(self._known + number, WINDOW)


def _counters(wanted: dict[str, str], measured: Sequence[Measured]) -> Iterator[tuple[str, str, float]]:
    """Each counter of an uplink's interface: the link, the counter's name, the value."""
    for block in measured:
        name = block.series.family.name
        if name not in LOST and name not in CARRIED:
            continue
        for row, value in zip(block.series.labels, block.values, strict=True):
            link = wanted.get(row[COLUMN])
            if link is not None:
                yield link, name, value


def _between(before: Counters, now: Counters) -> tuple[_Packets, _Packets]:
    """What went by from one reading to the next, each direction; nothing where the agent counts anew.

    A direction whose packets were not read both times has no share, so its losses are left out as well.
    """
    steps = {name: _step(name, before[name], value) for name, value in now.items() if name in before}
    if any(step is None for step in steps.values()):
        return NONE
    lost, carried = [0.0, 0.0], [0.0, 0.0]
    for name, way in CARRIED.items():
        carried[way] += steps.get(name) or 0.0
    for name, way in LOST.items():
        lost[way] += steps.get(name) or 0.0
    there = [any(CARRIED.get(name) == way for name in steps) for way in (IN, OUT)]
    return (
        _Packets(lost[IN], carried[IN]) if there[IN] else NONE[IN],
        _Packets(lost[OUT], carried[OUT]) if there[OUT] else NONE[OUT],
    )


def _step(name: str, before: float, now: float) -> float | None:
    """How far a counter went; None if it began anew otherwise than by coming round."""
    if now >= before:
        return now - before
    round_ = now - before + WRAP
    # More than half of what it can hold is not lost between two polls: it was set to nothing.
    return round_ if name in LOST and 0 <= round_ < WRAP / 2 else None
