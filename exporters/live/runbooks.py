"""The runbooks as they came with this citynoc: read once at the start, and nothing else is ever read. No HTTP.

A file holds English, `---` and Vietnamese. Made into HTML when somebody asks, by a module that is imported then.
"""

import difflib
import re
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from exporters.live.search import Entry
from exporters.live.texts import Language

ADDRESS = "/runbook/"
NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
CONTENTS = "README"
"""The file that tells of the others: the list of them takes its place."""
LARGEST = 64 * 1024
"""Bytes of one file that are read."""
SEPARATOR = "\n---\n"
NEAR_AT_MOST = 5
ALIKE = 0.6


class Runbook(NamedTuple):
    """A runbook as HTML, and the language that it is in: another than wished if the file lacks that half."""

    name: str
    language: Language
    body: str


def folder() -> Path | None:
    """Where the runbooks are: beside a checkout's packages, or where an installation put them. None if nowhere."""
    checkout = Path(__file__).parents[2] / "docs" / "runbooks"
    installed = Path(sysconfig.get_path("data")) / "share" / "citynoc" / "runbooks"
    return next((one for one in (checkout, installed) if one.is_dir()), None)


class Runbooks:
    """What lies in `source` now; empty if that is None or cannot be read. May be used from several threads."""

    def __init__(self, source: Path | None) -> None:
        self._files: Mapping[str, bytes] = {} if source is None else _read(source)

    def __contains__(self, name: str) -> bool:
        return name in self._files

    def __bool__(self) -> bool:
        return bool(self._files)

    def page(self, name: str, language: Language, command: str) -> Runbook:
        """One as HTML; `command` is what a block of commands is called. KeyError if there is none."""
        from exporters.live.markdown import rendered  # noqa: PLC0415 - 2.5 MB that only readers of runbooks need

        text, language = self._half(name, language)
        return Runbook(name, language, rendered(text, self._address, command))

    def listed(self, language: Language) -> list[Entry]:
        """Every runbook with its first sentence."""
        from exporters.live.markdown import first_sentence  # noqa: PLC0415 - as above

        texts = {name: self._half(name, language)[0] for name in self._files}
        return [_entry(name, first_sentence(text)) for name, text in texts.items()]

    def near(self, wanted: str) -> list[Entry]:
        """Those whose names resemble a mistyped one, the best first."""
        known = {name.lower(): name for name in self._files}
        asked = wanted[:80].lower().removesuffix(".md")
        close = difflib.get_close_matches(asked, known, n=NEAR_AT_MOST, cutoff=ALIKE)
        return [_entry(known[one]) for one in close]

    def _half(self, name: str, language: Language) -> tuple[str, Language]:
        english, _, vietnamese = self._files[name].decode("utf-8", "replace").partition(SEPARATOR)
        if language is Language.VIETNAMESE and vietnamese.strip():
            return vietnamese, language
        return english, Language.ENGLISH

    def _address(self, target: str) -> str | None:
        """Where a link of a runbook leads here: to another runbook or to the web, else nowhere."""
        if re.match(r"https?://", target):
            return target
        file = target.partition("#")[0].removeprefix("./")
        name = file.removesuffix(".md")
        if file == f"{CONTENTS}.md":
            return ADDRESS
        return f"{ADDRESS}{name}" if name != file and name in self._files else None


def _entry(name: str, note: str = "") -> Entry:
    return Entry(f"{ADDRESS}{name}", name, note, (), "")


def _read(source: Path) -> Mapping[str, bytes]:
    found = {}
    try:
        for path in sorted(source.glob("*.md")):
            if NAME.fullmatch(path.stem) and path.stem != CONTENTS and path.is_file():
                with path.open("rb") as file:
                    found[path.stem] = file.read(LARGEST)
    except OSError:
        return found  # what is missing is said where it is asked for; the city is watched all the same
    return found
