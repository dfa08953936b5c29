"""What a router's counters say of its uplinks is of the last minutes, and of the uplinks that it still has."""

from dataclasses import replace

import pytest

from collector.meetings.lines import POLLS
from collector.meetings.readings import Readings
from collector.metrics import CATALOG, ietf
from collector.model import Device, DeviceName, Link
from collector.outcome import Answer, Failure, FailureKind, Measured, SeriesSet
from collector.plan import PollKey, Question
from tests.unit.meetings.stage import city

LIMIT = 0.03
NAME = DeviceName("rt-00001")
KEY = PollKey(NAME, Question.POLL)


def router(interface: str = "wan0", link: str = "rt-00001--ag-001-1") -> Device:
    uplink = Link(link, NAME, DeviceName("ag-001-1"), interface=interface)
    return replace(city(1, 2).devices[NAME], uplinks=(uplink,))


def counted(lost: int, carried: int) -> Answer:
    blocks = []
    for name, value in (("ifInErrors", lost), ("ifHCInUcastPkts", carried)):
        family = CATALOG[name]
        row = tuple("wan0" if label == "ifName" else "x" for label in ietf.IF_OPER_STATUS.labels)
        blocks.append(Measured(SeriesSet(family, [row]), (value,)))
    return Answer(tuple(blocks))


@pytest.fixture
def readings() -> Readings:
    """Of a router whose uplink lost a tenth of its packets."""
    found = Readings()
    found.put(router(), KEY, counted(0, 0), 0.0)
    found.put(router(), KEY, counted(1000, 9000), 0.0)
    line = found.line(NAME)
    assert line is not None
    loss = line.loss(LIMIT)
    assert loss is not None
    assert (round(loss.share, 3), loss.link) == (0.1, "rt-00001--ag-001-1")
    return found


def loses(readings: Readings) -> bool:
    line = readings.line(NAME)
    return line is not None and line.loss(LIMIT) is not None


def test_counters_that_cannot_be_read_any_more_accuse_nobody_for_ever(readings: Readings):
    for _ in range(POLLS - 1):
        readings.failed(router(), KEY, Failure(FailureKind.TIMEOUT, "no answer"), 0.0)
    assert loses(readings)
    readings.failed(router(), KEY, Failure(FailureKind.TIMEOUT, "no answer"), 0.0)
    assert not loses(readings)


def test_one_failed_poll_in_between_changes_nothing(readings: Readings):
    for number in range(2, 9):
        readings.failed(router(), KEY, Failure(FailureKind.TIMEOUT, "no answer"), 0.0)
        readings.put(router(), KEY, counted(1000 * number, 9000 * number), 0.0)
    assert loses(readings)


def test_an_uplink_that_a_reload_took_out_loses_nothing(readings: Readings):
    readings.put(router("wan1", "rt-00001--ag-001-2"), KEY, counted(1000, 9000), 0.0)
    assert not loses(readings)
