"""What a hundred people who watch the live page cost the service: `python -m tests.bench.page_views`.

The whole city is simulated; a commune is cut and repaired all the time, so that there is always something to tell.
Viewers do what the page's script does: hold the stream, and after each change fetch the changed parts. The
service's CPU time is read from the kernel in turns with and without them; the difference is theirs.
"""

import argparse
import asyncio
import contextlib
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import aiohttp

from tests.bench.city import cpu_seconds
from tests.bench.figures import figure
from tests.integration.mosquitto import free_port
from tests.integration.service.process import ROOT, Service, Simulator

VIEWERS = 100
TURNS = 3
WINDOW = 20.0
SETTLE = 8.0
WARM_UP = 30.0
DEVICES = 1228
CUTS = ("rt-00115", "rt-00565", "rt-09616")
LATENESS = re.compile(r"^citynoc_\w*lateness\w*(?:\{.*\})? (\S+)$", re.MULTILINE)


async def viewer(client: aiohttp.ClientSession) -> None:
    """One person's browser."""
    async with client.get("/", headers={"Accept": "text/html"}) as response:
        page = await response.text()
    number = page.partition('data-number="')[2].partition('"')[0]
    async with client.get("/api/v1/stream", params={"since": number}) as stream:
        async for line in stream.content:
            if line.startswith((b"event: change", b"event: snapshot")):
                await asyncio.sleep(0.05 + 0.35 * random.random())  # noqa: S311 - viewers spread, as the page's script does
                async with client.get("/?part=live", headers={"Accept": "text/html"}) as part:
                    await part.read()


async def watch(url: str, viewers: int) -> None:
    async with (
        aiohttp.ClientSession(
            url, connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=None)
        ) as client,
        asyncio.TaskGroup() as group,
    ):
        for _ in range(viewers):
            group.create_task(viewer(client))


@contextlib.contextmanager
def watching(service: Service, viewers: int) -> Iterator[None]:
    """That many viewers, in a process of their own."""
    command = [sys.executable, "-m", "tests.bench.page_views", "--watch", f"http://127.0.0.1:{service.port}"]
    with subprocess.Popen([*command, "--viewers", str(viewers)], cwd=ROOT) as process:
        try:
            yield
            if process.poll() is not None:
                sys.exit("the viewers ended by themselves")
        finally:
            process.kill()


def share(pid: int, simulator: Simulator, window: float) -> float:
    """CPU seconds a second, while communes are cut and repaired."""
    began, before = time.monotonic(), cpu_seconds(pid)
    for turn in range(int(window / 5)):
        simulator.act(("cut", "repair")[turn % 2], device=CUTS[turn // 2 % len(CUTS)])
        time.sleep(max(0.0, began + 5 * (turn + 1) - time.monotonic()))
    spent = (cpu_seconds(pid) - before) / (time.monotonic() - began)
    for device in CUTS:
        simulator.act("repair", device=device)
    return spent


def lateness(service: Service) -> str:
    found = LATENESS.search(service.get("/metrics"))
    return found[1] if found else "?"


def measure(viewers: int, turns: int, window: float) -> None:
    with tempfile.TemporaryDirectory(prefix="citynoc-") as temporary:
        folder = Path(temporary)
        config = folder / "config"
        shutil.copytree(ROOT / "config", config)
        core = config / "core.yml"
        core.write_text(core.read_text().replace(":1180/", f":{free_port()}/"))
        with Simulator(config, folder).running() as simulator:
            service = Service(config, folder, simulator.port, free_port())
            with service.running() as child:
                service.wait_for_all(DEVICES)
                time.sleep(WARM_UP)
                without, watched = [], []
                for turn in range(turns):
                    without.append(share(child.pid, simulator, window))
                    with watching(service, viewers):
                        time.sleep(SETTLE)
                        watched.append(share(child.pid, simulator, window))
                        late = lateness(service)
                    print(
                        f"  turn {turn + 1}: {without[-1]:.3f} cores alone, {watched[-1]:.3f} with {viewers} viewers; "
                        f"polls at most {late} s late",
                        file=sys.stderr,
                    )
                    time.sleep(SETTLE)
    cost = statistics.median(watched) - statistics.median(without)
    figure("viewers_100_cpu_share", max(0.0, cost), "ratio", "<=", 0.05)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--viewers", type=int, default=VIEWERS)
    parser.add_argument("--turns", type=int, default=TURNS)
    parser.add_argument("--window", type=float, default=WINDOW)
    parser.add_argument("--watch", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.watch:
        asyncio.run(watch(args.watch, args.viewers))
    else:
        measure(args.viewers, args.turns, args.window)


if __name__ == "__main__":
    os.environ.setdefault("CITYNOC_SNMP_COMMUNITY", "bench")
    main()
