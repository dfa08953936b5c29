"""`citynoc alertmanager --output DIR`: Alertmanager's configuration and message templates from `oncall.yml`.

Prints the difference on stdout, without any secret; talks on stderr. It tells no Alertmanager: that is one line more.
"""

import argparse
import os
import sys
from pathlib import Path

from citynoc.oncall import folder
from citynoc.oncall.compose import CONFIGURATION, Composed, compose
from citynoc.oncall.receivers import Vault
from collector.config import ConfigurationError, Problem, load
from collector.config.oncall import FILE, unresolved
from collector.model import Place

HELP = "write Alertmanager's files from oncall.yml"


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="where the files stand")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if the files there differ")


def run(args: argparse.Namespace) -> int:
    """0 when the files are as oncall.yml says; 1 if they cannot be, or with --check are not."""
    composed = _compose(args.config)
    try:
        if composed.holds_secrets:
            folder.refuse_work_tree(args.output)
        old = folder.read(args.output, composed.files)
        changed = [name for name, text in composed.files.items() if old[name] != text]
        sys.stdout.writelines(folder.differences(old, composed))
        if args.check:
            return _said(args.output, changed)
        if changed:
            checked = folder.write(args.output, composed)
        else:
            folder.tighten(args.output, composed)
            checked = folder.check(args.output / CONFIGURATION)
    except folder.UnfitError as why:
        sys.stderr.write(f"citynoc alertmanager: {why}\n")
        return 1
    if checked is None:
        sys.stderr.write("amtool is not installed: the files were not checked by it\n")
    what = f"{', '.join(changed)} written" if changed else "nothing to change"
    secret = ", readable by you alone" if composed.holds_secrets else ""
    sys.stderr.write(f"{args.output}: {what}{secret}\n")
    if changed:
        sys.stderr.write("Alertmanager reads them on SIGHUP or POST /-/reload.\n")
    return 0


def _said(output: Path, changed: list[str]) -> int:
    sys.stderr.write(f"{output}: {', '.join(changed) or 'nothing'} would change\n")
    return 1 if changed else 0


def _compose(directory: Path) -> Composed:
    configuration = load(directory, os.environ, need_secrets=False)  # devices' secrets are not needed here
    on_call = configuration.on_call
    if on_call is None:
        place = Place(str(directory / FILE), 1, 1)
        raise ConfigurationError(
            [Problem(place, "there is no such file", "docs/how-to/on-call.md begins one")]
        )
    missing = unresolved(on_call, directory, os.environ)
    if missing:
        raise ConfigurationError(missing)
    return compose(on_call, configuration.inventory.city, Vault(directory, os.environ))
