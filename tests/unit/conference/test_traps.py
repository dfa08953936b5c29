"""What endpoints send unasked: each known trap is a hint to look at the endpoint now, and none is a verdict."""

from ipaddress import ip_address

import pytest

from collector.model import (
    Credential,
    CredentialName,
    Device,
    DeviceName,
    DistrictCode,
    ProfileName,
    Role,
    Secret,
    SiteCode,
    SnmpAccess,
    SnmpVersion,
)
from collector.snmp import ber, oid, traps
from collector.snmp.ber import Message, Pdu, VarBind, Version
from collector.snmp.usm_receiver import LocalEngine
from collector.sources import HintKind
from collector.sources.traps_intake import Intake, Taken, TrapResult

POLY = "1.3.6.1.4.1.13885.101.0."  # POLYCOM-ENDPOINT-MIB
VSX = "1.3.6.1.4.1.2684.1.1.0."  # POLYCOM-VIDEO-MIB, older models
CISCO = "1.3.6.1.4.1.9.9."  # CISCO-TELEPRESENCE-MIB and -CALL-MIB
TRAPS = {
    **{f"{POLY}{number}": name for number, name in (
        (70, "h323GateKeeperRegistrationFailed"), (71, "h323GateKeeperRegistrationOK"), (72, "sipRegistrationFailed"),
        (73, "sipRegistrationOK"), (76, "primaryCameraDown"), (77, "primaryCameraOK"), (78, "callConnected"),
        (79, "callDisconnected"), (80, "callFailed"), (81, "jitterExcessive"), (82, "jitterOK"), (83, "latencyExcessive"),
        (84, "latencyOK"), (85, "packetLossExcessive"), (86, "packetLossOK"),
    )},
    **{f"{VSX}{number}": name for number, name in (
        (4, "callUp"), (5, "callDown"), (6, "callFail"), (19, "gatekeeperReg"), (20, "gatekeeperDown"),
        (31, "mainCameraDown"), (33, "percentPacketLossExcessive"), (34, "jitterExcessive"), (35, "latencyExcessive"),
    )},
    f"{CISCO}643.0.1": "ctpPeripheralErrorNotification",
    f"{CISCO}643.0.3": "ctpPeriStatusChangeNotification",
    f"{CISCO}644.0.1": "ctpcMgmtSysConnFailNotification",
    f"{CISCO}644.0.2": "ctpcStatNotificaion",
    f"{CISCO}644.0.3": "ctpcMgmtSysConnEventNotification",
}  # fmt: skip
HOST, NAME = "127.14.2.1", DeviceName("vc-00115")


def taken(name: str, community: bytes = b"community") -> Taken:
    credential = Credential(CredentialName("c"), SnmpVersion.V2C, Secret("community"))
    access = SnmpAccess(161, ProfileName("poly-endpoint"), credential.name, 5.0, 30.0, 1.0)
    endpoint = Device(
        NAME, SiteCode("00115"), DistrictCode("004"), Role.ENDPOINT, ip_address(HOST), snmp=access
    )
    intake = Intake(LocalEngine(b"\x80\x00\x00\x00\x05ours", 1, 0.0))
    intake.update({NAME: endpoint}, {credential.name: credential}, ())
    told = (
        VarBind(traps.SYS_UPTIME, ber.TIME_TICKS, 55),
        VarBind(traps.SNMP_TRAP_OID, ber.OBJECT_IDENTIFIER, oid.parse(name)),
        VarBind((*oid.parse(name), 1), ber.OCTET_STRING, b"whatever it says is not believed"),
    )
    message = Message(Version.V2C, community, Pdu.TRAP, 7, 0, 0, told)
    return intake.take(ber.encode(message), HOST, 0.0)


@pytest.mark.parametrize("name", TRAPS, ids=lambda name: TRAPS[name])
def test_an_endpoints_trap_makes_the_service_look(name: str):
    assert taken(name) == Taken(TrapResult.ACCEPTED, NAME, b"", HintKind.NEWS)


def test_nobody_can_make_us_look_without_the_community():
    assert taken(f"{POLY}79", b"guess").hint is None
