"""Outage scenarios that every change must keep right, in four districts at once; `make scores` plays all of them."""

import pytest

from citynoc.demo.servers import BINARIES
from tests.binaries import require
from tests.e2e.scores import SCENARIOS, scores_at_once

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

ALWAYS = ("one-commune-cut", "one-aggregation-router", "both-aggregation-routers", "shared-cable")


async def test_one_cause_one_page():
    for program, _ in BINARIES.values():
        require(program)
    played = await scores_at_once([SCENARIOS / f"{name}.yml" for name in ALWAYS])
    assert [fault for score in played for fault in score.faults] == []
    assert [(score.got, score.warnings) for score in played] == [(1, 0), (0, 1), (1, 0), (1, 0)]
