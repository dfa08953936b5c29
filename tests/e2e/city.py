"""The whole city on free ports in a folder of its own: what e2e tests, scores and benchmarks start."""

import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from citynoc.clock import Clock
from citynoc.demo.ports import free
from citynoc.demo.proof import all_up, knows_alertmanager
from citynoc.demo.stack import Choice, Stack, opened_stack

ROOT = Path(__file__).parents[2]
BY_THE_CLOCK = ("meetings.yml", "calendars", "maintenance.yml")
"""What makes the shipped city another one at another hour."""


class Talk:
    """Says on stderr how the start goes; a server that is not installed is the caller's failure, not a footnote."""

    def missing(self, name: str, program: str, consequence: str) -> None:
        raise AssertionError(f"{program} is not installed: {consequence}")

    def ready(self, name: str, address: str, seconds: float) -> None:
        print(f"  {name} ready on {address} ({seconds:.1f} s)", file=sys.stderr)


def timeless(folder: Path) -> Path:
    """A copy of the shipped configuration in which every hour is alike, and which may be changed."""
    config, shipped = folder / "config", ROOT / "config"

    def left_out(where: str, _names: list[str]) -> tuple[str, ...]:
        return BY_THE_CLOCK if Path(where) == shipped else ()  # rules/meetings.yml stays

    shutil.copytree(shipped, config, ignore=left_out)
    return config


@asynccontextmanager
async def living_city(folder: Path | None = None, config: Path = ROOT / "config") -> AsyncIterator[Stack]:
    """Every server started and every device up, says Prometheus; all gone when the context ends."""
    with tempfile.TemporaryDirectory(prefix="citynoc-") as temporary:
        data = folder or Path(temporary)
        choice = Choice(config, ROOT / "deploy", data, free())
        async with opened_stack(choice, Clock().unix) as stack:
            await stack.start(Talk())
            await all_up(stack)
            await knows_alertmanager(stack)
            yield stack


@asynccontextmanager
async def timeless_city(folder: Path | None = None) -> AsyncIterator[Stack]:
    """A living city of its own files, for scenarios."""
    with tempfile.TemporaryDirectory(prefix="citynoc-files-") as temporary:
        async with living_city(folder, timeless(Path(temporary))) as stack:
            yield stack
