"""Alertmanager's silences: which outages somebody has taken. Asks API v2, writes nothing there.

A silence takes an outage if it is active, names it (a matcher on `outage`) and covers its alert, says Alertmanager
itself: a silence of a whole district is planned quiet, nobody's work. Bounded in time and bytes; a failure is
counted, keeps what was known and never ends the reader. Source: Alertmanager's OpenAPI description, version 2.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import aiohttp
import structlog

from collector.bounded import body_of

log = structlog.get_logger(__name__)

EVERY = 15.0
"""Seconds between two looks."""
WITHIN = 5.0
"""Seconds that one look may take."""
LARGEST = 8 * 1024 * 1024  # bytes of one answer
ALERTS = (
    "/api/v2/alerts?active=false&inhibited=false&unprocessed=false&silenced=true&filter=outage%21%3D%22%22"
)
SILENCES = "/api/v2/silences"


class Result(StrEnum):
    """How a look ended; the label of `citynoc_silence_reads_total`."""

    ANSWERED = "answered"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    PROTOCOL = "protocol"


class LookError(Exception):
    """A look that brought nothing; `result` says at whose desk."""

    def __init__(self, result: Result, detail: str) -> None:
        self.result = result
        super().__init__(detail)


class SilenceReader:
    """Looks until cancelled and hands every outage that is taken to `taken`, after each look that was answered.

    `url` is the beginning of Alertmanager's address; None means that nobody can take an outage. A reload sets it.
    """

    def __init__(self, url: str | None, taken: Callable[[frozenset[str]], None]) -> None:
        self.url = url
        self._taken = taken
        self.results: Counter[Result] = Counter(dict.fromkeys(Result, 0))
        self._failing: Result | None = None

    async def run(self) -> None:
        """Look every `EVERY` seconds."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=WITHIN)) as session:
            while True:
                await self.look(session)
                await asyncio.sleep(EVERY)

    async def look(self, session: aiohttp.ClientSession) -> None:
        """One look. Never raises for what the other side does."""
        url = self.url
        if url is None:
            self._taken(frozenset())
            return
        try:
            silences = await _get(session, url + SILENCES)
            alerts = await _get(session, url + ALERTS)
            found = taken(silences, alerts)
        except LookError as error:
            self._count(error.result, str(error), url)
            return
        self._count(Result.ANSWERED, "", url)
        if self.url == url:  # a reload may have pointed elsewhere meanwhile
            self._taken(found)

    def _count(self, result: Result, detail: str, url: str) -> None:
        self.results[result] += 1
        failing = None if result is Result.ANSWERED else result
        if failing is not self._failing:
            if failing is None:
                log.info("silences.readable", alertmanager=url)
            else:
                log.warning("silences.unreadable", alertmanager=url, result=result.value, detail=detail)
            self._failing = failing


async def _get(session: aiohttp.ClientSession, url: str) -> Any:
    """The JSON there. Raises LookError."""
    try:
        async with session.get(url, allow_redirects=False) as response:
            if response.status != 200:  # noqa: PLR2004 - RFC 9110 §15.3.1
                raise LookError(Result.REFUSED, f"HTTP status {response.status}")
            body = await body_of(response, LARGEST)
            if body is None:
                raise LookError(Result.PROTOCOL, f"more than {LARGEST} bytes")
    except TimeoutError:
        raise LookError(Result.TIMEOUT, f"no answer within {WITHIN:g} s") from None
    except aiohttp.ClientConnectorError as error:
        raise LookError(Result.UNREACHABLE, str(error)) from None
    except (aiohttp.ClientError, ValueError) as error:  # ValueError: an address that no URL parser takes
        raise LookError(Result.PROTOCOL, f"{type(error).__name__}: {error}") from None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise LookError(Result.PROTOCOL, "not JSON") from None


def taken(silences: Any, alerts: Any) -> frozenset[str]:
    """Ids of the outages whose alert is covered by an active silence that names an outage. Raises LookError."""
    try:
        naming = set(_naming(silences))
        return frozenset(
            outage
            for alert in alerts
            if naming.intersection(alert["status"]["silencedBy"])
            and isinstance(outage := alert["labels"].get("outage"), str)
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise LookError(Result.PROTOCOL, f"not what API v2 answers: {error!r}") from None


def _naming(silences: Any) -> Iterator[str]:
    for silence in silences:
        if silence["status"]["state"] == "active" and any(
            matcher["name"] == "outage" and matcher.get("isEqual", True) for matcher in silence["matchers"]
        ):
            yield silence["id"]
