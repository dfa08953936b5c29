"""The service over the wire: it comes up, judges, reloads, survives its own death and its surroundings' faults."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.mosquitto import free_port
from tests.integration.service.process import ENVIRON, Service, Simulator, eventually, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(150)]

DEVICES = 40
OUTAGE = '{outage="device:rt-00115",kind="device",district="004"}'


@pytest.fixture
def city(tmp_path: Path) -> Iterator[tuple[Simulator, Service]]:
    config = one_district(tmp_path)
    with Simulator(config, tmp_path).running() as simulator:
        yield simulator, Service(config, tmp_path, simulator.port, free_port())


def edit(service: Service, old: str, new: str) -> None:
    file = service.config / "districts" / "004-long-bien.yml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_a_cut_becomes_one_outage_and_its_repair_ends_it(city: tuple[Simulator, Service]):
    simulator, service = city
    with service.running():
        service.wait_for_all(DEVICES)
        eventually("ready", lambda: service.get("/-/ready"))
        simulator.act("cut", device="rt-00115")
        eventually(
            "the outage", lambda: service.series("/metrics/state", "citynoc_outage_active") == {OUTAGE: 1}
        )
        shadow = '{device="vc-00115",site="00115",district="004",role="endpoint"}'
        assert service.series("/metrics/state", "citynoc_device_state")[shadow] == 4
        simulator.act("repair", device="rt-00115")
        eventually(
            "its end", lambda: service.series("/metrics/state", "citynoc_outage_active") == {OUTAGE: 0}
        )


def test_a_monitor_that_nobody_ever_answered_logs_that_it_is_blind_and_when_it_sees(tmp_path: Path):
    config = one_district(tmp_path)
    simulator = Simulator(config, tmp_path)
    service = Service(config, tmp_path, simulator.port, free_port())
    with service.running():
        eventually("its word for it", lambda: '"event": "monitor.blind"' in service.log)
        with simulator.running():
            service.wait_for_all(DEVICES)
            eventually("its end", lambda: '"event": "monitor.sees"' in service.log)
    assert service.log.count("monitor.blind") == service.log.count("monitor.sees") == 1


def test_a_killed_service_is_back_and_its_outage_goes_on(city: tuple[Simulator, Service]):
    simulator, service = city
    with service.running() as first:
        service.wait_for_all(DEVICES)
        simulator.act("cut", device="rt-00115")
        eventually("the outage", lambda: OUTAGE in service.series("/metrics/state", "citynoc_outage_active"))
        started = service.series("/metrics/state", "citynoc_outage_started_timestamp_seconds")
        first.send_signal(signal.SIGKILL)
        first.wait()
    with service.running():
        assert service.series("/metrics/state", "citynoc_outage_active") == {OUTAGE: 1}
        assert service.series("/metrics/state", "citynoc_outage_started_timestamp_seconds") == started
        service.wait_for_all(DEVICES - 2)
        assert service.series("/metrics/state", "citynoc_outage_active") == {OUTAGE: 1}


def test_a_reload_applies_the_difference_and_loses_nothing(city: tuple[Simulator, Service]):
    _, service = city
    with service.running() as child:
        service.wait_for_all(DEVICES)
        edit(service, "      vc-00118: {address: 127.14.2.2}\n", "")
        child.send_signal(signal.SIGHUP)
        eventually("the device is gone", lambda: service.up() == DEVICES - 1)
        assert '"removed": 2' in service.log
        edit(
            service,
            "      vc-00121: {address: 127.14.2.3}\n",
            "      vc-00121: {address: 127.14.2.3, snmp: {poll: 60s}}\n",
        )
        status, _ = service.reload()
        assert status == 200
        assert service.up() == DEVICES - 1
        assert '"added": 0, "removed": 0, "changed": 1' in service.log


def test_a_wrong_configuration_is_refused_and_the_running_one_goes_on(city: tuple[Simulator, Service]):
    _, service = city
    with service.running():
        service.wait_for_all(DEVICES)
        edit(service, "rt-00118: {address: 127.14.1.2", "rt-00118: {adress: 127.14.1.2")
        status, problems = service.reload()
        assert status >= 400
        assert "districts/004-long-bien.yml:" in problems
        assert "adress" in problems
        assert service.series("/metrics", "citynoc_config_last_reload_successful") == {"": 0}
        assert service.up() == DEVICES
        edit(service, "adress", "address")
        assert service.reload()[0] == 200
        assert service.series("/metrics", "citynoc_config_last_reload_successful") == {"": 1}


def test_a_taken_port_is_one_clear_line(city: tuple[Simulator, Service], tmp_path: Path):
    _, service = city
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", service.port))
        taken.listen()
        with pytest.raises((AssertionError, subprocess.TimeoutExpired)), service.running():
            pytest.fail("it started on a port that is taken")
    said = service.log.splitlines()[-1]
    assert said == (
        f"citynoc run: cannot listen on 127.0.0.1:{service.port}: Address already in use; "
        "choose another address with --listen or in city.yml"
    )
    assert "Traceback" not in service.log


def test_a_broker_that_is_down_is_one_line_and_no_outage(city: tuple[Simulator, Service]):
    _, service = city
    with service.running():
        service.wait_for_all(DEVICES)
        assert service.log.count('"mqtt.unreachable"') == 1
        assert service.series("/metrics", "citynoc_mqtt_connected") == {"": 0}
        assert service.series("/metrics/state", "citynoc_outage_active") == {}


def test_a_missing_secret_is_told_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    config = one_district(tmp_path)
    credentials = config / "credentials.yml"
    credentials.write_text(credentials.read_text().replace("CITYNOC_SNMP_COMMUNITY", "CITYNOC_TEST_NOT_SET"))
    service = Service(config, tmp_path, 1, free_port())
    with pytest.raises(AssertionError), service.running():
        pytest.fail("it started without its secret")
    assert "CITYNOC_TEST_NOT_SET is not set" in service.log
    assert "credentials.yml:" in service.log


def test_a_cut_under_planned_work_is_no_outage_and_stays_one_without_it(city: tuple[Simulator, Service]):
    simulator, service = city
    with service.running():
        service.wait_for_all(DEVICES)
        planned = ["maintenance", "add", "fibre-work", "--config", str(service.config), "--site", "00115"]
        subprocess.run([sys.executable, "-m", "citynoc", *planned, "--for", "1h"], check=True, env=ENVIRON)
        assert service.reload()[0] == 200
        covered = '{device="rt-00115",site="00115",district="004",role="router"}'
        eventually(
            "planned", lambda: service.series("/metrics/state", "citynoc_device_maintenance")[covered] == 1
        )
        simulator.act("cut", device="rt-00115")
        simulator.act("cut", device="rt-00118")
        other = '{outage="device:rt-00118",kind="device",district="004"}'
        eventually(
            "the other outage", lambda: other in service.series("/metrics/state", "citynoc_outage_active")
        )
        assert service.series("/metrics/state", "citynoc_outage_active") == {other: 1}
        eventually("silence", lambda: service.series("/metrics/state", "citynoc_device_state")[covered] == 1)
        assert service.series("/metrics/state", "citynoc_outage_active") == {other: 1}
