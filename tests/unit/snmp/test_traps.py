"""Traps and informs as bytes: what they are named, what is none, what any bytes come to."""

import itertools
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    SnmpV3User,
    SnmpVersion,
)
from collector.snmp import ber, traps, usm, usm_message
from collector.snmp.ber import Message, Pdu, VarBind, Version
from collector.snmp.errors import BerError
from collector.snmp.usm_keys import AUTHS, PRIVS, User
from collector.snmp.usm_message import AUTH, PRIV, REPORTABLE, Parameters
from collector.snmp.usm_receiver import LocalEngine
from collector.snmp.usm_user import EngineUser
from collector.sources import HintKind
from collector.sources.traps_engine import local_engine
from collector.sources.traps_intake import BURST, Intake, Taken, TrapResult
from collector.sources.traps_limits import Buckets, Seen

OURS = b"\x80\x00\x00\x00\x05ourselves"
THEIRS = b"\x80\x00\x00\x00\x05router"
HOST, NAME = "127.0.1.1", DeviceName("rt-00115")
USER = User(b"citynoc", AUTHS["sha"], b"authentic", PRIVS["aes128"], b"private!")
V3 = SnmpV3User("citynoc", "sha", Secret("authentic"), "aes128", Secret("private!"))
ENTERPRISE = (1, 3, 6, 1, 4, 1, 9)


def notification(name: tuple[int, ...], tag: int = Pdu.TRAP, request_id: int = 7) -> Message:
    return Message(
        Version.V2C,
        b"community",
        tag,
        request_id,
        0,
        0,
        (
            VarBind(traps.SYS_UPTIME, ber.TIME_TICKS, 55),
            VarBind(traps.SNMP_TRAP_OID, ber.OBJECT_IDENTIFIER, name),
        ),
    )


def v1(generic: int, specific: int = 0) -> bytes:
    body = (
        ber.object_identifier(ENTERPRISE)
        + ber.tlv(ber.IP_ADDRESS, bytes(4))
        + ber.integer(generic)
        + ber.integer(specific)
        + ber.integer(55, ber.TIME_TICKS)
        + ber.varbind_list(())
    )
    content = ber.integer(0) + ber.tlv(ber.OCTET_STRING, b"community") + ber.tlv(Pdu.TRAP_V1, body)
    return ber.tlv(ber.SEQUENCE, content)


def of(data: bytes) -> traps.Notification:
    return traps.of_message(data, ber.envelope(data))


def intake(version: SnmpVersion = SnmpVersion.V2C, boots: int = 5) -> Intake:
    """One that knows one device, at second 0 of our engine's boot."""
    name = CredentialName("c")
    credential = Credential(name, version, Secret("community"))
    if version is SnmpVersion.V3:
        credential = Credential(name, version, v3=V3)
    access = SnmpAccess(161, ProfileName("p"), name, 5.0, 30.0, 1.0)
    device = Device(NAME, SiteCode("s"), DistrictCode("d"), Role.ROUTER, ip_address(HOST), snmp=access)
    made = Intake(LocalEngine(OURS, boots, 0.0))
    made.update({NAME: device}, {name: credential}, ())
    return made


def sealed(
    pdu: bytes, clock: tuple[int, int], flags: int = AUTH | PRIV, engine: bytes = THEIRS, msg_id: int = 9
) -> bytes:
    scoped = usm_message.scoped_bytes(engine, b"", pdu)
    return EngineUser(USER, engine).seal(msg_id, flags, clock, scoped)


def pdu_of(message: Message) -> bytes:
    body = ber.integer(message.request_id) + ber.integer(0) * 2 + ber.varbind_list(message.varbinds)
    return ber.tlv(message.pdu, body)


@pytest.mark.parametrize(
    ("generic", "name"),
    [(0, traps.COLD_START), (1, traps.WARM_START), (2, traps.LINK_DOWN), (3, traps.LINK_UP), (4, traps.AUTHENTICATION_FAILURE)],
)  # fmt: skip
def test_generic_v1_traps_have_their_v2_names(generic: int, name: tuple[int, ...]):
    assert of(v1(generic)) == traps.Notification(name, False, None, 55, ())


def test_an_enterprise_s_own_v1_trap_is_named_by_rfc_3584():
    assert of(v1(6, 42)).name == (*ENTERPRISE, 0, 42)
    for generic, specific in ((7, 0), (-1, 0), (6, -1)):
        with pytest.raises(BerError):
            of(v1(generic, specific))


def test_a_v2_notification_begins_with_its_two_objects():
    assert of(ber.encode(notification(traps.LINK_UP))).name == traps.LINK_UP
    good = notification(traps.LINK_UP)
    for bad in (
        good._replace(varbinds=()),
        good._replace(varbinds=good.varbinds[::-1]),
        good._replace(varbinds=(good.varbinds[0], VarBind(traps.SNMP_TRAP_OID, ber.INTEGER, 1))),
        good._replace(version=Version.V1),
        good._replace(pdu=Pdu.GET),
    ):
        with pytest.raises(BerError):
            of(ber.encode(bad))


def test_an_inform_is_acknowledged_with_its_own_objects():
    inform = notification(traps.LINK_UP, Pdu.INFORM)
    data = ber.encode(inform)
    reply = ber.decode(traps.acknowledgement(ber.envelope(data), inform))
    assert reply == inform._replace(pdu=Pdu.RESPONSE)


def test_a_v3_inform_is_sealed_for_our_engine_and_in_our_time():
    taking = intake(SnmpVersion.V3)
    inform = pdu_of(notification(traps.LINK_UP, Pdu.INFORM))
    search = usm_message.write(1, REPORTABLE, Parameters(b""), usm_message.scoped_bytes(b"", b"", inform)).raw
    found = taking.take(search, HOST, 100.0)
    report = usm_message.read(found.reply)
    assert (found.result, report.engine_id, report.boots, report.time) == (TrapResult.DISCOVERY, OURS, 5, 100)
    early = taking.take(sealed(inform, (0, 0), AUTH | PRIV | REPORTABLE, OURS), HOST, 100.0)
    clock = usm_message.read(early.reply)
    assert (early.result, clock.level, clock.boots, clock.time) == (TrapResult.DISCOVERY, AUTH, 5, 100)
    assert EngineUser(USER, OURS).is_authentic(clock)
    late = taking.take(sealed(inform, (5, 251), AUTH | PRIV | REPORTABLE, OURS), HOST, 100.0)
    assert late.result is TrapResult.NOT_IN_TIME
    for expected in (TrapResult.ACCEPTED, TrapResult.DUPLICATE):
        taken = taking.take(sealed(inform, (5, 100), AUTH | PRIV | REPORTABLE, OURS), HOST, 100.0)
        assert taken.result is expected
        answer = usm_message.read(taken.reply)
        known = EngineUser(USER, OURS)
        assert known.is_authentic(answer)
        assert answer.level == AUTH | PRIV
        assert usm_message.read_pdu(known.scoped(answer).pdu).pdu == Pdu.RESPONSE


def test_an_inform_for_another_engine_is_not_acknowledged():
    taking = intake(SnmpVersion.V3)
    taken = taking.take(sealed(pdu_of(notification(traps.LINK_UP, Pdu.INFORM)), (1, 1)), HOST, 0.0)
    assert (taken.result, taken.reply) == (TrapResult.MALFORMED, b"")


def test_a_v3_trap_of_long_ago_an_earlier_boot_or_seen_before_is_refused():
    taking = intake(SnmpVersion.V3)
    trap = pdu_of(notification(traps.COLD_START))
    fresh = sealed(trap, (3, 1000))
    assert taking.take(fresh, HOST, 50.0) == Taken(TrapResult.ACCEPTED, NAME, b"", HintKind.RESTARTED)
    assert taking.take(fresh, HOST, 51.0).result is TrapResult.DUPLICATE
    assert taking.take(sealed(trap, (3, 800)), HOST, 51.0).result is TrapResult.NOT_IN_TIME
    assert taking.take(sealed(trap, (2, 9000)), HOST, 51.0).result is TrapResult.NOT_IN_TIME
    assert taking.take(sealed(trap, (4, 1), msg_id=10), HOST, 52.0).result is TrapResult.ACCEPTED
    assert taking.take(fresh, HOST, 53.0).result is TrapResult.NOT_IN_TIME


def test_a_lower_level_than_the_user_s_is_not_enough():
    taking = intake(SnmpVersion.V3)
    trap = pdu_of(notification(traps.COLD_START))
    for flags in (0, AUTH):
        taken = taking.take(sealed(trap, (1, 1), flags), HOST, 0.0)
        assert (taken.result, taken.hint) == (TrapResult.WRONG_LEVEL, None)
        assert taken.suspicious


@given(st.binary(max_size=400))
def test_any_bytes_are_counted_once_and_give_no_hint(data: bytes):
    taking = intake()
    taken = taking.take(data, HOST, 0.0)
    assert sum(taking.results.values()) == 1
    assert taken.hint is None or taken.result is TrapResult.ACCEPTED


SEEDS = [
    v1(2),
    ber.encode(notification(traps.LINK_DOWN)),
    ber.encode(notification(traps.LINK_DOWN, Pdu.INFORM)),
    sealed(pdu_of(notification(traps.LINK_DOWN)), (1, 1)),
]


@given(st.data())
def test_no_mutation_of_a_real_message_does_harm(data: st.DataObject):
    raw = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    taking = intake(data.draw(st.sampled_from([SnmpVersion.V2C, SnmpVersion.V3])))
    taken = taking.take(bytes(raw[: data.draw(st.integers(1, len(raw)))]), HOST, 0.0)
    assert taking.results[taken.result] == 1
    assert len(taken.reply) <= len(raw) + 100  # nobody is flooded through us


def test_one_device_has_its_share_and_no_more():
    taking = intake()
    data = ber.encode(notification(traps.LINK_DOWN))
    results = [taking.take(data, HOST, 0.0).result for _ in range(int(BURST) + 10)]
    assert results.count(TrapResult.ACCEPTED) == BURST
    assert results.count(TrapResult.RATE_LIMITED) == 10
    assert taking.take(data, HOST, 0.1).result is TrapResult.ACCEPTED


def test_memory_for_strangers_is_none_and_for_others_is_bounded():
    taking = intake()
    for last in range(1, 250):
        assert taking.take(b"\x30", f"127.9.9.{last}", 0.0).result is TrapResult.UNKNOWN_SOURCE
    assert len(taking._buckets) == 0
    buckets, seen = Buckets(1.0, 1.0, 10), Seen(5.0, 10)
    for number in range(100):
        buckets.take(number, 0.0)
        seen.again(number, 0.0)
    assert len(buckets) == 10
    assert not seen.again(0, 1.0)
    assert seen.again(99, 1.0)
    assert not seen.again(99, 6.0)


def test_a_device_that_left_is_a_stranger():
    taking = intake()
    taking.update({}, {}, ())
    data = ber.encode(notification(traps.LINK_DOWN))
    assert taking.take(data, HOST, 0.0).result is TrapResult.UNKNOWN_SOURCE


def test_an_address_is_the_same_on_a_socket_of_both_families():
    data = ber.encode(notification(traps.LINK_DOWN))
    assert intake().take(data, f"::ffff:{HOST}", 0.0).result is TrapResult.ACCEPTED


def test_our_engine_is_kept_and_its_boots_are_counted(tmp_path: Path):
    file = tmp_path / "engine.json"
    drawn = itertools.count(1)

    def random(size: int) -> bytes:
        return bytes([next(drawn)]) * size

    first = local_engine(file, 10.0, random)
    second = local_engine(file, 20.0, random)
    assert first.engine_id == second.engine_id
    assert (first.boots, second.boots) == (1, 2)
    assert second.clock(25.5) == (2, 5)


@pytest.mark.parametrize(
    "content",
    [
        "", "rubbish", "[]", "{}", '{"engine_id": "00", "boots": 1}', '{"engine_id": "zz", "boots": 1}',
        '{"engine_id": "8000000005aabbcc", "boots": -1}', '{"engine_id": "8000000005aabbcc", "boots": true}',
        '{"engine_id": "8000000005aabbcc", "boots": 2147483646}', '{"engine_id": 1, "boots": 1}',
    ],
)  # fmt: skip
def test_a_spoilt_engine_file_means_a_new_engine(tmp_path: Path, content: str):
    file = tmp_path / "engine.json"
    file.write_text(content)
    engine = local_engine(file, 0.0)
    assert engine.boots == 1
    assert engine.engine_id != bytes.fromhex("8000000005aabbcc")
    assert local_engine(file, 0.0).boots == 2


def test_an_engine_that_cannot_be_kept_is_another_one_each_time(tmp_path: Path):
    file = tmp_path / "nowhere" / "engine.json"
    first, second = local_engine(file, 0.0), local_engine(file, 0.0)
    assert first.engine_id != second.engine_id
    assert first.boots == second.boots == 1


def test_unknown_users_are_told_so_only_if_they_can_be():
    taking = intake(SnmpVersion.V3)
    stranger = User(b"nobody")
    scoped = usm_message.scoped_bytes(OURS, b"", pdu_of(notification(traps.LINK_UP, Pdu.INFORM)))
    quiet = EngineUser(stranger, OURS).seal(1, 0, (5, 0), scoped)
    taken = taking.take(quiet, HOST, 0.0)
    assert (taken.result, taken.reply) == (TrapResult.UNKNOWN_USER, b"")
    loud = EngineUser(stranger, OURS).seal(1, REPORTABLE, (5, 0), scoped)
    report = usm_message.read(taking.take(loud, HOST, 0.0).reply)
    counter = usm_message.read_pdu(usm_message.read_scoped(usm_message.content_of(report)).pdu).varbinds[0]
    assert counter == VarBind((*usm.UNKNOWN_USER, 0), ber.COUNTER32, 2)
