"""The fewest failures that explain a set of silent devices. Pure, deterministic.

An explanation is a key (the cables or the site that would have to have failed), how many failures it takes and
which of the silent devices it explains; a device always explains itself. The choice is exact while the search is
small and greedy beyond; ties go to what comes first in order, never to what came first in time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from collector.outages.state import CauseKind

SEARCH_LIMIT = 4_000
"""Steps of the exact search before the greedy choice is taken: some milliseconds."""


class Key(NamedTuple):
    """What would have failed: `names` are cables (two when both had to), a site, or one device."""

    kind: CauseKind
    names: tuple[str, ...]


class Option(NamedTuple):
    """One explanation."""

    key: Key
    explains: frozenset[int]

    @property
    def failures(self) -> int:
        """How many things broke, if this is what happened."""
        return len(self.key.names)


def cover(
    devices: Iterable[int], options: Mapping[Key, frozenset[int]], fits: Callable[[Sequence[Key]], bool]
) -> dict[Key | int, frozenset[int]]:
    """Fewest failures, then fewest causes, then first in order. A bare device number explains itself.

    `fits` says whether several explanations together contradict nothing; each alone is known not to.
    """
    chosen: dict[Key | int, frozenset[int]] = {}
    useful = [Option(key, found) for key, found in sorted(options.items()) if len(found) > len(key.names)]
    for part, choices in _parts(frozenset(devices), useful):
        if not choices:
            chosen.update((device, frozenset({device})) for device in sorted(part))
            continue
        taken_before = tuple(key for key in chosen if isinstance(key, Key))
        fits_here = partial(_fits_with, fits, taken_before)
        picked = _exact(part, choices, fits_here)
        if picked is None:
            picked = _greedy(part, choices, fits_here)
        left = set(part)
        for option in picked:  # a device that two of them explain is told under the first
            taken = option.explains & left
            left -= taken
            if taken:
                chosen[option.key] = frozenset(taken)
        chosen.update((device, frozenset({device})) for device in sorted(left))
    return chosen


def _fits_with(fits: Callable[[Sequence[Key]], bool], before: tuple[Key, ...], keys: Sequence[Key]) -> bool:
    return fits([*before, *keys])


def _parts(devices: frozenset[int], options: list[Option]) -> list[tuple[frozenset[int], tuple[Option, ...]]]:
    """Devices that share no explanation, directly or by way of others, are separate questions."""
    parts: list[tuple[set[int], list[Option]]] = []
    for option in options:
        joined, with_options = set(option.explains), [option]
        apart = []
        for part in parts:
            if part[0] & joined:
                joined |= part[0]
                with_options = part[1] + with_options
            else:
                apart.append(part)
        parts = [*apart, (joined, with_options)]
    alone = devices.difference(*(part for part, _ in parts))
    found = [(frozenset(part & devices), tuple(choices)) for part, choices in parts]
    return [(alone, ()), *found] if alone else found


def _exact(
    devices: frozenset[int], options: tuple[Option, ...], fits: Callable[[Sequence[Key]], bool]
) -> tuple[Option, ...] | None:
    """Best choice by full search, or None if that is too long."""
    steps = 0
    best: tuple[int, int, tuple[Option, ...]] | None = None

    def walk(left: frozenset[int], picked: tuple[Option, ...], alone: int) -> bool:
        nonlocal steps, best
        steps += 1
        if steps > SEARCH_LIMIT:
            return False
        spent = sum(option.failures for option in picked) + alone
        if best is not None and spent > best[0]:
            return True
        if not left:
            score = (spent, len(picked) + alone, tuple(sorted(picked)))
            if (best is None or score < best) and fits([option.key for option in picked]):
                best = score
            return True
        first = min(left)
        tries = [option for option in options if first in option.explains]
        return all(walk(left - option.explains, (*picked, option), alone) for option in tries) and walk(
            left - {first}, picked, alone + 1
        )

    if not walk(devices, (), 0):
        return None
    return best[2] if best is not None else ()


def _greedy(
    devices: frozenset[int], options: tuple[Option, ...], fits: Callable[[Sequence[Key]], bool]
) -> tuple[Option, ...]:
    left = set(devices)
    picked: list[Option] = []
    rest = list(options)
    while rest:
        option = max(rest, key=lambda option: len(option.explains & left) - option.failures)
        if len(option.explains & left) <= option.failures:
            break
        rest.remove(option)
        if fits([*(taken.key for taken in picked), option.key]):
            picked.append(option)
            left -= option.explains
    return tuple(picked)
