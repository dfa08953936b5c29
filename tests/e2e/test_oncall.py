"""On call, played with the real servers: what waits, what pages, who hears of it next, and who took it."""

import asyncio
import tempfile
from pathlib import Path

import aiohttp
import pytest

from citynoc.clock import Clock
from citynoc.demo.ports import free
from citynoc.demo.proof import all_up
from citynoc.demo.sink import Notification
from citynoc.demo.stack import Choice, Stack, opened_stack
from tests.e2e.city import ROOT, Talk, timeless
from tests.integration.alertmanager import Alertmanager

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

SMALL, LARGE = "device:rt-00115", "cable:south-ring"
PATIENCE = 120.0


def city_where_two_sites_wake(folder: Path) -> Path:
    """The shipped city; it takes two sites to page, and a minute untaken to tell the next."""
    config = timeless(folder)
    path = config / "oncall.yml"
    text = path.read_text()
    for old, new in (
        ("{hours: always, sites: 1}", "{hours: always, sites: 2}"),
        ("after: 15m", "after: 60s"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text)
    return config


async def heard(stack: Stack, receiver: str, alert: str, outage: str, status: str = "firing") -> Notification:
    """The first such notification; waits for it."""
    async with asyncio.timeout(PATIENCE):
        while True:
            for told in stack.sink.notifications:
                if (told.receiver, told.status, told.outages()) == (receiver, status, {outage}) and {
                    one.name for one in told.alerts
                } == {alert}:
                    return told
            stack.raise_deaths()
            await asyncio.sleep(0.2)


async def story(stack: Stack) -> None:
    await stack.control.act("cut", {"device": "rt-00115"})
    await heard(stack, "operations", "OutageWaits", SMALL)
    await stack.control.act("cut", {"cable": "south-ring"})
    await heard(stack, "on-call", "CitynocOutage", LARGE)
    told = await heard(stack, "escalation", "OutageUnacknowledged", LARGE)
    # From when the page began to fire, as Prometheus has it: its delivery may take longer than the escalation's.
    began = await stack.oracle.number(f'max(ALERTS_FOR_STATE{{alertname="CitynocOutage",outage="{LARGE}"}})')
    assert began
    assert told.at - began >= 60

    alertmanager = Alertmanager(stack.room.url("alertmanager"), [])
    await alertmanager.silence({"outage": LARGE})
    taken = f'citynoc_outage_acknowledged{{outage="{LARGE}"}}'
    unacknowledged = 'count(ALERTS{alertname="OutageUnacknowledged",alertstate="firing"}) or vector(0)'
    async with asyncio.timeout(PATIENCE):
        while (await stack.oracle.number(taken), await stack.oracle.number(unacknowledged)) != (1, 0):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.5)
    # About outages: another city on this machine may hold the ports of our city services.
    pages = [told for told in stack.sink.notifications if told.receiver == "on-call" and told.outages()]
    assert [(told.status, told.outages()) for told in pages] == [("firing", {LARGE})]
    async with (
        aiohttp.ClientSession() as session,
        session.get(stack.room.url("citynoc", "/metrics/state")) as got,
    ):
        text = await got.text()
    assert "\ncitynoc_wake_sites 2\n" in text
    assert f'citynoc_outage_acknowledged{{outage="{SMALL}"}} 0\n' in text


def test_a_small_outage_waits_a_large_one_pages_and_a_silence_takes_it():
    async def run() -> None:
        with tempfile.TemporaryDirectory(prefix="citynoc-") as temporary:
            folder = Path(temporary)
            config = city_where_two_sites_wake(folder)
            choice = Choice(config, ROOT / "deploy", folder / "data", free())
            async with opened_stack(choice, Clock().unix) as stack:
                await stack.start(Talk())
                await all_up(stack)
                await story(stack)

    asyncio.run(run())
