"""The HTTP server: its door, and bounds around every request. Paths are listed in DESIGN §5.

Prometheus' pages are in `scrapes.py`, programs' in `queries.py`, people's in `live/routes.py`. It never waits for a
device, and a client that reads too slowly is cut off.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import hdrs, web

from exporters.answers import add_headers, bound_silence, from_here, text, worth_a_line
from exporters.api import near
from exporters.delivery import SCRAPED, Delivery
from exporters.doors import listening, misled
from exporters.guard import Guard, refused
from exporters.live.routes import LivePage
from exporters.live.runbooks import Runbooks
from exporters.negotiation import html_wanted
from exporters.queries import Queries
from exporters.scrapes import Scrapes
from exporters.selfmetrics import SelfMetrics
from exporters.stream import Stream
from exporters.traffic import Scrape, Traffic
from exporters.views import Views

ANSWER_SECONDS = 30.0
"""The longest that one answer may take, the client's reading included."""
IDLE_SECONDS = 75.0
OPEN_REQUESTS = 64

STREAM = "/api/v1/stream"

INDEX = (
    ("/", "the city for people"),
    ("/wall", "the city for a wall"),
    ("/search", "sites, districts and devices by code, name or address"),
    ("/runbook/", "what to do about each alert, one page each"),
    ("/metrics", "the service about itself, for Prometheus"),
    ("/metrics/state", "states, outages and links, for Prometheus"),
    ("/metrics/devices", "every device sample, for Prometheus"),
    ("/sd/blackbox", "city services to probe, as Prometheus HTTP service discovery"),
    ("/api/v1/devices", "devices as JSON; one of them with its last failures under /api/v1/devices/NAME"),
    ("/api/v1/sites", "sites as JSON"),
    ("/api/v1/outages", "outages as JSON"),
    ("/api/v1/refused", "MQTT messages that could not be used lately, as JSON: topic, reason, how many"),
    ("/api/v1/coverage", "distance from each broadband target as JSON; on another map with ?map=126"),
    (
        "/api/v1/meetings",
        "meetings of the day as JSON; who can join one, who cannot and why under /api/v1/meetings/NAME",
    ),
    ("/api/v1/plan", "the running configuration without secrets, for `citynoc plan --against running`"),
    (STREAM, "the city's state and then every change of it, as server-sent events"),
    ("/-/healthy", "whether the process answers"),
    ("/-/ready", "whether the first round of polls is complete"),
)

MACHINES = tuple(path for path, _ in INDEX if path.startswith(("/metrics", "/sd", "/api", "/-/")))

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Serves `views` while it is entered. Raises OSError on entering if the address cannot be bound.

    `runbooks` are those that came with this citynoc, unless given.
    """

    def __init__(
        self,
        views: Views,
        host: str = "127.0.0.1",
        port: int = 9579,
        guard: Guard | None = None,
        runbooks: Runbooks | None = None,
    ) -> None:
        self._views = views
        self._host = host
        self._port = port
        self._guard = guard
        self._traffic = Traffic()
        self._open = 0
        self._reloading = asyncio.Lock()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="http")
        delivery = Delivery(self._in_thread)
        self._scrapes = Scrapes(views, delivery, SelfMetrics(views.stats, self._traffic))
        self._queries = Queries(views, delivery)
        self._stream = Stream(views, self._in_thread)
        self._live = LivePage(views, self._stream, self._in_thread, MACHINES, runbooks)
        self._stack = AsyncExitStack()

    @property
    def port(self) -> int:
        """The bound port, which is not the one asked for if that was 0."""
        return self._port

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            stack.callback(self._pool.shutdown, wait=False, cancel_futures=True)
            log = logging.getLogger(__name__)
            log.addFilter(worth_a_line)
            runner = web.AppRunner(
                self._application(),
                logger=log,
                access_log=None,
                keepalive_timeout=IDLE_SECONDS,
                shutdown_timeout=1.0,
            )
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            stack.callback(self._stream.close)
            context = self._guard.context if self._guard is not None else None
            assert runner.server is not None  # noqa: S101 - there is one once it is set up
            door = listening(runner.server, self._host, self._port, context)
            self._port = await stack.enter_async_context(door)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _application(self) -> web.Application:
        application = web.Application(middlewares=[self._around], client_max_size=1024)
        self._live.add(application.router)
        self._scrapes.add(application.router)
        self._queries.add(application.router)
        application.router.add_get(STREAM, self._stream.handle, allow_head=False)
        application.router.add_get("/-/healthy", self._healthy)
        application.router.add_get("/-/ready", self._ready)
        application.router.add_post("/-/reload", self._reload)
        application.on_response_prepare.append(add_headers)
        return application

    # -- around every request ---------------------------------------------------------------------------------

    @web.middleware
    async def _around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        resource = request.match_info.route.resource
        endpoint = resource.canonical if resource else "unknown"
        started = asyncio.get_running_loop().time()
        streaming = endpoint == STREAM
        self._open += not streaming
        status = 500
        try:
            bound_silence(request, ANSWER_SECONDS)
            async with asyncio.timeout(None if streaming else ANSWER_SECONDS):
                response = await self._answer(request, handler)
                # Sent here and not by aiohttp after us, so that the time limit holds for the client's reading too.
                await response.prepare(request)
                await response.write_eof()
            status = response.status
        except (TimeoutError, ConnectionError):
            status = 0
            self._traffic.aborted[endpoint] += 1
            if request.transport is not None:
                request.transport.abort()
            # Nobody reads it, but raising would make aiohttp log a traceback for what is everyday life.
            return text(503, "cut off")
        finally:
            self._open -= not streaming
            if status:
                self._traffic.requests[endpoint, status] += 1
        if SCRAPED in request:
            seconds = asyncio.get_running_loop().time() - started
            self._traffic.last[endpoint] = Scrape(seconds, *request[SCRAPED])
        return response

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        refusal = await self._refusal(request)
        if refusal is not None:
            return refusal
        try:
            return await handler(request)
        except web.HTTPNotFound:
            if html_wanted(request.headers.get(hdrs.ACCEPT, "")):
                return await self._live.missing(request, "page", request.path)
            return self._not_found(request)
        except web.HTTPMethodNotAllowed as error:
            response = text(405, f"{request.path} takes {' or '.join(sorted(error.allowed_methods))}")
            response.headers[hdrs.ALLOW] = ", ".join(sorted(error.allowed_methods))
            return response
        except web.HTTPException as error:
            return text(error.status, error.reason)

    async def _refusal(self, request: web.Request) -> web.Response | None:
        if self._open > OPEN_REQUESTS:
            return text(503, "too many requests at once")
        if self._guard is None:
            return misled(request, self._views.inventory().city.public_url)
        admitted = await self._guard.admits(request.headers.get(hdrs.AUTHORIZATION, ""), self._in_thread)
        return None if admitted else refused(admitted)

    def _not_found(self, request: web.Request) -> web.Response:
        close = near(request.path, [path for path, _ in INDEX])
        hint = f"; did you mean {' or '.join(close)}?" if close else "; / lists what there is"
        return text(404, f"no such page: {request.path}{hint}")

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    # -- for those who run us ---------------------------------------------------------------------------------

    async def _healthy(self, _: web.Request) -> web.StreamResponse:
        return text(200, "citynoc is healthy")

    async def _ready(self, _: web.Request) -> web.StreamResponse:
        if self._views.ready():
            return text(200, "citynoc is ready")
        return text(503, "citynoc is starting: the first round of polls is not complete")

    async def _reload(self, request: web.Request) -> web.StreamResponse:
        if not from_here(request):
            return text(403, "a page of another site may not reload the configuration")
        if self._reloading.locked():
            return text(409, "a reload is under way")
        async with self._reloading:
            reloaded = await self._views.reload()
        if not reloaded.taken:
            return text(422, "\n".join(reloaded.said))
        return text(200, "\n".join(["the configuration was taken into use", *reloaded.said]))
