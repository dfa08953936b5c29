"""The trap listener judged by net-snmp's own senders: v1, v2c and v3, acknowledged, refused and flooded."""

import asyncio
import socket
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from pathlib import Path

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
    SnmpV3User,
    SnmpVersion,
    TrapPort,
)
from collector.outcome import Outcome
from collector.plan import PollKey
from collector.sources import HintKind
from collector.sources.traps import BATCH, REST, TrapResult, TrapSource
from collector.sources.traps_engine import local_engine
from collector.sources.traps_intake import BURST
from tests.binaries import require
from tests.integration.snmpd import free_port

pytestmark = pytest.mark.integration

PLAIN, SECURED, STRANGER = "127.0.1.1", "127.0.1.2", "127.0.1.3"
AUTH, PRIV = "authentic-phrase", "private-phrase"
USER = SnmpV3User("citynoc", "sha256", Secret(AUTH), "aes128", Secret(PRIV))
CREDENTIALS = {
    CredentialName("plain"): Credential(CredentialName("plain"), SnmpVersion.V2C, Secret("community")),
    CredentialName("secured"): Credential(CredentialName("secured"), SnmpVersion.V3, v3=USER),
    CredentialName("traps"): Credential(CredentialName("traps"), SnmpVersion.V2C, Secret("only-traps")),
}
SECURELY = ["-v3", "-l", "authPriv", "-u", "citynoc", "-a", "SHA-256", "-A", AUTH, "-x", "AES", "-X", PRIV]
LINK_DOWN, LINK_UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"
COLD_START, AUTHENTICATION_FAILURE = "1.3.6.1.6.3.1.1.5.1", "1.3.6.1.6.3.1.1.5.5"
IF_INDEX = ["1.3.6.1.2.1.2.2.1.1.7", "i", "7"]


def device(name: str, address: str, credential: str) -> Device:
    access = SnmpAccess(161, ProfileName("if-mib"), CredentialName(credential), 5.0, 30.0, 1.0)
    return Device(
        DeviceName(name), SiteCode("s"), DistrictCode("d"), Role.ROUTER, ip_address(address), snmp=access
    )


DEVICES = {one.name: one for one in (device("plain", PLAIN, "plain"), device("secured", SECURED, "secured"))}


async def eventually(holds: Callable[[], bool]) -> None:
    """Return when it does; TimeoutError after a while."""
    async with asyncio.timeout(30):
        for _ in iter(holds, True):
            await asyncio.sleep(0.01)


@dataclass
class Ear:
    """A running listener and the hints that it gave."""

    source: TrapSource
    folder: Path
    hints: list[tuple[str, HintKind]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def hint(self, name: DeviceName, kind: HintKind) -> None:
        self.hints.append((name, kind))
        self.news.set()

    def count(self, result: TrapResult) -> int:
        return self.source.stats().results[result]

    async def send(self, program: str, host: str, options: Sequence[str], *what: str) -> int:
        """Run one of net-snmp's senders from this address; its exit code."""
        command = [require(program), *options, f"--clientaddr={host}", f"127.0.0.1:{self.source.port}", *what]
        environ = {
            "MIBS": "",
            "PATH": "/usr/bin",
            "SNMP_PERSISTENT_DIR": str(self.folder),
            "HOME": "/nowhere",
        }
        child = await asyncio.create_subprocess_exec(*command, env=environ, stderr=subprocess.DEVNULL)
        return await child.wait()

    async def until(self, result: TrapResult, count: int = 1) -> None:
        """Return when so many datagrams have come to this."""
        await eventually(lambda: self.count(result) >= count)


@asynccontextmanager
async def listening(folder: Path, also: Sequence[str] = ()) -> AsyncIterator[Ear]:
    at = TrapPort("127.0.0.1", 0, tuple(CredentialName(name) for name in also))
    engine = local_engine(folder / "engine.json", time.monotonic())
    ear = Ear(TrapSource(at, engine, DEVICES, CREDENTIALS, time.monotonic), folder)

    def deliver(_key: PollKey, _outcome: Outcome) -> None:
        raise AssertionError("traps deliver no outcomes")

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(ear.source.listen(deliver, ear.hint))
        await eventually(lambda: ear.source.port > 0)
        try:
            yield ear
        finally:
            task.cancel()


V1 = ["-v1", "-c", "community"]
V2C = ["-v2c", "-c", "community"]
ONE_TRY = ["-r", "0", "-t", "5"]


def test_a_v1_trap_is_told_by_its_v2_name(tmp_path: Path):
    async def run() -> None:
        async with listening(tmp_path) as ear:
            await ear.send("snmptrap", PLAIN, V1, "1.3.6.1.4.1.9", "10.0.0.1", "2", "0", "55", *IF_INDEX)
            await ear.until(TrapResult.ACCEPTED)
            assert ear.hints == [("plain", HintKind.LINK)]
            await ear.send("snmptrap", PLAIN, V1, "1.3.6.1.4.1.9", "10.0.0.1", "6", "42", "55")
            await ear.until(TrapResult.ACCEPTED, 2)
            assert ear.hints[1:] == [("plain", HintKind.NEWS)]

    asyncio.run(run())


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        (LINK_DOWN, HintKind.LINK),
        (LINK_UP, HintKind.LINK),
        (COLD_START, HintKind.RESTARTED),
        (AUTHENTICATION_FAILURE, HintKind.AUTH_FAILURE),
        ("1.3.6.1.4.1.9.1.1", HintKind.NEWS),
    ],
)
def test_a_v2c_trap_is_a_hint_and_an_inform_is_acknowledged(tmp_path: Path, what: str, kind: HintKind):
    async def run() -> None:
        async with listening(tmp_path) as ear:
            assert await ear.send("snmpinform", PLAIN, [*V2C, *ONE_TRY], "", what, *IF_INDEX) == 0
            assert ear.hints == [("plain", kind)]
            await ear.send("snmptrap", PLAIN, V2C, "", what)
            await ear.until(TrapResult.ACCEPTED, 2)
            assert len(ear.hints) == 1  # the same news again is told when it has gathered

    asyncio.run(run())


@pytest.mark.parametrize(
    ("level", "auth", "priv"),
    [("authPriv", "SHA-256", "AES"), ("authPriv", "MD5", "DES"), ("authNoPriv", "SHA-512", ""), ("noAuthNoPriv", "", "")],
)  # fmt: skip
def test_v3_traps_and_informs_of_every_level(tmp_path: Path, level: str, auth: str, priv: str):
    options = ["-v3", "-l", level, "-u", "citynoc"]
    options += ["-a", auth, "-A", AUTH] if auth else []
    options += ["-x", priv, "-X", PRIV] if priv else []
    ours = {"SHA-256": "sha256", "MD5": "md5", "SHA-512": "sha512", "AES": "aes128", "DES": "des"}
    user = SnmpV3User(
        "citynoc",
        ours.get(auth),
        Secret(AUTH) if auth else None,
        ours.get(priv),
        Secret(PRIV) if priv else None,
    )
    name = CredentialName("secured")

    async def run() -> None:
        async with listening(tmp_path) as ear:
            ear.source.update(
                TrapPort("127.0.0.1", 0), DEVICES, {**CREDENTIALS, name: replace(CREDENTIALS[name], v3=user)}
            )
            assert await ear.send("snmpinform", SECURED, [*options, *ONE_TRY], "", LINK_DOWN, *IF_INDEX) == 0
            assert ear.hints == [("secured", HintKind.LINK)]
            engine = ["-e", "0x8000000005aabbccdd"]
            await ear.send("snmptrap", SECURED, [*options, *engine], "", COLD_START)
            await ear.until(TrapResult.ACCEPTED, 2)
            assert ear.hints[1:] == [("secured", HintKind.RESTARTED)]

    asyncio.run(run())


def test_our_engine_reboots_and_informs_go_on(tmp_path: Path):
    """The sender remembers nothing between two runs, so this is about the file: one engine, one boot later."""

    async def run() -> int:
        async with listening(tmp_path) as ear:
            return await ear.send("snmpinform", SECURED, [*SECURELY, *ONE_TRY], "", LINK_UP)

    first = local_engine(tmp_path / "engine.json", 0.0)
    assert asyncio.run(run()) == 0
    assert asyncio.run(run()) == 0
    last = local_engine(tmp_path / "engine.json", 0.0)
    assert last.engine_id == first.engine_id
    assert last.boots == first.boots + 3


def changed(old: str, new: str) -> list[str]:
    assert old in SECURELY
    return [new if option == old else option for option in SECURELY]


@pytest.mark.parametrize(
    ("host", "options", "result"),
    [
        (STRANGER, V2C, TrapResult.UNKNOWN_SOURCE),
        (PLAIN, ["-v2c", "-c", "guess"], TrapResult.WRONG_COMMUNITY),
        (SECURED, V2C, TrapResult.WRONG_COMMUNITY),
        (SECURED, changed("citynoc", "nobody"), TrapResult.UNKNOWN_USER),
        (PLAIN, SECURELY, TrapResult.UNKNOWN_USER),
        (SECURED, changed(AUTH, "another-phrase"), TrapResult.UNAUTHENTIC),
        (SECURED, changed("authPriv", "authNoPriv"), TrapResult.WRONG_LEVEL),
        (SECURED, changed(PRIV, "another-phrase"), TrapResult.UNDECRYPTABLE),
    ],
)
@pytest.mark.parametrize("program", ["snmptrap", "snmpinform"])
def test_who_is_not_believed_is_counted_and_gives_no_hint(
    tmp_path: Path, program: str, host: str, options: list[str], result: TrapResult
):
    patience = ["-r", "0", "-t", "1"] if program == "snmpinform" else []

    async def run() -> None:
        async with listening(tmp_path) as ear:
            code = await ear.send(program, host, [*options, *patience], "", LINK_DOWN)
            await ear.until(result)
            assert ear.hints == []
            assert program == "snmptrap" or code != 0

    asyncio.run(run())


def test_a_credential_of_its_own_may_be_allowed_for_traps(tmp_path: Path):
    async def run() -> None:
        async with listening(tmp_path, also=["traps"]) as ear:
            for host in (PLAIN, SECURED):
                assert (
                    await ear.send("snmpinform", host, ["-v2c", "-c", "only-traps", *ONE_TRY], "", LINK_UP)
                    == 0
                )

    asyncio.run(run())


def sockets_at(host: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((host, 0))
    return sock


def recorded(program: str, options: Sequence[str], folder: Path) -> bytes:
    """The first datagram that one of net-snmp's senders sends."""
    with sockets_at("127.0.0.1") as sink:
        port = sink.getsockname()[1]
        environ = {"MIBS": "", "PATH": "/usr/bin", "SNMP_PERSISTENT_DIR": str(folder)}
        patience = ["-r", "0", "-t", "0.1"] if program == "snmpinform" else []
        subprocess.run(
            [require(program), *options, *patience, f"127.0.0.1:{port}", "", LINK_DOWN],
            env=environ, check=False, capture_output=True,
        )  # fmt: skip
        return sink.recv(65_535)


def test_a_repeated_inform_is_acknowledged_again_and_told_once(tmp_path: Path):
    datagram = recorded("snmpinform", V2C, tmp_path)

    async def run() -> None:
        async with listening(tmp_path) as ear:
            with sockets_at(PLAIN) as sock:
                sock.settimeout(10)
                for _ in range(3):
                    sock.sendto(datagram, ("127.0.0.1", ear.source.port))
                    reply = await asyncio.to_thread(sock.recv, 65_535)
                    assert reply != datagram
            assert ear.count(TrapResult.ACCEPTED) == 1
            assert ear.count(TrapResult.DUPLICATE) == 2
            assert ear.hints == [("plain", HintKind.LINK)]

    asyncio.run(run())


def test_a_replayed_v3_trap_is_refused(tmp_path: Path):
    datagram = recorded("snmptrap", [*SECURELY, "-e", "0x8000000005aabbccdd"], tmp_path)

    async def run() -> None:
        async with listening(tmp_path) as ear:
            with sockets_at(SECURED) as sock:
                for _ in range(3):
                    sock.sendto(datagram, ("127.0.0.1", ear.source.port))
            await ear.until(TrapResult.DUPLICATE, 2)
            assert ear.count(TrapResult.ACCEPTED) == 1

    asyncio.run(run())


def test_a_flood_of_one_device_is_bounded_and_others_are_heard(tmp_path: Path):
    datagram = recorded("snmptrap", V2C, tmp_path)

    async def run() -> None:
        async with listening(tmp_path) as ear:
            with sockets_at(PLAIN) as flood, sockets_at(STRANGER) as unknown:
                begun = time.monotonic()
                for _ in range(2_000):
                    flood.sendto(datagram, ("127.0.0.1", ear.source.port))
                    unknown.sendto(b"\x30", ("127.0.0.1", ear.source.port))
                assert (
                    await ear.send("snmpinform", SECURED, [*SECURELY, "-r", "5", "-t", "2"], "", LINK_UP) == 0
                )
                passed = time.monotonic() - begun
            results = ear.source.stats().results
            assert sum(results.values()) <= BATCH * (passed / REST + 2)
            assert results[TrapResult.RATE_LIMITED] > 0
            assert results[TrapResult.ACCEPTED] <= BURST + 10 * passed + 2
            assert [hint for hint in ear.hints if hint[0] == "secured"] == [("secured", HintKind.LINK)]

    asyncio.run(run())


def test_rubbish_is_counted_and_answered_with_nothing(tmp_path: Path):
    async def run() -> None:
        async with listening(tmp_path) as ear:
            with sockets_at(PLAIN) as sock:
                for rubbish in (b"", b"\x30", b"\x30\x03\x02\x01\x03", b"\x30\x80\x00\x00", bytes(1400)):
                    sock.sendto(rubbish, ("127.0.0.1", ear.source.port))
                await ear.until(TrapResult.MALFORMED, 5)
                sock.setblocking(False)
                with pytest.raises(BlockingIOError):
                    sock.recv(1)
            assert ear.hints == []
        assert ear.source.port == 0

    asyncio.run(run())


def test_a_question_on_the_trap_port_is_no_notification(tmp_path: Path):
    async def run() -> None:
        async with listening(tmp_path) as ear:
            assert await ear.send("snmpget", PLAIN, [*V2C, "-r", "0", "-t", "0.5"], "1.3.6.1.2.1.1.3.0") != 0
            assert ear.count(TrapResult.NOT_A_NOTIFICATION) == 1

    asyncio.run(run())


def test_the_same_news_is_told_at_once_and_again_when_it_has_gathered(tmp_path: Path):
    datagram = recorded("snmptrap", V2C, tmp_path)

    async def run() -> None:
        async with listening(tmp_path) as ear:
            with sockets_at(PLAIN) as sock:
                for _ in range(5):
                    sock.sendto(datagram, ("127.0.0.1", ear.source.port))
            await ear.until(TrapResult.ACCEPTED, 5)
            await eventually(lambda: len(ear.hints) == 2)
            assert ear.hints == [("plain", HintKind.LINK)] * 2

    asyncio.run(run())


def test_a_port_that_is_taken_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("collector.sources.traps.RETRY", 0.05)
    port = free_port()

    async def run() -> None:
        engine = local_engine(tmp_path / "engine.json", 0.0)
        source = TrapSource(TrapPort("127.0.0.1", port), engine, DEVICES, CREDENTIALS, time.monotonic)
        async with asyncio.TaskGroup() as tasks:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
                taken.bind(("127.0.0.1", port))
                task = tasks.create_task(source.listen(lambda _k, _o: None, lambda _d, _h: None))
                await asyncio.sleep(0)
                assert not source.stats().listening
            await eventually(lambda: source.stats().listening)
            task.cancel()

    asyncio.run(run())
