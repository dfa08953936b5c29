"""Ranges, LLDP's rows and proposals without a network; what strangers send cannot harm what is printed."""

from functools import cache
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from citynoc.__main__ import main
from citynoc.discovery import lldp
from citynoc.discovery.found import LONGEST, Found, Neighbour, line
from citynoc.discovery.page import page
from citynoc.discovery.proposals import propose
from citynoc.discovery.ranges import WrongRangeError, ranges_of
from collector.config import Configuration, load
from collector.config.yaml import parse
from collector.model import CredentialName, Role
from collector.snmp import ber
from collector.snmp.ber import VarBind
from tests.config.workshop import ROOT, SECRETS, small_city

SNMP = CredentialName("snmp-community")


@pytest.mark.parametrize(
    ("words", "size"),
    [
        (["127.1.0.0/24"], 254),
        (["127.1.0.7"], 1),
        (["127.1.0.0/31"], 2),
        (["127.1.0.0/24", "127.1.0.9", "127.1.0.0/25"], 254),
        (["127.0.0.0/16"], 65_534),
        (["::1"], 1),
        (["fd00::/120"], 255),
    ],
)
def test_ranges_count_each_address_once(words: list[str], size: int):
    ranges = ranges_of(words)
    assert ranges.size == size == len(list(ranges.addresses()))


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("127.0.0.0/15", "more than 65,536"),
        ("fd00::/64", "more than 65,536"),
        ("127.1.0.1/24", "did you mean 127.1.0.0/24?"),
        ("office", "is not a range of addresses"),
        ("224.0.0.0/24", "holds no device's own address"),
    ],
)
def test_ranges_that_nobody_should_ask_are_refused(word: str, said: str):
    with pytest.raises(WrongRangeError, match=said.replace("?", r"\?")):
        ranges_of([word])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["192.168.7.0/24"], "say --yes if these networks are yours"),
        (["8.8.8.0/24", "--yes"], "say --public"),
        (["127.0.0.0/8"], "name smaller ranges"),
        (["127.0.0.1", "--credential", "x"], "no SNMP credential is called 'x'"),
        (["127.0.0.1", "--rate", "0"], "--rate is more than 0"),
        (["127.0.0.1", "--port", "70000"], "--port is between"),
    ],
)
def test_misuse_asks_nobody(
    words: list[str],
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("COMMUNITY", "x")
    assert main(["discover", *words, "--config", str(small_city(tmp_path))]) == 2
    assert said in capsys.readouterr().err


def varbind(oid: tuple[int, ...], value: object) -> VarBind:
    tag = ber.INTEGER if isinstance(value, int) else ber.OCTET_STRING
    return VarBind(oid, tag, value)  # type: ignore[arg-type]  # a value of either


def test_rows_become_neighbours():
    local = [varbind((*lldp.LOCAL_PORTS, 2, 7), 5), varbind((*lldp.LOCAL_PORTS, 3, 7), b"ether7")]
    remote = [
        varbind((*lldp.REMOTE, 4, 0, 7, 1), 4),
        varbind((*lldp.REMOTE, 5, 0, 7, 1), b"\x02\x00\x00\x00\x00\x01"),
        varbind((*lldp.REMOTE, 6, 0, 7, 1), 3),
        varbind((*lldp.REMOTE, 7, 0, 7, 1), b"\x00\x01"),
        varbind((*lldp.REMOTE, 8, 0, 7, 1), b"uplink"),
        varbind((*lldp.REMOTE, 9, 0, 7, 1), b"core-1"),
    ]
    managed = [
        varbind((*lldp.REMOTE_ADDRESSES, 0, 7, 1, 2, 16, *ip_address("::9").packed), 1),
        varbind((*lldp.REMOTE_ADDRESSES, 0, 7, 1, 1, 4, 127, 0, 0, 9), 1),
    ]
    assert lldp.neighbours_of(local, remote, managed) == (
        Neighbour("ether7", "4:020000000001", "uplink", "core-1", ip_address("127.0.0.9")),
    )


numbers = st.lists(st.integers(0, 2**32 - 1), max_size=12).map(tuple)
roots = st.sampled_from([lldp.LOCAL_PORTS, lldp.REMOTE, lldp.REMOTE_ADDRESSES, (1, 3, 6)])
values = st.one_of(st.none(), st.integers(), st.binary(max_size=40), numbers)
tables = st.lists(st.builds(lambda r, n, v: varbind((*r, *n), v), roots, numbers, values), max_size=30)


@given(tables, tables, tables)
def test_no_table_however_strange_raises(local: list[VarBind], remote: list[VarBind], managed: list[VarBind]):
    for neighbour in lldp.neighbours_of(local, remote, managed):
        assert neighbour.chassis or neighbour.name


def configuration(tmp_path: Path) -> Configuration:
    return load(small_city(tmp_path), SECRETS)


def found(address: str, name: str, *neighbours: Neighbour, chassis: str = "", **more: Any) -> Found:
    return Found(ip_address(address), 1161, SNMP, name=name, chassis=chassis, neighbours=neighbours, **more)


def test_an_own_parent_is_a_neighbour_nearer_to_the_vantage(tmp_path: Path):
    city = configuration(tmp_path)
    devices = [
        found("127.9.0.1", "new-1", Neighbour("e1", "", "", "ag-004-1.city.example"), chassis="4:01"),
        found("127.9.0.2", "new-2", Neighbour("e9", "4:01", "e2", "other name"), chassis="4:02"),
        found("127.9.0.3", "alone", Neighbour("e1", "4:99", "", "nobody")),
    ]
    proposals, known = propose(devices, city.inventory, city.profiles, {"new": Role.SWITCH})
    assert known == []
    said = {one.name: [(up.parent, up.interface) for up in one.uplinks] for one in proposals}
    assert said == {"new-1": [("ag-004-1", "e1")], "new-2": [("new-1", "e9")], "alone": []}
    assert [one.role for one in proposals] == [Role.SWITCH, Role.SWITCH, Role.ROUTER]
    assert "no neighbour leads to a known device; it has nobody" in proposals[2].why


def test_one_chassis_is_one_device_and_factory_names_are_no_identity(tmp_path: Path):
    city = configuration(tmp_path)
    devices = [
        found("127.9.0.1", "MikroTik", chassis="4:01"),
        found("127.9.0.2", "MikroTik", chassis="4:01"),
        found("127.9.0.3", "MikroTik", Neighbour("e1", "", "", "MikroTik"), chassis="4:03"),
    ]
    proposals, _ = propose(devices, city.inventory, city.profiles, {})
    assert [(one.name, one.aliases) for one in proposals] == [
        ("mikrotik", ("127.9.0.2",)),
        ("mikrotik-2", ()),
    ]
    assert all(not one.uplinks for one in proposals)


def test_a_known_device_that_became_another_model_is_remarked(tmp_path: Path):
    city = configuration(tmp_path)
    device = found("127.14.1.1", "x", object_id="1.3.6.1.4.1.14988.1")
    proposals, [known] = propose([device], city.inventory, city.profiles, {})
    assert proposals == []
    assert known.device.name == "rt-00115"
    assert known.remark == "its profile is if-mib, its sysObjectID says mikrotik-routeros"


@given(st.binary(max_size=3 * LONGEST))
def test_what_is_printed_is_one_bounded_line(raw: bytes):
    text = line(raw)
    assert len(text) <= LONGEST
    assert text.isprintable()


@cache
def shipped() -> Configuration:
    return load(ROOT / "config", {"CITYNOC_SNMP_COMMUNITY": "x"})


@settings(deadline=None)  # the first example loads the city
@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), min_size=1, max_size=4))
def test_strange_names_cannot_break_the_page(names: list[tuple[str, str]]):
    city = shipped()
    devices = [
        found(
            f"127.9.1.{place}",
            line(name),
            Neighbour(line(port), "", "", "core-1"),
            descr=line(name),
            location=line(port),
        )
        for place, (name, port) in enumerate(names, 1)
    ]
    proposals, _ = propose(devices, city.inventory, city.profiles, {})
    text = page(proposals, (1161, SNMP))
    document = parse(text, "page")
    assert document.problems == ()
    assert list(document.value) == ["devices"]
    entries = yaml.safe_load(text)["devices"]
    assert [entry["address"] for entry in entries.values()] == [str(d.address) for d in devices]
    for entry, device in zip(entries.values(), devices, strict=True):
        port = device.neighbours[0].port
        assert entry["uplinks"] == {"core-1": {"interface": port} if port else {}}
