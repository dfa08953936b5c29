"""What the running service runs, asked over its own HTTP: a picture without secrets, and what it measures.

Whoever asks logs in as for the live page; the certificate is checked. Everything from outside is bounded.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from citynoc.access import WANTED, Access, NoAccessError
from citynoc.planning.picture import NotAPictureError, Picture, are_names, from_json
from citynoc.settings import Endpoint, Settings
from collector.bounded import body_of

PATH = "/api/v1/plan"
SECONDS = 30.0
LARGEST = 512 * 1024 * 1024  # bytes


class NotRunningError(Exception):
    """The service could not be asked; one sentence."""


@dataclass(frozen=True, slots=True)
class Running:
    """What came back: the picture, its overrides of the files, open outages, and series that it holds now."""

    picture: Picture
    settings: Settings
    outages: tuple[Mapping[str, Any], ...]
    series: int
    applied: Mapping[str, Any] | None
    """What its last reload did."""


def ask(access: Access) -> Running:
    """What runs there. Raises NotRunningError."""
    url = access.url
    try:
        return _running(json.loads(asyncio.run(_fetch(url.rstrip("/") + PATH, access))))
    except NoAccessError as why:
        raise NotRunningError(str(why)) from None
    except aiohttp.ClientConnectorCertificateError as error:
        raise NotRunningError(
            f"{url}: its certificate is not trusted: {error.certificate_error}; see --ca-file"
        ) from None
    except aiohttp.ClientConnectorError as error:
        raise NotRunningError(
            f"{url}: nobody answers ({error.os_error.strerror}); is the service running there?"
        ) from None
    except TimeoutError:
        raise NotRunningError(f"{url}: no answer within {SECONDS:g} s") from None
    except (aiohttp.ClientError, OSError) as error:
        raise NotRunningError(f"{url}: the connection failed ({type(error).__name__})") from None
    except (ValueError, RecursionError, NotAPictureError) as error:
        reason = str(error) if isinstance(error, NotAPictureError) else "the answer is not JSON"
        raise NotRunningError(f"{url}: {reason}") from None


async def _fetch(url: str, access: Access) -> bytes:
    headers, context = access.headers(), access.trust()
    limits = aiohttp.ClientTimeout(total=SECONDS, sock_connect=SECONDS / 6)
    connector = aiohttp.TCPConnector(ssl=context)
    async with (
        aiohttp.ClientSession(timeout=limits, connector=connector, headers=headers) as session,
        session.get(url, allow_redirects=False) as answer,
    ):
        if answer.status in {401, 403}:
            raise NotRunningError(f"{url}: {WANTED}")
        if answer.status != 200:  # noqa: PLR2004  # RFC 9110: OK
            raise NotRunningError(f"{url}: answered {answer.status}: is this citynoc, and of this version?")
        body = await body_of(answer, LARGEST)
        if body is None:
            raise NotRunningError(f"{url}: the answer is larger than {LARGEST // 1024 // 1024} MiB")
        return body


def _running(value: Any) -> Running:
    if not isinstance(value, dict):
        raise NotAPictureError("the answer is no plan of citynoc's")
    outages, series, applied = value.get("outages"), value.get("series"), value.get("applied")
    if not isinstance(outages, list) or not all(map(_is_outage, outages)):
        raise NotAPictureError("the answer is no plan of citynoc's: 'outages'")
    if not isinstance(series, int) or not (applied is None or isinstance(applied, dict)):
        raise NotAPictureError("the answer is no plan of citynoc's: 'series'")
    return Running(
        from_json(value.get("picture")), _settings(value.get("overrides")), tuple(outages), series, applied
    )


def _is_outage(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and "outage" in value
        and all(are_names(value.get(name, [])) for name in ("causes", "affected_devices"))
    )


def _settings(value: Any) -> Settings:
    """What the service was told on its command line, so that the files are read as it reads them."""
    if not isinstance(value, dict) or not all(
        one is None or isinstance(one, (str, int)) for one in value.values()
    ):
        raise NotAPictureError("the answer is no plan of citynoc's: 'overrides'")

    def endpoint(name: str) -> Endpoint | None:
        return None if value.get(name) is None else Endpoint.parse(str(value[name]))

    port, alertmanager = value.get("snmp_port"), value.get("alertmanager")
    return Settings(
        Path(),
        Path(),
        endpoint("listen"),
        endpoint("broker"),
        port if isinstance(port, int) else None,
        endpoint("traps"),
        alertmanager if isinstance(alertmanager, str) else None,
    )
