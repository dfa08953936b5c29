"""Coverage in the running service: declared and measured, on a page, as JSON, and refused with its place."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from citynoc.__main__ import main
from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, Simulator, eventually, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(150)]

SHIPPED = "measured: {availability: 0.99, window: 30d, capacity_mbps: 100}"
ASKED = "measured: {availability: 0.5, known: 0, capacity_mbps: 1000, backup: required, latency_ms: 1000}"
COMMUNES = '{target="fibre-communes-2025",basis="measured"}'


@pytest.fixture
def city(tmp_path: Path) -> Iterator[tuple[Simulator, Service]]:
    config = one_district(tmp_path)
    targets = config / "targets.yml"
    text = targets.read_text()
    assert SHIPPED in text
    targets.write_text(text.replace(SHIPPED, ASKED))
    with Simulator(config, tmp_path).running() as simulator:
        yield simulator, Service(config, tmp_path, simulator.port, free_port())


def test_a_commune_counts_only_while_its_link_works_and_a_wrong_survey_changes_nothing(
    city: tuple[Simulator, Service], tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    simulator, service = city

    def value(name: str, labels: str = COMMUNES) -> float | None:
        return service.series("/metrics/state", f"citynoc_coverage_{name}").get(labels)

    with service.running():
        eventually("every link of the district", lambda: value("numerator") == 14)
        assert (value("denominator"), value("unknown")) == (579, 565)
        declared = COMMUNES.replace("measured", "declared")
        assert value("numerator", declared) == 575
        simulator.act("cut", device="rt-00115")
        eventually("the cut commune does not count", lambda: value("numerator") == 13)
        assert value("unknown") == 565

        (target,) = json.loads(service.get("/api/v1/coverage?target=fibre-communes-2025&map=126"))["targets"]
        assert target["measured"]["covered"] == 13
        assert len(target["units"]) == 126
        assert [(one["commune"], one["fails"]) for one in target["disagreements"] if one["declared"]] == [
            ("00115", ["availability"])
        ]
        assert target["lacking"] == {"availability": 1, "capacity": 0, "backup": 0, "latency": 0}

        simulator.act("cut", link="rt-00118--ag-004-2")
        eventually("a commune without a second uplink does not count", lambda: value("numerator") == 12)
        failing = "citynoc_coverage_links_failing"
        lost = '{target="fibre-communes-2025",quality="backup"}'
        assert service.series("/metrics/state", failing)[lost] == 1

        survey = service.config / "surveys" / "2025-06-30-invented.csv"
        right = survey.read_text()
        survey.write_text(right.replace(",carrier-c,fibre,", ",carrier-z,fibre,", 1))
        status, said = service.reload()
        assert status == 422
        assert "surveys/2025-06-30-invented.csv:5:18: unknown carrier 'carrier-z'" in said
        assert value("numerator", declared) == 575
        survey.write_text("\n".join(right.splitlines()[:4] + right.splitlines()[8:]) + "\n")
        for old in sorted((service.config / "surveys").iterdir())[:3]:
            old.unlink()
        assert service.reload()[0] == 200
        eventually(
            "a commune that nobody speaks about is not covered", lambda: value("numerator", declared) == 574
        )
        assert value("unknown", declared) == 5

    still_there(service.config, tmp_path / "data", capsys)


def still_there(config: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What was seen is on disk: the links over a window, also when the service is gone."""
    asked = ["coverage", "--config", str(config), "--data", str(data)]
    asked += ["--target", "fibre-communes-2025"]
    assert main([*asked, "--links"]) == 0
    links = {row["commune"]: row for row in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert len(links) == 579
    seen = [row for row in links.values() if row["as_asked"]]
    assert len(seen) == 14
    assert {(row["capacity"], row["latency"]) for row in seen if row["as_asked"] == "1"} == {("1.0", "1.0")}
    assert 0 < float(links["00118"]["backup"]) < 1
    assert links["00001"]["as_asked"] == links["00001"]["availability"] == ""
    assert main([*asked, "--json"]) == 0
    (target,) = json.loads(capsys.readouterr().out)["targets"]
    assert (target["measured"]["covered"] + sum(row["as_asked"] == "0" for row in seen)) == 14
    assert target["measured"]["unknown"] == 565

    # A minute of a month proves nothing about the month.
    targets = config / "targets.yml"
    targets.write_text(targets.read_text().replace("known: 0,", ""))
    assert main([*asked, "--json"]) == 0
    (target,) = json.loads(capsys.readouterr().out)["targets"]
    assert (target["measured"]["covered"], target["measured"]["unknown"]) == (0, 579)
