"""A site loses its mains, then everything: the running service says that it was the power."""

from pathlib import Path

import pytest

from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, Simulator, eventually, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(150)]

DEVICES = 40


def test_a_site_that_went_dark_on_battery_had_no_power(tmp_path: Path):
    config = one_district(tmp_path)
    with Simulator(config, tmp_path).running() as simulator:
        service = Service(config, tmp_path, simulator.port, free_port())
        with service.running():
            service.wait_for_all(DEVICES)
            simulator.act("mains_off", site="dc-2")
            eventually(
                "the UPS on battery",
                lambda: sum(service.series("/metrics/devices", "citynoc_ups_on_battery").values()) == 1,
            )
            simulator.act("power_off", site="dc-2")
            eventually(
                "the outage and its reason",
                lambda: (
                    service.series("/metrics/state", "citynoc_outage_on_battery")
                    == {'{outage="site:dc-2"}': 1}
                ),
            )
