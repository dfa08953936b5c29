"""The whole product beside real servers, as one thing that is opened and closed: for the demo, its check and e2e tests.

Decides the order and what is missing; starts nothing itself (the supervisor does) and prints nothing (it calls
`Told`). Everything it opened is closed again, whatever happens.
"""

import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import aiohttp

from citynoc.demo import servers
from citynoc.demo.control import Control
from citynoc.demo.folder import COMMUNITY, opened
from citynoc.demo.oracle import Beholder, Oracle, Up, of_prometheus, of_service
from citynoc.demo.ports import HOST, Ports
from citynoc.demo.servers import BINARIES, Room
from citynoc.demo.sink import Notification, Sink
from citynoc.demo.supervisor import DemoError, Program, Supervisor
from collector.config import load
from collector.model import Inventory, SiteKind

ORDER: tuple[tuple[str, Callable[[Room], Program]], ...] = (
    ("mosquitto", servers.mosquitto),
    ("simulator", servers.simulator),
    ("citynoc", servers.service),
    ("blackbox", servers.blackbox),
    (
        "alertmanager",
        servers.alertmanager,
    ),  # before Prometheus, which sends again only after a minute
    ("prometheus", servers.prometheus),
)
"""Each finds there what it talks to; closing goes the other way round, so that nobody is paged for the end."""


class Told(Protocol):
    """Who is told how the start goes."""

    def missing(self, name: str, program: str, consequence: str) -> None:
        """A server's program is not installed; the stack goes on without it."""

    def ready(self, name: str, address: str, seconds: float) -> None:
        """A server was seen to work."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose: the city's configuration, shipped files, data folder, ports."""

    config: Path
    deploy: Path
    data: Path
    ports: Ports
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """An open stack: what was chosen and the ways to look at it and to act on it."""

    inventory: Inventory
    room: Room
    supervisor: Supervisor
    sink: Sink
    oracle: Oracle
    control: Control
    missing: tuple[str, ...]

    @property
    def expected(self) -> Up:
        """Every device, and every site that is a commune."""
        communes = sum(site.kind is SiteKind.COMMUNE for site in self.inventory.sites.values())
        return Up(len(self.inventory.devices), communes)

    @property
    def beholder(self) -> Beholder:
        """Prometheus if it is there, the service itself if not."""
        if "prometheus" in self.missing:
            return of_service(self.room.session, self.room.url("citynoc"))
        return of_prometheus(self.oracle)

    async def start(self, told: Told) -> None:
        """Start all that is installed, in order; each is seen to work before the next.

        Raises:
            DemoError: one did not start; the others are stopped when the stack closes.
        """
        for name in self.missing:
            told.missing(name, *BINARIES[name])
        for name, program in ORDER:
            if name not in self.missing:
                began = time.monotonic()
                await self.supervisor.start(program(self.room))
                told.ready(name, self._address(name), time.monotonic() - began)

    async def restart(self, name: str) -> None:
        """Start a server again after it was stopped or killed."""
        await self.supervisor.start(dict(ORDER)[name](self.room))

    def environment(self) -> dict[str, str]:
        """What a command in another terminal needs in its environment to speak to this city."""
        return {**os.environ, **self.room.environment}

    def raise_deaths(self) -> None:
        """Raise DemoError with the log's tail if a server ended by itself."""
        if not self.supervisor.deaths.empty():
            raise DemoError(self.supervisor.deaths.get_nowait().epitaph())

    def _address(self, name: str) -> str:
        if name == "simulator":
            return f"{self.room.ports.address('control')}, SNMP on UDP port {self.room.ports.snmp} of every 127.x address"
        return self.room.ports.address(name)


@asynccontextmanager
async def opened_stack(
    choice: Choice, clock: Callable[[], float], heard: Callable[[Notification], None] = lambda _: None
) -> AsyncIterator[Stack]:
    """A stack with nothing started but the webhook sink; every process is gone when the context ends.

    Raises:
        ConfigurationError: the city's configuration is wrong.
        DemoError: the data folder cannot be used.
    """
    with opened(choice.data, fresh=choice.fresh) as folder:
        inventory = load(choice.config, {**os.environ, COMMUNITY: folder.community}).inventory
        async with (
            aiohttp.ClientSession() as session,
            Sink(HOST, choice.ports.tcp["webhook"], folder.token, clock, heard) as sink,
            Supervisor(folder.logs) as supervisor,
        ):
            room = Room(choice.config, choice.deploy, folder, choice.ports, session)
            yield Stack(
                inventory=inventory,
                room=room,
                supervisor=supervisor,
                sink=sink,
                oracle=Oracle(session, room.url("prometheus")),
                control=Control(session, room.url("control")),
                missing=tuple(name for name in BINARIES if servers.find(name) is None),
            )
