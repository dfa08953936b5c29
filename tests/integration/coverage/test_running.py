"""Coverage in the running service: declared and measured, on a page, as JSON, and refused with its place."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from citynoc.__main__ import main
from tests.integration.mosquitto import free_port
from tests.integration.service.process import Service, Simulator, eventually, one_district

pytestmark = [pytest.mark.integration, pytest.mark.timeout(150)]

COMMUNES = '{target="fibre-communes-2025",basis="measured"}'


@pytest.fixture
def city(tmp_path: Path) -> Iterator[tuple[Simulator, Service]]:
    config = one_district(tmp_path)
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
        assert [one["commune"] for one in target["disagreements"] if one["declared"]] == ["00115"]

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

    # What was seen is in the journal: the month's links, also when the service is gone.
    asked = ["coverage", "--config", str(service.config), "--data", str(tmp_path / "data"), "--json"]
    assert main([*asked, "--target", "fibre-communes-2025"]) == 0
    (target,) = json.loads(capsys.readouterr().out)["targets"]
    assert (target["measured"]["covered"], target["measured"]["unknown"]) == (13, 565)
