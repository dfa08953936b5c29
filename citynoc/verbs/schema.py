"""`citynoc schema`: what editors are told of the configuration's files, as JSON Schema.

The schemas stand beside the files (`config/schema/`), and each file's last line names its own.
"""

import argparse
import json
import sys
from pathlib import Path

from citynoc.reference.kinds import kinds
from collector import atomic
from collector.config.editor import schema_of

HELP = "write the JSON Schemas that editors check the files with"


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of the verb."""
    parser.add_argument(
        "kind", nargs="?", choices=sorted(kinds()), help="print one schema instead of writing all"
    )
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="where to write (default: --config/schema)"
    )
    parser.add_argument("--json", action="store_true", help="say what was written as JSON")


def run(args: argparse.Namespace) -> int:
    """0 when printed or written."""
    found = kinds()
    if args.kind is not None:
        sys.stdout.write(text_of(schema_of(found[args.kind][1])))
        return 0
    directory: Path = args.output or args.config / "schema"
    names = []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for kind, (_, shape) in found.items():
            path = directory / f"{kind}.json"
            atomic.replace(path, text_of(schema_of(shape)))
            names.append(str(path))
    except OSError as error:
        sys.stderr.write(f"cannot write {error.filename or directory}: {error.strerror}\n")
        return 1
    print(json.dumps(names) if args.json else f"{directory}: {', '.join(sorted(found))}")
    return 0


def text_of(schema: dict[str, object]) -> str:
    """The schema as its file has it."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
