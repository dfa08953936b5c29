"""`citynoc import FILE`: a list of communes (CSV) becomes city.yml, core.yml, credentials.yml and districts/.

The same list gives the same bytes. Files that somebody has edited are left alone unless `--force` says otherwise.
"""

import argparse
import json
import sys
from pathlib import Path

from citynoc.importer.communes import read_communes
from citynoc.importer.folder import Difference, compare, write
from citynoc.importer.layout import lay_out
from citynoc.importer.pages import files_of

HELP = "turn a list of communes into a configuration"


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV with one commune a line")
    parser.add_argument("--output", type=Path, metavar="DIR", help="where to write (default: --config)")
    parser.add_argument("--city", default="Hà Nội", metavar="NAME", help="name of the city (default: Hà Nội)")
    parser.add_argument("--force", action="store_true", help="overwrite files that differ")
    parser.add_argument("--json", action="store_true", help="say what was written as JSON")


def run(args: argparse.Namespace) -> int:
    """Write the configuration: 0 when written, 1 when files differ and were left alone."""
    directory: Path = args.output or args.config
    layout = lay_out(read_communes(args.file))
    pages = files_of(layout, args.city)
    try:
        found = compare(directory, pages)
        if found.changed and not args.force:
            _refuse(directory, found)
            return 1
        write(directory, {name: pages[name] for name in (*found.new, *found.changed)})
    except OSError as error:
        sys.stderr.write(f"cannot write {error.filename or directory}: {error.strerror}\n")
        return 1
    for name in found.strangers:
        sys.stderr.write(f"{directory / name}: the list has no such district; the file was left alone\n")
    communes = sum(len(area.communes) for area in layout.areas)
    if args.json:
        print(json.dumps({"new": found.new, "overwritten": found.changed, "same": found.same}))
    else:
        written = len(found.new) + len(found.changed)
        print(
            f"{directory}: {communes} communes in {len(layout.areas)} districts;"
            f" {written} files written, {len(found.same)} were the same"
        )
    return 0


def _refuse(directory: Path, found: Difference) -> None:
    for name in found.changed:
        sys.stderr.write(f"{directory / name}: differs from what the list gives\n")
    sys.stderr.write("Nothing was written. --force overwrites these files; --output DIR writes elsewhere.\n")
