"""An aiomqtt client that reads what has arrived in rounds, answers it in one go, and never leaves a socket behind.

Telemetry of a city trickles: sixty small messages a second, each of which would wake the loop, register a writer for
its acknowledgement and wake it again. Read together they cost half (measured in docs/performance.md). Decides nothing
about messages or connections; a flood is read without a pause.
"""

import asyncio
import select
from types import TracebackType
from typing import Any, Self

import aiomqtt
from paho.mqtt.client import Client as Paho

from collector.grid import until_next

PAUSE = 0.4
"""Seconds between two rounds: what is heard may be as much late, where a silence is judged by three heartbeats (30 s)."""

ROUND = 100
"""Packets read in one go before others on the loop have their turn."""


class RoundsClient(aiomqtt.Client):
    """aiomqtt's client; only when the socket is read differs, and that it is closed however the block ends.

    aiomqtt lets go of a socket whose broker never answered, or whose wait was cancelled, without closing it.
    """

    _pause: asyncio.TimerHandle | None = None
    _left = False

    async def __aenter__(self) -> Self:
        """Connect. Raises aiomqtt.MqttError, with nothing left open."""
        self._left = False
        try:
            return await super().__aenter__()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye if somebody listens, and close."""
        try:
            await super().__aexit__(kind, error, trace)
        finally:
            self._leave()

    def _client_connect(self) -> None:
        super()._client_connect()
        if self._left:  # this is a thread, which nobody has waited for
            self._loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        self._left = True
        self._client._sock_close()  # noqa: SLF001 - paho closes publicly only after a farewell was written

    def _on_socket_open(self, client: Paho, userdata: Any, sock: Any) -> None:
        super()._on_socket_open(client, userdata, sock)
        # Later than what aiomqtt has just asked for, which it replaces: paho opens the socket in a thread.
        self._loop.call_soon_threadsafe(self._listen, client, sock)

    def _on_socket_close(self, client: Paho, userdata: Any, sock: Any) -> None:
        if self._pause is not None:
            self._pause.cancel()  # the number of a closed socket may soon be another's
            self._pause = None
        super()._on_socket_close(client, userdata, sock)

    def _listen(self, client: Paho, sock: Any) -> None:
        self._pause = None
        if sock.fileno() >= 0:
            self._loop.add_reader(sock.fileno(), self._round, client, sock)

    def _round(self, client: Paho, sock: Any) -> None:
        try:
            for _ in range(ROUND):
                client.loop_read()
                if not _readable(sock):
                    break
            else:
                return
        except Exception as broken:  # noqa: BLE001 - the connection's end, as aiomqtt takes it
            if not self._disconnected.done():
                self._disconnected.set_exception(broken)
            return
        number = sock.fileno()
        if number >= 0:
            self._loop.remove_reader(number)
            pause = until_next(PAUSE, self._loop.time())
            self._pause = self._loop.call_later(pause, self._listen, client, sock)


def _readable(sock: Any) -> bool:
    """Whether a read would find something now."""
    if sock.fileno() < 0:
        return False
    if hasattr(sock, "pending") and sock.pending():
        return True  # decrypted already: the system's socket does not show it
    asked = select.poll()
    asked.register(sock.fileno(), select.POLLIN)
    return bool(asked.poll(0))
