"""`citynoc alertmanager`: secrets kept from others and from the screen, files whole or untouched, mistakes in words."""

import stat
import subprocess
from pathlib import Path

import pytest

from citynoc.__main__ import main
from citynoc.oncall import folder
from citynoc.oncall.compose import Composed
from tests.binaries import require
from tests.config.workshop import SECRETS, small_city

ON_CALL = """
smtp: {server: "127.0.0.1:25", from: noc@city.example, username: noc, password: file:smtp}
receivers:
  night:
    telegram: {chat: -100, token: env:TELEGRAM}
    email: {to: noc@city.example}
    discord: {url: env:DISCORD}
    webex: {room: r00m, token: file:smtp}
    pagerduty: {key: file:smtp}
    opsgenie: {key: env:OTHER}
    pushover: {user: env:OTHER, token: env:OTHER}
    slack: {url: file:slack}
shifts: [{to: night}]
warnings: {to: night}
heartbeat: {url: "http://127.0.0.1:1/alive", token: env:OTHER}
"""
VALUES = {
    "TELEGRAM": "12:t3legram",
    "DISCORD": "http://127.0.0.1:1/d1scord",
    "OTHER": 'oth"er: #s\\3cret',
}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = small_city(tmp_path)
    (directory / "oncall.yml").write_text(ON_CALL)
    for name, text in (("smtp", "smtp-p4ss\n"), ("slack", "http://127.0.0.1:1/sl4ck\nand a comment\n")):
        (directory / name).write_text(text)
        (directory / name).chmod(0o600)
    for name, value in (*SECRETS.items(), *VALUES.items()):
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return directory


def run(*arguments: str) -> int:
    return main(["alertmanager", *arguments])


def hidden(text: str) -> bool:
    return not any(part in text for part in ("t3legram", "d1scord", "3cret", "p4ss", "sl4ck"))


def test_secrets_stay_in_their_files_where_they_can_and_are_shown_nowhere(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    require("amtool")
    out = tmp_path / "out"
    assert run("--output", "out") == 0
    said = capsys.readouterr()
    assert hidden(said.out + said.err)
    assert "bot_token: <secret>" in said.out
    assert "url: http://127.0.0.1:1/alive" in said.out
    written = (out / "alertmanager.yml").read_text()
    assert "p4ss" not in written
    for key in ("smtp_auth_password_file", "credentials_file", "routing_key_file"):
        assert f"{key}: {config / 'smtp'}" in written
    assert "api_url: http://127.0.0.1:1/sl4ck" in written  # Alertmanager would read the comment too
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.iterdir()} == {0o600}

    assert run("--output", "out", "--check") == 0
    assert capsys.readouterr().out == ""
    (out / "alertmanager.yml").chmod(0o644)
    assert run("--output", "out") == 0
    assert stat.S_IMODE((out / "alertmanager.yml").stat().st_mode) == 0o600
    capsys.readouterr()

    monkeypatch.setenv("TELEGRAM", "13:t3legram")
    assert run("--output", "out", "--check") == 1
    said = capsys.readouterr()
    assert said.out == "alertmanager.yml: only a secret changes\n"
    assert (out / "alertmanager.yml").read_text() == written

    text = (config / "oncall.yml").read_text()
    (config / "oncall.yml").write_text(text.replace("chat: -100", "chat: -200"))
    assert run("--output", "out") == 0
    said = capsys.readouterr()
    assert "-    chat_id: -100" in said.out
    assert "+    chat_id: -200" in said.out
    assert hidden(said.out)


def test_secrets_do_not_go_into_a_git_work_tree(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    subprocess.run(["git", "init", "-q", tmp_path / "tree"], check=True)
    out = tmp_path / "tree" / "deep" / "down"
    assert run("--output", str(out)) == 1
    assert "git work tree" in capsys.readouterr().err
    assert not out.exists()


def test_a_secret_that_is_not_there_is_said_at_its_place(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("TELEGRAM")
    (config / "smtp").chmod(0o644)
    assert run("--output", "out") == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("config/")]
    assert lines[0].startswith("config/oncall.yml:2:")
    assert "can be read by everybody" in lines[0]
    assert lines[1] == "config/oncall.yml:5:35: environment variable TELEGRAM is not set"
    assert not (tmp_path / "out").exists()


def test_check_says_which_secrets_are_missing_and_minds_only_if_asked(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("TELEGRAM")
    assert main(["check"]) == 0
    assert "oncall.yml:5:35: warning: environment variable TELEGRAM is not set" in capsys.readouterr().out
    assert main(["check", "--secrets"]) == 1
    (config / "smtp").unlink()
    assert main(["check"]) == 0


def test_without_the_file_there_is_nothing_to_write(config: Path, capsys: pytest.CaptureFixture[str]):
    (config / "oncall.yml").unlink()
    assert run("--output", "out") == 1
    assert "config/oncall.yml:1:1: there is no such file" in capsys.readouterr().err


def test_what_amtool_refuses_changes_nothing(tmp_path: Path):
    require("amtool")
    good = Composed({"alertmanager.yml": "route: {receiver: a}\nreceivers: [{name: a}]\n"}, frozenset())
    folder.write(tmp_path / "out", good)
    bad = Composed({"alertmanager.yml": "route: {receiver: b}\nreceivers: [{name: a}]\n"}, frozenset())
    with pytest.raises(folder.UnfitError, match="amtool refuses"):
        folder.write(tmp_path / "out", bad)
    assert (tmp_path / "out" / "alertmanager.yml").read_text() == good.files["alertmanager.yml"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["alertmanager.yml"]


def test_a_folder_that_is_a_file_is_said_in_words(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    (tmp_path / "out").write_text("")
    assert run("--output", "out") == 1
    assert "Not a directory" in capsys.readouterr().err


def test_an_old_secret_is_not_shown_either(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "out").mkdir()
    old = "receivers:\n- name: old\n  telegram_configs:\n  - bot_token: 99:0ld-t3legram\n    chat_id: 5\n"
    (tmp_path / "out" / "alertmanager.yml").write_text(old)
    assert run("--output", "out", "--check") == 1
    said = capsys.readouterr().out
    assert hidden(said)
    assert "-    chat_id: 5" in said
