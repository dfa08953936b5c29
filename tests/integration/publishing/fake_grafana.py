"""A small server that keeps to Grafana's documented HTTP API, as far as publishing uses it: no Grafana can be had here.

Source: Grafana's documentation of its HTTP API (health, folders, search, dashboards, dashboard versions), versions 11
and 12: status codes, bodies of errors, the rules of uids, and 412 with `version-mismatch` or `name-exists`.
"""

import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

Json = dict[str, Any]

EDITOR = "glsa_editor-0123456789abcdef"
VIEWER = "glsa_viewer-0123456789abcdef"
UID = re.compile(r"[A-Za-z0-9_-]{1,40}")


class ApiError(Exception):
    """An answer that is not 200."""

    def __init__(self, code: int, message: str, **more: str) -> None:
        super().__init__(message)
        self.code, self.body = code, {"message": message, **more}


@dataclass
class Kept:
    """A dashboard with all its versions, the latest last."""

    folder: str
    versions: list[Json] = field(default_factory=list)
    provisioned: bool = False

    @property
    def content(self) -> Json:
        content: Json = self.versions[-1]["data"]
        return content


@dataclass
class FakeGrafana:
    """What the server holds, and how it behaves."""

    version: str = "12.1.0"
    """Empty if it hides that."""
    prefix: str = ""
    folders: dict[str, Json] = field(default_factory=dict)
    boards: dict[str, Kept] = field(default_factory=dict)
    writes: list[str] = field(default_factory=list)
    """Every request that changed something, in order."""
    normalises: bool = False
    """Grafana may write a dashboard otherwise than it was sent."""
    before_save: Callable[[Json], None] = lambda _: None
    address: str = ""

    def save(self, content: Json, *, folder: str, by: str, message: str = "") -> int:
        """A new version of a dashboard, as anybody would save it."""
        kept = self.boards.setdefault(content["uid"], Kept(folder))
        kept.folder = folder
        number = len(kept.versions) + 1
        data = {**content, "id": len(self.boards), "version": number}
        if self.normalises:
            data = {**data, "weekStart": "", "gnetId": None}
        kept.versions.append({"version": number, "createdBy": by, "message": message, "data": data})
        return number

    # -- the API ------------------------------------------------------------------------------------------------

    def answer(self, method: str, path: str, query: dict[str, list[str]], token: str, body: Json) -> Any:  # noqa: C901, PLR0911 - a table of routes
        if not path.startswith("/api/"):
            raise ApiError(404, "Not found")
        if path == "/api/health":
            told = {"database": "ok", "commit": "0"}
            return told | ({"version": self.version} if self.version else {})
        if token not in {EDITOR, VIEWER}:
            raise ApiError(401, "Invalid API key")
        if method != "GET" and token == VIEWER:
            raise ApiError(403, "You'll need additional permissions to perform this action")
        parts = path.removeprefix("/api/").split("/")
        match method, *parts:
            case "GET", "frontend", "settings":
                return {"buildInfo": {"version": self.version}}
            case "GET", "folders", uid:
                return self._folder(uid, token)
            case "POST", "folders":
                return self._make_folder(body)
            case "GET", "search":
                return self._search(query)
            case "GET", "dashboards", "uid", uid:
                return self._board(uid)
            case "GET", "dashboards", "uid", uid, "versions":
                listed = [self._version(uid, one) for one in reversed(self._kept(uid).versions)]
                return {"versions": listed, "continueToken": ""}
            case "POST", "dashboards", "db":
                return self._save(body)
            case "DELETE", "dashboards", "uid", uid:
                self._kept(uid)
                del self.boards[uid]
                self.writes.append(f"delete {uid}")
                return {"title": uid, "message": f"Dashboard {uid} deleted"}
        raise ApiError(404, "Not found")

    def _kept(self, uid: str) -> Kept:
        if uid not in self.boards:
            raise ApiError(404, "Dashboard not found")
        return self.boards[uid]

    def _folder(self, uid: str, token: str) -> Json:
        if uid not in self.folders:
            raise ApiError(404, "folder not found", status="not-found")
        return {"uid": uid, "canSave": token == EDITOR, "canEdit": token == EDITOR, **self.folders[uid]}

    def _make_folder(self, body: Json) -> Json:
        uid, title = str(body.get("uid", "")), str(body.get("title", ""))
        if not title or not UID.fullmatch(uid):
            raise ApiError(400, "uid contains illegal characters or title is empty")
        if uid in self.folders:
            raise ApiError(409, "a folder with that uid already exists")
        self.folders[uid] = {"title": title}
        self.writes.append(f"folder {uid}")
        return {"uid": uid, "title": title}

    def _search(self, query: dict[str, list[str]]) -> list[Json]:
        wanted = query.get("folderUIDs", [])
        return [
            {"uid": uid, "title": kept.content["title"], "type": "dash-db", "folderUid": kept.folder}
            for uid, kept in self.boards.items()
            if not wanted or kept.folder in wanted
        ]

    def _board(self, uid: str) -> Json:
        kept = self._kept(uid)
        title = self.folders.get(kept.folder, {}).get("title", "General")
        meta = {"folderUid": kept.folder, "folderTitle": title, "provisioned": kept.provisioned}
        return {"dashboard": kept.content, "meta": meta}

    def _version(self, uid: str, one: Json) -> Json:
        return {"uid": uid, "created": "2026-08-01T08:00:00+07:00"} | {
            key: value for key, value in one.items() if key != "data"
        }

    def _save(self, body: Json) -> Json:
        content = body.get("dashboard")
        if not isinstance(content, dict) or not content.get("title"):
            raise ApiError(400, "Dashboard title cannot be empty")
        uid, folder = str(content.get("uid") or ""), str(body.get("folderUid") or "")
        if not UID.fullmatch(uid):
            raise ApiError(400, "uid contains illegal characters or is longer than 40 symbols")
        if folder and folder not in self.folders:
            raise ApiError(400, "folder not found")
        self.before_save(content)
        kept = self.boards.get(uid)
        if kept is not None and kept.provisioned:
            raise ApiError(400, "Cannot save provisioned dashboard")
        if kept is not None and not body.get("overwrite"):
            if "version" not in content:
                raise ApiError(412, "A dashboard with the same uid already exists", status="name-exists")
            if content["version"] != len(kept.versions):
                raise ApiError(
                    412, "The dashboard has been changed by someone else", status="version-mismatch"
                )
        number = self.save(content, folder=folder, by="sa-citynoc", message=str(body.get("message", "")))
        self.writes.append(f"save {uid}")
        return {"uid": uid, "status": "success", "version": number}


def _handler(fake: FakeGrafana) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 1 << 16  # headers and body in one packet: else each answer waits for an acknowledgement

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length) or b"{}")
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            status: int = 200
            answer: Any
            try:
                path = parts.path.removeprefix(fake.prefix)
                answer = fake.answer(self.command, path, parse_qs(parts.query), token, body)
            except ApiError as error:
                status, answer = error.code, error.body
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=UTF-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = _serve  # noqa: N815 - the names that http.server asks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    return Handler


@contextmanager
def serving(
    handler: type[BaseHTTPRequestHandler], certificate: tuple[Path, Path] | None = None
) -> Iterator[str]:
    """The handler on a free loopback port, until the end of the block; its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"{'http' if certificate is None else 'https'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def running(fake: FakeGrafana, certificate: tuple[Path, Path] | None = None) -> Iterator[FakeGrafana]:
    """The server with what it holds."""
    with serving(_handler(fake), certificate) as address:
        fake.address = f"{address}{fake.prefix}"
        yield fake
