"""What is known of the city at one moment: the judge's result and the exporters' input. Immutable.

Times are Unix seconds. Outage ids are deterministic (`device:rt-00115`, `cable:cb-12`): two collectors that see
the same failure give it the same id.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import NamedTuple

from collector.model import DeviceName, DistrictCode, SiteCode


class State(IntEnum):
    """State of a device or site by severity; the value of `citynoc_device_state`."""

    UP = 0
    MAINTENANCE = 1
    UNKNOWN = 2
    AGENT_DOWN = 3
    UNREACHABLE = 4
    DOWN = 5


class CauseKind(StrEnum):
    """What an outage's root cause is; also the `kind` label."""

    DEVICE = "device"
    LINK = "link"
    CABLE = "cable"
    SITE = "site"
    GROUP = "group"


class Severity(IntEnum):
    """How much an outage matters; the value of `citynoc_outage_severity`."""

    NOTICE = 0  # an endpoint of a meeting, by itself: MeetingNotReady tells of it, by name
    WARNING = 1
    MAJOR = 2
    CRITICAL = 3


@dataclass(frozen=True, slots=True)
class DeviceVerdict:
    """A device's state and since when; `cause` is the id of the outage that explains it."""

    state: State
    since: float
    answered: bool | None  # confirmed: True answered, False silent, None no evidence
    last_heard: float | None = None  # of one that does not answer: when it last did
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Outage:
    """One root cause and all that stands in its shadow. `id`, `kind` and `district` never change in its life.

    `district` is the cause's own, or empty when the cause spans several. `causes` are the devices, links or
    the cable that failed. `affected_devices` include the cause's own; `affected_sites` are those cut off and,
    unless the outage is only a warning, the cause's own.
    """

    id: str
    kind: CauseKind
    district: DistrictCode
    started: float
    causes: tuple[str, ...]
    affected_devices: frozenset[DeviceName]
    affected_sites: frozenset[SiteCode]
    severity: Severity
    site: SiteCode | None = None
    carrier: str = ""
    ended: float | None = None
    acknowledged: bool = False
    on_battery: bool = False
    """A UPS at the cause's site ran on its battery: the power failed."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What on-call says of this moment: how many cut-off sites page, and seconds until the next in line is told."""

    wake_sites: int
    escalation_delay: float | None = None


class Uplink(NamedTuple):
    """What is known of a site's way out at one moment. `capacity` is Mbit/s of the fastest uplink that works.

    `backup`: a second one, in another cable, works. `delay` is seconds that a question took there and back, the
    device's and our own time included: never less than the way itself. What is not known is None.
    """

    capacity: int | None
    backup: bool | None
    delay: float | None


@dataclass(frozen=True, slots=True)
class CityState:
    """Everything `/metrics/state` and the API need, as of `at`. `links` and `redundancy_lost` hold only what is known.

    `outages` holds those that last and those that ended within the last hour.
    """

    at: float
    devices: Mapping[DeviceName, DeviceVerdict] = field(default_factory=lambda: MappingProxyType({}))
    sites: Mapping[SiteCode, State] = field(default_factory=lambda: MappingProxyType({}))
    links: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    redundancy_lost: Mapping[SiteCode, bool] = field(default_factory=lambda: MappingProxyType({}))
    outages: tuple[Outage, ...] = ()
    blind: bool = False
    maintenance: AbstractSet[DeviceName] = frozenset()
    """Devices that a window of planned work covers, whether they answer or not."""
    duty: Duty | None = None
    uplinks: Mapping[SiteCode, Uplink] = field(default_factory=lambda: MappingProxyType({}))
    """Of the communes' sites, a few seconds old at most."""
