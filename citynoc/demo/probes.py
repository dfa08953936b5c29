"""How to see that a server works: its port takes a connection, its health address says 200.

Never waits for long and never raises for a server that is not there yet: the supervisor asks again.
"""

import asyncio
from contextlib import suppress

import aiohttp

from citynoc.demo.supervisor import Ready

PATIENCE = 2.0


def port_open(address: str) -> Ready:
    """Ready when `HOST:PORT` takes a TCP connection."""
    host, _, port = address.rpartition(":")

    async def ready() -> bool:
        try:
            async with asyncio.timeout(PATIENCE):
                _, writer = await asyncio.open_connection(host, int(port))
        except (OSError, TimeoutError):
            return False
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        return True

    return ready


def answers(session: aiohttp.ClientSession, url: str) -> Ready:
    """Ready when a GET of `url` gives 200."""

    async def ready() -> bool:
        try:
            async with session.get(url, timeout=aiohttp.ClientTimeout(total=PATIENCE)) as response:
                return response.status == 200  # noqa: PLR2004 - the HTTP code for OK
        except (aiohttp.ClientError, TimeoutError):
            return False

    return ready
