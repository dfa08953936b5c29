"""What `citynoc check` would say of a directory if some files in it were others; the directory is not touched.

The directory is rebuilt beside it from symbolic links, with the new texts in their places.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from collector import atomic
from collector.config import Configuration, ConfigurationError, Problem, load
from collector.model import Place


def load_with(directory: Path, texts: Mapping[str, str], environ: Mapping[str, str]) -> Configuration:
    """The configuration with `texts` (relative name to content). Raises ConfigurationError with the real names."""
    with tempfile.TemporaryDirectory(prefix="citynoc-check-") as folder:
        trial = Path(folder)
        _link(directory, trial, {Path(name).parts[0] for name in texts})
        for name, text in texts.items():
            path = trial / name
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True)
                there = directory / Path(name).parent
                if there.is_dir():
                    _link(there, path.parent, {Path(other).name for other in texts})
            atomic.replace(path, text)
        try:
            return load(trial, environ, need_secrets=False)
        except ConfigurationError as wrong:
            raise renamed(wrong, str(trial), str(directory)) from None


def _link(source: Path, target: Path, without: set[str]) -> None:
    for path in source.resolve().iterdir():
        if path.name not in without and not path.name.startswith("."):
            (target / path.name).symlink_to(path)


def renamed(wrong: ConfigurationError, was: str, name: str) -> ConfigurationError:
    """The same problems as if what was read at `was` stood at `name`."""

    def told(problem: Problem) -> Problem:
        place, hint = problem.place, problem.hint
        return replace(
            problem,
            place=Place(place.file.replace(was, name), place.line, place.column),
            message=problem.message.replace(was, name),
            hint=hint.replace(was, name) if hint is not None else None,
        )

    return ConfigurationError(map(told, wrong.problems))
