"""The route of server-sent events: every watcher gets a snapshot of the city and then its changes.

One look a second for all watchers together, written once; a watcher that does not read is cut off, and one that is
late gets a fresh snapshot. One that says which change it saw last (`Last-Event-ID`, or `since` as the live page does)
gets only what came after. Nothing is queued for anybody.
"""

import asyncio
import json
import secrets
from typing import NamedTuple

from aiohttp import hdrs, web

from collector.meetings.standing import Meetings
from collector.model import Inventory
from collector.outages.state import CityState
from exporters.answers import text
from exporters.changes import Changes
from exporters.delivery import InThread
from exporters.views import Views

OPEN_STREAMS = 200
LOOK_EVERY = 1.0
ALIVE_EVERY = 15.0
"""Seconds of silence after which an `alive` event tells the watcher, and the proxies between, that the stream lives."""
WRITE_SECONDS = 10.0
RETRY = b"retry: 2000\n\n"  # milliseconds until a browser connects again


class Moment(NamedTuple):
    """One city at one moment; `number` is that of the last change it shows."""

    inventory: Inventory
    state: CityState
    number: str
    meetings: Meetings = Meetings()


class Stream:
    """Serves watchers. `in_thread` runs what takes long without holding the event loop."""

    def __init__(self, views: Views, in_thread: InThread) -> None:
        self._views = views
        self._in_thread = in_thread
        self._changes = Changes(secrets.token_hex(4))
        self._looking = asyncio.Lock()
        self._open = 0
        self._closing = False

    def close(self) -> None:
        """Let every watcher go at its next look."""
        self._closing = True

    async def latest(self) -> Moment:
        """The city now, and the number of its latest change: what a page shows and where its stream goes on."""
        async with self._looking:
            inventory, state, meetings = await self._look()
            return Moment(inventory, state, self._changes.number, meetings)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one watcher until it goes. Raises TimeoutError when it does not read."""
        if self._open >= OPEN_STREAMS:
            return text(503, "too many watchers at once")
        self._open += 1
        try:
            return await self._watch(request)
        finally:
            self._open -= 1

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={hdrs.CONTENT_TYPE: "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        loop = asyncio.get_running_loop()
        seen = request.headers.get("Last-Event-ID") or request.query.get("since", "")
        version, news, spoken = self._changes.version_of(seen), RETRY + self._alive(), loop.time()
        while not self._closing and request.transport is not None:
            version, more = await self._news(version)
            news += more
            if not news and loop.time() - spoken >= ALIVE_EVERY:
                news = self._alive()
            if news:
                async with asyncio.timeout(WRITE_SECONDS):
                    await response.write(news)
                news, spoken = b"", loop.time()
            await asyncio.sleep(LOOK_EVERY)
        return response

    async def _news(self, version: int) -> tuple[int, bytes]:
        """What happened after `version`, and the number of the last of it."""
        async with self._looking:
            await self._look()
            events = self._changes.since(version)
            if events is None:
                await self._in_thread(self._changes.snapshot)
                events = [self._changes.snapshot()]
            return self._changes.version, b"".join(events)

    async def _look(self) -> tuple[Inventory, CityState, Meetings]:
        inventory, state = self._views.inventory(), self._views.city_state()
        meetings = self._views.meetings()
        if not self._changes.seen(inventory, state, meetings):
            await self._in_thread(lambda: self._changes.observe(inventory, state, meetings))
        return inventory, state, meetings

    def _alive(self) -> bytes:
        """Says that the stream lives, and the collector's clock: a page reckons ages by it."""
        return f"event: alive\ndata: {json.dumps({'at': self._views.city_state().at})}\n\n".encode()
