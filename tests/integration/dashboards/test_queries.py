"""Every query of every dashboard, as Grafana would send it, answered by a real Prometheus.

In the storm every panel, variable and annotation has data and every column its field; in the quiet nothing is red;
unwatched, nothing is green.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from collector.metrics import state
from dashboards.build import DASHBOARDS, plain
from dashboards.words import Language, Speaker
from tests.house.tree import ROOT
from tests.integration.dashboards import city_history as city
from tests.integration.dashboards.filled_prometheus import Answer, Prometheus, backfill, record, running

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

BUILT = {
    f"{name}-{language}": plain(make(Speaker(language)))
    for name, make in DASHBOARDS.items()
    for language in Language
}
TARGETS = [
    pytest.param(name, panel, target, id=f"{name}-{panel['id']}{target['refId']}")
    for name, board in BUILT.items()
    for panel in board["panels"]
    for target in panel.get("targets", [])
]
TABLES = [
    pytest.param(panel, id=f"{name}-{panel['id']}")
    for name, board in BUILT.items()
    for panel in board["panels"]
    if any(step["id"] == "filterFieldsByName" for step in panel.get("transformations", []))
]
CITY = BUILT["city-en"]


def asked(query: str, district: str = ".*") -> str:
    """The query as Grafana sends it."""
    for name, value in {"$district": district, "$__rate_interval": "2m", "$__range": "30m"}.items():
        query = query.replace(name, value)
    assert "$" not in query, f"an unknown variable in {query}"
    return query


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    folder = tmp_path_factory.mktemp("prometheus") / "tsdb"
    folder.mkdir()
    backfill(folder, city.openmetrics())
    rules = ROOT / "config" / "rules" / "dashboards.yml"
    with running(folder) as server:
        record(server, folder, rules, start=city.START, end=city.END, step=city.STEP)
    with running(folder) as server:
        yield server


def answer(server: Prometheus, target: dict[str, Any], at: int, district: str = ".*") -> Answer:
    query = asked(target["expr"], district)
    if target.get("instant"):
        return server.instant(query, at)
    return server.range(query, at - 600, at, 60)


@pytest.mark.parametrize(("name", "panel", "target"), TARGETS)
def test_query_has_data_in_the_storm(
    prometheus: Prometheus, name: str, panel: dict[str, Any], target: dict[str, Any]
):
    for district in (".*", "(001|002)"):
        got = answer(prometheus, target, city.STORM_AT, district)
        assert got.error is None, target["expr"]
        assert got.series, f"nothing for {target['expr']}"
        for label in re.findall(r"{{\s*(\w+)\s*}}", target.get("legendFormat", "")):
            assert all(label in labels for labels, _ in got.series), f"legend names {label}"


@pytest.mark.parametrize("panel", TABLES)
def test_table_shows_fields_that_the_answers_have(prometheus: Prometheus, panel: dict[str, Any]):
    several = len(panel["targets"]) > 1
    fields = set()
    labels_of_each = []
    for target in panel["targets"]:
        assert target["format"] == "table"
        rows = answer(prometheus, target, city.STORM_AT).series
        labels = {label for row, _ in rows for label in row}
        labels_of_each.append(labels)
        fields |= labels
        if {figure for _, figure in rows} != {1}:  # a value that is always 1 only carries its labels
            fields.add(f"Value #{target['refId']}" if several else "Value")
    steps = {step["id"]: step["options"] for step in panel["transformations"]}
    shown = set(steps["filterFieldsByName"]["include"]["names"])
    assert shown <= fields
    assert {field for field in fields if field.startswith("Value")} <= shown
    if several:
        assert all(steps["joinByField"]["byField"] in labels for labels in labels_of_each)
    titles = {steps["organize"]["renameByName"].get(field, field) for field in shown}
    for override in panel["fieldConfig"]["overrides"]:
        assert override["matcher"]["options"] in titles


def value(server: Prometheus, panel: int, ref: str, at: int, district: str = ".*") -> float | None:
    found = next(one for one in CITY["panels"] if one["id"] == panel)
    target = next(one for one in found["targets"] if one["refId"] == ref)
    got = answer(server, target, at, district)
    assert got.error is None
    assert len(got.series) <= 1
    return got.series[0][1] if got.series else None


TILES = [
    # panel, query, (quiet, storm, storm in district 002)
    pytest.param(1, "A", (579, 575, 20), id="communes connected"),
    pytest.param(1, "B", (579, 579, 20), id="communes"),
    pytest.param(2, "A", (0, 2, 0), id="sites cut off"),
    pytest.param(3, "A", (0, 1, 0), id="outages"),
    pytest.param(4, "A", (0, 1, 0), id="degraded"),
    pytest.param(5, "A", (0, 1, None), id="services down"),
    pytest.param(9, "A", (1189, 1181, 41), id="devices up"),
    pytest.param(9, "B", (0, 1, 0), id="devices in maintenance"),
    pytest.param(9, "C", (0, 1, 0), id="devices unknown"),
    pytest.param(9, "D", (0, 1, 0), id="agents silent"),
    pytest.param(9, "E", (0, 3, 0), id="devices unreachable"),
    pytest.param(9, "F", (0, 2, 0), id="devices down"),
    pytest.param(12, "A", (579, 575, 20), id="communes connected over time"),
]


@pytest.mark.parametrize(("panel", "ref", "expected"), TILES)
def test_tile_says_what_is_true_and_nothing_when_nobody_watches(
    prometheus: Prometheus, panel: int, ref: str, expected: tuple[float, float, float | None]
):
    quiet, storm, elsewhere = expected
    assert value(prometheus, panel, ref, city.QUIET_AT) == quiet
    assert value(prometheus, panel, ref, city.STORM_AT) == storm
    assert value(prometheus, panel, ref, city.STORM_AT, "002") == elsewhere
    assert value(prometheus, panel, ref, city.UNWATCHED_AT) is None


def test_monitor_tile_tells_watching_from_not_watching(prometheus: Prometheus):
    assert value(prometheus, 6, "A", city.STORM_AT) == 0
    assert value(prometheus, 6, "A", city.UNWATCHED_AT) == 2


def test_an_outage_without_its_details_still_has_its_row(prometheus: Prometheus):
    table = next(panel for panel in CITY["panels"] if panel["id"] == 7)
    rows = answer(prometheus, table["targets"][0], city.STORM_AT).series
    assert {labels["outage"] for labels, _ in rows} == {"device:rt-00001", "device:core-1"}
    ages = answer(prometheus, table["targets"][4], city.STORM_AT).series
    assert {age for _, age in ages} == {float(city.STORM_AT - city.STORM)}


def test_map_has_every_commune_once_and_at_a_place(prometheus: Prometheus):
    panel = next(panel for panel in CITY["panels"] if panel["type"] == "geomap")
    rows = answer(prometheus, panel["targets"][0], city.STORM_AT).series
    assert len({labels["site"] for labels, _ in rows}) == len(rows) == city.COMMUNES
    assert all(20 < float(labels["latitude"]) < 22 for labels, _ in rows)
    assert {code for _, code in rows} == {float(code) for code, _ in state.SITE_STATE.states}


@pytest.mark.parametrize("name", BUILT)
def test_variables_offer_what_their_pattern_reads(prometheus: Prometheus, name: str):
    offered: dict[str, list[tuple[str, str]]] = {}
    for variable in BUILT[name]["templating"]["list"]:
        if variable["type"] != "query":
            continue
        query = re.fullmatch(r"query_result\((.*)\)", variable["query"])
        assert query is not None
        pattern = re.compile(variable["regex"].strip("/").replace("(?<", "(?P<"))
        got = prometheus.instant(asked(query[1]), city.STORM_AT)
        assert got.error is None
        # Grafana matches the pattern against the series as text, its labels in order.
        texts = [
            "{" + ",".join(f'{label}="{text}"' for label, text in sorted(row.items())) + "}"
            for row, _ in got.series
        ]
        found = [pattern.search(text) for text in texts]
        assert texts
        assert all(found)
        offered[variable["name"]] = [(one["text"], one["value"]) for one in found if one]
    assert len(offered["district"]) == city.DISTRICTS + 1  # the data centres' own area too
    assert ("Quận 007", "007") in offered["district"]


@pytest.mark.parametrize("name", BUILT)
def test_annotations_mark_the_moment(prometheus: Prometheus, name: str):
    for annotation in BUILT[name]["annotations"]["list"]:
        got = prometheus.range(asked(annotation["expr"]), city.STORM, city.STORM_AT, 60)
        assert got.error is None
        assert {moment for _, moment in got.series} == {city.STORM * 1000}
        for label in re.findall(r"{{\s*(\w+)\s*}}", annotation["textFormat"]):
            assert all(label in labels for labels, _ in got.series)


def test_a_wrong_query_is_refused(prometheus: Prometheus):
    """The referee itself works: what Prometheus refuses is seen as refused."""
    assert prometheus.instant("sum by (", city.STORM_AT).error
    assert not prometheus.instant("citynoc_device_sate", city.STORM_AT).series
