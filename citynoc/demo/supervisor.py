"""Starts programs in order, waits until each is seen to work, reports the dead, stops all in reverse.

Restarts nothing by itself, and signals only processes it started itself, by pid. Each program's output goes to its own
log file; each is tied to this process by `tether`, so that none survives it.
"""

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from citynoc.demo import tether

Ready = Callable[[], Awaitable[bool]]
"""Asked again and again until it sees the program working; never raises for a program that is not there yet."""

LOOK_EVERY = 0.1
TAIL_LINES = 15


class DemoError(Exception):
    """Something a person must know, in words for them."""


@dataclass(frozen=True, slots=True)
class Program:
    """What to start, how to see that it works, and how many seconds that may take."""

    name: str
    argv: tuple[str, ...]
    ready: Ready
    ready_within: float = 30.0
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None  # where it runs, if that matters to it


@dataclass(slots=True, eq=False)
class Child:
    """A started program. `expected_end` is set before we end it, so that its end is no news."""

    program: Program
    process: asyncio.subprocess.Process
    handle: int | None  # pidfd: a signal through it never reaches a process that took over the number
    log: Path
    seen_working: bool = False
    expected_end: bool = False

    @property
    def running(self) -> bool:
        """Whether it has not been seen to end."""
        return self.process.returncode is None

    def epitaph(self) -> str:
        """How it ended and the last lines that it wrote."""
        code = self.process.returncode
        if code is None:
            how = "is still running"
        elif code < 0:
            how = f"was killed by {signal.Signals(-code).name}"
        else:
            how = f"ended with exit code {code}"
        return f"{self.program.name} {how}; {self.log}:\n{indent(tail(self.log))}"


class Supervisor:
    """An async context: leaving it stops every child, last started first."""

    def __init__(self, logs: Path, grace: float = 5.0) -> None:
        """Logs go to `logs`, which exists; a child has `grace` seconds between SIGTERM and SIGKILL."""
        self._logs = logs
        self._grace = grace
        self._children: dict[str, Child] = {}
        self._watchers = asyncio.TaskGroup()
        self._seen: set[str] = set()
        self.deaths: asyncio.Queue[Child] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        await self._watchers.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop_all()
        await self._watchers.__aexit__(
            None, None, None
        )  # they have ended; the body's own error passes as it is

    @property
    def children(self) -> Mapping[str, Child]:
        """By name, in the order they were started."""
        return self._children

    async def start(self, program: Program) -> Child:
        """Start the program and return when it is seen to work.

        Raises:
            DemoError: it ended, or was not ready in time; with the tail of its log. It is stopped then.
        """
        old = self._children.get(program.name)
        if old is not None and old.running:
            raise DemoError(f"{program.name} runs already (pid {old.process.pid})")
        child = await self._spawn(program)
        self._children.pop(program.name, None)  # the order is that of the last start
        self._children[program.name] = child
        self._watchers.create_task(self._watch(child))
        try:
            async with asyncio.timeout(program.ready_within):
                while child.running:
                    if await program.ready():
                        child.seen_working = True
                        return child
                    await asyncio.sleep(LOOK_EVERY)
        except TimeoutError:
            await self.stop(program.name)
            raise DemoError(
                f"{program.name} did not become ready within {program.ready_within:g} s; "
                f"{child.log}:\n{indent(tail(child.log))}"
            ) from None
        raise DemoError(f"{program.name} did not start: {child.epitaph()}")

    async def stop(self, name: str) -> None:
        """SIGTERM, then SIGKILL after the grace; returns when the process is gone. Nothing to stop is no error."""
        child = self._children.get(name)
        if child is None or not child.running:
            return
        self.send(name, signal.SIGTERM)
        self.send(name, signal.SIGCONT)  # a stopped process acts on SIGTERM only when it goes on
        try:
            async with asyncio.timeout(self._grace):
                await child.process.wait()
        except TimeoutError:
            self.send(name, signal.SIGKILL)
            await child.process.wait()

    async def stop_all(self) -> None:
        """Stop every child, last started first."""
        for name in reversed(list(self._children)):
            await self.stop(name)

    async def kill(self, name: str) -> None:
        """SIGKILL, as a crash would; returns when the process is gone."""
        self.send(name, signal.SIGKILL)
        await self._children[name].process.wait()

    def send(self, name: str, number: signal.Signals) -> None:
        """Send a signal to a child that runs; from then on its end is expected if the signal ends processes."""
        child = self._children[name]
        if number in {signal.SIGTERM, signal.SIGKILL, signal.SIGINT}:
            child.expected_end = True
        # Not Process.send_signal: it may reap the child before asyncio does, which then reports exit code 255.
        if child.handle is not None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(child.handle, number)

    async def _spawn(self, program: Program) -> Child:
        log = self._logs / f"{program.name}.log"
        mode = "ab" if program.name in self._seen else "wb"
        self._seen.add(program.name)
        with log.open(mode) as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-IS",
                str(Path(tether.__file__)),
                str(os.getpid()),
                *program.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=asyncio.subprocess.STDOUT,
                env={**os.environ, **program.environment},
                cwd=program.folder,
                start_new_session=True,  # a Ctrl-C in the terminal reaches us alone: we stop them in order
            )
        return Child(program, process, _handle(process.pid), log)

    async def _watch(self, child: Child) -> None:
        await child.process.wait()
        if child.handle is not None:
            os.close(child.handle)
            child.handle = None
        if child.seen_working and not child.expected_end:  # one that never worked is told by `start`
            self.deaths.put_nowait(child)


def _handle(pid: int) -> int | None:
    """A pidfd, or None if the process has ended and been reaped already."""
    try:
        return os.pidfd_open(pid)
    except ProcessLookupError:
        return None


def tail(log: Path, lines: int = TAIL_LINES) -> list[str]:
    """The last lines of a log file; empty if there is none."""
    try:
        with log.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, lines)]
    except FileNotFoundError:
        return []


def search_path() -> str:
    """PATH with the folders of daemons, which a user's PATH may lack."""
    return os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"])


def indent(lines: list[str]) -> str:
    """Log lines set off from what we say ourselves."""
    return "\n".join(f"    {line}" for line in lines) or "    (nothing written)"
