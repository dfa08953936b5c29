"""One Prometheus with the city's history for all tests of dashboards: it is only read."""

from collections.abc import Iterator

import pytest

from tests.house.tree import ROOT
from tests.integration.dashboards import city_history as city
from tests.integration.dashboards import history
from tests.integration.dashboards.filled_prometheus import Prometheus, backfill, record, running


@pytest.fixture(scope="package")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder = tmp_path_factory.mktemp("prometheus") / "tsdb"
    folder.mkdir()
    backfill(folder, city.openmetrics())
    rules = ROOT / "config" / "rules" / "dashboards.yml"
    with running(folder) as server:
        record(server, folder, rules, start=history.START, end=history.END, step=history.STEP)
    with running(folder) as server:
        yield server
