"""A disk that is really full, in a mount namespace of the test's own."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
APART = ("unshare", "--user", "--map-root-user", "--mount")

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


def test_a_full_disk_loses_no_verdict(tmp_path: Path):
    if shutil.which(APART[0]) is None or subprocess.run([*APART, "true"], check=False).returncode != 0:
        pytest.skip("this system lets nobody mount a disk of his own")
    command = [*APART, sys.executable, "-m", "tests.integration.outages.full_disk", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
