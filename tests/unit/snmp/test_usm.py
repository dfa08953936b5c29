"""The asking side of v3 against an agent made of the same parts: what is believed, what is not, and why."""

from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from collector.snmp import ber, usm, usm_message
from collector.snmp.ber import Message, Pdu, VarBind, Version
from collector.snmp.errors import BerError, Fault, FaultKind
from collector.snmp.templates import Template
from collector.snmp.usm import Again, Ignored, Opened, Response, Security
from collector.snmp.usm_keys import AUTHS, PRIVS, User
from collector.snmp.usm_message import AUTH, PRIV, REPORTABLE, Parameters
from collector.snmp.usm_time import EngineTime, in_window
from collector.snmp.usm_user import EngineUser

ENGINE = b"\x80\x00\x00\x00\x05engine"
OTHER = b"\x80\x00\x00\x00\x05other!"
UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
TEMPLATE = Template(Version.V3, b"", Pdu.GET, [ber.object_identifier(UPTIME)])
ID = b"\x41\x02\x03\x04"
USER = User(b"citynoc", AUTHS["sha256"], b"authentic", PRIVS["aes128"], b"private!")
TIMEOUT = Fault(FaultKind.TIMEOUT, "no answer")


@dataclass
class Agent:
    """An engine that has this user."""

    user: User = USER
    engine_id: bytes = ENGINE
    boots: int = 3
    time: int = 1000
    asked: list[usm_message.Sealed] = field(default_factory=list)

    @property
    def known(self) -> EngineUser:
        return EngineUser(self.user, self.engine_id)

    def pdu(self, tag: int = Pdu.RESPONSE, oid: tuple[int, ...] = UPTIME, request_id: bytes = ID) -> bytes:
        body = b"\x02\x04" + request_id + ber.integer(0) * 2
        return ber.tlv(tag, body + ber.varbind_list([VarBind(oid, ber.TIME_TICKS, 77)]))

    def sealed(self, pdu: bytes, flags: int | None = None, engine_id: bytes | None = None) -> bytes:
        level = self.known.flags if flags is None else flags
        scoped = usm_message.scoped_bytes(self.engine_id, b"", pdu)
        known = EngineUser(self.user, engine_id or self.engine_id)
        return known.seal(int.from_bytes(ID), level, (self.boots, self.time), scoped)

    def report(self, what: tuple[int, ...], flags: int = 0) -> bytes:
        return self.sealed(self.pdu(Pdu.REPORT, (*what, 0)), flags)


def opened(security: Security, data: bytes, now: float = 100.0) -> Opened:
    return security.open(usm_message.read(data), now)


def acquainted(agent: Agent, now: float = 100.0) -> Security:
    """Security that has found the agent's engine and clock."""
    security = Security(USER)
    assert opened(security, agent.report(usm.UNKNOWN_ENGINE), now) == Again()
    assert opened(security, agent.report(usm.NOT_IN_TIME, AUTH), now) == Again()
    return security


def test_first_the_engine_then_its_clock_then_the_question():
    agent, security = Agent(), Security(USER)
    search = usm_message.read(security.seal(TEMPLATE, ID, 100.0))
    assert (search.engine_id, search.user, search.flags) == (b"", b"", REPORTABLE)
    assert opened(security, agent.report(usm.UNKNOWN_ENGINE)) == Again()
    early = usm_message.read(security.seal(TEMPLATE, ID, 100.0))
    assert (early.engine_id, early.boots, early.time) == (ENGINE, 0, 0)
    assert opened(security, agent.report(usm.NOT_IN_TIME, AUTH)) == Again()
    asked = usm_message.read(security.seal(TEMPLATE, ID, 107.9))
    assert (asked.boots, asked.time, asked.flags) == (3, 1007, AUTH | PRIV | REPORTABLE)
    assert agent.known.is_authentic(asked)
    read = usm_message.read_pdu(agent.known.scoped(asked).pdu)
    assert (read.pdu, read.request_id, [item.oid for item in read.varbinds]) == (
        Pdu.GET, int.from_bytes(ID), [UPTIME],
    )  # fmt: skip
    assert opened(security, agent.sealed(agent.pdu())) == Response(agent.pdu())


def test_an_answer_must_be_as_secure_as_the_question():
    agent = Agent()
    security = acquainted(agent)
    for flags in (0, AUTH):
        assert opened(security, agent.sealed(agent.pdu(), flags)) == Ignored("unauthentic")
    assert isinstance(opened(security, agent.sealed(agent.pdu())), Response)


def test_what_another_key_engine_or_user_sealed_is_not_believed():
    agent = Agent()
    security = acquainted(agent)
    strangers = [
        Agent(replace(USER, auth_passphrase=b"another one")),
        Agent(replace(USER, name=b"somebody")),
        Agent(engine_id=OTHER),
    ]
    for stranger in strangers:
        assert opened(security, stranger.sealed(agent.pdu())) == Ignored("unauthentic")
    assert opened(security, Agent(engine_id=OTHER).report(usm.NOT_IN_TIME, AUTH)) == Ignored("unauthentic")
    assert opened(security, agent.report(usm.NOT_IN_TIME)) == Ignored("unauthentic")


def test_answers_of_long_ago_and_of_an_earlier_boot_are_refused():
    agent = Agent()
    security = acquainted(agent)
    agent.time = 1149
    assert isinstance(opened(security, agent.sealed(agent.pdu()), 100.0), Response)
    agent.time = 998
    assert opened(security, agent.sealed(agent.pdu()), 100.0) == Ignored("not_in_time")
    agent.time, agent.boots = 5000, 2
    assert opened(security, agent.sealed(agent.pdu()), 100.0) == Ignored("not_in_time")
    agent.boots = usm_message.MAX_NUMBER
    assert opened(security, agent.sealed(agent.pdu()), 100.0) == Ignored("not_in_time")


def test_a_reboot_is_followed_and_so_is_an_agent_that_lost_count_of_its_boots():
    agent = Agent()
    security = acquainted(agent)
    for boots in (4, 1):
        agent.boots, agent.time = boots, 2
        assert opened(security, agent.report(usm.NOT_IN_TIME, AUTH)) == Again()
        asked = usm_message.read(security.seal(TEMPLATE, ID, 100.0))
        assert (asked.boots, asked.time) == (boots, 2)
        assert isinstance(opened(security, agent.sealed(agent.pdu())), Response)


def test_an_agent_with_a_new_engine_is_met_anew():
    security, agent = acquainted(Agent()), Agent(engine_id=OTHER, boots=1)
    assert opened(security, agent.report(usm.UNKNOWN_ENGINE)) == Again()
    asked = usm_message.read(security.seal(TEMPLATE, ID, 100.0))
    assert (asked.engine_id, asked.boots) == (OTHER, 0)
    assert agent.known.is_authentic(asked)


def test_refusals_are_told_in_words_and_without_secrets():
    agent = Agent()
    for what, words in (
        (usm.UNKNOWN_USER, "does not know the user"),
        (usm.WRONG_DIGEST, "authentication passphrase or protocol is wrong"),
        (usm.CANNOT_DECRYPT, "privacy passphrase or protocol is wrong"),
        (usm.UNSUPPORTED_LEVEL, "security level"),
        (usm.UNKNOWN_CONTEXTS[0], "context"),
        ((1, 3, 6, 1), "not known"),
    ):
        fault = opened(acquainted(agent), agent.report(what))
        assert isinstance(fault, Fault)
        assert fault.kind is FaultKind.AUTH
        assert words in fault.detail
        assert "'citynoc' (authPriv)" in fault.detail
        assert "private!" not in fault.detail


def test_a_clock_that_is_told_before_silence_betrays_a_wrong_privacy_key_and_a_dead_agent_does_not():
    agent = Agent()
    security = acquainted(agent)
    assert security.silent(TIMEOUT, told=True) == TIMEOUT  # one datagram may be lost
    assert usm_message.read(security.seal(TEMPLATE, ID, 100.0)).boots == 0  # the clock is asked again
    assert security.silent(TIMEOUT, told=False) == TIMEOUT  # dead: it does not even tell its clock
    opened(security, agent.report(usm.NOT_IN_TIME, AUTH))
    assert security.silent(TIMEOUT, told=True).kind is FaultKind.AUTH
    opened(security, agent.report(usm.NOT_IN_TIME, AUTH))
    assert isinstance(opened(security, agent.sealed(agent.pdu())), Response)
    assert security.silent(TIMEOUT, told=True) == TIMEOUT  # who answered has the right key
    assert usm_message.read(security.seal(TEMPLATE, ID, 100.0)).boots == agent.boots


def test_an_engine_clock_goes_forward_with_ours_and_only_forward_by_messages():
    clock = EngineTime()
    assert not clock.known
    assert clock.heard(1, 500, 10.0)
    assert clock.at(20.5) == 510
    assert clock.heard(1, 400, 20.0)  # late by 110 s: in the window, and no news
    assert clock.at(20.0) == 510
    assert not clock.heard(1, 359, 20.0)
    assert not clock.heard(0, 9999, 20.0)
    assert in_window(1, 350, (1, 500))
    assert not in_window(1, 349, (1, 500))
    assert not in_window(1, 651, (1, 500))
    assert not in_window(2, 500, (1, 500))
    top = usm_message.MAX_NUMBER
    assert not in_window(top, 500, (top, 500))


@given(
    auth=st.sampled_from([None, *AUTHS]),
    priv=st.sampled_from([None, "des", "aes128", "aes192", "aes256"]),
    clock=st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1)),
    pdu_content=st.binary(max_size=700),
    engine=st.binary(min_size=5, max_size=32),
)
def test_what_is_sealed_is_opened_and_hides_and_proves_its_content(
    auth: str | None, priv: str | None, clock: tuple[int, int], pdu_content: bytes, engine: bytes
):
    if auth is None:
        priv = None
    user = USERS.setdefault(
        (auth, priv),
        User(
            b"u",
            AUTHS[auth] if auth else None,
            b"12345678" if auth else b"",
            PRIVS[priv] if priv else None,
            b"abcdefgh" if priv else b"",
        ),
    )
    pdu = ber.tlv(Pdu.RESPONSE, pdu_content)
    scoped = usm_message.scoped_bytes(engine, b"ctx", pdu)
    raw = EngineUser(user, engine).seal(7, EngineUser(user, engine).flags, clock, scoped)
    theirs, sealed = EngineUser(user, engine), usm_message.read(raw)
    assert (sealed.msg_id, (sealed.boots, sealed.time), sealed.user) == (7, clock, b"u")
    assert theirs.scoped(sealed) == (engine, b"ctx", Pdu.RESPONSE, pdu)
    assert theirs.is_authentic(sealed) is (auth is not None)
    assert (scoped in raw) is (priv is None)


USERS: dict[tuple[str | None, str | None], User] = {}


@given(data=st.binary(max_size=300))
def test_random_octets_are_a_ber_error_or_a_message(data: bytes):
    try:
        usm_message.read(data)
    except BerError:
        return


@given(st.data())
def test_no_change_to_an_authentic_answer_is_believed(data: st.DataObject):
    agent = Agent()
    security = acquainted(agent)
    raw = bytearray(agent.sealed(agent.pdu()))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    cut = data.draw(st.sampled_from([len(raw), len(raw) - 1, at]))
    try:
        outcome = opened(security, bytes(raw[:cut]))
    except BerError:
        return
    # msgID and msgMaxSize are under the digest too; the reportable flag and spare flag bits as well.
    assert outcome == Ignored("unauthentic") or outcome == Ignored("undecodable")


def test_a_message_is_legible_for_people_without_its_privacy():
    agent = Agent()
    security = acquainted(agent)
    legible = usm_message.read(security.legible(agent.sealed(agent.pdu())))
    assert usm_message.read_scoped(legible.raw[legible.at : legible.end]).pdu == agent.pdu()
    stranger = Agent(engine_id=OTHER).sealed(agent.pdu())
    assert security.legible(b"rubbish") == b"rubbish"
    assert isinstance(security.legible(stranger), bytes)


def test_a_pdu_reads_as_the_message_it_would_be():
    message = usm_message.read_pdu(Agent().pdu())
    assert message == Message(
        Version.V3, b"", Pdu.RESPONSE, int.from_bytes(ID), 0, 0, (VarBind(UPTIME, ber.TIME_TICKS, 77),)
    )
    assert usm_message.request_id_at(Agent().pdu()) == 4
    for rubbish in (b"", b"\xa2", b"\xa2\xff\x02\x04", b"\xa2\x03\x02\x01\x05"):
        assert usm_message.request_id_at(rubbish) == -1


def test_parameters_are_written_as_they_are_read():
    raw, at = usm_message.write(1, AUTH, Parameters(ENGINE, 1, 2, b"u", 12, b""), b"\x30\x00")
    sealed = usm_message.read(raw)
    assert sealed.digest_at == at
    assert sealed.digest == bytes(12)
    assert sealed.blank() == raw
