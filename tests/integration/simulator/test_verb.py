"""`citynoc simulate` as a process: what it announces, how it stops, and what it says when it cannot start."""

import json
import signal
import socket
import urllib.request
from pathlib import Path

import pytest

from tests.integration.service.process import one_district, process

pytestmark = pytest.mark.integration


def test_it_announces_itself_in_one_line_and_stops_cleanly(tmp_path: Path):
    config = one_district(tmp_path)
    options = ["--config", str(config), "--no-mqtt", "--snmp-port", "0", "--control", "127.0.0.1:0"]
    with process("simulate", *options, log=tmp_path / "log") as child:
        assert child.stdout is not None
        started = json.loads(child.stdout.readline())
        assert started["snmp_port"] > 0
        assert started["control"].startswith("127.0.0.1:")
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0
    assert "answering for 40 agents" in (tmp_path / "log").read_text()


def test_a_taken_port_is_one_line_and_exit_code_1(tmp_path: Path):
    config = one_district(tmp_path)
    with socket.socket(type=socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        options = ["--config", str(config), "--no-mqtt", "--snmp-port", str(port)]
        with process("simulate", *options, log=tmp_path / "log") as child:
            assert child.wait(20) == 1
            assert child.stdout is not None
            assert child.stdout.read() == ""
    said = (tmp_path / "log").read_text()
    assert said == f"citynoc simulate: UDP port {port} on loopback cannot be used: Address already in use\n"


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--scenario", "none.yml"], 1, "cannot read the file"),
        (["--control", "192.0.2.1:0"], 2, "is not on loopback"),
        (["--snmp-port", "x"], 2, "is not a UDP port"),
        (["--broker", "nowhere"], 2, "is not HOST:PORT"),
    ],
)
def test_a_typing_mistake_gives_a_sentence(tmp_path: Path, options: list[str], code: int, message: str):
    config = one_district(tmp_path)
    with process("simulate", "--config", str(config), *options, log=tmp_path / "log") as child:
        assert child.wait(20) == code
    said = (tmp_path / "log").read_text()
    assert message in said
    assert "Traceback" not in said


def test_a_scenario_is_played(tmp_path: Path):
    config = one_district(tmp_path)
    scene = tmp_path / "scene.yml"
    scene.write_text("title: x\nsteps:\n  - at: 0s\n    kill: {device: rt-00115}\n")
    options = ["--config", str(config), "--no-mqtt", "--snmp-port", "0", "--control", "127.0.0.1:0"]
    with process("simulate", *options, "--scenario", str(scene), log=tmp_path / "log") as child:
        assert child.stdout is not None
        control = json.loads(child.stdout.readline())["control"]
        broken: list[str] = []
        while not broken:
            with urllib.request.urlopen(f"http://{control}/state", timeout=5) as answer:
                broken = [fault["name"] for fault in json.load(answer)["broken"]]
        assert broken == ["rt-00115"]
