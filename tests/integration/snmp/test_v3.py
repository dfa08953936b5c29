"""SNMP v3 against a real snmpd: every pair of protocols, reboots, and wrong names and passphrases told from silence."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from collector.model import ProfileName, Secret, SnmpV3User
from collector.outcome import Answer, Failure, FailureKind, Outcome
from collector.plan import Poll, Question
from collector.profile import Profile
from collector.snmp import codec as codecs
from collector.snmp import fast
from collector.snmp.transport import Endpoint
from collector.sources.snmp import SnmpSource
from tests.integration.snmp_polls import ask, poll_of, shipped_profiles
from tests.integration.snmpd import Snmpd, snmpd

pytestmark = pytest.mark.integration

AUTHS = {
    "md5": "MD5",
    "sha": "SHA",
    "sha224": "SHA-224",
    "sha256": "SHA-256",
    "sha384": "SHA-384",
    "sha512": "SHA-512",
}
PRIVS = {
    "des": "DES",
    "aes128": "AES",
    "aes192": "AES-192",
    "aes256": "AES-256",
    "aes192c": "AES-192-C",
    "aes256c": "AES-256-C",
}
AUTH_KEY, PRIV_KEY, WRONG = Secret("authentic-phrase"), Secret("private-phrase"), Secret("another-phrase")
PAIRS: list[tuple[str | None, str | None]] = [
    (None, None),
    *((auth, priv) for auth in AUTHS for priv in (None, *PRIVS)),
]


def user_of(auth: str | None, priv: str | None) -> SnmpV3User:
    return SnmpV3User(f"u-{auth}-{priv}", auth, AUTH_KEY if auth else None, priv, PRIV_KEY if priv else None)


def level_of(user: SnmpV3User) -> str:
    return "priv" if user.priv_protocol else "auth" if user.auth_protocol else "noauth"


def configured(*users: SnmpV3User) -> str:
    lines = []
    for user in users:
        words = ["createUser", user.user]
        if user.auth_protocol and user.auth_key:
            words += [AUTHS[user.auth_protocol], f'"{user.auth_key.reveal()}"']
        if user.priv_protocol and user.priv_key:
            words += [PRIVS[user.priv_protocol], f'"{user.priv_key.reveal()}"']
        lines += [" ".join(words), f"rouser {user.user} {level_of(user)}"]
    return "\n".join(lines)


BEST = user_of("sha256", "aes128")


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with snmpd(
        tmp_path_factory.mktemp("snmpd"), extra=configured(*(user_of(*pair) for pair in PAIRS))
    ) as running:
        yield running


@pytest.fixture(scope="module")
def profile() -> Profile:
    return shipped_profiles()[ProfileName("if-mib")]


def asked(*polls: Poll, codec: fast.Codec | None = None) -> list[Outcome]:
    async def run() -> list[Outcome]:
        async with SnmpSource(clock=time.monotonic, codec=codec) as source:
            return [await ask(source, poll) for poll in polls]

    return asyncio.run(run())


def shape(answer: Outcome) -> list[tuple[str, tuple[tuple[str, ...], ...]]]:
    assert isinstance(answer, Answer), answer
    return [(block.series.family.name, block.series.labels) for block in answer.measured]


@pytest.mark.parametrize(("auth", "priv"), PAIRS)
def test_every_pair_of_protocols_is_answered(
    agent: Snmpd, profile: Profile, auth: str | None, priv: str | None
):
    user = user_of(auth, priv)
    (answer,) = asked(poll_of(agent.port, profile, Question.LIVENESS, v3=user))
    assert isinstance(answer, Answer), answer
    assert answer.uptime is not None


@pytest.mark.parametrize("codec", [codecs.pure(), codecs.best()], ids=lambda codec: codec.name)
def test_a_full_poll_measures_what_it_measures_over_v2c(agent: Snmpd, profile: Profile, codec: fast.Codec):
    community = poll_of(agent.port, profile)
    secured = poll_of(agent.port, profile, v3=BEST)
    plain, settled, first, second = asked(community, community, secured, secured, codec=codec)
    assert shape(plain) == shape(first)
    assert shape(settled) == shape(second)
    assert isinstance(plain, Answer)
    assert isinstance(second, Answer)
    assert plain.facts == second.facts
    assert plain.missing == second.missing


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (replace(BEST, auth_key=WRONG), "authentication passphrase or protocol is wrong"),
        (replace(BEST, auth_protocol="sha512"), "authentication passphrase or protocol is wrong"),
        (replace(BEST, user="nobody"), "does not know the user"),
        (replace(user_of("sha", None), priv_protocol="des", priv_key=PRIV_KEY), "security level"),
    ],
    ids=["passphrase", "protocol", "user", "level"],
)
def test_who_is_not_let_in_is_told_why(agent: Snmpd, profile: Profile, user: SnmpV3User, words: str):
    for outcome in asked(
        poll_of(agent.port, profile, Question.LIVENESS, v3=user), poll_of(agent.port, profile, v3=user)
    ):
        assert isinstance(outcome, Failure)
        assert outcome.kind is FailureKind.AUTH
        assert words in outcome.detail


@pytest.mark.parametrize(
    "user",
    [replace(BEST, priv_key=WRONG), replace(BEST, priv_protocol="aes256")],
    ids=["passphrase", "protocol"],
)
def test_a_wrong_privacy_key_is_told_from_silence(agent: Snmpd, profile: Profile, user: SnmpV3User):
    liveness = poll_of(agent.port, profile, Question.LIVENESS, v3=user, timeout=1.0)
    first, second = asked(liveness, liveness)
    assert isinstance(first, Failure)
    assert isinstance(second, Failure)
    assert second.kind is FailureKind.AUTH
    assert "privacy passphrase" in second.detail


def test_a_user_of_a_lower_level_than_the_agent_wants_is_refused(agent: Snmpd, profile: Profile):
    user = replace(BEST, priv_protocol=None, priv_key=None)
    (outcome,) = asked(poll_of(agent.port, profile, Question.LIVENESS, v3=user))
    assert isinstance(outcome, Failure)
    assert outcome.kind is FailureKind.AUTH


def test_silence_is_a_timeout(profile: Profile, tmp_path: Path):
    with snmpd(tmp_path / "agent", extra=configured(BEST)) as running:
        port = running.port
    poll = poll_of(port, profile, Question.LIVENESS, v3=BEST, timeout=0.3)
    for outcome in asked(poll, poll, poll):
        assert isinstance(outcome, Failure)
        assert outcome.kind is FailureKind.TIMEOUT


def test_an_agent_that_reboots_in_the_middle_of_a_poll_is_polled_on(profile: Profile, tmp_path: Path):
    """The same engine one boot later; then another engine altogether, as after a replacement of the box."""
    heard: list[bytes] = []
    cut = asyncio.Event()

    def watch(what: str, _endpoint: Endpoint, data: bytes) -> None:
        if what == "received":
            heard.append(data)
            if len(heard) == wanted:
                cut.set()

    wanted = 0
    small = replace(profile, quirks=replace(profile.quirks, max_varbinds=4))

    async def run(agents: ExitStack) -> None:
        nonlocal wanted
        first = ExitStack()
        running = first.enter_context(snmpd(tmp_path / "one", extra=configured(BEST)))
        poll = poll_of(running.port, small, v3=BEST, timeout=3.0)
        async with SnmpSource(clock=time.monotonic, watch=watch) as source:
            assert isinstance(await ask(source, poll), Answer)
            for folder in ("one", "two"):
                heard.clear()
                cut.clear()
                wanted = 3
                answer = asyncio.ensure_future(ask(source, poll))
                await cut.wait()
                first.close()
                agents.enter_context(first := ExitStack())
                await asyncio.to_thread(
                    first.enter_context,
                    snmpd(tmp_path / folder, extra=configured(BEST), port=running.port),
                )
                outcome = await answer
                assert isinstance(outcome, Answer), outcome
                after = await ask(source, poll)
                assert isinstance(after, Answer), after
                assert shape(after) == shape(outcome)

    with ExitStack() as agents:
        asyncio.run(run(agents))
