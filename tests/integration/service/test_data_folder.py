"""The running service and a folder for its data that is deleted, read-only or full: it watches on, says so, and ends."""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, Simulator, eventually, one_district
from tests.integration.service.test_journal_troubles import behind, deleted, told

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]

DEVICES = 40
FIRST = "rt-00115"
APART = ("unshare", "--user", "--map-root-user", "--mount")
MOUNTED = 'mkdir -p "$1"; mount -t tmpfs -o "$2" none "$1"; head -c "$3" /dev/zero > "$1/ballast"; mount -o "remount,$4" "$1"; shift 4; exec "$@"'


@pytest.fixture
def city(tmp_path: Path) -> Iterator[tuple[Simulator, Service]]:
    config = one_district(tmp_path)
    with Simulator(config, tmp_path).running() as simulator:
        yield simulator, Service(config, tmp_path, simulator.port, free_port())


def mounted(service: Service, *, options: str, ballast: int, then: str) -> None:
    """Let the service have a file system of its own for its data."""
    if shutil.which(APART[0]) is None or subprocess.run([*APART, "true"], check=False).returncode != 0:
        pytest.skip("this system lets nobody mount a disk of his own")
    service.inside = (*APART, "sh", "-ec", MOUNTED, "sh", str(service.data), options, str(ballast), then)


def lost(service: Service) -> float:
    return sum(service.series("/metrics", "citynoc_journal_lost_rows_total").values())


def ended(child: subprocess.Popen[str], service: Service) -> None:
    """It ends by itself, cleanly, and never spoke in tracebacks."""
    child.send_signal(signal.SIGTERM)
    assert child.wait(timeout=60) == 0
    assert "Traceback" not in service.log


@pytest.mark.parametrize("cut", [(), (FIRST,)], ids=["quiet", "with an outage"])
def test_a_service_whose_folder_is_deleted_ends_when_it_is_told_to(
    city: tuple[Simulator, Service], cut: tuple[str, ...]
):
    simulator, service = city
    with service.running() as child:
        service.wait_for_all(DEVICES)
        eventually("its folder is deleted", lambda: deleted(service.data))
        for device in cut:
            simulator.act("cut", device=device)
            eventually("the outage", lambda: told(service) == {f"device:{FIRST}"})
            assert behind(service) == 1
            assert lost(service) == 0
        ended(child, service)
    assert ("journal.lost" in service.log) is bool(cut)


def test_a_folder_that_cannot_be_written_is_said_and_stops_nothing(city: tuple[Simulator, Service]):
    simulator, service = city
    mounted(service, options="size=1m", ballast=1, then="ro")
    with service.running() as child:
        service.wait_for_all(DEVICES)
        assert behind(service) == 1
        simulator.act("cut", device=FIRST)
        eventually("the outage", lambda: told(service) == {f"device:{FIRST}"})
        ended(child, service)
    assert service.log.count('"journal.failing"') == 1
    assert "journal.lost" in service.log


def test_a_disk_that_is_full_from_the_start_is_said_and_used_once_there_is_room(
    city: tuple[Simulator, Service],
):
    simulator, service = city
    mounted(service, options="size=1m", ballast=1 << 20, then="rw")
    with service.running() as child:
        service.wait_for_all(DEVICES)
        assert behind(service) == 1
        simulator.act("cut", device=FIRST)
        eventually("the outage", lambda: told(service) == {f"device:{FIRST}"})
        inside = Path(f"/proc/{child.pid}/root{service.data}")
        (inside / "ballast").unlink()
        eventually("the journal has caught up", lambda: behind(service) == 0)
        assert lost(service) == 0
        assert b"rt-00115" in (inside / "journal.sqlite-wal").read_bytes()
        ended(child, service)
    assert "journal.lost" not in service.log
