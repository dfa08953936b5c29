"""The shape of `core.yml` and `districts/*.yml`: cables, sites, devices, services.

A district file and the core file have one shape; `services` stand in `core.yml` alone.
"""

import re
from typing import Annotated, Any, ClassVar
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field

from collector.config.fields import (
    IpAddress,
    Name,
    Text,
    as_json,
    between,
    matching,
    one_of,
    read_number,
)
from collector.config.schema_settings import Defaults, RoleField, Settings
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError, shown, text_of
from collector.model import SiteKind

COMMUNE = re.compile(r"\d{5}")

_CODE = as_json(type=["string", "integer"])
CODE_HINT = "five digits for a commune (00115), else small letters, digits and '-'"

SiteCodeField = Annotated[
    str, BeforeValidator(matching(r"\d{5}|[a-z][a-z0-9-]{0,30}", "the code of a site", CODE_HINT)), _CODE
]
UnitCode = Annotated[
    str, BeforeValidator(matching(r"\d{5}", "the code of a unit", "five digits, as 00115")), _CODE
]
MapName = Annotated[
    str, BeforeValidator(matching(r"\d{1,4}", "the name of a map", "its number of units: 526, 126"))
]
DistrictField = Annotated[
    str,
    BeforeValidator(matching(r"[a-z0-9][a-z0-9-]{0,15}", "the code of a district", "as 004, or core")),
    _CODE,
]

_latitude = between(-90, 90, read_number, "°")
_longitude = between(-180, 180, read_number, "°")


def _read_location(value: Any) -> tuple[float, float]:
    """Latitude and longitude in degrees (WGS 84)."""
    if not isinstance(value, list) or len(value) != 2:  # noqa: PLR2004 (two coordinates)
        raise WrittenWrongError("a place is a latitude and a longitude", "write [21.0378, 105.8846]")
    try:
        return _latitude(value[0]), _longitude(value[1])
    except WrittenWrongError as error:
        swapped = None
        try:
            _latitude(value[1]), _longitude(value[0])
            swapped = "latitude comes first"
        except WrittenWrongError:
            pass
        raise WrittenWrongError(str(error), error.hint or swapped) from None


def _read_url(value: Any) -> str:
    text = text_of(value)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise WrittenWrongError("this is not a URL") from None
    if parts.username is not None or parts.password is not None:
        raise WrittenWrongError("a login does not belong in a URL", "probe a page that needs none")
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or re.search(r"\s", text):
        raise WrittenWrongError(f"{shown(text)} is not an address on the web", "write http://host:port/path")
    return text


Location = Annotated[
    tuple[float, float],
    BeforeValidator(_read_location),
    as_json(type="array", items={"type": "number"}, minItems=2, maxItems=2),
]
WebAddress = Annotated[str, BeforeValidator(_read_url), as_json(type="string", pattern="^https?://[^@]+$")]


class DeviceShape(Settings):
    """A device by its name. Only the address has no default; the role may come from the name."""

    noun: ClassVar[str] = "device"

    address: IpAddress
    """IPv4 or IPv6 address at which the device is asked; no two devices share one. Example: 127.14.1.1"""
    role: RoleField | None = None
    """What the device is: router, aggregation, core, switch, endpoint, bridge, ups or gateway; else
    `name_roles` tells.

    Example: router
    """


class SiteShape(Shape):
    """A site by its code. A code of five digits is a commune; other sites say what they are."""

    noun: ClassVar[str] = "site"

    name: Text
    """Name of the site, as people read it. Example: Phường Thượng Thanh"""
    kind: Annotated[SiteKind, BeforeValidator(one_of(SiteKind, "a kind of site"))] | None = None
    """commune, district, data-centre or agency; a code of five digits is a commune without saying so.

    Example: data-centre
    """
    location: Location | None = None
    """Latitude and longitude in degrees (WGS 84). Example: [21.06404, 105.88298]"""
    units: dict[MapName, UnitCode] = Field(default_factory=dict)
    """Unit that the commune belongs to on each later administrative map, by the map's name.

    Example: {526: "00115", 126: "00127"}
    """
    tags: tuple[Name, ...] = ()
    """Words to select sites by, as in `citynoc coverage --tag`. Example: [pilot]"""
    defaults: Defaults | None = None
    """What holds for the devices of this site. Example: {any: {vendor: Cisco}}"""
    devices: dict[Name, DeviceShape] = Field(default_factory=dict)
    """Devices by name; a name is given once in the city. Example: {rt-00115: {address: 127.14.1.1}}"""


class CableShape(Shape):
    """A cable by its name: links that share it fail together."""

    noun: ClassVar[str] = "cable"
    short = ({"type": "string"},)

    carrier: Name
    """Whose cable it is: one of `carriers` in city.yml. Example: carrier-a"""


def _read_cable(value: Any) -> Any:
    return {"carrier": value} if isinstance(value, str) else value


class ServiceShape(Shape):
    """A core information system of the city, probed at `url` from the city's network."""

    noun: ClassVar[str] = "service"

    title: Text
    """Name of the service, as people read it. Example: Một cửa điện tử"""
    url: WebAddress
    """What blackbox_exporter fetches. No login may stand in it. Example: http://127.10.1.3:1180/one-stop"""
    site: SiteCodeField
    """Site in which it runs: behind a cut the service is not blamed. Example: dc-1"""
    module: Name = "http_2xx"
    """Module of blackbox_exporter that probes it. Example: http_2xx"""


class DistrictFile(Shape):
    """A district: what its sites have in common, its cables and its sites."""

    noun: ClassVar[str] = "file"

    district: DistrictField
    """Code of the district, or `core` in core.yml; the file is called after it. Example: "004" """
    name: Text
    """Name of the district, as people read it. Example: Quận Long Biên"""
    location: Location | None = None
    """Latitude and longitude of its middle in degrees (WGS 84). Example: [21.04258, 105.89459]"""
    cables: dict[Name, Annotated[CableShape, BeforeValidator(_read_cable)]] = Field(default_factory=dict)
    """Cables by name, each with its carrier. Links in one cable fail together.

    Example: {long-bien-a1: carrier-a}
    """
    defaults: Defaults | None = None
    """What holds for the devices of this file. Example: {router: {profile: huawei-vrp}}"""
    sites: dict[SiteCodeField, SiteShape] = Field(default_factory=dict)
    """Sites by code: five digits for a commune. Example: {"00115": {name: Phường Thượng Thanh}}"""


class CoreFile(DistrictFile):
    """The core network, and the city's services that are probed."""

    services: dict[Name, ServiceShape] = Field(default_factory=dict)
    """The city's information systems by name; blackbox_exporter finds them through /sd/blackbox.

    Example: {mail: {title: Mail, url: 'http://127.10.1.4:1180/mail', site: dc-1}}
    """
