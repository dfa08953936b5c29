"""Listens for traps and informs: a hint to look at the device that sent one, never a verdict.

One socket, read a bounded number of datagrams at a time and not before a rest after a full batch, so that a flood costs
a fixed share of the loop: the kernel drops what is beyond. Nothing received is logged as it came.
"""

import asyncio
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

import structlog

from collector.model import Credential, CredentialName, Device, DeviceName, TrapPort
from collector.snmp.ber import MAX_MESSAGE
from collector.snmp.usm_receiver import LocalEngine
from collector.sources import Deliver, HintKind
from collector.sources.traps_intake import MOST, Intake, Taken, TrapResult
from collector.sources.traps_limits import Seen

BATCH = 64  # datagrams read before others get their turn
REST = 0.025  # seconds of rest after a full batch: at most 2,560 datagrams a second are looked at
RETRY = 5.0  # seconds until a port that could not be had is tried again
GATHER = 2.0  # seconds in which the same news of one device is told once, and once more at their end
_SAID_FOR = 600.0  # seconds in which one device's wrong community, and the like, is logged once
_BUFFER = 1 << 20

log = structlog.get_logger(__name__)

Hint = Callable[[DeviceName, HintKind], None]


@dataclass(frozen=True, slots=True)
class TrapStats:
    """What the listener says of itself: whether it has its port, and datagrams by what became of them."""

    listening: bool
    results: Mapping[TrapResult, int]


class TrapSource:
    """A `Listener` on one UDP port. `clock` is monotonic seconds."""

    def __init__(
        self,
        at: TrapPort,
        engine: LocalEngine,
        devices: Mapping[DeviceName, Device],
        credentials: Mapping[CredentialName, Credential],
        clock: Callable[[], float],
    ) -> None:
        self._at = at
        self._clock = clock
        self._intake = Intake(engine)
        self._said = Seen(_SAID_FOR, MOST)
        self._waiting: dict[tuple[DeviceName, HintKind], bool] = {}  # whether more came since it was told
        self._socket: socket.socket | None = None
        self._hint: Hint = lambda _device, _kind: None
        self.update(at, devices, credentials)

    @property
    def port(self) -> int:
        """The port that is listened on, 0 while there is none."""
        return int(self._socket.getsockname()[1]) if self._socket is not None else 0

    def update(
        self,
        at: TrapPort,
        devices: Mapping[DeviceName, Device],
        credentials: Mapping[CredentialName, Credential],
    ) -> None:
        """Know these devices from now on; the port stays."""
        self._intake.update(devices, credentials, at.credentials)

    def stats(self) -> TrapStats:
        """Counters for the service's own metrics."""
        return TrapStats(self._socket is not None, dict(self._intake.results))

    async def listen(self, deliver: Deliver, hint: Hint, /) -> None:  # noqa: ARG002 traps deliver no outcomes
        """Run until cancelled; a port that cannot be had is said once and tried again."""
        self._hint = hint
        said = False
        while True:
            try:
                opened = _open(self._at.host, self._at.port)
            except OSError as error:
                if not said:
                    said = True
                    log.error(  # noqa: TRY400 the reason is all there is to say
                        "traps.cannot_listen", at=f"{self._at.host}:{self._at.port}", why=error.strerror
                    )
                await asyncio.sleep(RETRY)
                continue
            with opened:
                await self._serve(opened)

    async def _serve(self, opened: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._socket = opened
        log.info("traps.listening", at=f"{self._at.host}:{self.port}")
        loop.add_reader(opened, self._readable, opened)
        try:
            await loop.create_future()
        finally:
            self._socket = None
            loop.remove_reader(opened)

    def _readable(self, opened: socket.socket) -> None:
        now = self._clock()
        for _ in range(BATCH):
            try:
                data, source = opened.recvfrom(MAX_MESSAGE)
            except BlockingIOError:
                return
            except OSError as error:
                log.warning("traps.receive_failed", why=error.strerror)
                return
            self._take(opened, data, source, now)
        loop = asyncio.get_running_loop()
        loop.remove_reader(opened)
        loop.call_later(REST, self._rested, opened)

    def _rested(self, opened: socket.socket) -> None:
        if self._socket is opened:
            asyncio.get_running_loop().add_reader(opened, self._readable, opened)

    def _take(self, opened: socket.socket, data: bytes, source: tuple[str, int], now: float) -> None:
        taken = self._intake.take(data, source[0], now)
        if taken.reply:
            try:
                opened.sendto(taken.reply, source)
            except OSError as error:  # an unanswered sender asks again
                log.debug("traps.reply_failed", device=taken.device, why=error.strerror)
        if taken.suspicious and not self._said.again((taken.device, taken.result), now):
            log.warning("traps.refused", device=taken.device, why=taken.result.value)
        self._tell(taken)

    def _tell(self, taken: Taken) -> None:
        """Give the hint at once; the same again within `GATHER` is given once, at its end."""
        if taken.device is None or taken.hint is None:
            return
        key = taken.device, taken.hint
        if key in self._waiting:
            self._waiting[key] = True
            return
        self._waiting[key] = False
        asyncio.get_running_loop().call_later(GATHER, self._gathered, key)
        self._hint(*key)

    def _gathered(self, key: tuple[DeviceName, HintKind]) -> None:
        if self._waiting.pop(key) and self._socket is not None:
            self._waiting[key] = False
            asyncio.get_running_loop().call_later(GATHER, self._gathered, key)
            self._hint(*key)


def _open(host: str, port: int) -> socket.socket:
    """A bound, non-blocking UDP socket. Raises OSError."""
    family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET  # noqa: PLR2004
    opened = socket.socket(family, socket.SOCK_DGRAM)
    try:
        opened.setblocking(False)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        opened.bind((host, port))
    except OSError:
        opened.close()
        raise
    return opened


__all__: Sequence[str] = ["TrapResult", "TrapSource", "TrapStats"]
