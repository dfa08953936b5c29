"""Every `bad-<mistake>.yml` gives exactly the problems that its first lines expect, and draws them on two lines.

The first line says which file of the good city it replaces; line numbers count from the file's own top.
"""

from pathlib import Path

import pytest

from collector.config import ConfigurationError, draw, load
from tests.config.workshop import HERE, SECRETS, small_city

BAD = sorted(HERE.glob("bad-*.yml"))


def heading(content: bytes) -> tuple[str, list[str]]:
    """The file that is replaced, and the expected problems."""
    lines = content.decode(errors="replace").splitlines()
    expected = [line.removeprefix("# expect: ") for line in lines if line.startswith("# expect: ")]
    return lines[0].removeprefix("# file: "), expected


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_mistake_is_said_once_at_its_place(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    content = path.read_bytes()
    target, expected = heading(content)
    config = small_city(tmp_path)
    (config / target).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError) as caught:
        load(Path("config"), SECRETS)
    assert [str(problem) for problem in caught.value.problems] == expected
    assert expected
    for problem in caught.value.problems:
        assert draw(problem).count("\n") <= 1
        assert problem.place.line <= content.count(b"\n") + 1 or problem.place.file != f"config/{target}"


def test_the_good_city_is_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    small_city(tmp_path)
    monkeypatch.chdir(tmp_path)
    configuration = load(Path("config"), SECRETS)
    assert configuration.warnings == ()
    assert len(configuration.inventory.devices) == 8


def test_there_are_many_ways_to_be_wrong():
    assert len(BAD) >= 80
