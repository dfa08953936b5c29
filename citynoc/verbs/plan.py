"""`citynoc plan`: what would be asked of whom and how often; with `--against DIR`, what a change would do.

It asks nothing. Two configurations are compared as a running service would compare them on a reload.
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Any

from citynoc.meetings.changes import lines as meeting_lines
from citynoc.meetings.changes import meeting_changes
from collector.config import Configuration, load
from collector.model import Device, DeviceName
from collector.plan import Change, Plan, build, diff

HELP = "show what is asked of whom, and what a change would do"
SHOWN = 12


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "--against",
        type=Path,
        metavar="DIR",
        help="compare with the configuration in DIR (the one that runs now)",
    )
    parser.add_argument(
        "--all", action="store_true", help=f"list every device, not the first {SHOWN} of a kind"
    )
    parser.add_argument("--json", action="store_true", help="results as JSON")


def run(args: argparse.Namespace) -> int:
    """0, with or without a difference. Raises ConfigurationError for either directory."""
    configuration = load(args.config, os.environ, need_secrets=False)
    plan = build(configuration.inventory, configuration.profiles)
    if args.against is None:
        totals = reckon(configuration, plan)
        print(json.dumps(totals) if args.json else _totals_text(totals))
        return 0
    old = load(args.against, os.environ, need_secrets=False)
    difference = compare(old, configuration, diff(build(old.inventory, old.profiles), plan))
    now = time.clock_gettime(time.CLOCK_REALTIME)
    difference["meetings"] = meeting_changes(
        old, configuration, _sites_in(difference, old, configuration), now
    )
    if args.json:
        print(json.dumps(difference))
    else:
        print("\n".join(_difference_text(difference, None if args.all else SHOWN)))
    return 0


def reckon(configuration: Configuration, plan: Plan) -> dict[str, Any]:
    """Rates by question, devices by role and profile, and what is listened to."""
    devices = configuration.inventory.devices.values()
    rates: Counter[str] = Counter()
    for poll in plan.polls.values():
        rates[poll.question.value] += 1 / poll.interval  # type: ignore[assignment]  # a Counter of floats
    roles = Counter(
        (device.role.value, device.snmp.profile if device.snmp is not None else "-") for device in devices
    )
    return {
        "polls_per_second": {name: round(rate, 1) for name, rate in sorted(rates.items())},
        "devices": [
            {"role": role, "profile": profile, "devices": count}
            for (role, profile), count in sorted(roles.items())
        ],
        "mqtt_devices": sum(device.mqtt is not None for device in devices),
    }


def _totals_text(totals: dict[str, Any]) -> str:
    rates = totals["polls_per_second"]
    named = ", ".join(f"{name} {rate:,}" for name, rate in rates.items())
    lines = [
        f"{sum(rates.values()):,.1f} polls/s ({named}); {totals['mqtt_devices']:,} devices over MQTT",
        "",
    ]
    lines.append(f"{'role':12} {'profile':20} {'devices':>8}")
    lines += [f"{row['role']:12} {row['profile']:20} {row['devices']:>8,}" for row in totals["devices"]]
    return "\n".join(lines)


def compare(old: Configuration, new: Configuration, change: Change) -> dict[str, Any]:
    """Devices that come, go and change, with what changes; and how many polls that touches."""
    before, after = old.inventory.devices, new.inventory.devices
    asked_otherwise = {poll.device.name for poll in change.changed}
    changed = {
        name: _changed_fields(before[name], after[name])
        or (["profile or credential"] if name in asked_otherwise else [])
        for name in after
        if name in before and (before[name] != after[name] or name in asked_otherwise)
    }
    return {
        "added": _named(name for name in after if name not in before),
        "removed": _named(name for name in before if name not in after),
        "changed": changed,
        "polls": {
            "added": len(change.added),
            "removed": len(change.removed),
            "changed": len(change.changed),
        },
        "city": _changed_fields(old.inventory.city, new.inventory.city),
        "sites": _changed_keys(old.inventory.sites, new.inventory.sites),
        "services": _changed_keys(old.inventory.services, new.inventory.services),
    }


def _sites_in(difference: dict[str, Any], old: Configuration, new: Configuration) -> set[str]:
    """Codes of the sites whose devices the change adds, removes or asks otherwise."""
    names = {*difference["added"], *difference["removed"], *difference["changed"]}
    devices = (*old.inventory.devices.values(), *new.inventory.devices.values())
    return {*difference["sites"], *(device.site for device in devices if device.name in names)}


def _named(names: Iterable[DeviceName]) -> list[str]:
    return sorted(names)


def _changed_keys(old: Any, new: Any) -> list[str]:
    return sorted(key for key in {*old, *new} if old.get(key) != new.get(key))


def _changed_fields(old: Any, new: Any) -> list[str]:
    """Names of what differs, one step into the blocks `snmp` and `mqtt`."""
    result = []
    for item in fields(old):
        was, now = getattr(old, item.name), getattr(new, item.name)
        if not item.compare or was == now:
            continue
        if isinstance(old, Device) and item.name in {"snmp", "mqtt"} and was is not None and now is not None:
            result += [f"{item.name}.{name}" for name in _changed_fields(was, now)]
        else:
            result.append(item.name)
    return result


def _difference_text(difference: dict[str, Any], limit: int | None) -> list[str]:
    lines = []
    for mark, kind in (("+", "added"), ("-", "removed")):
        lines += _listed([f"{mark} {name}" for name in difference[kind]], kind, limit)
    alike: dict[str, list[str]] = {}
    for name, what in difference["changed"].items():
        alike.setdefault(", ".join(what), []).append(name)
    for what, names in alike.items():
        shown = names[:limit]
        more = f" and {len(names) - len(shown):,} more" if len(names) > len(shown) else ""
        lines.append(f"~ {what}: {', '.join(shown)}{more}")
    for kind in ("city", "sites", "services"):
        if difference[kind]:
            some = difference[kind][:limit]
            hidden = len(difference[kind]) - len(some)
            lines.append(f"~ {kind}: {', '.join(some)}{f' and {hidden} more' if hidden else ''}")
    lines += meeting_lines(difference["meetings"])
    if not lines:
        return ["no difference"]
    polls = difference["polls"]
    counts = ", ".join(f"{count:,} {kind}" for kind, count in polls.items())
    return [*lines, f"polls: {counts}"]


def _listed(lines: list[str], kind: str, limit: int | None) -> list[str]:
    if limit is None or len(lines) <= limit:
        return lines
    return [*lines[:limit], f"  … and {len(lines) - limit:,} more {kind}"]
