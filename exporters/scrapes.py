"""What Prometheus asks: the three metrics pages and the services to probe.

Never holds the event loop: texts are made and compressed in threads, and the big one goes out in slices.
"""

import asyncio
import zlib
from functools import partial
from itertools import chain

from aiohttp import hdrs, web

from collector.model import Inventory
from collector.outages.state import CityState
from exporters import discovery
from exporters.coverage import CoverageExposition
from exporters.delivery import GZIP_LEVEL, GZIP_WINDOW, SCRAPED, Delivery
from exporters.exposition import Form
from exporters.negotiation import form, gzip_accepted
from exporters.readiness import MeetingExposition, risks
from exporters.selfmetrics import SelfMetrics
from exporters.state import StateExposition
from exporters.views import Views


class Scrapes:
    """Answers Prometheus. What a configuration or a survey makes is kept until there is another."""

    def __init__(self, views: Views, delivery: Delivery, self_metrics: SelfMetrics) -> None:
        self._views = views
        self._delivery = delivery
        self._self_metrics = self_metrics
        self._state: StateExposition | None = None
        self._coverage: CoverageExposition | None = None
        self._meetings: MeetingExposition | None = None
        self._rendering = asyncio.Lock()
        self._said = b""
        self._counted = (b"", 0)

    def add(self, router: web.UrlDispatcher) -> None:
        """Register the pages."""
        router.add_get("/metrics", self._own)
        router.add_get("/metrics/state", self._city)
        router.add_get("/metrics/devices", self._devices)
        router.add_get("/sd/blackbox", self._blackbox)

    async def _own(self, request: web.Request) -> web.StreamResponse:
        wanted = form(request.headers.get(hdrs.ACCEPT, ""))
        return await self._text(request, self._self_metrics.render(wanted), wanted)

    async def _city(self, request: web.Request) -> web.StreamResponse:
        wanted = form(request.headers.get(hdrs.ACCEPT, ""))
        inventory, state = self._views.inventory(), self._views.city_state()
        async with self._rendering:
            body = await self._delivery.in_thread(partial(self._city_text, inventory, state, wanted))
        return await self._text(request, body, wanted)

    def _city_text(self, inventory: Inventory, state: CityState, wanted: Form) -> bytes:
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
        body = b"".join(self._state.render(state, self._views.facts, wanted, more))
        # One object for the same text, so that nobody who gets it compares or counts a megabyte again.
        if body != self._said:
            self._said = body
        return self._said

    async def _text(self, request: web.Request, body: bytes, wanted: Form) -> web.StreamResponse:
        if self._counted[0] is not body:
            self._counted = body, body.count(b"\n") - body.count(b"\n#") - body.startswith(b"#")
        request[SCRAPED] = len(body), self._counted[1]
        return await self._delivery.body(request, body, wanted)

    async def _devices(self, request: web.Request) -> web.StreamResponse:
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
            elif packed := await self._delivery.in_thread(partial(packer.compress, part)):
                await response.write(packed)
        if packer is not None:
            await response.write(packer.flush())
        request[SCRAPED] = (size, self._views.devices.series)
        return response

    async def _blackbox(self, request: web.Request) -> web.StreamResponse:
        return await self._delivery.json(request, partial(discovery.blackbox, self._views.inventory()))
