"""The running service from the command line: one GET of its API, and every way in which that fails as one sentence.

Where it answers and who asks it is `citynoc.access`' to say; it follows no redirect and asks no proxy.
"""

import http.client
import json
import ssl
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlsplit

from citynoc.access import WANTED, Access, NoAccessError

PATIENCE = 10.0
MOST_BYTES = 50_000_000
UNAUTHORISED, NOT_FOUND = 401, 404


class NotReachedError(Exception):
    """The service cannot be asked: one sentence for the person at the terminal."""


class NotThereError(Exception):
    """The service does not know it; the sentence names what resembles it."""


class Reach:
    """Asks one service. Raises NotReachedError for an address that is none, and where access cannot be had."""

    def __init__(self, access: Access) -> None:
        if not _is_address(access.url):
            raise NotReachedError(
                f"'{access.url}' is no address of a service; write it like http://127.0.0.1:9579"
            )
        self._url = access.url.rstrip("/")
        try:
            self._headers, context = access.headers(), access.trust()
        except NoAccessError as why:
            raise NotReachedError(str(why)) from None
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
            if isinstance(error.reason, ssl.SSLCertVerificationError):
                raise NotReachedError(
                    f"{self._url}: its certificate is not trusted: {error.reason.verify_message}; see --ca-file"
                ) from None
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
            return NotReachedError(f"{self._url}: {WANTED}")
        try:
            said = str(json.loads(error.read(10_000))["error"])
        except (ValueError, LookupError, TypeError, OSError):
            return NotReachedError(
                f"{self._url} answered {error.code}, which citynoc of this version does not"
            )
        return NotThereError(said) if error.code == NOT_FOUND else NotReachedError(said)


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
