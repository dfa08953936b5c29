from ipaddress import IPv4Address

import pytest

from citynoc.demo.proof import expect_one
from citynoc.demo.sink import Alert, Notification
from citynoc.demo.supervisor import DemoError
from collector.model import Device, DeviceName, DistrictCode, Role, Site, SiteCode, SiteKind

SITE = Site(SiteCode("00115"), "Phường Phúc Tân", SiteKind.COMMUNE, DistrictCode("002"))
ROUTER = Device(DeviceName("rt-00115"), SITE.code, SITE.district, Role.ROUTER, IPv4Address("127.12.1.1"))


def told(
    outage: str, *, status: str = "firing", text: str = "Phường Phúc Tân (00115)", alerts: int = 1
) -> Notification:
    alert = Alert(status, {"alertname": "CitynocOutage", "outage": outage}, {"summary_vi": text})
    return Notification(0.0, "on-call", status, (alert,) * alerts)


def test_one_page_that_names_the_commune_is_right():
    expect_one([told("device:rt-00115"), told("device:rt-00115", status="resolved")], "firing", ROUTER, SITE)


@pytest.mark.parametrize(
    ("notifications", "complaint"),
    [
        ([], "got: none"),
        ([told("device:rt-00115")] * 2, "expected exactly one"),
        ([told("device:rt-00115"), told("device:vc-00115")], "expected exactly one"),
        ([told("device:rt-00115", alerts=2)], "expected exactly one"),
        ([told("device:rt-00118")], "is for device:rt-00118, not for rt-00115"),
        ([told("device:rt-00115", text="Phường khác (00115)")], "does not name Phường Phúc Tân"),
        ([told("device:rt-00115", text="Phường Phúc Tân")], "does not name"),
    ],
)
def test_anything_else_is_a_deviation(notifications: list[Notification], complaint: str):
    with pytest.raises(DemoError, match=complaint):
        expect_one(notifications, "firing", ROUTER, SITE)
