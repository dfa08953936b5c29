"""`citynoc simulate`: a city on loopback that answers for the inventory, until SIGTERM or Ctrl-C."""

import argparse
import asyncio
import os
import resource
import sys
from ipaddress import ip_address
from pathlib import Path

from citynoc.settings import Endpoint
from citynoc.simulator import scenario
from citynoc.simulator.agents import PortInUseError
from citynoc.simulator.publisher import BrokerAt
from citynoc.simulator.simulation import Options, Simulation
from collector.config import load
from collector.model import Inventory

HELP = "answer for every device of the inventory, on loopback"
_LARGEST_PORT = 65535
_OTHER_FILES = 256  # sockets of agents, services and control, and the interpreter's own


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument("--scenario", type=Path, metavar="FILE", help="play what happens in this file")
    parser.add_argument(
        "--control",
        type=_loopback,
        metavar="HOST:PORT",
        help="listen here for the same actions over HTTP; port 0 takes a free one",
    )
    mqtt = parser.add_mutually_exclusive_group()
    mqtt.add_argument(
        "--broker", type=_endpoint, metavar="HOST:PORT", help="publish to this MQTT broker instead"
    )
    mqtt.add_argument("--no-mqtt", action="store_true", help="publish nothing")
    parser.add_argument(
        "--snmp-port", type=_port, metavar="N", help="answer on this UDP port instead; 0 takes a free one"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="another number, another city (default: 1)"
    )


def run(args: argparse.Namespace) -> int:
    """Load, simulate until told to stop. 1 if a port is taken; raises ConfigurationError if a file is wrong."""
    inventory = load(args.config, os.environ).inventory
    options = Options(
        seed=args.seed,
        snmp_port=args.snmp_port,
        broker=_broker(args, inventory),
        control=None if args.control is None else (args.control.host, args.control.port),
        scenario=None if args.scenario is None else scenario.load(args.scenario, inventory),
    )
    if options.broker is not None:
        _allow_connections(sum(device.mqtt is not None for device in inventory.devices.values()))
    try:
        asyncio.run(_simulate(inventory, options))
    except PortInUseError as taken:
        _talk(str(taken))
        return 1
    return 0


async def _simulate(inventory: Inventory, options: Options) -> None:
    await Simulation(inventory, options, _talk, lambda line: print(line, flush=True)).run()


def _allow_connections(number: int) -> None:
    """Raise the limit of open files, as far as the system lets us, for one connection an endpoint."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number + _OTHER_FILES
    if soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        if allowed < wanted:
            _talk(
                f"only {hard} open files are allowed: not all of {number} endpoints can publish (ulimit -n)"
            )


def _broker(args: argparse.Namespace, inventory: Inventory) -> BrokerAt | None:
    """The broker to publish to: invented telemetry goes to another machine only where somebody says so."""
    if args.no_mqtt:
        return None
    if args.broker is not None:
        return BrokerAt(args.broker.host, args.broker.port)
    broker = inventory.city.broker
    if broker is None:
        return None
    if not _is_loopback(broker.host) or broker.tls:
        _talk(
            f"publishing nothing: the broker {broker.host}:{broker.port} is not a plain one on this machine "
            "(--broker HOST:PORT names another)"
        )
        return None
    return BrokerAt(broker.host, broker.port)


def _talk(line: str) -> None:
    sys.stderr.write(f"citynoc simulate: {line}\n")
    sys.stderr.flush()


def _endpoint(text: str) -> Endpoint:
    try:
        return Endpoint.parse(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


def _loopback(text: str) -> Endpoint:
    endpoint = _endpoint(text)
    if not _is_loopback(endpoint.host):
        raise argparse.ArgumentTypeError(f"'{text}' is not on loopback: control is for this machine only")
    return endpoint


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > _LARGEST_PORT:
        raise argparse.ArgumentTypeError(f"'{text}' is not a UDP port")
    return int(text)
