"""CPU of a device-poll over v3 beside the same over v2c: `python -m tests.bench.snmp_v3 [--runs N]`.

One real snmpd plays every device; runs of all levels are interleaved in random order and their medians compared, in CPU
time of this process, from socket to typed values through the real source. Engines and rows are found before the clock
starts.
"""

import argparse
import asyncio
import gc
import random
import resource
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from collector.model import ProfileName, Secret, SnmpV3User
from collector.outcome import Answer, Outcome
from collector.plan import Poll, PollKey
from collector.snmp import codec as codecs
from collector.sources.snmp import SnmpSource
from tests.bench.figures import figure
from tests.integration.snmp_polls import poll_of, shipped_profiles
from tests.integration.snmpd import snmpd

DEVICES, POLLS = 20, 400
WARM_UP = 3  # polls of every device: discovery, settling, one more
KEY = Secret("a-passphrase")
LEVELS: dict[str, SnmpV3User | None] = {
    "v2c": None,
    "noauth": SnmpV3User("noauth"),
    "auth_sha256": SnmpV3User("auth_sha256", "sha256", KEY),
    "priv_sha_aes128": SnmpV3User("priv_sha_aes128", "sha", KEY, "aes128", KEY),
    "priv_sha512_aes256": SnmpV3User("priv_sha512_aes256", "sha512", KEY, "aes256", KEY),
    "priv_md5_des": SnmpV3User("priv_md5_des", "md5", KEY, "des", KEY),
}
USERS = """
createUser noauth
rouser noauth noauth
createUser auth_sha256 SHA-256 a-passphrase
rouser auth_sha256 auth
createUser priv_sha_aes128 SHA a-passphrase AES a-passphrase
rouser priv_sha_aes128 priv
createUser priv_sha512_aes256 SHA-512 a-passphrase AES-256 a-passphrase
rouser priv_sha512_aes256 priv
createUser priv_md5_des MD5 a-passphrase DES a-passphrase
rouser priv_md5_des priv
"""


async def rounds(source: SnmpSource, polls: list[Poll], count: int) -> int:
    """Poll until so many polls have ended, a few at a time; values of the last one."""
    left = len(polls)
    begun = count
    values = 0
    done = asyncio.Event()
    by_key = {poll.key: poll for poll in polls}

    def deliver(key: PollKey, outcome: Outcome) -> None:
        nonlocal left, begun, values
        assert isinstance(outcome, Answer), outcome
        values = sum(len(block.values) for block in outcome.measured)
        if begun > len(polls):
            begun -= 1
            source.ask([by_key[key]], deliver)
            return
        left -= 1
        if not left:
            done.set()

    source.ask(polls, deliver)
    await done.wait()
    return values


async def cost(port: int, level: str) -> float:
    """CPU microseconds a poll."""
    profile = shipped_profiles()[ProfileName("if-mib")]
    polls = [
        poll_of(port, profile, name=f"rt-{number:05}", v3=LEVELS[level], timeout=5.0)
        for number in range(DEVICES)
    ]
    async with SnmpSource(clock=time.monotonic, codec=codecs.best()) as source:
        await rounds(source, polls, DEVICES * WARM_UP)
        gc.collect()
        before = resource.getrusage(resource.RUSAGE_SELF)
        values = await rounds(source, polls, POLLS)
        after = resource.getrusage(resource.RUSAGE_SELF)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"  {level}: {used / POLLS * 1e6:.0f} us, {values} values", file=sys.stderr)
    return used / POLLS * 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="interleaved runs of each level")
    options = parser.parse_args()
    taken: dict[str, list[float]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory() as folder,
        snmpd(Path(folder) / "agent", extra=USERS) as agent,
    ):
        for _ in range(options.runs):
            for level in random.sample(sorted(LEVELS), len(LEVELS)):
                taken[level].append(asyncio.run(cost(agent.port, level)))
    medians = {level: statistics.median(values) for level, values in taken.items()}
    print(f"microseconds of CPU a device-poll: {medians}", file=sys.stderr)
    for level, limit in (
        ("noauth", 3),
        ("auth_sha256", 3),
        ("priv_sha_aes128", 4),
        ("priv_sha512_aes256", 4),
    ):
        figure(f"snmp_v3_cpu_ratio_{level}", medians[level] / medians["v2c"], "ratio", "<=", limit)
    figure("snmp_v3_cpu_us_priv_sha_aes128", medians["priv_sha_aes128"], "us", "<=", 1000)
    figure("snmp_v3_cpu_us_priv_md5_des", medians["priv_md5_des"], "us", "<=", 1000)


if __name__ == "__main__":
    main()
