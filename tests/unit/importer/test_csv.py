"""A table into the files: what is added, what is changed, what is said, and what is left alone."""

import json
from pathlib import Path

import pytest

from citynoc.__main__ import main
from collector.config import load
from collector.model import DeviceName, SiteCode
from tests.config.workshop import DISTRICT, SECRETS, edit, small_city

pytestmark = pytest.mark.timeout(120)  # whole configurations are read, several times


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMUNITY", SECRETS["COMMUNITY"])
    return small_city(tmp_path)


def table(text: str, name: str = "list.csv") -> str:
    Path(name).write_text(text)
    return name


def files(config: Path) -> dict[str, bytes]:
    return {str(path.relative_to(config)): path.read_bytes() for path in config.rglob("*") if path.is_file()}


NEW = "site,name,latitude,longitude,district,router,endpoint\n00121,Phường Giang Biên,21.06,105.91,004,127.14.1.3,127.14.2.3\n"


def test_a_new_commune_is_one_entry(config: Path, capsys: pytest.CaptureFixture[str]):
    before = (config / DISTRICT).read_text()
    assert main(["import", table(NEW), "--write"]) == 0
    text = (config / DISTRICT).read_text()
    entry = """
  00121:
    name: Phường Giang Biên
    location: [21.06, 105.91]
    devices:
      rt-00121: {address: 127.14.1.3}
      vc-00121: {address: 127.14.2.3}
"""
    assert text == before + entry
    assert "1 site added, 2 devices added in 1 file" in capsys.readouterr().out
    devices = load(config, SECRETS).inventory.devices
    assert [link.parent for link in devices[DeviceName("rt-00121")].uplinks] == ["ag-004-1", "ag-004-2"]


def test_a_second_time_is_no_difference(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["import", table(NEW), "--write"]) == 0
    once = files(config)
    capsys.readouterr()
    assert main(["import", table(NEW), "--write"]) == 0
    assert capsys.readouterr().out == "no difference\n"
    assert files(config) == once


def test_without_a_yes_nothing_is_written(config: Path, capsys: pytest.CaptureFixture[str]):
    before = files(config)
    assert main(["import", table(NEW)]) == 1
    said = capsys.readouterr()
    assert "+  00121:" in said.out
    assert "--- config/districts/004-long-bien.yml" in said.out
    assert "Nothing was written" in said.err
    assert files(config) == before


def test_an_address_that_changed_is_one_scalar(config: Path):
    before = (config / DISTRICT).read_text()
    rows = "device,address\nrt-00115,127.14.1.99\nvc-00115,127.14.2.1\n"
    assert main(["import", table(rows), "--write"]) == 0
    assert (config / DISTRICT).read_text() == before.replace(
        "address: 127.14.1.1\n", "address: 127.14.1.99\n"
    )


def test_columns_are_mapped_by_name_and_words_translated(config: Path):
    rows = "Ma_xa;Ten;Loai;IP\n00121;“Giang, Biên”;access;127.14.1.3\n"
    arguments = ["--map", "site=ma_xa,name=Ten,role=Loai", "--map", "address=IP", "--set", "district=004"]
    assert main(["import", table(rows), *arguments, "--word", "role:access=router", "--write"]) == 0
    inventory = load(config, SECRETS).inventory
    assert inventory.sites[SiteCode("00121")].name == "“Giang, Biên”"
    assert str(inventory.devices[DeviceName("rt-00121")].address) == "127.14.1.3"


@pytest.mark.parametrize(
    ("rows", "arguments", "said"),
    [
        ("site,name\n121,x\n", [], "list.csv:2:1: 'site': '121' is not the code of a site"),
        (
            "site,name,router\n00121,x,127.14.1\n",
            [],
            "list.csv:2:9: 'router': '127.14.1' is not an IP address",
        ),
        ("site,name\n00121,x\n", [], "list.csv:2:1: site 00121 is new: in which district is it?"),
        ("site,name,district\n00121,x,005\n", [], "list.csv:2:9: no district is called '005'"),
        (
            "site,router\n00121,127.14.1.3\n",
            ["--set", "district=004"],
            "list.csv:2:1: site 00121 is new, and its name",
        ),
        ("Ma,Ten\n1,2\n", [], "list.csv:1:1: no column says which site or device a row is about"),
        ("Ma,Ten\n1,2\n", ["--map", "site=Max"], "list.csv:1:1: no column is called 'Max'"),
        ("site,site\n1,2\n", [], "list.csv:1:6: column 'site' is there twice"),
        ('site,name\n00121,"x\n', [], "list.csv:2:7: the quotation mark is not closed in its line"),
        ('site,name\n00121,"x"y\n', [], "list.csv:2:10: text stands beside a quotation mark"),
        ("site,name\n00121,x,y\n", [], "list.csv:2:9: 3 cells where the heading has 2"),
        (
            "device,address\nrt-00121,127.14.1.3\n",
            [],
            "list.csv:2:1: device 'rt-00121' is new, and its site is not",
        ),
        (
            "device,address\nrt-00115,127.14.1.2\n",
            [],
            "list.csv:2:10: address 127.14.1.2 is that of 'rt-00118'",
        ),
        ("device,profile\nrt-00115,cisco-io\n", [], "list.csv:2:10: there is no profile 'cisco-io'"),
        (
            "device,uplinks\nrt-00115,ag-004-1 ag-004-1\n",
            [],
            "list.csv:2:10: 'uplinks': 'ag-004-1' is listed twice",
        ),
        ("address\n127.99.9.9\n", [], "list.csv:2:1: no device has the address 127.99.9.9"),
        (
            "device,address\nrt-00115,127.14.1.9\nrt-00115,127.14.1.8\n",
            [],
            "list.csv:3:1: device 'rt-00115' is in",
        ),
        ("device,uplinks\nrt-00115,ag-009-1\n", [], "no device is called 'ag-009-1'"),  # what `check` says
    ],
)
def test_a_mistake_is_pointed_at_and_nothing_is_written(
    rows: str, arguments: list[str], said: str, config: Path, capsys: pytest.CaptureFixture[str]
):
    before = files(config)
    assert main(["import", table(rows), *arguments, "--write"]) == 1
    assert said in capsys.readouterr().err
    assert files(config) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["--map", "sit=x"],
        ["--map", "site"],
        ["--set", "kind"],
        ["--word", "role=x"],
        ["--into", "city.yml"],
        ["--into", "../elsewhere.yml"],
        ["--token", "env:X"],
        ["--force"],
        ["--from", "netbox", "--token", "0123456789"],
    ],
)
def test_misuse_is_one_line_and_exit_2(
    arguments: list[str], config: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["import", table(NEW), *arguments]) == 2
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "0123456789" not in said


def test_what_would_not_pass_the_check_is_told_by_the_real_names(
    config: Path, capsys: pytest.CaptureFixture[str]
):
    rows = "device,uplinks\nrt-00115,ag-009-1\n"
    assert main(["import", table(rows), "--write"]) == 1
    said = capsys.readouterr().err
    assert "config/districts/004-long-bien.yml:" in said
    assert "/tmp" not in said  # noqa: S108  # where the trial was is nobody's business


def test_a_wrong_configuration_is_not_edited(config: Path, capsys: pytest.CaptureFixture[str]):
    edit(config, DISTRICT, "name: Phường Ngọc Thụy", "nam: Phường Ngọc Thụy")
    assert main(["import", table(NEW), "--write"]) == 1
    assert "unknown key 'nam'" in capsys.readouterr().err


def test_what_vanished_is_listed_and_stays(config: Path, capsys: pytest.CaptureFixture[str]):
    rows = "site,device,address\n00115,rt-00115,127.14.1.1\n00118,vc-00118,127.14.2.2\n"
    before = files(config)
    assert main(["import", table(rows), "--write"]) == 0
    said = capsys.readouterr()
    assert "not in the source any more, and left alone: vc-00115, rt-00118" in said.err
    assert "4 devices that the source does not speak of were left alone" in said.err
    assert files(config) == before


def test_nothing_is_moved(config: Path, capsys: pytest.CaptureFixture[str]):
    rows = "site,device,address,district\n00118,rt-00115,127.14.1.1,core\n"
    assert main(["import", table(rows), "--write"]) == 0
    said = capsys.readouterr()
    assert said.out == "no difference\n"
    assert "'rt-00115' is at 00118 here and at 00115 in the configuration: left there" in said.err
    assert "site 00118 stands in districts/004-long-bien.yml, not in core.yml: left there" in said.err


def test_a_new_district_gets_a_file_of_its_own(config: Path):
    rows = (
        "site,name,kind,district,district_name,device,role,address,uplinks\n"
        "d-005,Nút mạng,district,005,Quận Mới,ag-005-1,,127.15.0.1,core-1:trunk\n"
        "00200,Phường Một,,005,Quận Mới,rt-00200,,127.15.1.1,ag-005-1\n"
    )
    assert main(["import", table(rows), "--write"]) == 0
    assert (config / "districts" / "005-moi.yml").read_text() == (
        """\
# Quận Mới
district: 005
name: Quận Mới

sites:
  d-005:
    name: Nút mạng
    kind: district
    devices:
      ag-005-1: {address: 127.15.0.1, uplinks: {core-1: trunk}}
  00200:
    name: Phường Một
    devices:
      rt-00200: {address: 127.15.1.1, uplinks: [ag-005-1]}

# yaml-language-server: $schema=../schema/district.json
"""
    )


def test_into_names_the_file(config: Path):
    rows = "site,name,kind,device,address,uplinks,credential\nhall,Hội trường,agency,sw-hall,127.10.9.1,core-1,snmp-community\n"
    assert main(["import", table(rows), "--into", "core.yml", "--write"]) == 0
    assert "  hall:\n    name: Hội trường\n    kind: agency\n" in (config / "core.yml").read_text()


def test_names_of_districts_lead_to_their_files(config: Path):
    for number, name in enumerate(("004", "Quận Long Biên", "Long Biên", "long-bien", "004-long-bien")):
        rows = f"site,name,district,router\n0030{number},x,{name},127.14.1.{number + 10}\n"
        assert main(["import", table(rows), "--write"]) == 0
    assert (config / DISTRICT).read_text().count("    name: x\n") == 5


def test_a_table_of_a_spreadsheet(config: Path):
    Path("list.csv").write_bytes(NEW.replace(",", "\t").encode("utf-16"))
    assert main(["import", "list.csv", "--write"]) == 0
    assert "Phường Giang Biên" in (config / DISTRICT).read_text()


def test_json_says_the_same(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["import", table(NEW), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["written"], said["added_sites"], said["files"]) == (False, ["00121"], [DISTRICT])
    assert said["added_devices"] == ["rt-00121", "vc-00121"]
    assert main(["import", table(NEW), "--json", "--write"]) == 0
    assert json.loads(capsys.readouterr().out)["written"]


def test_what_other_systems_say_cannot_steer_a_terminal(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["import", table("site,name\n00121\x1b[2J,x\n")]) == 1
    assert "\x1b" not in capsys.readouterr().err


def test_modes_and_links_stay(config: Path, tmp_path: Path):
    real = tmp_path / "real.yml"
    (config / DISTRICT).rename(real)
    real.chmod(0o640)
    (config / DISTRICT).symlink_to(real)
    assert main(["import", table(NEW), "--write"]) == 0
    assert (config / DISTRICT).is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert "00121" in real.read_text()


def test_every_field_of_a_device_comes_through(config: Path):
    (config / "credentials.yml").write_text(
        "credentials:\n  snmp-community: {version: 2c, community: env:COMMUNITY}\n"
        "  other: {version: 2c, community: env:COMMUNITY}\n"
    )
    rows = (
        "device,profile,port,credential,vendor,model,watch,needs,uplinks,tags\n"
        'rt-00118,cisco-ios,161,other,Cisco,"ISR, 4331",meetings,all,ag-004-2 ag-004-1:long-bien-a1,pilot lab\n'
    )
    assert main(["import", table(rows), "--write"]) == 0
    device = load(config, SECRETS).inventory.devices[DeviceName("rt-00118")]
    assert device.snmp is not None
    assert (device.snmp.profile, device.snmp.port, device.snmp.credential) == ("cisco-ios", 161, "other")
    assert (device.vendor, device.model, device.watch, device.needs) == ("Cisco", "ISR, 4331", "meetings", 2)
    assert [(one.parent, one.cable) for one in device.uplinks] == [
        ("ag-004-2", None),
        ("ag-004-1", "long-bien-a1"),
    ]
    assert device.tags == {"pilot", "lab"}
    text = (config / DISTRICT).read_text()
    assert main(["import", table(rows), "--write"]) == 0
    assert (config / DISTRICT).read_text() == text
