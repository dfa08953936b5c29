"""`citynoc check`: every mistake of the configuration at once, or one line that says what it describes.

`--show DEVICE` prints what a device ends up with and which line says so. It asks no device anything.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from citynoc.checking.formats import FORMATS
from citynoc.terminal import coloured
from collector.config import Configuration, ConfigurationError, Problem, draw_all, load
from collector.config.explain import UnknownDeviceError, explain
from collector.config.oncall import unresolved
from collector.config.problems import Severity, in_order
from collector.meetings.conflicts import conflicts
from collector.outages.maintenance import Calendar
from collector.plan import build

HELP = "say every mistake in the configuration at once"


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "--show", metavar="DEVICE", help="what a device ends up with, and where each value is from"
    )
    parser.add_argument("--secrets", action="store_true", help="a secret that is not there is a mistake")
    form = parser.add_mutually_exclusive_group()
    form.add_argument(
        "--format",
        choices=["text", *FORMATS],
        default="text",
        help="for people, for programs, as GitHub's annotations or for code scanners (default: text)",
    )
    form.add_argument(
        "--json", action="store_const", const="json", dest="format", help="the same as --format json"
    )


def run(args: argparse.Namespace) -> int:
    """0 if the configuration can be used, 1 if not (or if the device to show does not exist)."""
    if args.show is not None:
        return _show(args.config, args.show, as_json=args.format == "json")
    try:
        configuration = load(args.config, os.environ, need_secrets=args.secrets)
    except ConfigurationError as wrong:
        _say(wrong.problems, None, args)
        return 1
    missing = _on_call_secrets(configuration, args)
    problems = in_order([*configuration.warnings, *missing, *_work_in_meetings(configuration)])
    if any(problem.severity is Severity.ERROR for problem in missing):
        _say(problems, None, args)
        return 1
    _say(problems, summary(configuration), args)
    return 0


def _on_call_secrets(configuration: Configuration, args: argparse.Namespace) -> list[Problem]:
    """The service never needs them, `citynoc alertmanager` does."""
    on_call = configuration.on_call
    if on_call is None:
        return []
    return unresolved(on_call, args.config, os.environ, need_secrets=args.secrets)


def _work_in_meetings(configuration: Configuration) -> Iterator[Problem]:
    """Planned work that will not hold for sites in a meeting; what is over is nobody's business any more."""
    work = Calendar(configuration.maintenance, configuration.inventory)
    zone = ZoneInfo(configuration.inventory.city.timezone)
    now = time.clock_gettime(time.CLOCK_REALTIME)
    for window in work.windows:
        first = next(conflicts(window, work, configuration.meetings, now), None)
        if first is not None and window.place is not None:
            begin = datetime.fromtimestamp(first.sitting.start, zone)
            message = (
                f"the window '{window.name}' does not cover {len(first.sites)} sites"
                f" while {first.sitting.meeting} meets ({begin:%Y-%m-%d %H:%M})"
            )
            yield Problem(window.place, message, "`force: true` lets it", Severity.WARNING)


def summary(configuration: Configuration) -> dict[str, Any]:
    """What the configuration describes, in numbers."""
    inventory = configuration.inventory
    polls = build(inventory, configuration.profiles).polls.values()
    return {
        "sites": len(inventory.sites),
        "devices": len(inventory.devices),
        "links": sum(len(device.uplinks) for device in inventory.devices.values()),
        "services": len(inventory.services),
        "meetings": len({series.name for series in configuration.meetings.series}),
        "polls_per_second": round(sum(1 / poll.interval for poll in polls), 1),
    }


def _say(problems: tuple[Problem, ...], numbers: dict[str, Any] | None, args: argparse.Namespace) -> None:
    if args.format != "text":
        sys.stdout.write(FORMATS[args.format](problems, numbers))
        return
    if problems:
        sys.stdout.write(draw_all(problems, colour=coloured(sys.stdout)))
    if numbers is not None:
        print(
            f"{args.config}: good: {numbers['sites']:,} sites, {numbers['devices']:,} devices,"
            f" {numbers['links']:,} links, {numbers['services']} services,"
            f" {numbers['meetings']} meeting{'' if numbers['meetings'] == 1 else 's'}, {numbers['polls_per_second']:,} polls/s"
        )


def _show(directory: Path, name: str, *, as_json: bool) -> int:
    try:
        lines = explain(directory, name)
    except UnknownDeviceError as unknown:
        sys.stderr.write(f"{unknown}{f' ({unknown.hint})' if unknown.hint else ''}\n")
        return 1
    if as_json:
        rows = [
            {"setting": line.setting, "value": line.value, "level": line.level, "place": _place(line.place)}
            for line in lines
        ]
        print(json.dumps({"device": name, "settings": rows}, ensure_ascii=False))
        return 0
    widths = [
        max(len(text) for text in column)
        for column in zip(*((x.setting, x.value) for x in lines), strict=True)
    ]
    print(name)
    for line in lines:
        where = f"{line.level}, {line.place}" if line.place is not None else line.level
        print(f"  {line.setting:{widths[0]}}  {line.value:{widths[1]}}  {where}")
    return 0


def _place(place: object) -> str | None:
    return None if place is None else str(place)
