"""Small answers and headers that every route shares, and who may change anything."""

import json
import logging
import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from exporters.api import UnknownFilterError


def text(status: int, message: str) -> web.Response:
    """A sentence for a person or a script."""
    return web.Response(status=status, text=f"{message}\n")


def problem(status: int, message: str) -> web.Response:
    """The same for a program that expects JSON."""
    body = json.dumps({"error": message}, ensure_ascii=False)
    return web.Response(status=status, text=body, content_type="application/json")


def from_here(request: web.Request) -> bool:
    """Whether the request is a program's or our own page's: a browser says if another site's page sent it."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site in ("same-origin", "none")
    origin = request.headers.get(hdrs.ORIGIN)
    try:
        return origin is None or urlsplit(origin).netloc == request.host
    except ValueError:  # `http://[`: no browser says that
        return False


def bound_silence(request: web.Request, seconds: float) -> None:
    """Let the kernel give up on a client that no longer takes bytes: a closing connection has no other limit."""
    connection = request.transport.get_extra_info("socket") if request.transport else None
    if connection is not None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(seconds * 1000))


async def add_headers(_: web.Request, response: web.StreamResponse) -> None:
    """Say little about the server, and let nobody guess types or keep what is true only now."""
    response.headers[hdrs.SERVER] = "citynoc"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers.setdefault(hdrs.CACHE_CONTROL, "no-store")


def filters(request: web.Request) -> Mapping[str, str]:
    """The query's parameters. Raises UnknownFilterError if one is given twice: only one of them could count."""
    for name in request.query:
        if len(request.query.getall(name)) > 1:
            raise UnknownFilterError(f"filter '{name}' is given twice")
    return dict(request.query)


def worth_a_line(record: logging.LogRecord) -> bool:
    """Logging filter: what is not HTTP gets its 400, and is no error of ours with a traceback."""
    return not (record.exc_info and isinstance(record.exc_info[1], HttpProcessingError))
