"""How a body reaches its client: made in a thread, compressed if the client takes it, and not twice the same.

Knows no path and no view.
"""

import json
import zlib
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from aiohttp import hdrs, web

from exporters.answers import problem
from exporters.api import UnknownFilterError
from exporters.negotiation import gzip_accepted

GZIP_FROM = 1024
GZIP_LEVEL = 1
GZIP_WINDOW = 31  # zlib's number for a gzip header and trailer around the largest window

SCRAPED = web.RequestKey("citynoc.scraped", tuple[int, int])
"""Where a request keeps the size and the number of series of a complete metrics answer."""

NOT_PACKED = (b"", b"")

T = TypeVar("T")


class InThread(Protocol):
    """Runs work that takes long without holding the event loop."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """What the work returns."""
        ...


class Delivery:
    """Sends bodies. `in_thread` runs what takes long."""

    def __init__(self, in_thread: InThread) -> None:
        self.in_thread = in_thread
        self._packed: dict[tuple[str, str], tuple[bytes, bytes]] = {}

    async def body(self, request: web.Request, body: bytes, content_type: str) -> web.Response:
        """The body as it is or compressed, as the client asks."""
        headers = {hdrs.CONTENT_TYPE: content_type, hdrs.VARY: "Accept, Accept-Encoding"}
        if len(body) > GZIP_FROM and gzip_accepted(request.headers.get(hdrs.ACCEPT_ENCODING, "")):
            # A city where nothing happens has the same text scrape after scrape: it is compressed once.
            key = (request.path, content_type) if SCRAPED in request else None
            plain, packed = self._packed.get(key, NOT_PACKED) if key else NOT_PACKED
            if plain != body:
                packed = await self.in_thread(lambda: zlib.compress(body, GZIP_LEVEL, GZIP_WINDOW))
                if key:
                    self._packed[key] = (body, packed)
            body = packed
            headers[hdrs.CONTENT_ENCODING] = "gzip"
        return web.Response(body=body, headers=headers)

    async def json(self, request: web.Request, work: Callable[[], object]) -> web.Response:
        """What `work` returns, as JSON; it runs in a thread and may touch only what never changes."""
        try:
            body = await self.in_thread(lambda: json.dumps(work(), ensure_ascii=False).encode())
        except UnknownFilterError as error:
            return problem(400, str(error))
        return await self.body(request, body, "application/json; charset=utf-8")
