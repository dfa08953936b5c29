"""A webhook receiver that remembers every notification Alertmanager sends it, and when.

Never answers with anything but 200 to a notification with the right token: a refusal would make Alertmanager send it
again. Remembers a bounded number. Source: Alertmanager's webhook payload, version 4.
"""

import hmac
import json
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any, Self

from aiohttp import web

REMEMBERED = 10_000
HEARTBEAT = "heartbeat"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert of a notification."""

    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]

    @property
    def name(self) -> str:
        """The rule that raised it."""
        return self.labels.get("alertname", "")


@dataclass(frozen=True, slots=True)
class Notification:
    """What arrived, at Unix time `at`, by the receiver (the path's last part); `status` is firing or resolved."""

    at: float
    receiver: str
    status: str
    alerts: tuple[Alert, ...]

    def outages(self) -> set[str]:
        """The ids of the outages it speaks of."""
        return {alert.labels["outage"] for alert in self.alerts if "outage" in alert.labels}


class Sink:
    """An async context that listens on `host:port`. `heard` is called with every notification but heartbeats."""

    def __init__(
        self,
        host: str,
        port: int,
        token: str,
        clock: Callable[[], float],
        heard: Callable[[Notification], None] = lambda _: None,
    ) -> None:
        self._host = host
        self._port = port
        self._token = token
        self._clock = clock
        self._heard = heard
        self._notifications: deque[Notification] = deque(maxlen=REMEMBERED)
        self.heartbeats: Counter[str] = Counter()
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_get("/", self._show)
        app.router.add_post("/{receiver}", self._take)
        self._runner = web.AppRunner(app, access_log=None)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    @property
    def notifications(self) -> list[Notification]:
        """All but heartbeats, oldest first."""
        return list(self._notifications)

    async def _take(self, request: web.Request) -> web.Response:
        sent = request.headers.get("Authorization", "")
        if not hmac.compare_digest(sent.encode(), f"Bearer {self._token}".encode()):
            raise web.HTTPUnauthorized(text="wrong or no bearer token\n")
        try:
            notification = parse(await request.json(), self._clock(), PurePosixPath(request.path).name)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise web.HTTPBadRequest(text=f"not a webhook payload: {error!r}\n") from error
        if notification.receiver == HEARTBEAT:
            self.heartbeats.update(alert.name for alert in notification.alerts)
        else:
            self._notifications.append(notification)
            self._heard(notification)
        return web.Response(text="ok\n")

    async def _show(self, _request: web.Request) -> web.Response:
        shown = [asdict(notification) for notification in self._notifications]
        return web.json_response(shown, dumps=partial(json.dumps, ensure_ascii=False, indent=2))


def parse(payload: Any, at: float, receiver: str) -> Notification:
    """The notification in a webhook payload. Raises KeyError, TypeError or AttributeError for another shape."""
    alerts = tuple(
        Alert(str(alert["status"]), dict(alert["labels"]), dict(alert["annotations"]))
        for alert in payload["alerts"]
    )
    return Notification(at, receiver, str(payload["status"]), alerts)
