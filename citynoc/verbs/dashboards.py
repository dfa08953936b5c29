"""`citynoc dashboards build|check|publish`: writes the Grafana dashboards, says where they differ from a build, publishes them.

Building needs grafana-foundation-sdk and publishing grafana-client, which only those install who do it; the service
imports neither.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from citynoc.importer.wanted import printable
from collector.config.secrets import UnresolvedError, read_reference, resolve
from collector.config.words import WrittenWrongError

if TYPE_CHECKING:
    from citynoc.publishing.boards import Board
    from citynoc.publishing.grafana import Grafana
    from citynoc.publishing.plan import Plan, Step

HELP = "build, check or publish the Grafana dashboards"
FOLDER = Path("deploy/grafana/dashboards")
FOUND_SOMETHING = 1
MISUSE = 2
LANGUAGES = ("vi", "en")
MOST_LINES = 20
"""Lines of difference of one dashboard; `--all` shows the rest."""


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument(
        "--output",
        type=Path,
        default=FOLDER,
        metavar="DIR",
        help=f"folder of the dashboards, one folder a language in it (default: {FOLDER})",
    )
    actions.add_parser("build", parents=[where], help="write the files that changed")
    actions.add_parser("check", parents=[where], help="exit 1 if a file is not what a fresh build gives")
    publish = actions.add_parser(
        "publish",
        parents=[where],
        help="put the files into a Grafana that is not provisioned from them: the difference first",
    )
    publish.add_argument(
        "--url", required=True, metavar="URL", help="the Grafana, as https://grafana.example.org"
    )
    publish.add_argument(
        "--token",
        required=True,
        metavar="REF",
        help="where its service account's token is kept: env:NAME or file:PATH",
    )
    publish.add_argument(
        "--ca", type=Path, metavar="FILE", help="certificates to trust instead of the system's"
    )
    publish.add_argument(
        "--language", choices=(*LANGUAGES, "all"), default="all", help="which dashboards (default: all)"
    )
    publish.add_argument("--dry-run", action="store_true", help="only show; exit 1 if something would change")
    publish.add_argument("--yes", action="store_true", help="do not ask")
    publish.add_argument("--all", action="store_true", help="show every line of difference")
    publish.add_argument(
        "--force", action="store_true", help="publish over what others changed, and to an older Grafana"
    )
    publish.add_argument(
        "--prune", action="store_true", help="take away dashboards of ours that are built no longer"
    )


def run(args: argparse.Namespace) -> int:
    """0 if all is written, equal or published; 1 if something differs or is in the way; 2 for misuse."""
    return _publish(args) if args.action == "publish" else _files(args)


def _files(args: argparse.Namespace) -> int:
    try:
        from dashboards import build  # noqa: PLC0415 - the SDK is a dependency of building, not of the service
    except ModuleNotFoundError as missing:
        return _missing(missing, "grafana_foundation_sdk", "building dashboards needs grafana-foundation-sdk")
    try:
        if args.action == "build":
            for path in build.write(args.output):
                print(path)
            return 0
        found = build.differences(args.output)
    except OSError as refused:
        return _say(f"{refused.filename or args.output}: {refused.strerror}")
    for sentence in found:
        print(sentence)
    if found:
        _say("run 'citynoc dashboards build' and commit the result")
    return FOUND_SOMETHING if found else 0


def _publish(args: argparse.Namespace) -> int:
    try:
        from citynoc.publishing import boards, grafana  # noqa: PLC0415 - a dependency of publishing only
    except ModuleNotFoundError as missing:
        return _missing(missing, "grafana_client", "publishing dashboards needs grafana-client")
    try:
        reference = read_reference(args.token)
    except WrittenWrongError:  # its text is about a configuration file; and never say what was given
        _say("--token takes env:NAME or file:PATH, never the token: others on this machine could read it")
        return MISUSE
    languages = LANGUAGES if args.language == "all" else (args.language,)
    try:
        token = resolve(reference, Path(), os.environ).reveal()
        ca = None if args.ca is None else str(args.ca.resolve(strict=True))
        built = {language: boards.read(args.output, language) for language in languages}
        with grafana.Grafana(args.url, token, ca=ca) as server:
            return _with(server, built, args)
    except ValueError as wrong:
        _say(f"--url: {wrong}")
        return MISUSE
    except OSError as refused:
        return _say(f"--ca: {refused.filename}: {refused.strerror}")
    except (UnresolvedError, boards.UnreadableError, grafana.RefusedError) as refused:
        return _say(str(refused))


def _with(server: "Grafana", built: Mapping[str, "Sequence[Board]"], args: argparse.Namespace) -> int:
    from citynoc.publishing import plan, publish  # noqa: PLC0415 - with what they import

    old = plan.too_old(server.version())
    plans = [
        plan.plan(mine, publish.look(server, mine, language), prune=args.prune)
        for language, mine in built.items()
    ]
    objections = [*([old] if old else []), *(one for each in plans for one in each.objections)]
    for each in plans:
        _show(each, everything=args.all)
    if not any(each.changes for each in plans):
        print("nothing to do: every dashboard is as it is built")
        return 0
    for one in objections:
        _say(one.text)
    if any(one.final or not args.force for one in objections):
        helps = "" if any(one.final for one in objections) else "; --force publishes all the same"
        return _say(f"nothing was changed{helps}")
    if args.dry_run:
        return _say("nothing was changed: this was a dry run")
    if not args.yes and not _agreed():
        return _say("nothing was changed: say --yes, or answer y")
    refused = publish.carry_out(server, plans, force=args.force, done=_tell)
    return 0 if refused is None else _say(str(refused))


def _show(plan: "Plan", *, everything: bool) -> None:
    from citynoc.publishing.boards import FOLDERS  # noqa: PLC0415 - with what it imports

    uid, title = FOLDERS[plan.language]
    _print(f"folder {uid} ('{title}'){': to be made' if plan.make_folder else ''}")
    for step in plan.steps:
        _print(f"  {step.deed:9} {step.uid} ('{step.title}')")
        shown = step.lines if everything else step.lines[:MOST_LINES]
        for line in shown:
            _print(f"            {line}")
        if len(shown) < len(step.lines):
            _print(f"            … and {len(step.lines) - len(shown)} more; --all shows them")
    for other in plan.others:
        _print(f"  left      '{other}', which citynoc did not publish")


def _tell(step: "Step") -> None:
    done = {"make": "made", "change": "changed", "take away": "taken away"}
    print(f"{done[step.deed]} {step.uid}")


def _agreed() -> bool:
    if not sys.stdin.isatty():
        return False
    print("Publish this? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def _missing(error: ModuleNotFoundError, module: str, sentence: str) -> int:
    if error.name is None or error.name.partition(".")[0] != module:
        raise error
    return _say(f"{sentence}: pip install 'citynoc[dev]', or -r requirements/dev.txt")


def _print(line: str) -> None:
    """A line with names that others gave: nothing in it may steer a terminal."""
    print(printable(line))


def _say(sentence: str) -> int:
    print(printable(sentence), file=sys.stderr)
    return FOUND_SOMETHING
