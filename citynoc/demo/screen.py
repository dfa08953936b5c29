"""What a person at the terminal sees of a demo: what started, how far it is, where to look, who was paged.

Prints and nothing else; decides nothing. On a pipe the same lines come without colours and without a moving bar.
"""

import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from citynoc.demo.folder import COMMUNITY
from citynoc.demo.oracle import Up
from citynoc.demo.proof import Seen, poll_arguments, victim
from citynoc.demo.sink import Notification
from citynoc.demo.stack import Stack

DEBIAN = Path("/usr/share/prometheus/alertmanager")
"""Where Debian's Alertmanager looks for its page; the package brings only one that says that there is none."""
MARKS = {"firing": "[bold red]PAGE[/]", "resolved": "[bold green]RESOLVED[/]"}


class Screen:
    """One terminal."""

    def __init__(self, console: Console, timezone: str = "Asia/Ho_Chi_Minh") -> None:
        self._console = console
        self._zone = ZoneInfo(timezone)

    def say(self, text: str) -> None:
        """One fact."""
        self._console.print(f"[green]•[/] {escape(text)}", highlight=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Something that is not as usual."""
        self._console.print(f"[yellow]![/] {escape(text)}", highlight=False, soft_wrap=True)

    def fail(self, text: str) -> None:
        """Why it did not work."""
        self._console.print(f"[bold red]✗[/] {escape(text)}", highlight=False, soft_wrap=True)

    def missing(self, name: str, program: str, consequence: str) -> None:
        """A server that is not installed."""
        self.warn(f"{program} is not installed, so the demo goes on without {name}: {consequence}")

    def ready(self, name: str, address: str, seconds: float) -> None:
        """A server that works."""
        self.say(f"{name} is ready on {address} ({seconds:.1f} s)")

    @contextmanager
    def progress(self, stack: Stack) -> Iterator[Callable[[Up], None]]:
        """A bar that fills until every commune reports; the function takes what is up now."""
        expected = stack.expected
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=True,
        ) as progress:
            communes = progress.add_task(f"communes up, says {stack.beholder.name}", total=expected.communes)
            devices = progress.add_task("devices up", total=expected.devices)

            def show(up: Up) -> None:
                progress.update(communes, completed=up.communes)
                progress.update(devices, completed=up.devices)

            yield show

    def addresses(self, stack: Stack) -> None:
        """Where to look, and what to try in another terminal."""
        room = stack.room
        device, _ = victim(stack)
        router = device.name
        self._console.print()
        bare = (DEBIAN / "no-ui").is_dir() and not (DEBIAN / "ui" / "index.html").exists()
        without_page = " (Debian's package has no page for them: amtool, as below)" if bare else ""
        rows = [
            (
                "citynoc",
                room.url("citynoc", "/"),
                "the live page; /metrics, /metrics/state, /metrics/devices, /api/v1/outages",
            ),
            ("prometheus", room.url("prometheus", "/"), "rules and alerts, in its menu"),
            ("alertmanager", room.url("alertmanager", "/"), f"pages and silences{without_page}"),
            ("blackbox", room.url("blackbox", "/"), "probes of the city's services"),
            ("webhook", room.url("webhook", "/"), "what the on-call person was sent (JSON)"),
        ]
        for name, url, text in rows:
            if name not in stack.missing:
                self._console.print(f"  [bold]{url:<36}[/] {text}", highlight=False, soft_wrap=True)
        folder = room.folder
        self._console.print(
            f"\nIn another terminal:\n"
            f"  . {escape(str(folder.environment_file))}   # {COMMUNITY} of this run\n"
            f"  {escape(shlex.join([str(Path(sys.executable).with_name('citynoc')), *poll_arguments(stack, device)]))}\n"
            f'  curl -X POST {room.url("control", "/cut")} -d \'{{"device": "{router}"}}\'     # and watch the page arrive here\n'
            f"{self._taking(stack, router)}"
            f'  curl -X POST {room.url("control", "/repair")} -d \'{{"device": "{router}"}}\'\n'
            f"\nLogs and data: {escape(str(folder.root))}. Ctrl-C stops everything that was started here.\n",
            highlight=False,
            soft_wrap=True,
        )

    def _taking(self, stack: Stack, router: str) -> str:
        """How to say that one takes the page; the live page then shows it."""
        if "alertmanager" in stack.missing:
            return ""
        where = stack.room.url("alertmanager", "")
        silence = (
            f"amtool silence add --alertmanager.url={where} -a you -d 2h -c calling outage=device:{router}"
        )
        return f"  {silence}   # you take it\n"

    def heard(self, told: Notification) -> None:
        """A notification, as it arrived."""
        at = datetime.fromtimestamp(told.at, self._zone).strftime("%H:%M:%S")
        for alert in told.alerts:
            text = alert.annotations.get("summary_vi") or alert.annotations.get("summary") or alert.name
            self._console.print(
                f"{at} {MARKS.get(alert.status, alert.status)} {escape(told.receiver)} · {escape(alert.name)} · {escape(text)}",
                highlight=False,
                soft_wrap=True,
            )

    def proven(self, seen: Seen) -> None:
        """The times of a proof that held."""
        self._console.print(
            f"[bold green]proven[/]: all up {seen.all_up:.1f} s after the last server was ready, cut → page {seen.page:.1f} s, "
            f"repair → resolved {seen.resolved:.1f} s, all up again {seen.all_up_again:.1f} s after the repair",
            highlight=False,
            soft_wrap=True,
        )
