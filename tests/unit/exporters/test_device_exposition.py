import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from collector.metrics import CATALOG
from collector.model import DeviceName
from collector.outcome import Answer, Measured, SeriesSet
from collector.plan import PollKey, Question
from exporters.exposition import BLOCKS_PER_SLICE, DeviceExposition
from tests.unit.exporters.city import ENDPOINT, key, measured, octets

LOSS = "citynoc_conference_packet_loss_ratio"


def text(exposition: DeviceExposition, now: float = 0.0) -> str:
    return b"".join(exposition.render(now)).decode()


def parsed(content: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every series and its value; a series written twice fails."""
    found: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    for family in text_string_to_metric_families(content):
        for sample in family.samples:
            name = (
                family.name if family.name in CATALOG else sample.name
            )  # the parser adds _total to any counter
            series = (name, frozenset(sample.labels.items()))
            assert series not in found
            found[series] = sample.value
    return found


def values(content: str, name: str) -> list[float]:
    return [value for (series, _), value in parsed(content).items() if series == name]


def loss(**by_direction: float) -> Answer:
    rows = [(direction, "all") for direction in by_direction]
    return Answer((measured(LOSS, *rows, values=list(by_direction.values()), device=ENDPOINT),))


def test_lines_of_a_family_stand_together_under_one_header():
    exposition = DeviceExposition()
    for device in ("rt-1", "rt-2"):
        answer = Answer((*octets(1, 2, device=device).measured, measured("sysUpTime", (), values=[7])))
        exposition.put(key(Question.POLL, DeviceName(device)), answer, 10)
    lines = text(exposition).splitlines()
    assert [line.split()[2] for line in lines if line.startswith("# TYPE")] == ["ifHCInOctets", "sysUpTime"]
    assert [line.split("{")[0] for line in lines if not line.startswith("#")] == ["ifHCInOctets"] * 4 + [
        "sysUpTime"
    ] * 2


def test_an_answer_replaces_the_one_before_with_all_its_families():
    exposition = DeviceExposition()
    exposition.put(
        key(Question.POLL), Answer((measured("ifNumber", (), values=[8]), *octets(1).measured)), 10
    )
    exposition.put(key(Question.POLL), octets(5, 6), 10)
    assert values(text(exposition), "ifHCInOctets") == [5, 6]
    assert "ifNumber" not in text(exposition)
    assert exposition.series == 2


def test_the_word_of_one_source_ends_what_the_others_said():
    exposition = DeviceExposition()
    exposition.put(key(Question.POLL, ENDPOINT), loss(rx=0.1, tx=0.2), 10)
    exposition.put(key(Question.TELEMETRY, ENDPOINT), octets(1, device=ENDPOINT), 10)
    over = frozenset({LOSS})
    exposition.withdraw(ENDPOINT, over, but=key(Question.POLL, ENDPOINT))
    assert values(text(exposition), LOSS) == [0.1, 0.2]
    exposition.withdraw(ENDPOINT, over, but=key(Question.TELEMETRY, ENDPOINT))
    assert LOSS not in text(exposition)
    assert exposition.series == 1
    exposition.drop(key(Question.POLL, ENDPOINT))
    assert len(exposition) == 1


def test_a_failed_poll_leaves_nothing():
    exposition = DeviceExposition()
    exposition.put(key(Question.POLL), octets(1), 10)
    exposition.drop(key(Question.POLL))
    exposition.drop(key(Question.POLL))
    assert text(exposition) == ""
    assert (len(exposition), exposition.series) == (0, 0)


def test_a_sample_is_gone_when_its_time_is_over():
    exposition = DeviceExposition()
    exposition.put(key(Question.POLL), octets(1), 45)
    exposition.put(key(Question.POLL, DeviceName("rt-2")), octets(2, device="rt-2"), 60)
    assert values(text(exposition, 44.9), "ifHCInOctets") == [1, 2]
    assert values(text(exposition, 45), "ifHCInOctets") == [2]
    assert text(exposition, 60) == ""


def test_what_two_questions_give_belongs_to_the_last_that_spoke():
    exposition = DeviceExposition()
    poll, telemetry = key(Question.POLL, ENDPOINT), key(Question.TELEMETRY, ENDPOINT)
    exposition.put(poll, loss(rx=0.1, tx=0.2), 45)
    exposition.put(telemetry, loss(rx=0.3), 15)
    assert sorted(values(text(exposition), LOSS)) == [0.2, 0.3]
    exposition.put(poll, loss(rx=0.4, tx=0.5), 75)
    assert values(text(exposition), LOSS) == [0.4, 0.5]


def test_an_older_reading_does_not_come_back_when_the_fresher_one_goes():
    exposition = DeviceExposition()
    poll, telemetry = key(Question.POLL, ENDPOINT), key(Question.TELEMETRY, ENDPOINT)
    exposition.put(poll, loss(rx=0.1), 45)
    exposition.put(telemetry, loss(rx=0.3), 15)
    exposition.drop(telemetry)
    assert text(exposition) == ""


def test_precedence_is_of_one_device_only():
    exposition = DeviceExposition()
    exposition.put(key(Question.POLL), octets(1), 45)
    exposition.put(key(Question.TELEMETRY, DeviceName("rt-2")), octets(2, device="rt-2"), 45)
    assert values(text(exposition), "ifHCInOctets") == [1, 2]


def test_rows_that_a_profile_cannot_tell_apart_are_written_once():
    exposition = DeviceExposition()
    twice = measured("citynoc_device_temperature_celsius", ("board",), ("board",), values=[40, 41])
    again = measured("citynoc_device_temperature_celsius", ("board",), ("cpu",), values=[42, 60])
    exposition.put(key(Question.POLL), Answer((twice, again)), 10)
    assert values(text(exposition), "citynoc_device_temperature_celsius") == [40, 60]
    assert exposition.series == 2


def test_a_carriage_return_in_a_label_does_not_break_a_line():
    exposition = DeviceExposition()
    for question in (Question.POLL, Question.TELEMETRY):
        name = measured("ifHCInOctets", ("a\rb\u2028c", "", "1", ""), values=[1])
        exposition.put(key(question), Answer((name,)), 10)
    lines = [line for line in text(exposition).split("\n") if line.startswith("ifHC")]
    assert len(lines) == 1
    assert lines[0].endswith('ifAlias="a\rb\u2028c",ifIndex="1"} 1')


def test_half_a_surrogate_pair_costs_a_character_and_no_sample():
    exposition = DeviceExposition()
    exposition.put(
        key(Question.POLL), Answer((measured("ifHCInOctets", ("\ud800", "", "1", ""), values=[1]),)), 10
    )
    assert values(text(exposition), "ifHCInOctets") == [1]


def test_a_scrape_in_slices_survives_what_happens_between_them():
    exposition = DeviceExposition()
    devices = [DeviceName(f"rt-{n}") for n in range(BLOCKS_PER_SLICE * 2)]
    for device in devices:
        answer = Answer((*octets(1, device=device).measured, measured("sysUpTime", (), values=[7])))
        exposition.put(key(Question.POLL, device), answer, 10)
    slices = exposition.render(0)
    first = next(slices)
    for device in devices:
        exposition.drop(key(Question.POLL, device))
    exposition.put(key(Question.POLL), octets(9), 10)
    rest = b"".join(slices)
    assert (first + rest).count(b"\nifHCInOctets{") == len(devices)
    assert b"sysUpTime{" not in rest
    assert values(text(exposition), "ifHCInOctets") == [9]


KEYS = [
    PollKey(DeviceName(device), question)
    for device in ("a", "b")
    for question in (Question.POLL, Question.TELEMETRY)
]
SERIES = [
    (name, row) for name in ("citynoc_device_cpu_ratio", "citynoc_device_memory_used_ratio") for row in "xyz"
]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(KEYS),
        st.one_of(st.none(), st.lists(st.tuples(st.sampled_from(SERIES), st.integers(0, 99)), max_size=6)),
        st.integers(1, 9),
    ),
    max_size=25,
)


@given(STEPS)
def test_any_order_of_news_gives_the_last_reading_of_each_series_once(
    steps: list[tuple[PollKey, list[tuple[tuple[str, str], int]] | None, int]],
):
    exposition = DeviceExposition()
    owned: dict[tuple[str, str, str], tuple[PollKey, int, int]] = {}
    for now, (asked, rows, life) in enumerate(steps):
        owned = {series: held for series, held in owned.items() if held[0] != asked}
        if rows is None:
            exposition.drop(asked)
        else:
            blocks = []
            fresh: dict[tuple[str, str, str], tuple[PollKey, int, int]] = {}
            for (name, row), value in rows:
                labels = (asked.device, "s", "d", "router", row)
                blocks.append(Measured(SeriesSet(CATALOG[name], [labels]), (value,)))
                fresh.setdefault((name, asked.device, row), (asked, value, now + life))
            exposition.put(asked, Answer(tuple(blocks)), now + life)
            owned |= fresh
        assert exposition.series == len(owned)
        owned = {series: held for series, held in owned.items() if held[2] > now + 1}
        seen = {
            (name, dict(labels)["device"], next(v for k, v in labels if k in ("cpu", "memory"))): value
            for (name, labels), value in parsed(text(exposition, now + 1)).items()
        }
        assert seen == {series: value for series, (_, value, _) in owned.items()}
        assert exposition.series == len(owned)


NASTY = st.text(alphabet=st.one_of(st.sampled_from('\\"\n\r{},= %é\x00\xff'), st.characters(codec="utf-8")))
NUMBERS = st.one_of(st.integers(-(2**63), 2**64), st.floats(allow_nan=False, allow_infinity=False, width=64))


@given(st.dictionaries(st.tuples(NASTY, NASTY, NASTY, NASTY), NUMBERS, min_size=1, max_size=5))
def test_whatever_a_device_says_is_read_back_as_it_was(rows: dict[tuple[str, str, str, str], float]):
    exposition = DeviceExposition()
    answer = Answer((measured("ifHCInOctets", *rows, values=list(rows.values())),))
    exposition.put(key(Question.POLL), answer, 10)
    wanted = {
        (sample.family.name, frozenset((k, v) for k, v in sample.labels.items() if v)): sample.value
        for sample in answer.samples()
    }
    assert parsed(text(exposition)) == wanted


def test_labels_that_do_not_fit_the_family_are_refused():
    with pytest.raises(ValueError, match="are wanted"):
        SeriesSet(CATALOG["sysUpTime"], [("rt-1",)])
