"""A server that answers as NetBox's REST API is documented to: pages, filters, tokens. And its ways to misbehave."""

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

HERE = Path(__file__).parent / "netbox"


@dataclass
class NetBoxServer:
    """`devices` and `sites` are its objects, `most` its MAX_PAGE_SIZE; `fault` is how it misbehaves."""

    token: str = "0123456789abcdef0123456789abcdef01234567"
    scheme: str = "Token"
    most: int = 2
    fault: str = ""
    devices: list[dict[str, Any]] = field(
        default_factory=lambda: json.loads((HERE / "devices.json").read_text())
    )
    sites: list[dict[str, Any]] = field(default_factory=lambda: json.loads((HERE / "sites.json").read_text()))
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Paths with the Authorization that came along."""
    done: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    @contextmanager
    def running(self, context: ssl.SSLContext | None = None) -> Iterator["NetBoxServer"]:
        """Answering on a free loopback port."""
        netbox = self

        class Handler(_Handler):
            server_of = netbox

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            if context is not None:
                server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "http" if context is None else "https"
            self.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield self
            finally:
                self.done.set()
                server.shutdown()
                thread.join()

    def answer(self, path: str, query: dict[str, list[str]]) -> tuple[int, Any]:
        """Status and body of a GET."""
        objects = {"/api/dcim/devices/": self.devices, "/api/dcim/sites/": self.sites}.get(path)
        if objects is None:
            return 404, {"detail": "Not found."}
        chosen = objects
        if "status" in query:
            chosen = [one for one in chosen if one["status"]["value"] in query["status"]]
        if "tag" in query:
            chosen = [one for one in chosen if any(tag["slug"] in query["tag"] for tag in one["tags"])]
        limit = min(int(query.get("limit", ["50"])[0]) or self.most, self.most)
        offset = int(query.get("offset", ["0"])[0])
        results = chosen[offset : offset + limit]
        following = None
        if offset + limit < len(chosen):
            more = {
                **{name: values[-1] for name, values in query.items()},
                "limit": limit,
                "offset": offset + limit,
            }
            following = (
                f"http://netbox.internal{path}?{urlencode(more)}"  # as behind a proxy that says nothing
            )
        if self.fault == "circle" and following is None:
            following = f"http://netbox.internal{path}?limit={limit}&offset=0"
        count = len(chosen) + (self.fault == "shrinks")
        return 200, {"count": count, "next": following, "previous": None, "results": results}


class _Handler(BaseHTTPRequestHandler):
    server_of: ClassVar[NetBoxServer]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        netbox = self.server_of
        parts = urlsplit(self.path)
        authorization = self.headers.get("Authorization")
        netbox.asked.append((self.path, authorization))
        if netbox.fault == "slow":
            netbox.done.wait(30)
        if netbox.fault.startswith("redirect "):
            self._send(302, b"", Location=netbox.fault.removeprefix("redirect "))
        elif authorization != f"{netbox.scheme} {netbox.token}":
            self._send(403, b'{"detail": "Authentication credentials were not provided."}')
        elif netbox.fault.startswith("body "):
            self._send(200, netbox.fault.removeprefix("body ").encode())
        elif netbox.fault == "endless":
            self._endless()
        else:
            status, body = netbox.answer(parts.path, parse_qs(parts.query))
            self._send(status, json.dumps(body).encode())

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        try:
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # whoever asked has lost patience
            self.close_connection = True

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        chunk = b" " * 65536
        try:
            while not self.server_of.done.is_set():
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class calls it so
        """Say nothing."""
