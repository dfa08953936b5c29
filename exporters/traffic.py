"""What the HTTP server counts about its own answers: plain numbers by endpoint. Pure.

An endpoint is a route's pattern, never a path that a client made up, so the counters are bounded.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple


class Scrape(NamedTuple):
    """The last complete answer of a metrics endpoint. `size` is in bytes before compression."""

    seconds: float
    size: int
    series: int


@dataclass(slots=True)
class Traffic:
    """Counters of one server."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    aborted: Counter[str] = field(default_factory=Counter)
    last: dict[str, Scrape] = field(default_factory=dict)
