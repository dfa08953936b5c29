"""The shape of `city.yml`: what is true of the whole city, and defaults by role."""

from ipaddress import ip_address
from typing import Annotated, Any, ClassVar, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field

from collector.config.fields import (
    Duration,
    IpAddress,
    Name,
    Text,
    Truth,
    WrittenWrongError,
    as_json,
    between,
    matching,
    read_integer,
    shown,
    text_of,
)
from collector.config.schema_network import SiteCodeField
from collector.config.schema_settings import Defaults, RoleField
from collector.config.shape import Shape


class HostPort(NamedTuple):
    """Where something listens: a name or address, and a port."""

    host: str
    port: int


_read_host = matching(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|[0-9A-Fa-f:.]{2,45}", "a host")
_read_port = between(1, 65535, read_integer)


def _read_host_port(value: Any) -> HostPort:
    text = text_of(value)
    host, colon, port = text.rpartition(":")
    if not colon or not port:
        raise WrittenWrongError(f"{shown(text)} has no port", "write host:port, as 127.0.0.1:9579")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise WrittenWrongError(
            f"{shown(text)} is not host:port", "put an IPv6 address in brackets: [::1]:9579"
        )
    return HostPort(_read_host(host), _read_port(port))


def _read_address_port(value: Any) -> HostPort:
    found = _read_host_port(value)
    try:
        ip_address(found.host)
    except ValueError:
        raise WrittenWrongError(
            f"{shown(found.host)} is not an address", "write an address of this machine: 127.0.0.1:1162"
        ) from None
    return found


def _read_timezone(value: Any) -> str:
    text = text_of(value)
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrittenWrongError(
            f"{shown(text)} is not a time zone", "write it like Asia/Ho_Chi_Minh"
        ) from None
    return text


def read_url(value: Any) -> str:
    """The beginning of an address on the web: no login, no query, no slash at the end."""
    text = text_of(value).rstrip("/")
    try:
        parts = urlsplit(text)
    except ValueError:
        raise WrittenWrongError(f"{shown(text)} is not a URL") from None
    if parts.username is not None or parts.password is not None:
        raise WrittenWrongError("a login does not belong in a URL")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise WrittenWrongError(f"{shown(text)} is not an address on the web", "write http://host:port")
    return text


Endpoint = Annotated[HostPort, BeforeValidator(_read_host_port), as_json(type="string", pattern=":[0-9]+$")]
Url = Annotated[str, BeforeValidator(read_url)]
Timezone = Annotated[str, BeforeValidator(_read_timezone)]


class BrokerShape(Shape):
    """The MQTT broker that devices publish to."""

    noun: ClassVar[str] = "broker"

    address: Endpoint
    credential: Name | None = None
    tls: Truth = False
    ca_file: Text | None = None
    client_id: Name = "citynoc"


class WebShape(Shape):
    """TLS and logins of our own server, needed as soon as others than this machine can reach it."""

    noun: ClassVar[str] = "web"

    tls_certificate: Text
    tls_key: Text
    users: Text


class TrapsShape(Shape):
    """Where traps and informs are received, and credentials that any device may use for them beside its own."""

    noun: ClassVar[str] = "traps"

    listen: Annotated[
        HostPort, BeforeValidator(_read_address_port), as_json(type="string", pattern=":[0-9]+$")
    ]
    credentials: tuple[Name, ...] = ()


class VantageShape(Shape):
    """Where citynoc runs: if all of `first_hop` are silent, it is citynoc that is cut off."""

    noun: ClassVar[str] = "vantage"

    site: SiteCodeField
    first_hop: tuple[Name, ...]


class VerdictShape(Shape):
    """How a missed answer is confirmed."""

    noun: ClassVar[str] = "verdict"

    reasks: Annotated[
        int, BeforeValidator(between(1, 20, read_integer)), as_json(type="integer", minimum=1, maximum=20)
    ] = 7
    reask_interval: Duration = 0.4


class CityFile(Shape):
    """The whole city."""

    noun: ClassVar[str] = "file"

    city: Text
    timezone: Timezone
    listen: Endpoint
    public_url: Url
    alertmanager: Url | None = None
    source_address: IpAddress | None = None
    broker: BrokerShape | None = None
    traps: TrapsShape | None = None
    web: WebShape | None = None
    vantage: VantageShape
    verdict: VerdictShape = VerdictShape()
    carriers: tuple[Name, ...] = ()
    name_roles: dict[Name, RoleField] = Field(default_factory=dict)
    defaults: Defaults = Defaults()
