"""Tables whose rows come and go: a question whether there are any, and a walk only if there may be."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from collector.model import ProfileName, SnmpVersion
from collector.outcome import Answer
from collector.profile import Profile, Reading, Table
from collector.snmp import ber
from collector.snmp.ber import Message, Pdu
from collector.snmp.errors import ErrorStatus
from collector.sources.snmp import SnmpSource
from tests.integration.snmp.hostile import IF_TABLE, SYS_UPTIME, Agent, agent, found_in, mib, reply
from tests.integration.snmp_polls import ask, poll_of

pytestmark = pytest.mark.integration

METRIC = "ifOperStatus"
PROFILE = Profile(
    ProfileName("calls"),
    scalars=(Reading("sysUpTime", SYS_UPTIME),),
    tables=(
        Table(
            "calls",
            (*IF_TABLE, 1),
            (("ifIndex", None),),
            (Reading(METRIC, (*IF_TABLE, 8)),),
            volatile=True,
        ),
    ),
)


class Calls:
    """An agent's behaviour: as many rows as there are calls; it may keep silent to some questions."""

    def __init__(self) -> None:
        self.rows = 0
        self.silent_to: set[int] = set()

    def __call__(self, _: Agent, request: Message) -> list[bytes]:
        if request.pdu in self.silent_to:
            return []
        pdu = Pdu.GET if request.pdu == Pdu.GET else Pdu.GET_NEXT
        found = [found_in(mib(self.rows), pdu, item.oid) for item in request.varbinds]
        if request.pdu == Pdu.GET_BULK and found and not found[0].absent:  # a short answer is a legal one
            found = found[:1]
        if request.version == ber.Version.V1 and any(item.absent for item in found):
            return [ber.encode(reply(request, list(request.varbinds), ErrorStatus.NO_SUCH_NAME, 1))]
        return [ber.encode(reply(request, found))]


def polled(
    calls: Calls, rows: Sequence[int], version: SnmpVersion = SnmpVersion.V2C
) -> tuple[list[int], list[list[int]]]:
    """For each poll with so many rows: how many had values, and what kinds of questions it took."""

    async def run() -> tuple[list[int], list[list[int]]]:
        with agent(calls) as device:
            async with SnmpSource(clock=time.monotonic) as source:
                seen, kinds = [], []
                for count in rows:
                    calls.rows, before = count, len(device.questions)
                    outcome = await ask(source, poll_of(device.port, PROFILE, version=version, timeout=0.5))
                    assert isinstance(outcome, Answer), outcome
                    seen.append(sum(sample.family.name == METRIC for sample in outcome.samples()))
                    kinds.append([question.pdu for question in device.questions[before:]])
                return seen, kinds

    return asyncio.run(run())


@pytest.mark.parametrize("version", [SnmpVersion.V1, SnmpVersion.V2C])
def test_rows_that_come_are_read_and_are_gone_when_they_go(version: SnmpVersion):
    seen, _ = polled(Calls(), [0, 2, 3, 0, 0, 1], version)
    assert seen == [0, 2, 3, 0, 0, 1]


def test_an_empty_table_costs_one_small_question():
    _, kinds = polled(Calls(), [0, 0, 0])
    assert kinds[1:] == [[Pdu.GET, Pdu.GET_NEXT]] * 2


def test_an_agent_without_getnext_is_walked_all_the_same():
    calls = Calls()
    calls.silent_to = {Pdu.GET_NEXT}
    seen, kinds = polled(calls, [0, 2])
    assert seen == [0, 2]
    assert Pdu.GET_NEXT in kinds[1]
