"""The report before a real browser's eyes, on the screen and on paper."""

import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from tests.binaries import require
from tests.integration.service.process import ENVIRON, ROOT

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

WIDTH, HEIGHT = 1200, 1600
BLANK = 100_000  # bytes; an empty page of this size has a tenth of it


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    asked = ["--as-of", "2025-06-30", "--map", "126", "--report", "en"]
    done = subprocess.run(
        [sys.executable, "-m", "citynoc", "coverage", *asked],
        cwd=ROOT,
        env=ENVIRON,
        capture_output=True,
        check=True,
    )
    path.write_bytes(done.stdout)
    return path


def browse(page: Path, *options: str) -> bytes:
    command = [require("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    profile = f"--user-data-dir={page.parent / 'profile'}"
    done = subprocess.run(
        [*command, profile, *options, page.as_uri()], capture_output=True, check=True, timeout=100
    )
    return done.stdout


def test_the_report_opens_and_shows_its_numbers_and_maps(page: Path):
    picture = page.parent / "report.png"
    browse(page, f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture}")
    shown = picture.read_bytes()
    assert shown[12:24] == b"IHDR" + struct.pack(">II", WIDTH, HEIGHT)
    assert len(shown) > BLANK
    text = re.sub(r"<[^>]+>", " ", browse(page, "--dump-dom").decode())
    for number in (
        "80.68%",
        "1,794,329 / 2,224,107",
        "575 / 579",
        "7,867,624 / 8,053,663",
        "429,778 households",
    ):
        assert number in re.sub(r"\s+", " ", text)


def test_the_report_prints(page: Path):
    paper = page.parent / "report.pdf"
    browse(page, f"--print-to-pdf={paper}", "--no-pdf-header-footer")
    content = paper.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", content)) >= 7  # the summary, five targets, the table
