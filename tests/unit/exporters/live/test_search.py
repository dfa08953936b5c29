import pytest

from exporters.live.search import Index, folded
from tests.unit.exporters.city import inventory

INDEX = Index(inventory(site_name="Phường Thượng Thanh"))


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("thuong thanh", "/site/00115"),
        ("Thượng Thanh", "/site/00115"),
        ("THƯỢNG  thanh ", "/site/00115"),
        ("Thu\u031bo\u031b\u0323ng Thanh", "/site/00115"),  # combining marks, as macOS types them
        ("phuong thuong", "/site/00115"),
        ("00115", "/site/00115"),
        ("115", "/site/00115"),
        ("rt-00115", "/device/rt-00115"),
        ("127.14.0.3", "/device/vc-00115"),
        ("long bien", "/district/004"),
        ("trung tam du lieu", "/site/dc-1"),
        ("endpoint", "/device/vc-00115"),
        ("pilot", "/site/00115"),
    ],
)
def test_what_a_person_types_finds_it_first(typed: str, found: str):
    assert INDEX.find(typed)[0].href == found


@pytest.mark.parametrize("typed", ["", "   ", "đ" * 5000, "nothing like this", "\x00", "%' OR 1=1 --"])
def test_what_is_not_there_is_not_found(typed: str):
    assert INDEX.find(typed) == []
    assert INDEX.exactly(typed) is None


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("rt-00115", "/device/rt-00115"),
        ("00115", "/site/00115"),
        ("Thuong Thanh", "/site/00115"),
        ("115", None),
    ],
)
def test_only_a_whole_name_leads_straight_there(typed: str, found: str | None):
    exact = INDEX.exactly(typed)
    assert (exact and exact.href) == found


@pytest.mark.parametrize("typed", ["rt-0015", "00151", "thuong tanh", "Thượng Than"])
def test_a_mistyped_name_has_near_ones(typed: str):
    assert "00115" in INDEX.near(typed)[0].href


def test_folding_keeps_letters_and_drops_accents():
    assert folded("Đường Láng Hạ, ĐỐNG ĐA") == "duong lang ha, dong da"
