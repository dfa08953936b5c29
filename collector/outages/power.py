"""What the UPSes last said: a site that goes dark while its UPS runs on the battery has lost its power. Pure.

A UPS dies with its site when the battery is empty, so its last word counts as long as nothing contradicts it.
"""

from collections.abc import Mapping

from collector.model import DeviceName, SiteCode

FRESH = 180.0
"""Seconds before the failure within which the last word must have come: some full polls."""


class Power:
    """The last word of every UPS that ever gave one."""

    def __init__(self) -> None:
        self._words: dict[DeviceName, tuple[SiteCode, float, bool]] = {}

    def report(self, device: DeviceName, site: SiteCode, at: float, *, on_battery: bool) -> bool:
        """Take a word, true at `at`; True if it is news."""
        before = self._words.get(device)
        if before is not None and at < before[1]:
            return False
        self._words[device] = site, at, on_battery
        return before is None or before[2] is not on_battery

    def failed(self, site: SiteCode | None, started: float) -> bool:
        """Had the site lost its mains when this failure began, or has it since?"""
        return any(
            on_battery and at >= started - FRESH
            for place, at, on_battery in self._words.values()
            if place == site
        )

    def rewind(self, at: float) -> None:
        """The clock was set back: nothing was said in the future."""
        self._words = {name: (site, min(when, at), on) for name, (site, when, on) in self._words.items()}

    def keep(self, devices: Mapping[DeviceName, object]) -> None:
        """Forget who left the city."""
        self._words = {name: word for name, word in self._words.items() if name in devices}
