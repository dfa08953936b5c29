"""Writes the example: each file whole or not at all, and nobody's edits away without being told to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from collector import atomic


@dataclass(frozen=True, slots=True)
class Difference:
    """What writing would do, by relative names."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    strangers: tuple[str, ...]  # district files that the list does not have


def compare(directory: Path, pages: Mapping[str, str]) -> Difference:
    """What stands in the directory against what would be written. Raises OSError."""
    new, changed, same = [], [], []
    for name, text in pages.items():
        path = directory / name
        if not path.exists():
            new.append(name)
        elif path.read_bytes() == text.encode():
            same.append(name)
        else:
            changed.append(name)
    there = sorted(str(path.relative_to(directory)) for path in (directory / "districts").glob("*.yml"))
    return Difference(
        tuple(new), tuple(changed), tuple(same), tuple(name for name in there if name not in pages)
    )


def write(directory: Path, pages: Mapping[str, str]) -> None:
    """Every page, each renamed into place when it is complete on disk; a file's mode stays. Raises OSError."""
    for name, text in pages.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        atomic.replace(path, text)
