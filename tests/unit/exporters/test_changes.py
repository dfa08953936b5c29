import json
from dataclasses import replace
from typing import Any

import pytest

from collector.outages.state import CauseKind, CityState, DeviceVerdict, Outage, Severity, State
from exporters.changes import KEPT, Changes
from tests.unit.exporters.city import CORE, DISTRICT, ENDPOINT, NOW, ROUTER, SITE, all_up, inventory

CITY = inventory()
OUTAGE = Outage(
    "device:rt-00115",
    CauseKind.DEVICE,
    DISTRICT,
    NOW,
    (ROUTER,),
    frozenset({ROUTER}),
    frozenset({SITE}),
    Severity.MAJOR,
)


def read(event: bytes) -> tuple[str, int, Any]:
    """Name, number and value of one event, as a browser takes it apart."""
    lines = event.decode().split("\n")
    assert lines[3:] == ["", ""]
    fields = dict(line.split(": ", 1) for line in lines[:3])
    return fields["event"], int(fields["id"].rpartition("-")[2]), json.loads(fields["data"])


def down(state: CityState, since: float = NOW) -> CityState:
    verdict = DeviceVerdict(State.DOWN, since, answered=False, cause=OUTAGE.id)
    return replace(
        state,
        devices={**state.devices, ROUTER: verdict},
        sites={**state.sites, SITE: State.DOWN},
        outages=(OUTAGE,),
    )


def test_a_watcher_begins_with_everything():
    changes = Changes()
    with pytest.raises(ValueError, match="nothing was observed"):
        changes.snapshot()
    changes.observe(CITY, all_up())
    assert changes.since(-1) is None
    name, version, value = read(changes.snapshot())
    assert (name, version) == ("snapshot", changes.version)
    assert value["devices"][ROUTER] == {
        "state": "up",
        "since": "2026-09-21T21:12:20.000+07:00",
        "cause": None,
    }
    assert value["sites"] == {"dc-1": "up", "00115": "up"}
    assert value["blind"] is False


def test_a_change_holds_only_what_changed():
    changes = Changes()
    changes.observe(CITY, all_up())
    before = changes.version
    changes.observe(CITY, down(all_up()))
    events = changes.since(before)
    assert events is not None
    [(name, version, value)] = map(read, events)
    assert (name, version) == ("change", before + 1)
    assert set(value) == {"at", "devices", "sites", "outages"}
    assert set(value["devices"]) == {ROUTER}
    assert value["sites"] == {SITE: "down"}
    assert value["outages"]["device:rt-00115"]["severity"] == "major"
    assert read(changes.snapshot())[2]["devices"][ROUTER]["state"] == "down"


def test_to_be_heard_again_is_no_news():
    changes = Changes()
    state = all_up()
    changes.observe(CITY, state)
    before = changes.version
    heard = {name: replace(verdict, last_heard=NOW) for name, verdict in state.devices.items()}
    changes.observe(CITY, replace(state, at=NOW + 1, devices=heard))
    assert changes.version == before
    assert changes.since(before) == []


def test_what_is_gone_is_told_as_null():
    changes = Changes()
    changes.observe(CITY, down(all_up()))
    before = changes.version
    changes.observe(CITY, replace(all_up(), devices={CORE: all_up().devices[CORE]}, sites={}))
    [event] = changes.since(before) or []
    value = read(event)[2]
    assert value["devices"] == {ROUTER: None, ENDPOINT: None}
    assert value["sites"] == {"dc-1": None, SITE: None}
    assert value["outages"] == {"device:rt-00115": None}


def test_the_past_is_bounded_and_the_late_start_anew():
    changes = Changes()
    changes.observe(CITY, all_up())
    before = changes.version
    for turn in range(KEPT + 1):
        changes.observe(CITY, down(all_up(), NOW + turn))
    assert changes.since(before) is None
    assert len(changes.since(before + 1) or ()) == KEPT
    assert changes.since(changes.version + 1) is None


def test_another_inventory_makes_everybody_start_anew():
    changes = Changes()
    state = all_up()
    changes.observe(CITY, state)
    before = changes.version
    assert changes.seen(CITY, state)
    other = inventory()
    assert not changes.seen(other, state)
    changes.observe(other, state)
    assert changes.since(before) is None


def test_links_and_redundancy_are_news_too():
    changes = Changes()
    changes.observe(CITY, all_up())
    before = changes.version
    cut = replace(all_up(), links={"rt-00115--core-1": False}, redundancy_lost={SITE: True})
    changes.observe(CITY, cut)
    [event] = changes.since(before) or []
    value = read(event)[2]
    assert value["links"] == {"rt-00115--core-1": False, "vc-00115--rt-00115": None}
    assert value["redundancy_lost"] == {SITE: True}
    assert read(changes.snapshot())[2]["redundancy_lost"] == {SITE: True}


@pytest.mark.parametrize("number", ["", "1", "other-1", "me-", "me--1", "me-x", "me-²", "me-" + "9" * 30])
def test_a_number_of_another_life_is_older_than_all(number: str):
    assert Changes("me").version_of(number) == -1


def test_a_number_leads_back_to_its_version():
    changes = Changes("a-life")
    changes.observe(CITY, all_up())
    assert changes.version_of(changes.number) == changes.version
    assert changes.since(changes.version_of(changes.number)) == []
