"""A page on its way to a reader: which language they get, packed if they take it so, with the headers of every page."""

import zlib

from aiohttp import hdrs, web

from exporters.delivery import GZIP_FROM, GZIP_WINDOW
from exporters.live.language import COOKIE, KEPT_SECONDS, chosen
from exporters.live.pages import POLICY
from exporters.live.texts import Language
from exporters.negotiation import gzip_accepted

GZIP_LEVEL = 5

Body = tuple[bytes, bytes]
"""As it is, and packed."""


def language_of(request: web.Request) -> Language:
    """What the reader of this request gets."""
    accepted = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
    return chosen(request.query.get("lang"), request.cookies.get(COOKIE), accepted)


def packed(body: bytes) -> bytes:
    """The same for a reader that takes gzip."""
    return zlib.compress(body, GZIP_LEVEL, GZIP_WINDOW)


def response_of(request: web.Request, body: Body, status: int = 200) -> web.Response:
    """The body in the form that this reader takes."""
    headers = {hdrs.VARY: "Accept-Encoding, Accept-Language, Cookie"}
    small = len(body[0]) > GZIP_FROM and gzip_accepted(request.headers.get(hdrs.ACCEPT_ENCODING, ""))
    if small:
        headers[hdrs.CONTENT_ENCODING] = "gzip"
    return web.Response(status=status, body=body[1 if small else 0], headers=headers)


def dressed(request: web.Request, language: Language, response: web.StreamResponse) -> web.StreamResponse:
    """The response with what every page says of itself; a language that was chosen is remembered."""
    response.headers[hdrs.CONTENT_TYPE] = "text/html; charset=utf-8"
    response.headers[hdrs.CONTENT_LANGUAGE] = language
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "same-origin"
    if request.query.get("lang") == language:
        secure = request.secure
        response.set_cookie(
            COOKIE, language, max_age=KEPT_SECONDS, httponly=True, samesite="Lax", secure=secure
        )
    return response
