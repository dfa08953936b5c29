"""What `citynoc plan` says beforehand is what a reload of the running service then does: asked of both, compared."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.integration.mosquitto import free_port
from tests.integration.service.process import ENVIRON, ROOT, Service, Simulator, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(150)]

SECRET = ENVIRON["CITYNOC_SNMP_COMMUNITY"]
DISTRICT = "districts/004-long-bien.yml"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    config = one_district(tmp_path)
    with Simulator(config, tmp_path).running() as simulator:
        service = Service(config, tmp_path, simulator.port, free_port())
        with service.running():
            yield service


def planned(
    service: Service, *more: str, environ: dict[str, str] = ENVIRON
) -> subprocess.CompletedProcess[str]:
    url = f"http://127.0.0.1:{service.port}"
    return subprocess.run(
        [sys.executable, "-m", "citynoc", "plan", "--config", str(service.config), "--against", url, *more],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def plan_of(service: Service) -> dict[str, Any]:
    done = planned(service, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def edit(service: Service, file: str, old: str, new: str) -> None:
    path = service.config / file
    text = path.read_text()
    assert text.count(old) == 1, f"{old!r} stands there {text.count(old)} times"
    path.write_text(text.replace(old, new))


EDITS: Mapping[str, tuple[tuple[str, str, str], dict[str, list[str]], dict[str, int]]] = {
    "one interval of one device": (
        (DISTRICT, "vc-00121: {address: 127.14.2.3}", "vc-00121: {address: 127.14.2.3, snmp: {poll: 60s}}"),
        {"added": [], "removed": [], "changed": ["vc-00121"]},
        {"added": 0, "removed": 0, "changed": 1},
    ),
    "the address of one device": (
        (DISTRICT, "rt-00118: {address: 127.14.1.2,", "rt-00118: {address: 127.14.1.222,"),
        {"added": [], "removed": [], "changed": ["rt-00118"]},
        {"added": 0, "removed": 0, "changed": 2},
    ),
    "a cable, which no question is about": (
        (
            DISTRICT,
            "127.14.1.222, uplinks: {ag-004-1: long-bien-a4",
            "127.14.1.222, uplinks: {ag-004-1: long-bien-a3",
        ),
        {"added": [], "removed": [], "changed": ["rt-00118"]},
        {"added": 0, "removed": 0, "changed": 0},
    ),
    "one device instead of another": (
        (DISTRICT, "      vc-00124: {address: 127.14.2.4}", "      vc-00124-b: {address: 127.14.2.4}"),
        {"added": ["vc-00124-b"], "removed": ["vc-00124"], "changed": []},
        {"added": 2, "removed": 2, "changed": 0},
    ),
    "where an entry stands, and remarks": (
        (DISTRICT, "sites:\n", "# A remark.\n\nsites:\n"),
        {"added": [], "removed": [], "changed": []},
        {"added": 0, "removed": 0, "changed": 0},
    ),
}


def test_a_reload_does_what_the_plan_said(service: Service):
    said = planned(service)
    assert (said.returncode, said.stdout.splitlines()[0]) == (0, "no difference")
    for what, (change, devices, polls) in EDITS.items():
        edit(service, *change)
        plan = plan_of(service)
        assert {kind: plan[kind] for kind in devices} == {**devices, "changed": plan["changed"]}, what
        assert [*plan["changed"]] == devices["changed"], what
        assert plan["polls"] == polls, what
        assert service.reload()[0] == 200
        done = json.loads(service.get("/api/v1/plan"))["applied"]
        assert done["devices"] == devices, what
        assert done["polls"] == polls, what
        assert planned(service).stdout.splitlines()[0] == "no difference", what


def test_the_plan_tells_no_secret_and_says_that_it_compared_none(service: Service):
    answer = service.get("/api/v1/plan")
    assert SECRET not in answer
    assert '"snmp-community"' in answer
    done = planned(service, "--json", environ={**ENVIRON, "CITYNOC_SNMP_COMMUNITY": "another-community"})
    assert json.loads(done.stdout)["secrets_not_compared"] == ["snmp-community"]
    assert "another-community" not in done.stdout + done.stderr
    told = json.loads(answer)
    assert told["overrides"]["snmp_port"] == int(service._snmp_port)


def test_nobody_there_is_one_line(service: Service):
    for url, words in (
        (f"http://127.0.0.1:{free_port()}", "nobody answers"),
        (f"http://127.0.0.1:{service.port}/nothing", "answered 404"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", "citynoc", "plan", "--config", str(service.config), "--against", url],
            cwd=ROOT,
            env=ENVIRON,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        assert words in done.stderr
        assert done.stderr.count("\n") == 1
