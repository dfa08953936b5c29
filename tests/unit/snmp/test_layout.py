import pytest

from collector.metrics import CATALOG
from collector.model import ProfileName
from collector.profile import (
    IndexPart,
    Merge,
    Profile,
    Reading,
    Table,
    best_match,
    missing_labels,
)
from collector.snmp import ber
from collector.snmp.ber import Version
from collector.sources.snmp_discovery import fact_of, part_of
from collector.sources.snmp_layout import LONGEST_LABEL, Layout, Layouts, Row, blocks, convert, number, text

UPTIME = (1, 3, 6, 1, 2, 1, 1, 3, 0)
IDENTITY = ("rt-1", "00001", "001", "router")
CPU = Reading("citynoc_device_cpu_ratio", (1, 3, 9, 2), scale=0.01)
STATUS = Reading("ifOperStatus", (1, 3, 9, 8))
PORTS = (("ifIndex", None), ("ifDescr", (1, 3, 9, 3)), ("ifName", None), ("ifAlias", None))
PROFILE = Profile(
    ProfileName("p"),
    scalars=(Reading("sysUpTime", UPTIME),),
    tables=(
        Table("cpus", (1, 3, 9, 1), (("cpu", None),), (CPU,)),
        Table("ports", (1, 3, 9, 7), PORTS, (STATUS,)),
    ),
    watch=((1, 3, 5, 0),),
)
ROWS = ((Row((1,)), Row((2,))), (Row((7,), (("ifDescr", "lo"),)),))


def layout(absent: frozenset[bytes] = frozenset()) -> Layout:
    return Layout(PROFILE, Version.V2C, b"c", [[row.key for row in rows] for rows in ROWS], absent)


def test_a_question_begins_with_uptime_and_signs_of_change_and_asks_nothing_twice():
    assert layout().names == [UPTIME, (1, 3, 5, 0), (1, 3, 9, 2, 1), (1, 3, 9, 2, 2), (1, 3, 9, 8, 7)]
    assert layout().watched == (1,)


def test_values_become_series_with_identity_and_row_labels():
    found = {block.output.family.name: block for block in blocks(layout(), IDENTITY, ROWS)}
    values = [4711, 1, 50, 9, 2]
    cpu = found["citynoc_device_cpu_ratio"].measure(values)
    assert cpu is not None
    assert cpu.values == (0.5, 0.09)
    assert cpu.series.labels == ((*IDENTITY, "1"), (*IDENTITY, "2"))
    status = found["ifOperStatus"].measure(values)
    assert status is not None
    assert status.series.labels == ((*IDENTITY, "7", "lo", "7", "7"),)  # ifAlias, ifDescr, ifIndex, ifName


def test_what_is_absent_is_neither_asked_nor_kept():
    gone = layout(frozenset({ber.object_identifier((1, 3, 9, 2, 2)), ber.object_identifier((1, 3, 5, 0))}))
    assert gone.names == [UPTIME, (1, 3, 9, 2, 1), (1, 3, 9, 8, 7)]
    assert gone.watched == ()
    assert gone.missing == 2


def test_a_value_that_was_not_read_leaves_its_series_out():
    found = {block.output.family.name: block for block in blocks(layout(), IDENTITY, ROWS)}
    cpu = found["citynoc_device_cpu_ratio"].measure([4711, 1, None, 9, 2])
    assert cpu is not None
    assert cpu.series.labels == ((*IDENTITY, "2"),)
    assert found["ifOperStatus"].measure([4711, 1, None, 9, None]) is None


def test_series_and_rows_are_kept_over_a_discovery_that_found_the_same():
    first = blocks(layout(), IDENTITY, ROWS)
    second = blocks(layout(), IDENTITY, ROWS, first)
    assert all(a.series is b.series for a, b in zip(first, second, strict=True))
    renamed = (ROWS[0], (Row((7,), (("ifDescr", "eth0"),)),))
    third = blocks(layout(), IDENTITY, renamed, first)
    assert [a.series is b.series for a, b in zip(first, third, strict=True)] == [True, True, False]


def test_devices_that_are_alike_share_a_layout():
    layouts, indices = Layouts(), (((1,), (2,)), ((7,),))
    one = layouts.get(PROFILE, Version.V2C, b"c", indices, frozenset())
    assert layouts.get(PROFILE, Version.V2C, b"c", indices, frozenset()) is one
    assert layouts.get(PROFILE, Version.V2C, b"d", indices, frozenset()) is not one


@pytest.mark.parametrize(
    ("reading", "raw", "partner", "value"),
    [
        (CPU, 9, None, 0.09),
        (Reading("m", (1, 3), scale=60), 2, None, 120),
        (Reading("m", (1, 3), scale=1e-8), 100_000_000, None, 1.0),
        (Reading("m", (1, 3), values=((2, 1.0), (3, 0.0))), 3, None, 0.0),
        (Reading("m", (1, 3), values=((2, 1.0), (3, 0.0))), 1, None, None),
        (Reading("m", (1, 3), omit=(0, 65535)), 65535, None, None),
        (Reading("m", (1, 3), total=(1, 4)), 1, 4, 0.25),
        (Reading("m", (1, 3), total=(1, 4)), 1, 0, None),
        (Reading("m", (1, 3), total=(1, 4)), 1, None, None),
        (Reading("m", (1, 3), rest=(1, 4)), 1, 3, 0.25),
        (Reading("m", (1, 3), total=(1, 4), complement=True), 1, 4, 0.75),
        (Reading("m", (1, 3), at_most=1), 3, None, 1),
        (Reading("m", (1, 3), pattern=r"^(?:\d+ ?x ?)?(\d+)[pi]?$"), b"1280x720", None, 720.0),
        (Reading("m", (1, 3), pattern=r"^(?:\d+ ?x ?)?(\d+)[pi]?$"), b"1080p", None, 1080.0),
        (Reading("m", (1, 3), pattern=r"^(?:\d+ ?x ?)?(\d+)[pi]?$"), b"CIF", None, None),
        (Reading("m", (1, 3), pattern=r"\d+", scale=0.001), b"29970 fps/1000", None, 29.97),
        (Reading("m", (1, 3), pattern=r"(a)|\d+"), b"12", None, None),
        (Reading("m", (1, 3)), b"12.5", None, 12.5),
        (Reading("m", (1, 3)), b"nan", None, None),
        (Reading("m", (1, 3)), b"1e999", None, None),
        (Reading("m", (1, 3)), b"9" * 100, None, None),
        (Reading("m", (1, 3)), b"\x9f\x78\x04\x3f\x80\x00\x00", None, 1.0),
        (Reading("m", (1, 3)), (1, 3, 6), None, None),
        (Reading("m", (1, 3)), None, None, None),
    ],
)
def test_a_raw_value_becomes_a_family_s_value_by_the_reading_s_verbs(
    reading: Reading, raw: ber.Value, partner: ber.Value, value: float | None
):
    assert convert(reading, raw, partner) == value


@pytest.mark.parametrize(("merge", "value"), [("first", 3), ("max", 7), ("min", 1), ("sum", 11)])
def test_rows_that_give_the_same_series_are_merged(merge: str, value: float):
    reading = Reading("citynoc_conference_in_call", (1, 3, 9, 2), merge=Merge(merge))
    profile = Profile(ProfileName("p"), tables=(Table("calls", (1, 3, 9, 1), (), (reading,)),))
    rows = ((Row((1,)), Row((2,)), Row((3,))),)
    made = Layout(profile, Version.V2C, b"c", [[row.key for row in rows[0]]])
    (block,) = blocks(made, IDENTITY, rows)
    assert not block.plain
    measured = block.measure([0, 3, 7, 1])
    assert measured is not None
    assert measured.values == (value,)


def test_texts_from_agents_are_bounded_and_always_text():
    assert text(b"\xff" * 10) == "�" * 10
    assert len(text(b"x" * 10_000)) == LONGEST_LABEL
    assert text((1, 3, 6)) == "1.3.6"
    assert text(None) == ""
    assert fact_of(b"Cisco IOS\r\nVersion 12.2,", r"Version ([^,]+)") == "12.2"
    assert fact_of(b"nothing", r"Version ([^,]+)") == ""
    assert number(True) == 1


def test_a_part_of_the_index_is_a_label():
    part = IndexPart("media", 2, ((1, "video"),))
    assert part_of((5, 1, 9), part) == "video"
    assert part_of((5, 4, 9), part) == "4"
    assert part_of((5,), part) == ""


def test_labels_that_neither_reading_nor_table_gives_are_named():
    family = CATALOG["citynoc_conference_registered"]
    assert missing_labels(family, Reading(family.name, (1, 3)), None) == ("protocol",)
    assert missing_labels(family, Reading(family.name, (1, 3), labels=(("protocol", "sip"),)), None) == ()


def test_the_longest_prefix_of_the_sysobjectid_wins():
    profiles = {
        ProfileName(name): Profile(ProfileName(name), match=match)
        for name, match in {"wide": ("1.3.6.1.4.1.9",), "narrow": ("1.3.6.1.4.1.9.1",), "none": ()}.items()
    }
    found = best_match(profiles, ".1.3.6.1.4.1.9.1.516")
    assert found is not None
    assert found[0].name == "narrow"
    assert best_match(profiles, "1.3.6.1.4.1.99") is None
