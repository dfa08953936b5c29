"""`citynoc discover` against real snmpd agents that tell LLDP neighbours, and against the simulated city."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from collector.config import load
from tests.config.workshop import DISTRICT, ROOT, small_city
from tests.integration.service.process import Simulator, free_udp_port, one_district
from tests.integration.snmpd import snmpd

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

LLDP = "1.0.8802.1.1.2.1"
SECRET = "planted-community"  # what the output must never hold


def told(chassis: str, ports: dict[int, str], remote: dict[int, tuple[str, str, str]]) -> str:
    """LLDP-MIB as snmpd's `override` lines: own ports by number; chassis, port and name of each one's neighbour."""
    lines = [f"override {LLDP}.3.1.0 integer 4", f"override {LLDP}.3.2.0 octet_str {chassis}"]
    for number, name in ports.items():
        lines += [
            f"override {LLDP}.3.7.1.2.{number} integer 5",
            f'override {LLDP}.3.7.1.3.{number} octet_str "{name}"',
        ]
    for number, (far, port, name) in remote.items():
        row = f"0.{number}.1"
        lines += [
            f"override {LLDP}.4.1.1.4.{row} integer 4",
            f"override {LLDP}.4.1.1.5.{row} octet_str {far}",
            f"override {LLDP}.4.1.1.6.{row} integer 5",
            f'override {LLDP}.4.1.1.7.{row} octet_str "{port}"',
            f'override {LLDP}.4.1.1.9.{row} octet_str "{name}"',
        ]
    return "\n".join(lines)


def agent(name: str, object_id: str, lldp: str = "", descr: str = "An agent") -> str:
    return f"sysName {name}\nsysObjectID {object_id}\nsysDescr {descr}\n{lldp}"


def discover(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "citynoc", "discover", "--config", str(config), *words],
        cwd=ROOT,
        env={**os.environ, "COMMUNITY": SECRET, "CITYNOC_SNMP_COMMUNITY": "test-community"},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def city(tmp_path: Path) -> Path:
    return small_city(tmp_path)


@pytest.fixture
def agents(tmp_path: Path) -> Iterator[int]:
    """Four real agents: one known, one behind it, one behind that, and a stranger; all on one port."""
    core, router, endpoint = "0x020000000011", "0x020000000115", "0x020000000215"
    port = free_udp_port()
    texts = {
        "127.10.0.11": agent(
            "core-1.city.example",
            "1.3.6.1.4.1.9.1.1",
            told(core, {7: "Te0/0/7"}, {7: (router, "ether1", "RT-00121.city.example")}),
        ),
        "127.10.0.50": agent(
            "RT-00121.city.example",
            "1.3.6.1.4.1.14988.1",
            told(
                router,
                {1: "ether1", 2: "ether2"},
                {1: (core, "Te0/0/7", "core-1.city.example"), 2: (endpoint, "eth0", "vc")},
            ),
            "RouterOS RB5009UG: {a} # b",
        ),
        "127.10.0.51": agent("vc", "1.3.6.1.4.1.2684", told(endpoint, {1: "eth0"}, {}), "Poly"),
        "127.10.0.52": agent("localhost", "1.3.6.1.4.1.8072.9999"),
    }
    with ExitStack() as stack:
        for host, extra in texts.items():
            folder = tmp_path / f"agent-{host}"
            folder.mkdir()
            running = snmpd(folder, host=host, port=port, community=SECRET, extra=extra, bare=True)
            stack.enter_context(running)
        yield port


def test_real_agents_become_entries_that_check_accepts(city: Path, agents: int):
    done = discover(city, "127.10.0.0/26", "--port", str(agents), "--timeout", "2")
    assert done.returncode == 0, done.stderr
    assert SECRET not in done.stdout + done.stderr
    assert "62 addresses asked, 4 answered: 1 known, 3 proposed" in done.stderr
    entries = [line for line in done.stdout.splitlines() if re.match(r"  [a-z]", line)]
    snmp = f"snmp: {{port: {agents}}}"
    router = "address: 127.10.0.50, role: router, profile: mikrotik-routeros"
    endpoint = "address: 127.10.0.51, role: endpoint, profile: poly-endpoint"
    assert entries == [
        f"  rt-00121: {{{router}, {snmp}, uplinks: {{core-1: {{interface: ether1}}}}}}",
        f"  vc: {{{endpoint}, {snmp}, uplinks: {{rt-00121: {{interface: eth0}}}}}}",
        f"  localhost: {{address: 127.10.0.52, role: router, profile: if-mib, {snmp}}}",
    ]
    assert "  # RouterOS RB5009UG: {a} # b; sysName RT-00121.city.example" in done.stdout
    assert "  # ! no profile matches sysObjectID 1.3.6.1.4.1.8072.9999\n" in done.stdout
    assert "  # ! it tells no neighbours (LLDP): its role" in done.stdout
    # Pasted below a site, the entries are right as they stand.
    pasted = "".join(f"    {line}\n" for line in done.stdout.splitlines())
    with (city / DISTRICT).open("a") as file:
        file.write(f"\n  00121:\n    name: Phường Giang Biên\n{pasted}")
    inventory = load(city, {"COMMUNITY": SECRET}).inventory
    [link] = [link for name, d in inventory.devices.items() if name == "rt-00121" for link in d.uplinks]
    assert (link.parent, link.interface) == ("core-1", "ether1")


def test_nobody_there_is_exit_code_1(city: Path):
    done = discover(city, "127.200.0.0/30", "--timeout", "0.2", "--port", str(free_udp_port()))
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "2 addresses asked, 0 answered: 0 known, 0 proposed\n"


def test_the_rate_is_kept(city: Path):
    started = time.monotonic()
    discover(city, "127.200.0.0/28", "--rate", "20", "--timeout", "0.2", "--port", str(free_udp_port()))
    assert time.monotonic() - started > 27 / 20, "14 addresses, two questions each, 20 a second"


def test_the_simulated_district_is_found_again_with_its_tree(tmp_path: Path):
    """A configuration that knows the core alone: the district is proposed as the full one has it."""
    config = one_district(tmp_path)
    simulator = Simulator(config, tmp_path)
    whole = load(config, {"CITYNOC_SNMP_COMMUNITY": "x"}).inventory
    bare = tmp_path / "bare" / "config"
    one_district(tmp_path / "bare")
    district = next((bare / "districts").iterdir())
    text = district.read_text()
    district.write_text(text[: text.index("\nsites:")] + "\nsites: {}\n")
    (bare / "meetings.yml").unlink(missing_ok=True)
    (bare / "oncall.yml").unlink()
    with simulator.running():
        done = discover(bare, "127.14.0.0/22", "--port", str(simulator.port), "--json", "--rate", "1000")
    assert done.returncode == 0, done.stderr
    proposed: list[dict[str, Any]] = json.loads(done.stdout)["proposed"]
    expected = {name: device for name, device in whole.devices.items() if device.district == "004"}
    assert {one["name"] for one in proposed} == set(expected)
    for one in proposed:
        device = expected[one["name"]]
        assert one["address"] == str(device.address)
        assert one["role"] == device.role
        assert device.snmp is not None
        assert one["profile"] == device.snmp.profile
        assert set(one["uplinks"]) == {link.parent for link in device.uplinks}
        for link in device.uplinks:
            assert link.interface in {None, one["uplinks"][link.parent]}
