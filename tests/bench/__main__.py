"""Runs benchmarks: `python -m tests.bench all|NAME …`, each a module here that prints `figure …` lines.

Exit code 0 if every one measured, whatever it measured; 1 if one did not; 2 if there is none of that name.
"""

import subprocess
import sys
from pathlib import Path

from tests.bench.figures import FIGURE

HERE = Path(__file__).parent
NOT_BENCHMARKS = {"__main__", "figures"}


def main(names: list[str]) -> int:
    there = sorted(path.stem for path in HERE.glob("*.py") if path.stem not in NOT_BENCHMARKS)
    wanted = there if names in ([], ["all"]) else names
    if unknown := sorted(set(wanted) - set(there)):
        print(f"no benchmark {', '.join(unknown)}; there are: {', '.join(there)}", file=sys.stderr)
        return 2
    return max([measured(name) for name in wanted], default=0)


def measured(name: str) -> int:
    """Run one; its talk goes to stderr, its figures to stdout as they come."""
    print(f"bench {name} …", file=sys.stderr, flush=True)
    figures = 0
    with subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.{name}"], stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        for line in run.stdout:
            is_figure = FIGURE.fullmatch(line.rstrip("\n")) is not None
            figures += is_figure
            print(line, end="", file=sys.stdout if is_figure else sys.stderr, flush=True)
    if run.returncode != 0 or figures == 0:
        print(f"bench {name} failed: exit code {run.returncode}, {figures} figures", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
