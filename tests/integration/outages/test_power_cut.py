"""What was shown survives SIGKILL and a power cut, at a hundred random moments of a journal's life."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LIVES = 100

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


def test_a_hundred_deaths_lose_nothing_that_was_shown(tmp_path: Path):
    command = [sys.executable, "-m", "tests.integration.outages.lives"]
    ended = subprocess.run(
        [*command, str(tmp_path / "journal.sqlite"), str(LIVES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-4000:]
