"""IETF objects, named, typed and labelled as snmp_exporter's `if_mib` module exposes them.

So its dashboards and rules work unchanged. Values are the objects' own (hundredths of a second for TimeTicks,
Mbit/s for ifHighSpeed): these names are exempt from Prometheus' naming rules. Sources: RFC 2863 (IF-MIB),
RFC 3418 (SNMPv2-MIB).
"""

from collector.metrics.family import IDENTITY, Family, Kind

INTERFACE = (*IDENTITY, "ifAlias", "ifDescr", "ifIndex", "ifName")


def _interface(name: str, kind: Kind, text: str) -> Family:
    return Family(name, kind, text, INTERFACE, ietf=True)


SYS_UPTIME = Family(
    "sysUpTime",
    Kind.GAUGE,
    "Hundredths of a second since the agent last started - 1.3.6.1.2.1.1.3",
    IDENTITY,
    ietf=True,
)
IF_NUMBER = Family(
    "ifNumber", Kind.GAUGE, "Network interfaces present - 1.3.6.1.2.1.2.1", IDENTITY, ietf=True
)
IF_OPER_STATUS = _interface(
    "ifOperStatus",
    Kind.GAUGE,
    "State: 1 up, 2 down, 3 testing, 4 unknown, 5 dormant, 6 notPresent, 7 lowerLayerDown - 1.3.6.1.2.1.2.2.1.8",
)
IF_HIGH_SPEED = _interface("ifHighSpeed", Kind.GAUGE, "Bandwidth in Mbit/s - 1.3.6.1.2.1.31.1.1.1.15")

FAMILIES = (
    SYS_UPTIME,
    IF_NUMBER,
    _interface("ifMtu", Kind.GAUGE, "Largest packet in octets - 1.3.6.1.2.1.2.2.1.4"),
    _interface("ifSpeed", Kind.GAUGE, "Estimated bandwidth in bit/s, capped at 2^32-1 - 1.3.6.1.2.1.2.2.1.5"),
    _interface("ifAdminStatus", Kind.GAUGE, "Wanted state: 1 up, 2 down, 3 testing - 1.3.6.1.2.1.2.2.1.7"),
    IF_OPER_STATUS,
    _interface("ifLastChange", Kind.GAUGE, "sysUpTime at the last change of state - 1.3.6.1.2.1.2.2.1.9"),
    _interface("ifInOctets", Kind.COUNTER, "Octets received, 32 bits - 1.3.6.1.2.1.2.2.1.10"),
    _interface("ifInUcastPkts", Kind.COUNTER, "Unicast packets received, 32 bits - 1.3.6.1.2.1.2.2.1.11"),
    _interface(
        "ifInDiscards", Kind.COUNTER, "Received packets discarded without error - 1.3.6.1.2.1.2.2.1.13"
    ),
    _interface("ifInErrors", Kind.COUNTER, "Received packets with errors - 1.3.6.1.2.1.2.2.1.14"),
    _interface("ifOutOctets", Kind.COUNTER, "Octets sent, 32 bits - 1.3.6.1.2.1.2.2.1.16"),
    _interface("ifOutUcastPkts", Kind.COUNTER, "Unicast packets to send, 32 bits - 1.3.6.1.2.1.2.2.1.17"),
    _interface(
        "ifOutDiscards", Kind.COUNTER, "Outgoing packets discarded without error - 1.3.6.1.2.1.2.2.1.19"
    ),
    _interface("ifOutErrors", Kind.COUNTER, "Outgoing packets with errors - 1.3.6.1.2.1.2.2.1.20"),
    _interface("ifHCInOctets", Kind.COUNTER, "Octets received - 1.3.6.1.2.1.31.1.1.1.6"),
    _interface("ifHCInUcastPkts", Kind.COUNTER, "Unicast packets received - 1.3.6.1.2.1.31.1.1.1.7"),
    _interface("ifHCInMulticastPkts", Kind.COUNTER, "Multicast packets received - 1.3.6.1.2.1.31.1.1.1.8"),
    _interface("ifHCInBroadcastPkts", Kind.COUNTER, "Broadcast packets received - 1.3.6.1.2.1.31.1.1.1.9"),
    _interface("ifHCOutOctets", Kind.COUNTER, "Octets sent - 1.3.6.1.2.1.31.1.1.1.10"),
    _interface("ifHCOutUcastPkts", Kind.COUNTER, "Unicast packets to send - 1.3.6.1.2.1.31.1.1.1.11"),
    _interface("ifHCOutMulticastPkts", Kind.COUNTER, "Multicast packets to send - 1.3.6.1.2.1.31.1.1.1.12"),
    _interface("ifHCOutBroadcastPkts", Kind.COUNTER, "Broadcast packets to send - 1.3.6.1.2.1.31.1.1.1.13"),
    IF_HIGH_SPEED,
)
