"""What libyaml says of broken YAML, in words for the person who types the file. Pure."""

import re

import yaml

from collector.config.document import Mark, end_of, line_of
from collector.config.indentation import culprit

_KEY = re.compile(r"(\s*(?:- )?)[^\s:#\"'\[{][^:#]*:(?=\s|$)")
_ODD = re.compile(r"[ \t]*([^\S \t\r\n])")
_ESCAPE = re.compile(r"\\(?:x[0-9A-Fa-f]{,2}|u[0-9A-Fa-f]{,4}|U[0-9A-Fa-f]{,8}|.)")
_GLUED = re.compile(r"\s*(?:- )?[\w.-]+:(?=[^\s/])[^\s].*")


def said(error: yaml.MarkedYAMLError, text: str) -> tuple[Mark, str, str | None]:
    """Where, what and how to mend it."""
    problem = error.problem or error.context or "not YAML"
    at = error.problem_mark or error.context_mark
    here = Mark(at.line, at.column, 1) if at is not None else Mark(0, 0, 1)
    opened = error.context_mark
    start = Mark(opened.line, opened.column, 1) if opened is not None else here
    line = line_of(text, here.line)
    if (
        not line.strip() and "\t" not in line
    ):  # the end of the file: the last thing in it is what a person can look at
        here = end_of(text.rstrip())
    character = line[here.column : here.column + 1]
    blamed = _no_spaces(here, line, text)
    if blamed is not None:
        return blamed
    if "cannot start any token" in problem:
        return here, f"a value cannot start with '{character}'", "put the value in quotes"
    if "mapping values are not allowed" in problem:
        return _misplaced_colon(here, text)
    if "escape char" in problem or "character escape" in problem or "hexdecimal" in problem:
        return _escape(here, line, known="unknown" not in problem)
    for words, mark, message, hint in (
        ("end of stream", start, "the quote that opens here is never closed", None),
        ("expected ',' or ']'", start, "the '[' that opens here is not closed, or a ',' is missing", None),
        ("expected ',' or '}'", start, "the '{' that opens here is not closed, or a ',' is missing", None),
        ("expected node content", here, "a value is missing here, or a bracket above is not closed", None),
        (
            "expected ':'",
            start,
            "a key without ':' after it",
            "write `key: value`, with a space after the colon",
        ),
    ):
        if words in problem:
            return mark, message, hint
    return (
        _misplaced_line(here, text, opened) if "did not find expected" in problem else (here, problem, None)
    )


def _no_spaces(here: Mark, line: str, text: str) -> tuple[Mark, str, str | None] | None:
    """A tab; or a space that is none, as pages and word processors have them: it looks like indentation and is text.

    The latter is what libyaml stumbles over lines later.
    """
    if line[here.column : here.column + 1] == "\t" or (
        "\t" in line[: here.column + 1] and not line[: here.column].strip()
    ):
        return Mark(here.line, line.index("\t"), 1), "a tab is used for indentation", "YAML takes spaces only"
    for number, above in enumerate(text.split("\n")[: here.line + 1]):
        odd = _ODD.match(above)
        if odd is not None and _KEY.match(above):
            message = f"the line begins with an invisible character that is no space (U+{ord(odd[1]):04X})"
            return (
                Mark(number, odd.start(1), 1),
                message,
                "delete what stands before the first letter and type spaces",
            )
    return None


def _escape(here: Mark, line: str, *, known: bool) -> tuple[Mark, str, str | None]:
    r"""A `\p` that means nothing, or a `\u` whose number is half of a character (JSON writes two for one) or none."""
    start = max(line.rfind("\\", 0, here.column + 1), 0)
    found = _ESCAPE.match(line, start)
    written = found.group() if found is not None else "\\"
    mark = Mark(here.line, start, len(written))
    if known:
        return mark, f"{written} is no character", "write the character itself"
    return mark, f"{written} means nothing in double quotes", "write \\\\ for one \\, or use single quotes"


def _misplaced_line(here: Mark, text: str, opened: yaml.Mark | None) -> tuple[Mark, str, str | None]:
    """At the line whose indentation is wrong, which may stand far above the one that no longer fits."""
    found = culprit(text, here.line)
    if found is None or found.line == here.line:
        return here, "the indentation does not fit the lines above", _column_of(opened)
    line = line_of(text, found.line)
    start = len(line) - len(line.lstrip())
    mark = Mark(found.line, start, max(len(line.strip()), 1))
    hint = f"line {here.line + 1} goes on as if it were not there"
    if found.parent_is_missing:
        return (
            mark,
            "this line is indented deeper than anything above it begins",
            f"{hint}: a line is missing",
        )
    return mark, "the indentation does not fit the lines around it", hint


def _column_of(opened: yaml.Mark | None) -> str | None:
    """Where the block began that the line does not fit: the mistake may be there."""
    if opened is None:
        return None
    return f"the entries above it began in line {opened.line + 1}, column {opened.column + 1}"


def _misplaced_colon(here: Mark, text: str) -> tuple[Mark, str, str | None]:
    """Three mistakes end in this one complaint, and two of them are made in the line above."""
    line, above = line_of(text, here.line), ""
    number = here.line
    while number > 0 and not above.strip():
        number -= 1
        above = line_of(text, number)
    own = _KEY.match(line)
    if own is None or own.end() - 1 != here.column:
        return here, "this ':' does not fit here", "quote a value that contains ': '"
    if _GLUED.fullmatch(above) and ": " not in above:
        return Mark(number, above.index(":"), 1), "no space after this ':'", "write `key: value`"
    parent = _KEY.match(above)
    if parent is None:
        start = len(above) - len(above.lstrip())
        return Mark(number, start, len(above.strip())), "a key without ':' after it", "write `key: value`"
    message = "this line is indented deeper than the one above, which has its value already"
    return Mark(here.line, len(line) - len(line.lstrip()), own.end() - len(own[1]) - 1), message, None
