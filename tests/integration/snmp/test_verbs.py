"""The commands that ask one device, against a recorded one: what they print, where, and their exit codes."""

import contextlib
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from citynoc.__main__ import main
from tests.integration.snmp_polls import ROOT
from tests.walks.recorded import agent, read

pytestmark = pytest.mark.integration

MIKROTIK = ROOT / "tests" / "walks" / "mikrotik-routeros.snmprec"
SECRET = "example"
PROFILE = ("--profile", "if-mib-full")


@pytest.fixture(autouse=True)
def community(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_COMMUNITY", SECRET)
    monkeypatch.chdir(ROOT)


@pytest.fixture(params=["127.0.0.1", "::1"])
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    host = str(request.param)
    with agent(read(MIKROTIK), host=host) as port:
        yield f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def test_poll_prints_the_exposition_and_facts_beside_it(address: str, capsys: pytest.CaptureFixture[str]):
    code = main(
        ["poll", "--address", address, "--community-env", "TEST_COMMUNITY", "--profile", "mikrotik-routeros"]
    )
    printed = capsys.readouterr()
    assert code == 0
    assert 'ifAlias="to the WAN",ifDescr="ether1",ifIndex="1",ifName="ether1"} 1000000006001' in printed.out
    assert "model: RB750Gr3" in printed.err
    assert printed.out.splitlines() == [line for line in printed.out.splitlines() if "{" in line]


def test_poll_shows_every_message_and_no_community(address: str, capsys: pytest.CaptureFixture[str]):
    assert main(["poll", "--address", address, "--community-env", "TEST_COMMUNITY", "-v", *PROFILE]) == 0
    printed = capsys.readouterr()
    assert "-> " in printed.err
    assert "GET_BULK" in printed.err
    assert "1.3.6.1.2.1.2.2.1.10.1 = Counter32: 10001" in printed.err
    assert SECRET not in printed.err.replace("rt-example", "")


def test_poll_as_json_can_be_piped(address: str, capsys: pytest.CaptureFixture[str]):
    assert main(["poll", "--address", address, "--community-env", "TEST_COMMUNITY", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["facts"]["sysName"] == "rt-example"
    assert found["uptime_seconds"] == 86400.0
    assert any(sample["metric"] == "ifHCInOctets" for sample in found["samples"])


def test_walk_prints_what_is_there(address: str, capsys: pytest.CaptureFixture[str]):
    assert (
        main(["walk", "--address", address, "--community-env", "TEST_COMMUNITY", "1.3.6.1.2.1.31.1.1.1.1"])
        == 0
    )
    assert capsys.readouterr().out.splitlines() == [
        "1.3.6.1.2.1.31.1.1.1.1.1 = OCTET STRING: ether1",
        "1.3.6.1.2.1.31.1.1.1.1.2 = OCTET STRING: ether2",
    ]


def test_walk_as_json(address: str, capsys: pytest.CaptureFixture[str]):
    assert (
        main(["walk", "--address", address, "--community-env", "TEST_COMMUNITY", "--json", "1.3.6.1.2.1.1"])
        == 0
    )
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"oid": "1.3.6.1.2.1.1.2.0", "type": "OBJECT IDENTIFIER", "value": "1.3.6.1.4.1.14988.1"} in lines


def test_profiles_match_says_which_and_why(address: str, capsys: pytest.CaptureFixture[str]):
    assert main(["profiles", "match", "--address", address, "--community-env", "TEST_COMMUNITY"]) == 0
    printed = capsys.readouterr().out
    assert "mikrotik-routeros" in printed
    assert "sysObjectID is under 1.3.6.1.4.1.14988.1" in printed


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["poll"], 2, "name a device"),
        (["poll", "--address", "127.0.0.1:9"], 2, "--community-env"),
        (["poll", "--address", "127.0.0.1", "--community-env", "TEST_COMMUNITY"], 2, "HOST:PORT"),
        (["poll", "--address", "nowhere:9", "--community-env", "TEST_COMMUNITY"], 2, "nowhere"),
        (
            ["poll", "--address", "127.0.0.1:9", "--community-env", "TEST_COMMUNITY", "--profile", "x"],
            2,
            "no profile",
        ),
        (
            ["poll", "--address", "127.0.0.1:9", "--community-env", "TEST_COMMUNITY", "--timeout", "0.1"],
            1,
            "timeout",
        ),
        (
            ["poll", "--address", "127.0.0.1:9", "--community-env", "TEST_COMMUNITY", "--timeout", "-1"],
            2,
            "--timeout",
        ),
        (
            ["walk", "--address", "127.0.0.1:9", "--community-env", "TEST_COMMUNITY", "1.3.x"],
            2,
            "object identifier",
        ),
        (
            ["walk", "--address", "127.0.0.1:9", "--community-env", "TEST_COMMUNITY", "--timeout", "0.1"],
            1,
            "timeout",
        ),
    ],
)
def test_what_cannot_be_asked_is_said_in_words(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
):
    assert main(arguments) == code
    printed = capsys.readouterr()
    assert words in printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize("verb", ["poll", "walk"])
def test_of_a_silence_it_is_said_how_often_it_was_asked(verb: str, capsys: pytest.CaptureFixture[str]):
    with socket.socket(type=socket.SOCK_DGRAM) as deaf:
        deaf.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{deaf.getsockname()[1]}"
        words = [verb, "--address", address, "--community-env", "TEST_COMMUNITY", "--timeout", "0.2"]
        assert main(words) == 1
        deaf.setblocking(False)
        came = 0
        with contextlib.suppress(BlockingIOError):
            while deaf.recv(1500):
                came += 1
    assert came == 3
    assert capsys.readouterr().err == "device: timeout: no answer within 0.2 s; asked 3 times\n"


def test_without_a_configuration_it_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("SOME_COMMUNITY", SECRET)
    monkeypatch.chdir(tmp_path)
    for words in (
        ["profiles", "list"],
        ["walk", "--address", "127.0.0.1:9", "--community-env", "SOME_COMMUNITY", "1.3"],
    ):
        assert main(words) == 2
        assert "there are no profiles in config/profiles: say --config DIR" in capsys.readouterr().err


def test_a_device_that_is_not_in_the_inventory_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("CITYNOC_SNMP_COMMUNITY", SECRET)
    assert main(["poll", "rt-99999"]) == 2
    assert "there is no device 'rt-99999'" in capsys.readouterr().err
    assert main(["poll", "rt-0115"]) == 2
    assert "did you mean 'rt-00115'?" in capsys.readouterr().err


def test_profiles_list(capsys: pytest.CaptureFixture[str]):
    assert main(["profiles", "list"]) == 0
    assert "poly-endpoint" in capsys.readouterr().out
