"""Who is called what, over all files: every name once, and what to guess when one is not found.

It knows nothing of what the names stand for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from collector.config.document import Document, Steps
from collector.config.problems import Problem, did_you_mean

MOST_GUESSES = 40
"""Guessing compares a word with thousands; after this many mistakes the first ones are the ones to mend."""


@dataclass(slots=True)
class Guesser:
    """Finds what was meant, a bounded number of times a load."""

    left: int = MOST_GUESSES

    def hint(self, word: str, *groups: Iterable[str]) -> str | None:
        """`did you mean …?` from the first group that has a likely name."""
        if self.left <= 0:
            return None
        self.left -= 1
        for names in groups:
            found = did_you_mean(word, names)
            if found is not None:
                return found
        return None


@dataclass(slots=True)
class Register:
    """Names of one kind. `open_ended` says that a broken file may hold more of them."""

    kind: str
    seen: dict[Any, tuple[Document, Steps]] = field(default_factory=dict)
    spoilt: set[str] = field(default_factory=set)
    open_ended: bool = False

    def add(self, name: Any, document: Document, steps: Steps, *, said: str | None = None) -> Problem | None:
        """The problem that the name is taken, or None. `said` replaces the sentence's beginning."""
        first = self.seen.setdefault(name, (document, steps))
        if first == (document, steps):
            return None
        place = first[0].place(first[1], key=True)
        line = f"line {place.line}" if first[0] is document else f"{place.file}:{place.line}"
        message = f"{said or f'{self.kind} {name!r}'} is already in {line}"
        return document.problem(steps, message, key=said is None)

    def knows(self, name: str) -> bool:
        """Whether it exists, or may exist in what could not be read."""
        return name in self.seen or name in self.spoilt or self.open_ended


@dataclass(slots=True)
class Complaints:
    """Problems of many devices with one cause become one problem that counts them."""

    problems: list[Problem] = field(default_factory=list)
    grouped: dict[tuple[Any, ...], tuple[Problem, str, list[str]]] = field(default_factory=dict)

    def add(self, problem: Problem | None) -> None:
        """One problem of its own."""
        if problem is not None:
            self.problems.append(problem)

    def of_device(self, device: str, cause: tuple[Any, ...], problem: Problem) -> None:
        """A problem that other devices may have for the same cause."""
        self.grouped.setdefault(cause, (problem, device, []))[2].append(device)

    def has(self, cause: tuple[Any, ...]) -> bool:
        """Whether somebody complained of it already: its hint need not be sought again."""
        return cause in self.grouped

    def all(self) -> list[Problem]:
        """Every problem, with how many devices share it."""
        result = list(self.problems)
        for problem, first, devices in self.grouped.values():
            others = len(devices) - 1
            more = f" ('{first}' and {others} more)" if others else ""
            result.append(
                Problem(
                    problem.place,
                    problem.message + more,
                    problem.hint,
                    problem.severity,
                    problem.excerpt,
                    problem.width,
                )
            )
        return result
