"""The simulator's control over HTTP, on loopback: every verb of a scenario as a POST, and the ground truth as a GET.

`POST /cut {"device": "rt-00115"}`, `POST /repair`, `GET /state`. It decides nothing: verbs are the director's.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from citynoc.simulator.actions import VERBS, Action
from citynoc.simulator.agents import PortInUseError, said
from citynoc.simulator.director import Director
from citynoc.simulator.names import Names
from collector.config.document import Document, Mark
from collector.config.problems import did_you_mean
from collector.config.shape import validate

LARGEST_BODY = 256 * 1024


class Control:
    """Listens until `close`. `acted` is called after each action, so that waiting timers look again."""

    def __init__(self, director: Director, clock: Callable[[], float], acted: Callable[[], None]) -> None:
        self._director, self._clock, self._acted = director, clock, acted
        self._names = Names(director.world.inventory)
        self._runner: web.AppRunner | None = None

    async def open(self, host: str, port: int) -> str:
        """Start to listen; HOST:PORT as it is.

        Raises:
            PortInUseError: the address is taken.
        """
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_get("/state", self._state)
        app.router.add_get("/verbs", self._verbs)
        app.router.add_post("/{verb}", self._act)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError as error:
            raise PortInUseError(f"TCP {host}:{port} for control cannot be used: {said(error)}") from error
        address, bound = self._runner.addresses[0][:2]
        return f"[{address}]:{bound}" if ":" in address else f"{address}:{bound}"

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _state(self, _: web.Request) -> web.Response:
        return web.json_response(self._director.state(self._clock()))

    async def _verbs(self, _: web.Request) -> web.Response:
        return web.json_response({verb: (shape.__doc__ or "").strip() for verb, shape in VERBS.items()})

    async def _act(self, request: web.Request) -> web.Response:
        verb = request.match_info["verb"]
        shape = VERBS.get(verb)
        if shape is None:
            hint = did_you_mean(verb, VERBS) or f"one of {', '.join(VERBS)}"
            return _refused(404, f"there is no verb '{verb}' — {hint}")
        try:
            body = _as_written(json.loads(await request.text() or "{}"))
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            return _refused(400, f"the body is not JSON: {error}")
        action = _read(shape, body)
        if isinstance(action, str):
            return _refused(400, action)
        unknown = next(self._names.unknown(action), None)
        if unknown is not None:
            return _refused(
                400, f"{unknown.key}: {unknown.message}" + (f" — {unknown.hint}" if unknown.hint else "")
            )
        now = self._clock()
        self._director.apply(verb, action, now)
        self._acted()
        return web.json_response({"done": verb, "at": now})


def _read(shape: type[Action], body: Any) -> Action | str:
    """The action, or what is wrong with it in one line."""
    action, problems = validate(shape, Document("body", body, Mark(0, 0, 1)))
    if action is not None:
        return action
    return f"{problems[0].message}" + (f" — {problems[0].hint}" if problems[0].hint else "")


def _as_written(value: Any) -> Any:
    """JSON as a file would have it: every scalar a string, so that one set of rules reads both."""
    if isinstance(value, Mapping):
        return {str(key): _as_written(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_written(inner) for inner in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _refused(status: int, message: str) -> web.Response:
    return web.json_response({"error": message}, status=status)
