"""A city small enough to know by heart: one data centre, one district, three communes, all on loopback."""

from ipaddress import IPv4Address

from collector.model import (
    Broker,
    City,
    CityService,
    Credential,
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
    Secret,
    Site,
    SiteCode,
    SiteKind,
    SnmpAccess,
    SnmpVersion,
    Vantage,
)

COMMUNITY = "small-city"
MIDNIGHT = 1_760_000_000.0
SNMP = CredentialName("snmp-community")
DISTRICT = DistrictCode("004")


def device(
    name: str,
    site: str,
    role: Role,
    address: str,
    profile: str,
    *parents: str,
    port: int = 1161,
    needs: int = 1,
    cable: str | None = None,
    interface: str | None = None,
    mqtt: bool = False,
) -> Device:
    return Device(
        name=DeviceName(name),
        site=SiteCode(site),
        district=DISTRICT,
        role=role,
        address=IPv4Address(address),
        snmp=SnmpAccess(port, ProfileName(profile), SNMP, 5.0, 30.0, 1.0),
        mqtt=MqttAccess(ProfileName("native"), 10.0) if mqtt else None,
        uplinks=tuple(
            Link(
                f"{name}--{parent}",
                DeviceName(name),
                DeviceName(parent),
                "carrier-a",
                cable,
                f"{interface}{number}" if interface else None,
            )
            for number, parent in enumerate(parents, 1)
        ),
        needs=needs,
        vendor="Maker",
        model=f"{role}-9000",
    )


def devices(port: int = 1161) -> list[Device]:
    communes = ("00115", "00118", "00121")
    return [
        device("sw-dc1", "dc-1", Role.SWITCH, "127.77.0.1", "h3c-comware", port=port),
        device("core-1", "dc-1", Role.CORE, "127.77.0.11", "juniper-junos", "sw-dc1", port=port),
        device("core-2", "dc-2", Role.CORE, "127.77.0.12", "huawei-vrp", "sw-dc1", port=port),
        device("sw-dc2", "dc-2", Role.SWITCH, "127.77.0.2", "h3c-comware", "core-1", "core-2", port=port),
        device("ups-dc1", "dc-1", Role.UPS, "127.77.0.3", "apc-ups", "sw-dc1", port=port),
        device(
            "ag-004-1", "d-004", Role.AGGREGATION, "127.77.1.1", "cisco-ios", "core-1", "core-2", port=port
        ),
        device(
            "ag-004-2", "d-004", Role.AGGREGATION, "127.77.1.2", "huawei-vrp", "core-1", "core-2", port=port
        ),
        *(
            device(
                f"rt-{code}",
                code,
                Role.ROUTER,
                f"127.77.2.{number}",
                "mikrotik-routeros",
                "ag-004-1",
                "ag-004-2",
                port=port,
                cable=f"cb-{code}",
                interface="ether",
            )
            for number, code in enumerate(communes, 1)
        ),
        *(
            device(
                f"vc-{code}",
                code,
                Role.ENDPOINT,
                f"127.77.3.{number}",
                "poly-endpoint",
                f"rt-{code}",
                port=port,
                mqtt=True,
            )
            for number, code in enumerate(communes, 1)
        ),
    ]


def inventory(
    all_devices: list[Device] | None = None,
    broker: Broker | None = None,
    services: tuple[CityService, ...] = (),
) -> Inventory:
    every = devices() if all_devices is None else all_devices
    codes = dict.fromkeys(entry.site for entry in every)
    return Inventory(
        city=City(
            name="Small city",
            timezone="Asia/Ho_Chi_Minh",
            listen_host="127.0.0.1",
            listen_port=0,
            public_url="http://127.0.0.1",
            vantage=Vantage(SiteCode("dc-1"), (DeviceName("sw-dc1"),)),
            broker=broker,
        ),
        districts={DISTRICT: District(DISTRICT, "Long Biên")},
        sites={code: Site(code, str(code), SiteKind.COMMUNE, DISTRICT) for code in codes},
        devices={entry.name: entry for entry in every},
        services={service.name: service for service in services},
        credentials={SNMP: Credential(SNMP, SnmpVersion.V2C, Secret(COMMUNITY))},
    )
