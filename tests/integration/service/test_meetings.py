"""Readiness of a real meeting: the service asks a simulated district, and the command asks the service."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.integration.mosquitto import free_port
from tests.integration.service.process import (
    ENVIRON,
    ROOT,
    Service,
    Simulator,
    eventually,
    one_district,
)

pytestmark = [pytest.mark.integration, pytest.mark.timeout(240)]
NAME = "giao-ban"
COMMUNES = 14


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = one_district(tmp_path_factory.mktemp("city"))
    start = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) + timedelta(minutes=30)
    (folder / "meetings.yml").write_text(
        f"meetings:\n  {NAME}:\n    title: {{vi: Giao ban, en: Briefing}}\n    day: {start:%Y-%m-%d}\n"
        f'    at: "{start:%H:%M}"\n    duration: 1h\n    participants: all\n    bridges: [mcu-1, mcu-2]\n'
    )
    return folder


@pytest.fixture(scope="module")
def city(config: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Simulator, Service]]:
    folder = tmp_path_factory.mktemp("run")
    simulator = Simulator(config, folder)
    service = Service(config, folder, simulator.port, free_port())
    with simulator.running(), service.running():
        eventually("the first round is complete", lambda: service.get("/-/ready"))
        yield simulator, service


def meeting(service: Service) -> dict[str, object]:
    found: dict[str, object] = json.loads(service.get(f"/api/v1/meetings/{NAME}"))
    return found


def asked(service: Service, *arguments: str, url: str = "") -> list[str]:
    where = ["--config", str(service.config), "--url", url or f"http://127.0.0.1:{service.port}"]
    return [sys.executable, "-m", "citynoc", "meeting", "readiness", *arguments, *where]


def command(service: Service, *arguments: str, url: str = "") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        asked(service, *arguments, url=url),
        cwd=ROOT,
        env=ENVIRON,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_everybody_can_join_until_a_camera_breaks_and_a_router_dies(city: tuple[Simulator, Service]):
    simulator, service = city
    eventually("everybody is GO", lambda: meeting(service)["ready"] == COMMUNES)
    calm = command(service, NAME)
    assert calm.returncode == 0, calm.stderr
    assert f"{COMMUNES} GO, 0 NO-GO, 0 UNKNOWN of {COMMUNES}" in calm.stdout
    simulator.act("break", device="vc-00118", part="camera")
    simulator.act("kill", device="rt-00115")
    eventually("both are named", lambda: meeting(service)["not_ready"] == 2)
    found = command(service, NAME, "--lang", "vi")
    assert found.returncode == 1
    assert "camera của vc-00118 hỏng" in found.stdout
    assert "bộ định tuyến rt-00115 mất kết nối từ" in found.stdout
    rows = command(service, NAME, "--csv").stdout.splitlines()
    assert len(rows) == COMMUNES + 1
    assert rows[1].startswith("00115,Phường Thượng Thanh,004,vc-00115,NO-GO,")
    assert ",router_down," in rows[1]
    document = json.loads(command(service, NAME, "--json").stdout)
    assert [one["code"] for one in document["reasons"]] == ["router_down", "camera"]
    text = service.get("/metrics/state")
    assert f'citynoc_meeting_not_ready{{meeting="{NAME}"}} 2' in text
    assert f'citynoc_meeting_not_ready_reason{{meeting="{NAME}",reason="camera"}} 1' in text
    assert f'citynoc_meeting_site_ready{{meeting="{NAME}",site="00118",district="004"}} 0' in text
    assert f'citynoc_meeting_state{{meeting="{NAME}"}} 1' in text
    eventually(
        "it is told",
        lambda: f'citynoc_meeting_alarm{{meeting="{NAME}",stage="first"}} 1' in service.get("/metrics/state"),
    )


def test_a_name_that_does_not_exist_is_answered_by_those_that_resemble_it(city: tuple[Simulator, Service]):
    _, service = city
    wrong = command(service, "giaoban")
    assert wrong.returncode == 2
    assert (
        wrong.stderr
        == "citynoc meeting readiness: no meeting 'giaoban' within sight; did you mean giao-ban?\n"
    )


def test_a_service_that_does_not_run_is_one_line(city: tuple[Simulator, Service]):
    _, service = city
    nobody = command(service, NAME, url=f"http://127.0.0.1:{free_port()}")
    assert nobody.returncode == 1
    assert "no service answers at" in nobody.stderr
    assert nobody.stderr.count("\n") == 1
    assert nobody.stdout == ""


def announce(config: Path, start: float, end: float) -> None:
    """A calendar file to the second, as a mail server would export it."""
    stamps = [datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ") for at in (start, end)]
    event = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//city.example//test//EN", "BEGIN:VEVENT", "UID:a@city.example",
        f"DTSTAMP:{stamps[0]}", f"DTSTART:{stamps[0]}", f"DTEND:{stamps[1]}", "SUMMARY:Giao ban", "END:VEVENT",
        "END:VCALENDAR", "",
    )  # fmt: skip
    (config / "calendars").mkdir(exist_ok=True)
    (config / "calendars" / "office.ics").write_text("\r\n".join(event))
    (config / "meetings.yml").write_text(
        "calendars:\n  office:\n    file: calendars/office.ics\n    rules:\n      - when: {title: Giao ban}\n"
        f"        meeting: {NAME}\n        participants: all\n        bridges: [mcu-1, mcu-2]\n"
    )


def test_a_service_killed_in_the_middle_of_a_meeting_loses_no_attendance(tmp_path: Path):
    config = one_district(tmp_path)
    simulator = Simulator(config, tmp_path)
    service = Service(config, tmp_path, simulator.port, free_port())
    with simulator.running():
        with service.running() as first:
            eventually("ready", lambda: service.get("/-/ready"))
            start = datetime.now(UTC).timestamp() + 4
            announce(config, start, start + 45)
            assert service.reload()[0] == 200
            simulator.act("call", start=NAME, participants="all")
            eventually("everybody is in", lambda: meeting(service)["connected"] == COMMUNES)
            eventually("it runs", lambda: meeting(service)["state"] == "running")
            simulator.act("cut", device="rt-00115")
            eventually("one is lost", lambda: meeting(service)["connected"] == COMMUNES - 1)
            # what was seen is on the disk a moment later: the next look has been written when another is shown
            seen = meeting(service)["at"]
            eventually("another look", lambda: meeting(service)["at"] != seen)
            first.send_signal(signal.SIGKILL)
            first.wait()
        with service.running():
            simulator.act("repair", device="rt-00115")
            with subprocess.Popen(
                asked(service, NAME, "--watch"), cwd=ROOT, env=ENVIRON, stdout=subprocess.PIPE, text=True
            ) as watcher:
                eventually("it is over", lambda: meeting(service)["state"] == "ended")
                shown, _ = watcher.communicate(timeout=60)  # it ends by itself when the meeting does
            assert "(giao-ban), over since " in shown
    told = reported(service)
    assert (told["participants"], told["joined"]) == (COMMUNES, COMMUNES)
    (outage,) = [one for one in told["incidents"] if one["kind"] == "outage"]
    assert (outage["cause"], outage["sites"]) == ("device:rt-00115", ["00115"])
    assert [one["site"] for one in told["worst_links"]][:1] == ["00115"]
    assert told["worst_links"][0]["seconds_cut"] > 0


def reported(service: Service) -> dict[str, Any]:
    where = ["--config", str(service.config), "--data", str(service.data)]
    said = subprocess.run(
        [sys.executable, "-m", "citynoc", "meeting", "report", NAME, "--format", "json", *where],
        cwd=ROOT,
        env=ENVIRON,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found: dict[str, Any] = json.loads(said.stdout)
    return found
