"""A silence in a real Alertmanager is an acknowledgement in the running service, and outlives the service's death."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.integration.alertmanager import Alertmanager, alertmanager
from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, Simulator, eventually, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

CUT = "device:rt-00115"
TAKEN = f'{{outage="{CUT}"}}'
ALERT = {"alertname": "CitynocOutage", "severity": "page", "outage": CUT, "kind": "device", "district": "004"}


def acknowledged(service: Service) -> dict[str, float]:
    return service.series("/metrics/state", "citynoc_outage_acknowledged")


async def see(what: str, service: Service, value: float) -> None:
    await asyncio.to_thread(eventually, what, lambda: acknowledged(service) == {TAKEN: value})


async def story(folder: Path, server: Alertmanager) -> None:
    config = one_district(folder)
    city = config / "city.yml"
    shipped = "alertmanager: http://127.0.0.1:9093"
    assert shipped in city.read_text()
    city.write_text(city.read_text().replace(shipped, f"alertmanager: {server.url}"))
    with Simulator(config, folder).running() as simulator:
        service = Service(config, folder, simulator.port, free_port())
        with service.running() as child:
            await asyncio.to_thread(service.wait_for_all, 40)
            assert service.series("/metrics/state", "citynoc_wake_sites") == {"": 1}
            assert service.series("/metrics/state", "citynoc_escalation_delay_seconds") == {"": 900}
            simulator.act("cut", device="rt-00115")
            await see("the outage, taken by nobody", service, 0)
            await server.fire(ALERT, {})
            silence = await server.silence({"outage": CUT})
            await see("it is taken", service, 1)
            assert service.series("/metrics", "citynoc_silence_reads_total")['{result="answered"}'] >= 1
            child.send_signal(signal.SIGKILL)
            child.wait()
        with service.running():
            assert acknowledged(service) == {TAKEN: 1}, "who took it is remembered before anybody is asked"
            await server.end(silence)
            await see("the silence is over", service, 0)


def test_a_silence_acknowledges_an_outage(tmp_path: Path):
    async def run() -> None:
        config = tmp_path / "alertmanager.yml"
        config.write_text("route: {receiver: nobody}\nreceivers: [{name: nobody}]\n")
        async with alertmanager(config, tmp_path / "alertmanager") as server:
            await story(tmp_path, server)

    asyncio.run(run())
