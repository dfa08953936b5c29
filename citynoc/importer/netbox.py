"""NetBox's devices and sites over its REST API, as rows. It only reads, and only what it needs.

The token goes to the address that was named and nowhere else: redirects are not followed, and of a page's `next` only
the query counts. Everything from outside is bounded: bytes, pages, objects, seconds.
Source: NetBox, "REST API Overview" (docs/integrations/rest-api.md: pagination by `limit` and `offset`, `next`, `exclude`,
`Authorization: Token …`); release notes of 3.6 (`device_role` is `role`) and 4.5 (`Authorization: Bearer nbt_…`).
"""

import asyncio
import json
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import aiohttp

from citynoc.importer.columns import Columns
from citynoc.importer.wanted import Row, nowhere, printable
from collector.bounded import body_of
from collector.config.problems import Problem
from collector.config.words import shown
from collector.model import Place, Role, Secret, only_here

PAGE = 500
LARGEST_PAGE = 64 * 1024 * 1024  # bytes
MOST_OBJECTS = 200_000
TOKEN = re.compile(r"[\x21-\x7e]{1,1024}")
SECONDS = 60.0
"""The longest that one page may take; connecting may take a sixth of it."""

USUAL: Mapping[str, tuple[str, ...]] = {
    "site": ("site.slug",),
    "name": ("site.name",),
    "latitude": ("site.latitude",),
    "longitude": ("site.longitude",),
    "district": ("site.group.slug", "site.region.slug"),
    "district_name": ("site.group.name", "site.region.name"),
    "device": ("name",),
    "address": ("primary_ip4.address", "primary_ip6.address", "primary_ip.address"),
    "role": ("role.slug", "device_role.slug"),
    "profile": ("platform.slug",),
}
"""Where a field is looked for in a device with its site in it: the first path that has something."""


class NetBoxError(Exception):
    """NetBox did not give what was asked; one sentence without the token."""


@dataclass(frozen=True, slots=True)
class NetBox:
    """Where NetBox is and how to be allowed. `filters` are query parameters of the list of devices."""

    url: str
    token: Secret | None = None
    filters: Sequence[tuple[str, str]] = ()
    ca_file: Path | None = None
    seconds: float = SECONDS


@dataclass(slots=True)
class Found:
    """Rows, and what was left out of them."""

    rows: list[Row] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def read_netbox(netbox: NetBox, columns: Columns) -> Found:
    """Every device that the filters let through, beside its site. Raises NetBoxError."""
    base = _base(netbox)
    try:
        devices, sites = asyncio.run(_fetch(netbox, base))
    except aiohttp.ClientConnectorCertificateError as error:
        reason = error.certificate_error.args[-1] if error.certificate_error.args else error
        raise NetBoxError(
            f"{base}: its certificate is not trusted: {reason}; name the authority with --ca-file"
        ) from None
    except TimeoutError:  # an OSError too
        raise NetBoxError(f"{base}: no answer within {netbox.seconds:g} s") from None
    except UnicodeError:
        raise NetBoxError(f"{base}: no machine can have this name") from None
    except (aiohttp.ClientError, OSError) as error:
        raise NetBoxError(f"{base}: {_reason(error)}") from None
    found = Found()
    for device in devices:
        _take(found, base, device, sites, columns)
    return found


def _base(netbox: NetBox) -> str:
    try:
        parts = urlsplit(netbox.url)
        host = parts.hostname
    except ValueError:
        raise NetBoxError(f"'{netbox.url[:200]}' is not an address on the web") from None
    if parts.username is not None or parts.password is not None:
        raise NetBoxError("a login does not belong in the address; the token is named with --token")
    if parts.scheme not in {"http", "https"} or not host:
        raise NetBoxError(f"'{netbox.url[:200]}' is not an address on the web: write https://HOST")
    if parts.scheme == "http" and not only_here(host):
        raise NetBoxError(f"{host} is another machine: the token goes over https only")
    path = parts.path.rstrip("/").removesuffix("/api")
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


async def _fetch(netbox: NetBox, base: str) -> tuple[list[dict[str, Any]], dict[int, dict[str, Any]]]:
    headers = {"Accept": "application/json", "User-Agent": "citynoc"}
    if netbox.token is not None:
        secret = netbox.token.reveal()
        if not TOKEN.fullmatch(secret):  # else it would be refused as a header, by a program and not in words
            raise NetBoxError("what stands where the token should be is no token of NetBox's")
        scheme = "Bearer" if secret.startswith("nbt_") else "Token"
        headers["Authorization"] = f"{scheme} {secret}"
    context = None
    if base.startswith("https:"):
        try:
            context = ssl.create_default_context(cafile=netbox.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise NetBoxError(
                f"cannot use {netbox.ca_file} as certificates: {error.strerror or error}"
            ) from None
    limits = aiohttp.ClientTimeout(total=netbox.seconds, sock_connect=netbox.seconds / 6)
    connector = aiohttp.TCPConnector(ssl=context if context is not None else True, limit=1)
    async with aiohttp.ClientSession(headers=headers, timeout=limits, connector=connector) as session:
        filters = [*netbox.filters]
        if not any(name.startswith("status") for name, _ in filters):
            filters.append(("status", "active"))
        devices = await _list(session, f"{base}/api/dcim/devices/", [*filters, ("exclude", "config_context")])
        wanted = {brief["id"] for device in devices if (brief := _brief(device)) is not None}
        sites = await _list(session, f"{base}/api/dcim/sites/", []) if wanted else []
        return devices, {one["id"]: one for one in sites if one["id"] in wanted}


async def _list(
    session: aiohttp.ClientSession, url: str, query: list[tuple[str, str]]
) -> list[dict[str, Any]]:
    """All pages of a list, each object once."""
    found: dict[int, dict[str, Any]] = {}
    asked: set[str] = set()
    params = [*query, ("limit", str(PAGE))]
    while True:
        page = await _page(session, url, params)
        results, count, following = page.get("results"), page.get("count"), page.get("next")
        if not isinstance(results, list) or not isinstance(count, int):
            raise NetBoxError(f"{url}: this is no list of NetBox's (no 'results' and 'count')")
        before = len(found)
        for one in results:
            if not isinstance(one, dict) or not isinstance(one.get("id"), int):
                raise NetBoxError(f"{url}: an object without 'id'")
            found[one["id"]] = one
        if len(found) > MOST_OBJECTS or count > MOST_OBJECTS:
            raise NetBoxError(f"{url}: more than {MOST_OBJECTS} objects; narrow it down with --filter")
        if following is None:
            if len(found) < count:
                raise NetBoxError(
                    f"{url}: gave {len(found)} of {count} objects: it changed while it was read; try again"
                )
            return [*found.values()]
        if not isinstance(following, str) or following in asked or len(found) == before:
            raise NetBoxError(f"{url}: the pages go in a circle")
        asked.add(following)
        params = parse_qsl(urlsplit(following).query, keep_blank_values=True)


async def _page(session: aiohttp.ClientSession, url: str, params: list[tuple[str, str]]) -> dict[str, Any]:
    async with session.get(url, params=params, allow_redirects=False) as answer:
        if answer.status in {401, 403}:
            raise NetBoxError(
                f"{url}: NetBox refused ({answer.status}): is the token right, and may it see devices?"
            )
        if answer.status != 200:  # noqa: PLR2004  # RFC 9110: OK
            raise NetBoxError(f"{url}: answered {answer.status}: is this NetBox's address?")
        body = await body_of(answer, LARGEST_PAGE)
        if body is None:
            raise NetBoxError(f"{url}: a page is larger than {LARGEST_PAGE // 1024 // 1024} MiB")
    try:
        page = json.loads(body)
    except (ValueError, RecursionError):
        raise NetBoxError(f"{url}: the answer is not JSON") from None
    if not isinstance(page, dict):
        raise NetBoxError(f"{url}: this is no list of NetBox's")
    return page


def _brief(device: dict[str, Any]) -> dict[str, Any] | None:
    """The device's site as its list has it."""
    site = device.get("site")
    return site if isinstance(site, dict) and isinstance(site.get("id"), int) else None


def _reason(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"cannot connect: {error.os_error.strerror or error.os_error}"
    return f"the connection failed ({type(error).__name__})"


def _take(
    found: Found, base: str, device: dict[str, Any], sites: Mapping[int, dict[str, Any]], columns: Columns
) -> None:
    source = printable(f"{base}/dcim/devices/{device['id']}/ ({str(device.get('name'))[:60]})")
    brief = _brief(device)
    record = device if brief is None else {**device, "site": sites.get(brief["id"], brief)}
    values = dict(_values(record, columns))
    if not values.get("device"):
        found.notes.append(Problem(Place(source, 0, 0), "it has no name: left out"))
        return
    if not values.get("address"):
        found.notes.append(Problem(Place(source, 0, 0), "it has no primary address: left out"))
        return
    role = values.get("role")
    if role and role not in list(Role):
        hint = f"--word role:{role}=router says what it is here"
        found.notes.append(
            Problem(Place(source, 0, 0), f"role {shown(role)} is none of ours: its name decides", hint)
        )
        del values["role"]
    found.rows.append(Row(values, nowhere(source)))


def _values(record: Mapping[str, Any], columns: Columns) -> Iterator[tuple[str, str]]:
    for name in {**USUAL, **columns.theirs}:
        theirs = columns.theirs.get(name)
        for path in (theirs,) if theirs is not None else USUAL.get(name, ()):
            text = _text(_at(record, path))
            if text:
                text = text.lower() if name == "device" else text  # NetBox's names differ by more than case
                yield name, columns.translated(name, text)
                break


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    """A value of NetBox's as text: an object by its slug, a choice by its value, a list with spaces between."""
    if isinstance(value, dict):
        return _text(
            next((value[key] for key in ("slug", "value", "name", "address") if value.get(key)), None)
        )
    if isinstance(value, list):
        return " ".join(filter(None, map(_text, value)))
    return "" if value is None or isinstance(value, bool) else str(value)
