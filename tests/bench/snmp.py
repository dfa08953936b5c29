"""CPU of a device-poll against the same work in C: `python -m tests.bench.snmp [--runs N] [--quick]`.

Both sides poll the same agents (a responder in C on its own core); runs are interleaved in random order and their
medians compared, in CPU time of the client, so that a busy machine blurs rather than bends. Measured from socket to
typed values through the real source. The scale figure polls 50,000 agents once, which takes minutes.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench.figures import figure
from tests.binaries import require
from tests.integration.prometheus import free_port as tcp_port
from tests.integration.snmpd import free_port

REFEREES = Path(__file__).parent / "snmp_referees"
CITY, MANY = 1_158, 50_000
RATE = 1_500  # polls a second while devices are counted up
PER = 4  # interfaces in one question of the C client: as many objects as the engine asks at once


@dataclass(frozen=True)
class Farm:
    """A running responder: ports by what their agents do."""

    folder: Path
    small: int
    large: int
    dead20: int


@contextmanager
def farm() -> Iterator[Farm]:
    """Build the referees and run the responder on the last core."""
    compiler = require("gcc")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for program in ("responder", "cpoll"):
            source = REFEREES / f"{program}.c"
            subprocess.run([compiler, "-O2", "-w", "-o", folder / program, source], check=True)
        small, large, dead20 = free_port(), free_port(), free_port()
        command = pinned(-1, str(folder / "responder"), f"{small}:8", f"{large}:64", f"{dead20}:8:dead20")
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            try:
                yield Farm(folder, small, large, dead20)
            finally:
                process.terminate()


def pinned(core: int, *command: str) -> list[str]:
    """The command on one core, counted from the end if negative; as it is where there is but one."""
    cores = sorted(os.sched_getaffinity(0))
    return ["taskset", "-c", str(cores[core]), *command] if len(cores) > 1 else list(command)


def result_of(command: list[str]) -> dict[str, float]:
    """The JSON line that a client prints."""
    run = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": "."}
    )
    return dict(json.loads(run.stdout))


def in_c(field: Farm, port: int, interfaces: int, seconds: float) -> float:
    """CPU microseconds a poll of the C client."""
    program = str(field.folder / "cpoll")
    return result_of(pinned(0, program, str(port), str(interfaces), "100", str(seconds), str(PER)))["cpu_us"]


def ours(port: int, codec: str, seconds: float, devices: int = 100, pace: float = 0.0) -> float:
    """CPU microseconds a poll of the engine."""
    worker = [
        sys.executable,
        str(REFEREES / "worker.py"),
        str(port),
        "-",
        str(devices),
        str(seconds),
        codec,
        str(pace),
    ]
    found = result_of(pinned(0, *worker))
    print(f"  {codec} port {port}: {found}", file=sys.stderr)
    return found["cpu_us"]


def exporter(port: int, polls: int = 300) -> float:
    """CPU microseconds that snmp_exporter takes for a scrape of `if_mib`, from /proc; it walks the whole tables."""
    listen = f"127.0.0.1:{tcp_port()}"
    module = REFEREES.parent.parent / "integration" / "snmp" / "oracle_if_mib.yml"
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "snmp.yml"
        config.write_text(module.read_text().replace("community: example", "community: public"))
        command = pinned(
            0,
            require("prometheus-snmp-exporter"),
            f"--config.file={config}",
            f"--web.listen-address={listen}",
        )
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
            try:
                assert process.stderr is not None
                assert any("address=" in line for line in process.stderr), "snmp_exporter ended"
                scrape(listen, port, 20)
                before = cpu_of(process.pid)
                scrape(listen, port, polls)
                return (cpu_of(process.pid) - before) * 1e6 / polls
            finally:
                process.terminate()
                process.communicate()


def scrape(listen: str, port: int, times: int) -> None:
    """Ask snmp_exporter for the agents one after the other."""
    for number in range(times):
        target = f"127.0.0.{1 + number % 100}:{port}"
        with urllib.request.urlopen(f"http://{listen}/snmp?module=if_mib&target={target}") as response:
            response.read()


def cpu_of(pid: int) -> float:
    """CPU seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def beside(python: str, library: str, port: int) -> float:
    """CPU microseconds a poll of another library, in an interpreter that has it."""
    devices = "50" if library == "gufo" else "5"
    return result_of(pinned(0, python, str(REFEREES / "beside.py"), library, str(port), devices, "3"))[
        "cpu_us"
    ]


def table(cost: dict[str, float]) -> None:
    """Microseconds and multiples of the C client, for docs/performance.md, to stderr."""
    print("| client | interfaces | CPU a device-poll | times C |\n|---|---|---|---|", file=sys.stderr)
    for name, value in cost.items():
        client, _, size = name.rpartition("_")
        print(f"| {client} | {size} | {value:.0f} µs | {value / cost[f'c_{size}']:.1f} |", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=6, help="interleaved runs of each client")
    parser.add_argument("--quick", action="store_true", help="leave out the 50,000 devices")
    parser.add_argument(
        "--beside", metavar="PYTHON", help="an interpreter with gufo-snmp and pysnmp, to measure too"
    )
    options = parser.parse_args()
    with farm() as field:
        clients: dict[str, Callable[[], float]] = {
            "c_8": partial(in_c, field, field.small, 8, 2),
            "c_64": partial(in_c, field, field.large, 64, 2),
            "python_8": partial(ours, field.small, "python", 2),
            "python_64": partial(ours, field.large, "python", 2),
            "compiled_8": partial(ours, field.small, "compiled", 2),
            "compiled_64": partial(ours, field.large, "compiled", 2),
            "dead20_8": partial(ours, field.dead20, "compiled", 2),
        }
        if options.beside:
            clients["snmp_exporter_8"] = partial(exporter, field.small)
            clients["snmp_exporter_64"] = partial(exporter, field.large, 100)
            clients["gufo-snmp_8"] = partial(beside, options.beside, "gufo", field.small)
            clients["pysnmp_8"] = partial(beside, options.beside, "pysnmp", field.small)
        taken: dict[str, list[float]] = defaultdict(list)
        for _ in range(options.runs):
            for name in random.sample(sorted(clients), len(clients)):
                taken[name].append(clients[name]())
        cost = {name: statistics.median(values) for name, values in taken.items()}
        table({name: cost[name] for name in clients})
        for codec, limit in (("python", 12), ("compiled", 4)):
            for size in ("8", "64"):
                ratio = cost[f"{codec}_{size}"] / cost[f"c_{size}"]
                figure(f"snmp_cpu_ratio_{codec}_{size}", ratio, "ratio", "<=", limit)
        figure("snmp_dead20_slowdown", cost["dead20_8"] / cost["compiled_8"], "ratio", "<=", 1.1)
        if not options.quick:
            city = [ours(field.small, "compiled", 10, CITY, CITY / RATE) for _ in range(2)]
            many = ours(field.small, "compiled", 20, MANY, MANY / RATE)
            city.append(ours(field.small, "compiled", 10, CITY, CITY / RATE))
            figure("snmp_scale_cost_ratio", many / statistics.median(city), "ratio", "<=", 1.2)


if __name__ == "__main__":
    main()
