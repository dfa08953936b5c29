"""The meetings of the moment as the exporters show them: each sitting, its phase, its readiness. Frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from collector.meetings.alarm import Stage
from collector.meetings.model import Occurrence
from collector.meetings.readiness import Phase, Readiness


@dataclass(frozen=True, slots=True)
class Sitting:
    """One sitting. `look` is there from an hour before until the end, `alarms` with it; `final` from then on.

    `final` is the last look before the end: what is true of everybody afterwards says nothing about the meeting.
    """

    occurrence: Occurrence
    phase: Phase
    look: Readiness | None = None
    alarms: Mapping[Stage, bool] = field(default_factory=lambda: MappingProxyType({}))
    final: Readiness | None = None
    ports: int | None = None
    """All ports of its bridges, until the end; None if one of them does not say."""
    booked: int | None = None
    """Ports of them that are wanted at its time, until it is prepared: by it, and by what is at the same time."""

    @property
    def known(self) -> Readiness | None:
        """What is known of everybody: now, or as of the end."""
        return self.look or self.final


@dataclass(frozen=True, slots=True)
class Meetings:
    """What is shown of all meetings, by start; a new object at every look."""

    at: float = 0.0
    sittings: tuple[Sitting, ...] = ()

    def of(self, meeting: str) -> Sitting | None:
        """The sitting of a meeting that is shown now."""
        return next((one for one in self.sittings if one.occurrence.meeting == meeting), None)
