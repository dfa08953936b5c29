"""The whole city beside real servers: what Prometheus sees, what a tool says of our metrics, what a crash costs."""

import asyncio
import re
from pathlib import Path

import pytest

from citynoc.demo.oracle import of_service
from citynoc.demo.proof import LOOK_EVERY, polled, victim
from citynoc.demo.stack import Stack
from collector.metrics import ietf
from collector.model import Role
from tests.binaries import require
from tests.e2e.city import timeless_city

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

JOBS = {
    "alertmanager",
    "blackbox",
    "city-services",
    "citynoc",
    "citynoc-devices",
    "citynoc-state",
    "prometheus",
}


async def test_the_city_lives(tmp_path: Path):
    async with timeless_city(tmp_path / "data") as stack:
        await every_job_is_scraped(stack)
        await the_services_are_probed(stack)
        await the_tool_has_nothing_to_say_of_our_names(stack)
        router, _ = victim(stack)
        assert "sysUpTime" in await polled(stack, router)
        await a_device_has_its_own_instance(stack, router.name)
        await endpoints_say_all_of_themselves(stack)
        await a_reload_is_taken(stack)
        await a_killed_service_comes_back_whole(stack)


async def until(stack: Stack, query: str, wanted: float) -> None:
    """Ask Prometheus until it says so; the test's time limit is the limit."""
    while await stack.oracle.number(query) != wanted:
        stack.raise_deaths()
        await asyncio.sleep(LOOK_EVERY)


async def every_job_is_scraped(stack: Stack) -> None:
    await until(stack, "count(count by (job) (up == 1))", len(JOBS))
    series = await stack.oracle.labels("up") or []
    assert {labels["job"] for labels in series} == JOBS


async def the_services_are_probed(stack: Stack) -> None:
    await until(stack, "count(probe_success == 1)", len(stack.inventory.services))


async def the_tool_has_nothing_to_say_of_our_names(stack: Stack) -> None:
    exempt = {family.name for family in ietf.FAMILIES}
    for path in ("/metrics", "/metrics/state", "/metrics/devices"):
        async with stack.room.session.get(stack.room.url("citynoc", path)) as response:
            text = await response.text()
        complaints = await checked(text)
        ours = [line for line in complaints if re.split(r"[\s:]", line, maxsplit=1)[0] not in exempt]
        assert ours == [], path


async def checked(text: str) -> list[str]:
    """What `promtool check metrics` says, line by line."""
    pipe = asyncio.subprocess.PIPE
    tool = await asyncio.create_subprocess_exec(
        require("promtool"), "check", "metrics", stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await tool.communicate(text.encode())
    return [line for line in said.decode().splitlines() if line.strip()]


async def a_device_has_its_own_instance(stack: Stack, device: str) -> None:
    await until(stack, f'count(sysUpTime{{instance="{device}",device="{device}"}})', 1)


async def endpoints_say_all_of_themselves(stack: Stack) -> None:
    """They are asked over SNMP and publish over MQTT: neither way takes back what the other has told."""
    endpoints = sum(device.role is Role.ENDPOINT for device in stack.inventory.devices.values())
    await until(stack, 'count(citynoc_device_info{role="endpoint",vendor!="",software!=""})', endpoints)


async def a_reload_is_taken(stack: Stack) -> None:
    async with stack.room.session.post(stack.room.url("citynoc", "/-/reload")) as response:
        assert response.status == 200, await response.text()


async def a_killed_service_comes_back_whole(stack: Stack) -> None:
    told = len(stack.sink.notifications)
    await stack.supervisor.kill("citynoc")
    await stack.restart("citynoc")
    beholder = of_service(stack.room.session, stack.room.url("citynoc"))
    while await beholder.up() != stack.expected:
        stack.raise_deaths()
        await asyncio.sleep(LOOK_EVERY)
    assert stack.sink.notifications[told:] == []
