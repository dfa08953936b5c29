"""What stories of meetings begin with."""

from pathlib import Path

import pytest

from collector.model import Inventory
from tests.unit.meetings.stage import city


@pytest.fixture(scope="module")
def small() -> Inventory:
    """One district, four communes; a story that needs more has its own."""
    return city(1, 4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"
