"""Discovery, negotiation and the service's own metrics."""

import re

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

from collector.metrics import service
from collector.plan import Question
from exporters.discovery import blackbox
from exporters.exposition import Form
from exporters.negotiation import form, gzip_accepted
from exporters.selfmetrics import SelfMetrics
from exporters.traffic import Scrape, Traffic
from exporters.views import ServiceStats
from tests.unit.exporters.city import NOW, inventory

FULL = ServiceStats(
    "1.2.3",
    polls={(Question.POLL, "answer"): 7, (Question.LIVENESS, "timeout"): 2},
    skipped={Question.POLL: 1},
    targets={Question.POLL: 3},
    in_flight=4,
    lateness=0.01,
    packets_sent=10,
    packets_received=9,
    ignored_datagrams={"source": 0},
    missing_objects=5,
    snmp_discoveries=3,
    snmp_shrunk_devices=1,
    snmp_smallest_question=24,
    snmp_stalls=0,
    mqtt_connected=True,
    mqtt_messages={"accepted": 11},
    reload_ok=False,
    reload_at=NOW,
    calendars={"calendars/office.ics": False},
    journal_behind=False,
    journal_lost={"refused": 1},
    journal_restarts=0,
    silence_reads={"answered": 3},
    traps_listening=True,
    trap_messages={"accepted": 2},
)


def traffic() -> Traffic:
    one = Traffic()
    one.requests["/metrics", 200] += 3
    one.aborted["/metrics/devices"] += 1
    one.last["/metrics"] = Scrape(0.25, 1000, 40)
    return one


def test_city_services_are_discovered_with_their_module():
    groups = blackbox(inventory())
    assert [group["targets"] for group in groups] == [
        ["https://127.0.0.1:8443/"],
        ["http://127.0.0.1:8080/portal"],
    ]
    assert groups[0]["labels"] == {
        "service": "edoc",
        "title": "Quản lý văn bản",
        "site": "dc-1",
        "district": "004",
        "__param_module": "https_2xx",
    }


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("", Form.TEXT),
        ("*/*", Form.TEXT),
        ("text/plain;version=0.0.4", Form.TEXT),
        ("application/openmetrics-text", Form.OPENMETRICS),
        (
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
            ),
            Form.OPENMETRICS,
        ),
        ("application/openmetrics-text;version=0.0.1,text/plain;q=0.5", Form.TEXT),
        ("application/openmetrics-text;q=0.2,text/plain;q=0.5", Form.TEXT),
        ("application/openmetrics-text;q=0", Form.TEXT),
        ("application/openmetrics-text;q=many", Form.TEXT),
        (";;;,,=,q=", Form.TEXT),
    ],
)
def test_openmetrics_is_for_those_who_prefer_it(accept: str, wanted: Form):
    assert form(accept) is wanted


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        ("gzip", True),
        ("gzip, deflate, br", True),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0, *", False),
        ("identity", False),
        ("", False),
        ("br", False),
    ],
)
def test_gzip_is_for_those_who_accept_it(accept: str, wanted: bool):  # noqa: FBT001 -- a table of cases
    assert gzip_accepted(accept) is wanted


def test_every_number_about_ourselves_is_exposed_in_both_forms():
    metrics = SelfMetrics(lambda: FULL, traffic())
    text, openmetrics = metrics.render(Form.TEXT).decode(), metrics.render(Form.OPENMETRICS).decode()
    typed = {line.split()[2] for line in text.splitlines() if line.startswith("# TYPE")}
    assert typed >= {family.name for family in service.FAMILIES}
    assert {name for name in typed if name.startswith("citynoc_")} == {
        family.name for family in service.FAMILIES
    }
    assert typed > {"process_resident_memory_bytes", "python_info"}
    samples = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name.startswith("citynoc_")
    }
    assert (
        samples["citynoc_poll_outcomes_total", frozenset({("question", "poll"), ("result", "answer")})] == 7
    )
    assert samples["citynoc_config_last_reload_successful", frozenset()] == 0
    assert samples["citynoc_scrape_duration_seconds", frozenset({("endpoint", "/metrics")})] == 0.25
    assert samples == {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in openmetrics_families(openmetrics)  # type: ignore[no-untyped-call]  # the library's gap
        for sample in family.samples
        if sample.name.startswith("citynoc_")
    }


def test_what_the_service_does_not_know_of_itself_is_absent():
    text = SelfMetrics(lambda: ServiceStats("1.2.3"), Traffic()).render(Form.TEXT).decode()
    named = set(re.findall(r"^(citynoc_\w+)", text, re.MULTILINE))
    assert named == {"citynoc_poll_in_flight", "citynoc_build_info"}


def test_two_servers_share_no_registry():
    first, second = (
        SelfMetrics(lambda: ServiceStats("a"), Traffic()),
        SelfMetrics(lambda: ServiceStats("b"), Traffic()),
    )
    assert b'version="a"' in first.render(Form.TEXT)
    assert b'version="b"' in second.render(Form.TEXT)
