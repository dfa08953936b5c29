"""The shape of `city.yml`: what is true of the whole city, and defaults by role."""

from ipaddress import ip_address
from typing import Annotated, Any, ClassVar, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field

from collector.config.fields import (
    Duration,
    IpAddress,
    Name,
    Text,
    Truth,
    as_json,
    between,
    matching,
    read_integer,
)
from collector.config.schema_network import SiteCodeField
from collector.config.schema_settings import Defaults, RoleField
from collector.config.shape import Shape
from collector.config.words import WrittenWrongError, read_url, shown, text_of


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


Endpoint = Annotated[HostPort, BeforeValidator(_read_host_port), as_json(type="string", pattern=":[0-9]+$")]
Url = Annotated[str, BeforeValidator(read_url)]
Timezone = Annotated[str, BeforeValidator(_read_timezone)]


class BrokerShape(Shape):
    """The MQTT broker that devices publish to."""

    noun: ClassVar[str] = "broker"

    address: Endpoint
    """Host and port of the broker. Example: 127.0.0.1:1883"""
    credential: Name | None = None
    """Name of the login in credentials.yml; without one citynoc connects without a login. Example: broker"""
    tls: Truth = False
    """Whether the connection is encrypted, with the certificate checked. Example: true"""
    ca_file: Text | None = None
    """Authority that signed the broker's certificate (PEM); without it the system's are used.

    Example: /etc/citynoc/broker-ca.pem
    """
    client_id: Name = "citynoc"
    """How citynoc calls itself there; two collectors on one broker need two names. Example: citynoc-1"""


class WebShape(Shape):
    """TLS and logins of our own server, needed as soon as others than this machine can reach it."""

    noun: ClassVar[str] = "web"

    tls_certificate: Text
    """Certificate of the HTTP server, with its chain (PEM). Example: /etc/citynoc/tls/noc.pem"""
    tls_key: Text
    """Its key (PEM), readable by citynoc only. Example: /etc/citynoc/tls/noc.key"""
    users: Text
    """Logins as Prometheus' web configuration has them: `basic_auth_users:`, a bcrypt hash for each name.

    Example: /etc/citynoc/users.yml
    """


class TrapsShape(Shape):
    """Where traps and informs are received, and credentials that any device may use for them beside its own."""

    noun: ClassVar[str] = "traps"

    listen: Annotated[
        HostPort, BeforeValidator(_read_address_port), as_json(type="string", pattern=":[0-9]+$")
    ]
    """Address and UDP port of this machine; devices send to 162 unless they are told another.

    Example: 127.0.0.1:1162
    """
    credentials: tuple[Name, ...] = ()
    """Credentials that a device may use for traps beside the one that it is polled with.

    Example: [traps-v3]
    """


class VantageShape(Shape):
    """Where citynoc runs: if all of `first_hop` are silent, it is citynoc that is cut off."""

    noun: ClassVar[str] = "vantage"

    site: SiteCodeField
    """Site in which citynoc runs. Example: dc-1"""
    first_hop: tuple[Name, ...]
    """Devices next to citynoc: when all of them are silent, citynoc is blind and says so once.

    Example: [sw-dc1]
    """


class VerdictShape(Shape):
    """How a missed answer is confirmed."""

    noun: ClassVar[str] = "verdict"

    reasks: Annotated[
        int, BeforeValidator(between(1, 20, read_integer)), as_json(type="integer", minimum=1, maximum=20)
    ] = 7
    """How often a missed answer is asked again before a device is called down. Example: 7"""
    reask_interval: Duration = 0.4
    """Time between two re-asks; they do not wait for one another. Example: 400ms"""


class CityFile(Shape):
    """The whole city."""

    noun: ClassVar[str] = "file"

    city: Text
    """Name of the city, as people read it. Example: Hà Nội"""
    timezone: Timezone
    """Zone of meetings, on-call hours and reports (IANA name). Example: Asia/Ho_Chi_Minh"""
    listen: Endpoint
    """Where metrics, service discovery, API and live page are served. Anything but loopback needs `web`.

    Example: 127.0.0.1:9579
    """
    public_url: Url
    """What links in pages and dashboards begin with. Example: https://noc.city.example"""
    alertmanager: Url | None = None
    """Alertmanager whose silences count as taken outages; without it nobody counts as having taken one.

    Example: http://127.0.0.1:9093
    """
    source_address: IpAddress | None = None
    """Address of this machine from which SNMP questions are sent; without it the system chooses.

    Example: 127.0.0.1
    """
    broker: BrokerShape | None = None
    """The MQTT broker that devices publish to; without one citynoc only polls.

    Example: {address: '127.0.0.1:1883'}
    """
    traps: TrapsShape | None = None
    """Where traps and informs are received; without it none are. Example: {listen: '127.0.0.1:1162'}"""
    web: WebShape | None = None
    """TLS and logins of the HTTP server.

    Example: {tls_certificate: noc.pem, tls_key: noc.key, users: users.yml}
    """
    vantage: VantageShape
    """Where citynoc runs. Example: {site: dc-1, first_hop: [sw-dc1]}"""
    verdict: VerdictShape = VerdictShape()
    """How a missed answer is confirmed. Example: {reasks: 7, reask_interval: 400ms}"""
    carriers: tuple[Name, ...] = ()
    """Owners of cables; each cable names one. Example: [carrier-a, carrier-b]"""
    name_roles: dict[Name, RoleField] = Field(default_factory=dict)
    """Role by the beginning of a device's name, up to its first `-`; a device's own `role` beats it.

    Example: {rt: router, vc: endpoint}
    """
    defaults: Defaults = Defaults()
    """What holds for every device of a role unless a district, a site or the device says otherwise.

    Example: {any: {snmp: {port: 1161}}}
    """
