"""The text of an iCalendar file taken apart: its events and time zones, each content line with its number. Pure.

It understands RFC 5545's folding and nesting, and no property: that is icalendar's. Hostile text costs no more than its
length.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

MOST_BYTES = 4 * 1024 * 1024
MOST_EVENTS = 5_000
MOST_FAULTS = 50
DEEPEST = 8
INSIDE = 2
"""How deep a part of a calendar stands."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at a line (from 1); `column` and `width` say where in it."""

    line: int
    message: str
    hint: str | None = None
    column: int = 1
    width: int = 1
    excerpt: str = ""


class Faults:
    """What is wrong, as much of it as anybody reads: the rest is counted."""

    def __init__(self) -> None:
        self._kept: list[Fault] = []
        self._more = 0

    @property
    def full(self) -> bool:
        """Will more be counted only?"""
        return len(self._kept) >= MOST_FAULTS

    def extend(self, faults: Iterable[Fault]) -> None:
        """Take them in their order."""
        for one in faults:
            if self.full:
                self._more += 1
            else:
                self._kept.append(one)

    def told(self) -> list[Fault]:
        """Those that were kept, and how many there were beside them."""
        if not self._more:
            return self._kept
        message = f"{self._more} more of such, not shown here"
        return [*self._kept, Fault(1, message, "mend those above and check again")]


def leaving(what: str, faults: Iterable[Fault]) -> Iterator[Fault]:
    """The same, with what it means for the meetings."""
    return (replace(one, hint=f"{one.hint}; {what}" if one.hint else what) for one in faults)


@dataclass(slots=True)
class Part:
    """A VEVENT or VTIMEZONE: where it begins, and its own content lines unfolded, with BEGIN and END."""

    line: int
    lines: list[tuple[int, str]] = field(default_factory=list)

    def line_of(self, name: str, value: str = "") -> int:
        """Where the property stands, the one with `value` in it if there are several; else where the part begins."""
        for number, text in self.lines:
            if name_of(text) == name and value in text:
                return number
        return self.line

    def values(self, name: str) -> list[str]:
        """The raw values of the property."""
        return [text.partition(":")[2] for _, text in self.lines if name_of(text) == name]


@dataclass(slots=True)
class Split:
    """A file taken apart. With `faults` it is not to be used; `odd` lines are left out, and the rest can be."""

    events: list[Part] = field(default_factory=list)
    zones: list[Part] = field(default_factory=list)
    odd: Faults = field(default_factory=Faults)
    faults: list[Fault] = field(default_factory=list)


def name_of(text: str) -> str:
    """The property's name on a content line, in capitals."""
    return text.partition(":")[0].partition(";")[0].strip().upper()


def take_apart(raw: bytes) -> Split:
    """Events and time zones of the file's calendars. Never raises."""
    if len(raw) > MOST_BYTES:
        return Split(faults=[Fault(1, f"the file is larger than {MOST_BYTES // 2**20} MiB")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        if error.reason == "unexpected end of data":
            return Split(faults=[Fault(line, "the file breaks off within a character", "it is half written")])
        message = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        return Split(faults=[Fault(line, message, "export the calendar as UTF-8")])
    if not text.strip():
        return Split(faults=[Fault(1, "the file is empty")])
    return _walk(text)


def _walk(text: str) -> Split:
    walker = _Walker()
    for number, line in _unfolded(text):
        if not walker.take(number, line):
            return walker.found
    walker.end()
    return walker.found


class _Walker:
    """Goes through the content lines and knows what is open."""

    def __init__(self) -> None:
        self.found = Split()
        self._open: list[tuple[str, int]] = []
        self._part: Part | None = None

    def take(self, number: int, line: str) -> bool:
        """Look at a line; False if nothing after it can be trusted."""
        name = name_of(line)
        kind = line.partition(":")[2].strip().upper() if name in {"BEGIN", "END"} else ""
        if not self._open and (name, kind) != ("BEGIN", "VCALENDAR"):
            hint = "a calendar is what stands from BEGIN:VCALENDAR to END:VCALENDAR"
            return self._fault(number, "this is no iCalendar file", hint, line)
        if name == "BEGIN":
            self._open.append((kind, number))
            if len(self._open) > DEEPEST:
                return self._fault(number, "nested too deeply", None, line)
            self._begin(kind, number)
        elif name == "END" and self._open[-1][0] != kind:
            opened, since = self._open[-1]
            message = f"END:{kind[:40]} where {opened[:40]} of line {since} is open"
            return self._fault(number, message, f"write END:{opened[:40]}", line)
        elif ":" not in line:
            self._odd(number, line)
            return len(self.found.faults) < MOST_FAULTS
        self._keep(number, line)
        if name == "END":
            self._open.pop()
            self._part = self._part if len(self._open) >= INSIDE else None
        return len(self.found.faults) < MOST_FAULTS

    def end(self) -> None:
        """No more lines."""
        if self._open:
            kind, since = self._open[-1]
            message = f"{kind[:40]} that begins here never ends"
            self._fault(since, message, f"an END:{kind[:40]} is missing", "")
        events = self.found.events
        if len(events) > MOST_EVENTS:
            self._fault(events[MOST_EVENTS].line, f"more than {MOST_EVENTS} events", None, "")

    def _begin(self, kind: str, number: int) -> None:
        if len(self._open) == INSIDE and kind in {"VEVENT", "VTIMEZONE"}:
            self._part = Part(number)
            (self.found.events if kind == "VEVENT" else self.found.zones).append(self._part)

    def _keep(self, number: int, line: str) -> None:
        """An event's own lines and all of a time zone's: alarms are nobody's business here."""
        if self._part is not None and (len(self._open) == INSIDE or self._open[INSIDE - 1][0] == "VTIMEZONE"):
            self._part.lines.append((number, line))

    def _odd(self, number: int, line: str) -> None:
        """A text that was not folded, as a rule. In a time zone it may be a wrong hour for everybody."""
        if any(kind == "VTIMEZONE" for kind, _ in self._open):
            self._fault(number, "a line without ':'", "a property is NAME:value", line)
            return
        hint = "a property is NAME:value; this line is left out, its event counts"
        width = max(1, len(line))
        self.found.odd.extend([Fault(number, "a line without ':'", hint, width=width, excerpt=line)])

    def _fault(self, number: int, message: str, hint: str | None, line: str) -> bool:
        self.found.faults.append(Fault(number, message, hint, width=max(1, len(line)), excerpt=line))
        return False


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Content lines with the number of their first physical line; RFC 5545 §3.1."""
    begun, pieces = 0, list[str]()
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if pieces and line[:1] in {" ", "\t"}:
            pieces.append(line[1:])
            continue
        if pieces:
            yield begun, "".join(pieces)
        pieces = [line] if line.strip() else []
        begun = number
    if pieces:
        yield begun, "".join(pieces)
