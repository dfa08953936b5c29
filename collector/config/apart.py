"""A configuration read by a process of its own, for one that runs for months.

The schemas, the parsers and everything they leave behind end with the child; a reload takes nothing from the loop that
polls, and a file that breaks the reader breaks only the child.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import collector
from collector.config.configuration import Configuration
from collector.config.parcel import unpack
from collector.config.problems import ConfigurationError, Problem
from collector.model import Place

LONGEST = 120.0
"""Seconds after which a reader is given up: a hundred times what a city takes."""
_LONGEST_WORD = 300


async def load(directory: Path, environ: Mapping[str, str], reader: str = sys.executable) -> Configuration:
    """As `collector.config.load`, without `on_call`. Raises ConfigurationError, also if the reader itself fails.

    `reader` is the Python that reads.
    """
    try:
        process = await asyncio.create_subprocess_exec(
            *(reader, "-P", "-m", "collector.config", str(directory)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(environ),
        )
    except OSError as error:
        raise _unread(directory, f"it cannot be started: {error.strerror}", None) from None
    try:
        async with asyncio.timeout(LONGEST):
            out, err = await process.communicate()
    except TimeoutError:
        raise _unread(directory, f"it did not end within {LONGEST:g} s", None) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
    if process.returncode:
        raise _unread(directory, _end_of(process.returncode), _last_line(err))
    try:
        answer = await asyncio.to_thread(unpack, out)
    except ValueError as error:
        raise _unread(directory, str(error), _last_line(err)) from None
    if isinstance(answer, Configuration):
        return answer
    raise ConfigurationError(answer)


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The same variables, and our own code before any other's."""
    home = str(Path(collector.__file__).parents[1])
    paths = [home, *environ.get("PYTHONPATH", "").split(os.pathsep)]
    return {**environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def _unread(directory: Path, why: str, hint: str | None) -> ConfigurationError:
    message = f"the process that reads the configuration failed: {why}"
    return ConfigurationError([Problem(Place(str(directory), 1, 1), message, hint)])


def _end_of(code: int) -> str:
    if code > 0:
        return f"it ended with {code}"
    try:
        return f"it was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"it was ended by signal {-code}"


def _last_line(said: bytes) -> str | None:
    lines = said.decode(errors="replace").split("\n")
    last = next((line.strip() for line in reversed(lines) if line.strip()), None)
    return None if last is None else last[:_LONGEST_WORD]
