"""OASIS' JSON Schema of SARIF 2.1.0, out of the npm package that carries it; fetched once, kept beside this file."""

import json
import subprocess
import tarfile
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.binaries import require

PACKAGE = "@microsoft/jest-sarif@1.0.0-beta.0"
MEMBER = "package/lib/schemas/sarif-2.1.0-rtm.5.json"
KEPT = Path(__file__).parent / "node_modules" / "sarif-2.1.0.json"


@cache
def schema() -> dict[str, Any]:
    """The schema; the test is skipped where npm cannot reach a registry."""
    if not KEPT.is_file():
        _fetch()
    found: dict[str, Any] = json.loads(KEPT.read_text())
    return found


def _fetch() -> None:
    """Into a folder of its own first: several test processes may want it at once."""
    KEPT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT.parent) as folder:
        packed = subprocess.run(
            [require("npm"), "pack", "--silent", "--fetch-retries=0", "--fetch-timeout=10000", PACKAGE],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if packed.returncode:
            pytest.skip(f"npm cannot fetch {PACKAGE}: {packed.stderr.strip()[-200:]}")
        with tarfile.open(Path(folder) / packed.stdout.strip().splitlines()[-1]) as members:
            member = members.extractfile(MEMBER)
            assert member is not None
            fresh = Path(folder) / KEPT.name
            fresh.write_bytes(member.read())
            fresh.replace(KEPT)
