"""A configuration to spoil: the small good city of this folder, with the profiles that the product ships."""

import shutil
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SECRETS = {"COMMUNITY": "kept-elsewhere"}
DISTRICT = "districts/004-long-bien.yml"


def small_city(directory: Path) -> Path:
    """A copy of the good configuration at `directory/config`."""
    config = directory / "config"
    shutil.copytree(HERE / "good", config)
    for folder in ("profiles", "telemetry"):
        shutil.copytree(ROOT / "config" / folder, config / folder)
    return config


def edit(config: Path, file: str, old: str, new: str) -> None:
    """Replace the one place where `old` stands in the file."""
    text = (config / file).read_text()
    assert text.count(old) == 1, f"{file}: {old!r} stands there {text.count(old)} times"
    (config / file).write_text(text.replace(old, new))
