"""`citynoc demo`: the whole product with a simulated city, on this machine, until Ctrl-C; or proven unattended.

Exit codes: 0 it ran (with --check: everything was seen), 1 something did not work, 130 a check was interrupted.
"""

import argparse
import asyncio
import os
import signal
from pathlib import Path

from rich.console import Console

from citynoc.clock import Clock
from citynoc.demo import ports
from citynoc.demo.folder import COMMUNITY
from citynoc.demo.proof import all_up, prove
from citynoc.demo.screen import Screen
from citynoc.demo.servers import BINARIES
from citynoc.demo.stack import Choice, Stack, opened_stack
from citynoc.demo.supervisor import DemoError, Supervisor, indent, tail
from collector.config import load

HELP = "start everything with a simulated city and watch it work"

INTERRUPTED = 130
FAILED = 1


def add(parser: argparse.ArgumentParser) -> None:
    """The verb's options."""
    parser.add_argument(
        "--data", type=Path, default=Path(".demo"), metavar="DIR", help="logs and data (default: ./.demo)"
    )
    parser.add_argument(
        "--deploy",
        type=Path,
        metavar="DIR",
        help="the shipped server configurations (default: deploy/ beside the configuration directory)",
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="prove it unattended: cut a commune, see one page, repair it; then stop",
    )
    parser.add_argument(
        "--timeout",
        type=seconds,
        default=240.0,
        metavar="SECONDS",
        help="of --check as a whole (default: 240)",
    )


def seconds(text: str) -> float:
    """A positive number of seconds, for argparse."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number of seconds")
    return value


def run(args: argparse.Namespace) -> int:
    """Run the demo or its check; talk goes to stderr."""
    screen = Screen(Console(stderr=True))
    try:
        chosen = choose(args, screen)
        return asyncio.run(_until_told(chosen, args, screen))
    except DemoError as error:
        screen.fail(str(error))
        return FAILED


def choose(args: argparse.Namespace, screen: Screen) -> Choice:
    """Folders and ports. A wrong configuration is told here, before anything is started."""
    inventory = load(args.config, {**os.environ, COMMUNITY: "not asked yet"}).inventory
    snmp = next((device.snmp.port for device in inventory.devices.values() if device.snmp is not None), 1161)
    chosen = ports.usual(snmp)
    for text in chosen.taken:
        screen.warn(text)
    deploy = args.deploy or args.config.resolve().parent / "deploy"
    return Choice(args.config, deploy, args.data, chosen, fresh=args.check)


async def _until_told(choice: Choice, args: argparse.Namespace, screen: Screen) -> int:
    """A signal to end cancels the work; leaving the stack's context then stops every process."""
    loop = asyncio.get_running_loop()
    work = asyncio.current_task(loop)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, work.cancel if work is not None else loop.stop)
    try:
        async with opened_stack(choice, Clock().unix, screen.heard) as stack:
            try:
                return await (_check(stack, args.timeout, screen) if args.check else _show(stack, screen))
            except DemoError as error:
                _show_logs(stack.supervisor, screen)
                screen.fail(str(error))  # last, so that it is what a person sees
                return FAILED
            except asyncio.CancelledError:
                for number in (
                    signal.SIGINT,
                    signal.SIGTERM,
                    signal.SIGHUP,
                ):  # the end is under way: no second one
                    loop.add_signal_handler(number, lambda: None)
                screen.say("stopping, last started first …")
                raise
    except asyncio.CancelledError:
        screen.say("everything that was started here is stopped")
        return INTERRUPTED if args.check else 0


async def _show(stack: Stack, screen: Screen) -> int:
    """Start, show progress until all report, then whatever happens, until somebody ends it."""
    await stack.start(screen)
    with screen.progress(stack) as shown:
        took = await all_up(stack, shown)
    expected = stack.expected
    screen.say(
        f"{expected.communes}/{expected.communes} communes and {expected.devices}/{expected.devices} devices report, "
        f"says {stack.beholder.name} ({took:.1f} s)"
    )
    screen.addresses(stack)
    while True:
        dead = await stack.supervisor.deaths.get()
        screen.fail(f"{dead.epitaph()}\nIt is not restarted: stop the demo with Ctrl-C and start it again.")


async def _check(stack: Stack, timeout: float, screen: Screen) -> int:  # noqa: ASYNC109 - it is told to a person
    if stack.missing:
        names = ", ".join(BINARIES[name][0] for name in stack.missing)
        raise DemoError(f"nothing can be proven without {names}: install what is missing first")
    try:
        async with asyncio.timeout(timeout):
            await stack.start(screen)
            with screen.progress(stack) as shown:
                seen = await prove(stack, screen.say, shown)
    except TimeoutError:
        up = await stack.beholder.up()
        raise DemoError(
            f"not proven within {timeout:g} s; {stack.beholder.name} says {up.devices} of {stack.expected.devices} "
            f"devices and {up.communes} of {stack.expected.communes} communes are up"
        ) from None
    screen.proven(seen)
    return 0


def _show_logs(supervisor: Supervisor, screen: Screen) -> None:
    for child in supervisor.children.values():
        screen.warn(f"last lines of {child.log}:\n{indent(tail(child.log))}")
