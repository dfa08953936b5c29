"""A list of communes becomes the files of a city: its network, meetings, on-call. The same list gives the same bytes.

Files that somebody has edited are left alone unless told otherwise.
"""

import json
import sys
from pathlib import Path

from citynoc.editing.lock import locked
from citynoc.importer.communes import read_communes
from citynoc.importer.folder import Difference, compare, write
from citynoc.importer.layout import lay_out
from citynoc.importer.pages import files_of


def generate(source: Path, directory: Path, city: str, *, force: bool, as_json: bool) -> int:
    """Write the configuration: 0 when written, 1 when files differ and were left alone. Raises OSError."""
    layout = lay_out(read_communes(source))
    pages = files_of(layout, city)
    directory.mkdir(parents=True, exist_ok=True)
    with locked(directory):
        found = compare(directory, pages)
        if found.changed and not force:
            _refuse(directory, found)
            return 1
        write(directory, {name: pages[name] for name in (*found.new, *found.changed)})
    for name in found.strangers:
        sys.stderr.write(f"{directory / name}: the list has no such district; the file was left alone\n")
    communes = sum(len(area.communes) for area in layout.areas)
    if as_json:
        facts = {"new": found.new, "overwritten": found.changed, "same": found.same}
        sys.stdout.write(f"{json.dumps(facts)}\n")
    else:
        written = len(found.new) + len(found.changed)
        sys.stdout.write(
            f"{directory}: {communes} communes in {len(layout.areas)} districts;"
            f" {written} files written, {len(found.same)} were the same\n"
        )
    return 0


def _refuse(directory: Path, found: Difference) -> None:
    for name in found.changed:
        sys.stderr.write(f"{directory / name}: differs from what the list gives\n")
    sys.stderr.write("Nothing was written. --force overwrites these files; --output DIR writes elsewhere.\n")
