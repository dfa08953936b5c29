"""What a terminal shows: colour only where somebody sees it and wants it."""

import os
from typing import TextIO


def coloured(stream: TextIO) -> bool:
    """Whether to colour what goes there: a terminal that knows colours, and no NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
