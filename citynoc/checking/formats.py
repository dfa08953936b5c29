"""Problems as text, JSON, GitHub's workflow commands and SARIF 2.1.0. Pure; a secret's line is in none of them.

Sources: GitHub's documentation of workflow commands (escapes as its actions/toolkit makes them); OASIS SARIF 2.1.0.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from citynoc import __version__
from collector.config.problems import Problem, Severity

Numbers = Mapping[str, Any] | None
"""What a usable configuration describes; None if it cannot be used."""

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LONGEST_RULE = 60
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning"}


def as_json(problems: Sequence[Problem], numbers: Numbers) -> str:
    """One object: whether it can be used, every problem, and what it describes."""
    listed = [problem_as_json(problem) for problem in problems]
    return _dumped({"ok": numbers is not None, "problems": listed, "summary": numbers})


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """A problem for programs: never the line itself."""
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "severity": problem.severity.value,
        "message": problem.message,
        "hint": problem.hint,
    }


def as_github(problems: Sequence[Problem], _: Numbers) -> str:
    """A workflow command each: GitHub shows it at the line of the change that it speaks of."""
    return "".join(f"{_command(problem)}\n" for problem in problems)


def _command(problem: Problem) -> str:
    place = problem.place
    properties = {
        "file": place.file,
        "line": str(place.line),
        "col": str(place.column),
        "endColumn": str(place.column + problem.width),
        "title": "citynoc check",
    }
    listed = ",".join(f"{name}={_escaped(value, property_=True)}" for name, value in properties.items())
    return f"::{_LEVELS[problem.severity]} {listed}::{_escaped(_sentence(problem))}"


def _escaped(text: str, *, property_: bool = False) -> str:
    """The percent sign first, so that no escape is escaped again."""
    marks = (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), *((":", "%3A"), (",", "%2C")) * property_)
    for mark, escape in marks:
        text = text.replace(mark, escape)
    return text


def as_sarif(problems: Sequence[Problem], _: Numbers) -> str:
    """One run with a rule for each kind of mistake; alike mistakes share a rule, whatever names they quote."""
    rules = list(dict.fromkeys(rule_of(problem.message) for problem in problems))
    shown: dict[str, str] = {}
    for problem in problems:
        shown.setdefault(rule_of(problem.message), _without_names(problem.message))
    driver = {
        "name": "citynoc",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [{"id": rule, "shortDescription": {"text": shown[rule]}} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(problem, rules) for problem in problems],
    }
    return _dumped({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})


def _result(problem: Problem, rules: Sequence[str]) -> dict[str, Any]:
    place, rule = problem.place, rule_of(problem.message)
    fingerprint = hashlib.sha256(f"{place.file}\0{problem.message}".encode()).hexdigest()
    return {
        "ruleId": rule,
        "ruleIndex": rules.index(rule),
        "level": _LEVELS[problem.severity],
        "message": {"text": _sentence(problem)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": _uri(place.file)},
                    "region": {
                        "startLine": place.line,
                        "startColumn": place.column,
                        "endColumn": place.column + max(problem.width, 1),
                    },
                }
            }
        ],
        "partialFingerprints": {"citynoc/v1": fingerprint},  # stays while the file's other lines move
    }


def rule_of(message: str) -> str:
    """A stable word for the kind of mistake: the message without what it quotes or counts."""
    words = re.findall(r"[a-z]+", _without_names(message).replace("…", " ").lower())
    return "-".join(words)[:_LONGEST_RULE].strip("-") or "problem"


def _without_names(message: str) -> str:
    """Without what is quoted, and without words that hold a digit or an underscore: devices, variables, numbers."""
    text = re.sub(r"'[^']*'|\S*[\d_]\S*", "…", message)
    return " ".join(re.sub(r"…( …)+( and … more)?|… and … more", "…", " ".join(text.split())).split())


def _sentence(problem: Problem) -> str:
    return f"{problem.message} ({problem.hint})" if problem.hint else problem.message


def _uri(file: str) -> str:
    """A relative reference, or a file URI for an absolute path (RFC 3986)."""
    path = PurePosixPath(file)
    return path.as_uri() if path.is_absolute() else quote(str(path), safe="/")


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Callable[[Sequence[Problem], Numbers], str]] = MappingProxyType(
    {"json": as_json, "github": as_github, "sarif": as_sarif}
)
"""Formats for programs by their names; text is for people and knows its terminal."""
