"""What each kind of device says of itself: one file per family of objects, one table of kinds.

`KINDS` maps a profile's name to the kind of device that the profile is written for; `shape_of` gives the set of
objects that a machine of a kind has.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from citynoc.simulator.ber import Oid
from citynoc.simulator.mib import Row, Shape
from citynoc.simulator.objects import bridge, endpoint, interfaces, lldp, power, system, telepresence, vendors
from collector.model import Device

__all__ = ["GENERIC", "KINDS", "Kind", "neighbours_of", "shape_of"]

ENTERPRISES = (1, 3, 6, 1, 4, 1)


def _none() -> Iterable[Row]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of device. `port` and `port_descr` take the port's number; `descr` takes model and software.

    `model` is what it is where the inventory does not say. `in_call` is there only during a call, its
    `call_columns` always.
    """

    name: str
    sys_object_id: Oid
    descr: str
    model: str
    software: str
    port: str = "eth{}"
    port_descr: str = "eth{}"
    first_port: int = 0
    first_index: int = 1
    objects: Callable[[], Iterable[Row]] = _none
    in_call: Callable[[], Iterable[Row]] = _none
    call_columns: tuple[Oid, ...] = ()

    def description(self, device: Device) -> str:
        """What sysDescr says."""
        return self.descr.format(model=self.model_of(device), software=self.software)

    def model_of(self, device: Device) -> str:
        """The model that the inventory names, or the kind's own."""
        return device.model or self.model


_ROWS = (
    Kind(
        "mikrotik-routeros",
        (*ENTERPRISES, 14988, 1),
        "RouterOS {model}",
        "RB5009UG",
        "7.14.3",
        port="ether{}",
        port_descr="ether{}",
        first_port=1,
        objects=vendors.mikrotik,
    ),
    Kind(
        "cisco-ios",
        (*ENTERPRISES, 9, 1, 1045),
        "Cisco IOS Software, {model} Software (UNIVERSALK9-M), Version {software}, RELEASE SOFTWARE (fc2)",
        "C2900",
        "15.7(3)M8",
        port="Gi0/{}",
        port_descr="GigabitEthernet0/{}",
        objects=vendors.cisco,
    ),
    Kind(
        "huawei-vrp",
        (*ENTERPRISES, 2011, 2, 224, 67),
        "Huawei Versatile Routing Platform Software VRP (R) software, Version {software} ({model} V300R021)",
        "AR6140",
        "5.170",
        port="GigabitEthernet0/0/{}",
        port_descr="GigabitEthernet0/0/{}",
        first_index=5,
        objects=vendors.huawei,
    ),
    Kind(
        "h3c-comware",
        (*ENTERPRISES, 25506, 1, 1749),
        "H3C Comware Platform Software, Software Version {software}, Release 6635 H3C {model} Copyright",
        "S6850-56HF",
        "7.1.070",
        port="GigabitEthernet1/0/{}",
        port_descr="GigabitEthernet1/0/{}",
        first_port=1,
        objects=vendors.h3c,
    ),
    Kind(
        "juniper-junos",
        (*ENTERPRISES, 2636, 1, 1, 1, 2, 57),
        "Juniper Networks, Inc. {model} internet router, kernel JUNOS {software}",
        "mx204",
        "21.4R3",
        port="ge-0/0/{}",
        port_descr="ge-0/0/{}",
        first_index=501,
        objects=vendors.juniper,
    ),
    Kind(
        "zte-zxr10",
        (*ENTERPRISES, 3902, 3, 100, 40),
        "ZXR10 ROS Version V{software} ZXR10 {model}",
        "M6000-3S",
        "4.08.24",
        port="gei-0/1/{}",
        port_descr="gei-0/1/{}",
        first_port=1,
        objects=vendors.zte,
    ),
    Kind(
        "fortinet",
        (*ENTERPRISES, 12356, 101, 1, 1001),
        "{model}",
        "FGT100F",
        "7.2.8",
        port="port{}",
        port_descr="port{}",
        first_port=1,
        objects=vendors.fortinet,
    ),
    Kind(
        "apc-ups",
        (*ENTERPRISES, 318, 1, 3, 27),
        "APC Web/SNMP Management Card (MB:v4.1.0 PF:v{software} MN:{model})",
        "Smart-UPS 3000",
        "6.8.2",
        objects=power.rows,
    ),
    Kind("ups-mib", (1, 3, 6, 1, 2, 1, 33), "UPS SNMP Agent, {model}", "UPS 3000", "2.1", objects=power.rows),
    Kind(
        "poly-endpoint",
        (*ENTERPRISES, 2684),
        "{model} video endpoint, software {software}",
        "Poly G7500",
        "6.2.2",
        objects=endpoint.rows,
        in_call=endpoint.call_rows,
        call_columns=endpoint.CALL_COLUMNS,
    ),
    Kind(
        "cisco-cts",
        (*ENTERPRISES, 9, 1, 1627),
        "Cisco TelePresence {model}, Version {software}",
        "CTS 500",
        "1.10.15",
        objects=telepresence.rows,
        in_call=telepresence.call_rows,
        call_columns=telepresence.CALL_COLUMNS,
    ),
    Kind(
        "poly-dma",
        (*ENTERPRISES, 13885, 13),
        "Polycom RealPresence DMA, {model}",
        "DMA 7000",
        "10.0",
        objects=bridge.rows,
    ),
    # RFC 5612: an enterprise number for documentation, so that no vendor's profile fits it better
    Kind("if-mib", (*ENTERPRISES, 32473, 1), "{model}", "appliance", "1.0", objects=vendors.net_snmp),
    Kind(
        "net-snmp",
        (*ENTERPRISES, 8072, 3, 2, 10),
        "Linux {model} {software} x86_64",
        "server",
        "6.1.0",
        objects=vendors.net_snmp,
    ),
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ROWS})
GENERIC = KINDS["net-snmp"]
"""What answers for a profile that the simulator has never heard of."""


def neighbours_of(kind: Kind, links: int) -> Shape:
    """What LLDP adds for so many linked ports: every object of it lies before those of `shape_of`."""
    indexes = tuple(range(kind.first_index, kind.first_index + links))
    return Shape(lldp.rows(indexes))


def shape_of(kind: Kind, ports: int, *, in_call: bool) -> Shape:
    """All objects of a machine of this kind with so many ports. Costly: keep it."""
    indexes = tuple(range(kind.first_index, kind.first_index + ports))
    rows = [*system.rows(), *interfaces.rows(indexes), *kind.objects()]
    if in_call:
        rows += kind.in_call()
    return Shape(rows, kind.call_columns)
