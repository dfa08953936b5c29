"""What an endpoint's telemetry costs: `python -m tests.bench.conference`.

CPU a message through real mosquitto, from the socket to typed values, beside the bare client library that does nothing
with it (the harness is that of `tests.bench.mqtt`); and what grading a call adds to each message.
"""

import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from collector.conference.grader import Grader
from collector.config.quality import read_quality
from collector.metrics import conference
from collector.model import Device
from collector.outcome import Answer, Measured, SeriesSet
from tests.bench.figures import figure
from tests.bench.mqtt import ENDPOINTS, FLOOD, RUNS, endpoints, run

ROLES = ("citynoc", "aiomqtt", "paho")
AFFORDABLE = 500
"""Microseconds: at 2,000 messages a second they fill one core."""
GRADED = 20_000
DIRECTIONS = (("rx", "all"), ("tx", "all"))


def main() -> None:
    """Interleaved runs, medians."""
    costs: dict[str, list[float]] = {role: [] for role in ROLES}
    for _ in range(RUNS):
        for role in ROLES:
            taken = run(role, FLOOD, 0)
            costs[role].append(taken.cpu / taken.received * 1e6)
    ours, bare, library = (statistics.median(costs[role]) for role in ROLES)
    print(f"CPU a message: citynoc {ours:.0f} µs, bare aiomqtt {bare:.0f} µs, bare paho {library:.0f} µs")
    figure("conference_message_cpu_us", ours, "us", "<=", AFFORDABLE)
    figure("conference_message_cpu_ratio", ours / bare, "x", "<=", 3)
    figure("conference_grading_us", statistics.median(grading() for _ in range(RUNS)), "us", "<=", 20)


def grading() -> float:
    """Microseconds of CPU that grading adds to a message in a call, over all endpoints of the city."""
    config = Path("config")
    quality, _ = read_quality(config / "quality.yml", config)
    grader = Grader(quality.standard)
    work = [(device, answers(device)) for device in endpoints()]
    began = time.process_time()
    for number in range(GRADED):
        device, said = work[number % ENDPOINTS]
        grader.graded(device, said[number // ENDPOINTS % len(said)], number / 60)
    return (time.process_time() - began) / GRADED * 1e6


def answers(device: Device) -> Sequence[Answer]:
    """What an endpoint says in a call that is good now and bad then."""
    identity = (device.name, device.site, device.district, device.role.value)
    in_call = SeriesSet(conference.IN_CALL, [identity])
    loss, jitter = (
        SeriesSet(family, [(*identity, *row) for row in DIRECTIONS])
        for family in (conference.PACKET_LOSS, conference.JITTER)
    )
    latency = SeriesSet(conference.LATENCY, [(*identity, *DIRECTIONS[0])])
    return [
        Answer(
            (
                Measured(in_call, (1,)),
                Measured(loss, (share, share / 2)),
                Measured(jitter, (0.012, 0.008)),
                Measured(latency, (0.041,)),
            )
        )
        for share in (0.001, 0.02, 0.05, 0.001)
    ]


if __name__ == "__main__":
    main()
