"""The next in line, and the one after: told by a real Alertmanager unless somebody takes the outage in between."""

import asyncio
from pathlib import Path

import pytest

from citynoc.oncall.compose import CONFIGURATION, compose
from citynoc.oncall.receivers import Vault
from collector.config import load
from tests.config.workshop import SECRETS, small_city
from tests.integration.alertmanager import alertmanager
from tests.integration.ears import Ears, ears

pytestmark = pytest.mark.integration


def unacknowledged(outage: str) -> dict[str, str]:
    return {"alertname": "OutageUnacknowledged", "severity": "page", "outage": outage}


async def outages(heard: Ears, path: str, count: int) -> set[str]:
    bodies = [(await heard.at(path).get())[1] for _ in range(count)]
    return {alert["labels"]["outage"] for body in bodies for alert in body["alerts"]}


def test_later_steps_wait_and_are_dropped_when_somebody_takes_it(tmp_path: Path):
    async def story() -> None:
        async with ears() as heard:
            config = small_city(tmp_path)
            (config / "oncall.yml").write_text(f"""
receivers:
  first: {{webhook: {{url: "{heard.web}/first", token: none}}}}
  second: {{webhook: {{url: "{heard.web}/second", token: none}}}}
  third: {{webhook: {{url: "{heard.web}/third", token: none}}}}
shifts: [{{to: first}}]
warnings: {{to: first}}
escalation: [{{after: 60s, to: second}}, {{after: 64s, to: third}}]
heartbeat: {{url: "{heard.web}/heartbeat", token: none, every: 10s}}
""")
            loaded = load(config, SECRETS)
            assert loaded.on_call is not None
            for name, text in compose(loaded.on_call, loaded.inventory.city, Vault(config, {})).files.items():
                (tmp_path / name).write_text(text)
            async with alertmanager(tmp_path / CONFIGURATION, tmp_path / "data") as server:
                for outage in ("device:taken", "device:left"):
                    await server.fire(unacknowledged(outage), {}, since=0)
                assert await outages(heard, "/second", 2) == {"device:taken", "device:left"}
                await server.silence({"outage": "device:taken"})
                await server.fire(unacknowledged("device:later"), {}, since=0)
                assert await outages(heard, "/third", 2) == {"device:left", "device:later"}
                assert heard.at("/third").empty()
                assert heard.at("/first").empty()

    asyncio.run(story())
