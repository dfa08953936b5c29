"""How a command gets at the running service: where it answers, with which login, and whose certificate is believed.

The same for every verb that asks it. A login is a reference or stands in the environment as
`CITYNOC_LOGIN=name:password`; it is sent to that service only, over TLS or inside this machine, and never printed.
"""

import argparse
import base64
import os
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from collector.config.secrets import UnresolvedError, read_reference, resolve
from collector.config.words import WrittenWrongError
from collector.model import City, Secret, only_here

LOGIN = "CITYNOC_LOGIN"
CA_FILE = "--ca-file"
WANTED = f"it wants a login: --login env:NAME or file:PATH of user:password, or {LOGIN}=user:password"
WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what a server binds, nobody's address


class NoLoginError(Exception):
    """The login that was given is none; one sentence without any of it."""


class NoAccessError(Exception):
    """The service may not or cannot be asked so: one sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Access:
    """The service's address, who asks, an authority that is believed, and the certificate that the service itself has."""

    url: str
    login: Secret | None = None
    ca_file: Path | None = None
    certificate: Path | None = None

    def headers(self) -> dict[str, str]:
        """What goes with every question. Raises NoAccessError where a login could be read on its way."""
        found = {"Accept": "application/json", "User-Agent": "citynoc"}
        if self.login is not None:
            if not self.url.startswith("https:") and not only_here(urlsplit(self.url).hostname or ""):
                raise NoAccessError(f"{self.url}: a login goes over https only")
            login = base64.b64encode(os.fsencode(self.login.reveal())).decode()  # RFC 7617
            found["Authorization"] = f"Basic {login}"
        return found

    def trust(self) -> ssl.SSLContext:
        """What the system believes, and the named authority or who shows the service's own certificate.

        Raises NoAccessError for a file that holds none.
        """
        context = ssl.create_default_context()
        if self.url.startswith("https:"):
            if self.ca_file is not None:
                _believe(context, self.ca_file, CA_FILE)
            elif self.certificate is not None:
                with suppress(FileNotFoundError):  # another machine's: what the system believes holds
                    _believe(context, self.certificate, "web.tls_certificate in city.yml")
        return context


def add_access(parser: argparse.ArgumentParser) -> None:
    """Declare the options by which a protected service is asked."""
    parser.add_argument(
        "--login",
        metavar="REF",
        help=f"env:NAME or file:PATH of user:password for the service (default: env:{LOGIN}, if it is set)",
    )
    parser.add_argument(CA_FILE, type=Path, metavar="FILE", help="trust this authority's certificate")


def login_of(reference: str | None, environ: Mapping[str, str]) -> Secret | None:
    """The login that the option names, else the environment's, else none. Raises NoLoginError."""
    if reference is None and not environ.get(LOGIN):
        return None
    try:
        login = resolve(read_reference(reference or f"env:{LOGIN}"), Path(), environ)
    except WrittenWrongError:  # its text is about a configuration file
        raise NoLoginError(
            "--login takes env:NAME or file:PATH, never the login: others on this machine could read it"
        ) from None
    except UnresolvedError as why:
        raise NoLoginError(f"--login: {why}" + (f"; {why.hint}" if why.hint else "")) from None
    if ":" not in login.reveal():
        raise NoLoginError(
            f"{'--login' if reference else LOGIN}: it is not user:password, there is no ':' in it"
        )
    return login


def access_of(city: City, directory: Path, login: Secret | None, ca_file: Path | None) -> Access:
    """How the service of this configuration, which stands in `directory`, is asked from here."""
    certificate = None if city.web is None else directory / city.web.tls_certificate
    return Access(_url(city), login, ca_file, certificate)


def _url(city: City) -> str:
    """Its public name, which is on its certificate; without one, where it listens."""
    if city.web is not None:
        return city.public_url
    host = WILDCARDS.get(city.listen_host, city.listen_host)
    return f"http://[{host}]:{city.listen_port}" if ":" in host else f"http://{host}:{city.listen_port}"


def _believe(context: ssl.SSLContext, file: Path, named: str) -> None:
    try:
        context.load_verify_locations(file)
    except FileNotFoundError:
        if named == CA_FILE:
            raise NoAccessError(f"{CA_FILE}: there is no file {file}") from None
        raise
    except ssl.SSLError:
        raise NoAccessError(f"{file} holds no certificate: {named}") from None
    except OSError as error:
        why = error.strerror or str(error)
        raise NoAccessError(
            f"cannot read {file}: {why}; who asks the service must be able to read its certificate"
        ) from None
