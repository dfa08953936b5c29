import stat
from collections import Counter, defaultdict
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from citynoc.__main__ import main
from citynoc.importer.communes import COLUMNS, read_communes
from citynoc.importer.layout import lay_out, slug_of
from citynoc.importer.pages import files_of, scalar
from collector.config import Configuration, ConfigurationError, load
from collector.config.yaml import parse
from collector.model import DeviceName, Role, SiteKind

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "config"
LIST = CONFIG / "admin" / "hanoi_communes_579.csv"


@cache
def example() -> Configuration:
    return load(CONFIG, {"CITYNOC_SNMP_COMMUNITY": "x"})


def written(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}


def test_the_committed_example_is_what_the_list_gives(tmp_path: Path):
    assert main(["import", str(LIST), "--output", str(tmp_path)]) == 0
    for name, content in written(tmp_path).items():
        assert (CONFIG / name).read_bytes() == content, (
            f"run `citynoc import {LIST.name} --output config --force`: {name}"
        )
    for folder in ("districts", "calendars"):
        assert {p.name for p in (CONFIG / folder).iterdir()} == {
            p.name for p in (tmp_path / folder).iterdir()
        }


def test_the_same_list_gives_the_same_bytes(tmp_path: Path):
    for name in ("one", "two"):
        assert main(["import", str(LIST), "--output", str(tmp_path / name)]) == 0
    assert written(tmp_path / "one") == written(tmp_path / "two")
    assert not [name for name in written(tmp_path / "one") if "/." in f"/{name}"]
    assert stat.S_IMODE((tmp_path / "one" / "city.yml").stat().st_mode) == 0o644


def test_hand_edits_are_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    main(["import", str(LIST), "--output", str(tmp_path)])
    path = tmp_path / "districts" / "004-long-bien.yml"
    path.write_text(path.read_text() + "# by hand\n")
    (tmp_path / "districts" / "001-ba-dinh.yml").unlink()
    before = written(tmp_path)
    assert main(["import", str(LIST), "--output", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert str(path) in said
    assert "002-hoan-kiem" not in said
    assert written(tmp_path) == before
    assert main(["import", str(LIST), "--output", str(tmp_path), "--force"]) == 0
    assert "# by hand" not in path.read_text()
    assert (tmp_path / "districts" / "001-ba-dinh.yml").exists()


def test_a_directory_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "districts").write_text("a file where a directory should be")
    assert main(["import", str(LIST), "--output", str(tmp_path)]) == 1
    assert "cannot write" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("00004,", "4,", "3:1: column 'commune_code': '4' is not five digits"),
        ("00004,", "00001,", "3:1: commune 00001 is already in line 2"),
        ("Phường Trúc Bạch,Phường", ",Phường", "3:1: column 'commune_name' is empty"),
        ("21.04688", "abc", "3:1: column 'lat': 'abc' is not degrees of latitude"),
        (",1948,", ",many,", "3:1: column 'households_2019': 'many' is not a whole number"),
        ("commune_code", "code", "1:1: columns are missing: commune_code"),
    ],
)
def test_a_wrong_list_is_told_by_line(
    old: str, new: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = tmp_path / "list.csv"
    path.write_text("".join(LIST.read_text().splitlines(keepends=True)[:5]).replace(old, new, 1))
    assert main(["import", str(path), "--output", str(tmp_path / "out")]) == 1
    assert f"{path}:{said}" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", ",".join(COLUMNS).encode() + b"\n"])
def test_what_is_no_list_is_refused(content: bytes, tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigurationError):
        read_communes(path)
    with pytest.raises(ConfigurationError):
        read_communes(tmp_path / "nowhere.csv")


def test_a_small_list_makes_a_city_that_works(tmp_path: Path):
    path = tmp_path / "list.csv"
    path.write_text("".join(LIST.read_text().splitlines(keepends=True)[:5]))
    config = tmp_path / "config"
    assert main(["import", str(path), "--config", str(config), "--city", "Thử: nghiệm"]) == 0
    for folder in ("profiles", "telemetry"):
        (config / folder).symlink_to(CONFIG / folder)
    configuration = load(config, {"CITYNOC_SNMP_COMMUNITY": "x"})
    assert configuration.inventory.city.name == "Thử: nghiệm"
    assert len(configuration.inventory.devices) == 10 + 2 + 2 * 4


def test_names_for_files():
    assert slug_of("Quận Đống Đa") == "dong-da"
    assert slug_of("Thị xã Sơn Tây") == "son-tay"
    assert slug_of("Huyện Ứng Hòa") == "ung-hoa"


@pytest.mark.parametrize(
    "text", ["Quận 1", "no", "a: b", "- x", "#1", "'x", "Đà Nẵng", "x ", "12", "", "a\tb", "{x}"]
)
def test_any_name_survives_being_written(text: str):
    assert parse(f"name: {scalar(text)}\n", "x.yml").value == {"name": text}


def test_the_example_has_every_device_of_the_city():
    inventory = example().inventory
    roles = Counter(device.role for device in inventory.devices.values())
    assert roles == {
        Role.ROUTER: 579,
        Role.ENDPOINT: 579,
        Role.AGGREGATION: 60,
        Role.CORE: 2,
        Role.SWITCH: 2,
        Role.GATEWAY: 2,
        Role.BRIDGE: 2,
        Role.UPS: 2,
    }
    kinds = Counter(site.kind for site in inventory.sites.values())
    assert kinds == {SiteKind.COMMUNE: 579, SiteKind.DISTRICT: 30, SiteKind.DATA_CENTRE: 2}
    assert len(inventory.districts) == 31
    assert len(inventory.services) == 8
    assert {device.snmp.port for device in inventory.devices.values() if device.snmp} == {1161}


def test_every_address_of_the_example_is_loopback_and_as_agreed():
    inventory = example().inventory
    assert all(device.address in ip_network("127.0.0.0/8") for device in inventory.devices.values())
    found = {
        name: str(inventory.devices[DeviceName(name)].address)
        for name in ("ag-004-1", "rt-00115", "vc-00118")
    }
    assert found == {"ag-004-1": "127.14.0.1", "rt-00115": "127.14.1.1", "vc-00118": "127.14.2.2"}
    for service in inventory.services.values():
        host, port = service.url.removeprefix("http://").partition("/")[0].split(":")
        assert ip_address(host) in ip_network("127.10.1.0/24")
        assert port == "1180"


def test_every_way_out_of_a_commune_leads_to_the_first_hop():
    devices = example().inventory.devices
    assert [link.name for link in devices[DeviceName("rt-00115")].uplinks] == [
        "rt-00115--ag-004-1",
        "rt-00115--ag-004-2",
    ]
    assert {link.parent for link in devices[DeviceName("ag-282-2")].uplinks} == {"core-1", "core-2"}
    assert {link.parent for link in devices[DeviceName("core-2")].uplinks} == {"sw-dc1"}
    assert [name for name, device in devices.items() if not device.uplinks] == ["sw-dc1"]


def test_cables_are_shared_as_ducts_are():
    devices = example().inventory.devices
    routers: dict[str, set[str]] = defaultdict(set)
    districts: dict[str, set[str]] = defaultdict(set)
    for device in devices.values():
        if device.role is not Role.ROUTER:
            continue
        for link in device.uplinks:
            assert link.carrier in {"carrier-a", "carrier-b", "carrier-c"}
            assert link.cable is not None
            assert link.interface is not None
            routers[link.cable].add(device.name)
            districts[link.cable].add(device.district)
    across = {cable for cable in routers if len(districts[cable]) > 1}
    assert across == {"south-ring"}
    assert (len(routers["south-ring"]), len(districts["south-ring"])) == (12, 3)
    assert max(len(names) for cable, names in routers.items() if cable != "south-ring") <= 5
    lonely = [
        device for device in devices.values() if device.role is Role.ROUTER and len(device.uplinks) == 1
    ]
    assert len(lonely) == 25


def test_the_example_has_pilots_and_units_of_every_map():
    sites = [site for site in example().inventory.sites.values() if site.kind is SiteKind.COMMUNE]
    assert sum("pilot" in site.tags for site in sites) == 30
    assert all(set(site.units) == {"579", "526", "126"} for site in sites)
    assert len({site.units["526"] for site in sites}) == 526
    # Two of the 126 got the smaller part of every commune that they are made of.
    assert len({site.units["126"] for site in sites}) == 124
    assert all(site.latitude is not None and 20.5 < site.latitude < 21.5 for site in sites)


def test_every_file_begins_with_what_it_is_for():
    for name, text in files_of(lay_out(read_communes(LIST)), "Hà Nội").items():
        assert text.startswith("# ") or name.endswith(".ics"), name
        assert max(map(len, text.splitlines())) <= 140, name
