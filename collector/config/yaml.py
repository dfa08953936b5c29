"""YAML text to plain strings, lists and mappings, with a mark for every node.

Scalars stay strings (`00115` is not 77, `no` is not False): the schema decides the type. An empty plain scalar
is None. Everything from outside is bounded: bytes, depth, nodes, and what aliases expand to. Aliases cannot be
recursive, tags and merge keys are refused. It never raises for what a person wrote: every fault is a `Problem`
with line and column. Source: YAML 1.1 as libyaml parses it.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from collector.config.complaints import said
from collector.config.document import Document, Mark, Steps, end_of, line_of, shown_name, unreadable
from collector.config.problems import Problem, did_you_mean
from collector.model import Place

__all__ = ["Document", "Mark", "Steps", "parse", "read"]

LARGEST_FILE = 16 * 1024 * 1024  # bytes
DEEPEST = 32  # levels
MOST_NODES = 4_000_000
MOST_ALIASED = 100_000  # nodes that aliases may add by expanding

# What YAML 1.1 calls printable, section 5.1; the rest libyaml refuses without a column.
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def read(path: Path, root: Path, *, secret: bool = False) -> Document:
    """The file's document; it is named relative to `root` if it lies under it. Never raises."""
    file = shown_name(path, root)
    nowhere = Mark(0, 0, 1)
    try:
        if path.exists() and not path.is_file():  # a pipe would wait for its writer
            return unreadable(
                file, nowhere, "cannot read the file: it is a directory or a device", secret=secret
            )
        with path.open("rb") as stream:
            raw = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return unreadable(file, nowhere, f"cannot read the file: {reason}", secret=secret)
    if len(raw) > LARGEST_FILE:
        return unreadable(
            file, nowhere, f"the file is larger than {LARGEST_FILE // 1024 // 1024} MiB", secret=secret
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8-sig", errors="replace")
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        return unreadable(
            file,
            end_of(before),
            message,
            "save the file as UTF-8",
            raw.decode("utf-8", "replace"),
            secret=secret,
        )
    return parse(text, file, secret=secret)


def parse(text: str, file: str, *, secret: bool = False) -> Document:
    """The document in `text`. Never raises."""
    strange = _UNPRINTABLE.search(text)
    if strange is not None:
        message = f"character U+{ord(strange.group()):04X} is not allowed in a file"
        return unreadable(file, end_of(text[: strange.start()]), message, None, text, secret=secret)
    builder = _Builder(file, text, secret=secret)
    try:
        value, marks = builder.build()
    except yaml.MarkedYAMLError as error:
        mark, message, hint = said(error, text)
        return unreadable(file, mark, message, hint, text, secret=secret)
    except _RefusedError as refused:
        return unreadable(file, refused.mark, refused.message, refused.hint, text, secret=secret)
    return Document(file, value, marks, text, tuple(builder.problems), secret=secret)


class _RefusedError(Exception):
    def __init__(self, mark: Mark, message: str, hint: str | None = None) -> None:
        self.mark, self.message, self.hint = mark, message, hint
        super().__init__(message)


class _Builder:
    """Events to values and marks, without recursion: nesting cannot exhaust the stack."""

    def __init__(self, file: str, text: str, *, secret: bool) -> None:
        self.file, self.text, self.secret = file, text, secret
        self.problems: list[Problem] = []
        self.anchors: dict[str, tuple[Any, Mark]] = {}
        self.aliased = 0
        self.nodes = 0

    def build(self) -> tuple[Any, Mark]:
        loader = yaml.CBaseLoader(self.text)
        result: tuple[Any, Mark] = (None, Mark(0, 0, 1))
        documents = 0
        try:
            for event in _events(loader):
                if isinstance(event, DocumentStartEvent):
                    documents += 1
                    if documents > 1:
                        raise _RefusedError(
                            _mark(event), "a second document starts here: one file holds one document"
                        )
                elif isinstance(event, (ScalarEvent, AliasEvent, MappingStartEvent, SequenceStartEvent)):
                    result = self._tree(event, loader)
        finally:
            loader.dispose()
        return result

    def _tree(self, first: Event, loader: yaml.CBaseLoader) -> tuple[Any, Mark]:
        """The node that `first` opens. `stack` holds the open containers: value, mark, pending key, anchor."""
        stack: list[_Open] = []
        event = first
        while True:
            finished: tuple[Any, Mark] | None = None
            if isinstance(event, ScalarEvent):
                finished = self._scalar(event)
            elif isinstance(event, AliasEvent):
                finished = self._alias(event)
            elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
                self._count(event)
                if len(stack) >= DEEPEST:
                    raise _RefusedError(_mark(event), f"nested deeper than {DEEPEST} levels")
                stack.append(_Open(event))
            elif isinstance(event, (MappingEndEvent, SequenceEndEvent)):
                top = stack.pop()
                finished = (top.value, top.mark)
                if top.anchor is not None:
                    self.anchors[top.anchor] = finished
            if finished is not None:
                if not stack:
                    return finished
                self._put(stack[-1], *finished)
            event = _next(loader)

    def _put(self, top: "_Open", value: Any, mark: Mark) -> None:
        top.mark.size += mark.size
        if isinstance(top.value, list):
            top.value.append(value)
            top.marks_list.append(mark)
            return
        if not top.has_key:
            if not isinstance(value, str):
                raise _RefusedError(mark, "a key is plain text", "quote a value that starts with { or [")
            top.key, top.key_mark, top.has_key = value, mark, True
            return
        top.has_key = False
        key, key_mark = top.key, top.key_mark
        if key == "<<":
            raise _RefusedError(
                key_mark, "merge keys are not used here", "put what is common under `defaults`"
            )
        if key in top.value:
            first = top.marks_dict[key]
            self.problems.append(
                Problem(
                    Place(self.file, key_mark.line + 1, key_mark.column + 1),
                    f"'{key}' is written twice (first in line {first.key_line + 1})",
                    excerpt="" if self.secret else line_of(self.text, key_mark.line),
                    width=key_mark.width,
                )
            )
            return
        mark.key_line, mark.key_column = key_mark.line, key_mark.column
        top.value[key] = value
        top.marks_dict[key] = mark

    def _scalar(self, event: ScalarEvent) -> tuple[Any, Mark]:
        mark = self._count(event)
        value: str | None = event.value
        if value == "" and not event.style:
            value = None
        elif value is not None and event.style == '"':
            self._refuse_strange(value, mark)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, mark)
        return value, mark

    def _refuse_strange(self, value: str, mark: Mark) -> None:
        r"""An escape (`"\0"`) writes what could not stand in the file as it is; it is no more welcome so."""
        strange = _UNPRINTABLE.search(value)
        if strange is not None:
            code = f"U+{ord(strange.group()):04X}"
            raise _RefusedError(
                mark, f"character {code} is not allowed in a file", "an escape in these quotes makes it"
            )

    def _alias(self, event: AliasEvent) -> tuple[Any, Mark]:
        mark = _mark(event)
        if event.anchor not in self.anchors:
            name = "…" if self.secret or event.anchor is None else event.anchor
            meant = None if self.secret else did_you_mean(name, self.anchors)
            raise _RefusedError(
                mark,
                f"no complete value before it has the anchor '{name}'",
                meant or f"write '&{name}' where the value is, or quote the '*'",
            )
        value, original = self.anchors[event.anchor]
        self.aliased += original.size
        if self.aliased > MOST_ALIASED:
            raise _RefusedError(mark, f"aliases expand to more than {MOST_ALIASED} values")
        mark.size, mark.children = original.size, original.children
        return value, mark

    def _count(self, event: Any) -> Mark:
        mark = _mark(event)
        if event.tag is not None and event.tag != "!":
            name = "" if self.secret else f" {event.tag}"
            raise _RefusedError(
                mark, f"the tag{name} is not used here", "take it out: types are decided by the key"
            )
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _RefusedError(mark, f"more than {MOST_NODES} values in one file")
        return mark


class _Open:
    """A container whose end has not come yet."""

    __slots__ = ("anchor", "has_key", "key", "key_mark", "mark", "marks_dict", "marks_list", "value")

    def __init__(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        self.mark = _mark(event)
        self.mark.width = 1
        self.anchor: str | None = event.anchor
        self.has_key = False
        self.key = ""
        self.key_mark = self.mark
        self.marks_list: list[Mark] = []
        self.marks_dict: dict[str, Mark] = {}
        self.value: Any
        if isinstance(event, MappingStartEvent):
            self.value, self.mark.children = {}, self.marks_dict
        else:
            self.value, self.mark.children = [], self.marks_list


def _events(loader: yaml.CBaseLoader) -> Iterator[Event]:
    while loader.check_event():
        yield _next(loader)


def _next(loader: yaml.CBaseLoader) -> Event:
    event = loader.get_event()
    if event is None:  # the parser ends every container that it opens
        raise AssertionError("no event inside a document")
    return event


def _mark(event: Any) -> Mark:
    start, end = event.start_mark, event.end_mark
    width = end.column - start.column if end.line == start.line else 1
    return Mark(start.line, start.column, max(width, 1))
