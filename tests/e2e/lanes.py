"""Several cities at once, each in a network of its own: the kernel gives every lane its own loopback and all its ports.

A lane is a process that plays what it reads from its standard input, a line each, and writes one line of JSON for each
score. Where the system allows no network namespace there is one lane, in the network of everybody.
"""

import asyncio
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from citynoc.demo import tether

SIOCSIFFLAGS = 0x8914  # Linux <linux/sockios.h>
IFF_UP = 0x1
PATIENCE = 60.0
LINE = 1024 * 1024

ROOTLESS = ("--user", "--map-current-user", "--keep-caps")


def namespace() -> tuple[str, ...]:
    """The words before a command that give it a network of its own; none if the system does not allow it."""
    tool = shutil.which("unshare")
    ways = ((), ROOTLESS) if os.geteuid() == 0 else (ROOTLESS,)
    for way in ways if tool is not None else ():
        words = (str(tool), "--net", *way)
        probe = [*words, sys.executable, "-m", "tests.e2e.lanes"]
        if subprocess.run(probe, capture_output=True, check=False).returncode == 0:
            return words
    return ()


def raise_loopback() -> None:
    """Switch `lo` on; a new network namespace has it switched off.

    Raises:
        OSError: not allowed.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


@asynccontextmanager
async def lane(command: Sequence[str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A running lane, ended by the end of its input."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-IS", str(Path(tether.__file__)), str(os.getpid())),
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=LINE,
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(PATIENCE):
                await process.wait()
        except TimeoutError:
            process.terminate()
            await process.wait()


async def spread(
    work: Iterable[str], commands: Sequence[Sequence[str]], take: Callable[[str, str], None]
) -> None:
    """Give each piece of work, in this order, to the next lane that is free; `take(work, answer)` has the answers.

    Raises:
        RuntimeError: a lane ended before it had answered.
    """
    left = list(work)[::-1]

    async def drive(process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        while left:
            piece = left.pop()
            process.stdin.write(f"{piece}\n".encode())
            await process.stdin.drain()
            answer = await process.stdout.readline()
            if not answer:
                raise RuntimeError(
                    f"the lane that played {piece} ended with exit code {await process.wait()}"
                )
            take(piece, answer.decode())

    async with AsyncExitStack() as running:
        processes = [await running.enter_async_context(lane(command)) for command in commands]
        async with asyncio.TaskGroup() as tasks:
            for process in processes:
                tasks.create_task(drive(process))


async def answer(play: Callable[[str], Awaitable[str]]) -> None:
    """The lane's own side: one line of answer for each line of input, until the input ends."""
    loop = asyncio.get_running_loop()
    while piece := await loop.run_in_executor(None, sys.stdin.readline):
        print(await play(piece.strip()), flush=True)


if __name__ == "__main__":
    raise_loopback()
