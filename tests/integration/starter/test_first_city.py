"""What `citynoc init` writes is brought up by `citynoc simulate` and `citynoc run`, as its last lines promise."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.config.workshop import ROOT
from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, Simulator, eventually

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]


def test_a_new_city_is_up_a_minute_after_its_first_file(tmp_path: Path):
    config = tmp_path / "city"
    command = [sys.executable, "-m", "citynoc", "init", str(config), "--yes", "--sites", "4"]
    subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
    simulator = Simulator(config, tmp_path)
    service = Service(config, tmp_path, simulator.port, free_port())
    with simulator.running(), service.running():
        service.wait_for_all(3 + 2 * 4)
        simulator.act("cut", device="rt-site-2")
        eventually("the cut site is an outage", lambda: "device:rt-site-2" in outages(service))
        assert outages(service) == ["device:rt-site-2"]
        assert "Site 2" in service.get("/api/v1/sites")


def outages(service: Service) -> list[str]:
    """Ids of the outages that are on."""
    series = service.series("/metrics/state", "citynoc_outage_active")
    return [labels.split('outage="')[1].partition('"')[0] for labels, value in series.items() if value == 1]
