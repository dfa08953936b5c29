"""The engine against a real snmpd, and net-snmp's own tools as the second opinion."""

import asyncio
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collector.model import ProfileName, SnmpVersion
from collector.outcome import Answer, Failure, FailureKind, Outcome
from collector.plan import Question
from collector.profile import Quirks
from collector.snmp import codec as codecs
from collector.snmp import fast
from collector.snmp import oid as oids
from collector.snmp.ber import VarBind, Version
from collector.snmp.session import Session
from collector.snmp.transport import Endpoint, Transport
from collector.sources.snmp import SnmpSource
from tests.binaries import require
from tests.integration.snmp_polls import ask, poll_of, shipped_profiles
from tests.integration.snmpd import Snmpd, snmpd

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snmpd]:
    with snmpd(tmp_path_factory.mktemp("snmpd")) as running:
        yield running


def outcomes(agent: Snmpd, *questions: Question, **options: object) -> list[Outcome]:
    async def run() -> list[Outcome]:
        profile = shipped_profiles()[ProfileName("if-mib")]
        async with SnmpSource(clock=time.monotonic) as source:
            return [
                await ask(source, poll_of(agent.port, profile, question, **options))  # type: ignore[arg-type]
                for question in questions
            ]

    return asyncio.run(run())


async def walked(agent: Snmpd, root: str, version: Version, *, bulk: bool = True) -> list[VarBind]:
    async with Transport(clock=time.monotonic) as transport:
        endpoint = Endpoint.of(
            poll_of(agent.port, shipped_profiles()[ProfileName("if-mib")]).device.address, agent.port
        )
        session = Session(transport, endpoint, version, agent.community.encode(), bulk=bulk)
        return [item async for item in session.walk(oids.parse(root))]


@pytest.mark.parametrize("version", [SnmpVersion.V1, SnmpVersion.V2C])
def test_liveness_says_how_long_the_agent_has_been_up(agent: Snmpd, version: SnmpVersion):
    (answer,) = outcomes(agent, Question.LIVENESS, version=version)
    assert isinstance(answer, Answer)
    assert answer.uptime is not None
    assert answer.uptime > 0
    assert not answer.rebooted


@pytest.mark.parametrize("version", [SnmpVersion.V1, SnmpVersion.V2C])
def test_a_full_poll_measures_every_interface_as_the_tools_see_them(agent: Snmpd, version: SnmpVersion):
    first, second = outcomes(agent, Question.POLL, Question.POLL, version=version)
    assert isinstance(first, Answer)
    assert isinstance(second, Answer)
    names = subprocess.run(
        [require("snmpwalk"), "-v2c", "-c", agent.community, "-Oqv", f"127.0.0.1:{agent.port}", "1.3.6.1.2.1.31.1.1.1.1"],
        check=True, capture_output=True, text=True, env={"MIBS": "", "PATH": "/usr/bin"},
    )  # fmt: skip
    expected = {line.strip().strip('"') for line in names.stdout.splitlines()}
    for answer in (first, second):
        seen = {s.labels["ifName"] for s in answer.samples() if s.family.name == "ifOperStatus"}
        assert seen == expected
        assert answer.facts is not None
        assert answer.facts["sysName"] == "snmpd.example"


def test_series_are_kept_from_poll_to_poll(agent: Snmpd):
    _, second, third = outcomes(agent, *[Question.POLL] * 3)
    assert isinstance(second, Answer)
    assert isinstance(third, Answer)
    assert [block.series for block in second.measured] == [block.series for block in third.measured]
    tables = [block.series.rows for block in third.measured if "ifIndex" in block.series.family.labels]
    assert len({id(rows) for rows in tables}) == 1


def test_compiled_and_pure_codecs_measure_the_same_series(agent: Snmpd):
    async def run(codec: fast.Codec) -> set[tuple[str, tuple[tuple[str, str], ...]]]:
        profile = shipped_profiles()[ProfileName("if-mib")]
        async with SnmpSource(clock=time.monotonic, codec=codec) as source:
            await ask(source, poll_of(agent.port, profile))
            answer = await ask(source, poll_of(agent.port, profile))
        assert isinstance(answer, Answer)
        return {(s.family.name, tuple(s.labels.items())) for s in answer.samples()}

    assert asyncio.run(run(codecs.pure())) == asyncio.run(run(codecs.best()))


def test_a_wrong_community_is_silence(agent: Snmpd):
    (failure,) = outcomes(agent, Question.LIVENESS, community="wrong", timeout=0.2)
    assert isinstance(failure, Failure)
    assert failure.kind is FailureKind.TIMEOUT
    assert "wrong" not in failure.detail


def test_a_walk_is_the_same_by_getbulk_getnext_and_net_snmp(agent: Snmpd):
    root = "1.3.6.1.2.1.2.2.1.2"
    bulk = asyncio.run(walked(agent, root, Version.V2C))
    single = asyncio.run(walked(agent, root, Version.V2C, bulk=False))
    old = asyncio.run(walked(agent, root, Version.V1))
    printed = subprocess.run(
        [require("snmpwalk"), "-v2c", "-c", agent.community, "-On", "-Oq", f"127.0.0.1:{agent.port}", root],
        check=True, capture_output=True, text=True, env={"MIBS": "", "PATH": "/usr/bin"},
    )  # fmt: skip
    theirs = [line.split(" ")[0].removeprefix(".") for line in printed.stdout.splitlines()]
    assert [oids.dotted(item.oid) for item in bulk] == theirs
    assert bulk == single == old


def test_an_agent_without_bulk_is_polled_all_the_same(agent: Snmpd):
    async def run() -> Outcome:
        profile = replace(
            shipped_profiles()[ProfileName("if-mib")], quirks=Quirks(bulk=False, max_varbinds=3)
        )
        async with SnmpSource(clock=time.monotonic) as source:
            return await ask(source, poll_of(agent.port, profile))

    answer = asyncio.run(run())
    assert isinstance(answer, Answer)
    assert any(sample.family.name == "ifHCInOctets" for sample in answer.samples())


def test_a_restart_is_seen_and_the_rows_are_found_again(tmp_path: Path):
    async def run() -> tuple[Outcome, int]:
        profile = shipped_profiles()[ProfileName("if-mib")]
        async with SnmpSource(clock=time.monotonic) as source:
            with snmpd(tmp_path / "first") as first:
                poll = poll_of(first.port, profile)
                await ask(source, poll)
                before = source.stats().discoveries
                source._agents[poll.device.name].uptime.ticks = 10_000_000  # as if it had been up for a day
                restarted = await ask(source, poll)
                return restarted, source.stats().discoveries - before

    (tmp_path / "first").mkdir()
    answer, discoveries = asyncio.run(run())
    assert isinstance(answer, Answer)
    assert answer.rebooted
    assert discoveries == 1
