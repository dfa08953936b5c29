"""Questions to a journal: outages, gaps in watching, availability by month, and the verb that prints them."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from citynoc.__main__ import main
from citynoc.verbs.outages import parse_time
from collector.outages.history import History, NoJournalError, grouped, mean_time_to_repair
from collector.outages.ledger import Entry, Ledger
from collector.outages.state import Outage, State
from tests.unit.outages.test_journal import OUTAGE

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = 86400.0


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=HANOI).timestamp()


START = at("2026-07-01")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "journal.sqlite")
    yield ledger
    ledger.close()


def site(ledger: Ledger, *rows: tuple[float, State], code: str = "00115") -> None:
    ledger.write(Entry(sites=[(when, code, int(state)) for when, state in rows]))


def outage(ledger: Ledger, *outages: Outage) -> None:
    for one in outages:
        ledger.write(Entry(outages={(one.id, one.started): one}))


def watch(ledger: Ledger, *spans: tuple[float, float]) -> None:
    for begin, end in spans:
        ledger.begin_watch(begin)
        ledger.still_watching(begin, end)


def test_outages_since(ledger: Ledger):
    old = replace(OUTAGE, started=100.0, ended=200.0)
    lasting = replace(OUTAGE, id="device:a", started=150.0)
    new = replace(OUTAGE, id="device:b", started=300.0, ended=400.0)
    outage(ledger, old, lasting, new)
    with History(ledger.path) as history:
        found = history.outages(250.0)
    assert [past.outage for past in found] == [lasting, new]
    assert [past.seconds(1000.0) for past in found] == [850.0, 100.0]
    assert mean_time_to_repair(found) == 100.0
    assert mean_time_to_repair([]) is None


def test_gaps(ledger: Ledger):
    watch(ledger, (100.0, 200.0), (205.0, 300.0), (400.0, 500.0))
    with History(ledger.path) as history:
        assert history.gaps(100.0, 505.0) == [(300.0, 400.0)]
        assert history.gaps(150.0, 600.0) == [(300.0, 400.0), (500.0, 600.0)]
        assert history.gaps(0.0, 150.0) == [(0.0, 100.0)]


def test_availability_tells_maintenance_and_gaps_apart(ledger: Ledger):
    watch(ledger, (START, START + 8 * DAY), (START + 9 * DAY, START + 10 * DAY))
    site(
        ledger,
        (START, State.UP),
        (START + 1 * DAY, State.DOWN),
        (START + 2 * DAY, State.UP),
        (START + 3 * DAY, State.MAINTENANCE),
        (START + 4 * DAY, State.AGENT_DOWN),
        (START + 5 * DAY, State.UNREACHABLE),
        (START + 6 * DAY, State.UP),
    )
    with History(ledger.path) as history:
        [((code, month), seconds)] = history.sites(START, START + 10 * DAY, HANOI).items()
    assert (code, month) == ("00115", "2026-07")
    assert (seconds.up, seconds.down) == (6 * DAY, 2 * DAY)
    assert (seconds.maintenance, seconds.unknown) == (DAY, DAY)
    assert seconds.ratio == 0.75


def test_a_month_ends_at_the_city_s_midnight(ledger: Ledger):
    edge = at("2026-08-01")
    watch(ledger, (edge - DAY, edge + 2 * DAY))
    site(ledger, (edge - DAY, State.UP), (edge + DAY, State.DOWN))
    with History(ledger.path) as history:
        found = history.sites(edge - DAY, edge + 2 * DAY, HANOI)
    assert {month: (s.up, s.down) for (_, month), s in found.items()} == {
        "2026-07": (DAY, 0.0),
        "2026-08": (DAY, DAY),
    }


def test_the_state_before_the_span_counts(ledger: Ledger):
    watch(ledger, (START, START + 3 * DAY))
    site(ledger, (START, State.DOWN))
    with History(ledger.path) as history:
        [seconds] = history.sites(START + DAY, START + 2 * DAY, HANOI).values()
    assert (seconds.up, seconds.down) == (0.0, DAY)


def test_groups_add_up(ledger: Ledger):
    watch(ledger, (START, START + DAY))
    site(ledger, (START, State.UP), code="a")
    site(ledger, (START, State.DOWN), code="b")
    with History(ledger.path) as history:
        sites = history.sites(START, START + DAY, HANOI)
    [seconds] = grouped(sites, {"a": ["004"], "b": ["004"]}).values()
    assert seconds.ratio == 0.5


def test_no_journal(tmp_path: Path):
    with pytest.raises(NoJournalError, match="no journal at"), History(tmp_path / "x"):
        pass
    (tmp_path / "y").write_bytes(b"nothing" * 100)
    with pytest.raises(NoJournalError, match="cannot be read"), History(tmp_path / "y"):
        pass


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("90m", 1e6 - 5400),
        ("7d", 1e6 - 7 * DAY),
        ("1970-01-02", DAY),
        ("week", None),
        ("-3d", None),
        ("7", None),
    ],
)
def test_since(text: str, expected: float | None):
    assert parse_time(text, 1e6, UTC) == expected


def cli(ledger: Ledger, *args: str) -> int:
    config = str(ledger.path.parent / "no-config")
    return main(["outages", "--config", config, "--data", str(ledger.path.parent), *args])


def test_the_verb_prints_json_csv_and_a_table(ledger: Ledger, capsys: pytest.CaptureFixture[str]):
    outage(ledger, replace(OUTAGE, started=START, ended=START + 60))
    assert cli(ledger, "--since", "2026-06-30", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["outages"][0]["outage"] == "device:rt-00115"
    assert report["mean_time_to_repair_seconds"] == 60.0
    assert cli(ledger, "--since", "2026-06-30", "--csv") == 0
    [row] = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (row["carrier"], row["seconds"], row["sites"]) == ("carrier-a", "60.0", "1")
    assert cli(ledger, "--since", "2026-06-30") == 0
    printed = capsys.readouterr()
    assert "device:rt-00115" in printed.out
    assert "1 outage, 0 still on, mean time to repair 0:01:00" in printed.out
    assert "times are UTC" in printed.err


def test_the_verb_prints_availability(ledger: Ledger, capsys: pytest.CaptureFixture[str]):
    watch(ledger, (START, START + DAY))
    site(ledger, (START, State.UP))
    assert cli(ledger, "--since", "2026-07-01", "--availability", "site", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert rows[0]["site"] == "00115"
    assert rows[0]["availability"] == 1.0


def test_the_verb_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    config = ["--config", str(tmp_path)]
    assert main(["outages", *config, "--data", str(tmp_path)]) == 1
    assert "there is no journal" in capsys.readouterr().err
    assert main(["outages", *config, "--since", "soon"]) == 2
    assert "cannot read --since" in capsys.readouterr().err
