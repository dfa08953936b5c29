import json
import shutil
from pathlib import Path

import pytest

from citynoc.__main__ import main
from tests.config.workshop import DISTRICT, SECRETS, edit, small_city


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_city(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMUNITY", SECRETS["COMMUNITY"])
    return Path("config")


def test_a_good_configuration_is_one_line(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check"]) == 0
    assert (
        capsys.readouterr().out
        == "config: good: 4 sites, 8 devices, 9 links, 1 services, 0 meetings, 1.9 polls/s\n"
    )


def test_a_bad_one_is_two_lines_a_mistake_and_a_count(config: Path, capsys: pytest.CaptureFixture[str]):
    edit(config, DISTRICT, "rt-00118: {address", "rt-00118: {profil: if-mib, address")
    edit(config, "city.yml", "poll: 30s", "poll: 30")
    assert main(["check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "config/city.yml:18:72: 'poll' in 'snmp': '30' is not a duration",
        "    18 | snmp: {port: 1161, credential: snmp-community, liveness: 5s, poll: >>30<<, timeout: 1s}   (write 30s)",
        "config/districts/004-long-bien.yml:29:18: unknown key 'profil' in device 'rt-00118'",
        "    29 | rt-00118: {>>profil<<: if-mib, address: 127.14.1.2}   (did you mean 'profile'?)",
        "2 errors",
    ]


def test_check_as_json(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", "--json"]) == 0
    good = json.loads(capsys.readouterr().out)
    assert good == {
        "ok": True,
        "problems": [],
        "summary": {
            "sites": 4,
            "devices": 8,
            "links": 9,
            "services": 1,
            "meetings": 0,
            "polls_per_second": 1.9,
        },
    }
    edit(config, DISTRICT, "rt-00118: {address", "rt-00118: {profil: if-mib, address")
    assert main(["check", "--json"]) == 1
    bad = json.loads(capsys.readouterr().out)
    assert bad["ok"] is False
    assert bad["problems"] == [
        {
            "file": "config/districts/004-long-bien.yml",
            "line": 29,
            "column": 18,
            "severity": "error",
            "message": "unknown key 'profil' in device 'rt-00118'",
            "hint": "did you mean 'profile'?",
        }
    ]


def test_a_secret_that_is_elsewhere_is_a_warning_unless_it_is_asked_for(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("COMMUNITY")
    assert main(["check"]) == 0
    assert "warning: environment variable COMMUNITY is not set" in capsys.readouterr().out
    assert main(["check", "--secrets"]) == 1


def test_show_says_where_each_value_is_from(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["check", "--show", "rt-00115"]) == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines()[1:]}
    assert lines["address"][1:] == ["127.14.1.1", "device,", "config/districts/004-long-bien.yml:21:18"]
    assert lines["profile"][1:] == ["if-mib", "city,", "config/city.yml:17:14"]
    assert main(["check", "--show", "rt-00115", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert {
        "setting": "snmp.poll",
        "value": "30s",
        "level": "city",
        "place": "config/city.yml:18:72",
    } in shown["settings"]
    assert main(["check", "--show", "rt-0115"]) == 1
    assert capsys.readouterr().err == "no device is called 'rt-0115' (did you mean 'rt-00115'?)\n"


def test_plan_counts_what_is_asked(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["plan", "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)
    assert plan["polls_per_second"] == {"liveness": 1.6, "poll": 0.3}
    assert {"role": "router", "profile": "if-mib", "devices": 2} in plan["devices"]
    assert plan["mqtt_devices"] == 2
    assert main(["plan"]) == 0
    assert "1.9 polls/s (liveness 1.6, poll 0.3); 2 devices over MQTT" in capsys.readouterr().out


def test_plan_against_what_runs(config: Path, capsys: pytest.CaptureFixture[str]):
    shutil.copytree("config", "running")
    assert main(["plan", "--against", "running"]) == 0
    assert capsys.readouterr().out == "no difference\n"
    edit(
        config, DISTRICT, "      vc-00118: {address: 127.14.2.2}\n", "      vc-00119: {address: 127.14.2.2}\n"
    )
    edit(config, DISTRICT, "rt-00118: {address", "rt-00118: {snmp: {poll: 60s}, address")
    assert main(["plan", "--against", "running", "--json"]) == 0
    difference = json.loads(capsys.readouterr().out)
    assert difference["added"] == ["vc-00119"]
    assert difference["removed"] == ["vc-00118"]
    assert difference["changed"] == {"rt-00118": ["snmp.poll_interval"]}
    assert difference["polls"] == {"added": 2, "removed": 2, "changed": 1}
    assert main(["plan", "--against", "running"]) == 0
    assert capsys.readouterr().out.splitlines()[:4] == [
        "+ vc-00119",
        "- vc-00118",
        "~ snmp.poll_interval: rt-00118",
        "polls: 2 added, 2 removed, 1 changed",
    ]


def test_a_mistake_in_the_other_directory_is_a_mistake(config: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["plan", "--against", "nowhere"]) == 1
    assert "'nowhere' is no directory, and config is in no git repository" in capsys.readouterr().err
