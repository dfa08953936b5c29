"""The command line: a table of verbs, and the one place where a wrong configuration becomes exit code 1."""

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from citynoc import __version__
from citynoc.terminal import coloured
from collector.config.problems import ConfigurationError, Severity, draw

VERBS = (
    "init",
    "discover",
    "check",
    "plan",
    "run",
    "poll",
    "walk",
    "profiles",
    "outages",
    "coverage",
    "maintenance",
    "meeting",
    "alertmanager",
    "simulate",
    "demo",
    "import",
    "export",
    "schema",
    "dashboards",
)
"""Every verb in the order of `--help`; each is the module of its name in `citynoc.verbs`, with its own `HELP`."""

FOUND_SOMETHING = 1
MISUSE = 2
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""Why `citynoc … > file` cannot be written; a file that a verb itself writes is named by the verb."""


class Parser(argparse.ArgumentParser):
    """argparse that says what is wrong in one line and where to read on."""

    def error(self, message: str) -> NoReturn:
        """Print the mistake and exit 2, misuse of the command."""
        self.exit(MISUSE, f"{self.prog}: {message}\nTry '{self.prog} --help'.\n")


class TopParser(Parser):
    """The parser of all verbs: its help is one line a verb, and fits a screen of 24 lines of 80 characters."""

    verbs: tuple[tuple[str, str], ...] = ()
    """Each verb and what it does in a few words."""

    def format_help(self) -> str:
        """The verbs in their order."""
        lines = ["usage: citynoc [--config DIR] VERB …          without --config: ./config", ""]
        lines += [f"  {name:13}{text}" for name, text in self.verbs]
        lines += ["", "citynoc VERB --help says more. Exit code: 0 good, 1 found something, 2 misuse."]
        return "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb: 0 good, 1 found something (a wrong configuration, a NO-GO), 2 misuse of the command."""
    if sys.stdout is None:  # `citynoc … >&-`
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # as long as the process
    who = "citynoc"
    try:
        args = _understood(sys.argv[1:] if argv is None else argv)
        who = f"citynoc {args.verb}"
        code = int(args.run(args))
        sys.stdout.flush()  # here, where a failure can still be said
    except ConfigurationError as wrong:
        # Errors first: what keeps it from starting is not to be looked for among what is merely odd.
        ordered = sorted(wrong.problems, key=lambda problem: problem.severity is Severity.WARNING)
        sys.stderr.writelines(f"{draw(problem, colour=coloured(sys.stderr))}\n" for problem in ordered)
        return FOUND_SOMETHING
    except SystemExit:  # `--help` and `--version` have spoken, and may have nobody who reads
        try:
            sys.stdout.flush()
        except OSError as why:
            return _unheard(why, who)
        raise
    except OSError as why:
        return _unheard(why, who)
    except KeyboardInterrupt:
        return 130
    return code


def _understood(words: Sequence[str]) -> argparse.Namespace:
    """The verb and its options."""
    given, arguments = _common().parse_known_args(words)
    named = next((word for word in arguments if not word.startswith("-")), None)
    # A verb's own libraries load only when it runs.
    args, unknown = parser_of(VERBS if named not in VERBS else (named,)).parse_known_args(arguments)
    if unknown:
        args.parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    args.config = given.config
    return args


def parser_of(verbs: Sequence[str] = VERBS) -> argparse.ArgumentParser:
    """The command line with these verbs."""
    common = _common()
    parser = TopParser(prog="citynoc", parents=[common])
    parser.add_argument("--version", action="version", version=f"citynoc {__version__}")
    table = parser.add_subparsers(dest="verb", metavar="VERB", required=True, parser_class=Parser)
    for name in verbs:
        module = importlib.import_module(f"citynoc.verbs.{_module(name)}")
        text = module.HELP
        verb = table.add_parser(
            name,
            help=text,
            description=text[0].upper() + text[1:] + ".",
            parents=[common],
            allow_abbrev=False,
        )
        module.add(verb)
        verb.set_defaults(run=module.run, parser=verb)
        parser.verbs += ((name, text),)
    return parser


def _common() -> Parser:
    """What may stand before or after the verb and its actions."""
    common = Parser(prog="citynoc", add_help=False, allow_abbrev=False)
    common.add_argument(
        "--config",
        type=Path,
        default=Path("config"),
        metavar="DIR",
        help="configuration directory (default: ./config)",
    )
    return common


def _module(verb: str) -> str:
    return "import_" if verb == "import" else verb


def _unheard(why: OSError, who: str) -> int:
    """Exit code where standard output takes no more; any other error goes on."""
    if isinstance(why, BrokenPipeError):  # `citynoc … | head`: the reader has seen enough
        _let_go()
        return 0
    if why.errno not in NO_ROOM or why.filename is not None:
        raise why
    _let_go()
    sys.stderr.write(f"{who}: what it says cannot be written: {why.strerror}\n")
    return FOUND_SOMETHING


def _let_go() -> None:
    """What is still to be said goes nowhere: the interpreter would try again at its end, and complain."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
