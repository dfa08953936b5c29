"""The city's information systems as far as a probe can tell: HTTP on each service's own loopback address.

A service answers while its site is reached. Behind a cut it says nothing until the asker gives up, as a host does
that cannot be reached; a scenario can make it slow or fail.
"""

import asyncio
from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address
from typing import NamedTuple
from urllib.parse import urlsplit

from aiohttp import web

from citynoc.simulator.agents import LOOPBACK, said
from citynoc.simulator.director import Director
from collector.model import CityService

PATIENCE = 30.0  # seconds that a question to an unreachable service is held
LOOK_AGAIN = 0.25  # seconds: a probe that waits sees the line come back
_HTTP_PORT = 80

SERVICES: web.AppKey[list[CityService]] = web.AppKey("services", list)


class Served(NamedTuple):
    """A service and where it listens."""

    service: CityService
    host: str
    port: int


def servable(services: Iterable[CityService]) -> tuple[list[Served], list[CityService]]:
    """Services with a plain HTTP address in 127.0.0.0/8, and the others."""
    served: list[Served] = []
    others: list[CityService] = []
    for service in services:
        parts = urlsplit(service.url)
        host = parts.hostname or ""
        if parts.scheme == "http" and _on_loopback(host):
            served.append(Served(service, host, parts.port or _HTTP_PORT))
        else:
            others.append(service)
    return served, others


def _on_loopback(host: str) -> bool:
    try:
        return IPv4Address(host) in LOOPBACK
    except AddressValueError:
        return False


class Services:
    """All services of the inventory that can be served, from `open` until `close`."""

    def __init__(self, director: Director) -> None:
        self._director = director
        self._runners: list[web.AppRunner] = []

    async def open(self) -> tuple[int, list[str]]:
        """Start to answer: how many services do, and a sentence for each address that somebody else has.

        A taken address is no reason to leave the city unanswered: it may be another simulator's on this machine.
        """
        served, _ = servable(self._director.world.inventory.services.values())
        places: dict[tuple[str, int], list[CityService]] = {}
        for entry in served:
            places.setdefault((entry.host, entry.port), []).append(entry.service)
        taken: list[str] = []
        count = 0
        for (host, port), services in places.items():
            app = web.Application()
            app[SERVICES] = services
            app.router.add_route("*", "/{path:.*}", self._answer)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
            await runner.setup()
            self._runners.append(runner)
            try:
                await web.TCPSite(runner, host, port).start()
            except OSError as error:
                names = ", ".join(service.name for service in services)
                taken.append(f"not for service {names}: TCP {host}:{port} cannot be used: {said(error)}")
            else:
                count += len(services)
        return count, taken

    async def close(self) -> None:
        """Stop answering."""
        for runner in self._runners:
            await runner.cleanup()
        self._runners.clear()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        services = request.app[SERVICES]
        service = next((one for one in services if urlsplit(one.url).path == request.path), services[0])
        network = self._director.world.network
        waited = 0.0
        while not network.site_reached(service.site) or not network.reached:
            if waited >= PATIENCE:
                if request.transport is not None:
                    request.transport.abort()
                break
            await asyncio.sleep(LOOK_AGAIN)
            waited += LOOK_AGAIN
        await asyncio.sleep(self._director.slow.get(service.name, 0.0))
        if service.name in self._director.down:
            return web.Response(status=503, text=f"{service.name} is out of order\n")
        return web.Response(text=f"{service.title}\n")
