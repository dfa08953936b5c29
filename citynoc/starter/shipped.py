"""Where the folders are that every city begins with: beside a checkout's packages, or where an installation put them."""

import sysconfig
from pathlib import Path

FOLDERS = ("profiles", "telemetry", "rules")
"""Folders of `config/` in which nothing is a city's own."""


class NotShippedError(Exception):
    """This installation lacks them; the text says what to do."""


def shipped(given: Path | None = None) -> Path:
    """The folder that holds all of `FOLDERS`; `given` is looked at alone. Raises NotShippedError."""
    checkout = Path(__file__).parents[2] / "config"
    installed = Path(sysconfig.get_path("data")) / "share" / "citynoc" / "config"
    candidates = (checkout, installed) if given is None else (given,)
    for candidate in candidates:
        if all((candidate / name).is_dir() for name in FOLDERS):
            return candidate
    looked = " nor ".join(map(str, candidates))
    raise NotShippedError(
        f"{', '.join(FOLDERS)} stand neither in {looked}: name the folder with --shipped DIR"
    )
