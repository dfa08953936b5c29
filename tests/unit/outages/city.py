"""Inventories for the tests: small ones in a few words, and one shaped like Hanoi's."""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address

from collector.model import (
    City,
    CredentialName,
    Device,
    DeviceName,
    District,
    DistrictCode,
    Inventory,
    Link,
    MqttAccess,
    ProfileName,
    Role,
    Site,
    SiteCode,
    SiteKind,
    SnmpAccess,
    Vantage,
    VerdictTimes,
    Watch,
)

ACCESS = SnmpAccess(1161, ProfileName("if-mib"), CredentialName("c"), 5.0, 30.0, 0.7)
MQTT = MqttAccess(ProfileName("poly-endpoint"), 10.0)
DISTRICTS = 30
COMMUNES = 579


def device(
    name: str,
    parents: Iterable[str] = (),
    *,
    role: Role = Role.ROUTER,
    site: str | None = None,
    district: str = "001",
    needs: int = 1,
    cables: Mapping[str, str] | None = None,
    watch: Watch = Watch.ALWAYS,
    snmp: bool = True,
    mqtt: bool = False,
) -> Device:
    cables = cables or {}
    own = DeviceName(name)
    return Device(
        own,
        SiteCode(site or f"s-{name}"),
        DistrictCode(district),
        role,
        IPv4Address("127.0.0.1"),
        snmp=ACCESS if snmp else None,
        mqtt=MQTT if mqtt else None,
        uplinks=tuple(
            Link(f"{name}--{parent}", own, DeviceName(parent), carrier="carrier-a", cable=cables.get(parent))
            for parent in parents
        ),
        needs=needs,
        watch=watch,
    )


def inventory(devices: Iterable[Device], first_hop: Iterable[str] = ("sw-dc1",)) -> Inventory:
    rows = {row.name: row for row in devices}
    sites = {row.site: Site(row.site, row.site, SiteKind.COMMUNE, row.district) for row in rows.values()}
    return Inventory(
        City(
            "test",
            "Asia/Ho_Chi_Minh",
            "127.0.0.1",
            9579,
            "http://127.0.0.1:9579",
            Vantage(SiteCode("dc-1"), tuple(map(DeviceName, first_hop))),
            verdict=VerdictTimes(),
        ),
        {row.district: District(row.district, row.district) for row in rows.values()},
        sites,
        rows,
        {},
        {},
    )


def hanoi(districts: int = DISTRICTS, communes: int = COMMUNES, *, per_cable: int = 0) -> Inventory:
    """The example city's shape by code: 1,228 devices. `per_cable` neighbouring communes share one cable."""
    core, hub = Role.CORE, Role.SWITCH
    rows = [
        device("sw-dc1", role=hub, site="dc-1", district="dc"),
        *(device(f"core-{i}", ["sw-dc1"], role=core, site=f"dc-{i}", district="dc") for i in (1, 2)),
        device("sw-dc2", ["core-1", "core-2"], role=hub, site="dc-2", district="dc"),
    ]
    for i in (1, 2):
        rows += [
            device(f"gov-{i}", ["core-1", "core-2"], role=Role.GATEWAY, site=f"dc-{i}", district="dc"),
            device(f"mcu-{i}", [f"sw-dc{i}"], role=Role.BRIDGE, site=f"dc-{i}", district="dc"),
            device(f"ups-dc{i}", [f"sw-dc{i}"], role=Role.UPS, site=f"dc-{i}", district="dc"),
        ]
    for n in range(1, districts + 1):
        rows += [
            device(
                f"ag-{n:03}-{i}",
                ["core-1", "core-2"],
                role=Role.AGGREGATION,
                site=f"d-{n:03}",
                district=f"{n:03}",
            )
            for i in (1, 2)
        ]
    for k in range(communes):
        n, code = k % districts + 1, f"{k:05}"
        pair = [f"ag-{n:03}-1", f"ag-{n:03}-2"]
        cable = f"cb-{k // per_cable:03}" if per_cable else None
        rows += [
            device(
                f"rt-{code}",
                pair,
                site=code,
                district=f"{n:03}",
                cables=dict.fromkeys(pair, cable) if cable else None,
            ),
            device(
                f"vc-{code}",
                [f"rt-{code}"],
                role=Role.ENDPOINT,
                site=code,
                district=f"{n:03}",
                watch=Watch.MEETINGS,
                mqtt=True,
            ),
        ]
    return inventory(rows)
