"""`citynoc dashboards`: what it writes, what it says, and how it ends."""

import sys
from pathlib import Path

import pytest

from citynoc.__main__ import main


def test_build_names_what_it_wrote_and_check_is_content(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["dashboards", "build", "--output", str(tmp_path)]) == 0
    assert str(tmp_path / "vi" / "citynoc-city-vi.json") in capsys.readouterr().out
    assert main(["dashboards", "build", "--output", str(tmp_path)]) == 0
    assert main(["dashboards", "check", "--output", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""


def test_check_names_what_differs(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    main(["dashboards", "build", "--output", str(tmp_path)])
    edited = tmp_path / "en" / "citynoc-wan-en.json"
    edited.write_text(edited.read_text().replace("WAN", "Wan"))
    capsys.readouterr()
    assert main(["dashboards", "check", "--output", str(tmp_path)]) == 1
    said = capsys.readouterr()
    assert said.out == f"{edited}: differs from a fresh build\n"
    assert "citynoc dashboards build" in said.err


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "file").write_text("")
    assert main(["dashboards", "build", "--output", str(tmp_path / "file")]) == 1
    assert str(tmp_path / "file") in capsys.readouterr().err


def test_without_the_sdk_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name in [name for name in sys.modules if name.startswith(("dashboards", "grafana_foundation_sdk"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grafana_foundation_sdk", None)
    assert main(["dashboards", "check"]) == 1
    assert "grafana-foundation-sdk" in capsys.readouterr().err


def test_without_the_client_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name in [name for name in sys.modules if name.startswith(("citynoc.publishing", "grafana_client"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "grafana_client", None)
    assert main(["dashboards", "publish", "--url", "https://127.0.0.1", "--token", "env:T"]) == 1
    assert "grafana-client" in capsys.readouterr().err


def test_misuse_is_two(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        main(["dashboards", "draw"])
    assert ended.value.code == 2
    assert "draw" in capsys.readouterr().err
