import pytest
from hypothesis import given
from hypothesis import strategies as st

from citynoc.simulator import ber
from citynoc.simulator.ber import Oid
from citynoc.simulator.network import Fault, FaultKind
from citynoc.simulator.responder import MAX_MESSAGE, TEMPLATES, TOO_BIG, Responder
from citynoc.simulator.traffic import Traffic
from citynoc.simulator.world import World
from collector.model import DeviceName
from tests.unit.simulator import small_city
from tests.unit.simulator.requests import answer, number, request

NOW = small_city.MIDNIGHT
UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
NAME = (1, 3, 6, 1, 2, 1, 1, 5, 0)
IN_OCTETS = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6, 1)
OPER_STATUS = (1, 3, 6, 1, 2, 1, 2, 2, 1, 8, 1)
CALL_LOSS = (1, 3, 6, 1, 4, 1, 13885, 101, 1, 4, 1, 1, 16, 1)


TRAFFIC = Traffic(1, NOW, "Asia/Ho_Chi_Minh")


UNTOUCHED = World(small_city.inventory(), 1, NOW, TRAFFIC)


@pytest.fixture
def world() -> World:
    return World(small_city.inventory(), 1, NOW, TRAFFIC)


def responder(world: World, name: str = "rt-00115", maximum: int = MAX_MESSAGE) -> Responder:
    return Responder(next(m for m in world.machines.values() if m.device.name == name), maximum)


def test_get_answers_in_order_with_the_request_id(world: World):
    data = responder(world).answer(request(ber.GET, NAME, UPTIME, request_id=-5), NOW)
    status, index, varbinds = answer(data)
    assert (status, index) == (0, 0)
    assert [oid for oid, _, _ in varbinds] == [NAME, UPTIME]
    assert varbinds[0][1:] == (ber.OCTET_STRING, b"rt-00115")
    assert varbinds[1][1] == ber.TIME_TICKS
    assert ber.parse_header(data or b"").request_id == ber.integer(-5)


def test_the_same_get_again_is_answered_anew(world: World):
    agent = responder(world)
    first = answer(agent.answer(request(ber.GET, UPTIME, IN_OCTETS, NAME, request_id=1), NOW))[2]
    second = answer(agent.answer(request(ber.GET, UPTIME, IN_OCTETS, NAME, request_id=2), NOW + 60))[2]
    assert number(second[0][2]) == number(first[0][2]) + 6000
    assert number(second[1][2]) > number(first[1][2])
    assert second[2] == first[2]


def test_a_prepared_answer_follows_what_happens_to_the_link(world: World):
    agent = responder(world)
    ask = request(ber.GET, OPER_STATUS)
    assert number(answer(agent.answer(ask, NOW))[2][0][2]) == 1
    world.change(NOW + 1, broken=[Fault(FaultKind.LINK, "rt-00115--ag-004-1")])
    assert number(answer(agent.answer(ask, NOW + 2))[2][0][2]) == 2


def test_missing_objects_and_instances_are_told_apart(world: World):
    asked = ((1, 3, 6, 1, 2, 1, 1, 99, 0), (*IN_OCTETS[:-1], 99), UPTIME[:-1], (1, 3, 6, 1, 2, 1, 1))
    _, _, varbinds = answer(responder(world).answer(request(ber.GET, *asked), NOW))
    assert [tag for _, tag, _ in varbinds] == [0x80, 0x81, 0x81, 0x80]


def test_the_call_table_is_known_but_empty_outside_a_call(world: World):
    agent = responder(world, "vc-00115")
    assert answer(agent.answer(request(ber.GET, CALL_LOSS), NOW))[2][0][1] == 0x81
    world.start_call("briefing", [DeviceName("vc-00115")], NOW)
    assert answer(agent.answer(request(ber.GET, CALL_LOSS), NOW))[2][0][1] == ber.GAUGE32
    world.end_call("briefing", NOW)
    assert answer(agent.answer(request(ber.GET, CALL_LOSS), NOW))[2][0][1] == 0x81


def test_version_1_says_which_name_is_missing_and_returns_the_request(world: World):
    agent = responder(world)
    status, index, varbinds = answer(agent.answer(request(ber.GET, UPTIME, (1, 3, 9, 9), version=0), NOW))
    assert (status, index) == (2, 2)
    assert [oid for oid, _, _ in varbinds] == [UPTIME, (1, 3, 9, 9)]


def test_version_1_has_no_counter64(world: World):
    agent = responder(world)
    assert answer(agent.answer(request(ber.GET, IN_OCTETS, version=0), NOW))[:2] == (2, 1)
    just_before = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 5, 8)
    _, _, varbinds = answer(agent.answer(request(ber.GET_NEXT, just_before, version=0), NOW))
    assert varbinds[0][0] == (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 14, 1)


def test_get_next_ends_with_end_of_mib_view(world: World):
    last = world.machines[next(iter(world.machines))].shape.leaves[-1].oid
    agent = responder(world, "sw-dc1")
    _, _, varbinds = answer(agent.answer(request(ber.GET_NEXT, last, (2, 99)), NOW))
    assert [(oid, tag) for oid, tag, _ in varbinds] == [(last, 0x82), ((2, 99), 0x82)]
    assert answer(agent.answer(request(ber.GET_NEXT, last, version=0), NOW))[:2] == (2, 1)


def test_bulk_repeats_row_by_row_after_the_non_repeaters(world: World):
    columns = [(1, 3, 6, 1, 2, 1, 2, 2, 1, column) for column in (1, 8)]
    ask = request(ber.GET_BULK, UPTIME[:-1], *columns, first=1, second=3)
    _, _, varbinds = answer(responder(world).answer(ask, NOW))
    assert [oid for oid, _, _ in varbinds] == [
        UPTIME,
        *((*column, row) for row in (1, 2, 3) for column in columns),
    ]


def test_bulk_stops_when_everything_has_ended(world: World):
    last = world.machines[next(iter(world.machines))].shape.leaves[-1].oid
    ask = request(ber.GET_BULK, last, second=1000)
    _, _, varbinds = answer(responder(world, "sw-dc1").answer(ask, NOW))
    assert [tag for _, tag, _ in varbinds] == [0x82]


@given(st.integers(0, 2**31 - 1), st.integers(484, 3000))
def test_bulk_gives_as_much_as_fits(repetitions: int, maximum: int):
    agent = responder(UNTOUCHED, "ag-004-1", maximum)
    data = agent.answer(request(ber.GET_BULK, (1, 3, 6, 1, 2, 1, 2, 2), second=repetitions), NOW)
    assert data is not None
    assert len(data) <= maximum
    assert answer(data)[0] == 0


def test_bulk_is_no_question_of_version_1(world: World):
    assert responder(world).answer(request(ber.GET_BULK, UPTIME, version=0, second=1), NOW) is None


def test_an_answer_that_does_not_fit_is_too_big(world: World):
    names = [(1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 18, index) for index in range(501, 525)] * 3
    agent = responder(world, "core-1")
    status, _, varbinds = answer(agent.answer(request(ber.GET, *names), NOW))
    assert (status, varbinds) == (TOO_BIG, [])
    status, _, varbinds = answer(agent.answer(request(ber.GET, *names, version=0), NOW))
    assert (status, len(varbinds)) == (TOO_BIG, len(names))


def test_nobody_may_write(world: World):
    agent = responder(world)
    assert answer(agent.answer(request(ber.SET, NAME), NOW))[:2] == (17, 1)
    assert answer(agent.answer(request(ber.SET, NAME, version=0), NOW))[:2] == (4, 1)


@pytest.mark.parametrize(
    "data",
    [
        request(ber.GET, UPTIME, community="wrong"),
        request(ber.GET, UPTIME, version=3),
        request(ber.RESPONSE, UPTIME),
        request(0xA6, UPTIME),
        b"",
        b"\x30\x03\x02\x01\x01",
        request(ber.GET, UPTIME)[:-1],
    ],
)
def test_what_a_real_agent_does_not_answer_is_met_with_silence(world: World, data: bytes):
    assert responder(world).answer(data, NOW) is None


@given(st.binary(max_size=120), st.integers(0, 60))
def test_spoilt_requests_never_raise(noise: bytes, place: int):
    agent = responder(UNTOUCHED)
    whole = request(ber.GET_BULK, UPTIME, IN_OCTETS, second=5)
    agent.answer(whole[:place] + noise + whole[place + len(noise) :], NOW)


def test_a_stranger_cannot_fill_the_memory(world: World):
    agent = responder(world)
    for number_ in range(10 * TEMPLATES):
        agent.answer(request(ber.GET, (1, 3, 6, 1, number_)), NOW)
    assert len(agent._templates) <= TEMPLATES


def test_a_walk_meets_every_object_once_and_in_order(world: World):
    for machine in world.machines.values():
        agent = Responder(machine)
        seen: list[Oid] = []
        at: Oid = (0, 0)
        while True:
            ((oid, tag, _),) = answer(agent.answer(request(ber.GET_NEXT, at), NOW))[2]
            if tag == 0x82:
                break
            seen.append(oid)
            at = oid
        assert seen == [leaf.oid for leaf in machine.shape.leaves]
        assert seen == sorted(set(seen))
