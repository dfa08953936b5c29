"""The files of `config/telemetry`, wrong ones with place and hint, and what the shipped brokers have in common."""

from pathlib import Path

import pytest

from collector.config.telemetry import read_telemetry
from collector.telemetry import TopicPattern
from tests.unit.mqtt.endpoints import CONFIG, shipped

NATIVE = (CONFIG / "telemetry" / "native.yml").read_text()
BROKERS = CONFIG.parent / "deploy" / "mosquitto"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("format: telegraf-json", "format: telegraf", "is not a payload format"),
        ("{device}/telemetry", "+/telemetry", "is not a topic"),
        ("city/v1/{site}/{device}/telemetry", "city/v1/telemetry", "nothing tells the device"),
        ("city/v1/{site}/{device}/status", "city/v1/status", "needs a level {device}"),
        ("call: in_call", "call: in_cal", "no field 'in_cal' is read — did you mean 'in_call'?"),
        ("metric: citynoc_conference_in_call", "metric: citynoc_conference_in_cal", "did you mean"),
        (
            "metric: citynoc_conference_in_call",
            "metric: citynoc_outage_active",
            "no metric of a device is called",
        ),
        ("{protocol: h323}", "{protocol: sip}", "gives the same series as field 'registered_sip'"),
        ("labels: {protocol: sip}, ", "", "takes the labels {protocol}, not {}"),
        ("scale: 1000,", "scal: 1000,", "unknown key 'scal'"),
        ("call: in_call #", "#", "nothing says when a call is on"),
        ("format: telegraf-json", "format: sparkplug-b", "Sparkplug's telemetry topic is another"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, old: str, new: str, message: str):
    assert old in NATIVE
    (tmp_path / "telemetry").mkdir()
    (tmp_path / "telemetry" / "mine.yml").write_text(NATIVE.replace(old, new, 1))
    profiles, problems = read_telemetry(tmp_path)
    assert not profiles
    assert any(message in str(problem) for problem in problems), "\n".join(map(str, problems))
    assert all(problem.place.file == "telemetry/mine.yml" and problem.place.line > 1 for problem in problems)


def test_two_formats_on_one_topic_are_told(tmp_path: Path):
    (tmp_path / "telemetry").mkdir()
    text = (CONFIG / "telemetry" / "telegraf.yml").read_text()
    for name in ("one", "two"):
        (tmp_path / "telemetry" / f"{name}.yml").write_text(text)
    profiles, (problem,) = read_telemetry(tmp_path)
    assert list(profiles) == ["one"]
    assert "profile 'one' has this topic too" in str(problem)


def test_topic_patterns():
    pattern = TopicPattern("a/{site}/{device}/t")
    assert pattern.filter == "a/+/+/t"
    assert pattern.match("a/1/2/t") == {"site": "1", "device": "2"}
    assert pattern.match("a/1/2/u") is None
    assert pattern.match("a/1/t") is None
    for wrong in ("a/x{site}/t", "a/+/t", "a/#"):
        with pytest.raises(ValueError, match="topic"):
            TopicPattern(wrong)


def test_every_shipped_profile_says_what_it_is():
    assert set(shipped()) == {"native", "telegraf", "influx", "senml", "sparkplug"}
    assert all(profile.title and profile.fields for profile in shipped().values())


def test_both_brokers_have_the_same_sizes():
    production, loopback = (settings(name) for name in ("mosquitto.conf", "loopback.conf"))
    sizes = {key: value for key, value in production.items() if key.startswith("max_") or "expiration" in key}
    assert sizes == {key: value for key, value in loopback.items() if key in sizes}
    assert int(sizes["max_queued_messages"]) >= 100 * 579
    assert "listener" not in loopback  # with one, mosquitto would leave its local-only mode
    assert production["allow_anonymous"] == "false"


def settings(name: str) -> dict[str, str]:
    lines = (line for line in (BROKERS / name).read_text().splitlines() if line and not line.startswith("#"))
    return {key: value for key, _, value in (line.partition(" ") for line in lines)}
