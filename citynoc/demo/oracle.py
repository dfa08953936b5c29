"""Asks Prometheus itself what it knows: the demo believes nothing else.

Never computes what Prometheus can compute. Without Prometheus, `Beholder.from_service` counts the same series in
`/metrics/state`, and says so by its name.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import aiohttp

PATIENCE = aiohttp.ClientTimeout(total=5)
COMMUNE = "[0-9]{5}"  # a site that is a commune is named by its five-digit code


@dataclass(frozen=True, slots=True)
class Up:
    """How many devices answered, and how many communes are up."""

    devices: int
    communes: int


@dataclass(frozen=True, slots=True)
class Beholder:
    """Who says what is up, and how to ask."""

    name: str
    up: Callable[[], Awaitable[Up]]


class Oracle:
    """One Prometheus; its answers are None while it cannot be asked."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = url

    async def number(self, query: str) -> float | None:
        """The value of a query that gives at most one series; 0 if it gives none."""
        result = await self._query(query)
        if result is None:
            return None
        return float(result[0]["value"][1]) if result else 0.0

    async def labels(self, query: str) -> list[dict[str, str]] | None:
        """The labels of every series of the answer."""
        result = await self._query(query)
        return None if result is None else [dict(series["metric"]) for series in result]

    async def up(self) -> Up:
        """What is up at this moment, as Prometheus stored it."""
        devices = await self.number("count(citynoc_device_up == 1)")
        communes = await self.number(f'count(citynoc_site_state{{site=~"{COMMUNE}"}} == 0)')
        return Up(int(devices or 0), int(communes or 0))

    async def alertmanagers(self) -> int:
        """How many Alertmanagers it would send an alert to; it finds them some seconds after its start."""
        data = await self._get("alertmanagers", {})
        return 0 if data is None else len(data["activeAlertmanagers"])

    async def _query(self, query: str) -> list[dict[str, Any]] | None:  # Prometheus' JSON
        data = await self._get("query", {"query": query})
        if data is None:
            return None
        result: list[dict[str, Any]] = data["result"]
        return result

    async def _get(self, path: str, parameters: dict[str, str]) -> dict[str, Any] | None:  # Prometheus' JSON
        try:
            async with self._session.get(
                f"{self._url}/api/v1/{path}", params=parameters, timeout=PATIENCE
            ) as response:
                answer = await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError):
            return None
        if answer.get("status") != "success":
            return None
        data: dict[str, Any] = answer["data"]
        return data


def of_prometheus(oracle: Oracle) -> Beholder:
    """Prometheus, the one that counts."""
    return Beholder("Prometheus", oracle.up)


def of_service(session: aiohttp.ClientSession, url: str) -> Beholder:
    """The service's own state, for a machine without Prometheus."""

    async def up() -> Up:
        try:
            async with session.get(f"{url}/metrics/state", timeout=PATIENCE) as response:
                text = await response.text()
        except (aiohttp.ClientError, TimeoutError):
            return Up(0, 0)
        devices = re.findall(r"^citynoc_device_up\{[^}]*\} 1(?:\.0)?$", text, re.MULTILINE)
        communes = re.findall(
            rf'^citynoc_site_state\{{[^}}]*site="{COMMUNE}"[^}}]*\}} 0(?:\.0)?$', text, re.MULTILINE
        )
        return Up(len(devices), len(communes))

    return Beholder("citynoc", up)
