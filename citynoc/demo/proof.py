"""The unattended proof: everything up, one commune cut, one page for it, repaired, resolved once, everything up.

Believes Prometheus and the webhook sink, never the service itself. Every deviation is a DemoError that says what was
expected and what was seen.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from citynoc.demo.folder import COMMUNITY
from citynoc.demo.oracle import Up
from citynoc.demo.sink import Notification
from citynoc.demo.stack import Stack
from citynoc.demo.supervisor import DemoError
from collector.model import Device, Role, Site, SiteKind

LOOK_EVERY = 0.5
QUIET = 20.0  # seconds after the page in which a second one, or a child's, would have come
QUIET_AFTER = 10.0  # the same after the resolution
HEARTBEAT_WITHIN = (
    90.0  # the first may have been before Prometheus found Alertmanager, the next comes a minute later
)
PAGE_WITHIN = 60.0
RESOLVED_WITHIN = 120.0  # a line that has flapped must hold before it counts as repaired

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Seen:
    """The times of a proof, in seconds."""

    all_up: float
    page: float
    resolved: float
    all_up_again: float


async def all_up(stack: Stack, shown: Callable[[Up], None] = lambda _: None) -> float:
    """Wait until the beholder says that every device and commune is up; how long that took.

    Raises:
        DemoError: a server ended meanwhile. The time limit is the caller's.
    """
    began = time.monotonic()
    while True:
        stack.raise_deaths()
        up = await stack.beholder.up()
        shown(up)
        if up == stack.expected:
            return time.monotonic() - began
        await asyncio.sleep(LOOK_EVERY)


async def knows_alertmanager(stack: Stack) -> None:
    """Wait until Prometheus has found Alertmanager: an alert before that is sent again only after a minute."""
    while await stack.oracle.alertmanagers() == 0:
        stack.raise_deaths()
        await asyncio.sleep(LOOK_EVERY)


async def prove(stack: Stack, say: Say, shown: Callable[[Up], None]) -> Seen:
    """Run the whole proof on a started stack. Raises DemoError at the first deviation."""
    took = await all_up(stack, shown)
    say(
        f"Prometheus says: {stack.expected.devices} of {stack.expected.devices} devices answer, "
        f"{stack.expected.communes} of {stack.expected.communes} communes are up ({took:.1f} s)"
    )
    await knows_alertmanager(stack)
    router, site = victim(stack)
    await polled(stack, router)
    say(f"`citynoc poll {router.name}` answers")
    _expect_calm(stack)

    await stack.control.cut({"device": router.name})
    began = time.monotonic()
    say(f"cut: {site.name} ({site.code}), router {router.name}")
    await _until(stack, lambda: bool(_told(stack, "firing")), PAGE_WITHIN, f"a page for {router.name}")
    page = time.monotonic() - began
    say(f"page after {page:.1f} s: {_text(_told(stack, 'firing')[0])}")
    await _stay(stack, QUIET)
    expect_one(stack.sink.notifications, "firing", router, site)
    say(f"no other page in the {QUIET:g} s after it")

    await stack.control.repair({"device": router.name})
    began = time.monotonic()
    await _until(
        stack, lambda: bool(_told(stack, "resolved")), RESOLVED_WITHIN, f"the resolution of {router.name}"
    )
    resolved = time.monotonic() - began
    say(f"repaired; resolved after {resolved:.1f} s")
    await _stay(stack, QUIET_AFTER)
    expect_one(stack.sink.notifications, "resolved", router, site)
    expect_one(stack.sink.notifications, "firing", router, site)
    await all_up(stack, shown)
    again = time.monotonic() - began
    say("Prometheus says that everything is up again")
    await _until(
        stack,
        lambda: stack.sink.heartbeats["Watchdog"] > 0,
        HEARTBEAT_WITHIN,
        "the Watchdog's heartbeat at the webhook",
    )
    say("the Watchdog's heartbeat arrived at the webhook")
    return Seen(took, page, resolved, again)


def victim(stack: Stack) -> tuple[Device, Site]:
    """The commune that is cut: the first by code that has a router."""
    for device in sorted(stack.inventory.devices.values(), key=lambda device: device.site):
        site = stack.inventory.sites[device.site]
        if device.role is Role.ROUTER and site.kind is SiteKind.COMMUNE:
            return device, site
    raise DemoError("the configuration has no commune with a router: there is nothing to cut")


async def polled(stack: Stack, device: Device) -> str:
    """What `citynoc poll` prints for the device. Raises DemoError if it fails or shows no interface's counters."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "citynoc", *poll_arguments(stack, device)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env=stack.environment(),
    )
    output, _ = await process.communicate()
    text = output.decode(errors="replace")
    if process.returncode != 0 or "ifHCInOctets" not in text:
        raise DemoError(f"`citynoc poll` of {device.name} ended with exit code {process.returncode}:\n{text}")
    return text


def poll_arguments(stack: Stack, device: Device) -> list[str]:
    """How to poll the device by hand; by its address if the agents had to take another port than the inventory's."""
    arguments = ["poll", "--config", str(stack.room.config)]
    access, port = device.snmp, stack.room.ports.snmp
    if access is None or access.port == port:
        return [*arguments, device.name]
    address = ["--address", f"{device.address}:{port}", "--community-env", COMMUNITY]
    return [*arguments, *address, "--profile", access.profile, device.name]


def _told(stack: Stack, status: str) -> list[Notification]:
    return _of(stack.sink.notifications, status)


def _of(notifications: list[Notification], status: str) -> list[Notification]:
    """Those about outages, with this status."""
    return [told for told in notifications if told.status == status and told.outages()]


def _text(told: Notification) -> str:
    annotations = told.alerts[0].annotations
    return " / ".join(annotations[key] for key in ("summary_vi", "summary") if key in annotations)


def _expect_calm(stack: Stack) -> None:
    if early := _told(stack, "firing"):
        raise DemoError(f"nothing was cut yet, but a notification arrived: {describe(early)}")


def expect_one(notifications: list[Notification], status: str, router: Device, site: Site) -> None:
    """Among the notifications about outages exactly one has this status, for this commune and naming it.

    Raises:
        DemoError: with what came instead.
    """
    told = _of(notifications, status)
    if len(told) != 1 or len(told[0].alerts) != 1:
        raise DemoError(f"expected exactly one {status} notification with one alert, got: {describe(told)}")
    text = " ".join(told[0].alerts[0].annotations.values())
    (outage,) = told[0].outages()
    if site.code not in outage:
        raise DemoError(f"the {status} notification is for {outage}, not for {router.name}")
    if site.name not in text or site.code not in text:
        raise DemoError(f"the {status} notification does not name {site.name} ({site.code}): {text}")


def describe(told: list[Notification]) -> str:
    """Notifications in one readable text."""
    if not told:
        return "none"
    return "; ".join(
        f"{one.status} at {one.receiver}: "
        + ", ".join(f"{alert.name} {alert.labels.get('outage', '')} ({alert.status})" for alert in one.alerts)
        for one in told
    )


async def _until(stack: Stack, seen: Callable[[], bool], within: float, what: str) -> None:
    deadline = time.monotonic() + within
    while not seen():
        stack.raise_deaths()
        if time.monotonic() > deadline:
            raise DemoError(
                f"waited {within:g} s for {what}: not seen. Notifications so far: {describe(stack.sink.notifications)}"
            )
        await asyncio.sleep(0.05)


async def _stay(stack: Stack, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        stack.raise_deaths()
        await asyncio.sleep(LOOK_EVERY)
