"""What a router's counters say of its uplinks is of the last minutes, and of the uplinks that it still has."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.meetings.lines import CARRIED, LOST, POLLS
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


def counted(lost: float | None, carried: float | None, **others: float) -> Answer:
    """A poll's answer; a counter that is None was not read."""
    values = {"ifInErrors": lost, "ifHCInUcastPkts": carried, **others}
    blocks = []
    for name, value in values.items():
        if value is not None:
            row = tuple("wan0" if label == "ifName" else "x" for label in ietf.IF_OPER_STATUS.labels)
            blocks.append(Measured(SeriesSet(CATALOG[name], [row]), (value,)))
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


def shares(*answers: Answer) -> list[float | None]:
    """The loss that is told after each of these polls, in per cent."""
    found: list[float | None] = []
    readings = Readings()
    for answer in answers:
        readings.put(router(), KEY, answer, 0.0)
        line = readings.line(NAME)
        assert line is not None
        loss = line.loss(0.0)
        found.append(None if loss is None else round(100 * loss.share, 2))
    return found


def test_a_counter_that_is_missing_once_is_no_loss_when_it_is_back():
    told = shares(counted(50_000, 0), counted(None, 5000), counted(50_000, 10_000), counted(50_010, 15_000))
    assert told == [None, 0.0, 0.0, 0.07]


def test_losses_without_the_packets_beside_them_have_no_share():
    told = shares(counted(0, 0), counted(10, None), counted(20, 9000), counted(110, 9910))
    assert told == [None, None, None, 9.0]


def test_an_interface_that_is_missing_once_begins_anew():
    told = shares(counted(9000, 10**6), Answer(), counted(9000, 10**6), counted(9000, 10**6 + 2000))
    assert told == [None, None, None, 0.0]


def test_a_counter_that_comes_round_goes_on():
    told = shares(counted(2**32 - 50, 0), counted(50, 9900))
    assert told == [None, 1.0]


def test_counters_that_were_set_to_nothing_say_nothing_until_they_are_read_again():
    told = shares(counted(9000, 10**6), counted(40, 2000), counted(140, 3900))
    assert told == [None, None, 5.0]


def test_a_counter_near_its_end_does_not_come_round_by_a_reboot():
    nearly, fresh = counted(2**32 - 50, 10**6), counted(0, 2 * 10**6)
    assert shares(nearly, replace(fresh, rebooted=True)) == [None, None]
    readings = Readings()
    readings.put(router(), KEY, nearly, 0.0)
    readings.put(router(), PollKey(NAME, Question.LIVENESS), Answer(rebooted=True), 0.0)
    readings.put(router(), KEY, fresh, 0.0)
    assert not loses(readings)


def test_loss_in_one_direction_is_not_thinned_by_the_other():
    told = shares(
        counted(0, 0, ifOutDiscards=0, ifHCOutUcastPkts=0),
        counted(60, 940, ifOutDiscards=0, ifHCOutUcastPkts=9000),
    )
    assert told == [None, 6.0]


def test_what_was_lost_long_ago_is_forgotten():
    told = shares(*(counted(min(1000 * n, 3000), 9000 * n) for n in range(3 * POLLS)))
    assert told[3] == 10.0
    assert told[-1] == 0.0


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                name: st.one_of(st.none(), st.integers(0, 2**33), st.sampled_from([0, 2**32 - 1]))
                for name in (*LOST, *CARRIED)
            }
        ),
        max_size=15,
    )
)
def test_whatever_is_counted_no_share_is_impossible(polls: list[dict[str, int | None]]):
    readings = Readings()
    for values in polls:
        given_values = {name: value for name, value in values.items() if value is not None}
        readings.put(router(), KEY, counted(None, None, **given_values), 0.0)
        line = readings.line(NAME)
        assert line is not None
        loss = line.loss(0.0)
        assert loss is None or 0.0 <= loss.share <= 1.0
