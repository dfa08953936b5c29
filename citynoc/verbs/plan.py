"""`citynoc plan`: what would be asked of whom and how often; with `--against`, what a change would do.

It asks no device anything. Two configurations are compared as a running service compares them on a reload.
"""

import argparse
import json
import os
import sys
import time
from collections import Counter
from dataclasses import replace
from typing import Any

from citynoc.access import NoLoginError, add_access, login_of
from citynoc.planning.cost import INTERFACES, cost_of, values_of
from citynoc.planning.picture import picture_of
from collector.config import Configuration, load

HELP = "show what is asked of whom, and what a change would do"
SHOWN = 12
WRONG, MISUSE = 1, 2


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "--against",
        metavar="WHAT",
        help="compare with a directory, a commit of this repository, 'running', or a service's http:// address",
    )
    add_access(parser)
    parser.add_argument(
        "--interfaces",
        type=int,
        default=INTERFACES,
        metavar="N",
        help=f"interfaces of a device when series and load are estimated (default: {INTERFACES})",
    )
    parser.add_argument(
        "--all", action="store_true", help=f"list every device, not the first {SHOWN} of a kind"
    )
    parser.add_argument("--json", action="store_true", help="results as JSON")


def run(args: argparse.Namespace) -> int:
    """0, with or without a difference; 1 if the other side cannot be had. Raises ConfigurationError for either side."""
    configuration = load(args.config, os.environ, need_secrets=False)
    if args.against is not None:
        return _compare(args, configuration)
    totals = reckon(configuration, args.interfaces)
    print(json.dumps(totals) if args.json else _totals_text(totals))
    return 0


def _compare(args: argparse.Namespace, configuration: Configuration) -> int:
    from citynoc.importer.wanted import printable  # noqa: PLC0415  # names of the running service come from outside
    from citynoc.planning.commit import NoCommitError  # noqa: PLC0415  # an HTTP client and git only when compared
    from citynoc.planning.running import NotRunningError  # noqa: PLC0415
    from citynoc.planning.saying import as_json, in_words  # noqa: PLC0415
    from citynoc.planning.sides import Against, compared  # noqa: PLC0415

    against = Against(args.against, ca_file=args.ca_file, interfaces=args.interfaces)
    try:
        if against.is_service or args.login is not None:
            against = replace(against, login=login_of(args.login, os.environ))
    except NoLoginError as why:
        sys.stderr.write(f"citynoc plan: {why}\n")
        return MISUSE
    now = time.clock_gettime(time.CLOCK_REALTIME)
    try:
        found = compared(args.config, configuration, against, now)
    except (NoCommitError, NotRunningError) as why:
        sys.stderr.write(f"citynoc plan: {why}\n")
        return WRONG
    if args.json:
        print(json.dumps(as_json(found), ensure_ascii=False))
    else:
        for line in in_words(found, None if args.all else SHOWN):
            print(printable(line))
    return 0


def reckon(configuration: Configuration, interfaces: int = INTERFACES) -> dict[str, Any]:
    """Rates by question, devices by role and profile, what is listened to, and what all of it costs."""
    devices = configuration.inventory.devices.values()
    cost = cost_of(picture_of(configuration), values_of(configuration.profiles, interfaces))
    roles = Counter(
        (device.role.value, device.snmp.profile if device.snmp is not None else "-") for device in devices
    )
    return {
        "polls_per_second": {
            name: round(rate, 1) for name, rate in sorted(cost.requests_per_second.items()) if rate
        },
        "devices": [
            {"role": role, "profile": profile, "devices": count}
            for (role, profile), count in sorted(roles.items())
        ],
        "mqtt_devices": sum(device.mqtt is not None for device in devices),
        "cost": cost.to_json(),
    }


def _totals_text(totals: dict[str, Any]) -> str:
    rates, cost = totals["polls_per_second"], totals["cost"]
    named = ", ".join(f"{name} {rate:,}" for name, rate in rates.items())
    costs = (
        f"about {cost['series']:,} series, {cost['samples_per_second']:,} samples/s for Prometheus,"
        f" {cost['cores']} of a core, {cost['megabytes']:,} MB"
    )
    lines = [
        f"{sum(rates.values()):,.1f} polls/s ({named}); {totals['mqtt_devices']:,} devices over MQTT",
        costs,
        "",
    ]
    lines.append(f"{'role':12} {'profile':20} {'devices':>8}")
    lines += [f"{row['role']:12} {row['profile']:20} {row['devices']:>8,}" for row in totals["devices"]]
    return "\n".join(lines)
