"""net-snmp's command line tools are the referee of the simulator's codec."""

import pytest

from tests.integration.simulator.city import running

pytestmark = pytest.mark.integration

ROUTER, AGGREGATION, CORE, ENDPOINT, UPS = (
    "127.77.2.1",
    "127.77.1.1",
    "127.77.0.11",
    "127.77.3.1",
    "127.77.0.3",
)
UPTIME, NAME, OBJECT_ID = (f".1.3.6.1.2.1.1.{n}.0" for n in (3, 5, 2))
IN_OCTETS = ".1.3.6.1.2.1.31.1.1.1.6.1"
OPER_STATUS = ".1.3.6.1.2.1.2.2.1.8"


async def test_get_has_every_type_and_exception_right():
    async with running() as city:
        text = await city.snmp(
            "snmpget", ROUTER, NAME, UPTIME, OBJECT_ID, IN_OCTETS, ".1.3.6.1.2.1.1.99.0", f"{OPER_STATUS}.99"
        )
    lines = text.splitlines()
    assert lines[0] == f'{NAME} = STRING: "rt-00115"'
    assert lines[1].startswith(f"{UPTIME} = Timeticks: (")
    assert lines[2] == f"{OBJECT_ID} = OID: .1.3.6.1.4.1.14988.1"
    assert lines[3].startswith(f"{IN_OCTETS} = Counter64: ")
    assert lines[4].endswith("No Such Object available on this agent at this OID")
    assert lines[5].endswith("No Such Instance currently exists at this OID")


async def test_every_agent_answers_from_its_own_address():
    async with running() as city:
        for address, name in ((ROUTER, "rt-00115"), (AGGREGATION, "ag-004-1"), (ENDPOINT, "vc-00115")):
            assert f'"{name}"' in await city.snmp("snmpget", address, NAME)


@pytest.mark.parametrize("address", [ROUTER, CORE, ENDPOINT, UPS])
async def test_a_walk_step_by_step_and_in_bulk_sees_the_same_objects(address: str):
    async with running() as city:
        stepped = await city.snmp("snmpwalk", address, ".1.3")
        for repetitions in ("1", "10", "70"):
            bulk = await city.snmp("snmpbulkwalk", address, f"-Cr{repetitions}", ".1.3")
            assert [line.split(" ")[0] for line in bulk.splitlines() if line.startswith(".")] == [
                line.split(" ")[0] for line in stepped.splitlines() if line.startswith(".")
            ]
        old = await city.snmp("snmpwalk", address, ".1.3", version="1")
    assert len(stepped.splitlines()) > 60
    assert stepped.splitlines()[-1].endswith("(It is past the end of the MIB tree)")
    assert "Counter64" in stepped
    assert "Counter64" not in old
    assert "End of MIB" in old


async def test_bulk_get_takes_non_repeaters_first():
    async with running() as city:
        text = await city.snmp(
            "snmpbulkget", ROUTER, "-Cn1", "-Cr2", ".1.3.6.1.2.1.1.3", OPER_STATUS, ".1.3.6.1.2.1.2.2.1.1"
        )
    names = [line.split(" ")[0] for line in text.splitlines()]
    columns = [OPER_STATUS, ".1.3.6.1.2.1.2.2.1.1"]
    assert names == [UPTIME, *(f"{column}.{row}" for row in (1, 2) for column in columns)]


async def test_errors_are_those_of_the_protocol():
    async with running() as city:
        too_many = [f".1.3.6.1.2.1.31.1.1.1.18.{index}" for index in range(501, 525)] * 3
        assert "tooBig" in await city.snmp("snmpget", CORE, *too_many)
        assert "notWritable" in await city.snmp("snmpset", ROUTER, NAME, "s", "x")
        assert "readOnly" in await city.snmp("snmpset", ROUTER, NAME, "s", "x", version="1")
        missing = await city.snmp("snmpget", ROUTER, UPTIME, ".1.3.6.1.2.1.1.99.0", version="1")
        assert "noSuchName" in missing
        assert "Failed object: .1.3.6.1.2.1.1.99.0" in missing


async def test_a_wrong_community_is_met_with_silence():
    async with running() as city:
        text = await city.snmp("snmpget", ROUTER, UPTIME, community="wrong", timeout="0.3")
    assert text.startswith("Timeout: No Response")


async def test_nobody_answers_for_an_address_outside_the_city():
    async with running() as city:
        assert (await city.snmp("snmpget", "127.99.99.99", UPTIME, timeout="0.3")).startswith("Timeout")


async def test_what_is_cut_is_silent_and_comes_back():
    async with running() as city:
        assert await city.act("cut", cable="cb-00115") == 200
        for address in (ROUTER, ENDPOINT):
            assert (await city.snmp("snmpget", address, UPTIME, timeout="0.3")).startswith("Timeout")
        status = await city.snmp("snmpget", AGGREGATION, f"{OPER_STATUS}.3")
        assert status.strip().endswith("INTEGER: 2")
        assert set((await city.state())["silent"]) == {"rt-00115", "vc-00115"}
        assert await city.act("repair", cable="cb-00115") == 200
        assert "Timeticks" in await city.snmp("snmpget", ENDPOINT, UPTIME)


async def test_a_reboot_starts_the_uptime_anew():
    async with running() as city:
        await city.act("reboot", device="rt-00115", silent="200ms")
        assert "rt-00115" in (await city.state())["silent"]
        while (await city.state())["silent"]:
            continue
        ticks = await city.snmp("snmpget", ROUTER, "-Oqvt", UPTIME)
        assert int(ticks) < 6000


async def test_a_call_fills_the_call_table():
    table = ".1.3.6.1.4.1.13885.101.1.4.1.1"
    async with running() as city:
        assert "No Such Instance" in await city.snmp("snmpget", ENDPOINT, f"{table}.16.1")
        await city.act("call", start="briefing", participants=["00115"])
        rows = (await city.snmp("snmpbulkwalk", ENDPOINT, table)).splitlines()
        assert len(rows) > 20
        assert any(line.endswith('"briefing"') for line in rows)
        await city.act("call", end="briefing")
        assert "No Such Instance" in await city.snmp("snmpget", ENDPOINT, f"{table}.16.1")


async def test_lost_datagrams_are_lost_by_their_share():
    async with running() as city:
        await city.act("loss", share="1.0", device="rt-00115")
        assert (await city.snmp("snmpget", ROUTER, UPTIME, timeout="0.3")).startswith("Timeout")
        assert "Timeticks" in await city.snmp("snmpget", AGGREGATION, UPTIME)
