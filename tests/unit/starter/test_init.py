"""`citynoc init`: asks little, writes what `check` accepts, overwrites nothing, and is there whole or not at all."""

import json
import os
import pty
import select
import signal
import stat
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]  # its types are a package of their own
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citynoc.__main__ import main
from citynoc.reference.kinds import kinds
from citynoc.starter.answers import Answers, WrongAnswerError, read_name, zone_of
from citynoc.starter.pages import pages_of
from citynoc.starter.shipped import FOLDERS, NotShippedError, shipped
from collector.config import load
from collector.config.yaml import parse
from tests.config.workshop import ROOT

COMMAND = [sys.executable, "-m", "citynoc", "init"]


def tree(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes() for p in directory.rglob("*") if p.is_file()}


@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_it_writes_is_right_without_a_warning(
    language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    directory = tmp_path / "new" / "city"
    options = ["--yes", "--language", language, "--sites", "7", "--variable", "MY_COMMUNITY"]
    assert main(["init", str(directory), *options]) == 0
    said = capsys.readouterr()
    assert "export MY_COMMUNITY=" in said.err
    configuration = load(directory, {"MY_COMMUNITY": "x"})
    assert configuration.warnings == ()
    assert len(configuration.inventory.devices) == 3 + 2 * 7
    assert configuration.on_call is not None
    assert configuration.on_call.receivers["on-duty"].language == language
    assert stat.S_IMODE(directory.stat().st_mode) == 0o755


def test_every_file_names_its_schema_and_pleases_it(tmp_path: Path):
    assert main(["init", str(tmp_path / "city"), "--yes"]) == 0
    for files, _ in kinds().values():
        for path in (tmp_path / "city").glob(files):
            line = path.read_text().splitlines()[-1]
            schema = path.parent / line.partition("# yaml-language-server: $schema=")[2]
            value = json.loads(json.dumps(yaml.safe_load(path.read_text()), default=str))
            jsonschema.Draft202012Validator(json.loads(schema.read_text())).validate(value)


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    city = tmp_path / "city"
    assert main(["init", str(city), "--yes"]) == 0
    (city / "city.yml").write_text("mine")
    before = tree(tmp_path)
    assert main(["init", str(city), "--yes"]) == 1
    assert "is there already" in capsys.readouterr().err
    assert main(["init", str(city / "city.yml"), "--yes"]) == 1
    assert tree(tmp_path) == before


def test_it_says_whose_clock_and_what_to_type_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    city = tmp_path / "thành phố"
    assert main(["init", str(city), "--yes", "--timezone", "Asia/Tokyo"]) == 0
    said = capsys.readouterr()
    assert "times of Asia/Tokyo" in said.out
    assert f"citynoc check --config '{city}'" in said.err


def test_an_empty_directory_may_be_there(tmp_path: Path):
    assert main(["init", "--config", str(tmp_path), "--yes"]) == 0
    assert (tmp_path / "city.yml").is_file()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "say --yes for defaults"),
        (["--yes", "--sites", "0"], "--sites: a number from 1 to 250"),
        (["--yes", "--language", "fr"], "--language: en or vi"),
        (["--yes", "--variable", "s3cret!"], "never the secret itself"),
        (["--yes", "--timezone", "Mars"], "--timezone: a time zone like"),
        (["--yes", "--city", " "], "--city: a name of one line"),
    ],
)
def test_misuse_writes_nothing(options: list[str], said: str, tmp_path: Path):
    done = subprocess.run(
        [*COMMAND, str(tmp_path / "city"), *options],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr
    assert "s3cret" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_asks_on_a_terminal_and_asks_again_after_a_wrong_answer(tmp_path: Path):
    here, there = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, str(tmp_path / "city")], cwd=ROOT, stdin=there, stdout=there, stderr=there
    ) as child:
        os.close(there)
        os.write(here, "vi\nĐà Nẵng\nQuận Hải Châu\nmany\n2\n\nAsia/Bangkok\n".encode())
        said = b""
        while child.poll() is None or select.select([here], [], [], 0)[0]:
            try:
                said += os.read(here, 4096)
            except OSError:
                break
    os.close(here)
    text = said.decode()
    assert child.returncode == 0, text
    assert "Số điểm trong quận [3]: " in text
    assert "a number from 1 to 250" in text
    inventory = load(tmp_path / "city", {"CITYNOC_SNMP_COMMUNITY": "x"}).inventory
    assert inventory.city.name == "Đà Nẵng"
    assert inventory.city.timezone == "Asia/Bangkok"
    assert (tmp_path / "city" / "districts" / "001-hai-chau.yml").is_file()
    assert len(inventory.devices) == 3 + 2 * 2


@pytest.mark.parametrize("instant", range(6))
def test_killed_at_any_moment_it_leaves_nothing_or_all(instant: int, tmp_path: Path):
    city = tmp_path / "city"
    with subprocess.Popen(
        [*COMMAND, str(city), "--yes"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        deadline = time.monotonic() + 10
        while not list(tmp_path.iterdir()) and child.poll() is None and time.monotonic() < deadline:
            select.select([], [], [], 0.0005)
        select.select([], [], [], 0.004 * instant)
        child.send_signal(signal.SIGKILL)
    if city.exists():
        load(city, {"CITYNOC_SNMP_COMMUNITY": "x"})
    assert all(path == city or path.name.startswith(".city.") for path in tmp_path.iterdir())


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.text(min_size=1), st.text(min_size=1))
def test_any_name_survives_being_written(city: str, district: str):
    try:
        answers = Answers("en", read_name(city), read_name(district), 2, "X", "UTC")
    except WrongAnswerError:
        return
    pages = pages_of(answers)
    values = {}
    for name, text in pages.items():
        document = parse(text, name)
        assert document.problems == (), name
        values[name.partition("/")[0]] = document.value
    assert values["city.yml"]["city"] == answers.city
    assert values["districts"]["name"] == answers.district


def test_the_machine_s_own_zone_is_proposed(tmp_path: Path):
    link = tmp_path / "localtime"
    assert zone_of(link) == "Asia/Ho_Chi_Minh"
    link.symlink_to("/usr/share/zoneinfo/Europe/Lisbon")
    assert zone_of(link) == "Europe/Lisbon"


def test_an_installation_brings_what_every_city_begins_with(tmp_path: Path):
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    configured = {f"config/{name}": f"share/citynoc/config/{name}" for name in FOLDERS}
    assert wheel["shared-data"] == configured | {"docs/runbooks": "share/citynoc/runbooks"}
    assert shipped() == ROOT / "config"
    with pytest.raises(NotShippedError, match="name the folder with --shipped"):
        shipped(tmp_path)
