"""The built dashboards as they are published: read from their files, known by uid, with a digest of what they say. Pure but for `read`.

A dashboard's mark is left as the message of the version that is published: Grafana keeps one with every version, so
whoever changes the dashboard by hand leaves a version without the mark.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

Json = dict[str, Any]

FOLDERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {"vi": ("citynoc-vi", "Giám sát mạng thành phố"), "en": ("citynoc-en", "City network")}
)
"""By language the folder's uid and its title: the same as those that files are provisioned into."""

MARK = re.compile(r"citynoc dashboards publish sha256:([0-9a-f]{64})")
UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
GRAFANAS_OWN = ("id", "version")
"""What Grafana numbers by itself."""


class UnreadableError(Exception):
    """A file is not there, or is no dashboard; the message names it."""


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard as it is built."""

    uid: str
    title: str
    language: str
    content: Json

    @property
    def mark(self) -> str:
        """What its version's message says once it is published."""
        return f"citynoc dashboards publish sha256:{digest(self.content)}"


def digest(content: Json) -> str:
    """SHA-256 of what the dashboard says, whatever numbers Grafana gave it."""
    text = json.dumps(bare(content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def bare(content: Json) -> Json:
    """The dashboard without what Grafana numbers by itself."""
    return {key: value for key, value in content.items() if key not in GRAFANAS_OWN}


def read(folder: Path, language: str) -> tuple[Board, ...]:
    """Every built dashboard of a language, by uid. Raises UnreadableError."""
    paths = sorted((folder / language).glob("citynoc-*.json"))
    if not paths:
        raise UnreadableError(f"no dashboards in {folder / language}: run 'citynoc dashboards build'")
    return tuple(_read(path, language) for path in paths)


def _read(path: Path, language: str) -> Board:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnreadableError(f"{path}: {error.strerror}") from None
    except ValueError as error:
        raise UnreadableError(f"{path}: no JSON: {error}") from None
    uid = content.get("uid") if isinstance(content, dict) else None
    if not isinstance(uid, str) or not UID.fullmatch(uid) or uid != path.stem:
        raise UnreadableError(f"{path}: a dashboard with the uid {path.stem} is expected here")
    return Board(uid, str(content.get("title", uid)), language, content)
