"""`citynoc meeting`: when the city confers, and what is to be said of a meeting. Each action is a module of its own."""

import argparse
import importlib
from collections.abc import Mapping
from types import MappingProxyType

HELP = "list meetings and see who can join"

ACTIONS: Mapping[str, str] = MappingProxyType(
    {"list": "listing", "readiness": "readiness", "report": "report"}
)
"""Action to its module in `citynoc.verbs.meetings`, in the order of `--help`."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declare the actions."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, stem in ACTIONS.items():
        module = importlib.import_module(f"citynoc.verbs.meetings.{stem}")
        action = actions.add_parser(name, help=module.HELP, description=_sentence(module.HELP))
        module.add(action)
        action.set_defaults(act=module.run)


def run(args: argparse.Namespace) -> int:
    """Do the action."""
    return int(args.act(args))


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
