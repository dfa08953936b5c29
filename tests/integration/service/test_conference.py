"""Calls in the running service: bridges count them, they are graded, and another quality.yml counts after a reload."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, Simulator, eventually, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(150)]

DEVICES, ENDPOINTS = 40, 14
QUALITY = "citynoc_conference_quality"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[tuple[Simulator, Service]]:
    config = one_district(tmp_path)
    with Simulator(config, tmp_path).running() as simulator:
        yield simulator, Service(config, tmp_path, simulator.port, free_port())


def test_a_call_from_its_first_ports_to_its_last_grade(city: tuple[Simulator, Service]):
    simulator, service = city

    def bridge(what: str) -> dict[str, float]:
        found = service.series("/metrics/devices", f"citynoc_bridge_{what}")
        return {re.findall(r'device="(.+?)"', labels)[0]: value for labels, value in found.items()}

    def grades() -> set[float]:
        return set(service.series("/metrics/devices", QUALITY).values())

    def number(metric: str) -> int:
        return len(service.series("/metrics/devices", metric))

    with service.running():
        service.wait_for_all(DEVICES)
        eventually("the bridges' counts", lambda: bridge("registrations") == {"mcu-1": ENDPOINTS, "mcu-2": 0})
        assert bridge("ports_used") == {"mcu-1": 0, "mcu-2": 0}
        assert bridge("ports_capacity") == {"mcu-1": 640, "mcu-2": 640}
        assert number(QUALITY) == number("citynoc_conference_packet_loss_ratio") == 0
        simulator.act("limit", bridge="mcu-1", ports="10")
        simulator.act("call", start="briefing", participants="all")
        eventually("ports taken", lambda: bridge("ports_used") == {"mcu-1": 10, "mcu-2": 4})
        assert bridge("conferences") == {"mcu-1": 1, "mcu-2": 1}
        eventually("all good, both directions", lambda: number(QUALITY) == 2 * ENDPOINTS and grades() == {0})
        quality = service.config / "quality.yml"
        text = quality.read_text()
        quality.write_text(text.replace("at_most: 3%", "at_most: none"))
        status, answer = service.reload()
        assert status == 422
        assert "quality.yml:7:21: 'at_most' in 'fair': 'none' is not a share" in answer
        assert grades() == {0}
        strict = text.replace("at_most: 150ms", "at_most: 1ms").replace("at_most: 400ms", "at_most: 2ms")
        quality.write_text(strict)
        assert service.reload()[0] == 200
        eventually("what was good is poor by other limits", lambda: grades() >= {2})
        simulator.act("call", end="briefing")
        eventually("no call, no series", lambda: number(QUALITY) == 0)
        assert number("citynoc_conference_jitter_seconds") == 0
        eventually("free ports", lambda: bridge("ports_used") == {"mcu-1": 0, "mcu-2": 0})
