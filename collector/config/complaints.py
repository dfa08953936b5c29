"""What libyaml says of broken YAML, in words for the person who types the file. Pure."""

import yaml

from collector.config.document import Mark, line_of


def said(error: yaml.MarkedYAMLError, text: str) -> tuple[Mark, str, str | None]:
    """Where, what and how to mend it."""
    problem = error.problem or error.context or "not YAML"
    at = error.problem_mark or error.context_mark
    here = Mark(at.line, at.column, 1) if at is not None else Mark(0, 0, 1)
    opened = error.context_mark
    start = Mark(opened.line, opened.column, 1) if opened is not None else here
    line = line_of(text, here.line)
    character = line[here.column : here.column + 1]
    if character == "\t" or ("\t" in line[: here.column + 1] and not line[: here.column].strip()):
        return Mark(here.line, line.index("\t"), 1), "a tab is used for indentation", "YAML takes spaces only"
    if "cannot start any token" in problem:
        return here, f"a value cannot start with '{character}'", "put the value in quotes"
    for words, mark, message, hint in (
        ("end of stream", start, "the quote that opens here is never closed", None),
        (
            "mapping values are not allowed",
            here,
            "this ':' does not fit here",
            "quote a value that contains ': '; or the line above lacks its ':' or is indented otherwise",
        ),
        ("expected ',' or ']'", start, "the '[' that opens here is not closed, or a ',' is missing", None),
        ("expected ',' or '}'", start, "the '{' that opens here is not closed, or a ',' is missing", None),
        (
            "expected ':'",
            start,
            "a key without ':' after it",
            "write `key: value`, with a space after the colon",
        ),
        (
            "did not find expected",
            here,
            "the indentation does not fit the lines above",
            "entries of one list or mapping start in one column",
        ),
    ):
        if words in problem:
            return mark, message, hint
    return here, problem, None
