"""Real programs that tests start: found on PATH (Debian puts daemons in sbin), or the test says why it cannot run."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def require(name: str) -> str:
    """Path of the program; skips the test if it is missing, or fails it where CITYNOC_REQUIRE_BINARIES=1."""
    path = shutil.which(name, path=SEARCH_PATH)
    if path is None:
        _missing(f"{name} is not installed")
    return path


def require_packages(folder: Path) -> Path:
    """`node_modules` of a folder with package.json, as npm left it when it had ended well; else like `require`."""
    modules = folder / "node_modules"
    if not (modules / ".package-lock.json").is_file():
        _missing(f"the packages of {folder} are not installed: bash tests/run.sh setup")
    return modules


def _missing(message: str) -> NoReturn:
    if os.environ.get("CITYNOC_REQUIRE_BINARIES") == "1":
        pytest.fail(message)
    pytest.skip(message)
