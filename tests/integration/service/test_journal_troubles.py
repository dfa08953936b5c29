"""The running service and a journal that cannot be used: it goes on, says so, and catches up; and it always ends."""

import resource
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, Simulator, eventually, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(180)]

DEVICES = 40
FIRST, SECOND = "rt-00115", "rt-00118"


@pytest.fixture
def city(tmp_path: Path) -> Iterator[tuple[Simulator, Service]]:
    config = one_district(tmp_path)
    with Simulator(config, tmp_path).running() as simulator:
        yield simulator, Service(config, tmp_path, simulator.port, free_port())


def behind(service: Service) -> float:
    return service.series("/metrics", "citynoc_journal_behind")[""]


def told(service: Service) -> set[str]:
    """Outages that are shown as going on."""
    shown = service.series("/metrics/state", "citynoc_outage_active")
    return {labels.split('"')[1] for labels, value in shown.items() if value == 1}


def deleted(folder: Path) -> bool:
    """Whether the folder is gone; the service makes and removes files in it meanwhile."""
    shutil.rmtree(folder, ignore_errors=True)
    return not folder.exists()


def written(journal: Path) -> set[str]:
    """Outages that the file has as going on."""
    db = sqlite3.connect(journal)
    found = {row[0] for row in db.execute("SELECT id FROM outage WHERE ended IS NULL")}
    db.close()
    return found


def test_a_full_disk_a_locked_file_and_a_deleted_folder_stop_nothing(city: tuple[Simulator, Service]):
    simulator, service = city
    journal = service.data / "journal.sqlite"
    with service.running() as child:
        service.wait_for_all(DEVICES)
        assert behind(service) == 0

        # No file of the process may grow: what a full disk is to it, and for its owner to undo.
        unlimited = resource.prlimit(child.pid, resource.RLIMIT_FSIZE)
        largest = journal.with_name("journal.sqlite-wal").stat().st_size
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (largest, unlimited[1]))
        simulator.act("cut", device=FIRST)
        eventually("the outage", lambda: told(service) == {f"device:{FIRST}"})
        eventually("the journal is behind", lambda: behind(service) == 1)
        assert written(journal) == set()
        resource.prlimit(child.pid, resource.RLIMIT_FSIZE, unlimited)
        eventually("the journal has caught up", lambda: behind(service) == 0)
        assert written(journal) == {f"device:{FIRST}"}

        lock = sqlite3.connect(journal, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        simulator.act("cut", device=SECOND)
        eventually("the other outage", lambda: len(told(service)) == 2)
        eventually("the journal is behind again", lambda: behind(service) == 1)
        lock.execute("ROLLBACK")
        lock.close()
        eventually("the journal has caught up again", lambda: behind(service) == 0)
        assert written(journal) == {f"device:{FIRST}", f"device:{SECOND}"}

        eventually("its folder is deleted", lambda: deleted(service.data))
        simulator.act("repair", device=FIRST)
        eventually("the journal is behind for good", lambda: behind(service) == 1)
        child.send_signal(signal.SIGTERM)
        assert child.wait(timeout=15) == 0
    assert "journal.gone" in service.log
