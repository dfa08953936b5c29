"""`citynoc maintenance`: planned work as the configuration has it; add a window, end one.

The file is `maintenance.yml` in the configuration; comments in it stay. A running service takes a change when it
reloads.
"""

import argparse
import json
import os
import re
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from citynoc.editing.lock import BusyError, locked
from citynoc.editing.yaml_text import CannotEditError, edit
from collector import atomic
from collector.config import Configuration, load
from collector.config.fields import read_duration
from collector.config.files import shown_root
from collector.config.maintenance import FILE, addition, read_maintenance, read_moment, unix
from collector.config.problems import ConfigurationError, draw
from collector.config.words import WrittenWrongError
from collector.meetings.conflicts import conflicts
from collector.meetings.model import Calendar as Meetings
from collector.model import DeviceName, DistrictCode, Inventory, SiteCode
from collector.outages.maintenance import Calendar, Window

HELP = "list planned work, add a window or end one"
WRONG = 1
MISUSE = 2
SHOWN = 5
RELOAD = "a running service takes it with: systemctl reload citynoc (or SIGHUP, or POST /-/reload)"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.set_defaults(action="list")
    parser.add_argument("--json", action="store_true", help="print JSON")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    actions.add_parser("list", help="what is planned and what is on (the default)")
    new = actions.add_parser("add", help="plan work")
    new.add_argument("name", help="a name for it, as fibre-work-1")
    new.add_argument("--device", action="append", default=[], metavar="NAME", help="cover a device")
    new.add_argument("--site", action="append", default=[], metavar="CODE", help="cover a site")
    new.add_argument("--district", action="append", default=[], metavar="CODE", help="cover a district")
    new.add_argument("--from", dest="start", default="now", metavar="TIME", help="2026-08-01 22:00, or now")
    until = new.add_mutually_exclusive_group(required=True)
    until.add_argument("--until", metavar="TIME", help="when it ends")
    until.add_argument("--for", dest="length", metavar="TIME", help="how long it lasts: 90m, 6h")
    new.add_argument("--reason", default="", help="what is done, for people")
    new.add_argument("--force", action="store_true", help="cover sites even while they are in a meeting")
    end = actions.add_parser("end", help="end a window now, or drop one that has not begun")
    end.add_argument("name", help="its name")


def run(args: argparse.Namespace) -> int:
    """Print or change; 1 if the change would be wrong, 2 if it cannot be read."""
    if args.action not in {"add", "end"} or not args.config.is_dir():
        return _run(args)
    try:
        with locked(args.config):  # the file is read and written by nobody else meanwhile
            return _run(args)
    except BusyError as why:
        print(f"citynoc maintenance: {why}", file=sys.stderr)
        return WRONG


def _run(args: argparse.Namespace) -> int:
    configuration = load(args.config, os.environ, need_secrets=False)
    inventory = configuration.inventory
    now = float(int(time.clock_gettime(time.CLOCK_REALTIME)))
    path: Path = args.config / FILE
    windows, problems = read_maintenance(path, shown_root(args.config), inventory)
    if problems:
        raise ConfigurationError(problems)
    if args.action == "add":
        return _add(args, path, configuration, windows, now)
    if args.action == "end":
        return _end(args.name, path, inventory, windows, now)
    work = Calendar(windows, inventory)
    _list(work, configuration.meetings, ZoneInfo(inventory.city.timezone), now, as_json=args.json)
    return 0


def _list(calendar: Calendar, meetings: Meetings, zone: ZoneInfo, now: float, *, as_json: bool) -> None:
    against = {
        window.name: [
            f"{one.sitting.meeting} {datetime.fromtimestamp(one.sitting.start, zone):%Y-%m-%d %H:%M}"
            for one in conflicts(window, calendar, meetings, now)
        ]
        for window in calendar.windows
    }
    rows = [
        {
            "name": window.name,
            "state": "on" if window.active(now) else "planned" if window.start > now else "over",
            "start": window.start,
            "end": window.end,
            "devices": len(calendar.named(window)),
            "reason": window.reason,
            "force": window.force,
            "not_during": against[window.name],
        }
        for window in calendar.windows
    ]
    if as_json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for window, row in zip(calendar.windows, rows, strict=True):
        begin, end = (
            f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}" for at in (window.start, window.end)
        )
        devices = f"{row['devices']} device{'' if row['devices'] == 1 else 's'}"
        print(f"{row['state']:8} {begin} to {end}  {window.name}: {devices}  {window.reason}".rstrip())
        for one in against[window.name]:
            print(f"{'':8} but not for the sites of {one} while it runs: the window has no `force: true`")
    if not rows:
        print("no work is planned")


def _add(
    args: argparse.Namespace,
    path: Path,
    configuration: Configuration,
    windows: tuple[Window, ...],
    now: float,
) -> int:
    inventory = configuration.inventory
    zone = ZoneInfo(inventory.city.timezone)
    try:
        start = now if args.start == "now" else unix(read_moment(args.start), zone)
        end = (
            start + read_duration(args.length, usual="m")
            if args.length
            else unix(read_moment(args.until), zone)
        )
    except WrittenWrongError as wrong:
        print(f"citynoc maintenance: {wrong}; {wrong.hint or ''}".rstrip("; "), file=sys.stderr)
        return MISUSE
    if any(window.name == args.name for window in windows):
        print(f"citynoc maintenance: there is a window '{args.name}' already", file=sys.stderr)
        return WRONG
    window = Window(
        args.name,
        start,
        end,
        frozenset(map(DeviceName, args.device)),
        frozenset(map(SiteCode, args.site)),
        frozenset(map(DistrictCode, args.district)),
        args.reason,
        args.force,
    )
    clashes = list(conflicts(window, Calendar([window], inventory), configuration.meetings, now))
    for one in clashes[:SHOWN]:
        begin = datetime.fromtimestamp(one.sitting.start, zone)
        print(
            f"citynoc maintenance: {one.sitting.meeting} meets at {begin:%Y-%m-%d %H:%M}"
            f" with {len(one.sites)} of these sites",
            file=sys.stderr,
        )
    if clashes:
        more = f" and {len(clashes) - SHOWN} more sittings" if len(clashes) > SHOWN else ""
        print(f"nothing was added{more}: choose another time, or --force", file=sys.stderr)
        return WRONG
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if not re.search(r"^windows:", text, re.MULTILINE):
        text += ("\n" if text and not text.endswith("\n") else "") + "windows:\n"
    text = re.sub(r"^windows:[ \t]*\{\}[ \t]*$", "windows:", text, flags=re.MULTILINE)
    text += ("" if text.endswith("\n") else "\n") + addition(window, zone)
    over = " (it is over already: is the day right?)" if end <= now else ""
    return _write(path, text, inventory, f"added {args.name}{over}")


def _end(name: str, path: Path, inventory: Inventory, windows: tuple[Window, ...], now: float) -> int:
    window = next((window for window in windows if window.name == name), None)
    if window is None or window.end <= now:
        print(f"citynoc maintenance: no window '{name}' is on or planned", file=sys.stderr)
        return WRONG
    zone = ZoneInfo(inventory.city.timezone)
    moment = datetime.fromtimestamp(now, zone).strftime("%Y-%m-%d %H:%M:%S")
    written = path.read_text(encoding="utf-8")
    lines = written.splitlines(keepends=True)
    begin = next(
        (i for i, line in enumerate(lines) if re.match(rf"""  ["']?{re.escape(name)}["']?:""", line)), None
    )
    if begin is None:
        return _end_elsewhere(name, path, inventory, written, moment if window.start < now else None)
    after = next((i for i in range(begin + 1, len(lines)) if re.match(r" {0,2}[^\s#]", lines[i])), len(lines))
    block = lines[begin:after]
    if window.start >= now:
        block = []
    else:
        block = [re.sub(r"^(\s+end:).*$", rf"\1 {moment}", line) for line in block]
        if block == lines[begin:after]:
            return _end_elsewhere(name, path, inventory, written, moment)
    text = "".join([*lines[:begin], *block, *lines[after:]])
    if not block and len(windows) == 1:
        text = re.sub(r"^windows:[ \t]*$", "windows: {}", text, flags=re.MULTILINE)
    return _write(path, text, inventory, f"ended {name}")


def _end_elsewhere(name: str, path: Path, inventory: Inventory, text: str, moment: str | None) -> int:
    """End a window that a person wrote in another layout than ours; None for one that has not begun."""
    why = "it is not written as this command writes windows: take it out by hand"
    if moment is not None:
        try:
            ended = edit(text, {"windows": {name: {"end": moment}}})
        except CannotEditError as wrong:
            why = str(wrong)
        else:
            return _write(path, ended, inventory, f"ended {name}")
    print(f"citynoc maintenance: {path}: window '{name}': {why}", file=sys.stderr)
    return WRONG


def _write(path: Path, text: str, inventory: Inventory, done: str) -> int:
    """Replace the file if the new one is right."""
    try:
        with atomic.draft(path, text) as draft:
            _check(draft, path, inventory)
    except ConfigurationError as wrong:
        for problem in wrong.problems:
            print(draw(problem), file=sys.stderr)
        return WRONG
    except OSError as error:
        print(f"citynoc maintenance: cannot write {path}: {error.strerror}", file=sys.stderr)
        return WRONG
    print(done)
    print(RELOAD, file=sys.stderr)
    return 0


def _check(draft: Path, path: Path, inventory: Inventory) -> None:
    """Raises ConfigurationError, as of the file that the draft is for."""
    _, problems = read_maintenance(draft, path.parent, inventory)
    if problems:
        name = problems[0].place.file.replace(draft.name, path.name)
        raise ConfigurationError(replace(each, place=replace(each.place, file=name)) for each in problems)
