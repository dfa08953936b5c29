"""A fake Grafana for each test, and a folder of two small dashboards a language to publish into it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from citynoc.__main__ import main
from tests.integration.publishing.fake_grafana import EDITOR, FakeGrafana, Json, running


class Said(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


Publish = Callable[..., Said]


@pytest.fixture
def grafana() -> Iterator[FakeGrafana]:
    with running(FakeGrafana()) as fake:
        yield fake


def board(name: str, language: str, **more: object) -> Json:
    """A small dashboard of ours."""
    return {
        "uid": f"citynoc-{name}-{language}",
        "title": f"{name} {language}",
        "tags": ["citynoc", language],
        "panels": [{"id": 1, "title": "Outages", "targets": [{"refId": "A", "expr": "up"}]}],
        **more,
    }


def write(folder: Path, content: Json) -> None:
    """The dashboard's file, where a build would put it."""
    language = str(content["uid"]).rpartition("-")[2]
    (folder / language).mkdir(exist_ok=True)
    (folder / language / f"{content['uid']}.json").write_text(json.dumps(content))


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    folder.mkdir()
    for language in ("vi", "en"):
        for name in ("city", "wan"):
            write(folder, board(name, language))
    return folder


@pytest.fixture
def publish(
    grafana: FakeGrafana, built: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Publish:
    """`citynoc dashboards publish` with more options; the token is never in what it says."""

    def run(*options: str, token: str = EDITOR, url: str | None = None, yes: bool = True) -> Said:
        monkeypatch.setenv("GRAFANA_TOKEN", token)
        arguments = ["--url", url or grafana.address, "--token", "env:GRAFANA_TOKEN", "--output", str(built)]
        code = main(["dashboards", "publish", *arguments, *(["--yes"] if yes else []), *options])
        said = capsys.readouterr()
        assert token not in said.out + said.err
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return run
