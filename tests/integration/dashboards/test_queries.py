"""Every query of every dashboard, as Grafana would send it, answered by a real Prometheus.

In the storm every panel, variable and annotation has data and every column its field; in the quiet nothing is red;
unwatched, nothing is green.
"""

from collections.abc import Callable, Iterator

import pytest

from dashboards.build import DASHBOARDS, plain
from dashboards.words import Language, Speaker
from tests.integration.dashboards import answers, history, truth
from tests.integration.dashboards.filled_prometheus import Prometheus

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

BUILT = {
    f"{name}-{language}": plain(make(Speaker(language)))
    for name, make in DASHBOARDS.items()
    for language in Language
}


@pytest.mark.parametrize("check", answers.GENERAL, ids=lambda check: str(check.__name__))
@pytest.mark.parametrize("name", BUILT)
def test_nothing_of_the_dashboard_is(
    prometheus: Prometheus, name: str, check: Callable[[Prometheus, answers.Json], Iterator[str]]
):
    assert list(check(prometheus, BUILT[name])) == []


@pytest.mark.parametrize("name", [name for name in BUILT if name.partition("-")[0] in truth.TRUTH])
def test_figures_are_true_and_absent_when_nobody_watches(prometheus: Prometheus, name: str):
    assert list(truth.untrue(prometheus, BUILT[name])) == []


def test_an_outage_without_its_details_still_has_its_row(prometheus: Prometheus):
    table = next(panel for panel in BUILT["city-en"]["panels"] if panel["id"] == 7)
    rows = answers.answer(prometheus, table["targets"][0], history.STORM_AT).series
    assert {labels["outage"] for labels, _ in rows} == {"device:rt-00001", "device:core-1", "cable:cb-7"}
    ages = answers.answer(prometheus, table["targets"][4], history.STORM_AT).series
    assert {age for _, age in ages} == {float(history.STORM_AT - history.STORM)}


def test_a_wrong_query_is_refused(prometheus: Prometheus):
    """The referee itself works: what Prometheus refuses is seen as refused."""
    assert prometheus.instant("sum by (", history.STORM_AT).error
    assert not prometheus.instant("citynoc_device_sate", history.STORM_AT).series
