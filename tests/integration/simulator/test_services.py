"""City services as a prober sees them, and the control API as a person with curl does."""

import socket

import aiohttp
import pytest

from citynoc.simulator.agents import PortInUseError
from citynoc.simulator.simulation import Options, Simulation
from collector.model import CityService, SiteCode
from tests.integration.mosquitto import free_port
from tests.integration.simulator.city import Running, running
from tests.unit.simulator import small_city

pytestmark = pytest.mark.integration


def services(port: int) -> tuple[CityService, ...]:
    """Two in data centre 2 on one address, and one that the simulator must leave alone."""

    def at(name: str, url: str) -> CityService:
        return CityService(name, name.title(), url, SiteCode("dc-2"), small_city.DISTRICT)

    base = f"http://127.77.9.1:{port}"
    return at("portal", f"{base}/portal"), at("mail", f"{base}/mail"), at("far", "https://127.77.9.2/far")


async def status(city: Running, url: str, seconds: float = 5.0) -> int | None:
    """The HTTP status, or None if nobody answered in time."""
    try:
        async with city.http.get(url, timeout=aiohttp.ClientTimeout(total=seconds)) as response:
            return response.status
    except TimeoutError:
        return None


async def test_services_live_and_fail_with_their_site_and_by_themselves():
    known = services(free_port())
    async with running(small_city.inventory(services=known)) as city:
        portal, mail, _ = (service.url for service in known)
        assert any("not for service far" in line for line in city.said)
        assert (await status(city, portal), await status(city, mail)) == (200, 200)
        await city.act("service_down", service="mail")
        assert (await status(city, portal), await status(city, mail)) == (200, 503)
        await city.act("repair", service="mail")
        await city.act("kill", device="sw-dc2")
        assert await status(city, portal, 0.3) is None
        await city.act("repair", device="sw-dc2")
        assert await status(city, portal) == 200
        await city.act("service_slow", service="portal", delay="30s")
        assert await status(city, portal, 0.3) is None


@pytest.mark.parametrize(
    ("verb", "body", "code", "message"),
    [
        ("kil", "{}", 404, "there is no verb 'kil' — did you mean 'kill'?"),
        (
            "kill",
            '{"device": "rt-0115"}',
            400,
            "device: there is no device 'rt-0115' — did you mean 'rt-00115'?",
        ),
        ("kill", "{}", 400, "has no 'device'"),
        ("kill", "[1", 400, "the body is not JSON"),
        ("kill", "[" * 100_000, 400, "the body is not JSON"),
        ("kill", "[1]", 400, ""),
        ("cut", '{"devise": "rt-00115"}', 400, "unknown key 'devise'"),
        ("loss", '{"share": 7}', 400, "'7' is not a share"),
    ],
)
async def test_control_refuses_in_words(verb: str, body: str, code: int, message: str):
    async with (
        running() as city,
        city.http.post(f"http://{city.control}/{verb}", data=body) as response,
    ):
        assert response.status == code
        assert message in (await response.json())["error"]
        assert (await city.state())["broken"] == []


async def test_control_tells_the_truth():
    async with running() as city:
        assert await city.act("kill", device="ag-004-1") == 200
        assert await city.act("power_off", site="00118") == 200
        state = await city.state()
        assert [(fault["kind"], fault["name"]) for fault in state["broken"]] == [
            ("device", "ag-004-1"),
            ("power", "00118"),
        ]
        assert set(state["unreached"]) == {"ag-004-1", "rt-00118", "vc-00118"}
        assert await city.act("repair") == 200
        assert (await city.state())["broken"] == []


async def test_a_service_whose_address_is_taken_is_left_out_in_one_line():
    with socket.socket() as taken:
        taken.bind(("127.77.9.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with running(small_city.inventory(services=services(port))) as city:
            sentence = (
                f"not for service portal, mail: TCP 127.77.9.1:{port} cannot be used: Address already in use"
            )
            assert sentence in city.said
            assert (await city.state())["broken"] == []


async def test_a_control_address_that_is_taken_stops_the_start():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        options = Options(snmp_port=0, control=("127.0.0.1", port))
        simulation = Simulation(small_city.inventory(), options, lambda _: None, lambda _: None)
        with pytest.raises(PortInUseError, match=f"TCP 127.0.0.1:{port} for control cannot be used: Address"):
            await simulation.run()
