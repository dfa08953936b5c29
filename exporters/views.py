"""What the exporters want of the service: one narrow way to pull, and plain numbers. No logic, no I/O.

The service implements `Views`; a scrape calls it on the event loop, so every method but `reload` returns at once.
`facts` is also called from a thread.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from collector.coverage.standing import Standing
from collector.meetings.model import Occurrence
from collector.meetings.readiness import Readiness
from collector.meetings.report import Report
from collector.meetings.standing import Meetings, Sitting
from collector.model import DeviceName, Inventory
from collector.outages.state import CityState, Outage
from collector.outcome import FailureKind
from collector.plan import Question
from exporters.exposition import DeviceExposition


class Remembered(Protocol):
    """One finished question about a device, kept with the log lines that explain it."""

    @property
    def at(self) -> float:
        """Unix seconds at which it finished."""

    @property
    def question(self) -> Question:
        """What was asked."""

    @property
    def ok(self) -> bool:
        """Whether the device answered."""

    @property
    def kind(self) -> FailureKind | None:
        """Whose desk a failure belongs to; None for an answer."""

    @property
    def detail(self) -> str:
        """One sentence for an operator, without secrets."""

    @property
    def log(self) -> tuple[str, ...]:
        """What was logged while asking, oldest first."""


class RefusedMessage(Protocol):
    """The last MQTT message refused for one reason on one topic, without its payload."""

    @property
    def topic(self) -> str:
        """Its topic, shortened and printable."""

    @property
    def result(self) -> str:
        """Why, by the name that it is counted under."""

    @property
    def detail(self) -> str:
        """One sentence for an operator."""

    @property
    def at(self) -> float:
        """Unix seconds."""

    @property
    def count(self) -> int:
        """How many there were."""


@dataclass(frozen=True, slots=True)
class ServiceStats:
    """The service's numbers about itself at one moment. Counters only grow while the process lives.

    Durations are seconds, timestamps Unix seconds. Leave a number that is not known (no broker configured, not
    measured yet) as None: it will be absent, not zero.
    """

    version: str
    polls: Mapping[tuple[Question, str], int] = field(default_factory=lambda: MappingProxyType({}))
    """Finished questions by question and result: `answer` or the failure's kind."""
    skipped: Mapping[Question, int] = field(default_factory=lambda: MappingProxyType({}))
    targets: Mapping[Question, int] = field(default_factory=lambda: MappingProxyType({}))
    in_flight: int = 0
    lateness: float | None = None
    packets_sent: int | None = None
    packets_received: int | None = None
    ignored_datagrams: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """By reason; give every reason a 0 at the start."""
    missing_objects: int | None = None
    snmp_discoveries: int | None = None
    snmp_shrunk_devices: int | None = None
    snmp_smallest_question: int | None = None
    snmp_stalls: int | None = None
    mqtt_connected: bool | None = None
    mqtt_messages: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """By result: `accepted`, or why one was refused."""
    traps_listening: bool | None = None
    trap_messages: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """By result: `accepted`, or what else became of one."""
    reload_ok: bool | None = None
    reload_at: float | None = None
    journal_behind: bool | None = None
    journal_lost: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """By reason; give every reason a 0 at the start."""
    journal_restarts: int | None = None
    silence_reads: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Looks at Alertmanager's silences by result; empty without an Alertmanager."""
    calendars: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    """Calendars of meetings by file: could it be read when the running configuration was?"""


@dataclass(frozen=True, slots=True)
class Reloaded:
    """Was a new configuration taken into use, and what is there to say of it? A line each, errors first."""

    taken: bool
    said: Sequence[str] = ()


class Views(Protocol):
    """What the service lets the world see."""

    @property
    def devices(self) -> DeviceExposition:
        """Device samples as text."""

    def monotonic(self) -> float:
        """The clock that `DeviceExposition.put` was given `expires` in."""

    def ready(self) -> bool:
        """True once the first round of polls is complete."""

    def city_state(self) -> CityState:
        """The latest judgement; a new object whenever anything in it changed."""

    def inventory(self) -> Inventory:
        """The running configuration; the same object until a reload replaces it."""

    def facts(self, device: DeviceName, /) -> Mapping[str, str]:
        """Texts that the device told about itself (vendor, model, software, sysName, …); empty if none.

        The same object until they change.
        """

    def history(self, device: DeviceName, /) -> Sequence[Remembered]:
        """The device's last finished questions, oldest first; failures are kept longer than answers."""

    def past(self, since: float, /) -> Sequence[Outage]:
        """Outages of the journal that lasted at some time after `since`, the oldest first; called from a thread."""

    def refused(self) -> Sequence[RefusedMessage]:
        """MQTT messages that were refused lately, the newest first."""

    def coverage(self) -> Standing | None:
        """The day's coverage; the same object until the day or the files change, None if nothing is promised."""

    def meetings(self) -> Meetings:
        """The meetings of the moment and their readiness; a new object at every look, some seconds apart."""

    def sitting(self, meeting: str, /) -> Sitting | None:
        """The sitting of a meeting that is shown, else its next one within two months."""

    def coming(self) -> Sequence[Sitting]:
        """The sitting of each meeting that is shown, else its next one within two months, by start."""

    def meeting_names(self) -> Sequence[str]:
        """Every meeting of the next two months."""

    def look(self, occurrence: Occurrence, /) -> Readiness:
        """Who could join a sitting now, whenever it is."""

    def report(self, meeting: str, on: str | None, /) -> Report | None:
        """What the journal has of a sitting: of the day `on`, else of the latest that began; called from a thread."""

    def plan(self) -> Callable[[], Mapping[str, object]]:
        """Makes what `citynoc plan` compares with, without secrets; what is returned may run in a thread."""

    def stats(self) -> ServiceStats:
        """The service's own numbers."""

    async def reload(self) -> Reloaded:
        """Read the configuration again, and take it into use unless there are errors in it."""
