"""A Grafana over its HTTP API: the only file that knows grafana-client. It reads and writes; it decides nothing.

Source: Grafana's HTTP API as documented for versions 11 and 12 (health, folders, search, dashboards, versions).
Whatever goes wrong becomes a `RefusedError` with one sentence; no message ever has the token in it.
"""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import quote, urlsplit

from grafana_client.api import GrafanaApi
from grafana_client.client import GrafanaException

from citynoc.publishing.boards import Json

TIMEOUT = 20.0  # seconds
MOST_FOUND = 5000
"""Dashboards that one search may give: the API's own limit."""
TOKEN = re.compile(r"[\x21-\x7e]{8,1024}")
MESSAGES = 300
UNAUTHORISED, FORBIDDEN, NOT_FOUND, CONFLICT, PRECONDITION = 401, 403, 404, 409, 412


T = TypeVar("T")


class RefusedError(Exception):
    """Grafana cannot be reached, refuses, or answers what nobody expects."""


class ChangedMeanwhileError(RefusedError):
    """Somebody saved the dashboard, or made one with its uid, after it was looked at."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as it is there. `managed` names what keeps it in order, if that is not people."""

    title: str
    writable: bool
    managed: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A dashboard as it is there. `folder` is its folder's uid; `provisioned` if files are its master."""

    content: Json
    version: int
    folder: str
    folder_title: str
    provisioned: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A dashboard's latest version: who saved it, and what was said of it."""

    number: int
    by: str
    at: str
    message: str


def address_of(url: str) -> tuple[str, str, int | None, str]:
    """Protocol, host, port and path of a Grafana's address. Raises ValueError with what is wrong with it.

    Only https, so that nobody on the way reads the token; http to this very machine, where there is no way.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("write the address as https://grafana.example.org")
    if parts.username or parts.password:
        raise ValueError("leave the login out of the address: what opens Grafana is --token")
    if parts.query or parts.fragment:
        raise ValueError("leave out what follows the path: citynoc asks for /api/… below it")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise ValueError("http would send the token for everybody on the way to read: use https")
    path = parts.path.strip("/")
    return parts.scheme, parts.hostname, parts.port, f"{path}/" if path else ""


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Grafana:
    """`with Grafana(…) as server`: questions and orders to one server. Raises RefusedError from every method."""

    def __init__(self, url: str, token: str, *, ca: str | None = None) -> None:
        """`ca` is a file of certificates to trust instead of the system's. ValueError for an address that is wrong."""
        protocol, host, port, path = address_of(url)
        if not TOKEN.fullmatch(token):  # else the library would say the whole header while refusing it
            raise RefusedError("what stands where the token should be is no token of Grafana's")
        self._api: Any = GrafanaApi(  # the library says little of its types
            auth=token,
            host=f"[{host}]" if ":" in host else host,
            port=port,
            url_path_prefix=path,
            protocol=protocol,
            verify=True if ca is None else ca,
            timeout=TIMEOUT,
        )
        self._api.client.s.max_redirects = 0  # a token goes where it was meant to go, and nowhere else
        if protocol == "http":
            self._api.client.s.trust_env = (
                False  # HTTP_PROXY would get it, readable, for this machine's address
            )
        self._name = f"{protocol}://{host}" + (f":{port}" if port else "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._api.client.s.close()

    def version(self) -> str:
        """Its version as it says, for example `12.1.0`; empty if it hides that."""
        told = self._ask(lambda: self._api.client.GET("/health"))
        if not isinstance(told, dict) or "database" not in told:
            raise RefusedError(f"{self._name} is no Grafana: /api/health answers something else")
        if told.get("version"):
            return str(told["version"])
        told = self._ask(self._api.health.check)
        return str(told.get("version") or "") if isinstance(told, dict) else ""

    def folder(self, uid: str) -> Folder | None:
        """The folder, or None if there is none."""
        told = self._ask(lambda: self._api.folder.get_folder(quote(uid, safe="")), absent=True)
        if told is None:
            return None
        return self._understood(_folder, told)

    def make_folder(self, uid: str, title: str) -> None:
        """Make a folder at the root."""
        self._ask(lambda: self._api.folder.create_folder(title, uid))

    def dashboards_in(self, folder: str) -> dict[str, str]:
        """The uids and titles of all dashboards in the folder."""
        told = self._ask(
            lambda: self._api.search.search_dashboards(type_="dash-db", folder_uids=folder, limit=MOST_FOUND)
        )
        if not isinstance(told, list):
            raise RefusedError(f"{self._name}: the search answers something else than a list")
        # An older Grafana may ignore the folder: what stands elsewhere is none of ours.
        return self._understood(
            lambda found: {
                str(one["uid"]): str(one["title"]) for one in found if one.get("folderUid") == folder
            },
            told,
        )

    def dashboard(self, uid: str) -> Saved | None:
        """The dashboard with everything in it, or None if there is none."""
        told = self._ask(lambda: self._api.dashboard.get_dashboard(quote(uid, safe="")), absent=True)
        if told is None:
            return None
        return self._understood(_saved, told)

    def latest(self, uid: str) -> Version | None:
        """The dashboard's latest version; None if Grafana tells of none."""
        told = self._ask(
            lambda: self._api.dashboard_versions.get_dashboard_versions_by_uid(quote(uid, safe="")),
            absent=True,
        )
        listed = told.get("versions") if isinstance(told, dict) else told  # a list before Grafana 11
        if not listed:
            return None
        return self._understood(_version, listed)

    def save(self, content: Json, *, folder: str, message: str, version: int | None, overwrite: bool) -> None:
        """Make the dashboard (`version` None) or replace that version of it. Raises ChangedMeanwhileError."""
        body = {key: value for key, value in content.items() if key not in {"id", "version"}}
        body["id"] = None
        if version is not None:
            body["version"] = version
        self._ask(
            lambda: self._api.dashboard.update_dashboard(
                {"dashboard": body, "folderUid": folder, "message": message, "overwrite": overwrite}
            )
        )

    def delete(self, uid: str) -> None:
        """Take a dashboard away."""
        self._ask(lambda: self._api.dashboard.delete_dashboard(quote(uid, safe="")))

    def _ask(self, request: Callable[[], Any], *, absent: bool = False) -> Any:
        """The answer, or None for 404 where that is an answer too."""
        try:
            return request()
        except GrafanaException as refused:
            if absent and refused.status_code == NOT_FOUND:
                return None
            raise self._refusal(refused) from None
        except (OSError, ValueError) as broken:  # niquests' errors are OSErrors; an answer that is no JSON
            raise RefusedError(f"{self._name}: {_sentence(broken)}") from None

    def _understood(self, read: Callable[[Any], T], told: Any) -> T:
        """What `read` makes of an answer."""
        try:
            return read(told)
        except (AttributeError, LookupError, TypeError, ValueError):
            raise RefusedError(f"{self._name} answers something else than Grafana does") from None

    def _refusal(self, refused: GrafanaException) -> RefusedError:
        said = _message(refused)
        if refused.status_code == UNAUTHORISED:
            return RefusedError(f"{self._name} does not accept the token: it is wrong, expired or revoked")
        if refused.status_code == FORBIDDEN:
            return RefusedError(
                f"{self._name}: the token may not do this ({said}); its service account needs the role Editor"
            )
        if refused.status_code in {CONFLICT, PRECONDITION}:
            return ChangedMeanwhileError(f"{self._name}: {said}")
        if refused.status_code:
            return RefusedError(f"{self._name} answers {refused.status_code}: {said}")
        return RefusedError(f"{self._name}: {said}")


def _folder(told: Any) -> Folder:
    return Folder(
        str(told.get("title", "")), bool(told.get("canSave", True)), str(told.get("managedBy") or "")
    )


def _saved(told: Any) -> Saved:
    content, meta = told["dashboard"], told["meta"]
    return Saved(
        content,
        int(content.get("version") or 0),
        str(meta.get("folderUid") or ""),
        str(meta.get("folderTitle") or ""),
        bool(meta.get("provisioned")),
    )


def _version(listed: Any) -> Version:
    last = max(listed, key=lambda one: int(one["version"]))
    return Version(
        int(last["version"]),
        str(last.get("createdBy") or "?"),
        str(last.get("created") or "?"),
        str(last.get("message") or ""),
    )


def _message(refused: GrafanaException) -> str:
    answer = refused.response
    text = answer.get("message") if isinstance(answer, dict) else None
    return _cut(str(text or refused.message))


def _sentence(error: Exception) -> str:
    return _cut(str(error) or type(error).__name__)


def _cut(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= MESSAGES else f"{one_line[:MESSAGES]}…"
