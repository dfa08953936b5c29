"""From what another system says to texts that have passed the check: what an import would do, before it does it.

It reads and reckons; only `Change.write` changes a file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from citynoc.editing.change import Change, FileChange, read_text
from citynoc.editing.render import block
from citynoc.editing.trial import load_with
from citynoc.editing.yaml_text import CannotEditError, Patch, edit, values
from citynoc.importer.merge import Merged, merge
from citynoc.importer.present import Present
from citynoc.importer.wanted import Wanted
from collector.config import Configuration, ConfigurationError, Problem, load
from collector.config.files import read_files, shown_root
from collector.model import Place

MODELINE = "# yaml-language-server: $schema=../schema/district.json\n"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What would change, and what a person should know."""

    change: Change
    merged: Merged
    before: Configuration
    after: Configuration


def propose(directory: Path, wanted: Wanted, into: str | None, environ: Mapping[str, str]) -> Proposal:
    """The change that makes the configuration say what is wanted.

    Raises ConfigurationError if the configuration is wrong already, if a wish cannot be fulfilled, or if the result
    would not pass the check. Raises OSError.
    """
    before = load(directory, environ, need_secrets=False)
    files = read_files(directory, shown_root(directory))
    merged = merge(wanted, Present(before, files), into)
    changes = []
    problems = []
    for name, patch in sorted(merged.patches.items()):
        try:
            changes.append(_file_change(directory, name, patch, merged.heads.get(name)))
        except CannotEditError as why:
            place = Place(str(directory / name), 0, 0)
            where = f" at {'/'.join(map(str, why.steps))}" if why.steps else ""
            problems.append(Problem(place, f"this file cannot be edited by a program{where}: {why}"))
    if problems:
        raise ConfigurationError(problems)
    change = Change(directory, tuple(one for one in changes if one.old != one.new))
    after = load_with(directory, change.texts, environ) if change.files else before
    return Proposal(change, merged, before, after)


def _file_change(directory: Path, name: str, patch: Patch, head: str | None) -> FileChange:
    if head is None:
        old = read_text(directory / name)
        return FileChange(name, old, edit(old, patch))
    lines = []
    for key, value in values(patch).items():
        lines += [*([""] if key == "sites" else []), *block(key, value, depth=-1)]
    return FileChange(name, None, head + "\n".join(lines) + f"\n\n{MODELINE}")
