"""Every rule file is valid, and every `*_test.yml` beside this file passes, by Prometheus' own promtool."""

import subprocess
from pathlib import Path

import pytest

from tests.binaries import require

HERE = Path(__file__).parent
RULES = sorted((HERE.parents[1] / "config" / "rules").glob("*.yml"))
SCORES = sorted(HERE.glob("*_test.yml"))


def promtool(*arguments: str | Path) -> None:
    done = subprocess.run(
        [require("promtool"), *arguments], capture_output=True, text=True, check=False, timeout=15
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_and_their_tests_were_found():
    assert {file.stem for file in RULES} == {file.stem.removesuffix("_test") for file in SCORES}


def test_rule_files_are_valid():
    promtool("check", "rules", *RULES)


@pytest.mark.parametrize("score", SCORES, ids=lambda file: file.stem)
def test_alerts_fire_when_they_should_and_only_then(score: Path):
    promtool("test", "rules", score)
