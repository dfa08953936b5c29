"""`citynoc import SOURCE`: sites and devices from a table, NetBox or Prometheus' targets into the files, in place.

With `--output DIR` (or where no configuration stands yet) a list of communes becomes a whole new configuration instead.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from citynoc.editing.lock import BusyError
from citynoc.importer.columns import Columns, MisuseError, read_columns
from citynoc.importer.generation import generate
from citynoc.importer.session import Session
from citynoc.importer.wanted import Row, wanted_of
from citynoc.terminal import coloured
from collector.config import ConfigurationError, Problem, draw
from collector.config.files import CITY
from collector.config.secrets import UnresolvedError, read_reference, resolve
from collector.config.words import WrittenWrongError
from collector.model import Place, Secret

HELP = "bring in sites and devices from a table, NetBox or Prometheus"
WRONG, MISUSE = 1, 2
KINDS = ("csv", "targets", "netbox")
_BY_ENDING = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".json": "targets",
    ".yml": "targets",
    ".yaml": "targets",
}


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "source", metavar="SOURCE", help="a file (.csv, .json, .yml), or NetBox's https:// address"
    )
    parser.add_argument("--from", dest="kind", choices=KINDS, help="what it is, if its name does not say it")
    parser.add_argument(
        "--write", action="store_true", help="write without asking; the difference is shown all the same"
    )
    parser.add_argument("--into", metavar="FILE", help="the file for new sites, instead of their district's")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=THEIRS,…",
        help="which column, label or path is a field",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="FIELD=VALUE", help="a value where the source has none"
    )
    parser.add_argument(
        "--word", action="append", default=[], metavar="FIELD:THEIRS=OURS", help="what their word is here"
    )
    parser.add_argument("--all", action="store_true", help="list every device that the source no longer has")
    parser.add_argument("--json", action="store_true", help="results as JSON")
    netbox = parser.add_argument_group("from NetBox")
    netbox.add_argument("--token", metavar="REF", help="env:NAME or file:PATH of the token")
    netbox.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="only devices that NetBox finds by this",
    )
    netbox.add_argument("--ca-file", type=Path, metavar="FILE", help="trust this authority's certificate")
    city = parser.add_argument_group("a new city from a list of communes")
    city.add_argument("--output", type=Path, metavar="DIR", help="where to write a whole configuration")
    city.add_argument("--city", default="Hà Nội", metavar="NAME", help="name of the city (default: Hà Nội)")
    city.add_argument("--force", action="store_true", help="overwrite files that differ")


def run(args: argparse.Namespace) -> int:
    """0 when all is written or the same, 1 when a difference was left or something is wrong, 2 for misuse."""
    try:
        if args.output is not None or not (args.config / CITY).exists():
            return generate(
                Path(args.source), args.output or args.config, args.city, force=args.force, as_json=args.json
            )
        return _edit(args)
    except MisuseError as why:
        sys.stderr.write(f"citynoc import: {why}\n")
        return MISUSE
    except BusyError as why:
        sys.stderr.write(f"citynoc import: {why}\n")
        return WRONG
    except OSError as error:
        sys.stderr.write(f"cannot write {error.filename or args.config}: {error.strerror}\n")
        return WRONG


def _edit(args: argparse.Namespace) -> int:
    if args.force:
        raise MisuseError("--force overwrites a whole configuration: say which with --output DIR")
    columns = read_columns(args.map, args.set, args.word)
    rows = _rows(args, columns)
    wanted = wanted_of(rows, columns.constants)
    session = Session(
        args.config,
        wanted,
        _into(args),
        os.environ,
        write=args.write,
        ask=_ask if sys.stdin.isatty() and sys.stdout.isatty() else None,
        every=args.all,
    )
    if args.json:
        code, facts = session.as_json()
        print(json.dumps(facts, ensure_ascii=False))
        return code
    return session.run()


def _rows(args: argparse.Namespace, columns: Columns) -> list[Row]:
    kind = args.kind
    if kind is None:
        web = args.source.startswith(("http://", "https://"))
        kind = "netbox" if web else _BY_ENDING.get(Path(args.source).suffix.lower())
    if kind is None:
        raise MisuseError(f"{args.source}: what is it? --from {' | '.join(KINDS)}")
    if kind != "netbox" and (args.token or args.filter or args.ca_file):
        raise MisuseError("--token, --filter and --ca-file are for NetBox")
    if kind == "csv":
        from citynoc.importer.csv_rows import read_rows  # noqa: PLC0415  # only what this source needs is loaded

        return read_rows(Path(args.source), columns)
    if kind == "targets":
        from citynoc.importer.targets import read_targets  # noqa: PLC0415

        return read_targets(Path(args.source), columns)
    return _netbox_rows(args, columns)


def _netbox_rows(args: argparse.Namespace, columns: Columns) -> list[Row]:
    from citynoc.importer.netbox import NetBox, NetBoxError, read_netbox  # noqa: PLC0415

    filters = []
    for text in args.filter:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise MisuseError(f"--filter {text}: write NAME=VALUE, as tag=wan")
        filters.append((name, value))
    try:
        found = read_netbox(NetBox(args.source, _token(args.token), filters, args.ca_file), columns)
    except NetBoxError as why:
        raise ConfigurationError([Problem(Place("NetBox", 0, 0), str(why))]) from None
    for note in found.notes:
        sys.stderr.write(f"{draw(note, colour=coloured(sys.stderr))}\n")
    return found.rows


def _token(text: str | None) -> Secret | None:
    if text is None:
        return None
    try:
        return resolve(read_reference(text), Path(), os.environ)
    except WrittenWrongError:
        raise MisuseError(
            "--token: name where the token is kept, env:NAME or file:PATH, never the token"
        ) from None
    except UnresolvedError as why:
        raise MisuseError(f"--token: {why}" + (f"; {why.hint}" if why.hint else "")) from None


def _into(args: argparse.Namespace) -> str | None:
    """The file's name in the directory, whichever way it was named."""
    if args.into is None:
        return None
    given, directory = Path(args.into), args.config.resolve()
    for path in (given.resolve(), (directory / given).resolve()):
        if path.is_relative_to(directory) and path.suffix == ".yml":
            name = path.relative_to(directory)
            if str(name) == "core.yml" or (len(name.parts) == 2 and name.parts[0] == "districts"):  # noqa: PLR2004
                return str(name)
    raise MisuseError(f"--into {given}: sites stand in core.yml or districts/….yml of {args.config}")


def _ask(question: str) -> bool:
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes"}
