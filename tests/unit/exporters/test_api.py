import json
from dataclasses import replace
from ipaddress import IPv4Address
from typing import Any

import pytest

from collector.model import Broker, Credential, CredentialName, Secret, SnmpVersion
from collector.outages.state import CauseKind, DeviceVerdict, Outage, Severity, State
from collector.outcome import FailureKind
from collector.plan import Question
from exporters.api import Api, UnknownFilterError, near
from tests.unit.exporters.city import CORE, DISTRICT, ENDPOINT, NOW, ROUTER, SITE, Entry, all_up, inventory

BROKEN = Outage(
    "device:rt-00115",
    CauseKind.DEVICE,
    DISTRICT,
    NOW - 90,
    (ROUTER,),
    frozenset({ROUTER, ENDPOINT}),
    frozenset({SITE}),
    Severity.MAJOR,
    site=SITE,
)
DOWN = replace(
    all_up(),
    devices={
        CORE: DeviceVerdict(State.UP, NOW - 500, answered=True, last_heard=NOW - 1),
        ROUTER: DeviceVerdict(State.DOWN, NOW - 90, answered=False, cause=BROKEN.id),
    },
    outages=(replace(BROKEN, id="device:old", ended=NOW - 60), BROKEN),
)


def plain(value: object) -> Any:
    """As a client reads it."""
    return json.loads(json.dumps(value))


def api() -> Api:
    return Api(inventory(), DOWN)


def test_a_device_says_its_state_since_when_and_why():
    answer = plain(api().device(ROUTER, {"model": "AR651"}, ()))
    assert answer["state"] == "down"
    assert answer["since"] == "2026-09-21T21:11:50.000+07:00"
    assert answer["answered"] is False
    assert answer["outage"]["outage"] == "device:rt-00115"
    assert answer["outage"]["severity"] == "major"
    assert answer["facts"] == {"model": "AR651"}
    assert answer["dependants"] == [ENDPOINT]
    assert answer["uplinks"][0]["parent_state"] == "up"


def test_a_failure_is_shown_with_the_lines_that_were_logged():
    entry = Entry(
        NOW, Question.POLL, ok=False, kind=FailureKind.TIMEOUT, detail="no answer in 2 s", log=("a", "b")
    )
    answer = plain(api().device(ROUTER, {}, [entry]))
    assert answer["history"] == [
        {
            "at": "2026-09-21T21:13:20.000+07:00",
            "question": "poll",
            "ok": False,
            "kind": "timeout",
            "detail": "no answer in 2 s",
            "log": ["a", "b"],
        }
    ]


def test_what_is_not_known_is_null():
    answer = plain(api().device(ENDPOINT, {}, ()))
    assert answer["state"] is None
    assert answer["since"] is None
    assert answer["answered"] is None


def test_no_answer_holds_a_secret():
    name = CredentialName("snmp-community")
    city = inventory()
    city = replace(
        city,
        city=replace(city.city, broker=Broker("127.0.0.1", 1883, name)),
        credentials={name: Credential(name, SnmpVersion.V2C, Secret("hush-hush"))},
    )
    answers = Api(city, DOWN)
    everything = [
        answers.device(ROUTER, {}, ()),
        answers.devices({}),
        answers.sites({}),
        answers.outages({}),
    ]
    assert "hush-hush" not in json.dumps(everything)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({}, [CORE, ROUTER, ENDPOINT]),
        ({"state": "down"}, [ROUTER]),
        ({"role": "endpoint"}, [ENDPOINT]),
        ({"site": "00115", "state": "down"}, [ROUTER]),
        ({"district": "999"}, []),
    ],
)
def test_devices_are_chosen_by_filters(wanted: dict[str, str], names: list[str]):
    assert [row["device"] for row in plain(api().devices(wanted))["devices"]] == names


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"stat": "down"}, "unknown filter 'stat'; there are: state, site, district, role, tag"),
        ({"state": "dead"}, "unknown state 'dead'; there are: up, maintenance, unknown"),
    ],
)
def test_a_mistyped_filter_is_refused(wanted: dict[str, str], message: str):
    with pytest.raises(UnknownFilterError, match=message):
        api().devices(wanted)


def test_sites_carry_their_names_units_and_devices():
    sites = plain(api().sites({"tag": "pilot"}))["sites"]
    assert [site["site"] for site in sites] == ["00115"]
    assert sites[0]["name"] == "Phúc Lợi"
    assert sites[0]["units"] == {"526": "00115", "126": "00118"}
    assert sites[0]["devices"] == [ROUTER, ENDPOINT]
    assert sites[0]["redundancy_lost"] is False


def test_open_outages_come_first():
    rows = plain(api().outages({}))["outages"]
    assert [(row["outage"], row["ended"] is None) for row in rows] == [
        ("device:rt-00115", True),
        ("device:old", False),
    ]
    assert plain(api().outages({"kind": "cable"}))["outages"] == []


def test_a_city_with_an_unknown_time_zone_still_answers():
    city = inventory()
    answer = plain(Api(replace(city, city=replace(city.city, timezone="Mars/Olympus")), DOWN).devices({}))
    assert answer["at"] == "2026-09-21T14:13:20.000+00:00"


def test_a_mistyped_name_has_near_ones():
    known = [f"rt-{number:05}" for number in range(100, 130)]
    assert near("rt-0115", known)[0] == "rt-00115"
    assert near("zz", known) == []


def test_addresses_are_texts():
    assert plain(api().device(ROUTER, {}, ()))["address"] == str(IPv4Address("127.14.0.2"))
