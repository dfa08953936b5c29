"""What goes out comes back: an export that is imported again is no difference, until somebody edits it."""

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from citynoc.__main__ import main
from collector.config import load
from collector.model import DeviceName
from tests.config.workshop import DISTRICT, ROOT, SECRETS, edit, small_city

pytestmark = pytest.mark.timeout(120)  # whole configurations are read, several times


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMUNITY", SECRETS["COMMUNITY"])
    return small_city(tmp_path)


def exported(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(["export", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("form", ["csv", "file_sd"])
def test_the_small_city_comes_back_as_it_went(form: str, config: Path, capsys: pytest.CaptureFixture[str]):
    edit(config, DISTRICT, "vc-00118: {address: 127.14.2.2}", "vc-00118: {address: 127.14.2.2, snmp: off}")
    name = "out.csv" if form == "csv" else "out.json"
    assert main(["export", "--format", form, "--output", name]) == 0
    assert main(["import", name]) == 0
    assert capsys.readouterr().out == "no difference\n"


@pytest.mark.parametrize("form", ["csv", "file_sd"])
def test_the_shipped_city_comes_back_as_it_went(
    form: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    shutil.copytree(ROOT / "config", tmp_path / "config")
    name = tmp_path / ("out.csv" if form == "csv" else "out.json")
    where = ["--config", str(tmp_path / "config")]
    assert main(["export", "--format", form, "--output", str(name), *where]) == 0
    assert main(["import", str(name), *where]) == 0
    assert capsys.readouterr().out == "no difference\n"


def test_an_edit_in_the_table_is_the_only_difference(config: Path, capsys: pytest.CaptureFixture[str]):
    text = exported(capsys)
    Path("out.csv").write_text(text.replace("127.14.1.2,1161", "127.14.1.77,1161"))
    before = (config / DISTRICT).read_text()
    assert main(["import", "out.csv", "--write"]) == 0
    assert (config / DISTRICT).read_text() == before.replace("127.14.1.2}", "127.14.1.77}")


def test_the_table_has_a_row_a_device_and_one_for_an_empty_site(
    config: Path, capsys: pytest.CaptureFixture[str]
):
    edit(config, "core.yml", "services:\n", "  hall:\n    name: Hội trường\n    kind: agency\n\nservices:\n")
    rows = [*csv.DictReader(io.StringIO(exported(capsys)))]
    assert len(rows) == 8 + 1
    assert [row["device"] for row in rows if row["site"] == "hall"] == [""]
    router = next(row for row in rows if row["device"] == "rt-00115")
    assert router["uplinks"] == "ag-004-1:long-bien-a1 ag-004-2:long-bien-b1"
    assert (router["unit_126"], router["latitude"], router["role"]) == ("00127", "21.06404", "router")


def test_a_choice_of_roles_and_districts(config: Path, capsys: pytest.CaptureFixture[str]):
    rows = csv.DictReader(io.StringIO(exported(capsys, "--role", "router", "--district", "004")))
    assert [row["device"] for row in rows] == ["rt-00115", "rt-00118"]
    assert main(["export", "--district", "005"]) == 2
    assert "there is no district '005'" in capsys.readouterr().err
    assert main(["export", "--format", "file_sd", "--module", "if-mob=x"]) == 2
    assert "did you mean 'if-mib'?" in capsys.readouterr().err


def test_targets_name_modules_and_credentials_and_no_secret(config: Path, capsys: pytest.CaptureFixture[str]):
    text = exported(capsys, "--format", "file_sd", "--role", "router", "--module", "if-mib=city_mib")
    assert SECRETS["COMMUNITY"] not in text
    assert json.loads(text)[0] == {
        "targets": ["127.14.1.1:1161"],
        "labels": {
            "device": "rt-00115",
            "site": "00115",
            "district": "004",
            "role": "router",
            "profile": "if-mib",
            "__param_module": "city_mib",
            "__param_auth": "snmp-community",
        },
    }
    services = json.loads(exported(capsys, "--format", "file_sd", "--for", "blackbox"))
    assert services[0]["targets"] == ["http://127.10.1.1:1180/portal"]
    pings = json.loads(exported(capsys, "--format", "file_sd", "--for", "ping", "--role", "core"))
    assert pings[0]["targets"] == ["127.10.0.11"]
    assert pings[0]["labels"]["__param_module"] == "icmp"


def test_json_has_names_and_numbers_as_such(config: Path, capsys: pytest.CaptureFixture[str]):
    found = json.loads(exported(capsys, "--format", "json"))
    site = next(one for one in found["sites"] if one["site"] == "00115")
    assert (site["latitude"], site["units"]["526"], site["name"]) == (
        21.06404,
        "00115",
        "Phường Thượng Thanh",
    )
    router = next(one for one in found["devices"] if one["device"] == "rt-00115")
    assert router["uplinks"][0] == {
        "parent": "ag-004-1",
        "cable": "long-bien-a1",
        "carrier": "carrier-a",
        "interface": None,
    }
    assert router["port"] == 1161


def test_what_cannot_be_written_is_said(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["export", "--output", "nowhere/out.csv"]) == 1
    assert "cannot write nowhere/out.csv" in capsys.readouterr().err


def test_targets_of_somebody_else(config: Path, capsys: pytest.CaptureFixture[str]):
    Path("targets.yml").write_text(
        "- targets: [127.14.1.3]\n  labels: {commune: '00121', ten: Giang Biên, __param_module: if_mib, __param_auth: public_v2}\n"
        "- targets: ['127.14.2.2:161']\n"
    )
    maps = ["--map", "site=commune,name=ten", "--set", "role=router", "--set", "district=004"]
    assert (
        main(["import", "targets.yml", *maps, "--word", "credential:public_v2=snmp-community", "--write"])
        == 0
    )
    devices = load(config, SECRETS).inventory.devices
    assert devices[DeviceName("rt-00121")].site == "00121"
    other = devices[DeviceName("vc-00118")]
    assert other.snmp is not None
    assert other.snmp.port == 161


def test_targets_in_prometheus_own_file(config: Path, capsys: pytest.CaptureFixture[str]):
    Path("prometheus.yml").write_text(
        "scrape_configs:\n"
        "  - job_name: snmp\n    metrics_path: /snmp\n"
        "    static_configs: [{targets: [127.14.1.1:161]}]\n"
        "  - job_name: node\n    static_configs: [{targets: ['127.0.0.1:9100']}]\n"
    )
    assert main(["import", "prometheus.yml"]) == 1
    said = capsys.readouterr()
    assert "+        snmp: {port: 161}" in said.out
    assert "1 entry changed in 1 file" in said.out


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("t.yml", "- targets: [host-1:161]\n", "t.yml:1:13: 'address': 'host-1:161' is not an IP address"),
        ("t.yml", "- targets: [http://127.0.0.1/]\n", "is not an IP address"),
        ("t.yml", "- labels: {a: b}\n", "t.yml:1:3: a group has a list of `targets`"),
        ("t.yml", "a: b\n", "t.yml:1:1: these are no targets of Prometheus"),
        ("t.yml", "- targets: [127.0.0.9]\n", "t.yml:1:13: no device has the address 127.0.0.9"),
        ("t.json", '[{"targets": ["127.0.0.9"],]', "t.json:1:"),
        (
            "t.json",
            '[{"targets": ["127.14.1.1"], "labels": {"role": "rooter"}}]',
            "t.json:1:49: 'role': 'rooter'",
        ),
        ("t.txt.gz", "", "what is it? --from csv | targets | netbox"),
    ],
)
def test_wrong_targets_are_pointed_at(
    name: str, text: str, said: str, config: Path, capsys: pytest.CaptureFixture[str]
):
    Path(name).write_text(text)
    assert main(["import", name]) in {1, 2}
    assert said in capsys.readouterr().err


def test_json_with_tabs_is_json_all_the_same(config: Path, capsys: pytest.CaptureFixture[str]):
    Path("t.json").write_text('[\n\t{\n\t\t"targets": ["127.14.1.1:1161"]\n\t}\n]\n')
    assert main(["import", "t.json"]) == 0
    assert capsys.readouterr().out == "no difference\n"
