from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

from collector.metrics import Family, Kind
from collector.metrics.state import FAMILIES
from collector.model import DeviceName, SiteCode
from collector.outages.state import CauseKind, CityState, DeviceVerdict, Duty, Outage, Severity, State
from exporters.exposition import Form, header
from exporters.state import StateExposition, shown
from tests.unit.exporters.city import CENTRE, CORE, DISTRICT, ENDPOINT, NOW, ROUTER, SITE, all_up, inventory

NO_FACTS: MappingProxyType[str, str] = MappingProxyType({})
Series = dict[tuple[str, frozenset[tuple[str, str]]], float]


def text(state: CityState, form: Form = Form.TEXT, exposition: StateExposition | None = None) -> str:
    exposition = exposition or StateExposition(inventory())
    return b"".join(exposition.render(state, lambda _: NO_FACTS, form)).decode()


def read(content: str) -> Series:
    found: Series = {}
    for family in text_string_to_metric_families(content):
        for sample in family.samples:
            series = (sample.name, frozenset(sample.labels.items()))
            assert series not in found
            found[series] = sample.value
    return found


def of(content: str, name: str, label: str = "device") -> dict[str, float]:
    return {dict(labels)[label]: value for (series, labels), value in read(content).items() if series == name}


def outage(identity: str = "device:rt-00115", started: float = NOW - 90, **more: object) -> Outage:
    one = Outage(
        identity,
        CauseKind.DEVICE,
        DISTRICT,
        started,
        (ROUTER,),
        frozenset({ROUTER, ENDPOINT}),
        frozenset({SITE}),
        Severity.MAJOR,
        site=SITE,
        carrier="carrier-a",
    )
    return replace(one, **more)  # type: ignore[arg-type]  # fields by name, in a test


def test_states_are_codes_and_silence_without_evidence_is_no_value():
    verdicts = {
        CORE: DeviceVerdict(State.UP, NOW, answered=True),
        ROUTER: DeviceVerdict(State.DOWN, NOW, answered=False, cause="device:rt-00115"),
        ENDPOINT: DeviceVerdict(State.UNKNOWN, NOW, answered=None),
    }
    content = text(replace(all_up(), devices=verdicts, sites={SITE: State.DOWN}, links={}))
    assert of(content, "citynoc_device_state") == {CORE: 0, ROUTER: 5, ENDPOINT: 2}
    assert of(content, "citynoc_device_up") == {CORE: 1, ROUTER: 0}
    assert of(content, "citynoc_site_state", "site") == {SITE: 5}
    assert "citynoc_link_up" not in content
    assert of(content, "citynoc_device_info") == {CORE: 1, ROUTER: 1, ENDPOINT: 1}


def test_maintenance_is_its_own_series():
    verdicts = {
        CORE: DeviceVerdict(State.UP, NOW, answered=True),
        ROUTER: DeviceVerdict(State.MAINTENANCE, NOW, answered=False),
    }
    content = text(replace(all_up(), devices=verdicts, maintenance=frozenset({ROUTER, ENDPOINT})))
    assert of(content, "citynoc_device_maintenance") == {CORE: 0, ROUTER: 1}


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("citynoc_device_state", {"devices": {ROUTER: DeviceVerdict(State.DOWN, NOW, answered=False)}}),
        ("citynoc_site_state", {"sites": {SITE: State.DOWN}}),
        ("citynoc_link_up", {"links": {}}),
        ("citynoc_redundancy_lost", {"redundancy_lost": {SITE: True}}),
        ("citynoc_device_maintenance", {"maintenance": frozenset({ROUTER})}),
    ],
)
def test_one_exposition_follows_every_part_of_the_state(name: str, changed: dict[str, object]):
    exposition, before = StateExposition(inventory()), all_up()
    after = replace(before, **changed)  # type: ignore[arg-type]  # fields by name, in a test
    first = text(before, exposition=exposition)
    assert text(replace(before, at=NOW + 2), exposition=exposition) == first
    followed = text(after, exposition=exposition)
    assert followed == text(after)
    assert [line for line in followed.splitlines() if line.startswith(name)] != [
        line for line in first.splitlines() if line.startswith(name)
    ]


def test_before_the_first_verdict_there_are_only_names():
    content = text(CityState(NOW))
    assert {name for name, _ in read(content)} == {
        "citynoc_site_info",
        "citynoc_device_info",
        "citynoc_link_info",
        "citynoc_blind",
        "citynoc_city_utc_offset_seconds",
    }


def test_the_citys_clocks_are_told_as_its_configuration_has_them():
    def told(zone: str, at: float) -> list[str]:
        here = inventory()
        there = replace(here, city=replace(here.city, timezone=zone))
        content = text(CityState(at), exposition=StateExposition(there))
        return [line for line in content.splitlines() if line.startswith("citynoc_city_utc_offset_seconds")]

    summer, winter = 1_750_000_000.0, 1_765_000_000.0
    assert told("Asia/Ho_Chi_Minh", winter) == ['citynoc_city_utc_offset_seconds{zone="+07"} 25200.0']
    assert told("Europe/Berlin", winter) == ['citynoc_city_utc_offset_seconds{zone="CET"} 3600.0']
    assert told("Europe/Berlin", summer) == ['citynoc_city_utc_offset_seconds{zone="CEST"} 7200.0']
    assert told("Nowhere/Nothing", winter) == ['citynoc_city_utc_offset_seconds{zone="UTC"} 0.0']


def test_verdicts_of_what_left_the_inventory_are_left_out():
    stranger, nowhere = DeviceName("rt-99999"), SiteCode("99999")
    state = all_up()
    state = replace(
        state,
        devices={**state.devices, stranger: DeviceVerdict(State.DOWN, NOW, answered=False)},
        sites={**state.sites, nowhere: State.DOWN},
        links={**state.links, "rt-99999--core-1": False},
    )
    assert "99999" not in text(state)


def test_an_outage_is_one_while_it_lasts_and_zero_for_an_hour_after():
    over = outage("device:vc-00115", ended=NOW - 3599)
    forgotten = outage("device:core-1", ended=NOW - 3601)
    content = text(replace(all_up(), outages=(outage(), over, forgotten)))
    assert of(content, "citynoc_outage_active", "outage") == {"device:rt-00115": 1, "device:vc-00115": 0}
    assert of(content, "citynoc_outage_affected_devices", "outage")["device:rt-00115"] == 2
    assert of(content, "citynoc_outage_affected_sites", "outage")["device:rt-00115"] == 1
    assert of(content, "citynoc_outage_severity", "outage")["device:rt-00115"] == 2
    assert of(content, "citynoc_outage_acknowledged", "outage")["device:rt-00115"] == 0
    assert of(content, "citynoc_outage_started_timestamp_seconds", "outage")["device:rt-00115"] == NOW - 90
    assert "core-1" not in "".join(line for line in content.splitlines() if "outage" in line)


def test_what_breaks_again_within_the_hour_has_one_series_and_it_lasts():
    first, second = outage(ended=NOW - 600, started=NOW - 900), outage(started=NOW - 5)
    for outages in ((first, second), (second, first)):
        state = replace(all_up(), outages=outages)
        assert shown(state) == [second]
        assert of(text(state), "citynoc_outage_active", "outage") == {"device:rt-00115": 1}


def test_the_labels_of_an_outage_are_its_identity_and_news_about_it_is_elsewhere():
    before, after = outage(), outage(severity=Severity.CRITICAL, affected_devices=frozenset({ROUTER}))
    lines = [
        [line for line in text(replace(all_up(), outages=(one,))).splitlines() if "outage_active{" in line]
        for one in (before, after)
    ]
    assert lines[0] == lines[1]
    assert lines[0] == [
        'citynoc_outage_active{outage="device:rt-00115",kind="device",district="004"} 1',
    ]


def test_a_cause_of_many_is_named_in_short():
    one = outage(causes=("a", "b", "c", "d", "e"), kind=CauseKind.CABLE)
    assert 'cause="a, b, c (+2)"' in text(replace(all_up(), outages=(one,)))


def test_what_a_device_says_of_itself_fills_only_what_the_files_leave_open():
    city = inventory()
    named = replace(city.devices[ROUTER], vendor="Huawei")
    city = replace(city, devices={**city.devices, ROUTER: named})
    exposition = StateExposition(city)
    facts = {"vendor": "H", "model": "AR651", "software": "V300" * 100}

    def render(known: dict[str, str]) -> str:
        told = {ROUTER: known}
        parts = exposition.render(all_up(), lambda name: told.get(name, NO_FACTS), Form.TEXT)
        return next(
            line
            for line in b"".join(parts).decode().splitlines()
            if line.startswith('citynoc_device_info{device="rt-00115"')
        )

    assert 'vendor="Huawei"' in render({})
    assert "model" not in render({})
    line = render(facts)
    assert 'vendor="Huawei"' in line
    assert 'model="AR651"' in line
    assert len(line) < 400
    assert 'software="7.15"' in render({**facts, "software": "7.15"})


def test_openmetrics_says_the_same_and_ends_with_eof():
    state = replace(all_up(), outages=(outage(),))
    content = text(state, Form.OPENMETRICS)
    assert content.endswith("# EOF\n")
    found = {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in openmetrics_families(content)  # type: ignore[no-untyped-call]  # the library's gap
        for sample in family.samples
    }
    assert found == read(text(state))
    assert "# TYPE citynoc_site info\n" in content
    assert "# UNIT citynoc_outage_started_timestamp_seconds seconds\n" in content


def test_an_openmetrics_counter_is_named_without_total():
    family = Family("citynoc_x_bytes_total", Kind.COUNTER, 'A "quoted" \\ help.', unit="bytes")
    assert header(family, Form.OPENMETRICS).decode().splitlines() == [
        '# HELP citynoc_x_bytes A \\"quoted\\" \\\\ help.',
        "# TYPE citynoc_x_bytes counter",
        "# UNIT citynoc_x_bytes bytes",
    ]
    assert header(family).decode().splitlines() == [
        '# HELP citynoc_x_bytes_total A "quoted" \\\\ help.',
        "# TYPE citynoc_x_bytes_total counter",
    ]


def test_every_family_of_the_state_is_exposed():
    content = text(replace(all_up(), outages=(outage(),), duty=Duty(1, 900.0)))
    exposed = {line.split()[2] for line in content.splitlines() if line.startswith("# TYPE")}
    assert exposed == {family.name for family in FAMILIES}


@given(st.text(st.one_of(st.sampled_from('\\"\n\r{}'), st.characters(codec="utf-8"))))
def test_any_name_of_a_place_is_read_back_as_it_was(name: str):
    exposition = StateExposition(inventory(site_name=name))
    for form in Form:
        content = text(all_up(), form, exposition)
        parse = openmetrics_families if form is Form.OPENMETRICS else text_string_to_metric_families
        names = {
            sample.labels["site"]: sample.labels.get("name", "")
            for family in parse(content)
            for sample in family.samples
            if sample.name == "citynoc_site_info"
        }
        assert names == {SITE: name, CENTRE: "Trung tâm dữ liệu 1"}


@given(st.lists(st.tuples(st.sampled_from([*State, None]), st.sampled_from([True, False, None])), max_size=8))
def test_a_scrape_after_others_says_what_a_first_one_would(history: list[tuple[State | None, bool | None]]):
    exposition = StateExposition(inventory())
    for state, answered in history:
        verdicts = {} if state is None else {ROUTER: DeviceVerdict(state, NOW, answered=answered)}
        links = {} if answered is None else {"rt-00115--core-1": answered}
        city = replace(all_up(), devices=verdicts, links=links, sites={} if state is None else {SITE: state})
        assert text(city, exposition=exposition) == text(city)


def test_what_on_call_says_of_this_hour_is_there_only_if_it_says_anything():
    nothing: frozenset[tuple[str, str]] = frozenset()
    wake, delay = ("citynoc_wake_sites", nothing), ("citynoc_escalation_delay_seconds", nothing)
    assert not {wake, delay} & set(read(text(all_up())))
    content = read(text(replace(all_up(), duty=Duty(5))))
    assert content[wake] == 5
    assert delay not in content
    assert read(text(replace(all_up(), duty=Duty(1, 900.0))))[delay] == 900
