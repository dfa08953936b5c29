"""The live page over HTTP: which path is which page, in which language, and what is kept ready for many viewers.

Pages are made in a thread. Those that every viewer of the city looks at are made once a change, not once a viewer.
Read-only: every route is a GET.
"""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from aiohttp import hdrs, web

from collector.model import DeviceName, DistrictCode, Inventory, SiteCode
from exporters.delivery import InThread
from exporters.live import city as cities
from exporters.live import confer, place
from exporters.live.maps import KINDS, Borders, draw, load
from exporters.live.pages import ALONE, Address, Pages
from exporters.live.runbooks import Runbooks, folder
from exporters.live.scene import Place, Scene
from exporters.live.search import Index
from exporters.live.sending import Body, dressed, language_of, packed, response_of
from exporters.live.targets import targets
from exporters.meeting_report.page import page as report_page
from exporters.meeting_report.texts import Writer
from exporters.stream import Moment, Stream
from exporters.views import Views

FRESH_SECONDS = 2.0
"""How long a page that nothing changed is given out again: ages in it are told anew."""
READY_PAGES = 32
TOLD_SECONDS = 30 * 86400.0
"""How far back a site's and a device's own outages are told."""
ORDERS = ("size", "age")
ABOUT_MEETINGS = ("meeting", "report")


class LivePage:
    """Answers people. `in_thread` runs what takes long without holding the event loop; `machines` are others' paths.

    `runbooks` are those that came with this citynoc, unless given.
    """

    def __init__(
        self,
        views: Views,
        stream: Stream,
        in_thread: InThread,
        machines: Sequence[str] = (),
        runbooks: Runbooks | None = None,
    ) -> None:
        self._views = views
        self._stream = stream
        self._in_thread = in_thread
        self._pages = Pages(machines)
        self._runbooks = Runbooks(folder()) if runbooks is None else runbooks
        self._borders: Borders = load()
        self._index: tuple[Inventory, Index] | None = None
        self._kept: dict[tuple[object, ...], tuple[float, Body]] = {}
        self._making = asyncio.Lock()

    def add(self, router: web.UrlDispatcher) -> None:
        """Register the pages."""
        router.add_get("/", self._city)
        router.add_get("/wall", self._wall)
        router.add_get("/site/{code}", self._site)
        router.add_get("/device/{name}", self._device)
        router.add_get("/district/{code}", self._district)
        router.add_get("/unit/{code}", self._unit)
        router.add_get("/meeting/{name}", self._meeting)
        router.add_get("/meeting/{name}/report", self._report)
        router.add_get("/runbook", self._all_runbooks)
        router.add_get("/runbook/", self._all_runbooks)
        router.add_get("/runbook/{name}", self._runbook)
        router.add_get("/search", self._search)
        router.add_get("/static/{name}", self._static)

    # -- pages ------------------------------------------------------------------------------------------------

    async def _city(self, request: web.Request) -> web.StreamResponse:
        moment = await self._stream.latest()
        kind = _one_of(request.query.get("map"), KINDS)
        order = _one_of(request.query.get("order"), ORDERS)
        part = request.query.get("part") == "live"
        address = Address(
            "/", {"map": kind if kind != KINDS[0] else "", "order": order if order != ORDERS[0] else ""}
        )
        scene = self._scene(request, moment)

        def made() -> bytes:
            return self._pages.render(
                "city_live.html" if part else "city.html",
                scene,
                address,
                city=cities.city(scene, order),
                headline=cities.headline(scene, ready=ready),
                meetings=confer.tiles(scene, sittings),
                targets=targets(scene, standing),
                drawn=draw(self._borders, scene, kind),
                kind=kind,
                order=order,
                part=part,
                ready=ready,
            )

        ready, standing, sittings = self._views.ready(), self._views.coverage(), self._views.coming()
        key = ("/", moment.number, scene.say.language, kind, order, part, ready)
        return await self._kept_page(request, scene, key, made)

    async def _wall(self, request: web.Request) -> web.StreamResponse:
        moment = await self._stream.latest()
        scene = self._scene(request, moment)
        ready = self._views.ready()

        def made() -> bytes:
            return self._pages.render(
                "wall.html",
                scene,
                Address("/wall", {}),
                city=cities.city(scene, ORDERS[0]),
                headline=cities.headline(scene, ready=ready),
                meetings=confer.tiles(scene, sittings),
                drawn=draw(self._borders, scene),
                ready=ready,
            )

        sittings = moment.meetings.sittings
        return await self._kept_page(
            request, scene, ("/wall", moment.number, scene.say.language, ready), made
        )

    async def _site(self, request: web.Request) -> web.StreamResponse:
        moment = await self._stream.latest()
        code = SiteCode(request.match_info["code"])
        if code not in moment.inventory.sites:
            return await self.missing(request, "site", code, moment)
        scene = self._scene(request, moment)
        facts = {one.name: self._views.facts(one.name) for one in scene.at_site(code)}
        unit = moment.inventory.sites[code].units.get("126", "")
        work = partial(
            self._page,
            "site.html",
            scene,
            request,
            lambda: {
                "page": place.site(scene, code, facts, self._views.past(scene.now - TOLD_SECONDS)),
                "unit_name": self._borders.unit_names.get(unit, unit),
            },
        )
        return await self._answer(request, scene, work)

    async def _device(self, request: web.Request) -> web.StreamResponse:
        moment = await self._stream.latest()
        name = DeviceName(request.match_info["name"])
        if name not in moment.inventory.devices:
            return await self.missing(request, "device", name, moment)
        scene = self._scene(request, moment)
        samples = self._views.devices.of(name, self._views.monotonic())
        facts, history = self._views.facts(name), tuple(self._views.history(name))
        work = partial(
            self._page,
            "device.html",
            scene,
            request,
            lambda: {
                "page": place.device(
                    scene, name, facts, history, samples, past=self._views.past(scene.now - TOLD_SECONDS)
                )
            },
        )
        return await self._answer(request, scene, work)

    async def _district(self, request: web.Request) -> web.StreamResponse:
        moment = await self._stream.latest()
        code = DistrictCode(request.match_info["code"])
        if code not in moment.inventory.districts:
            return await self.missing(request, "district", code, moment)
        scene = self._scene(request, moment)
        name = scene.district_name(code)
        return await self._area(request, scene, code, name, partial(cities.in_district, scene, code))

    async def _unit(self, request: web.Request) -> web.StreamResponse:
        moment = await self._stream.latest()
        code = request.match_info["code"]
        if code not in self._borders.unit_names:
            return await self.missing(request, "unit", code, moment)
        scene = self._scene(request, moment)
        name = self._borders.unit_names[code]
        return await self._area(request, scene, code, name, partial(cities.in_unit, scene, code))

    async def _meeting(self, request: web.Request) -> web.StreamResponse:
        moment = await self._stream.latest()
        name = request.match_info["name"]
        sitting = self._views.sitting(name)
        if sitting is None:
            return await self.missing(request, "meeting", name, moment)
        scene = self._scene(request, moment)
        look = sitting.known or self._views.look(sitting.occurrence)
        show = _one_of(request.query.get("show"), confer.SHOWS)
        question = request.query.get("q", "").strip()[:80]

        def values() -> dict[str, object]:
            page = confer.meeting(scene, sitting, look, show, question)
            return {"page": page, "show": show, "question": question}

        address = Address(f"/meeting/{name}", {"show": show, "q": question})
        work = partial(self._page, "meeting.html", scene, request, values, address)
        return await self._answer(request, scene, work)

    async def _report(self, request: web.Request) -> web.StreamResponse:
        moment = await self._stream.latest()
        name, on = request.match_info["name"], request.query.get("on")
        found = await self._in_thread(partial(self._views.report, name, on))
        if found is None:
            return await self.missing(request, "report", name, moment)
        scene = self._scene(request, moment)
        city = moment.inventory.city.name

        def made() -> Body:
            body = report_page(found, city, Writer(scene.say.language, scene.zone)).encode()
            return body, packed(body)

        response = await self._answer(request, scene, made)
        response.headers["Content-Security-Policy"] = ALONE
        return response

    async def _area(
        self, request: web.Request, scene: Scene, code: str, name: str, sites: Callable[[], list[Place]]
    ) -> web.StreamResponse:
        def values() -> dict[str, object]:
            there = sites()
            codes = {one.code for one in there}
            rows = [row for row in scene.outages() if row.ended is None]
            touching = [row for row in rows if any(one.code in codes for one in row.places)]
            return {"code": code, "name": name, "sites": there, "outages": touching}

        return await self._answer(request, scene, partial(self._page, "area.html", scene, request, values))

    async def _all_runbooks(self, request: web.Request) -> web.StreamResponse:
        scene = self._scene(request, await self._stream.latest())

        def values() -> dict[str, object]:
            return {"listed": self._runbooks.listed(scene.say.language)}

        work = partial(self._page, "runbooks.html", scene, request, values)
        return await self._answer(request, scene, work)

    async def _runbook(self, request: web.Request) -> web.StreamResponse:
        moment = await self._stream.latest()
        name = request.match_info["name"]
        if name not in self._runbooks:
            return await self.missing(request, "runbook", name, moment)
        scene = self._scene(request, moment)

        def values() -> dict[str, object]:
            return {"page": self._runbooks.page(name, scene.say.language, scene.say("runbook.command"))}

        work = partial(self._page, "runbook.html", scene, request, values)
        return await self._answer(request, scene, work)

    async def _search(self, request: web.Request) -> web.StreamResponse:
        moment = await self._stream.latest()
        question = request.query.get("q", "").strip()
        index = await self._indexed(moment.inventory)
        exact = await self._in_thread(partial(index.exactly, question))
        if exact is not None:
            return web.HTTPSeeOther(exact.href)
        scene = self._scene(request, moment)

        def values() -> dict[str, object]:
            found = index.find(question)
            near = [] if found or not question else index.near(question)
            return {"question": question[:80], "found": found, "near": near}

        address = Address("/search", {"q": question[:80]})
        work = partial(self._page, "search.html", scene, request, values, address)
        return await self._answer(request, scene, work)

    async def missing(
        self, request: web.Request, what: str, wanted: str, moment: Moment | None = None
    ) -> web.StreamResponse:
        """The 404 page: what is not there, and names that resemble it."""
        moment = moment or await self._stream.latest()
        scene = self._scene(request, moment)
        index = await self._indexed(moment.inventory)
        coming = self._views.coming() if what in ABOUT_MEETINGS else ()

        def values() -> dict[str, object]:
            near: Sequence[object] = ()
            if what in ABOUT_MEETINGS:
                near = confer.near(scene, wanted, coming)
            elif what == "runbook":
                near = self._runbooks.near(wanted)
            elif what != "page":
                near = index.near(wanted)
            return {"what": what, "wanted": wanted[:80], "near": near, "runbooks": bool(self._runbooks)}

        work = partial(self._page, "missing.html", scene, request, values)
        return await self._answer(request, scene, work, status=404)

    async def _static(self, request: web.Request) -> web.StreamResponse:
        asset = self._pages.assets.get(f"/static/{request.match_info['name']}")
        if asset is None:
            raise web.HTTPNotFound
        version = request.query.get("v")
        for_ever = version is not None and asset.href.endswith(f"v={version}")
        response = response_of(request, (asset.body, await self._in_thread(partial(packed, asset.body))))
        response.headers[hdrs.CONTENT_TYPE] = asset.content_type
        if for_ever:
            response.headers[hdrs.CACHE_CONTROL] = "public, max-age=31536000, immutable"
        return response

    # -- how a page is made and sent --------------------------------------------------------------------------

    def _scene(self, request: web.Request, moment: Moment) -> Scene:
        sittings = tuple(one.occurrence for one in moment.meetings.sittings)
        speech = self._pages.speech(language_of(request))
        return Scene(moment.inventory, moment.state, speech, moment.number, sittings)

    def _page(
        self,
        template: str,
        scene: Scene,
        request: web.Request,
        values: Callable[[], dict[str, object]],
        address: Address | None = None,
    ) -> Body:
        shown = address or Address(request.path, {})
        body = self._pages.render(template, scene, shown, ready=self._views.ready(), **values())
        return body, packed(body)

    async def _kept_page(
        self, request: web.Request, scene: Scene, key: tuple[object, ...], made: Callable[[], bytes]
    ) -> web.StreamResponse:
        """The page under this key, made again if it is too old; viewers who ask at once wait for one making."""
        async with self._making:
            now = asyncio.get_running_loop().time()
            until, body = self._kept.get(key, (0.0, (b"", b"")))
            if now > until:
                plain = await self._in_thread(made)
                body = plain, await self._in_thread(partial(packed, plain))
                self._kept = {one: page for one, page in self._kept.items() if page[0] > now}
                if len(self._kept) < READY_PAGES:
                    self._kept[key] = (now + FRESH_SECONDS, body)
        return dressed(request, scene.say.language, response_of(request, body))

    async def _answer(
        self, request: web.Request, scene: Scene, work: Callable[[], Body], status: int = 200
    ) -> web.StreamResponse:
        response = response_of(request, await self._in_thread(work), status)
        return dressed(request, scene.say.language, response)

    async def _indexed(self, inventory: Inventory) -> Index:
        if self._index is None or self._index[0] is not inventory:
            self._index = (inventory, await self._in_thread(lambda: Index(inventory)))
        return self._index[1]


def _one_of(value: str | None, known: tuple[str, ...]) -> str:
    """The value if it is known, else the first: an address that somebody shortened still leads somewhere."""
    return value if value in known else known[0]
