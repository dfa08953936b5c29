import socket

from hypothesis import given
from hypothesis import strategies as st

from collector.snmp.ber import Pdu, Value, Version
from collector.snmp.errors import Fault
from collector.snmp.exchange import Endpoint, Exchange
from collector.snmp.ledger import REMEMBERED, Ledger
from collector.snmp.templates import Template

ENDPOINT = Endpoint(socket.AF_INET, ("127.0.0.1", 161))
TEMPLATE = Template(Version.V2C, b"c", Pdu.GET, ())


class Question(Exchange):
    __slots__ = ()

    def answered(self, values: list[Value]) -> None:
        raise AssertionError

    def failed(self, fault: Fault) -> None:
        raise AssertionError


def question(sent_at: float, timeout: float = 1.0) -> Question:
    made = Question(ENDPOINT, TEMPLATE, timeout)
    made.sent_at = sent_at
    return made


def test_a_question_is_overdue_once_and_only_if_nobody_answered():
    ledger = Ledger()
    first, second = question(0.0), question(0.0)
    ledger.opened([b"1", b"2"], [first, second], 1.0, 0.0)
    assert ledger.closed(b"1", answered=True) is first
    assert list(ledger.overdue(0.9)) == []
    assert list(ledger.overdue(1.0)) == [second]
    assert list(ledger.overdue(9.0)) == []
    assert (ledger.word_for(b"1"), ledger.word_for(b"2"), ledger.word_for(b"3")) == (
        "duplicate",
        "late",
        "unknown",
    )
    assert len(ledger) == 0


def test_classes_of_timeout_do_not_wait_for_one_another():
    ledger = Ledger()
    slow, quick = question(0.0, 5.0), question(0.1, 0.5)
    ledger.opened([b"1"], [slow], 5.0, 0.0)
    ledger.opened([b"2"], [quick], 0.5, 0.1)
    assert list(ledger.overdue(1.0)) == [quick]
    assert list(ledger.overdue(5.0)) == [slow]


def test_a_pause_ends_what_was_sent_before_it_and_spares_what_was_sent_after():
    ledger = Ledger()
    before, after = question(1.0), question(3.0)
    ledger.opened([b"1"], [before], 1.0, 1.0)
    ledger.opened([b"2"], [after], 1.0, 3.0)
    assert ledger.sent_until(1.05) == [before]
    assert list(ledger.overdue(4.0)) == [after]


@given(st.binary(max_size=64))
def test_request_ids_are_positive_four_octets_and_never_open_ones(noise: bytes):
    ledger = Ledger()
    first = list(ledger.fresh_ids(noise))
    assert all(0x40000000 <= int.from_bytes(request_id) <= 0x7FFFFFFF for request_id in first)
    assert len(set(first)) == len(first)
    ledger.opened(first, [question(0.0) for _ in first], 1.0, 0.0)
    assert list(ledger.fresh_ids(noise)) == []


@given(st.integers(1, 5))
def test_what_is_remembered_is_bounded(rounds: int):
    ledger = Ledger()
    for number in range(rounds * REMEMBERED):
        ledger.past[number.to_bytes(4)] = True
        ledger.tidy()
    assert len(ledger.past) + len(ledger._older) <= 2 * REMEMBERED
    assert ledger.word_for((rounds * REMEMBERED - 1).to_bytes(4)) == "duplicate"
