"""What the exporters see of the running service: present values, pulled at scrape time. It changes nothing."""

import sqlite3
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

import structlog

from citynoc import __version__
from citynoc.clock import Clock
from citynoc.covering import Covering
from citynoc.judging import Judging
from citynoc.meetings.conferring import Conferring
from citynoc.meetings.reporting import NoSittingError, report_of
from collector.config.configuration import CalendarFile
from collector.coverage.standing import Standing
from collector.meetings.model import Occurrence
from collector.meetings.readiness import Readiness
from collector.meetings.report import Report
from collector.meetings.standing import Meetings, Sitting
from collector.model import DeviceName, Inventory
from collector.outages.history import History, NoJournalError
from collector.outages.state import CityState, Outage
from collector.plan import Question
from collector.scheduler import Scheduler
from collector.sources.mqtt import MqttSource
from collector.sources.mqtt_refusals import Refused
from collector.sources.silences import SilenceReader
from collector.sources.snmp import SnmpSource
from collector.sources.traps import TrapStats
from collector.store import Remembered, Store
from exporters.exposition import DeviceExposition
from exporters.views import Reloaded, ServiceStats

log = structlog.get_logger(__name__)

IGNORED = (
    "undecodable",
    "not_a_response",
    "community",
    "source",
    "unknown",
    "duplicate",
    "late",
    "unauthentic",
    "not_in_time",
)
"""Why a datagram is ignored: each reason is shown from the start, so that absence never means zero."""


class ServiceViews:
    """Implements `exporters.views.Views` over the parts of one service.

    `configured` holds what a reload replaces: the service sets `inventory`, `mqtt`, `journal`, `calendars`, `reload_ok`
    and `reload_at`.
    """

    def __init__(
        self,
        *,
        inventory: Inventory,
        clock: Clock,
        store: Store,
        devices: DeviceExposition,
        scheduler: Scheduler,
        snmp: SnmpSource,
        judging: Judging,
        covering: Covering,
        conferring: Conferring,
        silences: SilenceReader,
        traps: Callable[[], TrapStats | None],
        reload: Callable[[], Awaitable[Reloaded]],
        tell: Callable[[], Callable[[], Mapping[str, object]]],
    ) -> None:
        self._inventory = inventory
        self._clock = clock
        self._store = store
        self._devices = devices
        self._scheduler = scheduler
        self._snmp = snmp
        self._judging = judging
        self._covering = covering
        self._conferring = conferring
        self._silences = silences
        self._traps = traps
        self._reload = reload
        self._tell = tell
        self._ready = False
        self.mqtt: MqttSource | None = None
        self.journal: Path | None = None
        self.calendars: Sequence[CalendarFile] = ()
        self.reload_ok = True
        self.reload_at = clock.unix()

    def reconfigured(self, inventory: Inventory) -> None:
        """Show a new inventory from now on."""
        self._inventory = inventory
        self.reload_at = self._clock.unix()

    @property
    def devices(self) -> DeviceExposition:
        """Device samples as text."""
        return self._devices

    def monotonic(self) -> float:
        """The clock of sample expiry."""
        return self._clock.steady()

    def ready(self) -> bool:
        """True once every question of the plan has come to an end at least once; stays true."""
        if not self._ready:
            polls = self._scheduler.plan.polls
            self._ready = self._store.finished(polls) == len(polls)
        return self._ready

    def city_state(self) -> CityState:
        """The latest judgement that may be shown."""
        return self._judging.state

    def inventory(self) -> Inventory:
        """The running configuration."""
        return self._inventory

    def facts(self, device: DeviceName, /) -> Mapping[str, str]:
        """What the device told about itself."""
        return self._store.facts(device)

    def history(self, device: DeviceName, /) -> Sequence[Remembered]:
        """The device's last finished questions, oldest first."""
        return self._store.history(device)

    def past(self, since: float, /) -> Sequence[Outage]:
        """What the journal remembers; nothing while there is no journal that can be read."""
        if self.journal is None:
            return ()
        try:
            with History(self.journal) as history:
                return [one.outage for one in history.outages(since)]
        except (NoJournalError, sqlite3.Error) as why:
            log.warning("journal.not_read", why=str(why))
            return ()

    def refused(self) -> Sequence[Refused]:
        """MQTT messages that were refused lately, the newest first."""
        return self.mqtt.stats().refused if self.mqtt is not None else ()

    def coverage(self) -> Standing | None:
        """Where the city stands today."""
        return self._covering.standing

    def meetings(self) -> Meetings:
        """The meetings of the moment and their readiness."""
        return self._conferring.standing

    def sitting(self, meeting: str, /) -> Sitting | None:
        """The sitting of a meeting that is shown, else its next one."""
        return self._conferring.sitting(meeting)

    def coming(self) -> Sequence[Sitting]:
        """The next sitting of every meeting in sight."""
        return self._conferring.coming()

    def meeting_names(self) -> Sequence[str]:
        """Every meeting in sight."""
        return self._conferring.names()

    def look(self, occurrence: Occurrence, /) -> Readiness:
        """Who could join a sitting now, whenever it is."""
        return self._conferring.look(occurrence)

    def report(self, meeting: str, on: str | None, /) -> Report | None:
        """What happened in a sitting, as the journal has it; None if it has nothing."""
        if self.journal is None:
            return None
        try:
            return report_of(self.journal, self._inventory, meeting, on, self._clock.unix())
        except NoSittingError:
            return None
        except NoJournalError as why:
            log.warning("journal.not_read", why=str(why))
            return None

    def plan(self) -> Callable[[], Mapping[str, object]]:
        """Makes what `citynoc plan` compares with."""
        return self._tell()

    def stats(self) -> ServiceStats:
        """The service's numbers about itself."""
        snmp = self._snmp.stats()
        mqtt = self.mqtt.stats() if self.mqtt is not None else None
        traps = self._traps()
        targets = dict.fromkeys(Question, 0)
        for key in self._scheduler.plan.polls:
            targets[key.question] += 1
        targets[Question.TELEMETRY] = sum(
            1 for device in self._inventory.devices.values() if device.mqtt is not None
        )
        return ServiceStats(
            version=__version__,
            polls=self._store.outcomes,
            skipped=self._scheduler.stats.skipped,
            targets=targets,
            in_flight=self._scheduler.in_flight,
            lateness=self._scheduler.stats.lateness,
            packets_sent=snmp.sent,
            packets_received=snmp.received,
            ignored_datagrams={**dict.fromkeys(IGNORED, 0), **snmp.ignored},
            missing_objects=self._store.missing,
            snmp_discoveries=snmp.discoveries,
            snmp_shrunk_devices=snmp.shrunk_devices,
            snmp_smallest_question=snmp.smallest_request or None,
            snmp_stalls=snmp.stalls,
            mqtt_connected=mqtt.connected if mqtt is not None else None,
            mqtt_messages={result.value: count for result, count in mqtt.results.items()}
            if mqtt is not None
            else {},
            traps_listening=traps.listening if traps is not None else None,
            trap_messages={result.value: count for result, count in traps.results.items()}
            if traps is not None
            else {},
            reload_ok=self.reload_ok,
            reload_at=self.reload_at,
            journal_behind=self._judging.journal_behind,
            journal_lost={str(why): count for why, count in self._judging.journal_lost.items()},
            journal_restarts=self._judging.journal_restarts,
            silence_reads={result.value: count for result, count in self._silences.results.items()}
            if self._silences.url is not None
            else {},
            calendars={
                one.file: all(other.read for other in self.calendars if other.file == one.file)
                for one in self.calendars
            },
        )

    async def reload(self) -> Reloaded:
        """Read the configuration again, and take it into use unless there are errors in it."""
        return await self._reload()
