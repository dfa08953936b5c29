"""Load, memory, temperature: readings that wander, the same for the same machine and time. Pure."""

import math
from collections.abc import Callable

from citynoc.simulator import ber
from citynoc.simulator.machine import Machine
from citynoc.simulator.mib import Read

_SLOW, _QUICK = 1 / 5400.0, 1 / 97.0  # radians a second: hours and minutes


def wander(machine: Machine, salt: int, now: float) -> float:
    """A smooth walk between 0 and 1, its own for each machine and `salt`."""
    offset = machine.phase * 1000.0 + salt * 7.3
    return (
        0.5
        + 0.32 * math.sin(now * _SLOW + offset)
        + 0.18 * math.sin(now * _QUICK * (1 + machine.phase) + 2 * offset)
    )


def between(low: float, high: float, *, salt: int, tag: int = ber.INTEGER) -> Read:
    """A live whole number that wanders from `low` to `high`."""

    def read(machine: Machine, row: int, now: float) -> bytes:
        return ber.unsigned(tag, int(low + (high - low) * wander(machine, salt + row, now)))

    return read


def fixed(value: bytes) -> Read:
    """A value that never changes, already encoded."""
    return lambda _, __, ___: value


def of(encode: Callable[[Machine], bytes]) -> Read:
    """A value that changes only with the machine's epoch."""
    return lambda machine, _, __: encode(machine)
