"""What `citynoc check` would say of a directory if some files in it were others; the directory is not touched.

The directory is rebuilt beside it from symbolic links, with the new texts in their places.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePath

from collector import atomic
from collector.config import Configuration, ConfigurationError, Problem, load
from collector.model import Place


def load_with(directory: Path, texts: Mapping[str, str], environ: Mapping[str, str]) -> Configuration:
    """The configuration with `texts` (relative name to content). Raises ConfigurationError with the real names."""
    with tempfile.TemporaryDirectory(prefix="citynoc-check-") as folder:
        trial = Path(folder)
        _lay(directory, trial, {PurePath(name).parts: text for name, text in texts.items()})
        try:
            return load(trial, environ, need_secrets=False)
        except ConfigurationError as wrong:
            raise renamed(wrong, str(trial), str(directory)) from None


def _lay(source: Path, target: Path, texts: Mapping[tuple[str, ...], str]) -> None:
    """Links to what is in `source`, into the folder `target`; but where `texts` go, folders and files of their own."""
    heads = {parts[0] for parts in texts}
    if source.is_dir():
        for path in source.resolve().iterdir():
            if path.name not in heads and not path.name.startswith("."):
                (target / path.name).symlink_to(path)
    for head in sorted(heads):
        below = {parts[1:]: text for parts, text in texts.items() if parts[0] == head and len(parts) > 1}
        if below:
            (target / head).mkdir()
            _lay(source / head, target / head, below)
        else:
            atomic.replace(target / head, texts[head,])


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
