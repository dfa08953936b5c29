"""Agents that lie, stammer and stall: each is a named failure or is ignored and counted, and nobody else suffers."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from collector.model import ProfileName, SnmpVersion
from collector.outcome import Answer, Failure, FailureKind, Outcome
from collector.plan import Question
from collector.snmp import ber
from collector.snmp.ber import Message, Pdu, VarBind
from collector.snmp.codec import best, pure
from collector.snmp.errors import ErrorStatus
from collector.snmp.fast import Codec
from collector.sources.snmp import SnmpSource
from collector.sources.snmp_discovery import MOST_ROWS
from tests.integration.snmp.hostile import (
    IF_TABLE,
    SYS_UPTIME,
    Agent,
    Behaviour,
    agent,
    found_in,
    good,
    mib,
    reply,
)
from tests.integration.snmp_polls import ask, poll_of, shipped_profiles

pytestmark = pytest.mark.integration

PATIENT = 5.0
"""Seconds for an agent that answers: never reached, however busy the machine is."""

SHORT = 0.8
"""Seconds for an agent that keeps silent: each of its tests waits this long, and nothing honest takes as long."""


@pytest.fixture(params=["python", "best"])
def codec(request: pytest.FixtureRequest) -> Codec:
    return pure() if request.param == "python" else best()


def honest(_: Agent, request: Message) -> list[bytes]:
    return [ber.encode(good(request))]


def asked(
    behaviour: Behaviour,
    codec: Codec,
    *questions: Question,
    version: SnmpVersion = SnmpVersion.V2C,
    timeout: float = PATIENT,
) -> tuple[list[Outcome], SnmpSource]:
    """Outcomes of questions to this agent, while an honest neighbour is asked on the same socket and must answer."""

    async def run() -> tuple[list[Outcome], SnmpSource]:
        profile = shipped_profiles()[ProfileName("if-mib")]
        with agent(behaviour) as bad, agent(honest) as neighbour:
            async with SnmpSource(clock=time.monotonic, codec=codec, sockets=1) as source:
                outcomes = []
                for question in questions:
                    poll = poll_of(bad.port, profile, question, timeout=timeout, version=version)
                    other = poll_of(neighbour.port, profile, question, name="rt-neighbour", timeout=PATIENT)
                    outcome, undisturbed = await asyncio.gather(ask(source, poll), ask(source, other))
                    assert isinstance(undisturbed, Answer), undisturbed
                    outcomes.append(outcome)
                assert source.stats().open_questions == 0
                return outcomes, source

    return asyncio.run(run())


def failure(outcome: Outcome) -> Failure:
    assert isinstance(outcome, Failure), outcome
    return outcome


def answer(outcome: Outcome) -> Answer:
    assert isinstance(outcome, Answer), outcome
    return outcome


def rows_of(outcome: Outcome) -> set[str]:
    return {s.labels["ifIndex"] for s in answer(outcome).samples() if s.family.name == "ifOperStatus"}


def test_an_honest_agent_is_polled(codec: Codec):
    (first, second), source = asked(honest, codec, Question.POLL, Question.POLL)
    assert rows_of(first) == rows_of(second) == {"1", "2", "3"}
    assert answer(second).missing > 0  # it has no ifXTable
    assert source.stats().ignored == {}


def changed(change: Callable[[Message], Message]) -> Behaviour:
    return lambda _, request: [ber.encode(change(good(request)))]


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (changed(lambda m: m._replace(request_id=m.request_id ^ 1)), "unknown"),
        (changed(lambda m: m._replace(community=b"other")), "community"),
        (changed(lambda m: m._replace(version=ber.Version.V1)), "community"),
        (changed(lambda m: m._replace(pdu=Pdu.GET)), "not_a_response"),
        (changed(lambda m: m._replace(pdu=Pdu.TRAP)), "not_a_response"),
        (lambda a, r: [(a.elsewhere, ber.encode(good(r)))], "source"),
        (lambda a, r: [(a.other_port, ber.encode(good(r)))], "source"),
        (lambda a, r: [b""], "undecodable"),
        (lambda a, r: [b"\x30\x84\xff\xff\xff\xff\x02"], "undecodable"),
        (lambda a, r: [b"\x30\x85\x00\x00\x00\x00\x01\x02"], "undecodable"),
        (lambda a, r: [b"\x30\x80\x02\x01\x01\x00\x00"], "undecodable"),
        (lambda a, r: [bytes(range(256)) * 200], "undecodable"),
        (lambda a, r: [ber.encode(good(r))[:-1]], "undecodable"),
        (lambda a, r: [ber.encode(good(r)) + b"\x00"], "undecodable"),
    ],
)  # fmt: skip
def test_what_answers_no_question_is_ignored_and_counted(codec: Codec, behaviour: Behaviour, reason: str):
    (outcome,), source = asked(behaviour, codec, Question.LIVENESS, timeout=SHORT)
    assert failure(outcome).kind is FailureKind.TIMEOUT
    assert source.stats().ignored == {reason: 1}


def test_an_answer_sent_twice_counts_once(codec: Codec):
    (first, second), source = asked(
        lambda a, r: [ber.encode(good(r))] * 2, codec, Question.LIVENESS, Question.LIVENESS
    )
    assert answer(first).uptime == answer(second).uptime == 47.11
    assert source.stats().ignored["duplicate"] >= 1


def test_an_answer_after_the_timeout_is_late(codec: Codec):
    held: list[bytes] = []

    def behaviour(_: Agent, request: Message) -> list[bytes]:
        held.append(ber.encode(good(request)))
        return held if len(held) > 1 else []  # the answer to the question before, and to this one

    (first, second), source = asked(behaviour, codec, Question.LIVENESS, Question.LIVENESS, timeout=SHORT)
    assert failure(first).kind is FailureKind.TIMEOUT
    assert answer(second).uptime == 47.11
    assert source.stats().ignored == {"late": 1}


def one_value(tlv: str) -> Behaviour:
    """Answers a GET of one object with this raw value."""

    def behaviour(_: Agent, request: Message) -> list[bytes]:
        varbind = ber.tlv(ber.SEQUENCE, ber.object_identifier(SYS_UPTIME) + bytes.fromhex(tlv))
        body = ber.integer(request.request_id) + ber.integer(0) * 2 + ber.tlv(ber.SEQUENCE, varbind)
        outer = ber.integer(1) + ber.tlv(ber.OCTET_STRING, request.community) + ber.tlv(Pdu.RESPONSE, body)
        return [ber.tlv(ber.SEQUENCE, outer)]

    return behaviour


@pytest.mark.parametrize(
    "tlv",
    [
        "430180",  # a negative TimeTicks
        "4305ffffffffff",  # more than 32 bits
        "430a00000000000000000000",  # ten octets
        "4300",  # none
        "0485000000000161",  # a length of five octets
        "047f61",  # a length beyond the packet
        "0484ffffffff",  # a length of four gigabytes
        "048061620000",  # an indefinite length
        "06022b80",  # half an OID
        "ff0101",  # no type at all
        "43010143",  # something after the value
    ],
)
def test_values_that_cannot_be_read_are_a_decode_failure(codec: Codec, tlv: str):
    (outcome,), _ = asked(one_value(tlv), codec, Question.LIVENESS)
    assert failure(outcome).kind is FailureKind.DECODE


@pytest.mark.parametrize("tlv", ["8000", "8100", "0400", "0603 2b0601", "4004 7f000001", "0500"])
def test_an_agent_without_a_readable_uptime_is_alive_all_the_same(codec: Codec, tlv: str):
    (outcome,), _ = asked(one_value(tlv), codec, Question.LIVENESS)
    assert answer(outcome).uptime is None


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m._replace(varbinds=()),
        lambda m: m._replace(varbinds=m.varbinds * 2),
        lambda m: m._replace(varbinds=(VarBind((1, 3, 6, 1, 2, 1, 1, 1, 0), ber.TIME_TICKS, 1),)),
        lambda m: m._replace(varbinds=m.varbinds * 3_000),
    ],
)
def test_answers_to_questions_not_asked_are_a_protocol_failure(
    codec: Codec, change: Callable[[Message], Message]
):
    (outcome,), _ = asked(changed(change), codec, Question.LIVENESS)
    assert failure(outcome).kind is FailureKind.PROTOCOL


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (ErrorStatus.GEN_ERR, FailureKind.REFUSED),
        (ErrorStatus.AUTHORIZATION_ERROR, FailureKind.AUTH),
        (ErrorStatus.NO_ACCESS, FailureKind.AUTH),
        (-1, FailureKind.REFUSED),
        (2**31 - 1, FailureKind.REFUSED),
    ],
)
def test_an_error_status_is_named(codec: Codec, status: int, kind: FailureKind):
    (outcome,), _ = asked(changed(lambda m: m._replace(first=status, second=1)), codec, Question.LIVENESS)
    assert failure(outcome).kind is kind


def walking(successor: Callable[[VarBind, int], list[VarBind]]) -> Behaviour:
    """Honest, but for GETNEXT and GETBULK."""

    def behaviour(_: Agent, request: Message) -> list[bytes]:
        if request.pdu == Pdu.GET:
            return [ber.encode(good(request))]
        return [
            ber.encode(
                reply(
                    request,
                    [found for item in request.varbinds for found in successor(item, max(request.second, 1))],
                )
            )
        ]

    return behaviour


def index_cell(row: int) -> VarBind:
    return VarBind((*IF_TABLE, 1, row), ber.INTEGER, row)


def row_of(item: VarBind) -> int:
    return item.oid[-1] if len(item.oid) > len(IF_TABLE) + 1 else 0


@pytest.mark.parametrize(
    ("successor", "complaint"),
    [
        (lambda item, _: [VarBind(item.oid, ber.INTEGER, 1)], "after"),  # the same again, for ever
        (lambda item, _: [index_cell(2), index_cell(1)], "after"),  # backwards
        (lambda item, _: [index_cell(1), index_cell(1)], "after"),  # a row twice
        (lambda item, _: [index_cell(n) for n in range(1, 40)], "more objects"),  # more than was asked for
        (
            lambda item, count: [index_cell(row_of(item) + n) for n in range(1, count + 1)],
            "more than",
        ),
    ],
)
def test_a_walk_that_would_never_end_is_a_protocol_failure(
    codec: Codec, successor: Callable[[VarBind, int], list[VarBind]], complaint: str
):
    (outcome,), _ = asked(walking(successor), codec, Question.POLL)
    assert failure(outcome).kind is FailureKind.PROTOCOL
    assert complaint in failure(outcome).detail


def test_an_endless_table_costs_a_bounded_number_of_questions():
    def endless(item: VarBind, count: int) -> list[VarBind]:
        return [index_cell(row_of(item) + n) for n in range(1, count + 1)]

    (outcome,), source = asked(walking(endless), best(), Question.POLL)
    assert failure(outcome).kind is FailureKind.PROTOCOL
    assert source.stats().sent < MOST_ROWS // 24 + 50


def test_an_empty_table_is_an_answer_without_rows(codec: Codec):
    (outcome,), _ = asked(walking(lambda item, _: []), codec, Question.POLL)
    assert rows_of(outcome) == set()
    assert any(sample.family.name == "sysUpTime" for sample in answer(outcome).samples())


def test_too_big_shrinks_the_question_until_it_fits(codec: Codec):
    def small(_: Agent, request: Message) -> list[bytes]:
        if request.pdu == Pdu.GET and len(request.varbinds) > 5:
            return [ber.encode(reply(request, list(request.varbinds), ErrorStatus.TOO_BIG, 0))]
        return [ber.encode(good(request))]

    (first, second), source = asked(small, codec, Question.POLL, Question.POLL)
    assert rows_of(first) == rows_of(second) == {"1", "2", "3"}
    assert source.stats().smallest_request <= 5
    assert source.stats().shrunk_devices == 1


def test_too_big_for_ever_ends(codec: Codec):
    def never(_: Agent, request: Message) -> list[bytes]:
        return [ber.encode(reply(request, list(request.varbinds), ErrorStatus.TOO_BIG, 0))]

    (outcome,), _ = asked(never, codec, Question.POLL)
    assert failure(outcome).kind is FailureKind.REFUSED


def test_large_answers_that_get_lost_shrink_the_question(codec: Codec):
    def lossy(_: Agent, request: Message) -> list[bytes]:
        return [] if len(request.varbinds) > 20 else [ber.encode(good(request))]

    (first, second), source = asked(lossy, codec, Question.POLL, Question.POLL, timeout=SHORT)
    assert rows_of(first) == rows_of(second) == {"1", "2", "3"}
    assert source.stats().smallest_request <= 24


def test_one_lost_answer_is_asked_again(codec: Codec):
    lost: list[int] = []

    def forgetful(_: Agent, request: Message) -> list[bytes]:
        if len(request.varbinds) > 10 and not lost:
            lost.append(request.request_id)
            return []
        return [ber.encode(good(request))]

    (outcome,), source = asked(forgetful, codec, Question.POLL, timeout=SHORT)
    assert rows_of(outcome) == {"1", "2", "3"}
    assert source.stats().shrunk_devices == 0


def test_a_v1_agent_that_refuses_absent_objects_is_polled_without_them(codec: Codec):
    def strict(_: Agent, request: Message) -> list[bytes]:
        found = good(request)
        for place, item in enumerate(found.varbinds, 1):
            if item.absent:
                return [ber.encode(reply(request, list(request.varbinds), ErrorStatus.NO_SUCH_NAME, place))]
        return [ber.encode(found)]

    (first, second), _ = asked(strict, codec, Question.POLL, Question.POLL, version=SnmpVersion.V1)
    assert rows_of(first) == rows_of(second) == {"1", "2", "3"}
    assert answer(second).missing > 0


def test_a_row_that_vanishes_is_absent_and_the_rows_are_found_again(codec: Codec):
    rows = [3]

    def shrinking(running: Agent, request: Message) -> list[bytes]:
        table = {
            oid: value for oid, value in mib(3).items() if not (oid[:9] == IF_TABLE and oid[-1] > rows[0])
        }
        table[1, 3, 6, 1, 2, 1, 2, 1, 0] = (ber.INTEGER, 3)  # it forgets to say so
        if request.pdu == Pdu.GET_BULK:
            items, last = [], request.varbinds[0].oid
            for _ in range(request.second):
                items.append(found_in(table, Pdu.GET_NEXT, last))
                last = items[-1].oid
                if items[-1].absent:
                    break
            return [ber.encode(reply(request, items))]
        return [
            ber.encode(reply(request, [found_in(table, request.pdu, item.oid) for item in request.varbinds]))
        ]

    async def run() -> None:
        profile = shipped_profiles()[ProfileName("if-mib")]
        with agent(shrinking) as bad:
            async with SnmpSource(clock=time.monotonic, codec=codec) as source:
                poll = poll_of(bad.port, profile, timeout=PATIENT)
                assert rows_of(await ask(source, poll)) == {"1", "2", "3"}
                rows[0] = 2
                assert rows_of(await ask(source, poll)) == {"1", "2"}
                assert source.stats().discoveries == 1
                assert rows_of(await ask(source, poll)) == {"1", "2"}
                assert source.stats().discoveries == 2
                rows[0] = 3
                assert rows_of(await ask(source, poll)) == {"1", "2"}

    asyncio.run(run())


def test_a_flood_from_one_agent_does_not_keep_others_waiting(codec: Codec):
    def flood(_: Agent, request: Message) -> list[bytes]:
        return [ber.encode(good(request)._replace(request_id=number)) for number in range(1, 2_000)]

    (outcome,), source = asked(flood, codec, Question.LIVENESS, timeout=1.0)
    assert failure(outcome).kind is FailureKind.TIMEOUT
    assert source.stats().ignored["unknown"] > 0


def test_a_paused_process_proves_nothing_about_the_agent(codec: Codec):
    jump = [0.0]

    def clock() -> float:
        return time.monotonic() + jump[0]

    def silent(_: Agent, __: Message) -> list[bytes]:
        jump[0] += 10.0  # as if the process had been stopped while the question was open
        return []

    async def run() -> Outcome:
        profile = shipped_profiles()[ProfileName("if-mib")]
        with agent(silent) as bad:
            async with SnmpSource(clock=clock, codec=codec) as source:
                outcome = await ask(source, poll_of(bad.port, profile, Question.LIVENESS, timeout=1.0))
                assert source.stats().stalls == 1
                return outcome

    assert failure(asyncio.run(run())).kind is FailureKind.STALLED


def test_an_answer_that_arrived_during_the_pause_still_counts(codec: Codec):
    jump = [0.0]

    def behaviour(_: Agent, request: Message) -> list[bytes]:
        jump[0] += 10.0
        return [ber.encode(good(request))]

    async def run() -> Outcome:
        profile = shipped_profiles()[ProfileName("if-mib")]
        with agent(behaviour) as bad:
            async with SnmpSource(clock=lambda: time.monotonic() + jump[0], codec=codec) as source:
                return await ask(source, poll_of(bad.port, profile, Question.LIVENESS, timeout=1.0))

    assert answer(asyncio.run(run())).uptime == 47.11


def test_a_network_that_says_no_is_unreachable(codec: Codec):
    async def run() -> list[Outcome]:
        profile = shipped_profiles()[ProfileName("if-mib")]
        async with SnmpSource(clock=time.monotonic, codec=codec) as source:
            poll = poll_of(
                161, profile, Question.LIVENESS, host="255.255.255.255"
            )  # needs SO_BROADCAST: EACCES
            return list(
                await asyncio.gather(ask(source, poll), ask(source, replace(poll, question=Question.POLL)))
            )

    for outcome in asyncio.run(run()):
        assert failure(outcome).kind is FailureKind.UNREACHABLE


def test_thousands_of_devices_share_one_descriptor_and_every_question_ends_once():
    async def run() -> None:
        profile = shipped_profiles()[ProfileName("if-mib")]
        with agent(honest) as good_agent:
            async with SnmpSource(clock=time.monotonic, sockets=1) as source:
                polls = [
                    poll_of(good_agent.port, profile, Question.LIVENESS, name=f"rt-{n}", timeout=30.0)
                    for n in range(1_500)
                ]
                ended: list[str] = []
                done = asyncio.Event()

                def deliver(key: tuple[str, str], outcome: Outcome) -> None:
                    assert isinstance(outcome, Answer)
                    ended.append(key[0])
                    if len(ended) == len(polls):
                        done.set()

                source.ask(polls, deliver)
                await done.wait()
                assert sorted(ended) == sorted(poll.device.name for poll in polls)
                assert sum(len(group) for group in source.transport._sockets.values()) == 1

    asyncio.run(run())


def test_an_agent_that_is_slow_for_ever_ends_with_the_interval(codec: Codec):
    jump = [0.0]

    def slow(_: Agent, request: Message) -> list[bytes]:
        jump[0] += 0.2  # of a timeout of one second: never late, never done
        return [ber.encode(good(request, rows=200))]

    async def run() -> Outcome:
        profile = shipped_profiles()[ProfileName("if-mib")]
        with agent(slow) as bad:
            async with SnmpSource(clock=lambda: time.monotonic() + jump[0], codec=codec) as source:
                poll = poll_of(bad.port, profile, timeout=1.0)
                access = replace(poll.access, poll_interval=0.5)
                poll = replace(poll, access=access, device=replace(poll.device, snmp=access))
                return await ask(source, poll)

    outcome = failure(asyncio.run(run()))
    assert outcome.kind is FailureKind.TIMEOUT
    assert outcome.detail.startswith("too slow")


def test_an_agent_without_getbulk_is_walked_by_getnext(codec: Codec):
    def old(_: Agent, request: Message) -> list[bytes]:
        if request.pdu == Pdu.GET_BULK:
            return [ber.encode(reply(request, list(request.varbinds), ErrorStatus.GEN_ERR, 1))]
        return [ber.encode(good(request))]

    (outcome,), _ = asked(old, codec, Question.POLL)
    assert rows_of(outcome) == {"1", "2", "3"}
