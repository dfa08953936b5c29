"""Everything that a shipped profile asks exists on the simulated device of its kind, with rows in every table."""

from pathlib import Path

import pytest

from citynoc.simulator.objects import KINDS, shape_of
from collector.config import Configuration, load
from collector.model import ProfileName
from collector.profile import Profile

OTHER_FAMILY = {
    (1, 3, 6, 1, 4, 1, 3902, 15, 2)
}  # a ZXR10 has one of two families of objects: ours the boards'
CONFIG = Path(__file__).parents[3] / "config"


@pytest.fixture(scope="module")
def configuration() -> Configuration:
    return load(CONFIG, {"CITYNOC_SNMP_COMMUNITY": "unused"})


def asked(profile: Profile) -> tuple[set[tuple[int, ...]], set[tuple[int, ...]]]:
    """Instances of scalars, and columns."""
    scalars = {reading.oid for reading in profile.scalars} | {fact.oid for fact in profile.fact_readings}
    scalars |= set(profile.watch) | {r.partner for r in profile.scalars if r.partner}
    columns = set()
    for table in profile.tables:
        columns |= {table.rows} | {oid for _, oid in table.labels if isinstance(oid, tuple)}
        columns |= {r.oid for r in table.columns} | {r.partner for r in table.columns if r.partner}
        columns |= {table.where.oid} if table.where else set()
    return scalars, columns


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_oid_of_the_profile_is_there(configuration: Configuration, name: str):
    scalars, columns = asked(configuration.profiles[ProfileName(name)])
    kind = KINDS[name]
    leaves = [leaf.oid for leaf in shape_of(kind, 8, in_call=True).leaves]
    missing = [
        ".".join(map(str, oid))
        for oid in sorted(scalars)
        if oid not in set(leaves) and oid[:9] not in OTHER_FAMILY
    ]
    missing += [
        ".".join(map(str, oid))
        for oid in sorted(columns)
        if not any(leaf[: len(oid)] == oid for leaf in leaves)
    ]
    assert missing == []


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_device_of_the_kind_is_recognised_by_its_profile(configuration: Configuration, name: str):
    profile = configuration.profiles[ProfileName(name)]
    mine = ".".join(map(str, KINDS[name].sys_object_id))
    assert not profile.match or any(
        (mine + ".").startswith(pattern.rstrip("*.") + ".") for pattern in profile.match
    )


def test_every_profile_of_the_example_is_simulated(configuration: Configuration):
    used = {str(d.snmp.profile) for d in configuration.inventory.devices.values() if d.snmp}
    assert used <= set(KINDS)
