"""Prometheus itself as the judge of what we expose."""

import asyncio
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from collector.metrics import CATALOG
from collector.model import DeviceName
from collector.outages.state import CauseKind, DeviceVerdict, Outage, Severity, State
from collector.outcome import Answer, Measured, SeriesSet
from collector.plan import Question
from exporters.exposition import header
from exporters.server import Server
from tests.binaries import require
from tests.integration.prometheus import prometheus
from tests.unit.exporters.city import (
    CORE,
    DISTRICT,
    ENDPOINT,
    NOW,
    ROUTER,
    SITE,
    FakeViews,
    all_up,
    key,
    octets,
)
from tests.unit.exporters.test_small_views import FULL

pytestmark = pytest.mark.integration

ENDPOINTS = ("/metrics", "/metrics/state", "/metrics/devices")
IETF = frozenset(name for name, family in CATALOG.items() if family.ietf)
KEPT = frozenset({"citynoc_conference_bitrate_bits_per_second"})
"""Bit rates are in bits wherever a network is spoken of; promtool would have bytes."""

OUTAGE = Outage(
    "device:rt-00115",
    CauseKind.DEVICE,
    DISTRICT,
    NOW - 90,
    (ROUTER,),
    frozenset({ROUTER, ENDPOINT}),
    frozenset({SITE}),
    Severity.MAJOR,
    site=SITE,
)


async def promtool(text: str) -> set[tuple[str, str]]:
    """Pairs of metric and complaint."""
    process = await asyncio.create_subprocess_exec(
        require("promtool"),
        "check",
        "metrics",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate(text.encode())
    return {(line.partition(" ")[0], line) for line in said.decode().splitlines()}


def everything() -> FakeViews:
    """Views in which every endpoint has all that it can have."""
    verdicts = dict(all_up().devices)
    verdicts[ROUTER] = DeviceVerdict(State.DOWN, NOW, answered=False, cause=OUTAGE.id)
    views = FakeViews(state=replace(all_up(), devices=verdicts, outages=(OUTAGE,)), numbers=FULL)
    views.devices.put(key(Question.POLL), octets(5, 6), 100)
    return views


async def test_promtool_has_nothing_to_say_of_our_own_names():
    async with (
        Server(everything(), "127.0.0.1", 0) as running,
        aiohttp.ClientSession(f"http://127.0.0.1:{running.port}") as client,
    ):
        for path in ENDPOINTS:
            async with client.get(path) as response:
                said = await promtool(await response.text())
            assert {line for name, line in said if name not in IETF} == set()


async def test_promtool_has_nothing_to_say_of_any_name_in_the_catalogue():
    lines = []
    for family in CATALOG.values():
        measured = Measured(SeriesSet(family, [tuple("x" for _ in family.labels)]), (1,))
        lines.append((header(family) + measured.text()).decode())
    said = await promtool("".join(lines))
    assert {name for name, _ in said} - IETF == KEPT
    assert {name for name, _ in said} & IETF == IETF


async def test_prometheus_sees_the_values_and_that_they_are_gone(tmp_path: Path):
    views = everything()
    board = SeriesSet(
        CATALOG["citynoc_device_temperature_celsius"], [(ENDPOINT, SITE, DISTRICT, "endpoint", 'a"b\\c\nd')]
    )
    views.devices.put(key(Question.POLL, ENDPOINT), Answer((Measured(board, (41.5,)),)), 100)
    many = [DeviceName(f"rt-{number:05}") for number in range(1000, 4000)]
    for name in many:
        views.devices.put(key(Question.POLL, name), octets(1, device=name), 50)
    async with Server(views, "127.0.0.1", 0) as running:
        jobs = "".join(
            f"""
  - job_name: citynoc{path.replace("/", "-")}
    metrics_path: {path}
    honor_labels: true
    static_configs: [{{targets: ['127.0.0.1:{running.port}']}}]
"""
            for path in ENDPOINTS
        )
        configuration = f"global: {{scrape_interval: 500ms, scrape_timeout: 500ms}}\nscrape_configs:{jobs}"
        async with prometheus(tmp_path, configuration) as server:
            await server.until("count(up == 1)", {frozenset(): 3})
            await server.until(f"count(ifHCInOctets{{device!='{ROUTER}'}})", {frozenset(): len(many)})
            states = await server.value("sum by (device, role) (citynoc_device_state)")
            assert {dict(labels)["device"]: value for labels, value in states.items()} == {
                CORE: 0,
                ROUTER: 5,
                ENDPOINT: 0,
            }
            outages = await server.value("max by (outage, kind, district) (citynoc_outage_active)")
            assert outages == {
                frozenset({("outage", OUTAGE.id), ("kind", "device"), ("district", DISTRICT)}): 1
            }
            sensor = await server.value("sum by (sensor) (citynoc_device_temperature_celsius)")
            assert sensor == {frozenset({("sensor", 'a"b\\c\nd')}): 41.5}
            assert [
                row["type"] for row in (await server.get("metadata", metric="citynoc_site"))["citynoc_site"]
            ] == ["info"]
            assert (await server.value("min(scrape_samples_scraped{job='citynoc-metrics-devices'})"))[
                frozenset()
            ] == len(many) + 3

            views.devices.drop(key(Question.POLL, ENDPOINT))
            views.now = 60
            await server.until("citynoc_device_temperature_celsius", {})
            await server.until("count(ifHCInOctets)", {frozenset(): 2})
            views.state = replace(views.state, outages=(replace(OUTAGE, ended=NOW),))
            await server.until("max(citynoc_outage_active)", {frozenset(): 0})
            views.state = replace(views.state, outages=())
            await server.until("citynoc_outage_active", {})
        assert not [line for line in server.log if "ingest" in line or "append failed" in line]
