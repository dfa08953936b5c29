"""Of the repair of an outage that somebody has taken Alertmanager tells nobody, as docs/how-to/on-call.md says."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from citynoc.oncall.compose import compose
from citynoc.oncall.receivers import Vault
from collector.config import load
from tests.config.workshop import SECRETS, small_city
from tests.integration.alertmanager import Alertmanager, alertmanager
from tests.integration.ears import Ears, ears

pytestmark = pytest.mark.integration

TAKEN, LEFT, GIVEN_BACK = "device:taken", "device:left", "device:given-back"


def page(outage: str) -> dict[str, str]:
    return {"alertname": "CitynocOutage", "severity": "page", "outage": outage, "district": "004"}


async def told(heard: Ears, count: int) -> set[tuple[str, str]]:
    """Outage and status of that many messages to the shift."""
    bodies = [(await heard.at("/shift").get())[1] for _ in range(count)]
    return {(one["labels"]["outage"], body["status"]) for body in bodies for one in body["alerts"]}


async def logged(server: Alertmanager, holds: Callable[[str], bool]) -> None:
    while not any(map(holds, server.log)):  # noqa: ASYNC110 - its log grows by itself
        await asyncio.sleep(0.05)


def looked_at_the_end_of(outage: str) -> Callable[[str], bool]:
    return lambda line: "msg=flushing" in line and outage in line and "][resolved]" in line


def test_who_took_an_outage_hears_of_its_repair_only_if_the_silence_is_over_before(tmp_path: Path):
    async def story() -> None:
        async with ears() as heard:
            config = small_city(tmp_path)
            (config / "oncall.yml").write_text(f"""
receivers:
  shift: {{webhook: {{url: "{heard.web}/shift", token: none}}}}
shifts: [{{to: shift}}]
warnings: {{to: shift}}
heartbeat: {{url: "{heard.web}/heartbeat", token: none, every: 1h}}
""")
            loaded = load(config, SECRETS)
            assert loaded.on_call is not None
            for name, text in compose(loaded.on_call, loaded.inventory.city, Vault(config, {})).files.items():
                (tmp_path / name).write_text(text)
            async with alertmanager(
                tmp_path / "alertmanager.yml", tmp_path / "data", "--log.level=debug"
            ) as server:
                for outage in (TAKEN, LEFT, GIVEN_BACK):
                    await server.fire(page(outage), {})
                everybody = {(TAKEN, "firing"), (LEFT, "firing"), (GIVEN_BACK, "firing")}
                assert await told(heard, 3) == everybody
                await server.silence({"outage": TAKEN})
                given_back = await server.silence({"outage": GIVEN_BACK})
                await server.end(given_back)
                await server.fire(page(TAKEN), {}, ended=True)
                await logged(server, looked_at_the_end_of(TAKEN))
                for outage in (LEFT, GIVEN_BACK):
                    await server.fire(page(outage), {}, ended=True)
                assert await told(heard, 2) == {(LEFT, "resolved"), (GIVEN_BACK, "resolved")}
                assert heard.at("/shift").empty()

    asyncio.run(story())
