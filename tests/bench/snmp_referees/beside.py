"""Another library doing the same polls: `python beside.py gufo|pysnmp PORT DEVICES SECONDS`.

One GET of three scalars and GETs of twelve columns for four interfaces at a time, of 8 interfaces, every device again as soon
as it has answered. Prints one JSON line with the CPU microseconds of this process per device-poll.
"""

import asyncio
import importlib
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address
from typing import Any

IF_TABLE, IF_X_TABLE = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
SCALARS = ["1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.2.1.0"]
COLUMNS = [f"{IF_TABLE}.{n}" for n in (7, 8, 13, 14, 19, 20)] + [
    f"{IF_X_TABLE}.{n}" for n in (1, 6, 7, 10, 11, 15)
]
QUESTIONS = [SCALARS] + [
    [f"{column}.{row}" for row in range(first, first + 4) for column in COLUMNS] for first in (1, 5)
]
Ask = Callable[[list[str]], Awaitable[int]]


def host(number: int) -> str:
    """The agent that the other clients give this number."""
    return str(IPv4Address(0x7F000000 | (number // 250) % 250 << 8 | (1 + number % 250)))


async def gufo(port: int, number: int) -> Ask:
    """A session of gufo-snmp."""
    library: Any = importlib.import_module("gufo.snmp.aio")
    session = library.SnmpSession(host(number), port=port, community="public")

    async def ask(oids: list[str]) -> int:
        return len(await session.get_many(oids))

    return ask


async def pysnmp(port: int, number: int) -> Ask:
    """pysnmp's high-level API, with one engine for all."""
    library: Any = importlib.import_module("pysnmp.hlapi.v3arch.asyncio")
    engine = ENGINES.get("one") or ENGINES.setdefault("one", library.SnmpEngine())
    target = await library.UdpTransportTarget.create((host(number), port))
    community, context = library.CommunityData("public"), library.ContextData()

    async def ask(oids: list[str]) -> int:
        asked = [library.ObjectType(library.ObjectIdentity(oid)) for oid in oids]
        error, status, _, found = await library.get_cmd(
            engine, community, target, context, *asked, lookupMib=False
        )
        if error or status:
            raise RuntimeError(error or status)
        return len(found)

    return ask


ENGINES: dict[str, object] = {}


async def main() -> None:
    library = {"gufo": gufo, "pysnmp": pysnmp}[sys.argv[1]]
    port, devices, seconds = int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    asks = [await library(port, number) for number in range(devices)]
    polls = 0

    async def poll(ask: Ask, until: float) -> None:
        nonlocal polls
        while time.monotonic() < until:
            for oids in QUESTIONS:
                if await ask(oids) != len(oids):
                    raise RuntimeError("an answer is short")
            polls += 1

    await asyncio.gather(*(poll(ask, time.monotonic()) for ask in asks))
    for ask in asks[:1]:
        await poll(ask, time.monotonic() + 0.2)
    polls, before = 0, resource.getrusage(resource.RUSAGE_SELF)
    await asyncio.gather(*(poll(ask, time.monotonic() + seconds) for ask in asks))
    after = resource.getrusage(resource.RUSAGE_SELF)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(json.dumps({"cpu_us": round(cpu * 1e6 / max(polls, 1), 1), "polls": polls}))


if __name__ == "__main__":
    asyncio.run(main())
