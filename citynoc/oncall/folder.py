"""Where Alertmanager's files go: checked by amtool, each replaced whole or not at all, secrets for their owner only.

A folder in a git work tree is refused for what holds secrets. What is printed of a file never holds one, old or new.
"""

import difflib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Container, Iterator, Mapping
from pathlib import Path

import yaml

from citynoc.oncall.compose import CONFIGURATION, Composed
from collector import atomic

SECRET_KEYS = (
    "bot_token",
    "api_url",
    "api_key",
    "credentials",
    "routing_key",
    "smtp_auth_password",
    "token",
    "url",
    "user_key",
    "webhook_url",
)
_SECRET_LINE = re.compile(rf"^(?P<key>[\s-]*(?:{'|'.join(SECRET_KEYS)}): )(?P<value>.*)$", re.MULTILINE)
HIDDEN = "<secret>"
LARGEST = 4 * 1024 * 1024


class UnfitError(Exception):
    """The files cannot go there: one sentence for the person who asked."""


def read(folder: Path, names: Mapping[str, str]) -> dict[str, str]:
    """What stands there now; a file that is not there is empty. Raises UnfitError."""
    found = {}
    for name in names:
        path = folder / name
        try:
            with path.open("rb") as stream:
                found[name] = stream.read(LARGEST).decode("utf-8", "replace")
        except FileNotFoundError:
            found[name] = ""
        except OSError as error:
            raise UnfitError(f"cannot read {path}: {error.strerror}") from None
    return found


def differences(old: Mapping[str, str], new: Composed) -> Iterator[str]:
    """Lines of a unified difference; a changed secret is said and not shown.

    Where a secret may stand, only what the new file openly has there is shown: whatever else an old file holds in
    such a place may once have been one.
    """
    for name, text in new.files.items():
        plain = {
            found["value"]
            for found in _SECRET_LINE.finditer(text)
            if yaml.safe_load(found["value"]) not in new.secrets
        }
        before, after = _masked(old[name], plain), _masked(text, plain)
        yield from difflib.unified_diff(
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            f"{name} (now)",
            f"{name} (new)",
        )
        if before == after and old[name] != text:
            yield f"{name}: only a secret changes\n"


def _masked(text: str, plain: Container[str]) -> str:
    def shown(found: re.Match[str]) -> str:
        return found[0] if found["value"] in plain else f"{found['key']}{HIDDEN}"

    return _SECRET_LINE.sub(shown, text)


def refuse_work_tree(folder: Path) -> None:
    """Raises UnfitError if the folder, or where it would be made, lies in a git work tree."""
    for parent in (folder.resolve(), *folder.resolve().parents):
        if (parent / ".git").exists():
            raise UnfitError(
                f"{folder} lies in the git work tree {parent}, and the file holds secrets: choose a folder outside"
            )


def write(folder: Path, new: Composed) -> str | None:
    """Put the files in place; what amtool said of them, None without amtool. Raises UnfitError, and nothing changed."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        with tempfile.TemporaryDirectory(dir=folder, prefix=".citynoc-") as temporary:
            for name, text in new.files.items():
                atomic.replace(Path(temporary) / name, text, mode=0o600 if new.holds_secrets else 0o644)
            said = check(Path(temporary) / CONFIGURATION)
            for name in reversed(tuple(new.files)):  # templates first: the configuration names them
                (Path(temporary) / name).replace(folder / name)
        atomic.sync(folder)
    except OSError as error:
        raise UnfitError(f"cannot write {error.filename or folder}: {error.strerror}") from None
    return said


def tighten(folder: Path, new: Composed) -> None:
    """Files that are right already and hold secrets are closed to others, whoever opened them. Raises UnfitError."""
    for name in new.files if new.holds_secrets else ():
        try:
            (folder / name).chmod(0o600)
        except OSError as error:
            raise UnfitError(f"cannot close {folder / name} to others: {error.strerror}") from None


def check(configuration: Path) -> str | None:
    """What `amtool check-config` says; None if it is not installed. Raises UnfitError if it finds a fault."""
    program = shutil.which(
        "amtool", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/bin", "/usr/sbin"])
    )
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603 - a program of the machine, on our own file
        [program, "check-config", str(configuration)], capture_output=True, text=True, check=False, timeout=60
    )
    if done.returncode != 0:
        raise UnfitError(
            f"amtool refuses the configuration, nothing was changed:\n{done.stdout}{done.stderr}".rstrip()
        )
    return done.stdout
