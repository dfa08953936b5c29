"""A plan against a directory or a commit, and that it counts as a reload does."""

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from citynoc.__main__ import main
from citynoc.planning.commit import checked_out
from citynoc.planning.difference import compare
from citynoc.planning.picture import NotAPictureError, from_json, picture_of, plain
from collector import plan
from collector.config import Configuration, load
from collector.model import (
    CredentialName,
    Device,
    DeviceName,
    DistrictCode,
    ProfileName,
    Role,
    Secret,
    SiteCode,
)
from tests.config.workshop import DISTRICT, SECRETS, edit, small_city

pytestmark = pytest.mark.timeout(120)  # whole configurations are read, several times


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COMMUNITY", SECRETS["COMMUNITY"])
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return small_city(tmp_path)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Configuration:
    return load(small_city(tmp_path_factory.mktemp("city")), SECRETS)


@pytest.fixture(scope="module")
def held(city: Configuration) -> Callable[[], Configuration]:
    """The same behind a short name: hypothesis prints what a test is given."""
    return lambda: city


CHANGES: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {"address": ip_address("127.77.7.7")},
        {"role": Role.CORE},
        {"site": SiteCode("00118")},
        {"district": DistrictCode("core")},
        {"tags": frozenset({"x"})},
        {"needs": 2},
        {"uplinks": ()},
        {"snmp": None},
        {"mqtt": None},
        {"snmp.port": 161},
        {"snmp.timeout": 0.5},
        {"snmp.liveness_interval": 7.0},
        {"snmp.poll_interval": 61.0},
        {"snmp.profile": ProfileName("cisco-ios")},
        {"snmp.credential": CredentialName("other")},
    ]
)


def altered(device: Device, change: dict[str, Any]) -> Device:
    ((name, value),) = change.items()
    _, dot, part = name.partition(".")
    if not dot:
        return replace(device, **{name: value})
    return device if device.snmp is None else replace(device, snmp=replace(device.snmp, **{part: value}))


def with_devices(configuration: Configuration, devices: dict[DeviceName, Device]) -> Configuration:
    return replace(configuration, inventory=replace(configuration.inventory, devices=devices))


FIRST = st.integers(0, 7)
"""One of the small city's devices, by its place in the order of names."""


@settings(max_examples=150, deadline=None)
@given(
    alterations=st.dictionaries(FIRST, CHANGES),
    leaving=st.dictionaries(FIRST, st.booleans(), max_size=2),
    other_secret=st.booleans(),
    other_profile=st.booleans(),
)
def test_it_counts_what_a_reload_carries_out(
    alterations: dict[int, dict[str, Any]],
    leaving: dict[int, bool],
    other_secret: bool,  # noqa: FBT001  # drawn, not passed
    other_profile: bool,  # noqa: FBT001
    held: Callable[[], Configuration],
):
    city = held()
    credentials = dict(city.inventory.credentials)
    only = credentials[CredentialName("snmp-community")]
    other = CredentialName("other")
    credentials[other] = replace(only, name=other, community=Secret("other"))
    old = replace(city, inventory=replace(city.inventory, credentials=credentials))
    devices = dict(old.inventory.devices)
    names = sorted(devices)
    for number, alteration in alterations.items():
        devices[names[number]] = altered(devices[names[number]], alteration)
    for number, comes_back in leaving.items():
        gone = devices.pop(names[number])
        if comes_back:
            name = DeviceName(f"{gone.name}-b")
            devices[name] = replace(gone, name=name)
    new = with_devices(old, devices)
    if other_secret:
        changed = {**credentials, only.name: replace(only, community=Secret("changed"))}
        new = replace(new, inventory=replace(new.inventory, credentials=changed))
    if other_profile:
        profile = new.profiles[ProfileName("if-mib")]
        profiles = {**new.profiles, profile.name: replace(profile, scalars=profile.scalars[1:])}
        new = replace(new, profiles=profiles)
    change = plan.diff(plan.build(old.inventory, old.profiles), plan.build(new.inventory, new.profiles))
    found = compare(picture_of(old), picture_of(new))
    assert (found.polls_added, found.polls_removed, found.polls_changed) == (
        len(change.added),
        len(change.removed),
        len(change.changed),
    )
    asked = {poll.device.name for poll in (*change.added, *change.changed)} | {
        key.device for key in change.removed
    }
    assert found.questions == asked
    kept = old.inventory.devices.keys() & new.inventory.devices.keys()
    same = {name for name in kept if old.inventory.devices[name] == new.inventory.devices[name]}
    assert {name for name in found.changed if name in same} <= asked
    assert set(kept - same) <= found.changed.keys()


def test_a_picture_survives_the_wire_without_its_secrets(city: Configuration):
    picture = picture_of(city)
    sent = json.dumps(picture.to_json())
    assert SECRETS["COMMUNITY"] not in sent
    received = from_json(json.loads(sent))
    found = compare(received, picture)
    assert not found
    assert found.secrets_unseen == ("snmp-community",)


def with_device(value: Any, **other: object) -> Any:
    name, device = next(iter(value["devices"].items()))
    return {**value, "devices": {**value["devices"], name: {**device, **other}}}


def without_snmp(value: Any) -> Any:
    name, device = next(iter(value["devices"].items()))
    kept = {key: one for key, one in device.items() if key != "snmp"}
    return {**value, "devices": {**value["devices"], name: kept}}


def with_snmp(value: Any, **other: object) -> Any:
    name = next(name for name, device in value["devices"].items() if device["snmp"] is not None)
    device = value["devices"][name]
    return {**value, "devices": {**value["devices"], name: {**device, "snmp": {**device["snmp"], **other}}}}


SITTING = {
    "meeting": "x",
    "title": {"vi": "x"},
    "start": 1e9,
    "end": 2e9,
    "sites": ["00118"],
    "endpoints": [],
    "bridges": [],
}


def test_a_sitting_of_another_program_is_taken(city: Configuration):
    sent = {**json.loads(json.dumps(picture_of(city).to_json())), "sittings": [SITTING]}
    assert from_json(sent).sittings == (SITTING,)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda value: None,
        lambda value: [],
        lambda value: {**value, "format": 99},
        lambda value: {**value, "devices": {"x": {}}},
        lambda value: {**value, "devices": {"x": 1}},
        lambda value: with_device(value, site=["00118"]),
        lambda value: with_device(value, mqtt={"profile": "x", "heartbeat": 0}),
        lambda value: with_device(value, mqtt={"profile": [], "heartbeat": 10}),
        lambda value: with_snmp(value, profile=["if-mib"]),
        lambda value: with_snmp(value, credential={}),
        without_snmp,
        lambda value: {**value, "sittings": [{"meeting": "x"}]},
        lambda value: {**value, "sittings": [{**SITTING, "sites": [[]]}]},
        lambda value: {**value, "sittings": [{**SITTING, "start": 1e300}]},
        lambda value: {**value, "sittings": [{**SITTING, "title": {"vi": {}}}]},
        lambda value: {**value, "profiles": {"x": 1}},
        lambda value: {name: one for name, one in value.items() if name != "city"},
    ],
)
def test_what_is_no_picture_is_refused(spoil: Any, city: Configuration):
    with pytest.raises(NotAPictureError):
        from_json(spoil(json.loads(json.dumps(picture_of(city).to_json()))))


def test_a_secret_is_compared_where_it_is_at_hand(city: Configuration):
    old = picture_of(city)
    only = city.inventory.credentials[CredentialName("snmp-community")]
    other = {only.name: replace(only, community=Secret("another"))}
    new = picture_of(replace(city, inventory=replace(city.inventory, credentials=other)))
    found = compare(old, new)
    assert set(found.changed) == set(city.inventory.devices)
    assert found.secrets_unseen == ()
    assert "another" not in repr(new)


def test_rules_and_what_they_look_at(config: Path, capsys: pytest.CaptureFixture[str]):
    (config / "rules").mkdir()
    rule = "groups:\n  - name: x\n    rules:\n"
    power = "      - {record: 'site:power:min', expr: 'min by (site) (citynoc_ups_battery_charge_ratio)'}\n"
    alert = "      - {alert: LowBattery, expr: 'site:power:min < 0.5'}\n      - {alert: Gone, expr: 'citynoc_device_up == 0'}\n"
    (config / "rules" / "power.yml").write_text(rule + power + alert)
    shutil.copytree("config", "before")
    edit(
        config,
        DISTRICT,
        "vc-00118: {address: 127.14.2.2}",
        "vc-00118: {address: 127.14.2.2, role: ups, profile: apc-ups, uplinks: [rt-00118]}",
    )
    (config / "rules" / "more.yml").write_text(rule + "      - {alert: New, expr: 'vector(1)'}\n")
    assert main(["plan", "--against", "before", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["alerts"] == {"Gone": {"moves": 1}, "LowBattery": {"gains": 1}}
    assert found["rules"] == {"added": ["New"], "removed": [], "changed": []}
    assert main(["plan", "--against", "before"]) == 0
    said = capsys.readouterr().out
    assert "alerts that begin to look at 1 device: LowBattery" in said
    assert "~ alerts added: New" in said


def test_what_it_costs_before_and_after(config: Path, capsys: pytest.CaptureFixture[str]):
    shutil.copytree("config", "before")
    edit(config, "city.yml", "poll: 30s", "poll: 15s")
    assert main(["plan", "--against", "before", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["before"]["requests_per_second"] == {"liveness": 1.6, "poll": 0.3}
    assert found["after"]["requests_per_second"] == {"liveness": 1.6, "poll": 0.5}
    assert found["before"]["series"] == found["after"]["series"]
    assert found["polls"] == {"added": 0, "removed": 0, "changed": 8}


# -- commits ------------------------------------------------------------------------------------------------------


def git(*arguments: str, at: Path) -> None:
    who = ["-c", "user.name=x", "-c", "user.email=x@city.example"]
    subprocess.run(["git", *who, *arguments], cwd=at, check=True, capture_output=True)


@pytest.fixture
def repository(config: Path, tmp_path: Path) -> Path:
    git("init", "-q", "-b", "main", at=tmp_path)
    git("add", "config", at=tmp_path)
    git("commit", "-qm", "first", at=tmp_path)
    git("tag", "v1", at=tmp_path)
    return config


@pytest.mark.parametrize("name", ["HEAD", "main", "v1", "HEAD^{commit}", "main@{0}"])
def test_against_a_commit(name: str, repository: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["plan", "--against", name]) == 0
    assert capsys.readouterr().out == "no difference\n"
    edit(repository, DISTRICT, "vc-00118: {address: 127.14.2.2}", "vc-00119: {address: 127.14.2.2}")
    assert main(["plan", "--against", name]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["+ vc-00119", "- vc-00118"]


def test_a_configuration_that_is_the_top_of_its_repository(config: Path, capsys: pytest.CaptureFixture[str]):
    git("init", "-q", at=config)
    git("add", ".", at=config)
    git("commit", "-qm", "first", at=config)
    assert main(["plan", "--against", "HEAD"]) == 0
    assert capsys.readouterr().out == "no difference\n"


def test_links_of_a_commit_lead_nowhere_outside_of_it(repository: Path, tmp_path: Path):
    (repository / "a" / "b").mkdir(parents=True)
    (repository / "a" / "b" / "up").symlink_to("../..")  # to the configuration: allowed
    (repository / "near").symlink_to("city.yml")
    (repository / "far").symlink_to("/etc")
    (repository / "through").symlink_to("a/b/up/../../..")  # reads as if it led to the configuration
    git("add", ".", at=tmp_path)
    git("commit", "-qm", "links", at=tmp_path)
    with checked_out(repository, "HEAD") as folder:
        found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink()}
        assert found == {"a/b/up", "near"}
        assert (folder / "near").read_bytes() == (repository / "city.yml").read_bytes()


def test_a_commit_with_a_mistake_is_told_by_its_name(
    repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    edit(repository, DISTRICT, "name: Phường Ngọc Thụy", "nam: Phường Ngọc Thụy")
    git("commit", "-qam", "a mistake", at=tmp_path)
    edit(repository, DISTRICT, "nam: Phường Ngọc Thụy", "name: Phường Ngọc Thụy")
    assert main(["plan", "--against", "main"]) == 1
    assert "main:config/districts/004-long-bien.yml:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere", "'nowhere' is neither a directory nor a commit"),
        ("--output=evil", "'--output=evil' is neither a directory nor a commit"),
        ("-h", "neither a directory nor a commit"),
        ("HEAD:config", "neither a directory nor a commit"),
        ("main --exec=x", "neither a directory nor a commit"),
        ("", "neither a directory nor a commit"),
        ("a\nb", "neither a directory nor a commit"),
        ("v1; touch evil", "neither a directory nor a commit"),
    ],
)
def test_what_is_no_commit_is_one_line(
    name: str, said: str, repository: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["plan", f"--against={name}"]) == 1
    told = capsys.readouterr().err
    assert said in told
    assert not [*tmp_path.rglob("evil*")]


def test_a_commit_before_there_was_a_configuration(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    git("init", "-q", "-b", "main", at=tmp_path)
    git("commit", "-qm", "nothing", "--allow-empty", at=tmp_path)
    assert main(["plan", "--against", "main"]) == 1
    assert "has no config" in capsys.readouterr().err


def test_nobody_runs(config: Path, capsys: pytest.CaptureFixture[str]):
    edit(config, "city.yml", "listen: 127.0.0.1:9579", "listen: 127.0.0.1:1")
    assert main(["plan", "--against", "running"]) == 1
    assert "http://127.0.0.1:1: nobody answers" in capsys.readouterr().err
    assert main(["plan", "--against", "running", "--login", "user:password"]) == 2
    assert "password" not in capsys.readouterr().err


def test_a_picture_is_not_made_of_secrets():
    with pytest.raises(TypeError):
        plain({"x": [Secret("x")]})
