"""References to secrets, and the secrets behind them. A literal is an error and is never repeated.

`env:NAME` is an environment variable, `file:PATH` the first line of a file beside the configuration (or an
absolute path) that others cannot read, `credential:NAME` the first line of what systemd hands to the service
(systemd.exec(5), LoadCredential=). It never logs, prints or quotes a value.
"""

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator

from collector.config.fields import as_json
from collector.config.words import WrittenWrongError, text_of
from collector.model import Secret

LONGEST_SECRET = 4096  # bytes

_ENVIRONMENT = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]{0,127})")
_CREDENTIAL = re.compile(r"credential:([A-Za-z0-9][A-Za-z0-9_.-]{0,127})")
DIRECTORY = "CREDENTIALS_DIRECTORY"
"""The variable in which systemd names the directory of the service's credentials."""
FOLDER = "secrets"
"""The shipped unit loads a whole directory under this name: its files then come as `secrets_NAME`."""
SCHEMES = ("env:", "file:", "credential:")
_FILE = re.compile(r"file:(\S.*)")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a secret is kept: exactly one of the three."""

    variable: str | None = None
    file: str | None = None
    credential: str | None = None

    def __str__(self) -> str:
        if self.credential is not None:
            return f"credential:{self.credential}"
        return f"env:{self.variable}" if self.variable is not None else f"file:{self.file}"


class UnresolvedError(Exception):
    """The secret is not there. `waits` says that this machine may simply not be the one that has it."""

    def __init__(self, message: str, hint: str | None = None, *, waits: bool) -> None:
        self.hint, self.waits = hint, waits
        super().__init__(message)


def read_reference(value: Any) -> Reference:
    """The reference that is written. Raises WrittenWrongError, without the value, for anything else."""
    text = text_of(value)
    variable = _ENVIRONMENT.fullmatch(text)
    if variable is not None:
        return Reference(variable=variable[1])
    file = _FILE.fullmatch(text)
    if file is not None:
        return Reference(file=file[1])
    credential = _CREDENTIAL.fullmatch(text)
    if credential is not None:
        return Reference(credential=credential[1])
    if text.startswith("credential:"):
        raise WrittenWrongError("this is not the name of a credential", "write credential:NAME")
    if text.startswith("env:"):
        raise WrittenWrongError("this is not the name of an environment variable", "write env:NAME")
    raise WrittenWrongError(
        "a secret is never written in a file",
        "write env:NAME, file:PATH or credential:NAME, and keep the secret there",
    )


SecretReference = Annotated[
    Reference,
    BeforeValidator(read_reference),
    as_json(type="string", pattern="^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|credential:.+)$"),
]


def resolve(reference: Reference, directory: Path, environ: Mapping[str, str]) -> Secret:
    """The secret. Raises UnresolvedError, without any part of it."""
    if reference.variable is not None:
        value = environ.get(reference.variable, "")
        if not value:
            state = "empty" if reference.variable in environ else "not set"
            raise UnresolvedError(
                f"environment variable {reference.variable} is {state}",
                f"set {reference.variable} where citynoc runs",
                waits=True,
            )
        return Secret(value)
    return Secret(_from_file(path_of(reference, directory, environ)))


def path_of(reference: Reference, directory: Path, environ: Mapping[str, str]) -> Path:
    """The file that a reference other than `env:` leads to. Raises UnresolvedError outside a service."""
    if reference.credential is None:
        return directory / (reference.file or "")
    handed = environ.get(DIRECTORY)
    if not handed:
        raise UnresolvedError(
            f"credential {reference.credential}: systemd hands none to this process",
            "LoadCredential= in the unit of the service names them",
            waits=True,
        )
    alone = Path(handed) / reference.credential
    return alone if alone.exists() else Path(handed) / f"{FOLDER}_{reference.credential}"


def _from_file(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise UnresolvedError(f"{path} is not a file", waits=False)
        if mode & (stat.S_IROTH | stat.S_IWOTH):
            raise UnresolvedError(
                f"{path} can be read by everybody on this machine", f"chmod o-rwx {path}", waits=False
            )
        with path.open("rb") as stream:
            raw = stream.read(LONGEST_SECRET + 1)
    except OSError as error:
        raise UnresolvedError(f"cannot read {path}: {error.strerror}", waits=True) from None
    lines = raw.splitlines()
    if not lines or not lines[0]:
        raise UnresolvedError(f"the first line of {path} is empty", waits=False)
    if len(raw) > LONGEST_SECRET:
        raise UnresolvedError(f"{path} is larger than {LONGEST_SECRET} bytes", waits=False)
    try:
        return lines[0].decode()
    except UnicodeDecodeError:
        raise UnresolvedError(f"{path} is not UTF-8", waits=False) from None
