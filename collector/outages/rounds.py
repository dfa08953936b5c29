"""What goes into the judge beside evidence, and what comes out of a round. Frozen values, no behaviour."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from collector.model import DeviceName, SiteCode
from collector.outages.state import CityState, Outage


class Via(StrEnum):
    """How a device was heard."""

    LIVENESS = "liveness"
    POLL = "poll"
    TELEMETRY = "telemetry"


class Hint(StrEnum):
    """News that makes the judge ask and is never a verdict: the kinds of `collector.sources.HintKind`."""

    OFFLINE = "offline"
    ONLINE = "online"
    RESTARTED = "restarted"
    AUTH_FAILURE = "auth_failure"


@dataclass(frozen=True, slots=True)
class Context:
    """What is true of a round besides evidence."""

    maintenance: AbstractSet[DeviceName] = frozenset()
    """Devices that a maintenance window covers now."""
    watched: AbstractSet[DeviceName] = frozenset()
    """Devices with `watch: meetings` that must be on now."""
    meeting_sites: AbstractSet[SiteCode] = frozenset()
    """Sites with a meeting going on or starting within the hour."""
    acknowledged: AbstractSet[str] = frozenset()
    """Outages that somebody has taken."""


NO_CONTEXT = Context()


@dataclass(frozen=True, slots=True)
class Round:
    """One round of verdicts. `asks` are to be asked for liveness now; `state` is to be exposed."""

    asks: tuple[DeviceName, ...]
    state: CityState
    changed: tuple[DeviceName, ...] = ()
    opened: tuple[Outage, ...] = ()
    updated: tuple[Outage, ...] = ()
    closed: tuple[Outage, ...] = ()

    @property
    def news(self) -> bool:
        """Must this round be journalled before its state is exposed?"""
        return bool(self.changed or self.opened or self.updated or self.closed)
