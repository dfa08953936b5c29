"""`oncall.yml`: what it says of the week, and whose secrets it needs."""

from datetime import datetime
from pathlib import Path

import pytest

from collector.config import load
from collector.config.oncall import OnCall, read_on_call, secrets_of, strangers, unresolved
from collector.config.problems import Severity
from collector.config.schema_oncall import read_spans
from collector.oncall import ALWAYS, Hours, Shift, Span, Wake, said, turns, unattended, wake_sites
from tests.config.workshop import ROOT, SECRETS, edit, small_city

WORKING = Hours("working", read_spans("mon-fri 07:30-17:30"))
NIGHT = Hours("night", read_spans("22:00-06:00"))
TAIL = """
warnings: {to: desk}
heartbeat: {url: env:HEARTBEAT, every: 1m}
"""


def on_call(folder: Path, text: str) -> tuple[OnCall | None, list[str]]:
    path = folder / "oncall.yml"
    path.write_text(text + TAIL)
    found, problems = read_on_call(path, folder, None, "Asia/Ho_Chi_Minh")
    return found, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("written", "spans"),
    [
        ("07:30-17:30", (Span(tuple(range(7)), 450, 1050),)),
        ("mon-fri", (Span((0, 1, 2, 3, 4), 0, 1440),)),
        ("sat,sun 08:00-24:00", (Span((5, 6), 480, 1440),)),
        ("fri-mon 12:00-13:00", (Span((0, 4, 5, 6), 720, 780),)),
        ("fri 22:00-06:00", (Span((4,), 1320, 1440), Span((5,), 0, 360))),
        ("sun 22:00-06:00", (Span((6,), 1320, 1440), Span((0,), 0, 360))),
        ("mon 22:00-00:00", (Span((0,), 1320, 1440),)),
    ],
)
def test_hours_are_read_as_they_are_said(written: str, spans: tuple[Span, ...]):
    assert read_spans(written) == spans


def test_the_first_shift_on_duty_is_paged_and_the_next_when_it_is_off():
    east, night = Shift("east", WORKING, ("004",)), Shift("night")
    first, second = turns([east, night], "004")
    assert (first.shift, first.after) == (east, ())
    assert (second.shift, second.after) == (night, (WORKING,))
    assert first.minutes & second.minutes == 0
    assert [turn.shift for turn in turns([east, night], "005")] == [night]
    assert [turn.shift for turn in turns([night, east], "004")] == [night]


def test_hours_without_anybody_are_found_and_said():
    assert unattended([Shift("night")], "") == 0
    assert said(unattended([Shift("day", WORKING)], "")) == "mon 00:00-07:30"
    weekend = Hours("weekend", read_spans("sat-sun"))
    days = Hours("days", (*read_spans("mon-fri"), *read_spans("sat")))
    assert unattended([Shift("a", weekend), Shift("b", days)], "") == 0
    assert said(unattended([Shift("b", days)], "")) == "sun 00:00-24:00"


@pytest.mark.parametrize(
    ("at", "sites"),
    [("2025-03-03T21:59", 1), ("2025-03-03T22:00", 5), ("2025-03-04T05:59", 5), ("2025-03-04T06:00", 1)],
)
def test_how_much_it_takes_to_wake_somebody_depends_on_the_hour(at: str, sites: int):
    wake = (Wake(NIGHT, 5), Wake(ALWAYS, 1))
    assert wake_sites(wake, datetime.fromisoformat(at)) == sites
    assert wake_sites(wake[:1], datetime.fromisoformat(at)) == sites
    assert wake_sites((), datetime.fromisoformat(at)) == 1


def test_odd_things_are_warnings(tmp_path: Path):
    found, problems = on_call(
        tmp_path,
        """
receivers:
  desk: {webhook: {url: env:DESK}}
  forgotten: {webhook: {url: env:DESK}}
shifts: [{to: desk}, {to: desk, districts: ["004"]}]""",
    )
    assert found is not None
    assert problems == [
        "oncall.yml:5:22: warning: this shift is never paged: earlier ones have all of its hours",
        "oncall.yml:4:3: warning: nothing is ever sent to receiver 'forgotten'",
    ]


def test_secrets_are_named_but_never_looked_up_by_who_does_not_send(tmp_path: Path):
    config = small_city(tmp_path)
    text = (
        "smtp: {server: 127.0.0.1:25, from: noc@city.example, username: noc, password: file:smtp}\n"
        "receivers:\n  desk: {email: {to: [noc@city.example]}, telegram: {chat: -1, token: env:TOKEN}}\n"
        "shifts: [{to: desk}]"
    )
    (config / "oncall.yml").write_text(text + TAIL)
    edit(config, "city.yml", "public_url: http://127.0.0.1:9579", "public_url: https://noc.city.example")
    loaded = load(config, SECRETS)
    assert loaded.warnings == ()
    assert loaded.on_call is not None
    assert {".".join(map(str, steps)): str(ref) for steps, ref in secrets_of(loaded.on_call)} == {
        "heartbeat.url": "env:HEARTBEAT",
        "smtp.password": "file:smtp",
        "receivers.desk.telegram.token": "env:TOKEN",
    }
    missing = unresolved(loaded.on_call, config, {"HEARTBEAT": "http://127.0.0.1/"})
    assert [(p.place.line, p.place.column, p.severity) for p in missing] == [
        (1, 79, Severity.ERROR),
        (3, 71, Severity.ERROR),
    ]
    assert all("TOKEN" in p.message or "smtp" in p.message for p in missing)
    waiting = unresolved(loaded.on_call, config, {}, need_secrets=False)
    assert {problem.severity for problem in waiting} == {Severity.WARNING}


WEBHOOK = "webhook: {url: 'http://127.0.0.1:9580/x', token: none}"
LEAVING = [
    "email: {to: [noc@city.example]}",
    "telegram: {chat: -1, token: env:TOKEN}",
    "slack: {url: env:SLACK}",
    "webhook: {url: env:HOOK}",
    "webhook: {url: 'https://hooks.city.example/x', token: env:TOKEN}",
    f"{WEBHOOK}, pagerduty: {{key: env:KEY}}",
]


def dead_ends_of(config: Path, channels: str, links: str = "") -> list[str]:
    text = (
        f"{links}\nsmtp: {{server: 127.0.0.1:25, from: noc@city.example}}\n"
        f"receivers:\n  desk: {{{channels}}}\nshifts: [{{to: desk}}]"
    )
    (config / "oncall.yml").write_text(text + TAIL)
    return [str(one) for one in load(config, SECRETS).warnings]


@pytest.mark.parametrize("channels", LEAVING)
@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9579", "http://localhost", "http://[::1]:9579", "https://0.0.0.0"]
)
def test_a_link_to_this_machine_in_a_message_that_leaves_it_is_told(
    url: str, channels: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    config = small_city(tmp_path)
    monkeypatch.chdir(tmp_path)
    edit(config, "city.yml", "public_url: http://127.0.0.1:9579", f"public_url: {url}")
    (told,) = dead_ends_of(Path("config"), channels)
    assert told.startswith(
        "config/city.yml:5:13: warning: links in messages begin with this machine's own address, and the "
    )
    assert (
        "of 'desk' is read on another — write the address at which those on duty reach the live page" in told
    )


def test_links_to_grafana_and_runbooks_are_looked_at_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    config = small_city(tmp_path)
    monkeypatch.chdir(tmp_path)
    edit(config, "city.yml", "public_url: http://127.0.0.1:9579", "public_url: https://noc.city.example")
    links = "links: {grafana: 'http://127.0.0.1:3000', runbooks: 'https://wiki.city.example'}"
    (told,) = dead_ends_of(Path("config"), LEAVING[0], links)
    assert told.startswith("config/oncall.yml:1:18: warning: links in messages")
    assert "reach Grafana" in told


def test_messages_that_stay_on_this_machine_may_link_to_it(tmp_path: Path):
    config = small_city(tmp_path)
    assert dead_ends_of(config, WEBHOOK, "links: {grafana: 'http://127.0.0.1:3000'}") == []


def test_the_example_pages_at_any_hour_and_always_somebody():
    example = load(ROOT / "config", {"CITYNOC_SNMP_COMMUNITY": "x"})
    found = example.on_call
    assert found is not None
    assert not [problem for problem in example.warnings if "oncall" in problem.place.file]
    assert not [problem for problem in example.warnings if "links in messages" in problem.message]
    assert list(secrets_of(found)) == []
    for district in ("", *example.inventory.districts):
        assert unattended(found.shifts, district) == 0
    assert [entry.sites for entry in found.wake] == [1]


def test_an_owner_who_owns_nothing_is_told(tmp_path: Path):
    path = tmp_path / "oncall.yml"
    path.write_text(
        (ROOT / "config" / "oncall.yml")
        .read_text()
        .replace("  digital-office: digital-office", "  digital-ofice: digital-office")
    )
    found, problems = read_on_call(path, tmp_path, None, "Asia/Ho_Chi_Minh")
    assert found is not None
    assert problems == []
    (stranger,) = strangers(found, ["digital-office", "tax-office"])
    assert str(stranger).endswith(
        ": warning: no target is owned by 'digital-ofice' — did you mean 'digital-office'?"
    )
    assert str(stranger).startswith("oncall.yml:")
    assert strangers(found, ["digital-ofice"]) == []
