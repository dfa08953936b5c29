"""Windows of planned work: what they cover, how they are written, and the verb that writes them."""

import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from citynoc.verbs import maintenance as verb
from collector.config import load
from collector.config.maintenance import addition, read_maintenance
from collector.config.problems import ConfigurationError
from collector.model import DeviceName, DistrictCode, SiteCode
from collector.outages.maintenance import Calendar, Window
from tests.unit.outages.city import hanoi

CITY = hanoi(2, 6)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
GOOD = """\
# the plan
windows:
  fibre-1:
    start: 2026-08-01 22:00
    end: 2026-08-02T04:00+07:00
    districts: ["001"]
    reason: "new fibre"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "maintenance.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_a_window_covers():
    window = Window("w", 10.0, 20.0, frozenset({DeviceName("core-1")}), frozenset({SiteCode("00001")}))
    calendar = Calendar([window], CITY)
    assert calendar.covered(9.9) == frozenset()
    assert calendar.covered(10.0) == {"core-1", "rt-00001", "vc-00001"}
    assert calendar.covered(15.0) is calendar.covered(16.0)
    assert calendar.covered(20.0) == frozenset()


def test_a_district_and_a_meeting_in_it():
    window = Window("w", 0.0, 9.0, districts=frozenset({DistrictCode("001")}))
    calendar = Calendar([window], CITY)
    assert calendar.covered(1.0) >= {"ag-001-1", "rt-00000", "rt-00002"}
    meeting = frozenset({SiteCode("00002")})
    assert "rt-00002" not in calendar.covered(1.0, meeting)
    assert "rt-00000" in calendar.covered(1.0, meeting)
    forced = Calendar([Window("w", 0.0, 9.0, districts=frozenset({DistrictCode("001")}), force=True)], CITY)
    assert "rt-00002" in forced.covered(1.0, meeting)


def test_a_file_is_read(tmp_path: Path):
    windows, problems = read_maintenance(written(tmp_path, GOOD), tmp_path, CITY)
    assert problems == []
    [window] = windows
    assert window.end - window.start == 6 * 3600
    assert window.reason == "new fibre"
    assert read_maintenance(tmp_path / "none.yml", tmp_path, CITY) == ((), [])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2026-08-02T04:00+07:00", "2026-08-01 21:00", "5:10: the window 'fibre-1' ends before it starts"),
        ('["001"]', '["01"]', "6:17: there is no district '01'"),
        ('districts: ["001"]', "force: true", "names nothing"),
        (
            "2026-08-01 22:00",
            "2026-08-32 22:00",
            "4:12: 'start' in window 'fibre-1': '2026-08-32 22:00' is not in the calendar",
        ),
        ("2026-08-01 22:00", "tomorrow", "'tomorrow' is not a moment"),
        ("reason", "raeson", "raeson"),
    ],
)
def test_mistakes_have_places(tmp_path: Path, old: str, new: str, said: str):
    windows, problems = read_maintenance(written(tmp_path, GOOD.replace(old, new)), tmp_path, CITY)
    assert windows == ()
    assert any(said in str(problem) for problem in problems), list(map(str, problems))


def test_what_is_added_is_read_back(tmp_path: Path):
    window = Window(
        "w-2",
        1.8e9,
        1.8e9 + 60,
        frozenset({DeviceName("core-1")}),
        reason='say "cáp quang" \\ now',
        force=True,
    )
    path = written(tmp_path, GOOD + addition(window, ZONE))
    windows, problems = read_maintenance(path, tmp_path, CITY)
    assert problems == []
    assert windows[1] == window


@pytest.fixture
def config(tmp_path: Path) -> Path:
    directory = tmp_path / "config"
    shutil.copytree(Path("config"), directory)
    return directory


def test_a_wrong_window_keeps_the_configuration_from_loading(config: Path):
    written(config, GOOD.replace("001", "1001"))
    with pytest.raises(ConfigurationError, match=r"maintenance\.yml:6:17: there is no district '1001'"):
        load(config, {}, need_secrets=False)
    written(config, GOOD)
    assert [window.name for window in load(config, {}, need_secrets=False).maintenance] == ["fibre-1"]


def cli(config: Path, *args: str) -> int:
    import argparse  # noqa: PLC0415 - the verb's own parser, without the table of verbs

    parser = argparse.ArgumentParser()
    parser.add_argument("--config", type=Path)
    verb.add(parser)
    return verb.run(parser.parse_args(["--config", str(config), *args]))


@pytest.mark.timeout(120)  # every call loads the whole example
def test_the_verb(config: Path, capsys: pytest.CaptureFixture[str]):
    assert cli(config) == 0
    assert "no work is planned" in capsys.readouterr().out
    assert cli(config, "add", "fibre-1", "--district", "004", "--for", "6h", "--reason", "new fibre") == 0
    assert cli(config, "add", "fibre-2", "--site", "00115", "--from", "2090-01-01 22:00", "--for", "1h") == 0
    assert cli(config) == 0
    printed = capsys.readouterr().out
    assert "on " in printed
    assert "planned" in printed
    assert cli(config, "end", "fibre-1") == 0
    assert cli(config, "end", "fibre-2") == 0
    text = (config / "maintenance.yml").read_text(encoding="utf-8")
    assert "fibre-1" in text
    assert "fibre-2" not in text
    assert cli(config, "end", "fibre-1") == 1
    capsys.readouterr()
    assert cli(config, "add", "x", "--district", "04", "--for", "6h") == 1
    assert "maintenance.yml:1" in (complaint := capsys.readouterr().err)
    assert "there is no district '04'" in complaint
    assert cli(config, "add", "y", "--district", "004", "--for", "long") == 2
    assert "fibre-1" in (config / "maintenance.yml").read_text(encoding="utf-8")
    assert not list(config.glob(".maint*"))


def test_the_last_window_may_end_before_it_begins(config: Path, capsys: pytest.CaptureFixture[str]):
    assert cli(config, "add", "only", "--site", "00115", "--from", "2090-01-01 22:00", "--for", "1h") == 0
    assert cli(config, "end", "only") == 0, capsys.readouterr().err
    capsys.readouterr()
    past = ("--from", "2020-01-01 22:00", "--for", "1h")
    assert cli(config, "add", "next", "--device", "rt-00115", *past) == 0
    assert capsys.readouterr().out == "added next (it is over already: is the day right?)\n"
    assert cli(config) == 0
    assert capsys.readouterr().out.endswith("  next: 1 device\n")
    assert "next" in (config / "maintenance.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "layout",
    [
        'windows: {by-hand: {start: 2026-01-01 00:00, end: 2090-01-01 00:00, sites: ["00115"], reason: x}}\n',
        'windows:\n  by-hand: {start: 2026-01-01 00:00, end: 2090-01-01 00:00, sites: ["00115"], reason: x}\n',
        'windows:\n    by-hand:\n        sites: ["00115"]\n        reason: x\n        start: 2026-01-01 00:00\n        end: 2090-01-01 00:00\n',
    ],
)
def test_a_window_in_a_layout_of_somebody_elses_ends_or_is_left(
    layout: str, config: Path, capsys: pytest.CaptureFixture[str]
):
    path = config / "maintenance.yml"
    path.write_text(layout, encoding="utf-8")
    assert cli(config, "end", "by-hand") == 0
    assert "2090" not in path.read_text(encoding="utf-8")
    capsys.readouterr()
    if not layout.startswith("windows:\n  by-hand"):
        later = layout.replace("2026-01-01", "2089-01-01")
        path.write_text(later, encoding="utf-8")
        assert cli(config, "end", "by-hand") == 1
        assert "take it out by hand" in capsys.readouterr().err
        assert path.read_text(encoding="utf-8") == later
