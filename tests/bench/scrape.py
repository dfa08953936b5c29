"""What a scrape of a million device samples costs: `python -m tests.bench.scrape`.

The samples are held as the SNMP source holds them: one series set a device and family, kept from poll to poll,
with row labels shared by the families of a table. Beside it, prometheus_client renders the same samples from a
custom collector (a tenth of them, times ten: it is slow).
"""

import argparse
import gc
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from collector.metrics import CATALOG, IDENTITY, Family, Kind
from collector.metrics.ietf import INTERFACE
from collector.model import DeviceName
from collector.outcome import Answer, Measured, Rows, SeriesSet
from collector.plan import PollKey, Question
from exporters.exposition import DeviceExposition
from tests.bench.figures import figure

INTERFACES = 8
TABLE = [family for family in CATALOG.values() if family.labels == INTERFACE][:12]
SCALARS = [CATALOG["sysUpTime"], CATALOG["ifNumber"], CATALOG["citynoc_device_uptime_seconds"]]
PER_DEVICE = INTERFACES * len(TABLE) + len(SCALARS)
YARDSTICK_PART = 10
RUNS = 5


def series(number: int) -> list[SeriesSet]:
    """The series of one device, as a commune's router has them."""
    identity = (f"rt-{number:05}", f"{number:05}", f"{number % 30:03}", "router")
    itself = Rows(IDENTITY, [identity])
    interfaces = Rows(
        INTERFACE,
        [
            (*identity, f"uplink {n} of {number}", f"GigabitEthernet0/0/{n}", str(n), f"Gi0/0/{n}")
            for n in range(1, INTERFACES + 1)
        ],
    )
    return [
        *(SeriesSet(family, itself) for family in SCALARS),
        *(SeriesSet(family, interfaces) for family in TABLE),
    ]


def poll(sets: list[SeriesSet], turn: int) -> Answer:
    """Values of realistic length: 64-bit counters."""
    return Answer(
        tuple(
            Measured(one, tuple(812_345_678_901 + turn * 1_000 + n for n in range(len(one)))) for one in sets
        )
    )


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def highest_mb() -> float:
    """The most that the process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


class Yardstick(Collector):
    """The same samples through prometheus_client, by the way that its documentation shows."""

    def __init__(self, answers: list[Answer]) -> None:
        self._families: dict[Family, list[Measured]] = defaultdict(list)
        for answer in answers:
            for block in answer.measured:
                self._families[block.series.family].append(block)

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        for family, blocks in self._families.items():
            make = CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily
            metric = make(family.name, family.help, labels=family.labels)
            for block in blocks:
                for row, value in zip(block.series.labels, block.values, strict=True):
                    metric.add_metric(row, value)
            yield metric


def cpu_of(work: Callable[[], Iterable[bytes]]) -> tuple[float, int]:
    """CPU seconds of taking every slice, and the bytes taken."""
    gc.collect()
    before = time.process_time()
    size = 0
    for part in work():
        size += len(part)
    return time.process_time() - before, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    samples = parser.parse_args().samples
    devices = samples // PER_DEVICE + 1
    gc.collect()
    empty = resident_mb()
    kept = [series(number) for number in range(devices)]
    exposition = DeviceExposition()
    for turn in (1, 2):  # the second round is what the process looks like ever after
        for number, sets in enumerate(kept):
            key = PollKey(DeviceName(f"rt-{number:05}"), Question.POLL)
            exposition.put(key, poll(sets, turn), expires=1e9)
    cpu_of(lambda: exposition.render(0))
    memory = highest_mb() - empty
    yardstick = Yardstick([poll(sets, 1) for sets in kept[: devices // YARDSTICK_PART]])
    registry = CollectorRegistry(auto_describe=False)
    registry.register(yardstick)
    ours, theirs, size = [], [], 0
    for turn in range(RUNS):
        seconds, size = cpu_of(lambda: exposition.render(0))
        ours.append(seconds * 1e6 / exposition.series)
        if turn < 3:
            seconds, _ = cpu_of(lambda: [generate_latest(registry)])
            theirs.append(seconds * YARDSTICK_PART * 1e6 / exposition.series)
    cpu = statistics.median(ours)
    print(f"# {exposition.series} series of {devices} devices, {size / 1e6:.0f} MB of text")
    print(f"# prometheus_client, the same samples: {statistics.median(theirs):.1f} s")
    figure("scrape_1m_cpu_s", cpu, "s", "<=", 0.15)
    figure("scrape_1m_mb", memory, "MB", "<=", 400)


if __name__ == "__main__":
    main()
