"""What the service costs with the whole example: `python -m tests.bench.city`.

Everything runs as in production: liveness every 5 s, full polls every 30 s, telemetry, Prometheus' scrapes. The
kernel's own account of the process is read before and after a minute and more, once the start has settled.
"""

import argparse
import asyncio
import os
import sys
import time
from pathlib import Path

from tests.bench.figures import figure
from tests.e2e.city import living_city

WARM_UP = 45.0  # one full poll of every device, and the scrapes that read it
MEASURED = 90.0  # three of them
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process (proc(5), stat fields 14 and 15)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid: int) -> float:
    """Resident memory (proc(5), VmRSS) in MB of 10⁶ bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f"/proc/{pid}/status shows no VmRSS")


async def measure(warm_up: float, measured: float) -> None:
    async with living_city() as stack:
        pid = stack.supervisor.children["citynoc"].process.pid
        await asyncio.sleep(warm_up)
        began, before = time.monotonic(), cpu_seconds(pid)
        largest = 0.0
        while time.monotonic() < began + measured:
            stack.raise_deaths()
            largest = max(largest, resident_mb(pid))
            await asyncio.sleep(1)
        share = (cpu_seconds(pid) - before) / (time.monotonic() - began)
        up = await stack.beholder.up()
        if up != stack.expected:
            sys.exit(f"the city was not whole while measured: {up}")
    figure("city_cpu_share", share, "cores", "<=", 0.06)
    figure("city_rss_mb", largest, "MB", "<=", 120)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--warm-up", type=float, default=WARM_UP)
    parser.add_argument("--measured", type=float, default=MEASURED)
    args = parser.parse_args()
    asyncio.run(measure(args.warm_up, args.measured))


if __name__ == "__main__":
    main()
