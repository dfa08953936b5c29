"""One measured run of the real SNMP source: `python worker.py PORT INTERFACES DEVICES SECONDS CODEC [PACE]`.

Polls DEVICES agents at 127.x.y.z, each again as soon as it has answered (or every PACE seconds), and prints one JSON
line: CPU microseconds of this process per device-poll, from socket to typed values. Rows are discovered before the
clock starts.
"""

import asyncio
import gc
import json
import resource
import statistics
import sys
import time
from ipaddress import IPv4Address

from collector.model import (
    Credential,
    CredentialName,
    Device,
    DeviceName,
    DistrictCode,
    ProfileName,
    Role,
    Secret,
    SiteCode,
    SnmpAccess,
    SnmpVersion,
)
from collector.outcome import Answer, Outcome
from collector.plan import Poll, PollKey, Question
from collector.profile import Profile, Reading, Table
from collector.snmp import codec as codecs
from collector.snmp import fast
from collector.sources.snmp import SnmpSource

IF_TABLE = (1, 3, 6, 1, 2, 1, 2, 2, 1)
IF_X_TABLE = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1)
# The same twelve columns and three scalars that the referee in C asks.
COLUMNS = (
    ("ifAdminStatus", (*IF_TABLE, 7)),
    ("ifOperStatus", (*IF_TABLE, 8)),
    ("ifInDiscards", (*IF_TABLE, 13)),
    ("ifInErrors", (*IF_TABLE, 14)),
    ("ifOutDiscards", (*IF_TABLE, 19)),
    ("ifOutErrors", (*IF_TABLE, 20)),
    ("ifHCInOctets", (*IF_X_TABLE, 6)),
    ("ifHCInUcastPkts", (*IF_X_TABLE, 7)),
    ("ifHCOutOctets", (*IF_X_TABLE, 10)),
    ("ifHCOutUcastPkts", (*IF_X_TABLE, 11)),
    ("ifHighSpeed", (*IF_X_TABLE, 15)),
    ("ifMtu", (*IF_TABLE, 4)),
)
PROFILE = Profile(
    ProfileName("bench"),
    scalars=(
        Reading("sysUpTime", (1, 3, 6, 1, 2, 1, 1, 3, 0)),
        Reading("ifNumber", (1, 3, 6, 1, 2, 1, 2, 1, 0)),
        Reading("citynoc_device_sessions", (1, 3, 6, 1, 2, 1, 1, 7, 0)),
    ),
    tables=(
        Table(
            "interfaces",
            (*IF_TABLE, 1),
            (
                ("ifIndex", None),
                ("ifDescr", (*IF_TABLE, 2)),
                ("ifName", (*IF_X_TABLE, 1)),
                ("ifAlias", (*IF_X_TABLE, 18)),
            ),
            tuple(Reading(name, oid) for name, oid in COLUMNS),
        ),
    ),
    watch=((1, 3, 6, 1, 2, 1, 2, 1, 0),),
)
CREDENTIAL = Credential(CredentialName("bench"), SnmpVersion.V2C, Secret("public"))
WARM_UP = 3  # answered polls of every device before the clock starts: discovery, settling, one more


def poll_of(number: int, port: int) -> Poll:
    """The full poll of the agent that cpoll gives this number."""
    host = IPv4Address(
        0x7F000000 | (1 + number // 62_500) << 16 | (number // 250) % 250 << 8 | (1 + number % 250)
    )
    access = SnmpAccess(port, PROFILE.name, CREDENTIAL.name, 5.0, 30.0, 1.0)
    device = Device(
        DeviceName(f"rt-{number:05}"),
        SiteCode(f"{number:05}"),
        DistrictCode("001"),
        Role.ROUTER,
        host,
        snmp=access,
    )
    return Poll(device, access, Question.POLL, 30.0, 0.0, PROFILE, CREDENTIAL)


class Rounds:
    """Keeps every device asked, and counts what comes back."""

    def __init__(self, source: SnmpSource, polls: list[Poll]) -> None:
        self.source = source
        self.polls = {poll.key: poll for poll in polls}
        self.started: dict[PollKey, float] = {}
        self.latencies: list[float] = []
        self.answers = self.failures = 0
        self.last = Answer()
        self.again: list[Poll] = []
        self.running = False
        self.pace = 0.0
        self.rounds: dict[PollKey, int] = dict.fromkeys(self.polls, 0)
        self.all_warm: asyncio.Event = asyncio.Event()
        self._cold = len(polls)
        self._planned = False

    def deliver(self, key: PollKey, outcome: Outcome) -> None:
        if self._cold:
            self.rounds[key] += isinstance(outcome, Answer)
            if self.rounds[key] == WARM_UP:
                self._cold -= 1
                if not self._cold:
                    self.all_warm.set()
            if self.rounds[key] >= WARM_UP:
                return
        elif isinstance(outcome, Answer):
            self.answers += 1
            self.last = outcome
        else:
            self.failures += 1
        if self.pace:
            return
        self.again.append(self.polls[key])
        if not self._planned:
            self._planned = True
            asyncio.get_running_loop().call_soon(self.ask_again)

    def ask_again(self) -> None:
        self._planned = False
        batch, self.again = self.again, []
        if self.running:
            self.source.ask(batch, self.deliver)


async def run(port: int, devices: int, seconds: float, codec: fast.Codec, pace: float) -> dict[str, object]:
    """Warm up, measure, and say what was measured."""
    async with SnmpSource(clock=time.monotonic, codec=codec, sockets=1 if devices <= 1000 else 4) as source:
        polls = [poll_of(number, port) for number in range(devices)]
        rounds = Rounds(source, polls)
        rounds.running = True
        for at in range(0, devices, 500):
            source.ask(polls[at : at + 500], rounds.deliver)
            await asyncio.sleep(0.05 if devices > 500 else 0)
        await rounds.all_warm.wait()
        gc.collect()
        gc.freeze()
        before, wall = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        if pace:
            await paced(rounds, polls, seconds, pace)
        else:
            source.ask(polls, rounds.deliver)
            await asyncio.sleep(seconds)
        rounds.running = False
        after, wall = resource.getrusage(resource.RUSAGE_SELF), time.monotonic() - wall
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return {
            "cpu_us": round(cpu * 1e6 / max(rounds.answers, 1), 2),
            "cpu": round(cpu, 4),
            "user_us": round((after.ru_utime - before.ru_utime) * 1e6 / max(rounds.answers, 1), 2),
            "wall": round(wall, 3),
            "answers": rounds.answers,
            "failures": rounds.failures,
            "values": sum(len(block.values) for block in rounds.last.measured),
            "latency_ms": round(statistics.median(rounds.latencies) * 1e3, 3) if rounds.latencies else None,
            "rss_mb": after.ru_maxrss // 1024,
            "ignored": dict(source.stats().ignored),
            "codec": codec.name,
            "descriptors": sum(len(group) for group in source.transport._sockets.values()),
        }


async def paced(rounds: Rounds, polls: list[Poll], seconds: float, pace: float) -> None:
    """Ask every device once in `pace` seconds, in batches of 50 ms, as the scheduler does."""
    rounds.pace = pace
    loop = asyncio.get_running_loop()
    begin = loop.time()
    done = 0.0
    while done < seconds:
        due = min(loop.time() - begin, seconds)
        first, last = int(done / pace * len(polls)), int(due / pace * len(polls))
        batch = [polls[number % len(polls)] for number in range(first, last)]
        now = time.monotonic()
        rounds.started.update({poll.key: now for poll in batch})
        rounds.source.ask(batch, rounds.deliver)
        done = due
        await asyncio.sleep(0.05)
    await asyncio.sleep(3.2)


def main() -> None:
    port, _, devices, seconds, name = sys.argv[1:6]
    pace = float(sys.argv[6]) if len(sys.argv) > 6 else 0.0
    codec = codecs.pure() if name == "python" else codecs.best()
    print(json.dumps(asyncio.run(run(int(port), int(devices), float(seconds), codec, pace))))


if __name__ == "__main__":
    main()
