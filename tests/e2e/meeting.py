"""A whole meeting with the real servers: `python -m tests.e2e.meeting` holds it with all 579 communes, once.

Seven participants have seven different faults before it begins; then two districts suffer, the bridge dies and everybody
dials in at the other one, and everybody leaves. What is held against it is what the simulator was told, never what the
service thinks. Prints one line: `score meeting expected_no_go 7 got_no_go N named_s S ok|wrong`.
"""

import asyncio
import json
import re
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from citynoc.clock import Clock
from citynoc.demo.proof import LOOK_EVERY, describe
from citynoc.demo.sink import Notification
from citynoc.demo.stack import Stack
from collector.conference.quality import Grade
from collector.meetings.reasons import Code
from collector.model import Device, Inventory, Role
from tests.e2e.city import living_city, timeless
from tests.integration.mosquitto import free_port

MEETING = "city-briefing"
TITLE = "Giao ban toàn Thành phố"
ALERT = "MeetingNotReady"
SUFFERING = ("004", "268")
"""Districts whose trunks are crowded during the meeting."""
HOME, OTHER = "mcu-1", "mcu-2"
PREPARING, LASTING = 45.0, 40.0
"""Seconds from the calendar's arrival to the start, and from there to the end."""
LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Fault:
    """What is done to a participant, and the reason that has to be named for it."""

    site: str
    code: Code
    acts: tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass
class Held:
    """What was seen of a meeting."""

    faults: tuple[Fault, ...]
    participants: int
    named: dict[str, str] = field(default_factory=dict)
    named_after: float = 0.0
    told: list[Notification] = field(default_factory=list)
    poor: int = 0
    rejoined: float = 0.0
    report: dict[str, Any] = field(default_factory=dict)

    @property
    def absent(self) -> set[str]:
        """Who cannot dial in at all: a router is dead, an endpoint is off, one is registered nowhere."""
        return {one.site for one in self.faults[:3]}

    @property
    def wrong(self) -> list[str]:
        """Everything that was not as it had to be."""
        wanted = {one.site: str(one.code) for one in self.faults}
        missing = wanted.items() - self.named.items()
        extra = self.named.items() - wanted.items()
        firing = [told for told in self.told if told.status == "firing"]
        return [
            *(f"{site} should be NO-GO by {code}" for site, code in sorted(missing)),
            *(f"{site} is NO-GO by {code}" for site, code in sorted(extra)),
            *([] if len(firing) == 1 else [f"{ALERT} was told {len(firing)} times"]),
            *self._wrong_report(),
        ]

    def _wrong_report(self) -> Iterator[str]:
        """The report by commune, district and incident."""
        rows, districts = self.report["attendance"], self.report["districts"]
        came = {row["site"] for row in rows if row["joined"] is not None}
        if len(rows) != self.participants or {row["site"] for row in rows} - came != self.absent:
            yield f"the report has {len(rows)} communes, of which {len(came)} came"
        if any(row["minutes_attended"] for row in rows if row["site"] in self.absent):
            yield "somebody who never came attended in the report"
        poor = {row["district"] for row in districts if row["seconds_poor"] > 0}
        if not poor.issuperset(SUFFERING):
            yield f"poor calls in the report only in {sorted(poor)}"
        causes = {one["cause"] for one in self.report["incidents"]}
        router = f"device:rt-{self.faults[0].site}"
        if router not in causes:
            yield f"{router} is no incident of the report, which has {sorted(map(str, causes))}"

    def __str__(self) -> str:
        verdict = "wrong" if self.wrong else "ok"
        return (
            f"score meeting expected_no_go {len(self.faults)} got_no_go {len(self.named)} "
            f"named_s {self.named_after:.1f} {verdict}"
        )


def small(folder: Path) -> Path:
    """The shipped city with the two districts that suffer alone, polled and heard twice as often."""
    config = timeless(folder)
    for file in (config / "districts").iterdir():
        if not file.name.startswith(SUFFERING):
            file.unlink()
    city, core = config / "city.yml", config / "core.yml"
    city.write_text(
        city.read_text().replace("poll: 30s", "poll: 10s").replace("heartbeat: 10s", "heartbeat: 5s")
    )
    core.write_text(core.read_text().replace(":1180/", f":{free_port()}/"))
    return config


def whole(folder: Path) -> Path:
    """The shipped city."""
    return timeless(folder)


def seven(inventory: Inventory) -> tuple[Fault, ...]:
    """Seven communes, each with a fault of its own, spread over the city."""
    sites = [device.site for device in inventory.devices.values() if device.role is Role.ENDPOINT]
    chosen = [str(sites[number * (len(sites) - 1) // 6]) for number in range(7)]
    vc = [f"vc-{site}" for site in chosen]
    return (
        Fault(chosen[0], Code.ROUTER_DOWN, (("kill", {"device": f"rt-{chosen[0]}"}),)),
        Fault(chosen[1], Code.ENDPOINT_DOWN, (("switch_off", {"endpoints": [vc[1]]}),)),
        Fault(
            chosen[2],
            Code.NOT_REGISTERED,
            tuple(("break", {"device": vc[2], "part": part}) for part in ("sip", "h323")),
        ),
        Fault(chosen[3], Code.CAMERA, (("break", {"device": vc[3], "part": "camera"}),)),
        Fault(chosen[4], Code.MICROPHONE, (("break", {"device": vc[4], "part": "microphone"}),)),
        Fault(chosen[5], Code.CLOCK, (("clock", {"device": vc[5], "ahead": "90s"}),)),
        Fault(chosen[6], Code.CALL_LOSS, (("congest", {"device": vc[6], "loss": "8%", "jitter": "1ms", "latency": "1ms"}),)),
    )  # fmt: skip


async def hold(stack: Stack, config: Path, clock: Callable[[], float], lasting: float = LASTING) -> Held:
    """The meeting, from its appearance in a calendar to its report."""
    held = Held(seven(stack.inventory), sum(1 for _ in _endpoints(stack.inventory)))
    hall = _Hall(stack)
    start = clock() + PREPARING
    announce(config, start, start + lasting)
    await hall.reload()
    await hall.until("everybody can join", lambda: hall.count("ready", held.participants))
    for fault in held.faults:
        for verb, what in fault.acts:
            await stack.control.act(verb, what)
    began = clock()
    await stack.control.act("call", {"start": MEETING, "participants": "all", "over": "3s"})
    wanted = {one.site: str(one.code) for one in held.faults}
    await hall.until("the seven are named", lambda: hall.names(wanted, held), patience=2 * PREPARING)
    held.named_after = clock() - began
    await hall.until("somebody is told", lambda: hall.told(held))
    await hall.until("it begins", lambda: hall.is_in("running"), patience=2 * PREPARING)
    for district in SUFFERING:
        await stack.control.act("congest", {"device": f"ag-{district}-1", "loss": "6%", "jitter": "60ms"})
    await hall.until("poor calls are seen", lambda: hall.poor(held))
    connected = held.participants - len(held.absent)
    await stack.control.act("kill", {"device": HOME})
    await hall.until("everybody is at the other bridge", lambda: hall.ports(OTHER, connected))
    held.rejoined = clock() - began
    some = {"participants": {"district": SUFFERING[0]}}
    left = connected - sum(
        1
        for device in _endpoints(stack.inventory)
        if device.district == SUFFERING[0] and device.site not in held.absent
    )
    await stack.control.act("call", {"end": MEETING, **some})
    await hall.until("a district drops", lambda: hall.count("connected", left))
    await stack.control.act("call", {"start": MEETING, **some})
    await hall.until("it dials in again", lambda: hall.count("connected", connected))
    await hall.until("it is over", lambda: hall.is_in("ended"), patience=2 * lasting)
    await stack.control.act("call", {"end": MEETING})
    await hall.told(held)
    await hall.until("the report is complete", lambda: hall.reported(held))
    return held


def announce(config: Path, start: float, end: float) -> None:
    """A calendar file as a mail server would export it, to the second, and the rule that makes its event a meeting."""
    stamps = [datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%SZ") for at in (start, end)]
    event = (
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//city.example//e2e//VI", "BEGIN:VEVENT", "UID:e2e@city.example",
        f"DTSTAMP:{stamps[0]}", f"DTSTART:{stamps[0]}", f"DTEND:{stamps[1]}", f"SUMMARY:{TITLE}", "END:VEVENT",
        "END:VCALENDAR", "",
    )  # fmt: skip
    (config / "calendars").mkdir(exist_ok=True)
    (config / "calendars" / "office.ics").write_text("\r\n".join(event))
    (config / "meetings.yml").write_text(
        "calendars:\n  office:\n    file: calendars/office.ics\n    rules:\n"
        f"      - when: {{title: '{TITLE}'}}\n        meeting: {MEETING}\n        participants: all\n"
        f"        bridges: [{HOME}, {OTHER}]\n"
    )


class _Hall:
    """Looks at the meeting: by the service's API, by Prometheus and by the webhook."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._first = len(stack.sink.notifications)
        self.last: dict[str, Any] = {}
        self._began = time.monotonic()

    async def reload(self) -> None:
        async with self._stack.room.session.post(self._stack.room.url("citynoc", "/-/reload")) as response:
            assert response.status == 200, await response.text()

    async def until(self, what: str, holds: Callable[[], Awaitable[bool]], patience: float = 60.0) -> None:
        """Return as soon as it holds; AssertionError with the last look if it does not."""
        try:
            async with asyncio.timeout(patience):
                while not await holds():
                    self._stack.raise_deaths()
                    await asyncio.sleep(LOOK_EVERY / 2)
        except TimeoutError:
            seen = {key: value for key, value in self.last.items() if key not in ("list", "title")}
            bad = [one for one in self.last.get("list", ()) if one["verdict"] != "GO"][:12]
            text = json.dumps({"meeting": seen, "list": bad}, ensure_ascii=False, indent=1)
            firing = await self._stack.oracle.labels('ALERTS{alertname!="Watchdog"}')
            text += f"; alerts {firing}; told {describe(self._stack.sink.notifications[self._first :])}"
            raise AssertionError(f"never seen: {what}; last seen {text}") from None
        print(f"  {time.monotonic() - self._began:5.1f} s: {what}", file=sys.stderr)

    async def look(self) -> dict[str, Any]:
        """The meeting by the API; empty while it is not known."""
        url = self._stack.room.url("citynoc", f"/api/v1/meetings/{MEETING}")
        async with self._stack.room.session.get(url) as response:
            self.last = await response.json() if response.status == 200 else {}
        return self.last

    async def count(self, key: str, wanted: int) -> bool:
        return bool((await self.look()).get(key) == wanted)

    async def is_in(self, phase: str) -> bool:
        return bool((await self.look()).get("state") == phase)

    async def names(self, wanted: Mapping[str, str], held: Held) -> bool:
        """Whether those that cannot join are exactly these, each by this reason first."""
        found = (await self.look()).get("list", ())
        held.named = {one["site"]: one["reasons"][0]["code"] for one in found if one["verdict"] == "NO-GO"}
        return held.named == wanted

    async def told(self, held: Held) -> bool:
        """Whether the webhook was told that the meeting is not ready."""
        came = self._stack.sink.notifications[self._first :]
        held.told = [one for one in came if any(alert.name == ALERT for alert in one.alerts)]
        return bool(held.told)

    async def reported(self, held: Held) -> bool:
        """Whether the command's report has everybody who came; it is kept with the meeting."""
        command = [
            "meeting",
            "report",
            MEETING,
            "--format",
            "json",
            "--data",
            str(self._stack.room.folder.store("citynoc")),
        ]
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "citynoc", *command, "--config", str(self._stack.room.config),
            stdout=asyncio.subprocess.PIPE, env=self._stack.environment(),
        )  # fmt: skip
        said, _ = await child.communicate()
        held.report = json.loads(said) if child.returncode == 0 else {}
        return held.report.get("joined") == held.participants - len(held.absent)

    async def measured(self, name: str) -> list[tuple[dict[str, str], float]]:
        """Labels and values of a metric of devices, as a scrape of now would have them."""
        url = self._stack.room.url("citynoc", "/metrics/devices")
        async with self._stack.room.session.get(url) as response:
            lines = (await response.text()).splitlines()
        found = [line.rpartition(" ") for line in lines if line.startswith(name + "{")]
        return [(dict(LABEL.findall(series)), float(value)) for series, _, value in found]

    async def ports(self, bridge: str, wanted: int) -> bool:
        """Whether the bridge says that so many ports are in use."""
        used = await self.measured("citynoc_bridge_ports_used")
        return [value for labels, value in used if labels["device"] == bridge] == [wanted]

    async def poor(self, held: Held) -> bool:
        """Whether most calls of both districts are graded poor."""
        graded = await self.measured("citynoc_conference_quality")
        bad = {
            labels["device"]
            for labels, value in graded
            if value == Grade.POOR and labels["district"] in SUFFERING
        }
        held.poor = len(bad)
        there = sum(1 for device in _endpoints(self._stack.inventory) if device.district in SUFFERING)
        return held.poor >= there // 2


def _endpoints(inventory: Inventory) -> Iterator[Device]:
    return (device for device in inventory.devices.values() if device.role is Role.ENDPOINT)


async def main() -> int:
    """Hold it with the whole city; 1 if anything was wrong."""
    with tempfile.TemporaryDirectory(prefix="citynoc-meeting-") as folder:
        config = whole(Path(folder))
        async with living_city(config=config) as stack:
            held = await hold(stack, config, Clock().unix, 2 * LASTING)
    print(held, flush=True)
    for fault in held.wrong:
        print(f"  meeting: {fault}", file=sys.stderr)
    return 1 if held.wrong else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
