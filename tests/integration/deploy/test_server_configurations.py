"""The shipped server configurations and units, judged by the servers' own tools."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.binaries import require

pytestmark = pytest.mark.integration

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def run(*argv: str | Path) -> str:
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_prometheus_takes_its_configuration_with_the_rules(tmp_path: Path):
    text = (DEPLOY / "prometheus/prometheus.yml").read_text()
    shutil.copytree(ROOT / "config/rules", tmp_path / "rules")
    (tmp_path / "prometheus.yml").write_text(text.replace("/etc/citynoc/rules/", "rules/"))
    said = run(require("promtool"), "check", "config", "--lint-fatal", tmp_path / "prometheus.yml")
    assert re.search(r"\b[1-9]\d* rules found", said)


def test_the_chain_from_a_cut_to_a_page_keeps_its_rhythm():
    jobs = {
        job["job_name"]: job
        for job in yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    }
    assert {
        name: jobs[name]["scrape_interval"] for name in ("citynoc", "citynoc-state", "citynoc-devices")
    } == {
        "citynoc": "15s",
        "citynoc-state": "2s",
        "citynoc-devices": "30s",
    }
    assert jobs["citynoc-devices"]["honor_labels"]
    route = yaml.safe_load((DEPLOY / "alertmanager/alertmanager.yml").read_text())["route"]
    assert route["group_by"] == ["outage"]
    assert route["group_wait"] == "1s"


def test_alertmanager_takes_its_configuration_and_it_holds_no_secret():
    path = DEPLOY / "alertmanager/alertmanager.yml"
    run(require("amtool"), "check-config", path)
    assert not re.search(r"\b(credentials|password|bot_token|api_url):", path.read_text())


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [
        (("alertname=CitynocOutage", "severity=page", "outage=device:rt-00115"), "on-call"),
        (("alertname=CitynocBlind", "severity=page"), "on-call"),
        (("alertname=MeetingNotReady", "severity=page", "meeting=giao-ban", "stage=first"), "on-call"),
        (("alertname=OutageUnacknowledged", "severity=page", "outage=device:rt-00115"), "escalation"),
        (("alertname=CitynocDegraded", "severity=warning"), "operations"),
        (("alertname=Watchdog", "severity=heartbeat"), "heartbeat"),
    ],
)
def test_every_alert_reaches_its_receiver(labels: tuple[str, ...], receiver: str):
    path = DEPLOY / "alertmanager/alertmanager.yml"
    said = run(require("amtool"), "config", "routes", "test", f"--config.file={path}", *labels)
    assert said.splitlines()[0] == receiver


def test_blackbox_exporter_takes_its_configuration():
    run(
        require("prometheus-blackbox-exporter"),
        "--config.check",
        f"--config.file={DEPLOY / 'blackbox/blackbox.yml'}",
    )


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_understands_every_unit(unit: Path, tmp_path: Path):
    # The service itself is not installed where tests run: any program that exists stands in for it.
    text = unit.read_text().replace("/opt/citynoc/bin/citynoc", "/bin/true")
    copy = tmp_path / unit.name
    copy.write_text(text)
    assert run(require("systemd-analyze"), "verify", "--man=no", copy).strip() == ""


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_every_unit_is_hardened(unit: Path):
    said = run(require("systemd-analyze"), "security", "--offline=true", "--threshold=20", unit)
    assert "OK" in said
    text = unit.read_text()
    for line in ("DynamicUser=yes", "ProtectSystem=strict", "Restart=on-failure"):
        assert line in text.splitlines()


def test_the_units_listen_on_loopback_only():
    for unit in UNITS:
        for address in re.findall(r"listen-address=(\S*)", unit.read_text()):
            assert address == "" or address.startswith("127.0.0.1:"), unit.name
