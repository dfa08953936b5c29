"""The service: opens its parts in order, runs them in one task group, reloads, and closes them in reverse.

It wires and decides nothing else: what a part does stands in that part.
"""

import asyncio
import gc
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import Any

import structlog

from citynoc import said
from citynoc.clock import Clock
from citynoc.covering import Covering
from citynoc.dispatch import Dispatch
from citynoc.duty import OnDuty
from citynoc.ending import end
from citynoc.judging import Judging
from citynoc.meetings.conferring import Conferring, foresee
from citynoc.observing import Observing
from citynoc.planning.telling import account, telling
from citynoc.settings import Settings
from citynoc.trapping import Trapping
from citynoc.views import ServiceViews
from collector import plan
from collector.config import Configuration, ConfigurationError, apart
from collector.config.keeping import keep
from collector.coverage import diary
from collector.meetings.attendance import Attendance
from collector.model import Broker, DeviceName, Inventory
from collector.outages.journal import Journal
from collector.outages.maintenance import Calendar
from collector.outages.topology import Topology
from collector.outages.verdict import Judge
from collector.plan import Question
from collector.scheduler import Scheduler
from collector.sources import HintKind
from collector.sources.mqtt import MqttSource
from collector.sources.silences import SilenceReader
from collector.sources.snmp import SnmpSource
from collector.store import Store
from exporters.exposition import DeviceExposition
from exporters.guard import UnguardedError, guarded
from exporters.server import Server
from exporters.views import Reloaded

log = structlog.get_logger(__name__)


class CannotStartError(Exception):
    """The service cannot start here: one sentence for the person who started it."""


class Service:
    """One city's monitor. `run` returns after SIGTERM or SIGINT and leaves nothing behind."""

    def __init__(self, settings: Settings, configuration: Configuration, store: Store) -> None:
        self._settings = settings
        self._configuration = configuration
        self._store = store
        self._clock = Clock()
        self._exposition = DeviceExposition()
        self._stop = asyncio.Event()
        self._broker_changed = asyncio.Event()
        self._reloading = asyncio.Lock()
        self._applied: Mapping[str, Any] | None = None

    async def run(self) -> None:
        """Open, work, close. Raises CannotStartError."""
        said.log_warnings(self._configuration)
        inventory = self._configuration.inventory
        async with AsyncExitStack() as parts:
            journal = await self._open_journal(parts)
            now = self._clock.unix()
            self._judge = Judge(Topology(inventory), inventory.city.verdict, now, journal.open_outages)
            self._dispatch = Dispatch(inventory, self._judge, self._store, self._exposition, self._clock)
            self._dispatch.grader.standard = self._configuration.quality
            snmp = await parts.enter_async_context(
                SnmpSource(clock=self._clock.steady, source=inventory.city.source_address)
            )
            self._scheduler = Scheduler(snmp, self._dispatch.finished, self._stalled, self._clock.steady)
            self._scheduler.apply(plan.diff(plan.Plan({}), self._plan(self._configuration)))
            self._judging = Judging(
                judge=self._judge,
                journal=journal,
                scheduler=self._scheduler,
                clock=self._clock,
                calendar=Calendar(self._configuration.maintenance, inventory),
                attendance=Attendance(self._configuration.meetings),
                duty=OnDuty(self._configuration.rota),
                broker_connected=self._broker_connected,
            )
            self._observing = Observing(
                self._dispatch.uplinks,
                self._judging,
                inventory,
                self._settings.data / diary.FILE,
                self._clock,
            )
            self._trapping = Trapping(
                inventory, self._settings.data / "snmp-engine.json", self._clock.steady, self._trapped
            )
            await asyncio.to_thread(foresee, self._configuration.meetings, now)
            self._conferring = Conferring(
                calendar=self._configuration.meetings,
                inventory=inventory,
                readings=self._dispatch.readings,
                state=lambda: self._judging.state,
                journal=journal,
                clock=self._clock,
                limits=self._configuration.limits,
            )
            await asyncio.to_thread(self._conferring.resume, self._settings.data / "journal.sqlite")
            self._silences = SilenceReader(inventory.city.alertmanager, self._taken)
            self._covering = Covering(self._configuration.coverage, inventory, self._clock.unix)
            self._views = ServiceViews(
                inventory=inventory,
                clock=self._clock,
                store=self._store,
                devices=self._exposition,
                scheduler=self._scheduler,
                snmp=snmp,
                judging=self._judging,
                covering=self._covering,
                conferring=self._conferring,
                silences=self._silences,
                traps=self._trapping.stats,
                reload=self.reload,
                tell=self._tell,
            )
            self._views.journal = self._settings.data / "journal.sqlite"
            self._views.calendars = self._configuration.calendars
            await self._serve(parts, inventory)
            await self._work()
        log.info("service.stopped")

    async def _open_journal(self, parts: AsyncExitStack) -> Journal:
        try:
            self._settings.data.mkdir(parents=True, exist_ok=True, mode=0o750)
        except OSError as error:
            raise CannotStartError(f"cannot keep data in {self._settings.data}: {error.strerror}") from None
        return await parts.enter_async_context(
            Journal(self._settings.data / "journal.sqlite", self._clock.unix)
        )

    async def _serve(self, parts: AsyncExitStack, inventory: Inventory) -> None:
        host, port = inventory.city.listen_host, inventory.city.listen_port
        try:
            guard = guarded(host, inventory.city.web, self._settings.config)
            server = await parts.enter_async_context(Server(self._views, host, port, guard))
        except UnguardedError as why:
            raise CannotStartError(str(why)) from None
        except OSError as error:
            raise CannotStartError(
                f"cannot listen on {host}:{port}: {os.strerror(error.errno) if error.errno else error}; "
                "choose another address with --listen or in city.yml"
            ) from None
        log.info(
            "service.started",
            listening=f"{host}:{server.port}",
            devices=len(inventory.devices),
            sites=len(inventory.sites),
            polls=len(self._scheduler.plan.polls),
        )

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            work = [
                tasks.create_task(self._scheduler.run(), name="scheduler"),
                tasks.create_task(self._judging.run(), name="judge"),
                tasks.create_task(self._listen(), name="mqtt"),
                tasks.create_task(self._covering.run(), name="coverage"),
                tasks.create_task(self._conferring.run(), name="meetings"),
                tasks.create_task(self._observing.run(), name="uplinks"),
                tasks.create_task(self._silences.run(), name="silences"),
                tasks.create_task(self._trapping.run(), name="traps"),
                tasks.create_task(self._settle(), name="settle"),
            ]
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, self._stop.set)
            loop.add_signal_handler(signal.SIGHUP, lambda: tasks.create_task(self.reload()))
            await self._stop.wait()
            log.info("service.stopping")
            await end(work)

    async def _settle(self) -> None:
        """Once every device was read, what will live as long as the service is no longer looked through for garbage."""
        while not self._views.ready():  # noqa: ASYNC110 - once, at the start
            await asyncio.sleep(1.0)
        gc.collect()
        gc.freeze()

    def _trapped(self, device: DeviceName, kind: HintKind) -> None:
        """A trap: the judge looks at once, and what the device measures is read, for it may say what changed."""
        if kind is HintKind.AUTH_FAILURE:  # about who asked the device, not about the device
            return
        if kind is HintKind.NEWS:
            self._scheduler.ask_now((device,))
        else:
            self._dispatch.hint(device, kind)
        self._scheduler.ask_now((device,), Question.POLL)

    async def _listen(self) -> None:
        """Listen to the broker of the day; a reload that changes it starts anew."""
        while True:
            self._broker_changed.clear()
            source = self._mqtt_source(self._configuration)
            self._views.mqtt = source
            async with asyncio.TaskGroup() as tasks:
                listening = None
                if source is not None:
                    listening = tasks.create_task(source.listen(self._dispatch.told, self._dispatch.hint))
                await self._broker_changed.wait()
                if listening is not None:
                    listening.cancel()

    def _mqtt_source(self, configuration: Configuration) -> MqttSource | None:
        inventory = configuration.inventory
        broker = inventory.city.broker
        if broker is None:
            return None
        credential = inventory.credentials[broker.credential] if broker.credential is not None else None
        return MqttSource(broker, credential, inventory.devices, configuration.telemetry, self._clock.unix)

    async def reload(self) -> Reloaded:
        """Read the files again and apply the difference; a wrong configuration changes nothing."""
        async with self._reloading:
            try:
                loaded = await apart.load(self._settings.config, os.environ)
            except ConfigurationError as wrong:
                self._views.reload_ok = False
                said.log_refusal(wrong.problems)
                return Reloaded(taken=False, said=said.refusal(wrong.problems))
            loaded = await asyncio.to_thread(keep, loaded, self._configuration)
            await asyncio.to_thread(foresee, loaded.meetings, self._clock.unix())
            self._apply(self._settings.applied_to(loaded))
            self._views.reload_ok = True
            return Reloaded(taken=True, said=said.acceptance(loaded))

    def _apply(self, new: Configuration) -> None:
        """Swap the configuration between two ticks: nothing here awaits."""
        old, self._configuration = self._configuration, new
        inventory = new.inventory
        change = plan.diff(self._scheduler.plan, self._plan(new))
        self._scheduler.apply(change)
        self._dispatch.reconfigure(inventory)
        self._dispatch.grader.standard = new.quality
        self._judge.update(Topology(inventory), self._clock.unix())
        self._judging.calendar = Calendar(new.maintenance, inventory)
        self._judging.attendance = Attendance(new.meetings)
        self._judging.duty = OnDuty(new.rota)
        self._silences.url = inventory.city.alertmanager
        self._views.reconfigured(inventory)
        self._views.calendars = new.calendars
        self._covering.reconfigure(new.coverage, inventory)
        self._conferring.reconfigure(new.meetings, inventory, new.limits)
        self._observing.inventory = inventory
        self._trapping.reconfigure(inventory)
        if _session(old) != _session(new):
            self._broker_changed.set()
        elif self._views.mqtt is not None:
            self._views.mqtt.update(inventory.devices, new.telemetry)
        if _address(old) != _address(new):
            log.warning("config.needs_restart", setting="listen")
        self._applied = account(change, old, new, self._clock.unix())
        log.info(
            "config.applied",
            added=len(change.added),
            removed=len(change.removed),
            changed=len(change.changed),
            devices=len(inventory.devices),
        )
        said.log_warnings(new)

    def _tell(self) -> Callable[[], Mapping[str, Any]]:
        return telling(
            self._configuration,
            self._settings,
            self._judging.state,
            self._clock.unix(),
            series=self._exposition.series,
            applied=self._applied,
        )

    @staticmethod
    def _plan(configuration: Configuration) -> plan.Plan:
        return plan.build(configuration.inventory, configuration.profiles)

    def _broker_connected(self) -> bool:
        mqtt = self._views.mqtt
        return mqtt is not None and mqtt.stats().connected

    def _taken(self, outages: frozenset[str]) -> None:
        self._judging.acknowledged = outages

    def _stalled(self, _steady: float) -> None:
        log.warning("loop.stalled")
        self._judge.stalled(self._clock.unix())


def _address(configuration: Configuration) -> tuple[str, int]:
    return configuration.inventory.city.listen_host, configuration.inventory.city.listen_port


def _session(configuration: Configuration) -> tuple[Broker | None, object]:
    """What a broker connection depends on."""
    broker = configuration.inventory.city.broker
    name = broker.credential if broker is not None else None
    return broker, configuration.inventory.credentials.get(name) if name is not None else None
