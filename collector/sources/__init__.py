"""One file per protocol: a profile's language to the wire and back to measured series.

A source is asked on a clock (`Poller`) or speaks when it likes (`Listener`). Both deliver `Outcome`s and never
raise for what the world does to them: above a source a failure is data.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

from collector.model import DeviceName
from collector.outcome import Outcome
from collector.plan import Poll, PollKey

Deliver = Callable[[PollKey, Outcome], None]
"""Takes each finished question, on the event loop, exactly once per question asked."""


class HintKind(StrEnum):
    """News that makes somebody look, and is never a verdict."""

    OFFLINE = "offline"  # a Last Will
    ONLINE = "online"
    LINK = "link"  # linkDown, linkUp: of one of the device's interfaces, so those behind it are asked too
    RESTARTED = "restarted"  # coldStart, warmStart
    AUTH_FAILURE = "auth_failure"  # somebody asked the device with a wrong name or key
    NEWS = "news"  # any other trap


class Poller(Protocol):
    """Asked on a clock."""

    def ask(self, batch: Sequence[Poll], deliver: Deliver, /) -> None:
        """Send the questions now, deliver each outcome later. Never blocks, never raises for the network.

        The same device may have several open questions (re-asks); each is delivered once.
        """

    def forget(self, device: DeviceName, /) -> None:
        """Drop what is remembered of a device that left the plan or changed."""


class Listener(Protocol):
    """Speaks when it likes."""

    async def listen(self, deliver: Deliver, hint: Callable[[DeviceName, HintKind], None], /) -> None:
        """Run until cancelled; a lost peer is reconnected to, and counted."""
