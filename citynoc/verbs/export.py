"""`citynoc export`: sites and devices as a table, as Prometheus' targets or as JSON. No secret is read for it.

The table is what `citynoc import` takes: export, edit in a spreadsheet, import, and only the edits are a difference.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from citynoc.outward import as_csv, as_json, as_pings, as_targets
from collector import atomic
from collector.config import Configuration, load
from collector.config.problems import did_you_mean
from collector.model import Device, Role
from exporters.discovery import blackbox

HELP = "write sites and devices as CSV, JSON or Prometheus targets"
MISUSE = 2
FORMATS = ("csv", "file_sd", "json")
PROBERS = ("snmp_exporter", "blackbox", "ping")


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--format", choices=FORMATS, default="csv", help="of what is written (default: csv)")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="where to write (default: standard output)"
    )
    parser.add_argument(
        "--role", action="append", default=[], choices=[*Role], metavar="ROLE", help="only this role"
    )
    parser.add_argument("--district", action="append", default=[], metavar="CODE", help="only this district")
    targets = parser.add_argument_group("file_sd")
    targets.add_argument(
        "--for",
        dest="prober",
        choices=PROBERS,
        default=PROBERS[0],
        help="who asks: snmp_exporter (devices), blackbox (the city's services) or ping (devices, by blackbox_exporter)",
    )
    targets.add_argument(
        "--module",
        action="append",
        default=[],
        metavar="[PROFILE=]MODULE",
        help="snmp_exporter's module for a profile (default: if_mib for all); for ping the module (default: icmp)",
    )


def run(args: argparse.Namespace) -> int:
    """0; 1 if the file cannot be written; 2 for a district or profile that does not exist."""
    configuration = load(args.config, os.environ, need_secrets=False)
    wrong = _unknown(args, configuration)
    if wrong is not None:
        sys.stderr.write(f"citynoc export: {wrong}\n")
        return MISUSE
    text = _text(args, configuration)
    if args.output is None:
        sys.stdout.write(text)
        return 0
    try:
        atomic.replace(args.output, text)
    except OSError as error:
        sys.stderr.write(f"citynoc export: cannot write {args.output}: {error.strerror}\n")
        return 1
    return 0


def _text(args: argparse.Namespace, configuration: Configuration) -> str:
    inventory = configuration.inventory
    devices = [one for one in inventory.devices.values() if _chosen(one, args)]
    if args.format == "csv":
        return as_csv(inventory, devices)
    if args.format == "json":
        return as_json(inventory, devices)
    if args.prober == "blackbox":
        return json.dumps(blackbox(inventory), ensure_ascii=False, indent=1) + "\n"
    if args.prober == "ping":
        return as_pings(devices, args.module[0] if args.module else "icmp")
    return as_targets(devices, dict(text.split("=", 1) for text in args.module))


def _chosen(device: Device, args: argparse.Namespace) -> bool:
    return (not args.role or device.role in args.role) and (
        not args.district or device.district in args.district
    )


def _unknown(args: argparse.Namespace, configuration: Configuration) -> str | None:
    """What was asked for and does not exist."""
    districts = configuration.inventory.districts
    for code in args.district:
        if code not in districts:
            hint = did_you_mean(code, districts)
            return f"there is no district '{code}'" + (f"; {hint}" if hint else "")
    if args.format == "file_sd" and args.prober == "snmp_exporter":
        for text in args.module:
            profile, equals, module = text.partition("=")
            if not equals or not module:
                return f"--module {text}: write PROFILE=MODULE"
            if profile not in configuration.profiles:
                hint = did_you_mean(profile, configuration.profiles)
                return f"there is no profile '{profile}'" + (f"; {hint}" if hint else "")
    return None
