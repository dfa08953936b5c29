"""`/metrics`: the service about itself, through prometheus_client and a registry of its own.

Nothing is counted here: numbers are pulled at scrape time from plain objects, so that no hot path touches
prometheus_client. The process and Python collectors come with the library.
"""

import platform
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.registry import Collector

from collector.metrics import Family, Kind, service
from exporters.exposition import Form
from exporters.traffic import Traffic
from exporters.views import ServiceStats

Name = TypeVar("Name", bound=str)
Row = tuple[tuple[str, ...], float]


class SelfMetrics:
    """Text of `/metrics`. `stats` and `traffic` are read once a scrape."""

    def __init__(self, stats: Callable[[], ServiceStats], traffic: Traffic) -> None:
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Ours(stats, traffic))
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def render(self, form: Form) -> bytes:
        """The whole text in the asked form."""
        if form is Form.OPENMETRICS:
            text: bytes = generate_openmetrics(self._registry)  # type: ignore[no-untyped-call]  # the library's own gap
            return text
        return generate_latest(self._registry)


class _Ours(Collector):
    def __init__(self, stats: Callable[[], ServiceStats], traffic: Traffic) -> None:
        self._stats = stats
        self._traffic = traffic

    def describe(self) -> Iterable[Metric]:
        """Nothing: the registry need not ask the service before it runs."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Every family that has something to say."""
        for family, rows in (*_stats_rows(self._stats()), *_traffic_rows(self._traffic)):
            if rows:
                yield _metric(family, rows)


def _metric(family: Family, rows: Iterable[Row]) -> Metric:
    if family.kind is Kind.COUNTER:
        metric: CounterMetricFamily | GaugeMetricFamily = CounterMetricFamily(
            family.name, family.help, labels=family.labels
        )
    else:
        metric = GaugeMetricFamily(family.name, family.help, labels=family.labels)
    for labels, value in rows:
        metric.add_metric(labels, value)
    return metric


def _one(value: float | None) -> list[Row]:
    return [] if value is None else [((), float(value))]


def _by(values: Mapping[Name, float]) -> list[Row]:
    return [((str(key),), float(value)) for key, value in values.items()]


def _stats_rows(stats: ServiceStats) -> Iterator[tuple[Family, list[Row]]]:
    polls: list[Row] = [
        ((str(question), result), float(count)) for (question, result), count in stats.polls.items()
    ]
    yield service.POLLS, polls
    yield service.POLL_SKIPPED, _by(stats.skipped)
    yield service.POLL_TARGETS, _by(stats.targets)
    yield service.POLL_IN_FLIGHT, _one(stats.in_flight)
    yield service.POLL_LATENESS, _one(stats.lateness)
    yield service.POLL_MISSING_OBJECTS, _one(stats.missing_objects)
    yield service.SNMP_SENT_PACKETS, _one(stats.packets_sent)
    yield service.SNMP_RECEIVED_PACKETS, _one(stats.packets_received)
    yield service.SNMP_IGNORED, _by(stats.ignored_datagrams)
    yield service.SNMP_DISCOVERIES, _one(stats.snmp_discoveries)
    yield service.SNMP_SHRUNK, _one(stats.snmp_shrunk_devices)
    yield service.SNMP_SMALLEST, _one(stats.snmp_smallest_question)
    yield service.SNMP_STALLS, _one(stats.snmp_stalls)
    yield service.MQTT_CONNECTED, _one(stats.mqtt_connected)
    yield service.MQTT_MESSAGES, _by(stats.mqtt_messages)
    yield service.TRAPS_LISTENING, _one(stats.traps_listening)
    yield service.TRAP_MESSAGES, _by(stats.trap_messages)
    yield service.CONFIG_RELOAD_OK, _one(stats.reload_ok)
    yield service.CONFIG_RELOAD_TIME, _one(stats.reload_at)
    yield service.CALENDAR_READ, _by(stats.calendars)
    yield service.JOURNAL_BEHIND, _one(stats.journal_behind)
    yield service.JOURNAL_LOST, _by(stats.journal_lost)
    yield service.JOURNAL_RESTARTS, _one(stats.journal_restarts)
    yield service.SILENCE_READS, _by(stats.silence_reads)
    build: Row = ((stats.version, platform.python_version()), 1.0)
    yield service.BUILD_INFO, [build]


def _traffic_rows(traffic: Traffic) -> Iterator[tuple[Family, list[Row]]]:
    last = traffic.last
    answered: list[Row] = [
        ((path, str(code)), float(count)) for (path, code), count in traffic.requests.items()
    ]
    yield service.HTTP_REQUESTS, answered
    yield service.HTTP_ABORTED, _by(traffic.aborted)
    yield service.SCRAPE_DURATION, _by({path: scrape.seconds for path, scrape in last.items()})
    yield service.SCRAPE_SIZE, _by({path: scrape.size for path, scrape in last.items()})
    yield service.EXPOSED_SERIES, _by({path: scrape.series for path, scrape in last.items()})
