"""A real Chromium for tests: opens pages, waits for what it sees, takes pictures, and lets axe-core judge.

Needs Node, Chromium and the packages of package.json (`bash tests/run.sh setup`).
"""

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.binaries import require, require_packages

PACKAGE = Path(__file__).parent


class Browser:
    """One page at a time. A script is a JavaScript expression."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def _do(self, command: str, **given: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"command": command, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the browser ended at '{command}'"
        answer = json.loads(line)
        assert "failed" not in answer, f"{command} {given}: {answer['failed']}"
        return answer["done"]

    def open(self, url: str, **how: object) -> int:
        """Go to a page with a fresh profile; its status. `how`: width, height, locale, scheme, scripts."""
        status: int = self._do("open", url=url, **how)
        return status

    def evaluate(self, script: str) -> Any:
        """What the expression is on the page."""
        return self._do("evaluate", script=script)

    def wait(self, script: str, seconds: float = 60.0) -> None:
        """Return when the expression is true."""
        self._do("wait", script=script, seconds=seconds)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        self._do("press", keys=keys)

    def click(self, at: str) -> str:
        """Click an element by its CSS selector; the address after it."""
        address: str = self._do("click", at=at)
        return address

    def shot(self, file: Path, **how: object) -> Path:
        """Take a picture. `how`: full (the whole page), type (png, jpeg), quality."""
        self._do("shot", file=str(file), **how)
        return file

    def axe(self) -> list[dict[str, Any]]:
        """What axe-core holds against the page: WCAG 2.0 to 2.2, levels A and AA, and its best practices."""
        found: list[dict[str, Any]] = self._do("axe")
        return found

    def said(self) -> list[str]:
        """The console's lines since the page was opened, refusals by the page's policy among them."""
        lines: list[str] = self._do("said")
        return lines

    def asked(self) -> list[str]:
        """Every address that the page asked for."""
        addresses: list[str] = self._do("asked")
        return addresses


@contextlib.contextmanager
def browsing() -> Iterator[Browser]:
    """A browser, gone when the context ends."""
    require_packages(PACKAGE)
    command = [require("node"), str(PACKAGE / "driver.mjs"), require("chromium")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Browser(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()
