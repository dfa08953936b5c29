"""Random failures all over the city at once, seen by the real judge through random polls, against the oracle."""

from pathlib import Path

import pytest

from collector.config import load
from collector.model import Inventory, Watch
from collector.outages.rootcause import Cause, judge
from collector.outages.state import Severity
from collector.outages.topology import Topology
from tests.unit.outages.oracle import CORE, Drawn, Urn
from tests.unit.outages.test_rootcause import evidence
from tests.unit.outages.world import World

ROOT = Path(__file__).parents[3]
ROUNDS = 20
"""Times thirty districts: six hundred scenarios through polls, and five times as many by the evidence alone."""


def wrongly_judged(net: Topology, drawn: list[Drawn], seed: int) -> list[str]:
    """Play all of these at once, each in its own district; what was told wrongly."""
    world = World(net, seed)
    world.run(6)
    for one in drawn:
        for kind, name in sorted(one.failures):
            world.fail(kind, name)
    world.run(16)
    last = {outage.id: outage for outage in world.last.state.outages}
    came = {(outage.severity > Severity.WARNING, name) for name, outage in last.items()}
    wanted = {(True, name) for one in drawn for name in one.told.pages}
    wanted |= {(False, name) for one in drawn for name in one.told.warnings}
    return [f"seed {seed}: {'page' if page else 'warning'} {name}" for page, name in sorted(came ^ wanted)]


@pytest.fixture(scope="module")
def city() -> Inventory:
    """The shipped one: six hundred communes on some three hundred cables."""
    return load(ROOT / "config", {}, need_secrets=False).inventory


def test_thousands_of_random_failures_by_evidence_alone(city: Inventory):
    net, urn = Topology(city), Urn(city, 20260803)
    wrong = []
    for number in range(5 * ROUNDS):
        for drawn in (urn.draw(f"{number}", district) for district in urn.districts):
            finding = judge(net, evidence(net, urn.silent(drawn)))
            ids = {one.id for one in finding.causes if not _only_endpoints(net, one)}
            if ids != drawn.told.pages | drawn.told.warnings:
                wrong.append((sorted(drawn.failures), ids))
    assert wrong == []


def _only_endpoints(net: Topology, cause: Cause) -> bool:
    """Of devices that are watched in meetings only."""
    return all(net.devices[i].watch is Watch.MEETINGS for i in cause.devices)


@pytest.mark.timeout(120)  # seconds of CPU on a busy machine are many of the clock
def test_random_failures_in_every_district(city: Inventory):
    net, urn = Topology(city), Urn(city, 20260801)
    wrong = []
    for number in range(ROUNDS):
        drawn = [urn.draw(f"{number}", district) for district in urn.districts]
        wrong += wrongly_judged(net, drawn, number)
    assert wrong == []


def test_random_failures_of_the_core(city: Inventory):
    net, urn = Topology(city), Urn(city, 20260802)
    wrong = [w for number in range(20) for w in wrongly_judged(net, [urn.draw(f"{number}", CORE)], number)]
    assert wrong == []


def test_the_oracle_tells_known_stories(city: Inventory):
    urn = Urn(city, 1)
    oracle, _ = urn._part("007")
    core, _ = urn._part(CORE)

    def told(*names: str) -> tuple[set[str], set[str]]:
        part = oracle if "-007-" in names[0] else core
        found = part.told(frozenset(("device", name) for name in names))
        assert found is not None
        return set(found.pages), set(found.warnings)

    assert told("ag-007-1") == (set(), {"device:ag-007-1"})
    assert told("ag-007-1", "ag-007-2") == ({"group:ag-007-1+ag-007-2"}, set())
    assert told("core-1", "core-2") == ({"group:core-1+core-2"}, set())
    assert told("gov-1", "gov-2") == ({"group:gov-1+gov-2"}, set())
    assert told("gov-1", "ups-dc1") == (set(), {"device:gov-1", "device:ups-dc1"})
    assert told("sw-dc2") == ({"device:sw-dc2"}, set())
    assert told("core-2", "sw-dc2", "gov-2") == ({"site:dc-2"}, set())
