"""The inventory's nouns: sites, devices, links, credentials. Frozen, no I/O, no live state.

Times are float seconds. Codes are strings for ever: `00115` is not 77.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from types import MappingProxyType
from typing import NewType

DeviceName = NewType("DeviceName", str)
SiteCode = NewType("SiteCode", str)
DistrictCode = NewType("DistrictCode", str)
CredentialName = NewType("CredentialName", str)
ProfileName = NewType("ProfileName", str)

Address = IPv4Address | IPv6Address


class Role(StrEnum):
    """What a device is for; also the `role` label of every device series."""

    ROUTER = "router"
    AGGREGATION = "aggregation"
    CORE = "core"
    SWITCH = "switch"
    ENDPOINT = "endpoint"
    BRIDGE = "bridge"
    UPS = "ups"
    GATEWAY = "gateway"


class Watch(StrEnum):
    """When silence is an outage: always, or only around the meetings the site takes part in."""

    ALWAYS = "always"
    MEETINGS = "meetings"


class SiteKind(StrEnum):
    """What stands at a site."""

    COMMUNE = "commune"
    DISTRICT = "district"
    DATA_CENTRE = "data-centre"
    AGENCY = "agency"


class Secret:
    """A value that never shows itself: `reveal()` is the only way to it.

    `repr`, `str` and formatting give a mask, so that a log line, an exception or the API cannot leak it.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself, for the one place that puts it on the wire."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))


class SnmpVersion(StrEnum):
    """SNMP versions by the names that net-snmp's `-v` takes."""

    V1 = "1"
    V2C = "2c"
    V3 = "3"


@dataclass(frozen=True, slots=True)
class SnmpV3User:
    """A USM user (RFC 3414). A protocol of None means that the level does not use it."""

    user: str
    auth_protocol: str | None = None
    auth_key: Secret | None = None
    priv_protocol: str | None = None
    priv_key: Secret | None = None
    context: str = ""


@dataclass(frozen=True, slots=True)
class Credential:
    """How to be allowed: a v1/v2c community or a v3 user, or a login for the broker."""

    name: CredentialName
    version: SnmpVersion | None = None
    community: Secret | None = None
    v3: SnmpV3User | None = None
    username: str | None = None
    password: Secret | None = None


@dataclass(frozen=True, slots=True)
class SnmpAccess:
    """How a device is polled over SNMP: where, as what kind of device, and with which credential."""

    port: int
    profile: ProfileName
    credential: CredentialName
    liveness_interval: float
    poll_interval: float
    timeout: float


@dataclass(frozen=True, slots=True)
class MqttAccess:
    """How a device speaks over MQTT: `profile` maps its payloads, `heartbeat` is its promised rhythm."""

    profile: ProfileName
    heartbeat: float


@dataclass(frozen=True, slots=True)
class Link:
    """A device's uplink to one parent.

    `interface` is the ifName on the child that carries it; with it a link that is down while both ends
    answer can be seen. Links that share `cable` fail together.
    """

    name: str
    child: DeviceName
    parent: DeviceName
    carrier: str | None = None
    cable: str | None = None
    interface: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the files something is written: relative file, 1-based line and column; line 0 is all of it."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class Device:
    """What has an address. `needs` of its uplinks must work for it to be reachable (1 = any)."""

    name: DeviceName
    site: SiteCode
    district: DistrictCode
    role: Role
    address: Address
    snmp: SnmpAccess | None = None
    mqtt: MqttAccess | None = None
    uplinks: tuple[Link, ...] = ()
    needs: int = 1
    watch: Watch = Watch.ALWAYS
    vendor: str = ""
    model: str = ""
    tags: frozenset[str] = frozenset()
    place: Place | None = field(default=None, compare=False)  # moving an entry changes nothing


@dataclass(frozen=True, slots=True)
class Site:
    """A commune's office, a district node, a data centre or an agency.

    `units` maps a dated administrative map (`579`, `526`, `126`) to the unit's code on it.
    """

    code: SiteCode
    name: str
    kind: SiteKind
    district: DistrictCode
    latitude: float | None = None
    longitude: float | None = None
    units: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    tags: frozenset[str] = frozenset()
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class District:
    """A fixed network area, whatever the administrative map of the day says."""

    code: DistrictCode
    name: str
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class CityService:
    """A core information system, probed over HTTP(S) by blackbox_exporter with `module`."""

    name: str
    title: str
    url: str
    site: SiteCode
    district: DistrictCode
    module: str = "http_2xx"


@dataclass(frozen=True, slots=True)
class Broker:
    """The MQTT broker that the collector listens to."""

    host: str
    port: int
    credential: CredentialName | None = None
    tls: bool = False
    ca_file: str | None = None
    client_id: str = "citynoc"


@dataclass(frozen=True, slots=True)
class TrapPort:
    """Where traps and informs are received. A device may use its own credential, and everybody these."""

    host: str
    port: int
    credentials: tuple[CredentialName, ...] = ()


@dataclass(frozen=True, slots=True)
class Vantage:
    """Where citynoc stands: its site and the devices that are its first hop out of the machine."""

    site: SiteCode
    first_hop: tuple[DeviceName, ...]


@dataclass(frozen=True, slots=True)
class VerdictTimes:
    """How a missed answer is confirmed (DESIGN §8.1): `reasks` questions `reask_interval` seconds apart."""

    reasks: int = 7
    reask_interval: float = 0.4


def only_here(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`; a name counts as reachable unless it is localhost."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Web:
    """TLS and logins of our own server: files, relative to the configuration's directory."""

    tls_certificate: str
    tls_key: str
    users: str


@dataclass(frozen=True, slots=True)
class City:
    """What is true of the whole city: listen address, public address, broker, vantage and timing."""

    name: str
    timezone: str
    listen_host: str
    listen_port: int
    public_url: str
    vantage: Vantage
    broker: Broker | None = None
    source_address: Address | None = None
    verdict: VerdictTimes = VerdictTimes()
    alertmanager: str | None = None
    """Beginning of Alertmanager's address: silences are read there; None where nobody may take an outage."""
    traps: TrapPort | None = None
    """None where no traps are listened to."""
    web: Web | None = None


@dataclass(frozen=True, slots=True)
class Inventory:
    """Everything the operator knows, checked: every reference resolves, every address and code is unique."""

    city: City
    districts: Mapping[DistrictCode, District]
    sites: Mapping[SiteCode, Site]
    devices: Mapping[DeviceName, Device]
    services: Mapping[str, CityService]
    credentials: Mapping[CredentialName, Credential]
