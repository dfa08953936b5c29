"""The repository as git knows it: the files that a fresh clone holds."""

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def files(*patterns: str) -> list[Path]:
    """Tracked and new, not ignored, files that match git's patterns (all of them without a pattern)."""
    git = shutil.which("git")
    assert git is not None, "git is needed to know which files are ours"
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]
