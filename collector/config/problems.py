"""What is wrong in a file, said to the person who wrote it: place, sentence, hint, and its two-line drawing.

It never reads files and never decides what is wrong. The idea of keeping the culprit's column and width and
drawing the line is pint's (its `internal/diags`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum

from collector.model import Place

LONGEST_EXCERPT = 160
MOST_CANDIDATES = 5_000
MOST_MEANT = 3


class Severity(StrEnum):
    """An error stops the product from starting; a warning is legal and odd."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake, one problem. `excerpt` is the line as written (empty where it may hold a secret)."""

    place: Place
    message: str
    hint: str | None = None
    severity: Severity = Severity.ERROR
    excerpt: str = field(default="", compare=False, repr=False)
    width: int = field(default=1, compare=False, repr=False)

    def __str__(self) -> str:
        label = "warning: " if self.severity is Severity.WARNING else ""
        hint = f" — {self.hint}" if self.hint else ""
        return f"{self.place}: {label}{self.message}{hint}"


class ConfigurationError(Exception):
    """The files cannot be used. `problems` holds every one of them, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """By file, line, column, then errors before warnings; the same problem once."""
    return tuple(
        sorted(
            dict.fromkeys(problems),
            key=lambda p: (p.place.file, p.place.line, p.place.column, p.severity, p.message),
        )
    )


def draw(problem: Problem, *, colour: bool = False) -> str:
    """Two lines: place and message; the line as written with its culprit underlined, and the hint.

    Without colour the culprit stands between `>>` and `<<`.
    """
    label = "warning: " if problem.severity is Severity.WARNING else ""
    head = f"{problem.place}: {label}{problem.message}"
    if colour:
        tint = "33" if problem.severity is Severity.WARNING else "31"
        head = f"\033[1m{problem.place}:\033[0m \033[{tint}m{label}{problem.message}\033[0m"
    second = f"    {problem.place.line} | {_underlined(problem, colour=colour)}" if problem.excerpt else ""
    if problem.hint:
        second = f"{second}   ({problem.hint})" if second else f"    ({problem.hint})"
    return f"{head}\n{second}" if second else head


def draw_all(problems: Iterable[Problem], *, colour: bool = False) -> str:
    """Every problem in the order of the files, and how many there are of each severity at the end."""
    ordered = in_order(problems)
    errors = sum(problem.severity is Severity.ERROR for problem in ordered)
    counts = [_count(errors, "error"), _count(len(ordered) - errors, "warning")]
    lines = [draw(problem, colour=colour) for problem in ordered]
    lines.append(", ".join(count for count in counts if count))
    return "\n".join(lines) + "\n" if ordered else ""


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number > 1 else ''}" if number else ""


def _underlined(problem: Problem, *, colour: bool) -> str:
    line = "".join(character if character.isprintable() else " " for character in problem.excerpt)
    start = min(problem.place.column - 1, len(line))
    end = min(start + max(problem.width, 1), len(line))
    before, culprit, after = line[:start], line[start:end], line[end:]
    if len(line) > LONGEST_EXCERPT:
        before = before if len(before) <= LONGEST_EXCERPT // 2 else "…" + before[-LONGEST_EXCERPT // 2 :]
        culprit = culprit[: LONGEST_EXCERPT // 2]
        after = after[: LONGEST_EXCERPT // 4] + "…"
    on, off = ("\033[4m", "\033[24m") if colour else (">>", "<<")
    return f"{before.lstrip()}{on}{culprit}{off}{after.rstrip()}"


def nearest(word: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """What a typing mistake would turn into `word`: the best candidate and those that are exactly as good.

    Bounded: of many candidates only those of about the same length are compared.
    """
    near: Sequence[str] = [
        name for name in candidates if abs(len(name) - len(word)) <= max(2, len(word) // 3)
    ]
    lowered = word.lower()
    same = tuple(name for name in near if name.lower() == lowered)
    if same:
        return same
    found = get_close_matches(word, near[:MOST_CANDIDATES], n=MOST_MEANT + 1, cutoff=0.7)
    if not found:
        return ()
    best = SequenceMatcher(None, found[0], word).ratio()
    return tuple(sorted(name for name in found if SequenceMatcher(None, name, word).ratio() == best))


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The one candidate that a typing mistake would most likely turn into `word`, or None."""
    found = nearest(word, candidates)
    return found[0] if found else None


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """The hint `did you mean 'x'?`; None where nothing is near, or too much is equally near to be a hint."""
    found = nearest(word, candidates)
    if not found or len(found) > MOST_MEANT:
        return None
    return f"did you mean {' or '.join(map(repr, found))}?"
