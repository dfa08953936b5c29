"""What `citynoc export` writes for Prometheus, given to the real one."""

import json
import subprocess
import urllib.request
from pathlib import Path

import pytest

from citynoc.__main__ import main
from tests import binaries
from tests.config.workshop import SECRETS, small_city
from tests.integration.mosquitto import free_port
from tests.integration.service.process import eventually

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

JOB = """\
global: {{scrape_interval: 1h}}
scrape_configs:
  - job_name: snmp
    metrics_path: /snmp
    file_sd_configs: [{{files: [{folder}/*.json]}}]
    relabel_configs:
      - {{source_labels: [__address__], target_label: __param_target}}
      - {{source_labels: [device], target_label: instance}}
      - {{replacement: "127.0.0.1:1", target_label: __address__}}
"""


def test_prometheus_takes_the_targets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    prometheus, promtool = binaries.require("prometheus"), binaries.require("promtool")
    config = small_city(tmp_path)
    monkeypatch.setenv("COMMUNITY", SECRETS["COMMUNITY"])
    targets = tmp_path / "targets"
    targets.mkdir()
    where = ["--config", str(config), "--format", "file_sd"]
    assert main(["export", *where, "--output", str(targets / "snmp.json"), "--module", "if-mib=if_mib"]) == 0
    file = tmp_path / "prometheus.yml"
    file.write_text(JOB.format(folder=targets))
    checked = subprocess.run(
        [promtool, "check", "config", str(file)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    port = free_port()
    options = [
        f"--config.file={file}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    with (
        (tmp_path / "log").open("w") as log,
        subprocess.Popen([prometheus, *options], stdout=log, stderr=log) as server,
    ):
        try:
            found: list[dict[str, dict[str, str]]] = []

            def active() -> bool:
                with urllib.request.urlopen(
                    f"http://127.0.0.1:{port}/api/v1/targets?state=active", timeout=5
                ) as answer:
                    found[:] = json.load(answer)["data"]["activeTargets"]
                return len(found) == 8

            eventually("eight targets", active)
        finally:
            server.terminate()
    router = next(one for one in found if one["labels"]["instance"] == "rt-00115")
    assert router["labels"]["site"] == "00115"
    assert router["discoveredLabels"]["__param_module"] == "if_mib"
    assert router["discoveredLabels"]["__param_auth"] == "snmp-community"
    assert str(router["scrapeUrl"]).endswith(
        "/snmp?auth=snmp-community&module=if_mib&target=127.14.1.1%3A1161"
    )
