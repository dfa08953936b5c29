import aiohttp
import pytest

from citynoc.demo.ports import HOST, free
from citynoc.demo.sink import Notification, Sink

pytestmark = pytest.mark.integration


def payload(alertname: str, outage: str, status: str = "firing") -> dict[str, object]:
    alert = {
        "status": status,
        "labels": {"alertname": alertname, "outage": outage},
        "annotations": {"summary": f"Phường Phúc Xá: {outage} is down"},
        "startsAt": "2026-01-01T00:00:00Z",
    }
    return {"version": "4", "status": status, "groupLabels": {"outage": outage}, "alerts": [alert]}


async def post(url: str, body: object, token: str) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, json=body, headers={"Authorization": f"Bearer {token}"}) as response,
    ):
        return response.status


async def test_a_notification_is_remembered_with_its_time_and_told():
    heard: list[Notification] = []
    port = free().tcp["webhook"]
    async with Sink(HOST, port, "right", lambda: 42.0, heard.append) as sink:
        assert (
            await post(f"http://{HOST}:{port}/on-call", payload("CitynocOutage", "device:rt-00115"), "right")
            == 200
        )
        (told,) = sink.notifications
        async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}/") as shown:
            text = await shown.text()
    assert '"summary": "Phường Phúc Xá: device:rt-00115 is down"' in text  # for people: no \\u escapes
    assert heard == [told]
    assert (told.at, told.receiver, told.status, told.outages()) == (
        42.0,
        "on-call",
        "firing",
        {"device:rt-00115"},
    )


async def test_heartbeats_are_counted_and_are_no_notification():
    port = free().tcp["webhook"]
    async with Sink(HOST, port, "right", lambda: 0.0) as sink:
        assert await post(f"http://{HOST}:{port}/heartbeat", payload("Watchdog", ""), "right") == 200
        assert sink.heartbeats["Watchdog"] == 1
        assert sink.notifications == []


async def test_a_wrong_token_and_a_broken_payload_are_refused():
    port = free().tcp["webhook"]
    async with Sink(HOST, port, "right", lambda: 0.0) as sink:
        url = f"http://{HOST}:{port}/on-call"
        assert await post(url, payload("CitynocOutage", "x"), "wrong") == 401
        assert await post(url, {"alerts": 7}, "right") == 400
        assert await post(url, [], "right") == 400
        assert sink.notifications == []
