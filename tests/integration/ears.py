"""Where Alertmanager's messages arrive in tests: a mail server and a web server on free loopback ports."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiohttp import web

from tests.integration.prometheus import free_port

EHLO = b"250-loopback\r\n250 8BITMIME\r\n"
TELEGRAM_OK = {"ok": True, "result": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "group"}}}


@dataclass
class Ears:
    """What arrived, in order of arrival."""

    smtp: str
    web: str
    mails: asyncio.Queue[EmailMessage] = field(default_factory=asyncio.Queue)
    posts: dict[str, asyncio.Queue[tuple[dict[str, str], Any]]] = field(default_factory=dict)

    def at(self, path: str) -> asyncio.Queue[tuple[dict[str, str], Any]]:
        """Headers and JSON of what was posted to a path."""
        return self.posts.setdefault(path, asyncio.Queue())


@asynccontextmanager
async def ears() -> AsyncIterator[Ears]:
    """Both servers, until the block ends."""
    found = Ears("", f"http://127.0.0.1:{free_port()}")

    async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """RFC 5321, as much of it as one message needs."""
        writer.write(b"220 loopback\r\n")
        try:
            while line := (await reader.readline()).upper():
                if line.startswith(b"EHLO"):
                    writer.write(EHLO)
                elif line.startswith(b"DATA"):
                    writer.write(b"354 go on\r\n")
                    raw = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                    message = email.message_from_bytes(raw, policy=email.policy.default)
                    assert isinstance(message, EmailMessage)
                    found.mails.put_nowait(message)
                    writer.write(b"250 taken\r\n")
                elif line.startswith(b"QUIT"):
                    writer.write(b"221 bye\r\n")
                    break
                else:
                    writer.write(b"250 ok\r\n")
        finally:
            writer.close()

    async def post(request: web.Request) -> web.Response:
        found.at(request.path).put_nowait((dict(request.headers), await request.json()))
        return web.json_response(TELEGRAM_OK) if "/bot" in request.path else web.Response(text="ok")

    app = web.Application()
    app.router.add_post("/{path:.*}", post)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(found.web.rpartition(":")[2])).start()
    server = await asyncio.start_server(mail, "127.0.0.1", 0)
    found.smtp = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        server.close()
        await server.wait_closed()
        await runner.cleanup()
