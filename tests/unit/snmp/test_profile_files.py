from pathlib import Path

import pytest

from collector.config.profiles import load_profiles
from collector.model import ProfileName
from collector.profile import Profile
from tests.integration.snmp_polls import shipped_profiles

GOOD = """
title: Good
match: [1.3.6.1.4.1.9]
scalars:
  - {metric: sysUpTime, oid: 1.3.6.1.2.1.1.3.0}
"""


def load(folder: Path, **files: str) -> tuple[dict[ProfileName, Profile], list[str]]:
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text)
    profiles, problems = load_profiles(folder, folder)
    return dict(profiles), [str(problem) for problem in problems]


def test_a_profile_is_its_ancestors_and_what_it_changes(tmp_path: Path):
    profiles, problems = load(
        tmp_path,
        base=GOOD
        + "facts:\n  vendor: {text: Base}\n  sysName: {oid: 1.3.6.1.2.1.1.5.0}\nquirks: {bulk: false}\n",
        child="title: Child\nextends: [base]\nfacts:\n  vendor: {text: Child}\nquirks: {max_varbinds: 8}\n",
    )
    assert problems == []
    child = profiles[ProfileName("child")]
    assert [reading.metric for reading in child.scalars] == ["sysUpTime"]
    assert child.facts == {"vendor": "Child"}
    assert [reading.name for reading in child.fact_readings] == ["sysName"]
    assert not child.quirks.bulk
    assert child.quirks.max_varbinds == 8
    assert child.match == ()  # whom it matches is not inherited


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("title: T\nscalars:\n  - {metric: sysUptime, oid: 1.3.6.1.2.1.1.3.0}\n", "did you mean 'sysUpTime'"),
        ("title: T\nscalars:\n  - {metric: sysUpTime, oid: 1.3.x}\n", "'1.3.x' is not an object identifier"),
        (
            "title: T\nscalars:\n  - {metric: sysUpTime, oid: 1.3.6.4294967296}\n",
            "is not an object identifier",
        ),
        ("title: T\nscalars:\n  - {metric: sysUpTime}\n", "has no 'oid'"),
        ("title: T\nscalars:\n  - {metric: sysUpTime, oid: 1.3.6, scal: 2}\n", "did you mean 'scale'"),
        ("title: T\nscalars:\n  - {metric: citynoc_device_cpu_ratio, oid: 1.3.6}\n", "needs the label 'cpu'"),
        ("title: T\nscalars:\n  - {metric: sysUpTime, oid: 1.3.6, labels: {cpu: a}}\n", "has no label 'cpu'"),
        ("title: T\nscalars:\n  - {metric: sysUpTime, oid: 1.3.6, total: 1.3.7, rest: 1.3.8}\n", "not both"),
        ("title: T\nscalars:\n  - {metric: sysUpTime, oid: 1.3.6, merge: mean}\n", "is not a way to merge"),
        ("title: T\nextends: [nobody]\n", "there is no profile 'nobody'"),
        ("title: T\nextends: [it]\n", "would extend itself"),
        ("title: T\nfacts: {vendor: {}}\n", "needs either 'text' or 'oid'"),
        ("title: T\nfacts: {vendor: {oid: 1.3.6.1, pattern: '('}}\n", "is not a regular expression"),
        ("title: T\nquirks: {max_varbinds: 0}\n", "is not between 1 and 128"),
        ("extends: []\n", "has no 'title'"),
        ("", "empty"),
        ("title: [", ""),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_profile_left_out(
    tmp_path: Path, text: str, complaint: str
):
    profiles, problems = load(tmp_path, good=GOOD, it=text)
    assert list(profiles) == ["good"]
    assert len(problems) == 1
    assert problems[0].startswith("it.yml:")
    assert complaint in problems[0]


def test_what_extends_a_broken_profile_is_left_out_without_a_second_complaint(tmp_path: Path):
    profiles, problems = load(tmp_path, base="title: T\nmatch: [x]\n", child="title: C\nextends: [base]\n")
    assert profiles == {}
    assert len(problems) == 1


def test_profiles_in_a_ring_are_named(tmp_path: Path):
    profiles, problems = load(tmp_path, a="title: A\nextends: [b]\n", b="title: B\nextends: [a]\n")
    assert profiles == {}
    assert problems


def test_the_shipped_profiles_are_all_there():
    assert shipped_profiles().keys() >= {
        "if-mib", "cisco-ios", "huawei-vrp", "juniper-junos", "mikrotik-routeros", "h3c-comware", "zte-zxr10",
        "fortinet", "apc-ups", "ups-mib", "poly-endpoint", "cisco-cts", "net-snmp",
    }  # fmt: skip
