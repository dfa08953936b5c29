"""Where the runbook of a message leads: what `amtool` renders of the templates, in both languages, as text and as HTML."""

import json
import subprocess
from pathlib import Path

import pytest

from citynoc.oncall.templates import Bases, templates
from exporters.live.runbooks import ADDRESS
from tests.binaries import require

pytestmark = pytest.mark.integration

PUBLIC, WIKI = "http://noc.city.example:9579", "http://wiki.city.example/noc"
OURS = "docs/runbooks/CitynocOutage.md"
HERE = f"{PUBLIC}{ADDRESS}CitynocOutage"
DOWN = "docs/runbooks/CitynocDown.md"
THEIRS = "https://theirs.city.example/x?a=b"


def said(folder: Path, runbooks: str | None, url: str, alert: str) -> tuple[str, str]:
    """What a message says of the runbook: the line of its Vietnamese text, and of its English HTML; empty if nothing."""
    (folder / "citynoc.tmpl").write_text(templates(Bases(PUBLIC, None, runbooks, "Asia/Ho_Chi_Minh")))
    annotations = {"runbook_url": url} if url else {}
    data = {
        "status": "firing",
        "externalURL": "http://127.0.0.1:9093",
        "alerts": [{"status": "firing", "labels": {"alertname": alert}, "annotations": annotations}],
    }
    (folder / "data.json").write_text(json.dumps(data))
    lines = []
    for kind, name, mark in (
        ("text", "citynoc.vi.text", "Sổ tay xử lý"),
        ("html", "citynoc.en.html", "Runbook"),
    ):
        made = subprocess.run(
            [
                require("amtool"),
                "template",
                "render",
                f"--template.glob={folder / 'citynoc.tmpl'}",
                f'--template.text={{{{ template "{name}" . }}}}',
                f"--template.type={kind}",
                f"--template.data={folder / 'data.json'}",
            ],
            capture_output=True,
            text=True,
            check=True,
        )
        lines.append("".join(line for line in made.stdout.splitlines() if mark in line))
    return lines[0].removeprefix("Sổ tay xử lý: "), lines[1].removeprefix("<li>").removesuffix("</li>")


@pytest.mark.parametrize(
    ("runbooks", "url", "text", "html"),
    [
        (None, OURS, HERE, f'<a href="{HERE}">Runbook</a>'),
        (WIKI, OURS, f"{WIKI}/{OURS}", f'<a href="{WIKI}/{OURS}">Runbook</a>'),
        (None, THEIRS, THEIRS, f'<a href="{THEIRS}">Runbook</a>'),
        (WIKI, THEIRS, THEIRS, f'<a href="{THEIRS}">Runbook</a>'),
        (None, "our own/page <1>", "our own/page <1>", "Runbook: our own/page &lt;1&gt;"),
        (None, "docs/runbooks/../x.md", "docs/runbooks/../x.md", "Runbook: docs/runbooks/../x.md"),
        (None, "javascript:alert(1)", "javascript:alert(1)", "Runbook: javascript:alert(1)"),
        (None, "", "", ""),
        (WIKI, "", "", ""),
    ],
)
def test_a_runbook_is_with_us_unless_it_is_said_to_be_elsewhere(
    tmp_path: Path, runbooks: str | None, url: str, text: str, html: str
):
    assert said(tmp_path, runbooks, url, "CitynocOutage") == (text, html)


def test_when_citynoc_itself_is_down_the_path_is_named_too(tmp_path: Path):
    here = f"{PUBLIC}{ADDRESS}CitynocDown"
    text, html = said(tmp_path, None, DOWN, "CitynocDown")
    assert text == f"{here} ({DOWN})"
    assert html == f'<a href="{here}">Runbook</a> ({DOWN})'
    text, html = said(tmp_path, WIKI, DOWN, "CitynocDown")
    assert (text, html) == (f"{WIKI}/{DOWN}", f'<a href="{WIKI}/{DOWN}">Runbook</a>')
