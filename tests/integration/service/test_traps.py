"""Traps in the running service: a trap makes it look at once, a reload moves the port, the counters are shown."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.binaries import require
from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, Simulator, eventually, free_udp_port, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(150)]

DEVICES = 40
ROUTER = "127.14.1.1"  # rt-00115
ENDPOINT = "127.14.2.1"  # vc-00115
OUTAGE = '{outage="device:rt-00115",kind="device",district="004"}'
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[tuple[Simulator, Service]]:
    config = one_district(tmp_path)
    with Simulator(config, tmp_path).running() as simulator:
        yield simulator, Service(config, tmp_path, simulator.port, free_port())


def inform(port: int, what: str, folder: Path, community: str = "test-community", host: str = ROUTER) -> int:
    """Exit code of net-snmp's sender, which waits for the acknowledgement, in the name of the device at `host`."""
    options = ["-v2c", "-c", community, "-r", "2", "-t", "2", f"--clientaddr={host}"]
    environ = {"MIBS": "", "PATH": "/usr/bin", "SNMP_PERSISTENT_DIR": str(folder)}
    command = [require("snmpinform"), *options, f"127.0.0.1:{port}", "", what]
    return subprocess.run(command, env=environ, capture_output=True, check=False).returncode


def edit(service: Service, *changes: tuple[str, str]) -> None:
    file = service.config / "city.yml"
    text = file.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)
    status, answer = service.reload()
    assert status == 200, answer


def test_a_trap_makes_the_service_look_at_once(city: tuple[Simulator, Service], tmp_path: Path):
    """Asked every ten minutes, a cut device is known to be down within seconds if something sends a trap."""
    simulator, service = city
    with service.running():
        service.wait_for_all(DEVICES)
        edit(service, ("liveness: 5s", "liveness: 10m"), ("poll: 10s", "poll: 10m"))
        simulator.act("cut", device="rt-00115")
        eventually("the acknowledgement", lambda: inform(service.traps, LINK_DOWN, tmp_path) == 0)
        eventually("the outage", lambda: OUTAGE in service.series("/metrics/state", "citynoc_outage_active"))
        counted = service.series("/metrics", "citynoc_trap_messages_total")
        assert counted['{result="accepted"}'] >= 1
        assert counted['{result="unknown_source"}'] == 0
        assert inform(service.traps, LINK_DOWN, tmp_path, "guess") != 0
        assert service.series("/metrics", "citynoc_trap_messages_total")['{result="wrong_community"}'] >= 1
        assert "guess" not in service.log


def test_a_reload_moves_the_port_and_turns_it_off(city: tuple[Simulator, Service], tmp_path: Path):
    _, service = city
    first, second = free_udp_port(), free_udp_port()
    service.traps = 0  # as the files say
    city_file = service.config / "city.yml"
    city_file.write_text(city_file.read_text().replace("127.0.0.1:1162", f"127.0.0.1:{first}"))
    with service.running():
        eventually("the first port", lambda: inform(first, LINK_DOWN, tmp_path) == 0)
        edit(service, (f"127.0.0.1:{first}", f"127.0.0.1:{second}"))
        eventually("the second port", lambda: inform(second, LINK_DOWN, tmp_path) == 0)
        edit(service, (f"traps:\n  listen: 127.0.0.1:{second}\n", ""))
        eventually("no port", lambda: not service.series("/metrics", "citynoc_traps_listening"))


def test_an_endpoints_trap_makes_the_service_read_what_changed(
    city: tuple[Simulator, Service], tmp_path: Path
):
    """Polled every ten minutes, a registration that broke is known within seconds of the endpoint's own trap."""
    simulator, service = city
    lost = "1.3.6.1.4.1.13885.101.0.72"  # POLYCOM-ENDPOINT-MIB, sipRegistrationFailed
    metric, labels = "citynoc_conference_registered", 'role="endpoint",protocol="sip"}'

    def registered() -> list[float]:
        found = service.series("/metrics/devices", metric)
        return [
            value for text, value in found.items() if 'device="vc-00115"' in text and text.endswith(labels)
        ]

    with service.running():
        service.wait_for_all(DEVICES)
        eventually("the registration", lambda: registered() == [1])
        edit(service, ("liveness: 5s", "liveness: 10m"), ("poll: 10s", "poll: 10m"))
        simulator.act("break", device="vc-00115", part="sip")
        eventually(
            "its loss",
            lambda: inform(service.traps, lost, tmp_path, host=ENDPOINT) == 0 and registered() == [0],
        )
