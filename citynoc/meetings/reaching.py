"""The running service from the command line: one GET of its API, and every way in which that fails as one sentence.

Where it listens stands in city.yml. A login, where the service wants one, is in the environment as
`CITYNOC_LOGIN=name:password`; it is sent to that service only and never printed.
"""

import base64
import http.client
import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from collector.model import City

LOGIN = "CITYNOC_LOGIN"
PATIENCE = 10.0
MOST_BYTES = 50_000_000
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a server binds, nobody's address
UNAUTHORISED, NOT_FOUND = 401, 404


class NotReachedError(Exception):
    """The service cannot be asked: one sentence for the person at the terminal."""


class NotThereError(Exception):
    """The service does not know it; the sentence names what resembles it."""


def default_url(city: City) -> str:
    """Where the service of this configuration is asked."""
    if city.web is not None:
        return city.public_url
    host = WILDCARDS.get(city.listen_host, city.listen_host)
    return f"http://[{host}]:{city.listen_port}" if ":" in host else f"http://{host}:{city.listen_port}"


class Reach:
    """Asks one service. Raises NotReachedError for an address that is none, and a certificate that cannot be read."""

    def __init__(self, url: str, environ: Mapping[str, str], certificate: Path | None = None) -> None:
        if not _is_address(url):
            raise NotReachedError(f"'{url}' is no address of a service; write it like http://127.0.0.1:9579")
        self._url = url.rstrip("/")
        self._headers = {"Accept": "application/json"}
        if LOGIN in environ:
            login = base64.b64encode(os.fsencode(environ[LOGIN])).decode()
            self._headers["Authorization"] = f"Basic {login}"
        context = ssl.create_default_context()
        if certificate is not None and url.startswith("https:"):
            _trust(context, certificate)
        # No proxy and no redirect: the login goes to this service or nowhere.
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context), _Stay()
        )

    def get(self, *path: str) -> dict[str, Any]:
        """The document at this path. Raises NotReachedError and NotThereError."""
        address = "/".join([self._url, *(quote(part, safe="") for part in path)])
        request = urllib.request.Request(address, headers=self._headers)  # noqa: S310 - http and https only
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                document = json.loads(answer.read(MOST_BYTES))
        except urllib.error.HTTPError as error:
            raise self._refused(error) from None
        except urllib.error.URLError as error:
            why = error.reason.strerror if isinstance(error.reason, OSError) else error.reason
            raise self._silent(str(why or error.reason)) from None
        except (OSError, http.client.HTTPException) as error:
            raise self._silent(str(error) or type(error).__name__) from None
        except ValueError:
            raise NotReachedError(
                f"what answers at {self._url} is not citynoc: its answer is no JSON"
            ) from None
        if not isinstance(document, dict):
            raise NotReachedError(f"what answers at {self._url} is not citynoc of this version")
        return document

    def _silent(self, why: str) -> NotReachedError:
        return NotReachedError(
            f"no service answers at {self._url} ({why}): is `citynoc run` running? Another address: --url"
        )

    def _refused(self, error: urllib.error.HTTPError) -> NotReachedError | NotThereError:
        if error.code == UNAUTHORISED:
            return NotReachedError(f"{self._url} wants a login: set {LOGIN}=name:password in the environment")
        try:
            said = str(json.loads(error.read(10_000))["error"])
        except (ValueError, LookupError, TypeError, OSError):
            return NotReachedError(
                f"{self._url} answered {error.code}, which citynoc of this version does not"
            )
        return NotThereError(said) if error.code == NOT_FOUND else NotReachedError(said)


def _trust(context: ssl.SSLContext, certificate: Path) -> None:
    """Believe who shows this certificate. Without the file, as on another machine, what the system believes holds."""
    try:
        context.load_verify_locations(certificate)
    except FileNotFoundError:
        return
    except ssl.SSLError:
        raise NotReachedError(
            f"{certificate} holds no certificate: web.tls_certificate in city.yml"
        ) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise NotReachedError(
            f"cannot read {certificate}: {why}; who asks the service must be able to read its certificate"
        ) from None


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that do not close, a port that is none
        return False


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows no redirect."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Nowhere else."""
