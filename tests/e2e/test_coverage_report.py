"""The report before a real browser's eyes, on the screen and on paper, and the same numbers wherever it is read."""

import csv
import io
import json
import re
import struct
import subprocess
import sys
from collections import Counter
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.binaries import require
from tests.integration.service.process import ENVIRON, ROOT

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(150)]

WIDTH, HEIGHT = 1200, 1600
BLANK = 100_000  # bytes; an empty page of this size has a tenth of it
LANGUAGES = ("vi", "en")
MARKUP = r"<style>.*?</style>|<svg.*?</svg>|<[^>]+>|[0-9a-f]{64}"
"""What is no number to read: drawings have their own texts, and a digest's digits mean nothing."""
NUMBER = re.compile(r"\d[\d.,]*\d|\d")


def citynoc(*more: str) -> subprocess.CompletedProcess[str]:
    asked = ["coverage", "--as-of", "2025-06-30", "--map", "126", *more]
    return subprocess.run(
        [sys.executable, "-m", "citynoc", *asked],
        cwd=ROOT,
        env=ENVIRON,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module", params=LANGUAGES)
def page(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("report") / f"report-{request.param}.html"
    done = citynoc("--report", request.param, "--output", str(path))
    assert done.returncode == 0, done.stderr
    assert not list(path.parent.glob(".*")), "nothing is left beside it"
    return path


class Tables(HTMLParser):
    """The cells of every table of a page, row by row, by the table's id."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: dict[str, list[list[str]]] = {}
        self._table = ""
        self._cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._table = dict(attrs).get("id") or ""
        elif tag == "tr":
            self.rows.setdefault(self._table, []).append([])
        elif tag in {"td", "th"}:
            self._cell = True
            self.rows[self._table][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[self._table][-1][-1] += f" {data} "


def browse(page: Path, *options: str) -> bytes:
    command = [require("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    profile = f"--user-data-dir={page.parent / 'profile'}"
    done = subprocess.run(
        [*command, profile, *options, page.as_uri()], capture_output=True, check=True, timeout=100
    )
    return done.stdout


def whole(text: str) -> int:
    """A number as either language writes it, without its separators."""
    return int(re.sub(r"[.,]", "", text))


def test_the_report_opens_and_shows_its_numbers_and_maps(page: Path):
    picture = page.parent / "report.png"
    browse(page, f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture}")
    shown = picture.read_bytes()
    assert shown[12:24] == b"IHDR" + struct.pack(">II", WIDTH, HEIGHT)
    assert len(shown) > BLANK
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", browse(page, "--dump-dom").decode()))
    comma = "vi" in page.stem
    for number in ("80.68", "1,794,329", "2,224,107", "575", "579", "7,867,624", "8,053,663", "429,778"):
        assert (number.translate(str.maketrans(".,", ",.")) if comma else number) in text


def test_the_table_has_the_numbers_of_the_csv_and_the_summary_those_of_the_json(page: Path):
    tables = Tables(page.read_text()).rows
    targets = json.loads(citynoc("--json").stdout)["targets"]
    for row, target in zip(tables["summary"][1:], targets, strict=True):
        declared = target["declared"]
        assert [whole(number) for number in NUMBER.findall(row[3])][1:] == [
            declared["covered"],
            declared["total"],
        ]
        assert whole(NUMBER.findall(row[6])[0]) == declared["missing"]
        assert whole(NUMBER.findall(row[7])[0]) == declared["unknown"]
    units: dict[str, list[int]] = {}
    for unit in csv.DictReader(io.StringIO(citynoc("--csv").stdout)):
        units.setdefault(unit["unit"], []).extend((int(unit["covered"]), int(unit["total"])))
    shown = {
        row[0].split()[0]: [
            whole(number) for cell in row[1:] for number in NUMBER.findall(cell.partition("%")[2])
        ]
        for row in tables["units"][1:]
    }
    assert shown == units


def test_paper_has_every_number_of_the_page(page: Path):
    paper = page.with_suffix(".pdf")
    require("chromium")
    done = citynoc("--report", "vi" if "vi" in page.stem else "en", "--output", str(paper))
    assert done.returncode == 0, done.stderr
    pages = [one.extract_text() for one in PdfReader(paper).pages]
    assert len(pages) >= 1 + 5 + 1 + 1  # the summary, five targets, the table, the evidence
    printed = NUMBER.findall(" ".join(pages))
    tables = Tables(page.read_text()).rows
    rows = [NUMBER.findall(" ".join(row)) for name in ("summary", "units") for row in tables[name][1:]]
    assert len(rows) == 5 + 126
    places = {
        number: [i for i, one in enumerate(printed) if one == number] for row in rows for number in row[:1]
    }
    for row in rows:
        assert any(printed[i : i + len(row)] == row for i in places[row[0]]), f"not on paper: {row}"
    said = unescape(re.sub(MARKUP, " ", page.read_text().partition("<body>")[2], flags=re.DOTALL))
    missing = Counter(NUMBER.findall(said)) - Counter(printed)
    assert not missing, f"not on paper: {missing}"


def test_without_a_browser_a_pdf_is_refused_in_one_line(tmp_path: Path):
    paper = tmp_path / "report.pdf"
    asked = ["coverage", "--as-of", "2025-06-30", "--report", "vi", "--output", str(paper)]
    done = subprocess.run(
        [sys.executable, "-m", "citynoc", *asked],
        cwd=ROOT,
        env={**ENVIRON, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("citynoc coverage: a PDF is printed by Chromium, and there is none here")
    assert done.stderr.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_a_browser_that_fails_is_told_and_leaves_nothing(tmp_path: Path):
    broken = tmp_path / "bin" / "chromium"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho no display >&2\nexit 3\n")
    broken.chmod(0o755)
    paper = tmp_path / "report.pdf"
    done = subprocess.run(
        [sys.executable, "-m", "citynoc", "coverage", "--report", "vi", "--output", str(paper)],
        cwd=ROOT,
        env={**ENVIRON, "PATH": f"{broken.parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "did not print the report (exit code 3): no display" in done.stderr
    assert not paper.exists()
