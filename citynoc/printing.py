"""A page of ours on paper: headless Chromium prints it. It prints one file from a folder of its own and reaches no network."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 120.0
"""Seconds that a browser gets on a slow machine."""
OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--no-first-run",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
)


class PrintError(Exception):
    """There is no PDF: one sentence for the person who wanted it."""


def print_pdf(page: str) -> bytes:
    """The HTML page as PDF. Raises PrintError."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        raise PrintError(
            f"a PDF is printed by Chromium, and there is none here (looked for {', '.join(BROWSERS)}); "
            "install it, or write the report as .html and print that from any browser"
        )
    with tempfile.TemporaryDirectory(prefix="citynoc-print-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, paper = folder / "report.html", folder / "report.pdf"
        source.write_text(page, encoding="utf-8")
        options = [*OPTIONS, f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={paper}"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")  # it refuses root otherwise; the page is ours and has no script
        try:
            done = subprocess.run(  # noqa: S603 - found on PATH, and nothing of it comes from outside
                [browser, *options, source.as_uri()],
                env={**os.environ, "HOME": name},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise PrintError(f"{browser} did not print the report within {PATIENCE:.0f} s") from None
        except OSError as error:
            raise PrintError(f"cannot run {browser}: {error.strerror}") from None
        content = paper.read_bytes() if paper.is_file() else b""
        if not content.startswith(b"%PDF-"):
            said = done.stderr.strip().splitlines()
            raise PrintError(
                f"{browser} did not print the report (exit code {done.returncode}): {said[-1] if said else 'it said nothing'}"
            )
        return content
