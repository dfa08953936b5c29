"""One line a figure: `figure NAME VALUE UNIT goal OP LIMIT ok|short`."""

import operator
import re
from collections.abc import Callable, Mapping

FIGURE = re.compile(
    r"figure [a-z][a-z0-9_]* -?[0-9.]+(?:e[+-]?[0-9]+)? \S+ goal (?:<=|>=|==) -?[0-9.]+ (?:ok|short)"
)

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
}


def figure(name: str, value: float, unit: str, comparison: str, limit: float) -> None:
    """Print a figure as it was measured; it is judged as it is shown."""
    shown = f"{value:.4g}"
    verdict = "ok" if COMPARISONS[comparison](float(shown), limit) else "short"
    print(f"figure {name} {shown} {unit} goal {comparison} {limit:g} {verdict}", flush=True)
