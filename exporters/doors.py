"""What stands before any request: how many connections may be open, and by which names we may be called.

A connection is a file that the monitor itself needs: whoever opens them without end must not take the last one. And a
page of another site can make its own name lead to 127.0.0.1 (DNS rebinding); to a browser it then is our own page, and
only the name that it asks for gives it away.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from ssl import SSLContext
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from exporters.answers import text

OPEN_CONNECTIONS = 600
"""Two hundred watchers and what else they and Prometheus keep open, well below the usual limit of 1,024 files."""
HANDSHAKE_SECONDS = 10.0
LONGEST_ECHO = 80


class _Closed(asyncio.Protocol):
    """A connection that is one too many."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()


@asynccontextmanager
async def listening(
    server: web.Server, host: str, port: int, context: SSLContext | None
) -> AsyncIterator[int]:
    """Take connections while entered; yields the bound port. Raises OSError if the address cannot be bound."""

    def door() -> asyncio.BaseProtocol:
        return server() if len(server.connections) < OPEN_CONNECTIONS else _Closed()

    patience = None if context is None else HANDSHAKE_SECONDS
    taking = await asyncio.get_running_loop().create_server(
        door, host, port, ssl=context, ssl_handshake_timeout=patience, reuse_address=True
    )
    try:
        yield int(taking.sockets[0].getsockname()[1])
    finally:
        taking.close()


def misled(request: web.Request, public_url: str) -> web.Response | None:
    """The refusal of a request that asks for a name of the public DNS which is not ours.

    An address cannot be led elsewhere, and a name without a dot belongs to nobody outside this network.
    """
    asked = request.headers.get(hdrs.HOST, "")
    try:
        name = (urlsplit(f"//{asked}").hostname or "").rstrip(".")
    except ValueError:
        name = asked
    ours = urlsplit(public_url).hostname
    if "." not in name or _is_address(name) or name.endswith(".localhost") or name == ours:
        return None
    return text(
        421,
        f"citynoc is not called '{asked[:LONGEST_ECHO]}' here; ask for its address, or say in city.yml's public_url"
        " how it is called",
    )


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
