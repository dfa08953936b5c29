"""Questions that could not even be sent: they prove nothing about a device, and at every first hop that we are blind. Pure."""

from collections.abc import Set as AbstractSet

from collector.outages.evidence import NEVER, Hearing


class Sending:
    """The devices to which sending failed, each with the last time."""

    def __init__(self) -> None:
        self._failed: dict[int, float] = {}

    def failed(self, device: int, at: float) -> None:
        """The local system refused to send."""
        self._failed[device] = at

    def worked(self, device: int) -> None:
        """The device has answered."""
        self._failed.pop(device, None)

    def rewind(self, at: float) -> None:
        """The clock was set back: nothing is dated in the future."""
        self._failed = {device: min(when, at) for device, when in self._failed.items()}

    def impossible(self, hops: AbstractSet[int], hearing: Hearing) -> bool:
        """Is every first hop out of our reach, and one of them because nothing can be sent?"""
        return any(i in self._failed for i in hops) and all(
            self._failed.get(i, NEVER) > hearing.life[i] or i in hearing.confirmed for i in hops
        )
