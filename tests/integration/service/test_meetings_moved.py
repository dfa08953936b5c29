"""A meeting that is moved while it runs, in the real service: same name, new times, and nobody waits for its endpoints."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, Simulator, eventually, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(150)]

OUTAGE = '{outage="device:vc-00118",kind="device",district="004"}'
MEETING = """\
meetings:
  drill:
    title: {{vi: Diễn tập, en: Drill}}
    day: {day}
    at: "{at}"
    duration: 2h
    participants: all
"""


def told(service: Service) -> dict[str, object]:
    [row] = json.loads(service.get("/api/v1/meetings"))["meetings"]
    found: dict[str, object] = row
    return found


def test_a_meeting_is_moved_while_it_runs(tmp_path: Path):
    config = one_district(tmp_path)
    began = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) - timedelta(minutes=10)
    text = MEETING.format(day=began.date(), at=f"{began:%H:%M}")
    (config / "meetings.yml").write_text(text)
    with Simulator(config, tmp_path).running() as simulator:
        service = Service(config, tmp_path, simulator.port, free_port())
        with service.running():
            service.wait_for_all(40)
            eventually("it runs", lambda: told(service)["state"] == "running")
            simulator.act("kill", device="vc-00118")
            eventually(
                "who is off is missed",
                lambda: service.series("/metrics/state", "citynoc_outage_active") == {OUTAGE: 1},
            )
            risk = service.series("/metrics/state", "citynoc_outage_meeting_start_timestamp_seconds")
            assert [*risk] == ['{outage="device:vc-00118",meeting="drill"}']
            later = began + timedelta(hours=20)
            moved = f"    moved: {{{began.date()}: {later:%Y-%m-%d %H:%M}}}\n"
            (config / "meetings.yml").write_text(text + moved)
            status, answer = service.reload()
            assert status == 200, answer
            eventually("it is to come", lambda: told(service)["state"] == "planned")
            assert str(told(service)["start"]).startswith(f"{later:%Y-%m-%dT%H:%M}")
            eventually(
                "nobody waits any more",
                lambda: service.series("/metrics/state", "citynoc_outage_active") == {OUTAGE: 0},
            )
            starts = service.series("/metrics/state", "citynoc_meeting_start_timestamp_seconds")
            assert [*starts] == ['{meeting="drill"}']
            (config / "meetings.yml").write_text(text + "    cancelled: [2026-01-01]\n")
            status, answer = service.reload()
            assert status == 422
            assert "has no sitting on 2026-01-01" in answer
