"""How long an operator waits for the configuration: `python -m tests.bench.config`.

The shipped example as `run` loads it, and a city of 50,000 devices as `check` does: load, check and plan. Medians of
runs in this process, after one that warms the imports up; wall time, as a person waits.
"""

import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

from citynoc.importer.communes import Commune
from citynoc.importer.folder import write
from citynoc.importer.layout import lay_out
from citynoc.importer.pages import files_of
from collector.config import load
from collector.model import DeviceName
from collector.plan import build, diff
from tests.bench.figures import figure

EXAMPLE = Path(__file__).parents[2] / "config"
SECRETS = {**os.environ, "CITYNOC_SNMP_COMMUNITY": "bench"}
DISTRICTS = 120
COMMUNES = 208  # of a district: 120 * (2 * 208 + 2) = 50,160 devices and the core's ten


def main() -> None:
    figure("config_load_s", median(lambda: load(EXAMPLE, SECRETS), 7), "s", "<=", 1.5)
    figure("reload_touched_devices", touched(), "devices", "==", 1)
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder) / "config"
        large_city(large)
        loaded = checked(large)
        print(f"{loaded} devices", file=sys.stderr)
        figure("config_check_50k_s", median(lambda: checked(large), 3), "s", "<=", 60)


def touched() -> int:
    """Devices whose questions a reload renews or changes when one device of the example has another address."""
    old, new = load(EXAMPLE, SECRETS), load(EXAMPLE, SECRETS)
    name = DeviceName("rt-00115")
    devices = dict(new.inventory.devices)
    devices[name] = replace(devices[name], address=ip_address("127.99.9.9"))
    inventory = replace(new.inventory, devices=devices)
    change = diff(build(old.inventory, old.profiles), build(inventory, new.profiles))
    return len({poll.device.name for poll in (*change.added, *change.changed, *change.renewed)})


def checked(directory: Path) -> int:
    configuration = load(directory, SECRETS)
    build(configuration.inventory, configuration.profiles)
    return len(configuration.inventory.devices)


def median(work: Callable[[], object], runs: int) -> float:
    work()
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def large_city(directory: Path) -> None:
    communes = [
        Commune(
            f"{district * COMMUNES + number:05}",
            f"Xã {number}",
            f"{district:03}",
            f"Huyện {district}",
            f"{20 + district / 100 + number / 10_000:.5f}",
            f"{105 + number / 1_000:.5f}",
            1000 + number,
            f"{district * COMMUNES + number:05}",
            f"{district * COMMUNES:05}",
        )
        for district in range(1, DISTRICTS + 1)
        for number in range(1, COMMUNES + 1)
    ]
    write(directory, files_of(lay_out(communes), "Bench"))
    for kind in ("profiles", "telemetry"):
        shutil.copytree(EXAMPLE / kind, directory / kind)


if __name__ == "__main__":
    main()
