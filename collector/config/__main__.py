"""`python -m collector.config DIR`: reads a configuration for another process of ours (`apart`), which takes it from stdout."""

import os
import sys
from pathlib import Path

from collector.config import ConfigurationError, load
from collector.config.parcel import Answer, pack


def main() -> int:
    """Write what was read, or what is wrong with it. Nothing else reaches stdout."""
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as out:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        answer: Answer
        try:
            answer = load(Path(sys.argv[1]), os.environ)
        except ConfigurationError as wrong:
            answer = wrong.problems
        out.write(pack(answer))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (KeyboardInterrupt, BrokenPipeError):  # who asked is gone, or going
        sys.exit(130)
