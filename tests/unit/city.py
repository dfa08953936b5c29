"""A small city for unit tests, built by hand: no files, no clock."""

from ipaddress import ip_address
from types import MappingProxyType

from collector.model import (
    City,
    Credential,
    CredentialName,
    Device,
    DeviceName,
    District,
    DistrictCode,
    Inventory,
    Link,
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
from collector.profile import Profile

COMMUNITY = CredentialName("snmp-community")
PROFILE = ProfileName("if-mib")
PROFILES = MappingProxyType({PROFILE: Profile(PROFILE)})


def device(
    name: str,
    number: int,
    *,
    parents: tuple[str, ...] = (),
    role: Role = Role.ROUTER,
    site: str = "00001",
    poll_interval: float = 30.0,
) -> Device:
    """A device at 127.0.2.`number` with an uplink to each parent."""
    links = tuple(
        Link(f"{name}--{parent}", DeviceName(name), DeviceName(parent), carrier="carrier-a")
        for parent in parents
    )
    access = SnmpAccess(1161, PROFILE, COMMUNITY, 5.0, poll_interval, 1.0)
    return Device(
        DeviceName(name),
        SiteCode(site),
        DistrictCode("001"),
        role,
        ip_address(f"127.0.2.{number}"),
        snmp=access,
        uplinks=links,
    )


def inventory(*devices: Device) -> Inventory:
    """An inventory of these devices; the vantage's first hop is the first of them."""
    sites = {
        each.site: Site(each.site, f"Site {each.site}", SiteKind.COMMUNE, each.district) for each in devices
    }
    city = City(
        name="Test",
        timezone="Asia/Ho_Chi_Minh",
        listen_host="127.0.0.1",
        listen_port=0,
        public_url="http://127.0.0.1",
        vantage=Vantage(devices[0].site, (devices[0].name,)),
    )
    district = District(DistrictCode("001"), "District 1")
    credential = Credential(COMMUNITY, SnmpVersion.V2C, Secret("test-community"))
    return Inventory(
        city=city,
        districts={district.code: district},
        sites=sites,
        devices={each.name: each for each in devices},
        services={},
        credentials={COMMUNITY: credential},
    )
