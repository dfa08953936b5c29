"""Carries out what a scenario does to the stack itself: servers stop, start, crash and freeze, and work is planned."""

import asyncio
import signal
import sys

import aiohttp

from citynoc.demo.proof import LOOK_EVERY
from citynoc.demo.stack import Stack
from citynoc.demo.supervisor import DemoError
from citynoc.simulator.operations import Maintenance, Operation, Server

ANSWERING = "count(citynoc_device_up == 1)"
PATIENCE = aiohttp.ClientTimeout(total=10)


async def carry_out(stack: Stack, operation: Operation) -> None:
    """Returns when it is done and, for a start, when the server was seen to work."""
    if isinstance(operation, Server):
        await _act(stack, *operation.deed)
    elif isinstance(operation, Maintenance):
        kind, name = operation.where
        await _maintenance(stack, "add", _window(name), f"--{kind}", name, "--for", f"{operation.lasts:g}s")
    else:
        raise DemoError(f"nobody knows how to carry out {operation}")


async def take_back(stack: Stack, done: list[Operation]) -> None:
    """What these left behind is over: every server runs, and planned work ends once what was broken answers."""
    for operation in done:
        if isinstance(operation, Server):
            _, name = operation.deed
            stack.supervisor.send(name, signal.SIGCONT)
            if not stack.supervisor.children[name].running:
                await stack.restart(name)
    for operation in done:
        if isinstance(operation, Maintenance):
            # Before that the end of the work would tell of what is broken still.
            while await stack.oracle.number(ANSWERING) != stack.expected.devices:
                stack.raise_deaths()
                await asyncio.sleep(LOOK_EVERY)
            await _maintenance(stack, "end", _window(operation.where[1]))


async def _act(stack: Stack, deed: str, name: str) -> None:
    if deed in {"stop", "restart"}:
        await stack.supervisor.stop(name)
    elif deed == "crash":
        await stack.supervisor.kill(name)
    elif deed == "freeze":
        stack.supervisor.send(name, signal.SIGSTOP)
    elif deed == "thaw":
        stack.supervisor.send(name, signal.SIGCONT)
    if deed in {"start", "restart", "crash"}:
        await stack.restart(name)


def _window(name: str) -> str:
    return f"scenario-{name}"


async def _maintenance(stack: Stack, *arguments: str) -> None:
    """The product's own verb on the running city's files, and the reload that makes the service take it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "citynoc", "maintenance", "--config", str(stack.room.config), *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=stack.environment(),
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise DemoError(
            f"`citynoc maintenance {' '.join(arguments)}` failed:\n{output.decode(errors='replace')}"
        )
    url = stack.room.url("citynoc", "/-/reload")
    async with stack.room.session.post(url, timeout=PATIENCE) as response:
        if not response.ok:
            raise DemoError(f"the service refused the reload: {await response.text()}")
