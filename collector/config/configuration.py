"""What a directory says, checked, as plain values: no schema, no YAML and no file is needed to hold it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from collector.conference.quality import Standard
from collector.config.problems import Problem
from collector.coverage.evidence import Evidence
from collector.meetings.limits import LIMITS, Limits
from collector.meetings.model import Calendar, Series
from collector.model import Inventory, Place, ProfileName
from collector.oncall import Rota
from collector.outages.maintenance import Window
from collector.profile import Profile
from collector.telemetry import TelemetryProfile

if TYPE_CHECKING:
    from collector.config.oncall import OnCall


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A calendar that `meetings.yml` names at `place`: its file as written there, and the meetings that are of it.

    Without `read` the file could not be used as a whole; `series` may then be of an earlier one (`keeping`).
    """

    name: str
    file: str
    place: Place
    read: bool
    series: tuple[Series, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything the operator knows, checked. `warnings` are legal and odd.

    `on_call` holds receivers in the shapes of their file, for who writes to Alertmanager; a service is given its
    `rota` alone (`apart`).
    """

    inventory: Inventory
    profiles: Mapping[ProfileName, Profile]
    telemetry: Mapping[ProfileName, TelemetryProfile]
    warnings: tuple[Problem, ...] = ()
    maintenance: tuple[Window, ...] = ()
    on_call: "OnCall | None" = None
    rota: Rota | None = None
    coverage: Evidence | None = None
    meetings: Calendar = field(default_factory=Calendar)
    quality: Standard | None = None
    limits: Limits = LIMITS
    calendars: tuple[CalendarFile, ...] = ()
