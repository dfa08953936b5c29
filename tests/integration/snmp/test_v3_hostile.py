"""v3 agents that lie, over real UDP: each question ends once, in a named failure, or is answered in spite of them."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address

import pytest

from collector.snmp import ber, fast, usm, usm_message
from collector.snmp import codec as codecs
from collector.snmp.ber import Pdu, VarBind, Version
from collector.snmp.errors import Fault, FaultKind
from collector.snmp.templates import Template
from collector.snmp.transport import Endpoint, Exchange, Transport
from collector.snmp.usm import Security
from collector.snmp.usm_keys import AUTHS, PRIVS, User
from collector.snmp.usm_message import AUTH, Sealed
from collector.snmp.usm_user import EngineUser

pytestmark = pytest.mark.integration

USER = User(b"citynoc", AUTHS["sha"], b"authentic", PRIVS["aes128"], b"private!")
UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
TEMPLATE = Template(Version.V3, b"", Pdu.GET, [ber.object_identifier(UPTIME)])
ENGINE = b"\x80\x00\x00\x00\x05engine"
Behaviour = Callable[[Sealed], Sequence[bytes]]


def message(
    asked: Sealed, pdu: bytes, flags: int, engine: bytes = ENGINE, clock: tuple[int, int] = (1, 100)
) -> bytes:
    scoped = usm_message.scoped_bytes(engine, b"", pdu)
    return EngineUser(USER, engine).seal(asked.msg_id, flags, clock, scoped)


def report(asked: Sealed, what: tuple[int, ...], flags: int = 0, engine: bytes = ENGINE) -> bytes:
    body = ber.integer(0) * 3 + ber.varbind_list([VarBind((*what, 0), ber.COUNTER32, 1)])
    return message(asked, ber.tlv(Pdu.REPORT, body), flags, engine)


def answer(asked: Sealed, **how: object) -> bytes:
    body = b"\x02\x04" + asked.msg_id.to_bytes(4) + ber.integer(0) * 2
    body += ber.varbind_list([VarBind(UPTIME, ber.TIME_TICKS, 77)])
    flags = EngineUser(USER, ENGINE).flags
    return message(asked, ber.tlv(Pdu.RESPONSE, body), flags, **how)  # type: ignore[arg-type]


def honest(asked: Sealed) -> list[bytes]:
    if not asked.engine_id:
        return [report(asked, usm.UNKNOWN_ENGINE)]
    if not asked.boots:
        return [report(asked, usm.NOT_IN_TIME, AUTH)]
    return [answer(asked)]


@contextmanager
def agent(behaviour: Behaviour) -> Iterator[int]:
    """Its port; it answers every v3 message as the behaviour says."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                data, peer = sock.recvfrom(65_535)
                if data == b"stop":
                    return
                for reply in behaviour(usm_message.read(data)):
                    sock.sendto(reply, peer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            sock.sendto(b"stop", sock.getsockname())
            thread.join(10)


class Question(Exchange):
    """One question whose ends are counted."""

    def __init__(self, port: int, security: Security, done: asyncio.Event) -> None:
        super().__init__(Endpoint.of(ip_address("127.0.0.1"), port), TEMPLATE, 1.0, security)
        self.done = done
        self.ends: list[object] = []

    def answered(self, values: object) -> None:
        self.ends.append(values)
        self.done.set()

    def failed(self, fault: Fault) -> None:
        self.ends.append(fault)
        self.done.set()


def asked(
    behaviour: Behaviour, codec: fast.Codec | None = None, times: int = 1
) -> tuple[list[object], dict[str, int]]:
    """How each of the questions ended, and what the transport ignored."""

    async def run(port: int) -> tuple[list[object], dict[str, int]]:
        ends: list[object] = []
        security = Security(USER)
        async with Transport(clock=time.monotonic, codec=codec) as transport:
            for _ in range(times):
                question = Question(port, security, asyncio.Event())
                transport.ask(question)
                await question.done.wait()
                ends += question.ends
            assert transport.open_questions == 0
            return ends, dict(transport.ignored)

    with agent(behaviour) as port:
        return asyncio.run(run(port))


def test_an_honest_agent_is_answered():
    assert asked(honest, times=3) == ([[77]] * 3, {})


def test_an_engine_that_is_never_the_same_ends_in_a_failure():
    count = iter(range(1000))

    def behaviour(question: Sealed) -> list[bytes]:
        return [report(question, usm.UNKNOWN_ENGINE, engine=ENGINE + str(next(count)).encode())]

    (fault,), _ = asked(behaviour)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.PROTOCOL


def test_a_clock_that_is_never_right_ends_in_a_failure():
    def behaviour(question: Sealed) -> list[bytes]:
        if not question.engine_id:
            return honest(question)
        return [report(question, usm.NOT_IN_TIME, AUTH)]

    (fault,), _ = asked(behaviour)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.PROTOCOL


def test_forged_reports_of_the_clock_and_insecure_answers_do_not_hide_the_true_one():
    def behaviour(question: Sealed) -> list[bytes]:
        if not question.boots:
            return honest(question)
        true = answer(question)
        flipped = true[:-1] + bytes([true[-1] ^ 1])
        insecure = usm_message.write(
            question.msg_id, 0, usm_message.Parameters(ENGINE, 1, 100, USER.name), b"\x30\x00"
        ).raw
        return [report(question, usm.NOT_IN_TIME), flipped, insecure, b"\x30\x03\x02\x01\x03", true]

    ends, ignored = asked(behaviour)
    assert ends == [[77]]
    assert ignored == {"unauthentic": 2, "undecodable": 2}


def test_replayed_answers_are_counted_and_never_taken_for_another_question_s():
    kept: list[bytes] = []

    def behaviour(question: Sealed) -> list[bytes]:
        if not question.boots:
            return honest(question)
        kept.append(answer(question))
        return [*kept]

    ends, ignored = asked(behaviour, times=4)
    assert ends == [[77]] * 4
    assert ignored == {"duplicate": 1 + 2 + 3}


def test_an_answer_of_an_earlier_boot_is_silence():
    def behaviour(question: Sealed) -> list[bytes]:
        return honest(question) if not question.boots else [answer(question, clock=(0, 100))]

    (fault,), ignored = asked(behaviour)
    assert isinstance(fault, Fault)
    assert fault.kind is FaultKind.TIMEOUT
    assert ignored == {"not_in_time": 1}


@pytest.mark.parametrize("codec", [codecs.pure(), codecs.best()], ids=lambda codec: codec.name)
def test_a_plain_answer_to_a_secured_question_is_none(codec: fast.Codec):
    def behaviour(question: Sealed) -> list[bytes]:
        if not question.boots:
            return honest(question)
        varbinds = (VarBind(UPTIME, ber.TIME_TICKS, 13),)
        forged = [
            ber.encode(ber.Message(version, b"", Pdu.RESPONSE, question.msg_id, 0, 0, varbinds))
            for version in Version
        ]
        return [*forged, answer(question)]

    ends, ignored = asked(behaviour, codec)
    assert ends == [[77]]
    assert ignored == {"community": 2, "undecodable": 1}
