"""The HTTP server: routes, negotiation and bounds around pure views. People's pages are in `live/routes.py`.

It never waits for a device and never holds the event loop: big texts go out in slices, compression and JSON run
in threads, and a client that reads too slowly is cut off. Paths are listed in DESIGN §5.
"""

import asyncio
import difflib
import json
import logging
import zlib
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import partial
from itertools import chain
from types import TracebackType
from typing import Self, TypeVar

from aiohttp import hdrs, web

from collector.model import DeviceName, Inventory
from collector.outages.state import CityState
from exporters import discovery
from exporters.answers import add_headers, bound_silence, filters, from_here, problem, text, worth_a_line
from exporters.api import Api, UnknownFilterError, near
from exporters.coverage import CoverageExposition, as_json
from exporters.doors import listening, misled
from exporters.exposition import Form
from exporters.guard import Guard, refused
from exporters.live.routes import LivePage
from exporters.negotiation import form, gzip_accepted, html_wanted
from exporters.readiness import MeetingExposition, document, listing, risks
from exporters.selfmetrics import SelfMetrics
from exporters.state import StateExposition
from exporters.stream import Stream
from exporters.traffic import Scrape, Traffic
from exporters.views import Views

ANSWER_SECONDS = 30.0
"""The longest that one answer may take, the client's reading included."""
IDLE_SECONDS = 75.0
OPEN_REQUESTS = 64
GZIP_FROM = 1024
GZIP_LEVEL = 1
GZIP_WINDOW = 31  # zlib's number for a gzip header and trailer around the largest window

STREAM = "/api/v1/stream"

INDEX = (
    ("/", "the city for people"),
    ("/wall", "the city for a wall"),
    ("/search", "sites, districts and devices by code, name or address"),
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

SCRAPED = web.RequestKey("citynoc.scraped", tuple[int, int])
"""Where a request keeps the size and the number of series of a complete metrics answer."""

NOT_PACKED = (b"", b"")

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Serves `views` while it is entered. Raises OSError on entering if the address cannot be bound."""

    def __init__(
        self, views: Views, host: str = "127.0.0.1", port: int = 9579, guard: Guard | None = None
    ) -> None:
        self._views = views
        self._host = host
        self._port = port
        self._guard = guard
        self._traffic = Traffic()
        self._self_metrics = SelfMetrics(views.stats, self._traffic)
        self._state: StateExposition | None = None
        self._coverage: CoverageExposition | None = None
        self._meetings: MeetingExposition | None = None
        self._packed: dict[tuple[str, str], tuple[bytes, bytes]] = {}
        self._open = 0
        self._reloading = asyncio.Lock()
        self._rendering = asyncio.Lock()
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="http")
        self._stream = Stream(views, self._in_thread)
        self._live = LivePage(views, self._stream, self._in_thread, MACHINES)
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
        application.router.add_get("/metrics", self._metrics)
        application.router.add_get("/metrics/state", self._metrics_state)
        application.router.add_get("/metrics/devices", self._metrics_devices)
        application.router.add_get("/sd/blackbox", self._blackbox)
        application.router.add_get("/api/v1/devices", self._devices)
        application.router.add_get("/api/v1/devices/{name}", self._device)
        application.router.add_get("/api/v1/sites", self._sites)
        application.router.add_get("/api/v1/outages", self._outages)
        application.router.add_get("/api/v1/refused", self._refused)
        application.router.add_get("/api/v1/coverage", self._coverage_json)
        application.router.add_get("/api/v1/plan", self._plan)
        application.router.add_get("/api/v1/meetings", self._meetings_json)
        application.router.add_get("/api/v1/meetings/{name}", self._meeting)
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

    async def _body(self, request: web.Request, body: bytes, content_type: str) -> web.Response:
        headers = {hdrs.CONTENT_TYPE: content_type, hdrs.VARY: "Accept, Accept-Encoding"}
        if len(body) > GZIP_FROM and gzip_accepted(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
            # A city where nothing happens has the same text scrape after scrape: it is compressed once.
            key = (request.path, content_type) if SCRAPED in request else None
            plain, packed = self._packed.get(key, NOT_PACKED) if key else NOT_PACKED
            if plain != body:
                packed = await self._in_thread(lambda: zlib.compress(body, GZIP_LEVEL, GZIP_WINDOW))
                if key:
                    self._packed[key] = (body, packed)
            body = packed
            headers[hdrs.CONTENT_ENCODING] = "gzip"
        return web.Response(body=body, headers=headers)

    async def _json(self, request: web.Request, work: Callable[[], object]) -> web.Response:
        """What `work` returns, as JSON; it runs in a thread and may touch only what never changes."""
        try:
            body = await self._in_thread(lambda: json.dumps(work(), ensure_ascii=False).encode())
        except UnknownFilterError as error:
            return problem(400, str(error))
        return await self._body(request, body, "application/json; charset=utf-8")

    # -- for Prometheus ---------------------------------------------------------------------------------------

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        wanted = form(request.headers.get(hdrs.ACCEPT, ""))
        return await self._text_body(request, self._self_metrics.render(wanted), wanted)

    async def _metrics_state(self, request: web.Request) -> web.StreamResponse:
        wanted = form(request.headers.get(hdrs.ACCEPT, ""))
        inventory, state = self._views.inventory(), self._views.city_state()
        async with self._rendering:
            body = await self._in_thread(partial(self._state_text, inventory, state, wanted))
        return await self._text_body(request, body, wanted)

    def _state_text(self, inventory: Inventory, state: CityState, wanted: Form) -> bytes:
        if self._state is None or self._state.inventory is not inventory:
            self._state = StateExposition(inventory)
        standing, coverage = self._views.coverage(), self._coverage
        if coverage is None or coverage.standing is not standing:
            timezone = inventory.city.timezone
            coverage = None if standing is None else CoverageExposition(standing, timezone)
            self._coverage = coverage
        meetings, held = self._meetings, self._views.meetings()
        if meetings is None or meetings.standing is not held:
            meetings = self._meetings = MeetingExposition(held, inventory)
        more = chain(
            meetings.bodies(), [risks(held, state)], () if coverage is None else coverage.bodies(state)
        )
        return b"".join(self._state.render(state, self._views.facts, wanted, more))

    async def _text_body(self, request: web.Request, body: bytes, wanted: Form) -> web.StreamResponse:
        request[SCRAPED] = (len(body), body.count(b"\n") - body.count(b"\n#") - body.startswith(b"#"))
        return await self._body(request, body, wanted)

    async def _metrics_devices(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={hdrs.CONTENT_TYPE: Form.TEXT, hdrs.VARY: "Accept-Encoding"})
        packer = None
        if gzip_accepted(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
            response.headers[hdrs.CONTENT_ENCODING] = "gzip"
            packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
        await response.prepare(request)
        if request.method == hdrs.METH_HEAD:
            return response
        size = 0
        for part in self._views.devices.render(self._views.monotonic()):
            size += len(part)
            if packer is None:
                await response.write(part)
                await asyncio.sleep(0)
            elif packed := await self._in_thread(partial(packer.compress, part)):
                await response.write(packed)
        if packer is not None:
            await response.write(packer.flush())
        request[SCRAPED] = (size, self._views.devices.series)
        return response

    async def _blackbox(self, request: web.Request) -> web.StreamResponse:
        return await self._json(request, partial(discovery.blackbox, self._views.inventory()))

    # -- for programs -----------------------------------------------------------------------------------------

    async def _devices(self, request: web.Request) -> web.StreamResponse:
        return await self._listing(request, self._api().devices)

    async def _device(self, request: web.Request) -> web.StreamResponse:
        name = DeviceName(request.match_info["name"])
        known = self._views.inventory().devices
        if name not in known:
            close = await self._in_thread(partial(near, name, known))
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            return problem(404, f"no device '{name}'{hint}")
        work = partial(self._api().device, name, self._views.facts(name), self._views.history(name))
        return await self._json(request, work)

    async def _sites(self, request: web.Request) -> web.StreamResponse:
        return await self._listing(request, self._api().sites)

    async def _outages(self, request: web.Request) -> web.StreamResponse:
        return await self._listing(request, self._api().outages)

    async def _refused(self, request: web.Request) -> web.StreamResponse:
        return await self._json(request, partial(self._api().refused, self._views.refused()))

    async def _plan(self, request: web.Request) -> web.StreamResponse:
        return await self._json(request, self._views.plan())

    async def _coverage_json(self, request: web.Request) -> web.StreamResponse:
        standing, state = self._views.coverage(), self._views.city_state()
        return await self._json(request, lambda: as_json(standing, state, filters(request)))

    async def _meetings_json(self, request: web.Request) -> web.StreamResponse:
        return await self._json(request, partial(listing, self._views.meetings(), self._api()))

    async def _meeting(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        sitting = self._views.sitting(name)
        if sitting is None:
            names = self._views.meeting_names()
            close = near(name, names) or difflib.get_close_matches(name, names, n=3)
            hint = (
                f"; did you mean {' or '.join(close)}?"
                if close
                else f"; there are: {', '.join(names) or 'none'}"
            )
            return problem(404, f"no meeting '{name}' within sight{hint}")
        look = sitting.look or self._views.look(sitting.occurrence)
        return await self._json(
            request, partial(document, sitting, look, self._views.inventory(), self._api())
        )

    async def _listing(
        self, request: web.Request, rows: Callable[[Mapping[str, str]], object]
    ) -> web.StreamResponse:
        return await self._json(request, lambda: rows(filters(request)))

    def _api(self) -> Api:
        sittings = (one.occurrence for one in self._views.meetings().sittings)
        return Api(self._views.inventory(), self._views.city_state(), tuple(sittings))

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
            problems = await self._views.reload()
        return (
            text(422, "\n".join(problems)) if problems else text(200, "the configuration was taken into use")
        )
