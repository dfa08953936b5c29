from typing import Any

import pytest

from citynoc.simulator.actions import VERBS
from citynoc.simulator.director import Director
from citynoc.simulator.traffic import Traffic
from citynoc.simulator.world import Loss, World
from collector.model import DeviceName
from tests.unit.simulator import small_city

START = small_city.MIDNIGHT
TRAFFIC = Traffic(1, START, "Asia/Ho_Chi_Minh")


@pytest.fixture
def director() -> Director:
    return Director(World(small_city.inventory(), 1, START, TRAFFIC))


def do(director: Director, verb: str, now: float = START, **arguments: Any) -> None:
    director.apply(verb, VERBS[verb].model_validate(arguments), now)


def silent(director: Director, now: float = START) -> set[str]:
    return set(director.state(now)["silent"])


@pytest.mark.parametrize(
    ("verb", "arguments", "expected"),
    [
        ("cut", {"link": "rt-00115--ag-004-1"}, set()),
        ("cut", {"cable": "cb-00115"}, {"rt-00115", "vc-00115"}),
        ("cut", {"device": "rt-00115"}, {"rt-00115", "vc-00115"}),
        ("kill", {"device": "ag-004-1"}, {"ag-004-1"}),
        ("power_off", {"site": "00115"}, {"rt-00115", "vc-00115"}),
        ("agent_down", {"device": "rt-00115"}, {"rt-00115"}),
        ("switch_off", {"endpoints": ["00115", "vc-00118"]}, {"vc-00115", "vc-00118"}),
    ],
)
def test_each_verb_silences_what_it_should_and_repair_undoes_it(
    director: Director, verb: str, arguments: dict[str, Any], expected: set[str]
):
    do(director, verb, **arguments)
    assert silent(director) == expected
    do(director, "repair")
    assert silent(director) == set()
    assert director.state(START)["broken"] == []


def test_repairing_one_thing_leaves_the_others_broken(director: Director):
    do(director, "kill", device="rt-00115")
    do(director, "cut", cable="cb-00118")
    do(director, "repair", device="rt-00115")
    assert silent(director) == {"rt-00118", "vc-00118"}
    assert [(b["kind"], b["name"]) for b in director.state(START)["broken"]] == [("cable", "cb-00118")]


def test_an_isolated_vantage_sees_nothing(director: Director):
    do(director, "isolate")
    assert len(silent(director)) == len(director.world.machines)
    do(director, "repair", vantage="true")
    assert silent(director) == set()


def test_a_reboot_ends_by_itself(director: Director):
    do(director, "reboot", device="rt-00115", silent="30s")
    assert "rt-00115" in silent(director)
    assert director.next_at() == START + 30
    director.advance(START + 30)
    assert silent(director) == set()
    assert director.world.machines[DeviceName("rt-00115")].uptime(START + 40) == 1000


def test_flapping_goes_on_until_it_is_repaired_or_done(director: Director):
    do(director, "flap", link="vc-00115--rt-00115", down="10s", up="20s", times="2")
    states = []
    for second in range(0, 100, 5):
        director.advance(START + second)
        states.append("vc-00115" in silent(director))
    assert states == [True] * 2 + [False] * 4 + [True] * 2 + [False] * 12
    do(director, "flap", device="rt-00115", down="10s", up="20s")
    assert director.state(START)["flapping"] == ["isolated:rt-00115"]
    do(director, "repair", device="rt-00115")
    director.advance(START + 1000)
    assert silent(director) == set()
    assert director.next_at() is None


def test_loss_is_the_citys_or_one_devices(director: Director):
    do(director, "loss", share="5%")
    do(director, "loss", share="0.5", device="rt-00115")
    assert director.world.loss_of(DeviceName("rt-00115")) == Loss(0.5, 0.5)
    assert director.world.loss_of(DeviceName("rt-00118")) == Loss(0.05, 0.05)
    do(director, "loss", share="0%")
    assert director.world.loss_of(DeviceName("rt-00118")) is None


def test_what_is_scheduled_happens_in_order(director: Director):
    director.schedule(START + 5, VERBS["repair"].model_validate("all"), "repair")
    director.schedule(START + 2, VERBS["kill"].model_validate({"device": "rt-00115"}), "kill")
    director.advance(START + 1)
    assert silent(director) == set()
    director.advance(START + 3)
    assert "rt-00115" in silent(director)
    director.advance(START + 9)
    assert silent(director) == set()


def test_parts_and_mains_and_services_are_part_of_the_truth(director: Director):
    do(director, "break", device="vc-00115", part="camera")
    do(director, "mains_off", site="dc-1")
    do(director, "call", start="briefing")
    state = director.state(START)
    assert state["faulty"] == {"vc-00115": ["camera"]}
    assert state["on_battery"] == ["ups-dc1"]
    assert state["calls"] == {"briefing": 3}
    assert state["broken"] == []
    do(director, "call", end="briefing")
    do(director, "repair", site="dc-1")
    assert director.state(START)["on_battery"] == []
