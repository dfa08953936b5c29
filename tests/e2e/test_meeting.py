"""A meeting of two districts on the real stack, from the calendar to the report, and the dashboards through it."""

from pathlib import Path

import pytest

from citynoc.clock import Clock
from citynoc.demo.servers import BINARIES
from tests.binaries import require
from tests.e2e.city import living_city
from tests.e2e.dashboards import BEYOND_A_MEETING, silent_after
from tests.e2e.meeting import hold, small

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


async def test_seven_faults_are_named_and_nothing_else(tmp_path: Path):
    for program, _ in BINARIES.values():
        require(program)
    config = small(tmp_path)
    async with living_city(tmp_path / "data", config) as stack:
        held = await hold(stack, config, Clock().unix)
        silent = await silent_after(stack, Clock().unix())
    assert held.wrong == []
    assert [one for one in silent if not BEYOND_A_MEETING.match(one)] == []
