"""An import as somebody at a terminal sees it: colours, a question, and a file that changes while they think."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.config.workshop import DISTRICT, ROOT, SECRETS, small_city

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]

NEW = "site,name,district,router\n00121,Phường Giang Biên,004,127.14.1.3\n"


class Terminal:
    """A child on a terminal of its own."""

    def __init__(self, handle: int, child: subprocess.Popen[bytes]) -> None:
        self.handle, self.child = handle, child
        self.seen = ""

    def until(self, words: str) -> str:
        """What was shown until these words came, them included."""
        while words not in self.seen:
            assert select.select([self.handle], [], [], 60)[0], f"never shown: {words!r} after {self.seen!r}"
            try:
                more = os.read(self.handle, 65536)
            except OSError:  # the child is gone
                more = b""
            assert more, f"never shown: {words!r} after {self.seen!r}"
            self.seen += more.decode(errors="replace")
        shown, _, rest = self.seen.partition(words)
        self.seen = rest
        return shown + words

    def type(self, text: str) -> None:
        os.write(self.handle, f"{text}\n".encode())


@contextmanager
def importing(config: Path, source: Path) -> Iterator[Terminal]:
    ours, theirs = pty.openpty()
    environ = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    child = subprocess.Popen(
        [sys.executable, "-m", "citynoc", "import", str(source), "--config", str(config)],
        cwd=ROOT,
        env={**environ, **SECRETS},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        yield Terminal(ours, child)
        child.wait(60)
    finally:
        child.kill()
        child.wait()
        os.close(ours)


@pytest.fixture
def city(tmp_path: Path) -> tuple[Path, Path]:
    source = tmp_path / "new.csv"
    source.write_text(NEW)
    return small_city(tmp_path), source


def test_yes_writes_and_anything_else_does_not(city: tuple[Path, Path]):
    config, source = city
    before = (config / DISTRICT).read_text()
    with importing(config, source) as terminal:
        shown = terminal.until("Write this? [y/N] ")
        assert "\033[32m+  00121:\033[0m" in shown
        terminal.type("")
        terminal.until("Nothing was written.")
    assert (config / DISTRICT).read_text() == before
    with importing(config, source) as terminal:
        terminal.until("Write this? [y/N] ")
        terminal.type("y")
        terminal.until("written: 1 file")
    assert "00121:" in (config / DISTRICT).read_text()


def test_what_changed_while_somebody_thought_is_shown_again(city: tuple[Path, Path]):
    config, source = city
    with importing(config, source) as terminal:
        terminal.until("Write this? [y/N] ")
        text = (config / DISTRICT).read_text()
        (config / DISTRICT).write_text(text.replace("Phường Ngọc Thụy", "Phường Khác"))
        terminal.type("y")
        terminal.until("The files have changed in the meantime")
        assert "00121:" not in (config / DISTRICT).read_text()
        terminal.until("Write this? [y/N] ")
        terminal.type("y")
        terminal.until("written: 1 file")
    written = (config / DISTRICT).read_text()
    assert "Phường Khác" in written
    assert "00121:" in written
