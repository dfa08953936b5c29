"""`citynoc run`: the service, until SIGTERM or Ctrl-C; SIGHUP reads the configuration again."""

import argparse
import asyncio
import importlib
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

from citynoc import logs, memory
from citynoc.alone import NotAloneError, claimed
from citynoc.settings import Endpoint, Settings
from collector.config import Configuration, apart
from collector.config.words import WrittenWrongError, read_url
from collector.store import Store

HELP = "poll, listen, judge and expose: the service"


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the verb's options."""
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("data"),
        metavar="DIR",
        help="where the journal lives (default: ./data)",
    )
    parser.add_argument("--listen", type=_endpoint, metavar="HOST:PORT", help="serve HTTP here instead")
    parser.add_argument(
        "--broker", type=_endpoint, metavar="HOST:PORT", help="listen to this MQTT broker instead"
    )
    parser.add_argument(
        "--snmp-port", type=int, metavar="N", help="ask every device on this UDP port instead"
    )
    parser.add_argument(
        "--traps", type=_endpoint, metavar="ADDRESS:PORT", help="listen to traps here instead"
    )
    parser.add_argument(
        "--alertmanager", type=_url, metavar="URL", help="read the silences of this Alertmanager instead"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="log more")


def run(args: argparse.Namespace) -> int:
    """Load, start, serve. Raises ConfigurationError if the files are wrong; 1 if the service cannot start."""
    settings = Settings(
        args.config, args.data, args.listen, args.broker, args.snmp_port, args.traps, args.alertmanager
    )
    memory.settle()
    configuration, service = _begin(settings)
    store = Store()
    logs.configure(store.logged, verbose=args.verbose)
    try:
        with claimed(settings.data):
            asyncio.run(service.Service(settings, settings.applied_to(configuration), store).run())
    except (service.CannotStartError, NotAloneError) as why:
        sys.stderr.write(f"citynoc run: {why}\n")
        return 1
    return 0


def _begin(settings: Settings) -> tuple[Configuration, ModuleType]:
    """What the files say, and the service's code, which loads while another process reads them."""
    with ThreadPoolExecutor(1) as thread:
        code = thread.submit(importlib.import_module, "citynoc.service")
        return asyncio.run(apart.load(settings.config, os.environ)), code.result()


def _url(text: str) -> str:
    try:
        return read_url(text)
    except WrittenWrongError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None


def _endpoint(text: str) -> Endpoint:
    try:
        return Endpoint.parse(text)
    except ValueError as wrong:
        raise argparse.ArgumentTypeError(str(wrong)) from None
