"""Many devices met at once: their rows are looked for a few at a time, and nobody is blamed for having to wait."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from collector.model import ProfileName
from collector.outcome import Answer, Failure, FailureKind, Outcome
from collector.plan import Poll
from collector.snmp import ber
from collector.snmp.ber import Message
from collector.sources.snmp import SnmpSource
from tests.integration.snmp.hostile import Agent, agent, good
from tests.integration.snmp_polls import ask, poll_of, shipped_profiles

pytestmark = pytest.mark.integration

PATIENT = 20.0


def silent(_: Agent, __: Message) -> list[bytes]:
    return []


def honest(_: Agent, request: Message) -> list[bytes]:
    return [ber.encode(good(request))]


def polls(port: int, names: Sequence[str], timeout: float, interval: float) -> list[Poll]:
    profile = shipped_profiles()[ProfileName("if-mib")]
    made = [poll_of(port, profile, name=name, timeout=timeout) for name in names]
    return [replace(poll, access=replace(poll.access, poll_interval=interval)) for poll in made]


def test_a_device_waits_for_its_turn_and_is_answered():
    async def run() -> None:
        with agent(silent) as dead, agent(honest) as living:
            async with SnmpSource(clock=time.monotonic, discoveries_at_once=2) as source:
                holding = [
                    asyncio.ensure_future(ask(source, poll))
                    for poll in polls(dead.port, ["a", "b"], 1, PATIENT)
                ]
                await asyncio.sleep(0.1)
                names = [f"rt-{number}" for number in range(7)]
                waiting = asyncio.gather(
                    *(ask(source, poll) for poll in polls(living.port, names, PATIENT, PATIENT))
                )
                await asyncio.sleep(0.3)
                assert source.discoveries == 2
                assert not living.questions
                assert all(isinstance(outcome, Answer) for outcome in await waiting)
                assert all(isinstance(outcome, Failure) for outcome in await asyncio.gather(*holding))
                assert source.discoveries == 9

    asyncio.run(run())


def test_who_waits_longer_than_an_interval_is_told_that_it_was_us_and_comes_next_time():
    async def run() -> tuple[Outcome, Outcome]:
        with agent(silent) as dead, agent(honest) as living:
            async with SnmpSource(clock=time.monotonic, discoveries_at_once=1) as source:
                (holds,) = polls(dead.port, ["a"], PATIENT, 0.6)
                (waits,) = polls(living.port, ["rt"], PATIENT, 0.2)
                holding = asyncio.ensure_future(ask(source, holds))
                await asyncio.sleep(0)
                first = await ask(source, waits)
                assert isinstance(await holding, Failure)
                return first, await ask(
                    source, replace(waits, access=replace(waits.access, poll_interval=PATIENT))
                )

    first, second = asyncio.run(run())
    assert isinstance(first, Failure)
    assert first.kind is FailureKind.STALLED
    assert isinstance(second, Answer)


def test_who_waits_when_the_source_closes_is_not_begun():
    async def run() -> int:
        with agent(silent) as dead:
            async with SnmpSource(clock=time.monotonic, discoveries_at_once=1) as source:
                source.ask(polls(dead.port, ["a", "b", "c"], PATIENT, PATIENT), lambda _key, _outcome: None)
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.1)
            return source.discoveries

    assert asyncio.run(run()) == 1
