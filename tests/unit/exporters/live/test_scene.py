"""What is said of a city: counts, causes, ages, and a place on the map for everything."""

from dataclasses import replace

import pytest

from collector.model import DeviceName, DistrictCode, Role, SiteCode, SiteKind
from collector.outages.state import CauseKind, CityState, DeviceVerdict, Outage, Severity, State
from exporters.live.city import city, headline, in_district, in_unit
from exporters.live.maps import corners, draw, load
from exporters.live.scene import Scene
from exporters.live.texts import Language, Speech
from tests.unit.exporters.city import CORE, DISTRICT, NOW, ROUTER, SITE, all_up, device, inventory


def outage(name: str, kind: CauseKind = CauseKind.DEVICE, **changed: object) -> Outage:
    one = Outage(
        f"{kind}:{name}",
        kind,
        DISTRICT,
        NOW - 65,
        tuple(name.split("+")),
        frozenset({ROUTER}),
        frozenset({SITE}),
        Severity.MAJOR,
        site=SITE,
    )
    return replace(one, **changed)  # type: ignore[arg-type]  # fields of the dataclass


def scene(state: CityState | None = None, language: Language = Language.ENGLISH) -> Scene:
    return Scene(inventory(), state or all_up(), Speech(language))


def down() -> CityState:
    verdict = DeviceVerdict(State.DOWN, NOW, answered=False, cause="device:rt-00115")
    state = all_up()
    return replace(
        state,
        devices={**state.devices, ROUTER: verdict},
        sites={**state.sites, SITE: State.DOWN},
        outages=(outage("rt-00115"),),
    )


def test_a_calm_city_is_counted():
    seen = city(scene(), "size")
    up, *others = seen.tiles
    assert (up.chip.key, up.communes, up.devices) == ("up", 1, 3)
    assert [one.communes for one in others] == [0] * 5
    assert seen.open == []
    assert headline(scene()) == "No outage."
    [district] = seen.districts
    assert (district.served, district.total, district.in_words) == (1, 1, "Up 1")


def test_a_city_without_verdicts_is_unknown():
    seen = city(scene(CityState(NOW)), "size")
    assert {tile.chip.key: tile.devices for tile in seen.tiles}["unknown"] == 3
    assert seen.districts[0].served == 0


def test_an_outage_is_told_in_words():
    broken = scene(down())
    [row] = city(broken, "size").open
    assert row.title == "Router rt-00115 does not answer"
    assert (row.where, row.communes, row.sites, row.devices) == ("Phúc Lợi, Long Biên", 1, 1, 1)
    assert row.started.age == "1 minute"
    assert headline(broken) == "1 outage, 1 commune cut off: Router rt-00115 does not answer"
    assert scene(down(), Language.VIETNAMESE).outages()[0].title == "Bộ định tuyến rt-00115 không trả lời"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (outage("cb-12", CauseKind.CABLE), "Cable cb-12 is cut"),
        (outage("rt-00115--core-1", CauseKind.LINK), "Link rt-00115--core-1 is down"),
        (outage("00115", CauseKind.SITE), "Every device at Phúc Lợi is silent (power, most often)"),
        (outage("gone", CauseKind.SITE, site=None), "Every device at gone is silent (power, most often)"),
        (
            outage("00115", CauseKind.SITE, on_battery=True),
            "No power at Phúc Lợi: every device is silent, its UPS ran on the battery",
        ),
        (
            outage("rt-00115", on_battery=True),
            "Router rt-00115 does not answer; the UPS there runs on its battery",
        ),
        (outage("core-1+rt-00115", CauseKind.GROUP), "Silent together: core-1, rt-00115"),
        (outage("a+b+c+d+e+f", CauseKind.GROUP), "Silent together: a, b, c, d (+2)"),
        (outage("a-device-that-left"), "Device a-device-that-left does not answer"),
        (outage("x", causes=()), "Device  does not answer"),
    ],
)
def test_every_kind_of_cause_has_words(told: Outage, words: str):
    assert scene().title(told) == words


def test_a_whole_pair_is_said_to_be_one():
    known = inventory()
    pair = [device(f"ag-004-{n}", Role.AGGREGATION, SiteCode("d-004"), ["core-1"]) for n in (1, 2)]
    devices = {**known.devices, **{one.name: one for one in pair}}
    seen = Scene(replace(known, devices=devices), all_up(), Speech(Language.ENGLISH))
    both = outage("ag-004-1+ag-004-2", CauseKind.GROUP)
    assert seen.title(both) == "Silent together: ag-004-1, ag-004-2 (every aggregation router there)"
    assert seen.title(outage("ag-004-1+core-1", CauseKind.GROUP)) == "Silent together: ag-004-1, core-1"


def test_outages_are_ordered_by_size_or_age_and_ended_ones_are_last():
    small_old = outage("a", started=NOW - 900, affected_sites=frozenset())
    large_new = outage("b", started=NOW - 5)
    over = outage("c", ended=NOW - 60)
    seen = scene(replace(all_up(), outages=(over, small_old, large_new)))
    assert [row.id for row in seen.outages("size")] == ["device:b", "device:a", "device:c"]
    assert [row.id for row in seen.outages("age")] == ["device:a", "device:b", "device:c"]
    past = city(seen, "size").past
    assert [row.lasted for row in past] == ["5 seconds"]


@pytest.mark.parametrize(
    ("language", "nothing"), [(Language.ENGLISH, "0 seconds"), (Language.VIETNAMESE, "0 giây")]
)
def test_what_began_before_the_clock_was_set_back_has_lasted_nothing(language: Language, nothing: str):
    ahead, mended = outage("a", started=NOW + 3600), outage("b", started=NOW + 3600, ended=NOW + 1800)
    for row in scene(replace(all_up(), outages=(ahead, mended)), language).outages():
        assert row.started.age == nothing
        assert row.lasted == nothing


def test_a_long_list_is_cut_and_says_so():
    many = tuple(outage(f"d{number}") for number in range(80))
    seen = city(scene(replace(all_up(), outages=many)), "size")
    assert (len(seen.open), seen.more) == (50, 30)


def test_the_map_has_every_commune_and_district_and_their_states():
    borders = load()
    assert (len(borders.communes), len(borders.districts), len(borders.units)) == (579, 30, 126)
    assert all(len(list(corners(path))) >= 3 for path in borders.communes.values())
    drawn, units = draw(borders, scene(down())), draw(borders, scene(down()), "units")
    assert drawn is not None
    assert units is not None
    [area] = drawn.areas
    assert (area.sites, area.state, area.at) == ("00115", "down", None)
    unit = next(one for one in units.areas if one.sites)
    assert (unit.href, unit.state) == ("/unit/00118", "down")


def test_a_commune_without_borders_is_a_dot_and_one_without_a_place_is_only_in_lists():
    known = inventory()
    code = SiteCode("99999")
    site = replace(known.sites[SITE], code=code)
    for latitude, dots in ((21.03, 1), (None, 0), (10.7, 0)):
        there = replace(site, latitude=latitude)
        sites = {SITE: known.sites[SITE], code: there}
        seen = Scene(replace(known, sites=sites), all_up(), Speech(Language.ENGLISH))
        drawn = draw(load(), seen)
        assert drawn is not None
        assert len([one for one in drawn.areas if one.at]) == dots
        assert {one.code for one in in_district(seen, DISTRICT)} == {SITE, code}
        assert {one.code for one in in_unit(seen, "00118")} == {SITE, code}


def test_a_city_that_lies_elsewhere_has_its_own_dots_and_no_borders_of_ours():
    known = inventory()
    place = replace(known.sites[SITE], code=SiteCode("20227"), latitude=16.07, longitude=108.21)
    other = replace(place, code=SiteCode("20230"), latitude=16.01, longitude=108.25)
    nowhere = replace(place, code=SiteCode("20233"), latitude=None)
    sites = {one.code: one for one in (place, other, nowhere)}
    bare = replace(known, districts={}, sites=sites)
    drawn = draw(load(), Scene(bare, all_up(), Speech(Language.ENGLISH)), "units")
    assert drawn is not None
    assert (drawn.kind, drawn.divided, drawn.borders, drawn.centre) == ("communes", False, [], "")
    # ellipsoid left out: 0.06 degrees north to south are 4000 units, 0.04 degrees of longitude there cos(16) of that
    assert {one.sites: one.at for one in drawn.areas} == {"20227": (0, 0), "20230": (2563, 4000)}
    assert drawn.box == "-60 -60 2683 4120"
    [alone] = draw(
        load(), Scene(replace(bare, sites={place.code: place}), all_up(), Speech(Language.ENGLISH))
    ).areas  # type: ignore[union-attr]
    assert alone.at == (0, 0)
    assert (
        draw(load(), Scene(replace(bare, sites={nowhere.code: nowhere}), all_up(), Speech(Language.ENGLISH)))
        is None
    )


def test_names_that_left_the_configuration_are_shown_as_they_are():
    seen = scene()
    assert seen.site_name(SiteCode("gone")) == "gone"
    assert seen.district_name(DistrictCode("gone")) == "gone"
    assert seen.state_of(DeviceName("gone")) is State.UNKNOWN
    assert seen.state_of(CORE) is State.UP


def test_a_city_in_an_unknown_time_zone_still_has_a_clock():
    known = inventory()
    nowhere = replace(known, city=replace(known.city, timezone="Nowhere/Else"))
    assert Scene(nowhere, all_up(), Speech(Language.ENGLISH)).instant(NOW).iso.endswith("+00:00")


def test_an_outage_leads_to_the_page_of_its_place():
    said = scene()
    assert said.outage(outage("rt-00115")).page == f"/site/{SITE}"
    assert said.outage(outage("fibre-1", CauseKind.CABLE, site=None)).page == f"/district/{DISTRICT}"
    gone = outage("rt-00999", site=SiteCode("00999"), district=DistrictCode("999"))
    assert said.outage(gone).page == "", "what is no longer configured has no page"


def test_a_city_without_communes_counts_its_agencies():
    running = inventory()
    agencies = {
        code: replace(site, kind=SiteKind.AGENCY) if site.kind is SiteKind.COMMUNE else site
        for code, site in running.sites.items()
    }
    said = Scene(replace(running, sites=agencies), down(), Speech(Language.ENGLISH))
    assert headline(said) == "1 outage, 1 site cut off: Router rt-00115 does not answer"
    row = said.outages()[0]
    assert (row.communes, row.counted) == (1, "")
    assert row.where == "Phúc Lợi, Long Biên"
    assert {tile.chip.key: tile.communes for tile in city(said, "size").tiles}["down"] == 1
    assert said.offices(2) == "sites"
    assert scene(down()).outages()[0].counted == "1 commune"
