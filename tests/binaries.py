"""Real programs that tests start: found on PATH (Debian puts daemons in sbin), or the test says why it cannot run."""

import os
import shutil

import pytest

SEARCH_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])


def require(name: str) -> str:
    """Path of the program; skips the test if it is missing, or fails it where CITYNOC_REQUIRE_BINARIES=1."""
    path = shutil.which(name, path=SEARCH_PATH)
    if path is not None:
        return path
    message = f"{name} is not installed"
    if os.environ.get("CITYNOC_REQUIRE_BINARIES") == "1":
        pytest.fail(message)
    pytest.skip(message)
