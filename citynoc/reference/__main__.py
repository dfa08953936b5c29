"""`python -m citynoc.reference [DIR]` writes both pages, to docs/reference unless another folder is named."""

import sys
from collections.abc import Sequence
from pathlib import Path

from citynoc.__main__ import parser_of
from citynoc.reference import commands, keys
from citynoc.reference.kinds import kinds
from collector import atomic
from collector.config.editor import schema_of

FOLDER = Path("docs/reference")


def pages() -> dict[str, str]:
    """Both pages by their file names."""
    schemas = {kind: (files, schema_of(shape)) for kind, (files, shape) in kinds().items()}
    return {"configuration.md": keys.page(schemas), "commands.md": commands.page(parser_of())}


def main(arguments: Sequence[str]) -> int:
    """0 when written."""
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        atomic.replace(folder / name, text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
