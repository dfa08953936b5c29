from pathlib import Path

import pytest

from citynoc.simulator import actions, scenario
from citynoc.simulator.arguments import Who
from citynoc.simulator.operations import OPERATIONS, Maintenance, Server, ServerName
from collector import config as configuration
from collector.config import ConfigurationError
from collector.model import Inventory
from tests.unit.simulator import small_city

ROOT = Path(__file__).parents[3]
CONFIG = ROOT / "config"


def load(tmp_path: Path, text: str) -> scenario.Scenario:
    file = tmp_path / "scene.yml"
    file.write_text(text, encoding="utf-8")
    return scenario.load(file, small_city.inventory())


def complaint(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigurationError) as wrong:
        load(tmp_path, text)
    return str(wrong.value)


def test_a_scenario_reads_as_it_is_written(tmp_path: Path):
    scene = load(
        tmp_path,
        """
title: A bad morning
seed: 7
loss: 5%
steps:
  - at: 0s
    cut: {cable: cb-00115}
  - at: 1m
    reboot: {device: rt-00118, silent: 45s}
  - at: 2m
    call: {start: briefing, participants: {district: "004"}}
  - at: 3m
    congest: {link: rt-00121--ag-004-1, loss: 0.1, jitter: 80ms}
  - at: 4m
    switch_off: {endpoints: [vc-00115, 00118]}
  - at: 5m
    isolate: vantage
  - at: 6m
    repair: all
expect:
  - {page: "cable:cb-00115", after: 0s}
""",
    )
    assert [step.verb for step in scene.steps] == [
        "cut",
        "reboot",
        "call",
        "congest",
        "switch_off",
        "isolate",
        "repair",
    ]
    assert scene.loss == 0.05
    assert scene.duration == 6 * 60 + scenario.AFTERMATH
    assert scene.expect[0].page == "cable:cb-00115"
    call = scene.steps[2].action
    assert isinstance(call, actions.Call)
    assert call.participants == Who(district="004")
    congest = scene.steps[3].action
    assert isinstance(congest, actions.Congest)
    assert (congest.loss, congest.jitter) == (0.1, 80.0)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (
            "kill: {device: rt-0115}",
            "scene.yml:4:20: there is no device 'rt-0115' — did you mean 'rt-00115'?",
        ),
        ("cut: {cabel: cb-00115}", "unknown key 'cabel'"),
        ("cut: {}", "exactly one of 'link', 'cable', 'device' is wanted here"),
        ("cut: {link: rt-00115--ag-004-1, device: rt-00115}", "exactly one of 'link', 'cable', 'device'"),
        ("loss: {share: 150%}", "'150%' is not a share — write it like 5% or 0.05"),
        ("explode: {device: rt-00115}", "unknown key 'explode'"),
        ("reboot: {device: rt-00115, silent: 30}", "'30' is not a duration — write 30s"),
        ("call: {start: x, participants: some}", "endpoints are `all`"),
        ("call: {start: x, participants: [rt-00115]}", "there is no endpoint 'rt-00115'"),
        ("power_off: {site: 00999}", "there is no site '00999'"),
        ("isolate: everything", "only the vantage can be isolated"),
        ("break: {device: vc-00115, part: wheel}", "'wheel' is not a part that can fail"),
        ("server: {stop: promethus}", "'promethus' is not a server — did you mean 'prometheus'?"),
        ("server: {stop: citynoc, start: citynoc}", "not 2"),
        ("maintenance: {district: 4}", "there is no district '4'"),
    ],
)
def test_a_mistake_has_its_place_and_a_hint(tmp_path: Path, step: str, expected: str):
    said = complaint(tmp_path, f"title: x\nsteps:\n  - at: 1s\n    {step}\n")
    assert expected in said
    assert said.startswith(f"{tmp_path}/scene.yml:")


def test_a_step_does_one_thing(tmp_path: Path):
    two = "title: x\nsteps:\n  - at: 1s\n    kill: {device: rt-00115}\n    isolate: vantage\n"
    assert "a step does exactly one thing, not 2" in complaint(tmp_path, two)
    assert "a step does exactly one thing, not 0" in complaint(tmp_path, "title: x\nsteps:\n  - at: 1s\n")


def test_steps_about_servers_are_read_and_not_for_the_simulator(tmp_path: Path):
    scene = load(
        tmp_path,
        """
title: x
steps:
  - {at: 1s, server: {crash: alertmanager}}
  - {at: 2s, maintenance: {district: "004", lasts: 5m}}
  - {at: 3s, cut: {device: rt-00115}}
expect:
  - {page: "device:rt-00115", after: 3s, repeats: 1}
  - {warning: AgentDown, after: 3s, within: 90s}
""",
    )
    server, work = (step.action for step in scene.steps[:2])
    assert isinstance(server, Server)
    assert server.deed == ("crash", ServerName.ALERTMANAGER)
    assert isinstance(work, Maintenance)
    assert (work.where, work.lasts) == (("district", "004"), 300.0)
    assert [step.played for step in scene.steps] == [False, False, True]
    assert [one.subject for one in (*scene.pages, *scene.warnings)] == ["device:rt-00115", "AgentDown"]


def test_an_expectation_is_a_page_or_a_warning(tmp_path: Path):
    for both in ("after: 1s", "page: a, warning: b, after: 1s"):
        said = complaint(tmp_path, f"title: x\nsteps: []\nexpect:\n  - {{{both}}}\n")
        assert "an expectation is either a `page` or a `warning`" in said


def test_a_missing_file_is_a_problem_and_no_trace(tmp_path: Path):
    with pytest.raises(ConfigurationError, match="cannot read the file"):
        scenario.load(tmp_path / "none.yml", small_city.inventory())


@pytest.fixture(scope="module")
def shipped() -> Inventory:
    return configuration.load(CONFIG, {"CITYNOC_SNMP_COMMUNITY": "unused"}).inventory


@pytest.mark.parametrize("path", sorted((CONFIG / "scenarios").glob("*.yml")), ids=lambda path: path.stem)
def test_every_shipped_scenario_fits_the_shipped_city(path: Path, shipped: Inventory):
    scene = scenario.load(path, shipped)
    assert all(expected.after <= scene.duration for expected in scene.expect)
    named = {subject.partition(":")[2] for subject in (one.subject for one in scene.expect) if ":" in subject}
    known = {*shipped.devices, *shipped.sites}
    known |= {link.cable for device in shipped.devices.values() for link in device.uplinks if link.cable}
    assert {part for name in named for part in name.split("+")} <= known


def test_every_verb_is_a_step_and_is_explained():
    keys = {field.alias or name for name, field in scenario.Step.model_fields.items()}
    assert keys - {"at"} == {*actions.VERBS, *OPERATIONS}
    explained = (ROOT / "docs" / "how-to" / "simulate.md").read_text(encoding="utf-8")
    missing = [verb for verb in (*actions.VERBS, *OPERATIONS) if f"`{verb}`" not in explained]
    assert missing == []
