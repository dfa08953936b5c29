"""What programs ask: devices, sites, outages, coverage, meetings and the running configuration as JSON.

Every answer is made in a thread from what never changes once it is made.
"""

import difflib
from collections.abc import Callable, Mapping
from functools import partial

from aiohttp import web

from collector.model import DeviceName
from exporters.answers import filters, problem
from exporters.api import Api, near
from exporters.coverage import as_json
from exporters.delivery import Delivery
from exporters.readiness import document, listing
from exporters.views import Views


class Queries:
    """Answers programs."""

    def __init__(self, views: Views, delivery: Delivery) -> None:
        self._views = views
        self._delivery = delivery

    def add(self, router: web.UrlDispatcher) -> None:
        """Register the pages."""
        router.add_get("/api/v1/devices", self._devices)
        router.add_get("/api/v1/devices/{name}", self._device)
        router.add_get("/api/v1/sites", self._sites)
        router.add_get("/api/v1/outages", self._outages)
        router.add_get("/api/v1/refused", self._refused)
        router.add_get("/api/v1/coverage", self._coverage)
        router.add_get("/api/v1/plan", self._plan)
        router.add_get("/api/v1/meetings", self._meetings)
        router.add_get("/api/v1/meetings/{name}", self._meeting)

    async def _devices(self, request: web.Request) -> web.StreamResponse:
        return await self._listing(request, self._api().devices)

    async def _device(self, request: web.Request) -> web.StreamResponse:
        name = DeviceName(request.match_info["name"])
        known = self._views.inventory().devices
        if name not in known:
            close = await self._delivery.in_thread(partial(near, name, known))
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            return problem(404, f"no device '{name}'{hint}")
        work = partial(self._api().device, name, self._views.facts(name), self._views.history(name))
        return await self._delivery.json(request, work)

    async def _sites(self, request: web.Request) -> web.StreamResponse:
        return await self._listing(request, self._api().sites)

    async def _outages(self, request: web.Request) -> web.StreamResponse:
        return await self._listing(request, self._api().outages)

    async def _refused(self, request: web.Request) -> web.StreamResponse:
        return await self._delivery.json(request, partial(self._api().refused, self._views.refused()))

    async def _plan(self, request: web.Request) -> web.StreamResponse:
        return await self._delivery.json(request, self._views.plan())

    async def _coverage(self, request: web.Request) -> web.StreamResponse:
        standing, state = self._views.coverage(), self._views.city_state()
        return await self._delivery.json(request, lambda: as_json(standing, state, filters(request)))

    async def _meetings(self, request: web.Request) -> web.StreamResponse:
        return await self._delivery.json(request, partial(listing, self._views.meetings(), self._api()))

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
        look = sitting.known or self._views.look(sitting.occurrence)
        return await self._delivery.json(
            request, partial(document, sitting, look, self._views.inventory(), self._api())
        )

    async def _listing(
        self, request: web.Request, rows: Callable[[Mapping[str, str]], object]
    ) -> web.StreamResponse:
        return await self._delivery.json(request, lambda: rows(filters(request)))

    def _api(self) -> Api:
        sittings = (one.occurrence for one in self._views.meetings().sittings)
        return Api(self._views.inventory(), self._views.city_state(), tuple(sittings))
